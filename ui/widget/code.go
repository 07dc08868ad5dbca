package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// CodeLength is how many digits a spoken code has.
const CodeLength = 6

// Code takes six digits, each in its own box, and tells when the sixth is in.
type Code struct {
	widget.BaseWidget
	label   string
	digits  string
	focused bool
	wrong   bool
	done    func(code string)
}

// NewCode is empty.
func NewCode(label string, done func(string)) *Code {
	c := &Code{label: label, done: done}
	c.ExtendBaseWidget(c)
	return c
}

// Clear empties it; wrong colours the boxes until the next digit.
func (c *Code) Clear(wrong bool) {
	c.digits, c.wrong = "", wrong
	c.Refresh()
}

// Digits is what was typed so far.
func (c *Code) Digits() string { return c.digits }

// TypedRune implements fyne.Focusable.
func (c *Code) TypedRune(r rune) { c.put(string(r)) }

func (c *Code) put(s string) {
	for _, r := range s {
		if r < '0' || r > '9' || len(c.digits) >= CodeLength {
			continue
		}
		c.digits, c.wrong = c.digits+string(r), false
		if len(c.digits) == CodeLength {
			c.Refresh()
			c.done(c.digits)
			return
		}
	}
	c.Refresh()
}

// TypedKey implements fyne.Focusable.
func (c *Code) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyBackspace, fyne.KeyDelete:
		if n := len(c.digits); n > 0 {
			c.digits = c.digits[:n-1]
			c.Refresh()
		}
	default:
		pass(c, k)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (c *Code) TypedShortcut(s fyne.Shortcut) {
	if p, ok := s.(*fyne.ShortcutPaste); ok {
		c.put(strings.TrimSpace(p.Clipboard.Content()))
		return
	}
	Host.Shortcut(s)
}

// Tapped implements fyne.Tappable.
func (c *Code) Tapped(*fyne.PointEvent) {
	if on := canvasOf(c); on != nil {
		on.Focus(c)
	}
}

// FocusGained implements fyne.Focusable.
func (c *Code) FocusGained() { c.focused = true; c.Refresh() }

// FocusLost implements fyne.Focusable.
func (c *Code) FocusLost() { c.focused = false; c.Refresh() }

// Cursor implements desktop.Cursorable.
func (c *Code) Cursor() desktop.Cursor { return desktop.TextCursor }

// AccessibilityLabel implements fyne.Accessible.
func (c *Code) AccessibilityLabel() string { return c.label }

// AccessibilityRole implements fyne.Accessible.
func (c *Code) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (c *Code) CreateRenderer() fyne.WidgetRenderer {
	r := &codeRenderer{c: c}
	for range CodeLength {
		r.boxes = append(r.boxes, canvas.NewRectangle(nil))
		r.digits = append(r.digits, canvas.NewText("", nil))
	}
	r.apply()
	return r
}

type codeRenderer struct {
	c      *Code
	boxes  []*canvas.Rectangle
	digits []*canvas.Text
}

const codeBox, codeHigh, codeGap = 38, 46, 6

func (r *codeRenderer) apply() {
	for i, b := range r.boxes {
		b.FillColor, b.CornerRadius = look.Color(theme.ColorNameInputBackground), look.RadiusControl
		b.StrokeColor, b.StrokeWidth = look.Color(theme.ColorNameInputBorder), 1
		if r.c.wrong {
			b.StrokeColor = look.Color(look.Bad)
		}
		if r.c.focused && i == min(len(r.c.digits), CodeLength-1) {
			b.StrokeColor, b.StrokeWidth = look.Color(look.Ring), 2
		}
		t := r.digits[i]
		t.Text = ""
		if i < len(r.c.digits) {
			t.Text = r.c.digits[i : i+1]
		}
		t.Color, t.TextSize = look.Color(look.Ink), fyne.CurrentApp().Settings().Theme().Size(look.Title)
		t.Alignment, t.TextStyle = fyne.TextAlignCenter, fyne.TextStyle{Bold: true}
	}
}

func (r *codeRenderer) Layout(s fyne.Size) {
	for i := range r.boxes {
		x := float32(i) * (codeBox + codeGap)
		if i >= CodeLength/2 {
			x += 2 * codeGap
		}
		for _, o := range []fyne.CanvasObject{r.boxes[i], r.digits[i]} {
			o.Move(fyne.NewPos(x, (s.Height-codeHigh)/2))
			o.Resize(fyne.NewSize(codeBox, codeHigh))
		}
	}
}

func (r *codeRenderer) MinSize() fyne.Size {
	return fyne.NewSize(CodeLength*(codeBox+codeGap)+codeGap, codeHigh)
}

func (r *codeRenderer) Refresh() { r.apply(); canvas.Refresh(r.c) }
func (r *codeRenderer) Destroy() {}

func (r *codeRenderer) Objects() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for i := range r.boxes {
		all = append(all, r.boxes[i], r.digits[i])
	}
	return all
}
