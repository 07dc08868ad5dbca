package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// ChartData is what a chart of totals over time shows.
type ChartData struct {
	Name      string
	Low, High int
	Bands     []ChartBand
	Points    []ChartPoint // oldest first
	Sessions  []time.Time  // marked on the axis
}

// ChartBand is a range of totals with its word; Severity is 0 for the best, 1 for the worst.
type ChartBand struct {
	From, To int
	Label    string
	Severity float64
}

// ChartPoint is one total.
type ChartPoint struct {
	At     time.Time
	Value  int
	Head   string // what the pointer reads: "7 · Mild"
	Text   string // and beneath it
	Turn   string // a reliable change is pointed out with these few signs: "−6"
	Better bool   // of Turn
	Faint  bool   // prorated
}

// Chart draws totals over time: bands, a line, a marker each. The pointer reads the nearest one;
// with the focus on it Left and Right do, and Enter opens it.
type Chart struct {
	widget.BaseWidget
	data    ChartData
	at      int // the point that is read, -1 for none
	focused bool
	height  float32
	OnOpen  func(i int)
}

// NewChart shows data at a height.
func NewChart(height float32, data ChartData) *Chart {
	c := &Chart{data: data, at: -1, height: height}
	c.ExtendBaseWidget(c)
	return c
}

// Read shows what stands at point i, -1 for none.
func (c *Chart) Read(i int) {
	if i < -1 || i >= len(c.data.Points) || i == c.at {
		return
	}
	c.at = i
	c.Refresh()
}

// MouseIn implements desktop.Hoverable.
func (c *Chart) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (c *Chart) MouseMoved(e *desktop.MouseEvent) {
	Host.Worked()
	c.Read(frameOf(c.data, c.Size()).nearest(e.Position.X))
}

// MouseOut implements desktop.Hoverable.
func (c *Chart) MouseOut() {
	if !c.focused {
		c.Read(-1)
	}
}

// Tapped implements fyne.Tappable: it opens what is read.
func (c *Chart) Tapped(e *fyne.PointEvent) {
	Host.Worked()
	if e != nil {
		c.Read(frameOf(c.data, c.Size()).nearest(e.Position.X))
	}
	c.open()
}

func (c *Chart) open() {
	if c.OnOpen != nil && c.at >= 0 {
		c.OnOpen(c.at)
	}
}

// FocusGained implements fyne.Focusable: the newest is read first.
func (c *Chart) FocusGained() {
	c.focused = true
	if c.at < 0 {
		c.at = len(c.data.Points) - 1
	}
	c.Refresh()
}

// FocusLost implements fyne.Focusable.
func (c *Chart) FocusLost() { c.focused, c.at = false, -1; c.Refresh() }

// TypedRune implements fyne.Focusable.
func (c *Chart) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (c *Chart) TypedKey(k *fyne.KeyEvent) {
	Host.Worked()
	switch k.Name {
	case fyne.KeyLeft:
		c.Read(max(0, c.at-1))
	case fyne.KeyRight:
		c.Read(min(len(c.data.Points)-1, c.at+1))
	case fyne.KeyHome:
		c.Read(0)
	case fyne.KeyEnd:
		c.Read(len(c.data.Points) - 1)
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.open()
	default:
		pass(c, k)
	}
}

// AccessibilityLabel implements fyne.Accessible: what is read just now, else what it is.
func (c *Chart) AccessibilityLabel() string {
	if c.at < 0 {
		return c.data.Name
	}
	p := c.data.Points[c.at]
	return c.data.Name + ": " + p.Head + ". " + p.Text
}

// AccessibilityRole implements fyne.Accessible.
func (c *Chart) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (c *Chart) CreateRenderer() fyne.WidgetRenderer {
	return &chartRenderer{c: c, ring: newRing()}
}

// chartRenderer draws the ground anew when data, size or theme change, and what the pointer reads
// over it.
type chartRenderer struct {
	c            *Chart
	ring         *canvas.Rectangle
	ground, over []fyne.CanvasObject
	size         fyne.Size
}

func (r *chartRenderer) Layout(s fyne.Size) {
	r.size = s
	if s.Width < 60 || s.Height < 60 {
		r.ground, r.over = nil, nil
		return
	}
	f := frameOf(r.c.data, s)
	r.ground = f.ground()
	r.read(f)
	layRing(r.ring, s, 6)
}

func (r *chartRenderer) read(f frame) {
	r.over = nil
	if r.c.at >= 0 && r.c.at < len(r.c.data.Points) {
		r.over = f.reading(r.c.at)
	}
}

func (r *chartRenderer) MinSize() fyne.Size { return fyne.NewSize(160, r.c.height) }

func (r *chartRenderer) Refresh() {
	drawRing(r.ring, r.c.focused)
	r.Layout(r.c.Size())
	canvas.Refresh(r.c)
}
func (r *chartRenderer) Destroy() {}

func (r *chartRenderer) Objects() []fyne.CanvasObject {
	all := append(append([]fyne.CanvasObject{}, r.ground...), r.over...)
	return append(all, r.ring)
}

// bandInk is the ground of a band, from the best to the worst.
func bandInk(severity float64) fyne.ThemeColorName {
	return look.Bands[min(len(look.Bands)-1, max(0, int(severity*float64(len(look.Bands)-1)+0.5)))]
}
