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
	on := canvasOf(p)
	if on == nil {
		return
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p)
	at.Y += p.Size().Height + look.S1
	widget.ShowPopUpMenuAtPosition(m, on, at)
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
