package rtc

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/measure"
	"alcove/assets"
	"alcove/rtc/wire"
)

func phq9(t testing.TB, id app.HandoutID) app.FormHandout {
	t.Helper()
	shelf, err := measure.Load(assets.Measures())
	if err != nil {
		t.Fatal(err)
	}
	return app.FormHandout{ID: id, Instrument: shelf.Newest("phq-9"), Language: "es", Why: "So that we see"}
}

// TestFormInTheLobby: a form waits with the guest, and its answers come with the call, once.
func TestFormInTheLobby(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := h.visit(h.invite(app.InviteSingle).Link)
	g.knockWith("Kim", "")
	d := h.door.next(t)
	g.until(t, "waiting", soon)
	long := phq9(t, "F0")
	long.Why = strings.Repeat("x", 401)
	if err := d.Ask(long); !errors.Is(err, app.ErrHandoutTooLong) {
		t.Errorf("a long form: %v", err)
	}
	if err := d.Ask(phq9(t, "F1")); err != nil {
		t.Fatal(err)
	}
	if e := g.until(t, "form", soon); e.text != "F1" || e.n != 10 {
		t.Errorf("the guest got %v", e)
	}
	r := newRoom()
	c, err := d.Admit(context.Background(), textOnly, r)
	if err != nil {
		t.Fatal(err)
	}
	g.until(t, "connected", soon)
	given := map[int]int{1: 2, 9: 1}
	g.answer("F1", given)
	if e := await[app.CallAnswers](t, r, soon); e.ID != "F1" || !maps.Equal(e.Answers, given) {
		t.Errorf("the host got %+v", e)
	}
	g.answer("F1", map[int]int{1: 0}) // before the verdict, and with other answers
	g.chat("a moment later")
	await[app.CallChat](t, r, soon)
	c.Handouts().Kept("F1", true)
	if e := g.until(t, "kept", soon); e.text != "F1 true" {
		t.Errorf("the guest heard %v", e)
	}
	g.answer("F1", given) // its acknowledgement was lost
	g.until(t, "kept", soon)
	g.chat("the end")
	for e := range r.events {
		if a, again := e.(app.CallAnswers); again {
			t.Errorf("again: %+v", a)
		}
		if e, isChat := e.(app.CallChat); isChat && e.Text == "the end" {
			break
		}
	}
}

// TestFormAcrossACut: a form that is asked, and another that is answered, while the line is gone
// arrive once; so does a plan.
func TestFormAcrossACut(t *testing.T) {
	t.Parallel()
	_, udp, _, g, c, r := cutHouse(t)
	ask := func(id app.HandoutID) {
		if err := c.Handouts().Ask(phq9(t, id)); err != nil {
			t.Fatal(err)
		}
	}
	ask("F1")
	g.until(t, "form", soon)
	if e := await[app.CallCame](t, r, soon); e.ID != "F1" {
		t.Errorf("%v came", e)
	}
	udp.cut.Store(true)
	await[app.CallLost](t, r, soon)
	g.until(t, "lost", soon)
	g.answer("F1", map[int]int{9: 3})
	ask("F2")
	if err := c.Handouts().Show(app.PlanHandout{ID: "P1", Title: "Plan", Parts: []app.PlanPart{{Title: "Signs", Text: "a\nb"}}}); err != nil {
		t.Fatal(err)
	}
	udp.cut.Store(false)
	if e := await[app.CallAnswers](t, r, soon); e.ID != "F1" || e.Answers[9] != 3 {
		t.Errorf("the host got %+v", e)
	}
	if e := g.until(t, "form", soon); e.text != "F2" {
		t.Errorf("the guest got %v", e)
	}
	if e := g.until(t, "plan", soon); e.text != "P1" || e.n != 1 {
		t.Errorf("the guest got %v", e)
	}
	g.mail.put(func() { g.say(wire.Shown{ID: "P1", Yes: true}) })
	if e := await[app.CallShown](t, r, soon); !e.Yes {
		t.Errorf("the host heard %v", e)
	}
	c.Handouts().Kept("F1", true)
	g.until(t, "kept", soon)
	time.Sleep(500 * time.Millisecond)
	for len(g.events) > 0 {
		if e := <-g.events; e.what == "form" || e.what == "plan" {
			t.Errorf("again: %v", e)
		}
	}
	for len(r.events) > 0 {
		if a, again := (<-r.events).(app.CallAnswers); again {
			t.Errorf("again: %+v", a)
		}
	}
}

// TestUnaskedAnswers: answers to what was never asked, or to a plan, are refused and reach nobody;
// what is no message of the protocol ends the session.
func TestUnaskedAnswers(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := h.visit(h.invite(app.InviteSingle).Link)
	c, r := h.admit(g, textOnly)
	if err := c.Handouts().Show(app.PlanHandout{ID: "P1"}); err != nil {
		t.Fatal(err)
	}
	g.until(t, "plan", soon)
	for _, id := range []string{"F9", "P1"} {
		g.answer(id, map[int]int{9: 3})
		if e := g.until(t, "kept", soon); e.text != id+" false" {
			t.Errorf("the guest heard %v", e)
		}
	}
	g.mail.put(func() { g.say(wire.Shown{ID: "F9", Yes: true}) })
	g.mail.put(func() { g.say(wire.Answers{ID: "F9", Given: map[int]int{-1: 3}}) })
	for e := range r.events {
		switch e := e.(type) {
		case app.CallAnswers, app.CallShown:
			t.Errorf("the room heard %+v", e)
		case app.CallEnded:
			if e.Why != app.EndTampered {
				t.Errorf("ended: %v", e.Why)
			}
			return
		}
	}
}

// TestAnswersFlood: more than a hundred at once is no page of ours.
func TestAnswersFlood(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := h.visit(h.invite(app.InviteSingle).Link)
	_, r := h.admit(g, textOnly)
	for range 5 * lineBurst { // some are forgiven each second, however slow this machine is
		g.mail.put(func() { g.say(wire.Answers{ID: "F"}) })
	}
	if e := await[app.CallEnded](t, r, soon); e.Why != app.EndTampered {
		t.Errorf("ended: %v", e.Why)
	}
}

// TestEveryMeasureFits: each that is shipped, in each of its languages.
func TestEveryMeasureFits(t *testing.T) {
	shelf, err := measure.Load(assets.Measures())
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range shelf.Offered() {
		for _, l := range i.Languages {
			if !wireForm(app.FormHandout{ID: "F", Instrument: i, Language: l}).Fits() {
				t.Errorf("%s in %s does not fit", i.ID, l)
			}
		}
	}
}

// TestHandoutTooLong: what no message holds is refused here, before anything is sent.
func TestHandoutTooLong(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := h.visit(h.invite(app.InviteSingle).Link)
	c, _ := h.admit(g, textOnly)
	f := phq9(t, "F1")
	f.Why = strings.Repeat("x", 401)
	if err := c.Handouts().Ask(f); !errors.Is(err, app.ErrHandoutTooLong) {
		t.Errorf("a long form: %v", err)
	}
	var parts []app.PlanPart
	for range 6 {
		parts = append(parts, app.PlanPart{Title: "x", Text: strings.Repeat("🌿", 16000)})
	}
	if err := c.Handouts().Show(app.PlanHandout{ID: "P", Parts: parts}); !errors.Is(err, app.ErrHandoutTooLong) {
		t.Errorf("a long plan: %v", err)
	}
}
