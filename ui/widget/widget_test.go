package widget

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"alcove/ui/look"
)

func themed(t *testing.T) fyne.App {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(look.New("light"))
	return a
}

// TestParaWraps: nothing is lost or moved by wrapping, whatever was typed.
func TestParaWraps(t *testing.T) {
	themed(t)
	for _, text := range []string{
		"", "one", "two words", strings.Repeat("word ", 200), strings.Repeat("w", 500),
		"a\nb\n\nc", "first " + strings.Repeat("long", 60) + " last", "🙂 " + strings.Repeat("🙂", 90), "trailing  ", "tab\tand\r\nreturn",
	} {
		p := NewPara(text, Plain)
		p.Resize(fyne.NewSize(160, 10))
		r := test.WidgetRenderer(p).(*paraRenderer)
		var b strings.Builder
		for i, s := range r.spans {
			if i > 0 && s.from < r.spans[i-1].to {
				t.Fatalf("%q: line %d begins before the one above ends", text, i)
			}
			b.WriteString(text[s.from:s.to])
		}
		drop := strings.NewReplacer("\n", "", "\r", "")
		if got, want := drop.Replace(b.String()), drop.Replace(text); got != want {
			t.Errorf("%q came out as %q", want, got)
		}
		for _, o := range r.Objects() {
			if w := o.(*canvas.Text).MinSize().Width; w > 161 {
				t.Errorf("%q: a line is %v wide", text, w)
			}
		}
	}
}

// TestParaMarks: a mark lies under its word, also where a line was broken.
func TestParaMarks(t *testing.T) {
	themed(t)
	text := strings.Repeat("word ", 30) + "found here"
	p := NewPara("", Plain)
	p.SetMarked(text, [][2]int{{150, 155}})
	p.Resize(fyne.NewSize(160, 10))
	marks := 0
	objs := test.WidgetRenderer(p).Objects()
	for i, o := range objs {
		if m, ok := o.(*canvas.Rectangle); ok {
			marks++
			line := objs[i+1].(*canvas.Text)
			before := line.Text[:strings.Index(line.Text, "found")]
			if x := fyne.MeasureText(before, line.TextSize, line.TextStyle).Width; m.Position().X < x-2 || m.Position().X > x+1 {
				t.Errorf("the mark is at %v, the word at %v", m.Position().X, x)
			}
		}
	}
	if marks != 1 {
		t.Errorf("%d marks", marks)
	}
}

func TestTextIsCut(t *testing.T) {
	themed(t)
	x := NewText("Maximiliana\nAlexandrina", Strong).Cut()
	x.Resize(fyne.NewSize(80, 20))
	c := test.WidgetRenderer(x).Objects()[0].(*canvas.Text)
	if !strings.HasSuffix(c.Text, "…") || c.MinSize().Width > 80 {
		t.Errorf("%q, %v wide", c.Text, c.MinSize().Width)
	}
	if x.AccessibilityLabel() != "Maximiliana Alexandrina" {
		t.Errorf("the label is cut: %q", x.AccessibilityLabel())
	}
}

func TestCode(t *testing.T) {
	a := themed(t)
	var got []string
	c := NewCode("Code", func(code string) { got = append(got, code) })
	w := a.NewWindow("")
	w.SetContent(c)
	for _, r := range "12 x34" {
		c.TypedRune(r)
	}
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	a.Clipboard().SetContent(" 456-7 ")
	c.TypedShortcut(&fyne.ShortcutPaste{Clipboard: a.Clipboard()})
	if len(got) != 1 || got[0] != "123456" {
		t.Fatalf("%q, digits %q", got, c.Digits())
	}
	c.TypedRune('9')
	if c.Digits() != "123456" || len(got) != 1 {
		t.Errorf("a seventh digit was taken: %q", c.Digits())
	}
}

type frames struct {
	img *image.RGBA
	n   uint64
}

func (f *frames) Latest() (*image.RGBA, uint64) { return f.img, f.n }

// TestVideo: a picture is taken once, and a stopped one does not stay.
func TestVideo(t *testing.T) {
	themed(t)
	f := &frames{}
	v := NewVideo(f, "A B", 0)
	v.Resize(fyne.NewSize(320, 180))
	v.Tick()
	if seq, _ := v.Shows(); seq != 0 {
		t.Error("shows what is not there")
	}
	f.img, f.n = image.NewRGBA(image.Rect(0, 0, 64, 36)), 3
	for i := range f.img.Pix {
		f.img.Pix[i] = 200
	}
	v.Tick()
	if seq, c := v.Shows(); seq != 3 || c != (color.RGBA{200, 200, 200, 255}) {
		t.Errorf("%d %v", seq, c)
	}
	v.SetBlank(true)
	f.n = 4
	v.Tick()
	if seq, c := v.Shows(); seq != 3 || c != (color.RGBA{}) {
		t.Errorf("a stopped picture is shown: %d %v", seq, c)
	}
}

// TestColumnKnowsTheHeightOfText: what follows a wrapped text stands beneath it in one pass.
func TestColumnKnowsTheHeightOfText(t *testing.T) {
	themed(t)
	p, after := NewPara(strings.Repeat("word ", 60), Plain), NewText("after", Plain)
	c := Col(4, Row(2, Grow(p)), after)
	c.Resize(fyne.NewSize(200, 400))
	if p.MinSize().Height < 60 {
		t.Fatalf("the text is %v high", p.MinSize().Height)
	}
	if after.Position().Y < p.MinSize().Height {
		t.Errorf("the next line begins at %v, inside a text %v high", after.Position().Y, p.MinSize().Height)
	}
}

// TestSharesStandStill: columns keep their width whatever they hold.
func TestSharesStandStill(t *testing.T) {
	themed(t)
	a, b := NewText(strings.Repeat("wide ", 20), Plain).Cut(), NewText("x", Plain)
	RowFill(10, Share(3, a), Share(2, b)).Resize(fyne.NewSize(510, 20))
	if a.Size().Width != 300 || b.Size().Width != 200 {
		t.Errorf("%v and %v", a.Size().Width, b.Size().Width)
	}
}

func TestQR(t *testing.T) {
	themed(t)
	if _, err := QR(strings.Repeat("x", 5000), 200); err == nil {
		t.Error("too long a link has a code")
	}
	if _, err := QR("https://relay.example/j#1"+strings.Repeat("A", 43), 200); err != nil {
		t.Error(err)
	}
}

// TestTheWheelPassesFields: a page goes on scrolling where a field comes under the pointer, in the
// window and in a dialog, and the inner of two scrolls.
func TestTheWheelPassesFields(t *testing.T) {
	themed(t)
	w := test.NewWindow(nil)
	t.Cleanup(w.Close)
	for name, field := range map[string]Object{
		"a line": NewEntry("One", ""), "an area": NewArea("Many", "", 3), "a named field": NewField(NewEntry("One", ""), "hint"), "a secret": NewSecret("Secret", ""),
	} {
		page := func() *VScroll { return NewVScroll(Col(0, field, Space(0, 2000))) }
		look := func(where string, s *VScroll) {
			t.Helper()
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(field).AddXY(20, field.Size().Height/2)
			test.Scroll(w.Canvas(), at, 0, -50)
			if s.Offset.Y != 50 {
				t.Errorf("%s %s: scrolled by %v", name, where, s.Offset.Y)
			}
		}
		s := page()
		w.SetContent(s)
		w.Resize(fyne.NewSize(400, 300))
		look("in the window", s)
		s = page()
		w.SetContent(NewVScroll(Col(0, Sized(0, 200, s), Space(0, 2000))))
		look("in a scroll within a scroll", s)
		s = page()
		d := NewDialog(w.Canvas(), DialogSpec{Title: "A question", Body: Sized(0, 200, s)})
		w.SetContent(Space(0, 0))
		d.Show()
		look("in a dialog", s)
		d.Hide()
	}
}

// TestDialogFitsItsBody: also when what it said is taken back.
func TestDialogFitsItsBody(t *testing.T) {
	test.NewTempApp(t)
	w := test.NewTempWindow(t, NewBox("", "", 0))
	w.Resize(fyne.NewSize(900, 600))
	said := NewPara("Short.", Plain)
	d := NewDialog(w.Canvas(), DialogSpec{Title: "Title", Body: said})
	d.Show()
	defer d.Hide()
	short := d.pop.Size().Height
	said.Set(strings.Repeat("Longer than a line. ", 20))
	d.Refresh()
	if long := d.pop.Size().Height; long <= short {
		t.Errorf("%.0f high with more to say, %.0f before", long, short)
	}
	said.Set("Short.")
	d.Refresh()
	if again := d.pop.Size().Height; again != short {
		t.Errorf("%.0f high, %.0f before", again, short)
	}
}
