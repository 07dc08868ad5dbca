package widget

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// Bar is filled from 0 to 1, in a tone.
type Bar struct {
	widget.BaseWidget
	value float32
	tone  Tone
}

// NewBar is empty.
func NewBar() *Bar {
	b := &Bar{}
	b.ExtendBaseWidget(b)
	return b
}

// Set fills it.
func (b *Bar) Set(v float32, t Tone) {
	b.value, b.tone = min(max(v, 0), 1), t
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b, canvas.NewRectangle(nil), canvas.NewRectangle(nil)}
	r.apply()
	return r
}

type barRenderer struct {
	b           *Bar
	track, fill *canvas.Rectangle
}

func (r *barRenderer) apply() {
	fg, _ := r.b.tone.colors()
	r.track.FillColor, r.fill.FillColor = look.Color(look.Border), look.Color(fg)
	r.track.CornerRadius, r.fill.CornerRadius = 3, 3
}

func (r *barRenderer) Layout(s fyne.Size) {
	r.track.Resize(s)
	r.fill.Resize(fyne.NewSize(s.Width*r.b.value, s.Height))
}

func (r *barRenderer) MinSize() fyne.Size           { return fyne.NewSize(40, 6) }
func (r *barRenderer) Refresh()                     { r.apply(); r.Layout(r.b.Size()); canvas.Refresh(r.b) }
func (r *barRenderer) Destroy()                     {}
func (r *barRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.track, r.fill} }

// Busy says that work goes on, and lets it be called off.
type Busy struct {
	compound
	what string
	text *Text
	bar  *widget.ProgressBarInfinite
	far  *Bar
}

// NewBusy shows what is being done; cancel is nil if it cannot be called off.
func NewBusy(what string, cancel func()) *Busy {
	b := &Busy{what: what, text: NewText(what, Soft).Cut(), bar: widget.NewProgressBarInfinite(), far: NewBar()}
	row := Row(look.S3, Grow(b.text))
	if cancel != nil {
		row = Row(look.S3, Grow(b.text), NewButton("Cancel", "", Secondary, cancel).Low())
	}
	box := NewBox(look.Surface, look.Border, look.RadiusCard)
	box.Raised = true
	b.far.Hide()
	b.root = Stack(box, PadAll(look.S4, Col(look.S2, row, Sized(0, 4, Stack(b.bar, b.far)))))
	b.ExtendBaseWidget(b)
	return b
}

// Far shows how much is done, from 0 to 1, once that is known.
func (b *Busy) Far(v float32) {
	if b.bar.Visible() {
		b.bar.Stop()
		b.bar.Hide()
		b.far.Show()
	}
	b.far.Set(v, Active)
	b.text.Set(fmt.Sprintf("%s, %d %%", b.what, int(v*100)))
}

// Doing names the part that is under way. How much of it is done is not known, until Far says so.
func (b *Busy) Doing(what string) {
	if what == b.what {
		return
	}
	b.what = what
	b.text.Set(what)
	if !b.bar.Visible() {
		b.far.Hide()
		b.bar.Show()
		b.bar.Start()
	}
}

// Stop ends the animation.
func (b *Busy) Stop() { b.bar.Stop() }
