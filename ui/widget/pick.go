package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// Pick is a button that shows what is chosen and opens a menu of the others.
type Pick struct {
	Button
	name   string
	values []string
	texts  []string
	value  string
	OnPick func(value string)
}

// NewPick takes pairs of value and text. Its label is name.
func NewPick(name, value string, pick func(string), pairs ...string) *Pick {
	p := &Pick{name: name, OnPick: pick}
	p.init("", "down", Secondary, p.open)
	p.after = true
	p.extend(p)
	p.SetPairs(value, pairs...)
	return p
}

// SetPairs changes the choices.
func (p *Pick) SetPairs(value string, pairs ...string) {
	p.values, p.texts = nil, nil
	for i := 0; i < len(pairs); i += 2 {
		p.values, p.texts = append(p.values, pairs[i]), append(p.texts, pairs[i+1])
	}
	p.Choose(value)
}

// Choose sets the value without telling.
func (p *Pick) Choose(value string) {
	p.value = value
	text := value
	for i, v := range p.values {
		if v == value {
			text = p.texts[i]
		}
	}
	p.text, p.label = clip(text, 44), p.name
	p.Refresh()
}

// Value is what is chosen.
func (p *Pick) Value() string { return p.value }

func (p *Pick) open() {
	m := fyne.NewMenu("")
	for i, v := range p.values {
		item := fyne.NewMenuItem(p.texts[i], func() {
			p.Choose(v)
			if p.OnPick != nil {
				p.OnPick(v)
			}
		})
		item.Checked = v == p.value
		m.Items = append(m.Items, item)
	}
	popUnder(p, m)
}

// popUnder shows a menu beneath o. Arrow keys move in it, Enter chooses, Escape closes.
func popUnder(o fyne.CanvasObject, m *fyne.Menu) {
	on := canvasOf(o)
	if on == nil {
		return
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	at.Y += o.Size().Height + look.S1
	widget.ShowPopUpMenuAtPosition(m, on, at)
}

// MenuButton is a button that opens a menu: tap fills it, and calls Pop when it knows what is in it.
type MenuButton struct{ Button }

// NewMenuButton has the arrow of a menu behind its text.
func NewMenuButton(text string, kind Kind, tap func()) *MenuButton {
	b := &MenuButton{}
	b.init(text, "down", kind, tap)
	b.after = true
	b.extend(b)
	return b
}

// Say changes the text, and leaves the label.
func (b *MenuButton) Say(text string) {
	b.text = clip(text, 44)
	b.Refresh()
}

// Named gives it a label that is not its text.
func (b *MenuButton) Named(label string) *MenuButton { b.label = label; return b }

// Pop shows the menu; an item without a label is a line between groups.
func (b *MenuButton) Pop(items ...*fyne.MenuItem) {
	for _, i := range items {
		i.IsSeparator = i.Label == ""
	}
	popUnder(b, fyne.NewMenu("", items...))
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
