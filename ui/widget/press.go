package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// press is what everything that can be pressed has in common: pointer, keyboard, focus ring,
// label.
type press struct {
	widget.BaseWidget
	self    fyne.Widget
	label   string
	tap     func()
	off     bool
	hover   bool
	focused bool
}

func (p *press) extend(self fyne.Widget) {
	p.self = self
	p.ExtendBaseWidget(self)
}

// Tapped implements fyne.Tappable.
func (p *press) Tapped(*fyne.PointEvent) {
	Host.Worked()
	if p.tap != nil && !p.off {
		p.tap()
	}
}

// MouseIn implements desktop.Hoverable.
func (p *press) MouseIn(*desktop.MouseEvent) { Host.Worked(); p.hover = true; p.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (p *press) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (p *press) MouseOut() { p.hover = false; p.Refresh() }

// FocusGained implements fyne.Focusable.
func (p *press) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost implements fyne.Focusable.
func (p *press) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune implements fyne.Focusable.
func (p *press) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: Space and Enter press, all else is the window's.
func (p *press) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tapped(nil)
	default:
		pass(p.self, k)
	}
}

// Cursor implements desktop.Cursorable.
func (p *press) Cursor() desktop.Cursor {
	if p.off {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// AccessibilityLabel implements fyne.Accessible.
func (p *press) AccessibilityLabel() string { return p.label }

// AccessibilityRole implements fyne.Accessible.
func (p *press) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Disabled implements fyne.Disableable: Tab passes over what is switched off.
func (p *press) Disabled() bool { return p.off }

// Enable implements fyne.Disableable.
func (p *press) Enable() { p.SetEnabled(true) }

// Disable implements fyne.Disableable.
func (p *press) Disable() { p.SetEnabled(false) }

// SetEnabled switches it on or off.
func (p *press) SetEnabled(on bool) {
	if p.off == !on {
		return
	}
	p.off = !on
	p.Refresh()
}

// pass hands a key that a focused widget has no use for to the window, which would not hear
// of it otherwise.
func pass(o fyne.CanvasObject, k *fyne.KeyEvent) {
	if c := canvasOf(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(k)
	}
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// ring is the focus ring around a pressed thing.
func newRing() *canvas.Rectangle { return canvas.NewRectangle(color.Transparent) }

func layRing(r *canvas.Rectangle, s fyne.Size, radius float32) {
	const out = 2
	r.Move(fyne.NewPos(-out, -out))
	r.Resize(fyne.NewSize(s.Width+2*out, s.Height+2*out))
	r.CornerRadius = radius + out
}

func drawRing(r *canvas.Rectangle, on bool) {
	r.StrokeWidth, r.StrokeColor = 0, color.Transparent
	if on {
		r.StrokeWidth, r.StrokeColor = 2, look.Color(look.Ring)
	}
}

// veil is what the pointer lays over a thing.
func veil(hover, off bool) color.Color {
	if hover && !off {
		return look.Color(theme.ColorNameHover)
	}
	return color.Transparent
}

// Hooks are what widgets tell the window they stand in.
type Hooks struct {
	// Worked: somebody is at the keyboard or the pointer, for the idle lock.
	Worked func()
	// Shortcut is one that the focused widget has no use for: Fyne hands it to that alone.
	Shortcut func(fyne.Shortcut)
	// Refused says in words why something was not done.
	Refused func(words string)
}

// Host is the window. It is set once, before anything is shown.
var Host = Hooks{Worked: func() {}, Shortcut: func(fyne.Shortcut) {}, Refused: func(string) {}}
