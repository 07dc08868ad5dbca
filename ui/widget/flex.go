// Package widget is Alcove's own set of parts: how they lie beside each other, what is read,
// what is pressed, what is typed into. Each follows a change of theme, is reached by Tab if
// anything can be done with it, and has an accessible label.
package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// Object is what a layout takes.
type Object = fyne.CanvasObject

// flex lays children one after another; a grown child shares the free space. A column gives
// each child its width before it asks for the height, so that wrapped text stands right in
// one pass.
type flex struct {
	vertical bool
	gap      float32
	align    float32 // across: 0 start, 0.5 centre, 1 end; stretch below 0
	grow     map[Object]float32
	even     bool // grown children get their share of the whole, not of what is left over
}

const stretch = -1

func (f *flex) MinSize(kids []Object) fyne.Size {
	var along, across float32
	n := 0
	for _, k := range kids {
		if !k.Visible() {
			continue
		}
		m := f.turn(k.MinSize())
		if n > 0 {
			along += f.gap
		}
		n++
		along += m.Width
		across = max(across, m.Height)
	}
	return f.turn(fyne.NewSize(along, across))
}

// turn swaps the axes of a column, so that the code can think in a row.
func (f *flex) turn(s fyne.Size) fyne.Size {
	if f.vertical {
		return fyne.NewSize(s.Height, s.Width)
	}
	return s
}

func (f *flex) Layout(kids []Object, size fyne.Size) {
	if f.vertical {
		f.widths(kids, size.Width)
	}
	free, total := f.turn(size).Width-f.turn(f.MinSize(kids)).Width, float32(0)
	for _, k := range kids {
		if g := f.grow[k]; k.Visible() && g > 0 {
			total += g
			if f.even {
				free += f.turn(k.MinSize()).Width
			}
		}
	}
	at, across := float32(0), f.turn(size).Height
	for _, k := range kids {
		if !k.Visible() {
			continue
		}
		m := f.turn(k.MinSize())
		if g := f.grow[k]; g > 0 {
			if f.even {
				m.Width = 0
			}
			m.Width = max(m.Width+free*g/total, 0)
		}
		var shift float32
		if f.align < 0 {
			m.Height = across
		} else {
			m.Height = min(m.Height, across)
			shift = (across - m.Height) * f.align
		}
		pos, box := f.turn(fyne.NewSize(at, shift)), f.turn(m)
		k.Move(fyne.NewPos(pos.Width, pos.Height))
		k.Resize(box)
		at += m.Width + f.gap
	}
}

func (f *flex) widths(kids []Object, w float32) {
	for _, k := range kids {
		if k.Visible() {
			own := w
			if f.align >= 0 {
				own = min(w, k.MinSize().Width)
			}
			k.Resize(fyne.NewSize(own, k.Size().Height))
		}
	}
}

// Grown is a child that takes a share of the free space.
type Grown struct {
	Object
	share float32
	even  bool
}

// Grow marks a child that takes the free space.
func Grow(o Object) Grown { return Grown{o, 1, false} }

// Share marks a child that takes n parts of the whole space, whatever it holds: columns that do
// not move when their content changes.
func Share(n float32, o Object) Grown { return Grown{o, n, true} }

// Gap is empty free space.
func Gap() Grown { return Grown{Space(0, 0), 1, false} }

// Space is empty space of that size.
func Space(w, h float32) Object {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

func newFlex(vertical bool, gap, align float32, kids []Object) *fyne.Container {
	f := &flex{vertical: vertical, gap: gap, align: align, grow: map[Object]float32{}}
	c := &fyne.Container{Layout: f}
	for _, k := range kids {
		if k == nil {
			continue
		}
		if g, ok := k.(Grown); ok {
			f.grow[g.Object] = g.share
			f.even = f.even || g.even
			k = g.Object
		}
		c.Objects = append(c.Objects, k)
	}
	return c
}

// Row lays children side by side, centred on one line. A nil child is left out.
func Row(gap float32, kids ...Object) *fyne.Container { return newFlex(false, gap, 0.5, kids) }

// RowTop is a Row aligned at the top.
func RowTop(gap float32, kids ...Object) *fyne.Container { return newFlex(false, gap, 0, kids) }

// RowFill is a Row whose children take its whole height.
func RowFill(gap float32, kids ...Object) *fyne.Container {
	return newFlex(false, gap, stretch, kids)
}

// Col stacks children, each as wide as the column.
func Col(gap float32, kids ...Object) *fyne.Container { return newFlex(true, gap, stretch, kids) }

// ColStart stacks children at their own width, at the left.
func ColStart(gap float32, kids ...Object) *fyne.Container { return newFlex(true, gap, 0, kids) }

// ColMid stacks children at their own width, centred.
func ColMid(gap float32, kids ...Object) *fyne.Container { return newFlex(true, gap, 0.5, kids) }

// Stack lays children over each other; all take the whole space.
func Stack(kids ...Object) *fyne.Container { return container.NewStack(kids...) }

type padded struct{ top, right, bottom, left float32 }

func (p padded) MinSize(kids []Object) fyne.Size {
	m := kids[0].MinSize()
	return fyne.NewSize(m.Width+p.left+p.right, m.Height+p.top+p.bottom)
}

func (p padded) Layout(kids []Object, s fyne.Size) {
	kids[0].Move(fyne.NewPos(p.left, p.top))
	kids[0].Resize(fyne.NewSize(max(0, s.Width-p.left-p.right), max(0, s.Height-p.top-p.bottom)))
}

// Pad leaves space around, clockwise from the top.
func Pad(top, right, bottom, left float32, o Object) *fyne.Container {
	return container.New(padded{top, right, bottom, left}, o)
}

// PadAll leaves the same space on all sides.
func PadAll(p float32, o Object) *fyne.Container { return Pad(p, p, p, p, o) }

type sized struct{ w, h float32 }

func (f sized) MinSize(kids []Object) fyne.Size {
	m := kids[0].MinSize()
	if f.w > 0 {
		m.Width = f.w
	}
	if f.h > 0 {
		m.Height = f.h
	}
	return m
}

func (f sized) Layout(kids []Object, s fyne.Size) {
	kids[0].Move(fyne.NewPos(0, 0))
	kids[0].Resize(s)
}

// Sized asks for exactly that size; 0 leaves a side natural.
func Sized(w, h float32, o Object) *fyne.Container { return container.New(sized{w, h}, o) }

type middle struct{ w float32 }

func (m middle) width(kids []Object, s fyne.Size) float32 {
	if m.w > 0 {
		return min(m.w, s.Width)
	}
	return min(kids[0].MinSize().Width, s.Width)
}

func (m middle) MinSize(kids []Object) fyne.Size { return kids[0].MinSize() }

func (m middle) Layout(kids []Object, s fyne.Size) {
	w := m.width(kids, s)
	kids[0].Resize(fyne.NewSize(w, kids[0].Size().Height))
	h := min(kids[0].MinSize().Height, s.Height)
	kids[0].Resize(fyne.NewSize(w, h))
	kids[0].Move(fyne.NewPos((s.Width-w)/2, (s.Height-h)/2))
}

// Middle centres a child at its own size.
func Middle(o Object) *fyne.Container { return container.New(middle{}, o) }

// MiddleWide centres a child of at most that width.
func MiddleWide(w float32, o Object) *fyne.Container { return container.New(middle{w}, o) }

type column struct{ w float32 }

func (c column) MinSize(kids []Object) fyne.Size { return kids[0].MinSize() }

func (c column) Layout(kids []Object, s fyne.Size) {
	w := min(c.w, s.Width)
	kids[0].Move(fyne.NewPos((s.Width-w)/2, 0))
	kids[0].Resize(fyne.NewSize(w, s.Height))
}

// Measure keeps a child at most w wide, centred: lines that can be read.
func Measure(w float32, o Object) *fyne.Container { return container.New(column{w}, o) }

// VScroll scrolls its content up and down. It lays out twice after a change of width, because the
// height of wrapped text is known only then.
type VScroll struct{ container.Scroll }

// NewVScroll scrolls o.
func NewVScroll(o Object) *VScroll {
	s := &VScroll{}
	s.Content = o
	s.Direction = container.ScrollVerticalOnly
	s.ExtendBaseWidget(s)
	return s
}

// Resize implements fyne.CanvasObject.
func (s *VScroll) Resize(size fyne.Size) {
	if size == s.Size() {
		return
	}
	s.Scroll.Resize(size)
	s.Scroll.Refresh()
}

type lead struct{ gap float32 }

func (l lead) MinSize(kids []Object) fyne.Size {
	f := flex{gap: l.gap, align: 0.5}
	return f.MinSize(kids)
}

func (l lead) Layout(kids []Object, s fyne.Size) {
	const least = 56 // of what can be cut beside it
	wide, rest := make([]float32, len(kids)), float32(0)
	for i, k := range kids[1:] {
		wide[i+1] = min(natural(k), max(k.MinSize().Width, least))
		rest += l.gap + wide[i+1]
	}
	wide[0] = max(0, min(natural(kids[0]), s.Width-rest))
	free, x := max(0, s.Width-rest-wide[0]), float32(0)
	for i, k := range kids {
		m := fyne.NewSize(wide[i], k.MinSize().Height)
		if more := min(free, natural(k)-wide[i]); i > 0 && more > 0 {
			m.Width += more
			free -= more
		}
		k.Move(fyne.NewPos(x, (s.Height-m.Height)/2))
		k.Resize(m)
		x += m.Width + l.gap
	}
}

// natural is the width of a flow in one line, and that of a cut text uncut.
func natural(o Object) float32 {
	if c, ok := o.(*fyne.Container); ok {
		if f, ok := c.Layout.(*flow); ok {
			return f.line(c.Objects)
		}
	}
	if t, ok := o.(*Text); ok {
		return fyne.MeasureText(t.text, fyne.CurrentApp().Settings().Theme().Size(t.style.Size), t.style.text()).Width + 1
	}
	return o.MinSize().Width
}

// Lead lays a row whose first child takes what it needs. It is cut after texts beside it that can be, and before all else.
func Lead(row *fyne.Container) *fyne.Container {
	return container.New(lead{gap: 10}, row.Objects...)
}
