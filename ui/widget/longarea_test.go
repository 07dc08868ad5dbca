package widget

import (
	"math/rand/v2"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// Whatever the text, what was cut is the same when it is put together.
func TestLongAreaKeepsTheText(t *testing.T) {
	test.NewTempApp(t)
	r := rand.New(rand.NewPCG(3, 5))
	for range 60 {
		var b strings.Builder
		for range r.IntN(40) {
			b.WriteString(strings.Repeat([]string{"word ", "é", "🌧️", "\n", "unbroken", "a sentence of some words. ", "\n\n"}[r.IntN(7)], r.IntN(400)))
		}
		text := b.String()
		var put strings.Builder
		pieces := cut(text)
		for i, p := range pieces {
			if len(p.text) > partMost {
				t.Fatalf("a part of %d bytes", len(p.text))
			}
			put.WriteString(p.text)
			if i+1 < len(pieces) {
				put.WriteString(p.sep)
			}
		}
		if put.String() != text {
			t.Fatalf("%d bytes became %d", len(text), put.Len())
		}
	}
	long := strings.Repeat("Walked every morning and slept a little better.\n", 300)
	if a := NewLongArea("Note", "", long, 4); a.Text() != long || len(a.parts) < 5 {
		t.Errorf("%d bytes in %d parts came back as %d", len(long), len(a.parts), len(a.Text()))
	}
}

func longArea(t *testing.T, text string) (*LongArea, *string, func(*Entry, fyne.KeyName)) {
	test.NewTempApp(t)
	a := NewLongArea("Note", "", text, 4)
	said := ""
	a.OnChanged = func(s string) { said = s }
	w := test.NewWindow(NewVScroll(a))
	t.Cleanup(w.Close)
	w.Resize(fyne.NewSize(700, 600))
	w.Canvas().Focus(a.First())
	return a, &said, func(e *Entry, k fyne.KeyName) { e.TypedKey(&fyne.KeyEvent{Name: k}) }
}

func focused(a *LongArea) int {
	for i, p := range a.parts {
		if canvasOf(a).Focused() == fyne.Focusable(p.Entry) {
			return i
		}
	}
	return -1
}

func TestLongAreaKeysCrossItsParts(t *testing.T) {
	para := strings.Repeat("Walked every morning and slept a little better. ", 41) // 1968 bytes
	a, said, key := longArea(t, para+"\n"+para+"\n"+para+"\n"+para)
	if len(a.parts) != 3 {
		t.Fatalf("%d parts", len(a.parts))
	}
	at := func(want int) *Entry {
		t.Helper()
		if got := focused(a); got != want {
			t.Fatalf("in part %d, want %d", got, want)
		}
		return a.parts[want].Entry
	}
	a.focus(1, false)
	key(at(1), fyne.KeyUp)
	key(at(0), fyne.KeyDown)
	key(at(1), fyne.KeyLeft)
	key(at(0), fyne.KeyRight)
	key(at(1), fyne.KeyBackspace) // the new line between the two goes
	if want := para + para + "\n" + para + "\n" + para; *said != want || a.Text() != want {
		t.Fatalf("after Backspace: %d bytes, want %d", len(*said), len(want))
	}
	at(0).TypedRune('x')
	if want := para + "x" + para + "\n" + para + "\n" + para; *said != want {
		t.Fatal("the cursor is not where the two were joined")
	}
	a.focus(0, true)
	key(at(0), fyne.KeyDelete)
	if want := para + "x" + para + para + "\n" + para; *said != want || len(a.parts) != 2 {
		t.Fatalf("after Delete: %d bytes in %d parts", len(*said), len(a.parts))
	}
}

// Who writes on and on gets a new part with a new paragraph.
func TestLongAreaGrowsByParagraphs(t *testing.T) {
	a, said, key := longArea(t, strings.Repeat("word ", 420))
	a.focus(0, true)
	key(a.parts[0].Entry, fyne.KeyReturn)
	a.parts[focused(a)].TypedRune('n')
	if want := strings.Repeat("word ", 420) + "\nn"; *said != want || len(a.parts) != 2 {
		t.Errorf("%d parts, %q", len(a.parts), (*said)[len(*said)-10:])
	}
}

func TestLongAreaPaste(t *testing.T) {
	a, said, _ := longArea(t, "beginning end")
	a.Limit = func(have, more int) string {
		if have+more > 100_000 {
			return "too much"
		}
		return ""
	}
	refused := ""
	Host.Refused = func(words string) { refused = words }
	e := a.parts[0].Entry
	e.CursorColumn = len("beginning ")
	clip := fyne.CurrentApp().Clipboard()
	paste := func(text string) {
		clip.SetContent(text)
		a.parts[focused(a)].TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
	}
	long := strings.Repeat("Walked every morning and slept a little better.\n", 1000)
	paste(long)
	if want := "beginning " + long + "end"; *said != want || a.Text() != want {
		t.Fatalf("%d bytes, want %d", len(*said), len(want))
	}
	before := a.Text()
	paste(strings.Repeat("five megabytes. ", 5_000_000/16))
	if refused != "too much" || a.Text() != before {
		t.Errorf("refused %q, and %d bytes of %d are there", refused, len(a.Text()), len(before))
	}
	refused = ""
	one := NewEntry("Title", "kept")
	clip.SetContent(strings.Repeat("x", 5_000_000))
	one.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
	if !strings.Contains(refused, "5000 KB") || one.Text != "kept" {
		t.Errorf("a plain field: refused %q", refused)
	}
}

// TestLongAreaShowsAllOfItsText: a part is as high as its text, and the line that is written is in sight.
func TestLongAreaShowsAllOfItsText(t *testing.T) {
	test.NewTempApp(t)
	a := NewLongArea("Section", "", "", 3)
	a.OnChanged = func(string) {}
	scroll := NewVScroll(Pad(2, 2, 2, 2, a))
	w := test.NewTempWindow(t, scroll)
	w.Resize(fyne.NewSize(500, 300))
	w.Canvas().Focus(a.First())
	inSight := func(what string) {
		t.Helper()
		p := a.parts[focused(a)]
		_, at := scrollOf(w.Canvas(), p.Entry)
		y := at.Y + p.CursorPosition().Y
		if top, bottom := scroll.Offset.Y, scroll.Offset.Y+scroll.Size().Height; y < top || y+theme.TextSize() > bottom {
			t.Errorf("%s: the cursor is at %.0f, and %.0f to %.0f is in sight", what, y, top, bottom)
		}
	}
	clip := fyne.CurrentApp().Clipboard()
	clip.SetContent(strings.Repeat("A report that came by post. ", 400))
	a.parts[0].TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
	inSight("pasted")
	for range 12 {
		a.parts[focused(a)].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		a.parts[focused(a)].TypedRune('x')
	}
	inSight("typed")
	rows := 0
	for i, p := range a.parts {
		if p.Size().Height < p.MinSize().Height {
			t.Errorf("part %d is %.0f high of %.0f", i, p.Size().Height, p.MinSize().Height)
		}
		rows += int(p.Size().Height / (theme.TextSize() * 1.2))
	}
	if len(a.parts) < 3 || rows < 150 {
		t.Errorf("%d parts, %d rows: too few to hold it", len(a.parts), rows)
	}
	a.focus(0, false)
	a.parts[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	inSight("back at the beginning")
}
