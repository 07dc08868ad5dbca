package widget

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// Avatar shows initials on a ground that goes with the name.
type Avatar struct {
	widget.BaseWidget
	name string
	size float32
}

// NewAvatar is a round of that size.
func NewAvatar(name string, size float32) *Avatar {
	a := &Avatar{name: name, size: size}
	a.ExtendBaseWidget(a)
	return a
}

// Set changes whose it is.
func (a *Avatar) Set(name string) {
	if name != a.name {
		a.name = name
		a.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (a *Avatar) CreateRenderer() fyne.WidgetRenderer {
	r := &avatarRenderer{a, canvas.NewCircle(nil), canvas.NewText("", nil)}
	r.apply()
	return r
}

type avatarRenderer struct {
	a *Avatar
	c *canvas.Circle
	t *canvas.Text
}

func (r *avatarRenderer) apply() {
	r.c.FillColor, r.t.Color = look.Tint(r.a.name)
	r.t.Text, r.t.TextSize = look.Initials(r.a.name), r.a.size*0.36
	r.t.TextStyle, r.t.Alignment = fyne.TextStyle{Bold: true}, fyne.TextAlignCenter
}

func (r *avatarRenderer) Layout(s fyne.Size) {
	d := r.a.size
	at := fyne.NewPos((s.Width-d)/2, (s.Height-d)/2)
	r.c.Move(at)
	r.c.Resize(fyne.NewSquareSize(d))
	r.t.Move(at)
	r.t.Resize(fyne.NewSquareSize(d))
}

func (r *avatarRenderer) MinSize() fyne.Size           { return fyne.NewSquareSize(r.a.size) }
func (r *avatarRenderer) Refresh()                     { r.apply(); canvas.Refresh(r.a) }
func (r *avatarRenderer) Destroy()                     {}
func (r *avatarRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.c, r.t} }

// Tone is what a pill or banner means.
type Tone int

// Tones.
const (
	Neutral Tone = iota
	Positive
	Caution
	Negative
	Active
)

func (t Tone) colors() (fg, bg fyne.ThemeColorName) {
	switch t {
	case Positive:
		return look.Good, look.GoodSoft
	case Caution:
		return look.Warn, look.WarnSoft
	case Negative:
		return look.Bad, look.BadSoft
	case Active:
		return look.Accent, look.AccentSoft
	}
	return look.Muted, look.Sunken
}

// Pill is a short word about the state of a thing.
type Pill struct {
	compound
	text *Text
	box  *Box
}

// NewPill says text in a tone.
func NewPill(text string, tone Tone) *Pill {
	fg, bg := tone.colors()
	p := &Pill{text: NewText(text, Style{Size: look.Caption, Color: fg, Bold: true}), box: NewBox(bg, "", 11)}
	if tone == Neutral {
		p.box.Line = look.Border
	}
	p.root = Sized(0, 22, Stack(p.box, Pad(2, 9, 2, 9, p.text)))
	p.ExtendBaseWidget(p)
	return p
}

// Set changes text and tone.
func (p *Pill) Set(text string, tone Tone) {
	fg, bg := tone.colors()
	p.text.Set(text)
	p.text.SetStyle(Style{Size: look.Caption, Color: fg, Bold: true})
	p.box.SetFill(bg)
}

// RailItem is one destination in the rail: an icon over a word, with a count.
type RailItem struct {
	press
	icon  string
	on    bool
	count int
}

// NewRailItem goes somewhere.
func NewRailItem(label, icon string, tap func()) *RailItem {
	i := &RailItem{icon: icon}
	i.label, i.tap = label, tap
	i.extend(i)
	return i
}

// SetOn marks where we are.
func (i *RailItem) SetOn(on bool) {
	if i.on != on {
		i.on = on
		i.Refresh()
	}
}

// SetCount shows how many wait there; 0 shows nothing.
func (i *RailItem) SetCount(n int) {
	if i.count != n {
		i.count = n
		i.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (i *RailItem) CreateRenderer() fyne.WidgetRenderer {
	r := &railRenderer{
		i: i, bg: canvas.NewRectangle(nil), ring: newRing(), icon: &canvas.Image{FillMode: canvas.ImageFillContain},
		text: canvas.NewText(i.label, nil), badge: canvas.NewRectangle(nil), count: canvas.NewText("", nil),
	}
	r.apply()
	return r
}

type railRenderer struct {
	i               *RailItem
	bg, ring, badge *canvas.Rectangle
	icon            *canvas.Image
	text, count     *canvas.Text
}

func (r *railRenderer) apply() {
	ink := look.RailIcon
	r.bg.FillColor, r.bg.CornerRadius = veil(false, false), 10
	if r.i.on {
		ink = look.RailText
		r.bg.FillColor = look.Color(look.RailOn)
	} else if r.i.hover {
		r.bg.FillColor = railHover()
	}
	drawRing(r.ring, r.i.focused)
	r.icon.Resource = look.Icon(r.i.icon, ink)
	r.icon.Refresh()
	size := fyne.CurrentApp().Settings().Theme().Size(look.Micro)
	r.text.Color, r.text.TextSize, r.text.Alignment = look.Color(ink), size, fyne.TextAlignCenter
	r.text.TextStyle.Bold = r.i.on
	r.badge.Hidden, r.count.Hidden = r.i.count == 0, r.i.count == 0
	r.badge.FillColor, r.badge.CornerRadius = look.Color(look.Badge), 8.5
	r.count.Text, r.count.TextSize, r.count.Alignment = strconv.Itoa(r.i.count), size, fyne.TextAlignCenter
	r.count.Color, r.count.TextStyle = look.Color(look.OnBadge), fyne.TextStyle{Bold: true}
}

func (r *railRenderer) Layout(s fyne.Size) {
	r.bg.Resize(s)
	layRing(r.ring, s.Subtract(fyne.NewSize(2, 2)), 9)
	r.ring.Move(fyne.NewPos(-1, -1))
	r.icon.Move(fyne.NewPos((s.Width-22)/2, 8))
	r.icon.Resize(fyne.NewSquareSize(22))
	r.text.Move(fyne.NewPos(0, 33))
	r.text.Resize(fyne.NewSize(s.Width, 15))
	for _, o := range []fyne.CanvasObject{r.badge, r.count} {
		o.Move(fyne.NewPos(s.Width/2+5, 4))
		o.Resize(fyne.NewSquareSize(17))
	}
}

func (r *railRenderer) MinSize() fyne.Size { return fyne.NewSize(68, 55) }
func (r *railRenderer) Refresh()           { r.apply(); canvas.Refresh(r.i) }
func (r *railRenderer) Destroy()           {}

func (r *railRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.bg, r.icon, r.text, r.badge, r.count, r.ring}
}

// railHover is a light veil: the rail is dark in both variants.
func railHover() color.Color { return color.NRGBA{R: 255, G: 255, B: 255, A: 18} }
