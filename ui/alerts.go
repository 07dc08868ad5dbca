package ui

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// alertStrip shows the open alerts of a client, or of all, until each has a response. There is no
// way to put one away.
type alertStrip struct {
	u      *UI
	life   *scope
	client app.ClientID // "" for all
	box    *fyne.Container
	drawn  string
	// Laid is called when the strip grew or shrank.
	laid func()
}

func newAlertStrip(u *UI, life *scope, c app.ClientID, laid func()) *alertStrip {
	s := &alertStrip{u: u, life: life, client: c, box: widget.Col(look.S2), laid: laid}
	s.box.Hide()
	s.read()
	return s
}

// changed reads again what an event touches.
func (s *alertStrip) changed(e app.Event) {
	if e.Kind == app.ProfileChanged || e.Kind == app.AlertChanged && (s.client == "" || e.ID == string(s.client)) {
		s.read()
	}
}

func (s *alertStrip) read() {
	client := s.client
	read(s.u, s.life, func(ctx context.Context) ([]app.AlertView, error) {
		if client == "" {
			return s.u.p.OpenAlerts(ctx)
		}
		all, err := s.u.p.ClientAlerts(ctx, client)
		var open []app.AlertView
		for _, a := range all {
			if a.CanAnswer {
				open = append(open, a)
			}
		}
		return open, err
	}, s.show)
}

func (s *alertStrip) show(open []app.AlertView, err error) {
	if drawn := fmt.Sprint(open, err); drawn == s.drawn {
		return
	} else {
		s.drawn = drawn
	}
	s.box.Objects = nil
	if err != nil {
		s.box.Add(widget.NewBanner(app.Explain(err), widget.Caution))
	}
	for _, a := range open {
		s.box.Add(s.banner(a))
	}
	setShown(s.box, len(s.box.Objects) > 0)
	s.box.Refresh()
	s.laid()
}

func (s *alertStrip) banner(a app.AlertView) fyne.CanvasObject {
	who, label := "", "Record what was done"
	if s.client == "" {
		who, label = a.ClientName+": ", "Record what was done for "+a.ClientName
	}
	return widget.NewBanner(dots(who+"Risk answer in "+alertWord(a), dayTime(a.Raised, s.u.follow.now())), widget.Negative,
		widget.NewButton("Record what was done", "", widget.Secondary, func() { askWhatWasDone(s.u, a) }).Low().Named(label))
}

// alertWord is "PHQ-9, question 9: “Several days”".
func alertWord(a app.AlertView) string {
	word := a.Measure
	for _, q := range a.Asked {
		word += fmt.Sprintf(", question %d: “%s”", q.Item, q.Answer)
	}
	if len(a.Asked) == 0 {
		word += ", of a version whose data file is not here"
	}
	return word
}

// askWhatWasDone closes an alert with what the therapist writes.
func askWhatWasDone(u *UI, a app.AlertView) {
	var asked []fyne.CanvasObject
	for _, q := range a.Asked {
		asked = append(asked, widget.NewPara(q.Question, widget.Plain), widget.NewText(q.Answer, widget.Strong.In(look.Bad)))
	}
	u.askWords(wordingSpec{
		of: app.WritingOf(app.AnswerWriting, a.ID), icon: "warning", tone: widget.Negative, title: "Record what was done",
		text: dots(a.ClientName, a.Measure, dayTime(a.Raised, u.follow.now())), above: asked,
		label: "What was done", rows: 4,
		hint: "Whom you spoke to, what was agreed, what comes next. It is signed with your name and the time, and cannot be changed. " + keptMeanwhile,
		lost: "It is not recorded, and the alert stays open.",
		yes:  "Record", deed: "check", kind: widget.Primary, doing: "Recording", said: "Recorded",
		do: func(ctx context.Context, done string) error { return u.p.AnswerAlert(ctx, a.Client, a.ID, done) },
	})
}
