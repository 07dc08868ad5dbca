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
	area   *widget.Entry
	mark   *fyne.Container
	advice *widget.Para
	card   *fyne.Container
}

func newSectionField(d *app.Draft, s app.Section, form app.SectionForm, rows int) *sectionField {
	p := &sectionField{key: s.Key, form: form, advice: widget.NewPara("", widget.Fine.In(look.Bad))}
	if form.Day {
		p.area = widget.NewEntry(s.Heading, s.Text)
	} else {
		p.area = widget.NewArea(s.Heading, s.Text, rows)
	}
	p.area.SetPlaceHolder(form.Hint)
	p.area.OnChanged = func(text string) {
		d.Edit(s.Key, text)
		p.mark.Hide()
		if p.advice.Visible() {
			p.advise(form.Check(text))
		}
	}
	if form.Day {
		p.area.OnEnd = func() { p.advise(form.Check(p.area.Text)) }
	}
	keep := widget.NewButton("Still true", "check", widget.Ghost, func() { d.Keep(s.Key) }).Low().Named("Still true: " + s.Heading)
	p.mark = widget.Row(look.S2, widget.NewPill("Carried forward", widget.Caution), keep)
	p.card = widget.Card(widget.Row(look.S3, widget.Grow(widget.NewText(s.Heading, widget.Header).Cut()), p.mark), p.area, p.advice)
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

// forget lets go of the text.
func (p *sectionField) forget() {
	p.area.OnChanged, p.area.OnEnd = nil, nil
	p.area.SetText("")
}
