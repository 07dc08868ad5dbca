package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"alcove/ui/look"
)

// Chip is one of several filters or choices; a Tab is the same on a line.
type Chip struct {
	press
	text, count string
	on          bool
	tab         bool
	news        bool // the count is of something that nobody has seen yet
}

// NewChip is a round choice.
func NewChip(text string, tap func()) *Chip { return newChip(text, tap, false) }

// NewTab is a choice underlined.
func NewTab(text string, tap func()) *Chip { return newChip(text, tap, true) }

func newChip(text string, tap func(), tab bool) *Chip {
	c := &Chip{text: text, tab: tab}
	c.label, c.tap = text, tap
	c.extend(c)
	return c
}

// Named gives it a label that is not its text.
func (c *Chip) Named(label string) *Chip { c.label = label; return c }

// Say changes the text, and leaves the label.
func (c *Chip) Say(text string) {
	if c.text != text {
		c.text = text
		c.Refresh()
	}
}

// SetOn chooses it.
func (c *Chip) SetOn(on bool) {
	if c.on != on {
		c.on = on
		c.Refresh()
	}
}

// On tells whether it is chosen.
func (c *Chip) On() bool { return c.on }

// SetCount shows a number behind the word, "" for none.
func (c *Chip) SetCount(n string) {
	if c.count != n {
		c.count = n
		c.Refresh()
	}
}

// SetNews shows a number of things not seen yet, "" for none.
func (c *Chip) SetNews(n string) {
	if c.count != n || c.news != (n != "") {
		c.count, c.news = n, n != ""
		c.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	r := &chipRenderer{c: c, bg: canvas.NewRectangle(nil), ring: newRing(), text: canvas.NewText("", nil), count: canvas.NewText("", nil)}
	r.apply()
	return r
}

type chipRenderer struct {
	c           *Chip
	bg, ring    *canvas.Rectangle
	text, count *canvas.Text
}

func (r *chipRenderer) apply() {
	c, th := r.c, fyne.CurrentApp().Settings().Theme()
	ink := look.Muted
	if c.on {
		ink = look.Accent
	}
	r.text.Text, r.text.Color, r.text.TextStyle = c.text, look.Color(ink), fyne.TextStyle{Bold: true}
	r.text.TextSize = th.Size(look.Small)
	r.count.Text, r.count.Color, r.count.TextSize = c.count, look.Color(look.Faint), th.Size(look.Caption)
	r.count.TextStyle.Bold = c.news
	if c.news {
		r.count.Color = look.Color(look.Warn)
	}
	drawRing(r.ring, c.focused)
	r.bg.StrokeWidth, r.bg.FillColor = 0, color.Transparent
	switch {
	case c.tab && c.on:
		r.bg.FillColor = look.Color(look.Accent)
	case c.tab && c.hover:
		r.bg.FillColor = look.Color(look.Border)
	case c.tab:
	case c.on:
		r.bg.FillColor = look.Color(look.AccentSoft)
	default:
		r.bg.StrokeWidth, r.bg.StrokeColor = 1, look.Color(look.Outline)
		r.bg.FillColor = veil(c.hover, c.off)
	}
	if !c.tab {
		r.text.TextSize = th.Size(look.Caption)
	}
}

func (r *chipRenderer) Layout(s fyne.Size) {
	x := float32(10)
	if r.c.tab {
		x = 0
		r.bg.Move(fyne.NewPos(0, s.Height-2))
		r.bg.Resize(fyne.NewSize(s.Width, 2))
		layRing(r.ring, fyne.NewSize(s.Width, s.Height-6), 4)
		r.ring.Move(fyne.NewPos(-4, 1))
		r.ring.Resize(fyne.NewSize(s.Width+8, s.Height-6))
	} else {
		r.bg.CornerRadius = s.Height / 2
		r.bg.Resize(s)
		layRing(r.ring, s, s.Height/2)
	}
	w := r.text.MinSize().Width
	r.text.Move(fyne.NewPos(x, 0))
	r.text.Resize(fyne.NewSize(w, s.Height))
	r.count.Move(fyne.NewPos(x+w+5, 0))
	r.count.Resize(fyne.NewSize(r.count.MinSize().Width, s.Height))
}

func (r *chipRenderer) MinSize() fyne.Size {
	w := r.text.MinSize().Width
	if r.c.count != "" {
		w += 5 + r.count.MinSize().Width
	}
	if r.c.tab {
		return fyne.NewSize(w, 38)
	}
	return fyne.NewSize(w+20, 28)
}

func (r *chipRenderer) Refresh() { r.apply(); r.Layout(r.c.Size()); canvas.Refresh(r.c) }
func (r *chipRenderer) Destroy() {}

func (r *chipRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.bg, r.text, r.count, r.ring}
}

// Choice is a row of chips of which one is chosen.
type Choice struct {
	compound
	chips  []*Chip
	values []string
	value  string
	OnPick func(value string)
}

// NewChoice takes pairs of value and text.
func NewChoice(value string, pick func(string), pairs ...string) *Choice {
	c := &Choice{value: value, OnPick: pick}
	var kids []Object
	for i := 0; i < len(pairs); i += 2 {
		v := pairs[i]
		chip := NewChip(pairs[i+1], func() { c.Set(v); c.picked() })
		chip.on = v == value
		c.chips, c.values = append(c.chips, chip), append(c.values, v)
		kids = append(kids, chip)
	}
	c.root = Row(6, kids...)
	c.ExtendBaseWidget(c)
	return c
}

func (c *Choice) picked() {
	if c.OnPick != nil {
		c.OnPick(c.value)
	}
}

// Set chooses without telling.
func (c *Choice) Set(value string) {
	c.value = value
	for i, chip := range c.chips {
		chip.SetOn(c.values[i] == value)
	}
}

// Value is what is chosen.
func (c *Choice) Value() string { return c.value }

// Switch is an on-off choice with its words beside it.
type Switch struct {
	press
	on     bool
	Change func(on bool)
}

// NewSwitch is off or on.
func NewSwitch(label string, on bool, change func(bool)) *Switch {
	s := &Switch{on: on, Change: change}
	s.label = label
	s.tap = func() {
		s.Set(!s.on)
		if s.Change != nil {
			s.Change(s.on)
		}
	}
	s.extend(s)
	return s
}

// Set switches without telling.
func (s *Switch) Set(on bool) {
	if s.on != on {
		s.on = on
		s.Refresh()
	}
}

// On tells how it stands.
func (s *Switch) On() bool { return s.on }

// CreateRenderer implements fyne.Widget.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	r := &switchRenderer{s: s, track: canvas.NewRectangle(nil), knob: canvas.NewCircle(nil), ring: newRing()}
	r.apply()
	return r
}

type switchRenderer struct {
	s           *Switch
	track, ring *canvas.Rectangle
	knob        *canvas.Circle
}

func (r *switchRenderer) apply() {
	r.track.FillColor, r.knob.FillColor = look.Color(look.Faint), look.Color(look.Surface)
	if r.s.on {
		r.track.FillColor = look.Color(look.Accent)
	}
	r.track.CornerRadius = 11
	drawRing(r.ring, r.s.focused)
}

func (r *switchRenderer) Layout(s fyne.Size) {
	r.track.Resize(fyne.NewSize(38, 22))
	r.track.Move(fyne.NewPos(0, (s.Height-22)/2))
	layRing(r.ring, fyne.NewSize(38, 22), 11)
	r.ring.Move(fyne.NewPos(-2, (s.Height-26)/2))
	x := float32(3)
	if r.s.on {
		x = 19
	}
	r.knob.Resize(fyne.NewSquareSize(16))
	r.knob.Move(fyne.NewPos(x, (s.Height-16)/2))
}

func (r *switchRenderer) MinSize() fyne.Size { return fyne.NewSize(38, 24) }
func (r *switchRenderer) Refresh()           { r.apply(); r.Layout(r.s.Size()); canvas.Refresh(r.s) }
func (r *switchRenderer) Destroy()           {}

func (r *switchRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.track, r.knob, r.ring}
}

// SetCounts shows a number on each chip.
func (c *Choice) SetCounts(n ...string) {
	for i, chip := range c.chips {
		if i < len(n) {
			chip.SetCount(n[i])
		}
	}
	c.Refresh()
}
