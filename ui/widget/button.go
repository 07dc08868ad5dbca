package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"alcove/ui/look"
)

// Kind is how much a button asks to be pressed.
type Kind int

// Kinds of button.
const (
	Secondary Kind = iota
	Primary
	Ghost  // no ground until the pointer is on it
	Danger // something is lost
	LinkTo // a text
	Quiet  // on a dark stage
)

// Button does one thing.
type Button struct {
	press
	text, icon string
	kind       Kind
	height     float32
	after      bool // the icon stands behind the text
}

// NewButton is a button with a text and perhaps an icon; its text is its label.
func NewButton(text, icon string, kind Kind, tap func()) *Button {
	b := &Button{}
	b.init(text, icon, kind, tap)
	b.extend(b)
	return b
}

func (b *Button) init(text, icon string, kind Kind, tap func()) {
	b.text, b.icon, b.kind, b.height = text, icon, kind, 36
	b.label, b.tap = text, tap
}

// IconButton shows an icon alone; label says what it does.
func IconButton(label, icon string, kind Kind, tap func()) *Button {
	b := NewButton("", icon, kind, tap)
	b.label = label
	return b
}

// Tall makes it higher, for the one thing a screen is for.
func (b *Button) Tall() *Button { b.height = 42; return b }

// Low makes it lower, to stand in a row of text.
func (b *Button) Low() *Button { b.height = 28; return b }

// Named gives it a label that is not its text: one of many "Edit".
func (b *Button) Named(label string) *Button { b.label = label; return b }

// Set changes text and icon; the label follows the text.
func (b *Button) Set(text, icon string) {
	if b.text == text && b.icon == icon {
		return
	}
	if b.text != "" {
		b.label = text
	}
	b.text, b.icon = text, icon
	b.Refresh()
}

// Kind is how much it asks.
func (b *Button) Kind() Kind { return b.kind }

// SetKind changes how it looks.
func (b *Button) SetKind(k Kind) {
	if b.kind != k {
		b.kind = k
		b.Refresh()
	}
}

func (b *Button) ink() fyne.ThemeColorName {
	if b.off && b.kind != Quiet {
		return theme.ColorNameDisabled
	}
	switch b.kind {
	case Primary:
		return look.OnAccent
	case Ghost:
		return look.Muted
	case Danger:
		return look.Bad
	case LinkTo:
		return look.Accent
	case Quiet:
		return look.StageText
	}
	return look.Ink
}

func (b *Button) ground() (fill, line fyne.ThemeColorName) {
	switch b.kind {
	case Primary:
		if b.off {
			return theme.ColorNameDisabledButton, ""
		}
		return look.Accent, ""
	case Danger:
		return look.BadSoft, ""
	case Ghost, LinkTo:
		return "", ""
	case Quiet:
		return look.StageControl, ""
	}
	return theme.ColorNameButton, look.Outline
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{
		b: b, bg: canvas.NewRectangle(nil), over: canvas.NewRectangle(nil), ring: newRing(),
		icon: &canvas.Image{FillMode: canvas.ImageFillContain}, text: canvas.NewText("", nil),
	}
	r.apply()
	return r
}

type buttonRenderer struct {
	b              *Button
	bg, over, ring *canvas.Rectangle
	icon           *canvas.Image
	text           *canvas.Text
}

const buttonIcon, buttonGap = 18, 7

func (r *buttonRenderer) apply() {
	fill, line := r.b.ground()
	r.bg.FillColor, r.bg.StrokeWidth = color.Transparent, 0
	if fill != "" {
		r.bg.FillColor = look.Color(fill)
	}
	if line != "" {
		r.bg.StrokeColor, r.bg.StrokeWidth = look.Color(line), 1
	}
	r.bg.CornerRadius, r.over.CornerRadius = look.RadiusControl, look.RadiusControl
	r.over.FillColor = veil(r.b.hover, r.b.off)
	drawRing(r.ring, r.b.focused)
	r.text.Text, r.text.TextStyle = r.b.text, fyne.TextStyle{Bold: true}
	r.text.TextSize = fyne.CurrentApp().Settings().Theme().Size(look.Small)
	r.text.Color = look.Color(r.b.ink())
	r.icon.Hidden = r.b.icon == ""
	if r.b.icon != "" {
		r.icon.Resource = look.Icon(r.b.icon, r.b.ink())
		r.icon.Refresh()
	}
}

func (r *buttonRenderer) content() float32 {
	w := float32(0)
	if r.b.text != "" {
		w = r.text.MinSize().Width
	}
	if r.b.icon != "" {
		w += buttonIcon
		if r.b.text != "" {
			w += buttonGap
		}
	}
	return w
}

func (r *buttonRenderer) Layout(s fyne.Size) {
	r.bg.Resize(s)
	out := float32(0)
	if r.b.kind == LinkTo { // its word stands on the line of what is above and below; what the pointer shows reaches out
		out = 5
	}
	wide := fyne.NewSize(s.Width+2*out, s.Height)
	r.over.Move(fyne.NewPos(-out, 0))
	r.over.Resize(wide)
	layRing(r.ring, wide, look.RadiusControl)
	r.ring.Move(r.ring.Position().SubtractXY(out, 0))
	x := (s.Width - r.content()) / 2
	textWide := r.text.MinSize().Width
	iconAt, textAt := x, x
	switch {
	case r.b.icon != "" && r.b.after:
		iconAt = x + textWide + buttonGap
	case r.b.icon != "":
		textAt = x + buttonIcon + buttonGap
	}
	r.icon.Move(fyne.NewPos(iconAt, (s.Height-buttonIcon)/2))
	r.icon.Resize(fyne.NewSquareSize(buttonIcon))
	r.text.Move(fyne.NewPos(textAt, 0))
	r.text.Resize(fyne.NewSize(textWide, s.Height))
}

func (r *buttonRenderer) MinSize() fyne.Size {
	switch {
	case r.b.text == "":
		return fyne.NewSquareSize(r.b.height)
	case r.b.kind == LinkTo:
		return fyne.NewSize(r.content(), r.b.height)
	}
	return fyne.NewSize(r.content()+30, r.b.height)
}

func (r *buttonRenderer) Refresh() {
	r.apply()
	r.Layout(r.b.Size())
	canvas.Refresh(r.b.self)
}

func (r *buttonRenderer) Destroy() {}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.bg, r.over, r.icon, r.text, r.ring}
}
