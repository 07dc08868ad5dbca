package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/app/safety"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// numbersSettings is where the practice looks up whom to call where, and puts its own numbers in
// place of what is shipped.
type numbersSettings struct {
	s       *settings
	country *widget.Entry
	region  *widget.Entry
	offers  *countryOffers
	found   *fyne.Container
	own     *fyne.Container
}

func newNumbersSettings(s *settings) *numbersSettings {
	n := &numbersSettings{
		s: s, country: widget.NewEntry("Country", ""), region: widget.NewEntry("State or region", ""),
		found: container.NewStack(), own: container.NewStack(),
	}
	n.offers = newCountryOffers(s.u, func(c safety.Country) { n.country.SetText(c.Name) })
	n.country.OnChanged = func(text string) { n.offers.show(text); n.show() }
	n.region.OnChanged = func(string) { n.show() }
	n.show()
	return n
}

func (n *numbersSettings) finder() fyne.CanvasObject {
	n.country.SetPlaceHolder("Country")
	n.region.SetPlaceHolder("State or region")
	return settingCard(widget.CardHead("Whom to call where"),
		widget.NewPara("Emergency numbers and crisis lines, as a session shows them for the place where the client is that day.", widget.Soft),
		pair(n.country, n.region), n.offers.row, n.found)
}

func (n *numbersSettings) mine() fyne.CanvasObject {
	return settingCard(widget.CardHead("Your own numbers"), n.own)
}

func (n *numbersSettings) place() safety.Place {
	return n.s.u.p.Directory().Place(n.country.Text, n.region.Text)
}

// show looks the place up again, and lists what is the practice's own.
func (n *numbersSettings) show() {
	d := n.s.u.p.Directory()
	col := widget.Col(look.S3)
	if d.Knows(n.country.Text) || n.country.Text != "" && len(d.Suggest(n.country.Text, 1)) == 0 {
		place := n.place()
		col.Add(widget.HLine())
		col.Add(numbersBox(n.s.u, d.NumbersFor(place), false))
		col.Add(widget.Row(look.S2, widget.NewButton("Put in your own", "edit", widget.Secondary, func() { n.edit(place) }).Low()))
	}
	n.found.Objects = []fyne.CanvasObject{col}
	n.showOwn(d)
	n.s.u.reflow()
}

func (n *numbersSettings) showOwn(d *safety.Directory) {
	if len(n.s.data.Numbers) == 0 {
		n.own.Objects = []fyne.CanvasObject{widget.NewPara("None yet. Look a place up and put in the numbers that you have checked yourself; they stand in place of those that come with Alcove.", widget.Soft)}
		return
	}
	col := widget.Col(look.S3)
	for _, e := range n.s.data.Numbers {
		name := d.Name(e.Place)
		call := ""
		if len(e.Emergency) > 0 {
			call = e.Emergency[0].Call
		}
		col.Add(widget.Row(look.S2, widget.Grow(widget.Col(1, widget.NewText(name, widget.Strong).Cut(),
			widget.NewText(dots(call, "checked "+e.Checked.Local().Format("2 January 2006")), widget.Soft).Cut())),
			widget.IconButton("Edit numbers of "+name, "edit", widget.Ghost, func() { n.edit(e.Place) }),
			widget.IconButton("Remove numbers of "+name, "delete", widget.Ghost, func() { n.forget(e.Place, name) })))
	}
	n.own.Objects = []fyne.CanvasObject{col}
}

func (n *numbersSettings) forget(p safety.Place, name string) {
	n.s.u.confirm("Remove your numbers of "+name+"?", "What you put in is lost. Sessions show again what comes with Alcove, if it has anything for that place.", "Remove", widget.Danger, func() {
		act(n.s.u, n.s.life, "Removing", func(ctx context.Context) error { return n.s.u.p.ForgetNumbers(ctx, p) }, n.s.u.complain)
	})
}

// numberRow are the fields of one number.
type numberRow struct{ name, call, text *widget.Entry }

func newNumberRow(what string, n safety.Number, texts bool) (*numberRow, fyne.CanvasObject) {
	field := func(label, hint, value string) *widget.Entry {
		e := widget.NewEntry(what+": "+label, value)
		e.SetPlaceHolder(hint)
		return e
	}
	r := &numberRow{name: field("name", "Name", n.Name), call: field("call", "Number to call", n.Call)}
	row := widget.RowTop(look.S2, widget.Share(3, r.name), widget.Share(2, r.call))
	if texts {
		r.text = field("text", "Number to text", n.Text)
		row.Add(widget.Share(2, r.text))
		row = widget.RowTop(look.S2, widget.Share(3, r.name), widget.Share(2, r.call), widget.Share(2, r.text))
	}
	return r, row
}

// number is what the fields have; what they do not show of n stays.
func (r *numberRow) number(n safety.Number) safety.Number {
	n.Name, n.Call = r.name.Text, r.call.Text
	if r.text != nil {
		n.Text = r.text.Text
	}
	return n
}

// edit opens what is known of a place, to be put right.
func (n *numbersSettings) edit(p safety.Place) {
	d := n.s.u.p.Directory()
	e, known := d.Entry(p)
	e.Place = p
	if !known && p.Region == "" {
		e.Emergency = d.NumbersFor(p).Emergency
	}
	col := widget.Col(look.S3)
	fields := func(head string, numbers []safety.Number, spare int, texts bool) func() []safety.Number {
		col.Add(widget.NewText(head, widget.FieldTag))
		all := append(numbers[:len(numbers):len(numbers)], make([]safety.Number, spare)...)
		rows := make([]*numberRow, len(all))
		for i, one := range all {
			var o fyne.CanvasObject
			rows[i], o = newNumberRow(head+" "+thousands(i+1), one, texts)
			col.Add(o)
		}
		return func() []safety.Number {
			var typed []safety.Number
			for i, r := range rows {
				typed = append(typed, r.number(all[i]))
			}
			return typed
		}
	}
	emergency := fields("Emergency number", e.Emergency, 1, false)
	lines := fields("Crisis line", e.Lines, 2, true)
	note := widget.NewArea("What to know about them", e.Note, 2)
	advice := widget.NewPara("", widget.Fine.In(look.Bad))
	col.Add(widget.NewField(note, ""))
	col.Add(advice)
	save := func() {
		e.Emergency, e.Lines, e.Note = emergency(), lines(), note.Text
		act(n.s.u, n.s.life, "Saving", func(ctx context.Context) error { return n.s.u.p.SetNumbers(ctx, e) }, func(err error) {
			var bad *app.FieldError
			switch {
			case errors.As(err, &bad):
				advice.Set(bad.Advice)
				n.s.u.reflow()
			case err != nil:
				n.s.u.complain(err)
			default:
				n.s.u.closeDialog()
				n.s.u.say("Numbers saved")
			}
		})
	}
	cancel := widget.NewButton("Cancel", "", widget.Secondary, n.s.u.closeDialog)
	n.s.u.ask(widget.DialogSpec{
		Icon: "phone", Tone: widget.Active, Title: "Whom to call: " + d.Name(p), Width: 680, Focus: cancel,
		Text:    "What you save here is dated today and stands in place of what comes with Alcove. Leave a row empty to take it out.",
		Body:    widget.Sized(0, min(420, n.s.u.win.Canvas().Size().Height-330), widget.NewVScroll(widget.Pad(0, look.S3, 0, 0, col))),
		Buttons: []fyne.CanvasObject{cancel, widget.NewButton("Save numbers", "check", widget.Primary, save)},
	})
}
