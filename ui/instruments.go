package ui

import (
	"context"
	"errors"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/app/datafile"
	"alcove/app/measure"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// instruments lists the measures: the practice's own, which it can take in, and those that come with Alcove.
type instruments struct {
	u    *UI
	life *scope
	file *widget.Field
	root *fyne.Container
}

type instrumentsRead struct{ own, shipped []app.MeasureFile }

func newInstruments(u *UI) *instruments {
	i := &instruments{u: u, life: newScope(u.open.ctx), root: container.NewStack()}
	i.file = widget.NewField(widget.NewEntry("Measure file", ""), "A data file, its name ends in .json. The ones that come with Alcove, in its source under assets/measures, show how one is written.")
	i.file.Entry.OnSubmitted = func(string) { i.take() }
	i.read()
	return i
}

func (i *instruments) Name() string              { return "instruments" }
func (i *instruments) Object() fyne.CanvasObject { return i.root }
func (i *instruments) Leave()                    { i.life.end(); i.root.Objects = nil }
func (i *instruments) Escape()                   { i.u.shell().settings(tabGeneral) }

// Changed reads the list again.
func (i *instruments) Changed(e app.Event) {
	if e.Kind == app.MeasuresChanged || e.Kind == app.ResponseChanged {
		i.read()
	}
}

func (i *instruments) read() {
	read(i.u, i.life, func(ctx context.Context) (r instrumentsRead, err error) {
		r.own, r.shipped, err = i.u.p.MeasureFiles(ctx)
		return r, err
	}, func(r instrumentsRead, err error) {
		if err != nil {
			i.put(widget.NewBanner(app.Explain(err), widget.Caution))
			return
		}
		i.put(i.takeCard(), i.ownCard(r.own), widget.Card(widget.CardHead("Coming with Alcove"), widget.Rows(i.rows(r.shipped)...)))
	})
}

func (i *instruments) put(cards ...fyne.CanvasObject) {
	i.root.Objects = []fyne.CanvasObject{settingPage("Measures", i.Escape, cards...)}
	i.root.Refresh()
}

func (i *instruments) takeCard() fyne.CanvasObject {
	find := widget.NewButton("Choose the file…", "", widget.LinkTo, func() { i.u.chooseFile(i.file.Entry.SetText) }).Low()
	return widget.Card(widget.CardHead("Import a measure"), i.file,
		widget.Row(look.S2, find, widget.Gap(), widget.NewButton("Import", "add", widget.Primary, i.take).Named("Import measure")))
}

// take takes in the file that is named, or says on which line it is at fault.
func (i *instruments) take() {
	path := i.file.Entry.Text
	run(i.u, i.life, work[*measure.Instrument]{
		what: "Reading the file",
		do:   func(ctx context.Context) (*measure.Instrument, error) { return i.u.p.ImportMeasure(ctx, path) },
		done: func(m *measure.Instrument, err error) {
			var fault *datafile.Fault
			switch {
			case errors.As(err, &fault), errors.Is(err, app.ErrNoFolder), errors.Is(err, app.ErrNoAccess):
				i.file.Advise(app.Explain(err))
				i.u.reflow()
			case err != nil:
				i.u.complain(err)
			default:
				i.file.Advise("")
				i.file.Entry.SetText("")
				i.u.say(m.Short + " imported")
			}
		},
	})
}

func (i *instruments) ownCard(own []app.MeasureFile) fyne.CanvasObject {
	if len(own) == 0 {
		return widget.Card(widget.CardHead("Your own"), widget.Pad(look.S4, 0, look.S4, 0,
			widget.Empty("pulse", "No measures of your own yet", "What you import is offered beside the others, on the client’s page too. Make sure that its licence lets you use it.")))
	}
	return widget.Card(widget.CardHead("Your own"), widget.Rows(i.rows(own)...),
		widget.NewPara("Responses are read by the version they were filled in with. So a file stays as long as one refers to it; it can be offered no longer.", widget.Fine))
}

func (i *instruments) rows(all []app.MeasureFile) (rows []fyne.CanvasObject) {
	for _, f := range all {
		rows = append(rows, i.row(f))
	}
	return rows
}

func (i *instruments) row(f app.MeasureFile) fyne.CanvasObject {
	name := string(f.Measure)
	about := widget.Col(2)
	if m := f.Instrument; m != nil {
		name = m.Short
		low, high := m.Range()
		about.Add(widget.NewText(name, widget.Strong).Cut())
		about.Add(widget.NewPara(m.In(m.Name, "en"), widget.Soft))
		about.Add(widget.NewPara(dots("Version "+f.Version, count(len(m.Items), "question"), fmt.Sprintf("%d to %d", low, high), riskWord(m)), widget.Fine))
		about.Add(widget.NewPara(m.Source, widget.Fine))
		about.Add(widget.NewPara(m.In(m.Licence, "en"), widget.Fine))
	} else {
		about.Add(widget.NewText(name, widget.Strong).Cut())
		about.Add(widget.NewPara(dots("Version "+f.Version, f.Problem), widget.Soft.In(look.Bad)))
	}
	var kids []fyne.CanvasObject
	switch {
	case f.Retired:
		kids = append(kids, widget.NewPill("Not offered", widget.Neutral))
	case f.Superseded:
		kids = append(kids, widget.NewPill("A newer one is offered", widget.Neutral))
	}
	named := name + " of " + f.Version
	retire := func(retired bool, said string) {
		act(i.u, i.life, "Saving", func(ctx context.Context) error { return i.u.p.RetireMeasure(ctx, f.Measure, f.Version, retired) }, i.done(said))
	}
	if f.CanOffer {
		kids = append(kids, widget.NewButton("Offer again", "", widget.Secondary, func() { retire(false, "Offered again") }).Low().Named("Offer again "+named))
	}
	if f.CanRetire {
		kids = append(kids, widget.NewButton("Stop offering", "", widget.Secondary, func() { retire(true, "No longer offered") }).Low().Named("Stop offering "+named))
	}
	if f.CanRemove {
		kids = append(kids, widget.IconButton("Remove "+named, "delete", widget.Ghost, func() { i.remove(f, name) }))
	}
	return widget.Pad(look.S3, 0, look.S3, 0, widget.RowTop(look.S3, widget.Grow(about), widget.Row(look.S3, kids...)))
}

// riskWord names the questions whose answer raises an alert.
func riskWord(m *measure.Instrument) string {
	var items []int
	for _, r := range m.Risks {
		items = append(items, r.Item)
	}
	if len(items) == 0 {
		return "no risk answer"
	}
	return "risk answer: question " + numbers(items)
}

func (i *instruments) remove(f app.MeasureFile, name string) {
	i.u.confirm("Remove “"+name+"”?", "No response was filled in with this version. Its file is deleted from the record; you can import it again.", "Remove measure", widget.Danger, func() {
		act(i.u, i.life, "Removing", func(ctx context.Context) error { return i.u.p.RemoveMeasure(ctx, f.Measure, f.Version) }, i.done("Removed"))
	})
}

// done tells how it went; the list follows the event.
func (i *instruments) done(said string) func(error) {
	return func(err error) {
		i.u.complain(err)
		if err == nil {
			i.u.say(said)
		}
	}
}

// instrumentsSetting is the way there from the settings.
func (s *settings) instrumentsSetting() fyne.CanvasObject {
	return setting("Measures", "What can be filled in, with source and licence; and your own, each from a data file.",
		widget.NewButton("Open", "pulse", widget.Secondary, func() { s.u.shell().instruments() }).Named("Open measures"))
}
