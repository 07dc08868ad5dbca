package widget

import (
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
	bar *widget.ProgressBarInfinite
}

// NewBusy shows what is being done; cancel is nil if it cannot be called off.
func NewBusy(what string, cancel func()) *Busy {
	b := &Busy{bar: widget.NewProgressBarInfinite()}
	row := Row(look.S3, Grow(NewText(what, Soft).Cut()))
	if cancel != nil {
		row = Row(look.S3, Grow(NewText(what, Soft).Cut()), NewButton("Cancel", "", Secondary, cancel).Low())
	}
	box := NewBox(look.Surface, look.Border, look.RadiusCard)
	box.Raised = true
	b.root = Stack(box, PadAll(look.S4, Col(look.S2, row, Sized(0, 4, b.bar))))
	b.ExtendBaseWidget(b)
	return b
}

// Stop ends the animation.
func (b *Busy) Stop() { b.bar.Stop() }
