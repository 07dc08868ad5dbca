package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// Spark is the course of a few totals in the space of a word: a line that ends in a dot. One
// total alone has no course, and nothing is drawn.
type Spark struct {
	widget.BaseWidget
	values []int
	label  string
	size   fyne.Size
}

// NewSpark draws values, oldest first.
func NewSpark(w, h float32, values ...int) *Spark {
	s := &Spark{values: values, size: fyne.NewSize(w, h)}
	s.ExtendBaseWidget(s)
	return s
}

// Set changes what it shows; label says it in words.
func (s *Spark) Set(label string, values []int) {
	s.label, s.values = label, values
	setVisible(s, len(values) > 1)
	s.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (s *Spark) AccessibilityLabel() string { return s.label }

// AccessibilityRole implements fyne.Accessible.
func (s *Spark) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (s *Spark) CreateRenderer() fyne.WidgetRenderer {
	r := &sparkRenderer{s: s}
	r.draw(s.size)
	return r
}

type sparkRenderer struct {
	s    *Spark
	objs []fyne.CanvasObject
}

func (r *sparkRenderer) draw(size fyne.Size) {
	const dot = 3
	r.objs = r.objs[:0]
	v := r.s.values
	if len(v) < 2 || size.Width <= 0 {
		return
	}
	low, high := v[0], v[0]
	for _, x := range v {
		low, high = min(low, x), max(high, x)
	}
	at := func(i int) fyne.Position {
		x, y := dot+(size.Width-2*dot)*float32(i)/float32(len(v)-1), size.Height/2
		if high > low {
			y = dot + (size.Height-2*dot)*float32(high-v[i])/float32(high-low)
		}
		return fyne.NewPos(x, y)
	}
	ink := look.Color(look.Accent)
	for i := 1; i < len(v); i++ {
		r.objs = append(r.objs, stroke(at(i-1), at(i), 1.6, ink))
	}
	r.objs = append(r.objs, disc(at(len(v)-1), dot, ink, nil, 0))
}

func (r *sparkRenderer) Layout(s fyne.Size)           { r.draw(s) }
func (r *sparkRenderer) MinSize() fyne.Size           { return r.s.size }
func (r *sparkRenderer) Refresh()                     { r.draw(r.s.Size()); canvas.Refresh(r.s) }
func (r *sparkRenderer) Destroy()                     {}
func (r *sparkRenderer) Objects() []fyne.CanvasObject { return r.objs }
