package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// Style is how a text is written.
type Style struct {
	Size  fyne.ThemeSizeName
	Color fyne.ThemeColorName
	Bold  bool
	Mono  bool
}

// The styles screens use.
var (
	Plain    = Style{Size: look.Body, Color: look.Ink}
	Strong   = Style{Size: look.Body, Color: look.Ink, Bold: true}
	Soft     = Style{Size: look.Small, Color: look.Muted}
	Fine     = Style{Size: look.Caption, Color: look.Faint}
	Header   = Style{Size: look.Heading, Color: look.Ink, Bold: true}
	TitleOf  = Style{Size: look.Title, Color: look.Ink, Bold: true}
	Huge     = Style{Size: look.Display, Color: look.Ink, Bold: true}
	FieldTag = Style{Size: look.Small, Color: look.Muted, Bold: true}
	Mono     = Style{Size: look.Body, Color: look.Ink, Mono: true}
)

// In is the style in another colour.
func (s Style) In(c fyne.ThemeColorName) Style { s.Color = c; return s }

// At is the style in another size.
func (s Style) At(n fyne.ThemeSizeName) Style { s.Size = n; return s }

func (s Style) text() fyne.TextStyle { return fyne.TextStyle{Bold: s.Bold, Monospace: s.Mono} }

// Text is one line without padding. What does not fit ends in an ellipsis once Cut is called.
type Text struct {
	widget.BaseWidget
	text  string
	style Style
	cut   bool
	align fyne.TextAlign
}

// NewText is a line that is never cut.
func NewText(text string, s Style) *Text {
	t := &Text{text: oneLine(text), style: s}
	t.ExtendBaseWidget(t)
	return t
}

// Cut lets the line shrink, with an ellipsis.
func (t *Text) Cut() *Text { t.cut = true; return t }

// Centre writes the line in the middle of its space.
func (t *Text) Centre() *Text { t.align = fyne.TextAlignCenter; return t }

// Right writes the line at the end of its space.
func (t *Text) Right() *Text { t.align = fyne.TextAlignTrailing; return t }

// Set changes what it says.
func (t *Text) Set(text string) {
	if text = oneLine(text); text != t.text {
		t.text = text
		t.Refresh()
	}
}

// SetStyle changes how it is written.
func (t *Text) SetStyle(s Style) {
	if s != t.style {
		t.style = s
		t.Refresh()
	}
}

// Text is what it says, uncut.
func (t *Text) Text() string { return t.text }

// AccessibilityLabel implements fyne.Accessible.
func (t *Text) AccessibilityLabel() string { return t.text }

// AccessibilityRole implements fyne.Accessible.
func (t *Text) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{t: t, c: canvas.NewText("", nil)}
	r.apply()
	return r
}

type textRenderer struct {
	t *Text
	c *canvas.Text
}

func (r *textRenderer) apply() {
	s := r.t.style
	r.c.TextSize = fyne.CurrentApp().Settings().Theme().Size(s.Size)
	r.c.Color = look.Color(s.Color)
	r.c.TextStyle = s.text()
	r.c.Alignment = r.t.align
	r.fit(r.t.Size().Width)
}

func (r *textRenderer) fit(w float32) {
	r.c.Text = r.t.text
	if !r.t.cut || w <= 0 || r.c.MinSize().Width <= w+0.5 {
		return
	}
	runes := []rune(r.t.text)
	lo, hi := 0, len(runes)
	for lo < hi {
		m := (lo + hi + 1) / 2
		r.c.Text = short(runes[:m])
		if r.c.MinSize().Width <= w {
			lo = m
		} else {
			hi = m - 1
		}
	}
	r.c.Text = short(runes[:lo])
}

func short(r []rune) string { return strings.TrimRight(string(r), " ") + "…" }

func oneLine(s string) string {
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ").Replace(s)
}

func (r *textRenderer) Layout(s fyne.Size) { r.c.Resize(s); r.fit(s.Width) }

func (r *textRenderer) MinSize() fyne.Size {
	m := fyne.MeasureText(r.t.text, r.c.TextSize, r.c.TextStyle)
	if r.t.cut {
		m.Width = min(m.Width, 24)
	}
	return m
}

func (r *textRenderer) Refresh()                     { r.apply(); r.c.Refresh() }
func (r *textRenderer) Destroy()                     {}
func (r *textRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.c} }
