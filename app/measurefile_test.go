package app_test

import (
	"errors"
	"strings"
	"testing"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/datafile"
	"alcove/app/measure"
)

// sleepFile is an instrument of a practice's own, of a version.
func sleepFile(version string) string {
	return `{
  "measure": "sleep-diary",
  "version": "` + version + `",
  "short": "Sleep",
  "languages": ["en"],
  "name": {"en": "Sleep in the last week"},
  "source": "our own, 2026",
  "licence": {"en": "ours"},
  "scale": [{"value": 0, "label": {"en": "well"}}, {"value": 1, "label": {"en": "badly"}}],
  "items": [
    {"number": 1, "text": {"en": "How did you fall asleep (` + version + `)?"}},
    {"number": 2, "text": {"en": "How did you sleep through?"}}
  ],
  "better": "lower",
  "bands": [{"from": 0, "to": 1, "label": "fine"}, {"from": 2, "to": 2, "label": "poor"}],
  "risks": [{"item": 2, "above": 0}]
}
`
}

func importMeasure(t *testing.T, s *apptest.Stage, text string) error {
	t.Helper()
	s.Files.Put("/home/maren/sleep.json", text)
	_, err := s.ImportMeasure(t.Context(), " /home/maren/sleep.json ")
	return err
}

func offers(s *apptest.Stage, id measure.ID) *measure.Instrument {
	for _, i := range s.Measures() {
		if i.ID == id {
			return i
		}
	}
	return nil
}

func TestOwnMeasure(t *testing.T) {
	s := apptest.Practice(t)
	ctx := t.Context()
	must(t, importMeasure(t, s, sleepFile("2026-01-01")))
	want(t, "offered", offers(s, "sleep-diary").Version, "2026-01-01")
	record(t, s, "sleep-diary", measure.Answers{1: 0, 2: 1})
	alerts, err := s.OpenAlerts(ctx)
	must(t, err)
	want(t, "its risk answer raises an alert", alerts[0].Measure, "Sleep")

	must(t, importMeasure(t, s, "\ufeff"+sleepFile("2026-02-01")))
	record(t, s, "sleep-diary", measure.Answers{1: 1, 2: 1})
	s.Lock()
	want(t, "sealed while locked", offers(s, "sleep-diary"), nil)
	unlock(t, s)
	r := histories(t, s)[0].Responses
	want(t, "the newest", r[0].Asked()[0].Question, "How did you fall asleep (2026-02-01)?")
	want(t, "an old response, as it was asked", r[1].Asked()[0].Question, "How did you fall asleep (2026-01-01)?")

	must(t, s.RetireMeasure(ctx, "sleep-diary", "2026-02-01", true))
	want(t, "the one before is offered", offers(s, "sleep-diary").Version, "2026-01-01")
	must(t, s.SetAsks(ctx, s.Ana, []measure.ID{"sleep-diary", "phq-9"}))
	must(t, s.RetireMeasure(ctx, "sleep-diary", "2026-01-01", true))
	want(t, "none is offered", offers(s, "sleep-diary"), nil)
	want(t, "and can be read", histories(t, s)[0].Responses[0].Asked()[1].Answer, "badly")
	must(t, s.SetAsks(ctx, s.Ana, []measure.ID{"sleep-diary", "gad-7"}))
	c, err := s.Client(ctx, s.Ana)
	must(t, err)
	want(t, "asks no more for it", len(c.Asks), 1)
	_, err = s.RecordResponse(ctx, app.Filled{Client: s.Ana, Measure: "sleep-diary", Answers: measure.Answers{1: 0}})
	wantErr(t, "filled in though not offered", err, app.ErrNotFound)

	wantErr(t, "removed in use", s.RemoveMeasure(ctx, "sleep-diary", "2026-01-01"), app.ErrMeasureUsed)
	must(t, s.RetireMeasure(ctx, "sleep-diary", "2026-02-01", false))
	must(t, importMeasure(t, s, sleepFile("2026-03-01")))
	own, shipped, err := s.MeasureFiles(ctx)
	must(t, err)
	want(t, "own", len(own), 3)
	want(t, "shipped", len(shipped), 5)
	want(t, "the first", own[0].Retired && own[0].CanOffer && !own[0].CanRetire && !own[0].CanRemove, true)
	want(t, "the second", own[1].Superseded && own[1].CanRetire && !own[1].CanRemove, true)
	want(t, "the third", !own[2].Superseded && own[2].CanRetire && own[2].CanRemove, true)
	must(t, s.RemoveMeasure(ctx, "sleep-diary", "2026-03-01"))
	want(t, "removed", offers(s, "sleep-diary").Version, "2026-02-01")
	for act, n := range map[string]int{app.ActMeasureFile: 3, app.ActMeasureRetire: 2, app.ActMeasureOffer: 1, app.ActMeasureGone: 1} {
		wantAct(t, s, act, n)
	}
}

// A bad file is refused with the line at fault, and nothing of it is kept.
func TestBadMeasureFileIsRefused(t *testing.T) {
	s := apptest.Practice(t)
	must(t, importMeasure(t, s, sleepFile("2026-01-01")))
	for _, x := range []struct {
		what, text string
		line       int
		words      string
	}{
		{"two items of one number", strings.Replace(sleepFile("2026-02-01"), `"number": 2`, `"number": 1`, 1), 12, "Two items have the number 1"},
		{"a band is missing", strings.Replace(sleepFile("2026-02-01"), `"to": 1`, `"to": 0`, 1), 15, "the total 1 has no band"},
		{"cut short", sleepFile("2026-02-01")[:300], 10, "ends in the middle"},
		{"one of Alcove's own", strings.Replace(sleepFile("2026-02-01"), "sleep-diary", "phq-9", 1), 2, "comes with Alcove"},
		{"called like one of Alcove's own", strings.Replace(sleepFile("2026-02-01"), `"Sleep"`, `"phq 9"`, 1), 4, "may not be taken for it"},
		{"the same once more", sleepFile("2026-01-01"), 3, "is here already"},
		{"another of the same date", strings.Replace(sleepFile("2026-01-01"), "well", "fine", 1), 3, "is here already"},
		{"another range", strings.NewReplacer(`"value": 1`, `"value": 2`, `"to": 2`, `"to": 4`).Replace(sleepFile("2026-02-01")), 2, "goes from 0 to 2, and lower"},
		{"the other way up", strings.Replace(sleepFile("2026-02-01"), "lower", "higher", 1), 2, "goes from 0 to 2, and lower"},
		{"too large", strings.Repeat(" ", datafile.FileMost+1), 1, "larger than 256 KB"},
		{"a picture", "\x89PNG\r\n\x1a\n", 1, "not a text"},
	} {
		err := importMeasure(t, s, x.text)
		var f *datafile.Fault
		if !errors.As(err, &f) || f.Line != x.line || f.File != "sleep.json" || !strings.Contains(app.Explain(err), x.words) {
			t.Errorf("%s: %v", x.what, err)
		}
	}
	_, err := s.ImportMeasure(t.Context(), "/home/maren/none.json")
	wantErr(t, "no file", err, app.ErrNoFolder)
	own, _, err := s.MeasureFiles(t.Context())
	must(t, err)
	want(t, "files", len(own), 1)
	want(t, "still offered", offers(s, "sleep-diary").Version, "2026-01-01")
	wantAct(t, s, app.ActMeasureFile, 1)
}

// A file that this version cannot read keeps nobody out, and the list says what is wrong.
func TestUnreadableOwnMeasure(t *testing.T) {
	s := apptest.Practice(t)
	r := s.Vault.Memory.Open(nil)
	must(t, r.Measures.AddMeasure(t.Context(), app.OwnMeasure{Measure: "old", Version: "2020-01-01", File: []byte("{}")}))
	s.Lock()
	unlock(t, s)
	own, _, err := s.MeasureFiles(t.Context())
	must(t, err)
	if len(own) != 1 || own[0].Instrument != nil || !strings.Contains(own[0].Problem, "old.json, line 1") || !own[0].CanRemove {
		t.Errorf("%+v", own)
	}
}

// A lock in a session seals the practice's instruments, and the client's answers to one are recorded all the same.
func TestOwnMeasureAnsweredWhileLocked(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		must(t, importMeasure(t, s, sleepFile("2026-01-01")))
		r := admit(t, s, app.Knock{})
		r.call.Connect()
		r.view()
		r.TypeCode(apptest.CallCode)
		r.view()
		r.AskMeasure("sleep-diary")
		id := r.view().Asked[0].ID
		s.Lock()
		r.call.Hear(app.CallAnswers{ID: id, Answers: measure.Answers{1: 1, 2: 1}})
		want(t, "what the room says", r.view().Asked[0].Words(), "Sleep, filled in by the client: 2, poor.")
		unlock(t, s)
		h, err := s.MeasureHistories(t.Context(), r.invite.Client)
		must(t, err)
		want(t, "kept", h[0].Responses[0].Total, 2)
	})
}

// What is on a client's page stays until its answers came: a risk answer may be among them.
func TestOwnMeasureOnAPageIsNotRemoved(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		must(t, importMeasure(t, s, sleepFile("2026-01-01")))
		remove := func() error { return s.RemoveMeasure(t.Context(), "sleep-diary", "2026-01-01") }
		r := admit(t, s, app.Knock{})
		r.call.Connect()
		r.view()
		r.TypeCode(apptest.CallCode)
		r.view()
		r.AskMeasure("sleep-diary")
		r.view()
		wantErr(t, "on the page", remove(), app.ErrMeasureAsked)
		r.call.Hear(app.CallAnswers{ID: r.view().Asked[0].ID, Answers: measure.Answers{2: 1}})
		r.view()
		alerts, err := s.OpenAlerts(t.Context())
		must(t, err)
		want(t, "alerts", len(alerts), 1)
		wantErr(t, "answered", remove(), app.ErrMeasureAsked)
	})
}

// An instrument that Alcove comes with since is offered as it comes, whatever file of its name a practice has.
func TestShippedMeasureIsOffered(t *testing.T) {
	s := apptest.Practice(t)
	must(t, importMeasure(t, s, sleepFile("2027-01-01")))
	record(t, s, "sleep-diary", measure.Answers{1: 1, 2: 0})
	shipped, err := measure.Parse("sleep-diary.json", []byte(sleepFile("2026-12-01")), nil)
	must(t, err)
	s.Lock()
	next := app.New(app.Deps{Vault: s.Vault, Line: s.Line, Devices: s.Line, Numbers: apptest.Numbers(), Measures: apptest.Measures(t).With(shipped)})
	must(t, next.Unlock(t.Context(), apptest.Pass()))
	defer next.Lock()
	for _, i := range next.Measures() {
		if i.ID == "sleep-diary" {
			want(t, "offered", i.Version, "2026-12-01")
		}
	}
	h, err := next.MeasureHistories(t.Context(), s.Ana)
	must(t, err)
	want(t, "an old response, as it was asked", h[0].Responses[0].Asked()[0].Question, "How did you fall asleep (2027-01-01)?")
}
