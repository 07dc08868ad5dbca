package widget

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// wheelOf is what lies over a field.
func wheelOf(t *testing.T, e *Entry) *wheel {
	t.Helper()
	for _, o := range test.WidgetRenderer(e).Objects() {
		if w, ok := o.(*wheel); ok {
			return w
		}
	}
	t.Fatal("no wheel")
	return nil
}

// TestAnAreaGrowsInItsPage: it is as high as its text, the line that is written is in sight, and the wheel moves the page.
func TestAnAreaGrowsInItsPage(t *testing.T) {
	test.NewTempApp(t)
	above, area := NewArea("Above", "", 6), NewArea("Steps", "", 2)
	scroll := NewVScroll(Pad(8, 8, 8, 8, Col(4, above, area)))
	w := test.NewTempWindow(t, scroll)
	w.Resize(fyne.NewSize(500, 300))
	w.Canvas().Focus(area)
	low := area.Size().Height
	for i := range 30 {
		for _, r := range fmt.Sprintf("Call %d", i) {
			area.TypedRune(r)
		}
		area.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		_, at := scrollOf(w.Canvas(), area)
		y := at.Y + area.CursorPosition().Y
		if top, bottom := scroll.Offset.Y, scroll.Offset.Y+scroll.Size().Height; y < top || y+theme.TextSize() > bottom {
			t.Fatalf("line %d is written at %.0f, and %.0f to %.0f is in sight", i, y, top, bottom)
		}
	}
	if h := area.Size().Height; h < low+25*theme.TextSize() || h < area.MinSize().Height {
		t.Errorf("%.0f high, was %.0f, and needs %.0f", h, low, area.MinSize().Height)
	}
	was := scroll.Offset.Y
	wheelOf(t, area).Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 40)})
	if scroll.Offset.Y >= was {
		t.Error("the wheel does not move the page")
	}
	area.SetText("")
	if h := area.MinSize().Height; h != low {
		t.Errorf("empty again it needs %.0f, and %.0f at first", h, low)
	}
}

// TestAnAreaInADialogEndsGrowing: what is longer scrolls in it, by the wheel too.
func TestAnAreaInADialogEndsGrowing(t *testing.T) {
	test.NewTempApp(t)
	w := test.NewTempWindow(t, NewVScroll(Space(10, 10)))
	w.Resize(fyne.NewSize(800, 600))
	area := NewArea("What was done", "", 3).UpTo(6)
	d := NewDialog(w.Canvas(), DialogSpec{Title: "Close", Body: NewField(area, "hint"), Focus: area})
	d.Show()
	defer d.Hide()
	low := area.Size().Height
	line := func() { area.TypedRune('x'); area.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) }
	for range 4 {
		line()
	}
	if h := area.Size().Height; h < low+theme.TextSize() || h < area.MinSize().Height {
		t.Errorf("%.0f high, was %.0f, and needs %.0f", h, low, area.MinSize().Height)
	}
	for range 40 {
		line()
	}
	if h := area.Size().Height; h > low+5*theme.TextSize() {
		t.Errorf("%.0f high, was %.0f at three rows", h, low)
	}
	wh := wheelOf(t, area)
	if wh.inside.Offset.Y == 0 {
		t.Error("what is written is out of sight")
	}
	was := wh.inside.Offset.Y
	wh.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 40)})
	if wh.inside.Offset.Y >= was {
		t.Error("the wheel does not move the text")
	}
	area.SetText(strings.Repeat("a word and another ", 200))
	if h := area.MinSize().Height; h > low+5*theme.TextSize() {
		t.Errorf("pasted it needs %.0f", h)
	}
}
