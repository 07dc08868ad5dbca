package app_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/measure"
	"alcove/app/safety"
)

// asked is a client whose page asks PHQ-9 in the waiting room, admitted and connected; the code is not typed yet.
func asked(t *testing.T, s *apptest.Stage, ids ...measure.ID) (app.ClientID, *apptest.Door, *app.Session) {
	t.Helper()
	c := addClient(t, s, "Ana Lima")
	must(t, s.SetAsks(t.Context(), c, ids))
	i, err := s.CreateInvite(t.Context(), app.InviteWish{Client: c, Kind: app.InviteSingle})
	must(t, err)
	d := s.Line.Knock(i.ID, app.Knock{Name: "Ana", Language: "es-MX"})
	synctest.Wait()
	session, err := s.Admit(t.Context(), d.Knock().ID)
	must(t, err)
	d.Call().Connect()
	synctest.Wait()
	return c, d, session
}

func typeCode(session *app.Session) {
	session.TypeCode(apptest.CallCode)
	synctest.Wait()
}

func responses(t *testing.T, s *apptest.Stage, c app.ClientID) (all []app.ResponseView) {
	t.Helper()
	histories, err := s.MeasureHistories(t.Context(), c)
	must(t, err)
	for _, h := range histories {
		all = append(all, h.Responses...)
	}
	return all
}

func verdict(t *testing.T, d *apptest.Door, id app.HandoutID, want bool) {
	t.Helper()
	if ok, known := d.Call().Verdict(id); !known || ok != want {
		t.Errorf("the page heard %v (known: %v), want %v", ok, known, want)
	}
}

func TestAnswersFromTheWaitingRoom(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		c, d, session := asked(t, s, "phq-9", "pcl-5")
		forms := d.Asked()
		if len(forms) != 2 || forms[0].Language != "es" || !strings.HasPrefix(forms[0].Why, "Su terapeuta") || forms[1].Language != "en" {
			t.Fatalf("the page asks %+v", forms)
		}
		want(t, "before the code", session.View().CanAsk, false)
		typeCode(session)
		want(t, "after the code", session.View().CanAsk, true)
		events(t, s)
		answers := app.CallAnswers{ID: forms[0].ID, Answers: measure.Answers{1: 2, 9: 1}}
		d.Call().Hear(app.CallCame{ID: forms[1].ID}, answers, answers)
		synctest.Wait()
		wantEvent(t, s, app.AlertChanged, string(c))
		verdict(t, d, forms[0].ID, true)
		all := responses(t, s, c)
		if len(all) != 1 || all[0].Source != app.FromClient || all[0].Session != session.ID() || all[0].Language != "es" || len(all[0].Answers) != 2 || all[0].Counted {
			t.Fatalf("the record has %+v", all)
		}
		open, err := s.OpenAlerts(t.Context())
		must(t, err)
		want(t, "alerts", len(open), 1)
		v := session.View()
		want(t, "kept", v.Asked[0].Words(), "PHQ-9, filled in by the client: 7 answers are missing, so there is no total.")
		want(t, "not yet", v.Asked[1].State, app.AskCame)

		d.Call().Hear(app.CallAnswers{ID: forms[1].ID})
		synctest.Wait()
		verdict(t, d, forms[1].ID, true)
		want(t, "left out", session.View().Asked[1].State, app.AskSkipped)
		want(t, "nothing is recorded of it", len(responses(t, s, c)), 1)

		id, err := session.End(t.Context(), false)
		must(t, err)
		n, err := s.Note(t.Context(), id)
		must(t, err)
		if text := n.Sections[0].Text; !strings.Contains(text, "Measures\nPHQ-9, filled in") || !strings.Contains(text, "PCL-5: the client preferred not to answer.") {
			t.Errorf("the note begins with %q", text)
		}
	})
}

// A page that is not ours: nothing of it is recorded, and both sides are told.
func TestAnswersThatNobodyCanGive(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		c, d, session := asked(t, s, "phq-9", "gad-7", "who-5")
		forms := d.Asked()
		d.Call().Hear(app.CallAnswers{ID: forms[0].ID, Answers: measure.Answers{1: 2}})
		synctest.Wait()
		verdict(t, d, forms[0].ID, false) // before the code
		typeCode(session)
		for _, e := range []app.CallAnswers{
			{ID: forms[1].ID, Answers: measure.Answers{1: 1, 2: 4}},
			{ID: forms[2].ID, Answers: measure.Answers{6: 0}},
			{ID: "F", Answers: measure.Answers{1: 0}},
		} {
			d.Call().Hear(e)
			synctest.Wait()
			verdict(t, d, e.ID, false)
		}
		d.Call().Hear(app.CallAnswers{ID: forms[1].ID, Answers: measure.Answers{1: 1}}) // it had its one try
		synctest.Wait()
		want(t, "responses", len(responses(t, s, c)), 0)
		for _, a := range session.View().Asked {
			want(t, a.Short, a.State, app.AskRefused)
		}
	})
}

// While the vault is locked answers stand on the ledger, and the page need not keep them.
func TestAnswersWhileLocked(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		c, d, session := asked(t, s, "gad-7")
		typeCode(session)
		s.Lock()
		synctest.Wait()
		id := d.Asked()[0].ID
		d.Call().Hear(app.CallAnswers{ID: id, Answers: measure.Answers{1: 0, 2: 0, 3: 0, 4: 0, 5: 3, 6: 3, 7: 3}})
		synctest.Wait()
		verdict(t, d, id, true)
		unlock(t, s)
		synctest.Wait()
		all := responses(t, s, c)
		if len(all) != 1 || all[0].Total != 9 {
			t.Errorf("the record has %+v", all)
		}
		want(t, "its words", session.View().Asked[0].Score, "9, Mild")
	})
}

func TestAskInTheRoom(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		c, d, session := asked(t, s)
		want(t, "nothing was asked at the door", len(d.Asked()), 0)
		session.AskMeasure("phq-9")
		wantErr(t, "no plan", session.ShowPlan(t.Context()), app.ErrNotFound)
		var steps safety.Steps
		steps[1] = []safety.Line{{Text: "Walk"}}
		steps[3] = []safety.Line{{Text: "Jo", Phone: "555 0100"}}
		_, err := s.SavePlan(t.Context(), c, 0, steps, 30)
		must(t, err)
		must(t, session.ShowPlan(t.Context()))
		synctest.Wait()
		if forms, plans := d.Call().OnPage(); len(forms) > 0 || len(plans) > 0 {
			t.Error("before the code something is on the page")
		}
		typeCode(session)
		session.AskMeasure("phq-9")
		must(t, session.ShowPlan(t.Context()))
		synctest.Wait()
		forms, plans := d.Call().OnPage()
		if len(forms) != 1 || forms[0].Instrument.ID != "phq-9" {
			t.Fatalf("the page asks %+v", forms)
		}
		if len(plans) != 1 || len(plans[0].Parts) != 2 || plans[0].Title != "Plan de seguridad" || plans[0].Parts[1].Text != "Jo · 555 0100" {
			t.Fatalf("the page shows %+v", plans)
		}
		want(t, "offered", session.View().PlanOnPage, app.PlanOffered)
		d.Call().Hear(app.CallShown{ID: plans[0].ID, Yes: true})
		synctest.Wait()
		want(t, "read", session.View().PlanOnPage, app.PlanRead)
		wantAct(t, s, app.ActShowPlan, 1)
	})
}

// A wrong PIN learns nothing of what is asked; the form of a client keeps what its page asks.
func TestAsksAreForWhoIsShown(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		c := addClient(t, s, "Ana Lima")
		must(t, s.SetAsks(t.Context(), c, []measure.ID{"phq-9", "phq-9"}))
		wantErr(t, "no such measure", s.SetAsks(t.Context(), c, []measure.ID{"iq"}), app.ErrNotFound)
		_, err := s.SaveClient(t.Context(), app.Client{ID: c, Name: "Ana Lima-Roth"})
		must(t, err)
		kept, err := s.Client(t.Context(), c)
		must(t, err)
		want(t, "asks", len(kept.Asks), 1)
		i, err := s.CreateInvite(t.Context(), app.InviteWish{Client: c, Kind: app.InviteSingle, PIN: true})
		must(t, err)
		d := s.Line.Knock(i.ID, app.Knock{Name: "Ana", PIN: "none"})
		synctest.Wait()
		want(t, "asked", len(d.Asked()), 0)
		if !strings.HasPrefix(d.Answer(), "pin") {
			t.Errorf("the answer is %q", d.Answer())
		}
	})
}

// One that no page holds is told so, and does not seem to be on its way for ever.
func TestAskedTooLong(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		text, items := sleepFile("2026-01-01"), ""
		for n := range 100 {
			items += fmt.Sprintf(`{"number": %d, "text": {"en": "And?"}, "scored": false},`, n+3)
		}
		must(t, importMeasure(t, s, strings.Replace(text, `"items": [`, `"items": [`+items, 1)))
		_, d, session := asked(t, s, "sleep-diary", "phq-9")
		want(t, "on the page", len(d.Asked()), 1)
		typeCode(session)
		session.AskMeasure("sleep-diary")
		synctest.Wait()
		for _, n := range []int{0, 2} {
			want(t, "what the room says", session.View().Asked[n].Words(), "Sleep is too long for the client’s page. Fill it in together.")
		}
	})
}
