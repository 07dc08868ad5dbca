package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// response shows one measure that was filled in: what it amounts to, and every answer.
type response struct {
	c      *caseload
	u      *UI
	life   *scope
	client app.ClientID
	id     app.ResponseID
	root   *fyne.Container
	strip  *alertStrip
}

func newResponse(c *caseload, client app.ClientID, id app.ResponseID) *response {
	r := &response{c: c, u: c.u, life: newScope(c.life.ctx), client: client, id: id, root: container.NewStack()}
	r.strip = newAlertStrip(r.u, r.life, client, func() { r.root.Refresh() })
	r.read()
	return r
}

func (r *response) Name() string              { return "response" }
func (r *response) Object() fyne.CanvasObject { return r.root }
func (r *response) Leave()                    { r.life.end(); r.root.Objects = nil }
func (r *response) Escape()                   { r.c.openTab(r.client, tabMeasures) }

// Changed reads again what the event touches.
func (r *response) Changed(e app.Event) {
	r.strip.changed(e)
	if e.Kind == app.ResponseChanged && e.ID == string(r.client) {
		r.read()
	}
}

func (r *response) read() {
	client, id := r.client, r.id
	read(r.u, r.life, func(ctx context.Context) (app.ResponseView, error) {
		all, err := r.u.p.MeasureHistories(ctx, client)
		for _, h := range all {
			for _, v := range h.Responses {
				if v.ID == id {
					return v, nil
				}
			}
		}
		return app.ResponseView{}, errors.Join(err, app.ErrNotFound)
	}, func(v app.ResponseView, err error) {
		if err != nil {
			r.put(widget.ColStart(0, widget.NewBanner(app.Explain(err), widget.Caution)))
			return
		}
		r.show(v)
	})
}

// put lays the last of all into a scroll, under the others.
func (r *response) put(all ...fyne.CanvasObject) {
	last := len(all) - 1
	page := widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, widget.Measure(860, all[last])))
	r.root.Objects = []fyne.CanvasObject{widget.Col(0, append(all[:last:last], widget.Grow(page))...)}
	r.root.Refresh()
}

func (r *response) show(v app.ResponseView) {
	name := string(v.Measure)
	if v.Instrument != nil {
		name = v.Instrument.Short
	}
	head := widget.Row(look.S2, widget.IconButton("Back to measures", "back", widget.Ghost, r.Escape),
		widget.Grow(widget.Col(2, widget.NewText(name, widget.TitleOf).Cut(),
			widget.NewText(dots(dayTime(v.At, r.u.follow.now()), sourceWord(v.Source), receivedWord(v.Response)), widget.Soft).Cut())))
	if v.CanVoid {
		head.Add(widget.NewButton("Void", "", widget.Secondary, func() { r.void(v) }).Named("Void this response"))
	}
	col := widget.Col(look.S4, r.strip.box)
	if !v.Void.At.IsZero() {
		col.Add(widget.NewBanner(fmt.Sprintf("Voided %s by %s: %s", dayTime(v.Void.At, r.u.follow.now()), v.Void.By, v.Void.Why), widget.Caution))
	}
	col.Add(resultCard(v))
	if v.Instrument != nil {
		col.Add(answersCard(v))
		col.Add(widget.Col(look.S1, widget.NewPara(v.Instrument.In(v.Instrument.Licence, v.Language), widget.Fine), widget.NewPara(v.Instrument.Source, widget.Fine)))
	}
	r.put(bar(head), widget.HLine(), col)
}

// resultCard is the total, its band, and how it moved.
func resultCard(v app.ResponseView) fyne.CanvasObject {
	if v.Instrument == nil || !v.Score.Counted {
		lack := widget.NewPara(missingWord(v), widget.Plain)
		if v.Instrument != nil {
			lack.Set(missingWord(v) + " Not answered: " + numbers(v.Score.Missing) + ".")
		}
		return widget.Card(widget.CardHead(scoreWord(v)), lack)
	}
	_, high := v.Instrument.Range()
	row := widget.Row(look.S3, widget.NewText(strconv.Itoa(v.Score.Total), widget.Huge), widget.NewText("of "+strconv.Itoa(high), widget.Soft),
		widget.NewPill(v.Score.Band.Label, bandTone(v.Instrument, v.Score.Band)))
	kids := []fyne.CanvasObject{row}
	if v.SinceFirst != nil {
		kids = append(kids, widget.Row(look.S2, widget.NewPill(changeWord(v.SinceLast, "last"), changeTone(v.SinceLast)),
			widget.NewPill(changeWord(v.SinceFirst, "first"), changeTone(v.SinceFirst))))
	}
	if text := missingWord(v); text != "" {
		kids = append(kids, widget.NewPara(text+" Not answered: "+numbers(v.Score.Missing)+".", widget.Soft))
	}
	for _, c := range v.Instrument.Cutoffs {
		word := "Below the cut-off for " + c.Label
		if slices.Contains(v.Score.Reached, c) {
			word = "At or above the cut-off for " + c.Label
		}
		kids = append(kids, widget.NewPara(fmt.Sprintf("%s, which is %d.", word, c.At), widget.Soft))
	}
	return widget.Card(kids...)
}

func answersCard(v app.ResponseView) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, a := range v.Asked() {
		answer := widget.NewPara(a.Answer, widget.Strong.At(look.Small))
		switch {
		case a.Answer == "" && !a.Scored:
			answer = widget.NewPara("Not answered", widget.Soft)
		case a.Answer == "":
			answer = widget.NewPara("Not answered", widget.Soft.In(look.Warn))
		case a.Risk:
			answer = widget.NewPara(a.Answer, widget.Strong.At(look.Small).In(look.Bad))
		}
		rows = append(rows, widget.Pad(9, 0, 9, 0, widget.RowTop(look.S3,
			widget.Sized(24, 0, widget.NewText(strconv.Itoa(a.Item), widget.Soft)),
			widget.Grow(widget.NewPara(a.Question, widget.Plain.At(look.Small))), widget.Sized(170, 0, answer))))
	}
	return widget.Card(widget.CardHead("Answers"), widget.Rows(rows...))
}

// void asks why, and takes the response out of the account.
func (r *response) void(v app.ResponseView) {
	r.u.askWords(wordingSpec{
		of: app.WritingOf(app.VoidWriting, v.ID), icon: "warning", tone: widget.Caution, title: "Void this response?",
		text:  "It leaves the chart and the totals, and cannot be brought back into them. An alert that it raised stays open.",
		label: "Why it does not count", rows: 3,
		hint: "For example: entered for somebody else. The response stays to be read, with this reason. " + keptMeanwhile,
		lost: "The reason is not recorded, and the response counts as before.",
		yes:  "Void", kind: widget.Danger, doing: "Voiding", said: "Response voided",
		do: func(ctx context.Context, why string) error { return r.u.p.VoidResponse(ctx, r.client, v.ID, why) },
	})
}
