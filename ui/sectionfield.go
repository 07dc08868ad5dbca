package ui

import (
	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// sectionField is one section of an open draft: its heading, what was carried into it, the field,
// and advice beneath.
type sectionField struct {
	key    string
	form   app.SectionForm
	area   *widget.LongArea // nil where the section holds a day
	day    *widget.Entry
	mark   *fyne.Container
	advice *widget.Para
	card   *fyne.Container
}

func newSectionField(d *app.Draft, s app.Section, form app.SectionForm, rows int) *sectionField {
	p := &sectionField{key: s.Key, form: form, advice: widget.NewPara("", widget.Fine.In(look.Bad))}
	changed := func(text string) {
		d.Edit(s.Key, text)
		p.mark.Hide()
		if p.advice.Visible() {
			p.advise(form.Check(text))
		}
	}
	var field fyne.CanvasObject
	if form.Day {
		p.day = widget.NewEntry(s.Heading, s.Text)
		p.day.SetPlaceHolder(form.Hint)
		p.day.OnChanged = changed
		p.day.OnEnd = func() { p.advise(form.Check(p.day.Text)) }
		field = p.day
	} else {
		p.area = widget.NewLongArea(s.Heading, form.Hint, s.Text, rows)
		p.area.OnChanged, p.area.Limit = changed, app.RoomFor
		field = p.area
	}
	keep := widget.NewButton("Still true", "check", widget.Ghost, func() { d.Keep(s.Key) }).Low().Named("Still true: " + s.Heading)
	p.mark = widget.Row(look.S2, widget.NewPill("Carried forward", widget.Caution), keep)
	p.card = widget.Card(widget.CardHead(s.Heading, p.mark), field, p.advice)
	p.advice.Hide()
	p.show(s)
	return p
}

// show marks what was carried and not touched.
func (p *sectionField) show(s app.Section) {
	if s.Carried != p.mark.Visible() {
		p.mark.Hidden = !s.Carried
		p.card.Refresh()
	}
}

// advise says what needs another look; "" takes it back.
func (p *sectionField) advise(text string) {
	p.advice.Hidden = text == ""
	p.advice.Set(text)
	p.card.Refresh()
}

// entry is where typing begins.
func (p *sectionField) entry() fyne.Focusable {
	if p.day != nil {
		return p.day
	}
	return p.area.First()
}

func (p *sectionField) empty() bool {
	return p.day != nil && p.day.Text == "" || p.area != nil && p.area.Text() == ""
}

// forget lets go of the text.
func (p *sectionField) forget() {
	if p.day != nil {
		p.day.OnChanged, p.day.OnEnd = nil, nil
		p.day.SetText("")
		return
	}
	p.area.OnChanged = nil
	p.area.SetText("")
}
