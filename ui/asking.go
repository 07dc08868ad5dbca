package ui

import (
	"context"
	"errors"
	"slices"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/measure"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// askNow offers what can be put on the client's page during a session: a measure, or the plan.
func (r *room) askNow() {
	u, s := r.u, r.s
	done := widget.NewButton("Close", "", widget.Secondary, u.closeDialog)
	row := func(name, about, do string, tap func()) fyne.CanvasObject {
		return widget.Pad(9, 0, 9, 0, widget.Row(look.S3,
			widget.Grow(widget.Col(2, widget.NewText(name, widget.Strong).Cut(), widget.NewPara(about, widget.Soft))),
			widget.NewButton(do, "", widget.Secondary, func() { u.closeDialog(); tap() }).Low().Named(do+" "+name)))
	}
	var rows []fyne.CanvasObject
	for _, i := range u.p.Measures() {
		rows = append(rows, row(i.Short, i.In(i.Name, "en"), "Ask", func() { s.AskMeasure(i.ID) }))
	}
	rows = append(rows, row("Safety plan", "They decide whether they want to see it.", "Show", r.showPlan))
	u.ask(widget.DialogSpec{
		Icon: "send", Tone: widget.Active, Title: "On the client’s page", Width: 560, Focus: done,
		Text: "The client may put it off, leave out any question, or all.", Body: widget.Rows(rows...), Buttons: []fyne.CanvasObject{done},
	})
}

func (r *room) showPlan() {
	s := r.s
	run(r.u, r.life, work[struct{}]{
		do: func(ctx context.Context) (struct{}, error) { return struct{}{}, s.ShowPlan(ctx) },
		done: func(_ struct{}, err error) {
			switch {
			case errors.Is(err, app.ErrNotFound):
				r.u.say("This client has no safety plan yet.")
			case err != nil:
				r.u.complain(err)
			}
		},
	})
}

// onPage says how far the newest thing on the client's page has come.
func onPage(v app.SessionView) string {
	switch v.PlanOnPage {
	case app.PlanOffered:
		return "The safety plan is offered"
	case app.PlanRead:
		return "The client sees the safety plan"
	case app.PlanDeclined:
		return "The client would rather not see the plan now"
	}
	if len(v.Asked) == 0 {
		return ""
	}
	return v.Asked[len(v.Asked)-1].Words()
}

// asksCard chooses what the client's page asks in the waiting room, from the next knock on.
func (m *measures) asksCard() fyne.CanvasObject {
	chosen := slices.Clone(m.read.asks)
	var rows []fyne.CanvasObject
	for _, i := range m.u.p.Measures() {
		s := widget.NewSwitch("Ask "+i.Short+" in the waiting room", slices.Contains(chosen, i.ID), func(on bool) {
			chosen = slices.DeleteFunc(chosen, func(id measure.ID) bool { return id == i.ID })
			if on {
				chosen = append(chosen, i.ID)
			}
			m.keepAsks(slices.Clone(chosen))
		})
		rows = append(rows, widget.Pad(7, 0, 7, 0, widget.Row(look.S3, s, widget.Grow(widget.NewText(i.Short, widget.Strong).Cut()))))
	}
	return widget.Card(widget.CardHead("Ask in the waiting room"), widget.Rows(rows...),
		widget.NewPara("Whoever knocks with this client’s link, and the PIN if there is one, sees the questions. Answers arrive when the code was checked.", widget.Fine))
}

func (m *measures) keepAsks(ids []measure.ID) {
	c := m.k.id
	run(m.u, m.life, work[struct{}]{
		keep: true,
		do:   func(ctx context.Context) (struct{}, error) { return struct{}{}, m.u.p.SetAsks(ctx, c, ids) },
		done: func(_ struct{}, err error) {
			if err != nil {
				m.u.complain(err)
				m.load()
			}
		},
	})
}
