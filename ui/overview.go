package ui

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

const (
	recentNotes, recentSessions = 5, 6
	scoreCards                  = 3
)

type overviewRead struct {
	notes    []app.NoteRow
	measures measuresRead
}

// showOverview is the client at a glance: what cries for an answer, where the scores stand, recent
// notes and sessions, how to reach them.
func (k *client) showOverview() {
	k.strip = newAlertStrip(k.u, k.sub, k.id, func() { k.root.Refresh() })
	strip := k.strip
	read(k.u, k.sub, func(ctx context.Context) (overviewRead, error) {
		n, err := k.u.p.Notes(ctx, k.id)
		if err != nil {
			return overviewRead{}, err
		}
		m, err := readMeasures(ctx, k.u.p, k.id)
		return overviewRead{n, m}, err
	}, func(o overviewRead, err error) {
		if err != nil {
			k.put(widget.PadAll(look.S6, widget.ColStart(0, widget.NewBanner(app.Explain(err), widget.Caution))))
			return
		}
		k.tabs[tabNotes].SetCount(some(len(o.notes)))
		k.root.Refresh()
		left := widget.Col(look.S4)
		if h := o.measures.histories; len(h) > 0 {
			left.Add(k.scoreCards(h))
			if chart := k.chartCard(o.measures); chart != nil {
				left.Add(chart)
			}
		}
		left.Add(k.notesCard(o.notes))
		left.Add(k.sessionsCard(o.measures.sessions))
		k.put(widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, widget.Col(look.S4, strip.box,
			widget.Beside(0.62, 640, look.S4, left, widget.Col(look.S4, k.contactCard(), k.emergencyCard(), k.recordCard()))))))
	})
}

// scoreCards are the last totals, a card for each measure.
func (k *client) scoreCards(all []app.MeasureHistory) fyne.CanvasObject {
	row := []fyne.CanvasObject{}
	for _, h := range all[:min(len(all), scoreCards)] {
		row = append(row, k.scoreCard(h))
	}
	return widget.Cells(130, look.S4, row...)
}

func (k *client) scoreCard(h app.MeasureHistory) fyne.CanvasObject {
	last := h.Responses[0]
	for _, v := range h.Responses {
		if v.Void.At.IsZero() {
			last = v
			break
		}
	}
	number, band, pill := "–", "", widget.NewPill(scoreWord(last), widget.Neutral)
	if last.Instrument != nil && last.Score.Counted {
		number, band = strconv.Itoa(last.Score.Total), last.Score.Band.Label
		pill = widget.NewPill(last.Score.Band.Label, bandTone(last.Instrument, last.Score.Band))
	}
	if last.SinceFirst != nil {
		pill = widget.NewPill(signed(last.SinceFirst.By)+" since first", changeTone(last.SinceFirst))
		if last.SinceFirst.Reliable {
			band = dots(band, "reliable change")
		}
	} else {
		band = ""
	}
	spark := widget.NewSpark(56, 26)
	values := totals(h, 12)
	spark.Set(trendWord(shortName(h), values), values)
	col := widget.Col(look.S1,
		widget.NewText(dots(shortName(h), day(last.At, k.u.follow.now())), widget.Soft).Cut(),
		widget.Row(look.S2, widget.NewText(number, widget.Huge), widget.Gap(), spark),
		widget.ColStart(0, pill))
	if band != "" {
		col.Add(widget.NewPara(band, widget.Fine))
	}
	return widget.NewCardButton(shortName(h)+", "+scoreWord(last), func() { k.openMeasure(h.Responses[0].Measure) }, col)
}

// chartCard is the course of the measure filled in last, once it has one.
func (k *client) chartCard(m measuresRead) fyne.CanvasObject {
	h := m.histories[0]
	if h.Instrument == nil || len(h.Counted()) < 2 {
		return nil
	}
	data, points := chartOf(h, m.sessions, k.u.follow.now())
	chart := widget.NewChart(210, data)
	chart.OnOpen = func(i int) { k.c.openResponse(k.id, points[i].ID) }
	return widget.Card(widget.CardHead(data.Name, widget.NewButton("All measures", "", widget.LinkTo, func() { k.open(tabMeasures) }).Low()), chart)
}

func (k *client) notesCard(rows []app.NoteRow) fyne.CanvasObject {
	if len(rows) == 0 {
		return widget.Card(widget.CardHead("Notes"), widget.Pad(look.S3, 0, look.S3, 0,
			widget.Empty("note", "No notes yet", "After a session a draft opens by itself. You can also begin one now.",
				widget.NewButton("Write a note", "", widget.Secondary, k.New))))
	}
	var kids []fyne.CanvasObject
	for _, r := range rows[:min(len(rows), recentNotes)] {
		l := widget.NewNoteLine()
		fillNote(l, r, k.u)
		kids = append(kids, widget.NewRowButton(l, func() { k.c.openNote(r.ID) }))
	}
	return widget.Card(widget.CardHead("Recent notes", widget.NewButton("All notes", "", widget.LinkTo, func() { k.open(tabNotes) }).Low()),
		widget.Rows(kids...))
}

func (k *client) sessionsCard(all []app.SessionFacts) fyne.CanvasObject {
	if len(all) == 0 {
		return widget.Card(widget.CardHead("Sessions"), widget.Pad(look.S3, 0, look.S3, 0,
			widget.Empty("camera", "No sessions yet", "Make an invite and send the link. You decide who comes in.",
				widget.NewButton("Make an invite", "link", widget.Secondary, func() { k.open(tabInvites) }))))
	}
	var kids []fyne.CanvasObject
	for _, s := range all[:min(len(all), recentSessions)] {
		end := "not ended properly"
		if !s.Ended.IsZero() {
			end = length(s.Ended.Sub(s.Started))
		}
		kids = append(kids, widget.Pad(9, 0, 9, 0, widget.Row(look.S3,
			widget.Sized(132, 0, widget.NewText(dayTime(s.Started, k.u.follow.now()), widget.Plain).Cut()),
			widget.Grow(widget.NewText(dots(modalityWord(s.Modality), end), widget.Soft).Cut()),
			widget.NewPill(trustWord(s.Trust)))))
	}
	return widget.Card(widget.CardHead("Sessions"), widget.Rows(kids...))
}

func (k *client) contactCard() fyne.CanvasObject {
	c := k.data
	zone, ip := c.TimeZone, "Through the relay only"
	if zone == "" {
		zone = "The practice’s own"
	}
	if c.Direct {
		ip = "Direct line allowed"
	}
	facts := widget.Col(look.S3, fact("Email", k.shy(c.Email)), fact("Phone", k.shy(c.Phone)), fact("Time zone", zone),
		fact("Connection", ip), fact("Tags", strings.Join(c.Tags, ", ")))
	return widget.Card(widget.CardHead("Details", widget.NewButton("Edit", "", widget.LinkTo, func() { k.c.edit(k.data) }).Low().Named("Edit details")), facts)
}

func (k *client) emergencyCard() fyne.CanvasObject {
	e := k.data.Emergency
	if e == (app.EmergencyContact{}) {
		return widget.Card(widget.CardHead("Emergency contact"),
			widget.NewPara("Nobody yet. You will want a name and number before a session by video.", widget.Soft),
			widget.ColStart(0, widget.NewButton("Add one", "add", widget.Secondary, func() { k.c.edit(k.data) }).Low().Named("Add one: emergency contact")))
	}
	return widget.Card(widget.CardHead("Emergency contact"), widget.Col(look.S3,
		fact("Name", k.shy(e.Name)), fact("Relation", e.Relation), fact("Phone", k.shy(e.Phone))))
}

// shy hides what tells who somebody is while names are initials.
func (k *client) shy(s string) string {
	if k.plain && s != "" {
		return "Hidden"
	}
	return s
}

func fact(name, value string) fyne.CanvasObject {
	style := widget.Plain.At(look.Small)
	if value == "" {
		value, style = "–", style.In(look.Faint)
	}
	return widget.RowTop(look.S3, widget.Sized(92, 0, widget.Pad(1, 0, 0, 0, widget.NewText(name, widget.Soft))), widget.Grow(widget.NewPara(value, style)))
}
