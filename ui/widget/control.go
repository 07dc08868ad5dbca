package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"alcove/ui/look"
)

// Control is a round button of the room, with its word beneath.
type Control struct {
	press
	text, icon string
	ground     fyne.ThemeColorName
	ink        fyne.ThemeColorName
	wide       bool
}

// NewControl is a round button on the stage.
func NewControl(label, icon string, tap func()) *Control {
	c := &Control{text: label, icon: icon, ground: look.StageControl, ink: look.StageText}
	c.label, c.tap = label, tap
	c.extend(c)
	return c
}

// HangUp is the one that ends a session.
func (c *Control) HangUp() *Control {
	c.ground, c.wide = look.HangUp, true
	return c
}

// Set changes word and icon; off turns it bright, so that a muted microphone is seen from afar.
func (c *Control) Set(label, icon string, off bool) {
	ground, ink := look.StageControl, look.StageText
	if off {
		ground, ink = look.StageOff, look.Stage
	}
	if c.text == label && c.icon == icon && c.ground == ground {
		return
	}
	c.text, c.label, c.icon, c.ground, c.ink = label, label, icon, ground, ink
	c.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (c *Control) CreateRenderer() fyne.WidgetRenderer {
	r := &controlRenderer{
		c: c, bg: canvas.NewRectangle(nil), over: canvas.NewRectangle(nil), ring: newRing(),
		icon: &canvas.Image{FillMode: canvas.ImageFillContain}, text: canvas.NewText("", nil),
	}
	r.apply()
	return r
}

type controlRenderer struct {
	c              *Control
	bg, over, ring *canvas.Rectangle
	icon           *canvas.Image
	text           *canvas.Text
}

const controlSize, controlWide, controlHigh = 50, 76, 74

func (r *controlRenderer) apply() {
	r.bg.FillColor, r.bg.CornerRadius = look.Color(r.c.ground), controlSize/2
	r.over.FillColor, r.over.CornerRadius = veil(false, true), controlSize/2
	if r.c.hover {
		r.over.FillColor = railHover()
	}
	drawRing(r.ring, r.c.focused)
	r.icon.Resource = look.Icon(r.c.icon, r.c.ink)
	r.icon.Refresh()
	r.text.Text, r.text.Color = r.c.text, look.Color(look.StageMuted)
	r.text.TextSize, r.text.Alignment = fyne.CurrentApp().Settings().Theme().Size(look.Micro), fyne.TextAlignCenter
}

func (r *controlRenderer) width() float32 {
	if r.c.wide {
		return controlWide
	}
	return controlSize
}

func (r *controlRenderer) Layout(s fyne.Size) {
	x := (s.Width - r.width()) / 2
	for _, o := range []*canvas.Rectangle{r.bg, r.over} {
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(r.width(), controlSize))
	}
	layRing(r.ring, fyne.NewSize(r.width(), controlSize), controlSize/2)
	r.ring.Move(fyne.NewPos(x-2, -2))
	r.icon.Move(fyne.NewPos((s.Width-24)/2, (controlSize-24)/2))
	r.icon.Resize(fyne.NewSquareSize(24))
	r.text.Move(fyne.NewPos(0, controlSize+5))
	r.text.Resize(fyne.NewSize(s.Width, 16))
}

func (r *controlRenderer) MinSize() fyne.Size {
	return fyne.NewSize(max(r.width(), r.text.MinSize().Width)+6, controlHigh)
}

func (r *controlRenderer) Refresh() { r.apply(); r.Layout(r.c.Size()); canvas.Refresh(r.c) }
func (r *controlRenderer) Destroy() {}

func (r *controlRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.bg, r.over, r.icon, r.text, r.ring}
}

// Glass is a dark veil over a picture, with something to read on it.
func Glass(o Object) *fyne.Container {
	return Stack(NewBox(look.StageGlass, "", 9), Pad(7, 12, 7, 12, o))
}

// Stage lays a picture over all its space, the self view in the lower right corner, a badge at
// the upper left, and a notice in the middle.
func Stage(remote, self, badge, notice Object) *fyne.Container {
	return &fyne.Container{Layout: stageLayout{}, Objects: []Object{remote, self, badge, notice}}
}

type stageLayout struct{}

func (stageLayout) MinSize([]Object) fyne.Size { return fyne.NewSize(280, 80) }

func (stageLayout) Layout(kids []Object, s fyne.Size) {
	const edge = 16
	kids[0].Move(fyne.NewPos(0, 0))
	kids[0].Resize(s)
	w := min(220, s.Width*0.3)
	kids[1].Resize(fyne.NewSize(w, w*9/16))
	kids[1].Move(fyne.NewPos(s.Width-w-edge, s.Height-w*9/16-edge))
	kids[2].Resize(kids[2].MinSize())
	kids[2].Move(fyne.NewPos(edge, edge))
	m := kids[3].MinSize()
	kids[3].Resize(m)
	kids[3].Move(fyne.NewPos((s.Width-m.Width)/2, min((s.Height-m.Height)/2+96, s.Height-m.Height)))
}
