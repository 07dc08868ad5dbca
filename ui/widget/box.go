package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// Box is a ground that follows the theme, which a bare canvas.Rectangle does not.
type Box struct {
	widget.BaseWidget
	Fill, Line fyne.ThemeColorName // "" for none
	Radius     float32
	Square     [4]float32 // radii of their own: top left, top right, bottom left, bottom right
	Raised     bool
}

// NewBox is a ground with an optional hairline.
func NewBox(fill, line fyne.ThemeColorName, radius float32) *Box {
	b := &Box{Fill: fill, Line: line, Radius: radius}
	b.ExtendBaseWidget(b)
	return b
}

// SetFill changes the ground.
func (b *Box) SetFill(c fyne.ThemeColorName) {
	if c != b.Fill {
		b.Fill = c
		b.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (b *Box) CreateRenderer() fyne.WidgetRenderer {
	r := &boxRenderer{b, canvas.NewRectangle(color.Transparent)}
	r.apply()
	return r
}

type boxRenderer struct {
	b *Box
	r *canvas.Rectangle
}

func (r *boxRenderer) apply() {
	r.r.CornerRadius = r.b.Radius
	r.r.TopLeftCornerRadius, r.r.TopRightCornerRadius = r.b.Square[0], r.b.Square[1]
	r.r.BottomLeftCornerRadius, r.r.BottomRightCornerRadius = r.b.Square[2], r.b.Square[3]
	r.r.FillColor, r.r.StrokeWidth, r.r.Shadow = color.Transparent, 0, canvas.Shadow{}
	if r.b.Fill != "" {
		r.r.FillColor = look.Color(r.b.Fill)
	}
	if r.b.Line != "" {
		r.r.StrokeColor, r.r.StrokeWidth = look.Color(r.b.Line), 1
	}
	if r.b.Raised {
		r.r.Shadow = canvas.Shadow{Color: look.Color(theme.ColorNameShadow), BlurRadius: 12, Offset: fyne.NewPos(0, 3)}
	}
}

func (r *boxRenderer) Layout(s fyne.Size)           { r.r.Resize(s) }
func (r *boxRenderer) MinSize() fyne.Size           { return fyne.NewSize(1, 1) }
func (r *boxRenderer) Refresh()                     { r.apply(); r.r.Refresh() }
func (r *boxRenderer) Destroy()                     {}
func (r *boxRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.r} }

// HLine is a hairline across.
func HLine() Object { return Sized(0, 1, NewBox(look.Border, "", 0)) }

// VLine is a hairline down.
func VLine() Object { return Sized(1, 0, NewBox(look.Border, "", 0)) }

// On lays o on a ground.
func On(fill fyne.ThemeColorName, o Object) *fyne.Container { return Stack(NewBox(fill, "", 0), o) }

// Card is a raised part of a screen.
func Card(kids ...Object) *fyne.Container {
	return Stack(NewBox(look.Surface, look.Border, look.RadiusCard), PadAll(look.S5, Col(look.S3, kids...)))
}

// CardHead is a card's title, with what can be done at its end. A low button or a pill reaches out of its line, so that the
// titles of cards side by side stand on one line.
func CardHead(title string, kids ...Object) *fyne.Container {
	c := Row(look.S2, append([]Object{Grow(NewText(title, Header).Cut())}, kids...)...)
	c.Layout = cardHead{c.Layout.(*flex)}
	return c
}

type cardHead struct{ row *flex }

func (h cardHead) MinSize(kids []Object) fyne.Size {
	return fyne.NewSize(h.row.MinSize(kids).Width, kids[0].MinSize().Height)
}

func (h cardHead) Layout(kids []Object, s fyne.Size) {
	high := h.row.MinSize(kids).Height
	h.row.Layout(kids, fyne.NewSize(s.Width, high))
	for _, k := range kids {
		k.Move(k.Position().AddXY(0, (s.Height-high)/2))
	}
}

// Icon is one of our icons, following the theme.
type Icon struct {
	widget.BaseWidget
	name  string
	color fyne.ThemeColorName
	size  float32
}

// NewIcon draws an icon of that size.
func NewIcon(name string, c fyne.ThemeColorName, size float32) *Icon {
	i := &Icon{name: name, color: c, size: size}
	i.ExtendBaseWidget(i)
	return i
}

// Set changes icon and colour.
func (i *Icon) Set(name string, c fyne.ThemeColorName) {
	if name != i.name || c != i.color {
		i.name, i.color = name, c
		i.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	r := &iconRenderer{i, &canvas.Image{FillMode: canvas.ImageFillContain}}
	r.apply()
	return r
}

type iconRenderer struct {
	i   *Icon
	img *canvas.Image
}

func (r *iconRenderer) apply() { r.img.Resource = look.Icon(r.i.name, r.i.color) }

func (r *iconRenderer) Layout(s fyne.Size) {
	d := r.i.size
	r.img.Resize(fyne.NewSquareSize(d))
	r.img.Move(fyne.NewPos((s.Width-d)/2, (s.Height-d)/2))
}

func (r *iconRenderer) MinSize() fyne.Size           { return fyne.NewSquareSize(r.i.size) }
func (r *iconRenderer) Refresh()                     { r.apply(); r.img.Refresh() }
func (r *iconRenderer) Destroy()                     {}
func (r *iconRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.img} }

// IconTile is an icon on a soft square.
func IconTile(name string, fg, bg fyne.ThemeColorName, size float32) *fyne.Container {
	return Sized(size, size, Stack(NewBox(bg, "", size*0.28), Middle(NewIcon(name, fg, size*0.55))))
}

// CardButton is a card that can be pressed.
type CardButton struct {
	press
	root *fyne.Container
	box  *Box
}

// NewCardButton opens something; label says what is on the card.
func NewCardButton(label string, tap func(), o Object) *CardButton {
	b := &CardButton{box: NewBox(look.Surface, look.Border, look.RadiusCard)}
	b.label, b.tap = label, tap
	b.root = Stack(b.box, PadAll(look.S4, o))
	b.extend(b)
	return b
}

// CreateRenderer implements fyne.Widget.
func (b *CardButton) CreateRenderer() fyne.WidgetRenderer {
	return &cardRenderer{b, newRing()}
}

type cardRenderer struct {
	b    *CardButton
	ring *canvas.Rectangle
}

func (r *cardRenderer) Layout(s fyne.Size) {
	r.b.root.Resize(s)
	layRing(r.ring, s, look.RadiusCard)
}

func (r *cardRenderer) MinSize() fyne.Size { return r.b.root.MinSize() }

func (r *cardRenderer) Refresh() {
	line := look.Border
	if r.b.hover {
		line = look.Accent
	}
	if r.b.box.Line != line {
		r.b.box.Line = line
		r.b.box.Refresh()
	}
	drawRing(r.ring, r.b.focused)
	canvas.Refresh(r.b)
}

func (r *cardRenderer) Destroy()                     {}
func (r *cardRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.b.root, r.ring} }
