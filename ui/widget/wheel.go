package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// wheel lies over a field and gives the mouse's wheel to what the field stands in: a stock entry
// keeps it, and the page would stop as soon as a field comes under the pointer. It takes nothing
// else.
type wheel struct {
	widget.BaseWidget
	field  *Entry
	inside *container.Scroll // the field's own
}

func newWheel(e *Entry, inside *container.Scroll) *wheel {
	w := &wheel{field: e, inside: inside}
	w.ExtendBaseWidget(w)
	return w
}

// CreateRenderer implements fyne.Widget.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{})
}

// Scrolled implements fyne.Scrollable.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) {
	if w.field.most > 0 && w.inside.Content.MinSize().Height > w.inside.Size().Height {
		w.inside.Scrolled(e)
		return
	}
	if s, _ := scrollOf(canvasOf(w.field), w.field); s != nil {
		s.Scrolled(e)
	}
}

// scrollOf is the innermost scroll that a field stands in, and where in its content; nil if there is none.
func scrollOf(c fyne.Canvas, field *Entry) (*VScroll, fyne.Position) {
	if c == nil {
		return nil, fyne.Position{}
	}
	s, at, found := around(c.Content(), field, nil, fyne.Position{})
	for _, d := range shown {
		if !found {
			s, at, found = around(d.pop.Content, field, nil, fyne.Position{})
		}
	}
	return s, at
}

// around finds that scroll. Fyne's objects do not know where they are, so it is looked for from above, through what this
// package puts together. at is where o stands in it.
func around(o Object, field *Entry, in *VScroll, at fyne.Position) (*VScroll, fyne.Position, bool) {
	var kids []Object
	switch o := o.(type) {
	case *Entry:
		return in, at, o == field
	case *fyne.Container:
		kids = o.Objects
	case *VScroll:
		return around(o.Content, field, o, fyne.Position{})
	case interface{ inside() Object }:
		kids = []Object{o.inside()}
	}
	for _, k := range kids {
		if s, where, found := around(k, field, in, at.Add(k.Position())); found {
			return s, where, true
		}
	}
	return nil, fyne.Position{}, false
}

// inSight keeps the line that is written in sight: a field that grows has no scroll of its own.
func (e *Entry) inSight(c fyne.Canvas) {
	if c == nil || c.Focused() != fyne.Focusable(e) {
		return
	}
	s, at := scrollOf(c, e)
	grown := e.MinSize().Height > e.Size().Height // the window would lay it out only when it is drawn next
	switch {
	case grown && s == nil:
		for _, d := range shown {
			d.Refresh()
		}
	case grown:
		s.Content.Resize(s.Content.MinSize().Max(s.Size()))
		_, at = scrollOf(c, e)
	}
	if s == nil {
		return
	}
	top := at.Y + e.CursorPosition().Y
	bottom := top + 2*theme.TextSize()
	switch {
	case top < s.Offset.Y:
		s.ScrollToOffset(fyne.NewPos(0, max(0, top)))
	case bottom > s.Offset.Y+s.Size().Height:
		s.ScrollToOffset(fyne.NewPos(0, bottom-s.Size().Height))
	}
}

// entryRenderer is the stock one with a thicker line while the focus is there, and a wheel on top.
type entryRenderer struct {
	fyne.WidgetRenderer
	e      *Entry
	line   *canvas.Rectangle // the stock one's, around it
	wheel  *wheel
	inside *container.Scroll // in which the stock one has its text; nil for one line
}

// CreateRenderer implements fyne.Widget.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	r := &entryRenderer{WidgetRenderer: e.Entry.CreateRenderer(), e: e}
	for _, o := range r.WidgetRenderer.Objects() {
		switch o := o.(type) {
		case *container.Scroll:
			r.inside = o
		case *canvas.Rectangle:
			if o.StrokeWidth > 0 {
				r.line = o
			}
		}
	}
	r.wheel = newWheel(e, r.inside)
	return r
}

// MinSize is the height of the text, as it is wrapped, where the field grows with it.
func (r *entryRenderer) MinSize() fyne.Size {
	size := r.WidgetRenderer.MinSize()
	if !r.e.grows || r.inside == nil {
		return size
	}
	high := r.inside.Content.MinSize().Height + 2*theme.InputBorderSize()
	if r.e.most > 0 {
		row := fyne.MeasureText("M", theme.TextSize(), r.e.TextStyle).Height
		high = min(high, row*float32(r.e.most)+2*theme.InnerPadding())
	}
	return fyne.NewSize(size.Width, max(size.Height, high))
}

func (r *entryRenderer) Layout(s fyne.Size) {
	r.WidgetRenderer.Layout(s)
	r.draw()
	r.wheel.Resize(s)
}

func (r *entryRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.draw()
}

// draw makes the line thicker than that of a field without the focus: the stock one changes its colour alone.
func (r *entryRenderer) draw() {
	r.line.StrokeWidth = theme.InputBorderSize()
	if r.e.focused {
		r.line.StrokeWidth *= 2
	}
	r.line.Refresh()
}

func (r *entryRenderer) Objects() []Object {
	return append(slices.Clone(r.WidgetRenderer.Objects()), r.wheel)
}
