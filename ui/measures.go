package ui

import (
	"context"
	"fmt"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/app/measure"
	"alcove/ui/look"
	"alcove/ui/widget"
)

const (
	chartHeight  = 250
	historyFirst = 10 // rows of the history before more is asked for
	historyMore  = 50
)

// measures is the Measures tab: the course of what was filled in, and what can be.
type measures struct {
	k     *client
	u     *UI
	life  *scope
	root  *fyne.Container
	strip *alertStrip
	read  measuresRead
	which measure.ID
	shown int // rows of the history
}

type measuresRead struct {
	histories []app.MeasureHistory
	sessions  []app.SessionFacts
	alerts    []app.AlertView
	asks      []measure.ID // in the waiting room
}

func readMeasures(ctx context.Context, p *app.Practice, c app.ClientID) (measuresRead, error) {
	h, err := p.MeasureHistories(ctx, c)
	if err != nil {
		return measuresRead{}, err
	}
	s, err := p.Sessions(ctx, c)
	if err != nil {
		return measuresRead{}, err
	}
	a, err := p.ClientAlerts(ctx, c)
	if err != nil {
		return measuresRead{}, err
	}
	who, err := p.Client(ctx, c)
	return measuresRead{h, s, a, who.Asks}, err
}

func newMeasures(k *client) *measures {
	m := &measures{k: k, u: k.u, life: newScope(k.sub.ctx), root: container.NewStack(), shown: historyFirst}
	m.strip = newAlertStrip(k.u, m.life, k.id, func() { m.root.Refresh() })
	m.load()
	return m
}

func (m *measures) load() {
	c := m.k.id
	read(m.u, m.life, func(ctx context.Context) (measuresRead, error) { return readMeasures(ctx, m.u.p, c) }, func(r measuresRead, err error) {
		if err != nil {
			m.put(widget.ColStart(0, widget.NewBanner(app.Explain(err), widget.Caution)))
			return
		}
		m.read = r
		m.show()
	})
}

func (m *measures) put(o fyne.CanvasObject) {
	m.root.Objects = []fyne.CanvasObject{widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, o))}
	m.root.Refresh()
}

func (m *measures) show() {
	left := widget.Col(look.S4)
	if len(m.read.histories) == 0 {
		left.Add(widget.Card(widget.Pad(look.S6, 0, look.S6, 0, widget.Empty("pulse", "Nothing filled in yet",
			"Choose a measure and fill it in together. From the second time on, its course is drawn here."))))
	} else {
		h := m.chosen()
		left.Add(m.chartCard(h))
		left.Add(m.historyCard(h))
	}
	if card := m.alertsCard(); card != nil {
		left.Add(card)
	}
	m.put(widget.Col(look.S4, m.strip.box, widget.Beside(0.64, 700, look.S4, left, widget.Col(look.S4, m.offerCard(), m.asksCard()))))
}

// chosen is the history that is looked at: the one filled in last, until another is picked.
func (m *measures) chosen() app.MeasureHistory {
	for _, h := range m.read.histories {
		if h.Responses[0].Measure == m.which {
			return h
		}
	}
	m.which = m.read.histories[0].Responses[0].Measure
	return m.read.histories[0]
}

func (m *measures) choice() fyne.CanvasObject {
	var pairs []string
	for _, h := range m.read.histories {
		pairs = append(pairs, string(h.Responses[0].Measure), shortName(h))
	}
	return widget.NewChoice(string(m.which), func(v string) { m.which, m.shown = measure.ID(v), historyFirst; m.show() }, pairs...)
}

func shortName(h app.MeasureHistory) string {
	if h.Instrument == nil {
		return string(h.Responses[0].Measure)
	}
	return h.Instrument.Short
}

func (m *measures) chartCard(h app.MeasureHistory) fyne.CanvasObject {
	head := widget.CardHead(shortName(h)+" over time", m.choice())
	if h.Instrument == nil {
		return widget.Card(head, widget.NewPara("The data file of this measure is not here, so its course cannot be drawn. The responses are kept.", widget.Soft))
	}
	data, points := chartOf(h, m.read.sessions, m.u.follow.now())
	if len(points) == 0 {
		return widget.Card(head, widget.NewPara("None of the responses has a total yet: an answer is missing in each.", widget.Soft))
	}
	chart := widget.NewChart(chartHeight, data)
	chart.OnOpen = func(i int) { m.k.c.openResponse(m.k.id, points[i].ID) }
	save := widget.NewButton("Save picture", "", widget.Secondary, func() { m.save(h) }).Low().Named("Save picture of the chart")
	return widget.Card(head, chart,
		widget.Row(look.S2, widget.Grow(widget.NewPara(chartLegend(h.Instrument, len(points)), widget.Fine)), save))
}

// chartLegend says what the signs mean.
func chartLegend(i *measure.Instrument, points int) string {
	if points < 2 {
		return "The course is drawn from the second time on."
	}
	text := "Small strokes are sessions."
	if i.Reliable > 0 {
		text = fmt.Sprintf("A number at a point is a reliable change: %d or more. ", i.Reliable) + text
	}
	return text
}

func (m *measures) historyCard(h app.MeasureHistory) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, v := range h.Responses[:min(len(h.Responses), m.shown)] {
		rows = append(rows, m.row(v))
	}
	all := []fyne.CanvasObject{widget.CardHead(count(len(h.Responses), "response")), widget.Rows(rows...)}
	if left := len(h.Responses) - m.shown; left > 0 {
		all = append(all, widget.ColStart(0, widget.NewButton("Show "+strconv.Itoa(min(left, historyMore))+" more", "down", widget.Secondary, func() {
			m.shown += historyMore
			m.show()
		}).Low()))
	}
	return widget.Card(all...)
}

func (m *measures) row(v app.ResponseView) fyne.CanvasObject {
	l := widget.NewNoteLine()
	l.Icon.Set("pulse", look.Muted)
	l.Title.Set(scoreWord(v))
	l.When.Set(dayTime(v.At, m.u.follow.now()))
	l.Sub.Set(dots(changeWord(v.SinceLast, "last"), missingWord(v), sourceWord(v.Source)))
	switch {
	case !v.Void.At.IsZero():
		l.Title.Set("Voided")
		l.Sub.Set(v.Void.Why)
		l.SetPill("Does not count", widget.Neutral)
	case len(v.Score.Risk) > 0:
		l.SetPill("Risk answer", widget.Negative)
	default:
		l.SetPill("", widget.Neutral)
	}
	b := widget.NewRowButton(l, func() { m.k.c.openResponse(m.k.id, v.ID) })
	return b.Named(l.Title.Text() + ", " + l.When.Text())
}

// alertsCard tells what was done about alerts; nil if there was none that was answered.
func (m *measures) alertsCard() fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, a := range m.read.alerts {
		if a.CanAnswer {
			continue
		}
		rows = append(rows, widget.Pad(9, 0, 9, 0, widget.Col(3,
			widget.Row(look.S2, widget.Grow(widget.NewText(alertWord(a), widget.Strong).Cut()), widget.NewText(dayTime(a.Raised, m.u.follow.now()), widget.Fine)),
			widget.NewPara(a.Answer.Done, widget.Plain.At(look.Small)),
			widget.NewText(dots(a.Answer.By, dayTime(a.Answer.At, m.u.follow.now())), widget.Fine).Cut())))
	}
	if len(rows) == 0 {
		return nil
	}
	return widget.Card(widget.CardHead("Alerts, and what was done"), widget.Rows(rows...))
}

// offerCard lists the instruments.
func (m *measures) offerCard() fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, i := range m.u.p.Measures() {
		rows = append(rows, widget.Pad(9, 0, 9, 0, widget.Row(look.S3,
			widget.Grow(widget.Col(2, widget.NewText(i.Short, widget.Strong).Cut(), widget.NewPara(i.In(i.Name, "en"), widget.Soft))),
			widget.NewButton("Fill in", "", widget.Secondary, func() { m.k.c.fillIn(m.k.id, i) }).Low().Named("Fill in "+i.Short))))
	}
	return widget.Card(widget.CardHead("Fill in a measure"), widget.Rows(rows...))
}

// changed reads again what the event touches.
func (m *measures) changed(e app.Event) {
	m.strip.changed(e)
	mine := (e.Kind == app.ResponseChanged || e.Kind == app.AlertChanged) && e.ID == string(m.k.id)
	if mine || e.Kind == app.MeasuresChanged || e.Kind == app.SessionChanged && m.u.p.Running() == nil {
		m.load()
	}
}
