package widget

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// wheel lies over a field and gives the mouse's wheel to what the field stands in: a stock entry
// keeps it, and the page would stop as soon as a field comes under the pointer. It takes nothing
// else.
type wheel struct {
	widget.BaseWidget
	field *Entry
}

func newWheel(e *Entry) *wheel {
	w := &wheel{field: e}
	w.ExtendBaseWidget(w)
	return w
}

// CreateRenderer implements fyne.Widget.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{})
}

// Scrolled implements fyne.Scrollable.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(w.field)
	if c == nil {
		return
	}
	s, found := around(c.Content(), w.field, nil)
	for _, d := range shown {
		if !found {
			s, found = around(d.pop.Content, w.field, nil)
		}
	}
	if s != nil {
		s.Scrolled(e)
	}
}

// around finds the innermost scroll that a field stands in. Fyne's objects do not know where they
// are, so it is looked for from above, through what this package puts together.
func around(o Object, field *Entry, in *VScroll) (*VScroll, bool) {
	var kids []Object
	switch o := o.(type) {
	case *Entry:
		return in, o == field
	case *fyne.Container:
		kids = o.Objects
	case *VScroll:
		in, kids = o, []Object{o.Content}
	case interface{ inside() Object }:
		kids = []Object{o.inside()}
	}
	for _, k := range kids {
		if s, found := around(k, field, in); found {
			return s, true
		}
	}
	return nil, false
}

// entryRenderer is the stock one with a line that is seen from afar while the focus is there, and a wheel on top.
type entryRenderer struct {
	fyne.WidgetRenderer
	e     *Entry
	line  *canvas.Rectangle
	wheel *wheel
}

// CreateRenderer implements fyne.Widget.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	r := &entryRenderer{e.Entry.CreateRenderer(), e, canvas.NewRectangle(color.Transparent), newWheel(e)}
	r.line.CornerRadius, r.line.StrokeWidth = look.RadiusControl, 2
	r.draw()
	return r
}

func (r *entryRenderer) Layout(s fyne.Size) {
	r.WidgetRenderer.Layout(s)
	r.line.Resize(s)
	r.wheel.Resize(s)
}

func (r *entryRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.draw()
}

// draw lays a second line over the stock one, which is as thin as that of a field without the focus.
func (r *entryRenderer) draw() {
	r.line.StrokeColor = look.Color(look.Accent)
	r.line.Hidden = !r.e.focused
	r.line.Refresh()
}

func (r *entryRenderer) Objects() []Object {
	return append(slices.Clone(r.WidgetRenderer.Objects()), r.line, r.wheel)
}
