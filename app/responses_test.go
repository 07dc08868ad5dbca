package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/measure"
)

// phq answers the nine items of the PHQ-9, the first ones with 3 and then with what is left of sum.
func phq(sum, ninth int) measure.Answers {
	a := measure.Answers{9: ninth}
	for n := 1; n < 9; n++ {
		a[n] = min(3, sum)
		sum -= a[n]
	}
	return a
}

func record(t *testing.T, s *apptest.Stage, m measure.ID, a measure.Answers) app.ResponseID {
	t.Helper()
	id, err := s.RecordResponse(t.Context(), app.Filled{Client: s.Ana, Measure: m, Answers: a})
	must(t, err)
	return id
}

func histories(t *testing.T, s *apptest.Stage) []app.MeasureHistory {
	t.Helper()
	h, err := s.MeasureHistories(t.Context(), s.Ana)
	must(t, err)
	return h
}

func TestRecordResponse(t *testing.T) {
	s := apptest.Practice(t)
	record(t, s, "phq-9", phq(15, 0))
	record(t, s, "gad-7", measure.Answers{1: 1}) // six are missing
	record(t, s, "phq-9", phq(12, 0))
	record(t, s, "phq-9", phq(10, 0))

	h := histories(t, s)
	if len(h) != 2 || h[0].Instrument.ID != "phq-9" || h[1].Instrument.ID != "gad-7" {
		t.Fatalf("the measure filled in last comes first: %+v", h)
	}
	r := h[0].Responses
	want(t, "totals", []int{r[0].Score.Total, r[1].Score.Total, r[2].Score.Total}[0], 10)
	want(t, "kept total", r[0].Total, 10)
	want(t, "band", r[0].Score.Band.Label, "Moderate")
	want(t, "By", r[0].By, "Dr. Maren Holt, LCSW 12345, Oregon")
	want(t, "Language", r[0].Language, "en")
	want(t, "since first", *r[0].SinceFirst, measure.Change{By: -5, Better: true, Reliable: true})
	want(t, "since last", *r[0].SinceLast, measure.Change{By: -2, Better: true})
	if r[2].SinceFirst != nil || r[2].SinceLast != nil {
		t.Error("the first has nothing to be compared with")
	}
	if g := h[1].Responses[0]; g.Score.Counted || g.Counted || len(g.Score.Missing) != 6 || len(h[1].Counted()) != 0 {
		t.Errorf("six are missing: %+v", g.Score)
	}
	acts := s.Vault.Memory.Acts()
	if !slices.Contains(acts, app.ActResponse) || slices.Contains(acts, app.ActAlert) {
		t.Errorf("%v", acts)
	}
}

func TestVoidedDoesNotCount(t *testing.T) {
	s := apptest.Practice(t)
	record(t, s, "phq-9", phq(20, 0))
	wrong := record(t, s, "phq-9", phq(1, 0))
	record(t, s, "phq-9", phq(18, 0))
	var field *app.FieldError
	if err := s.VoidResponse(t.Context(), s.Ana, wrong, " \n"); !errors.As(err, &field) {
		t.Errorf("without a reason: %v", err)
	}
	must(t, s.VoidResponse(t.Context(), s.Ana, wrong, " entered for somebody else "))
	h := histories(t, s)[0]
	want(t, "counted", len(h.Counted()), 2)
	want(t, "kept", len(h.Responses), 3)
	want(t, "since last leaves the voided one out", h.Responses[0].SinceLast.By, -2)
	want(t, "why", h.Responses[1].Void.Why, "entered for somebody else")
	want(t, "voided once", h.Responses[1].CanVoid, false)
	wantErr(t, "voided twice", s.VoidResponse(t.Context(), s.Ana, wrong, "again"), app.ErrVoided)
}

func TestRiskAnswerRaisesAnAlert(t *testing.T) {
	s := apptest.Practice(t)
	ctx := t.Context()
	a := phq(0, 1)
	delete(a, 3) // there is no total, and still the alert
	record(t, s, "phq-9", a)
	open, err := s.OpenAlerts(ctx)
	must(t, err)
	if len(open) != 1 || open[0].Client != s.Ana || open[0].Measure != "PHQ-9" || !open[0].CanAnswer || len(open[0].Asked) != 1 {
		t.Fatalf("%+v", open)
	}
	asked := open[0].Asked[0]
	if asked.Item != 9 || asked.Answer != "Several days" || !strings.HasPrefix(asked.Question, "Thoughts that") {
		t.Errorf("%+v", asked)
	}
	var field *app.FieldError
	if err := s.AnswerAlert(ctx, s.Ana, open[0].ID, "  "); !errors.As(err, &field) {
		t.Errorf("nothing was done: %v", err)
	}
	if err := s.AnswerAlert(ctx, s.Ana, open[0].ID, strings.Repeat("x", 3000)); !errors.As(err, &field) {
		t.Errorf("a novel: %v", err)
	}
	must(t, s.AnswerAlert(ctx, s.Ana, open[0].ID, "Spoke about it; safe tonight, plan renewed."))
	wantErr(t, "answered twice", s.AnswerAlert(ctx, s.Ana, open[0].ID, "again"), app.ErrAlertClosed)
	still, err := s.OpenAlerts(ctx)
	must(t, err)
	want(t, "open", len(still), 0)
	all, err := s.ClientAlerts(ctx, s.Ana)
	must(t, err)
	if len(all) != 1 || all[0].CanAnswer || all[0].Answer.By != "Dr. Maren Holt, LCSW 12345, Oregon" || !strings.HasPrefix(all[0].Answer.Done, "Spoke") {
		t.Errorf("%+v", all)
	}
	page, err := s.Vault.Memory.Open(nil).Audit.FindAudit(ctx, app.AuditFilter{Limit: 3})
	must(t, err)
	log := page.Rows
	for i, act := range []string{app.ActAnswerAlert, app.ActAlert, app.ActResponse} {
		if log[i].Act != act || log[i].Client != s.Ana || strings.Contains(log[i].About, "Spoke") {
			t.Errorf("audit %d: %+v", i, log[i])
		}
	}
}

// A page may send twice what it is not sure of; a form may be handed in when nothing can be kept.
func TestResponseTwiceIsOne(t *testing.T) {
	s := apptest.Practice(t)
	f := app.Filled{ID: "R1", Client: s.Ana, Measure: "phq-9", Language: "es", Answers: phq(3, 2)}
	for range 2 {
		_, err := s.RecordResponse(t.Context(), f)
		must(t, err)
	}
	wantAct(t, s, app.ActResponse, 1)
	wantAct(t, s, app.ActAlert, 1)
	other := f
	other.Answers = phq(3, 1)
	_, err := s.RecordResponse(t.Context(), other)
	wantErr(t, "other answers of the same ID", err, app.ErrResponseTaken)
	h := histories(t, s)[0]
	want(t, "responses", len(h.Responses), 1)
	want(t, "nobody but the client’s page is the client", h.Responses[0].Source, app.FromTherapist)
	want(t, "read as it was asked", h.Responses[0].Asked()[8].Answer, "Más de la mitad de los días")
	all, err := s.ClientAlerts(t.Context(), s.Ana)
	must(t, err)
	want(t, "alerts", len(all), 1)

	s.Vault.Memory.Fail(app.ErrDiskFull)
	f.ID = "R2"
	_, err = s.RecordResponse(t.Context(), f)
	wantErr(t, "a full disk", err, app.ErrDiskFull)
	s.Vault.Memory.Fail(nil)
	want(t, "nothing half-kept", len(histories(t, s)[0].Responses), 1)
}

func TestResponsesRefused(t *testing.T) {
	s := apptest.Practice(t)
	var answer *measure.AnswerError
	var field *app.FieldError
	for what, x := range map[string]struct {
		change func(*app.Filled)
		fits   func(error) bool
	}{
		"out of range":     {func(f *app.Filled) { f.Answers[9] = 7 }, func(err error) bool { return errors.As(err, &answer) }},
		"no such item":     {func(f *app.Filled) { f.Answers[99] = 0 }, func(err error) bool { return errors.As(err, &answer) }},
		"nothing answered": {func(f *app.Filled) { f.Answers = nil }, func(err error) bool { return errors.As(err, &field) }},
		"no such measure":  {func(f *app.Filled) { f.Measure = "wsas" }, func(err error) bool { return errors.Is(err, app.ErrNotFound) }},
		"no such version":  {func(f *app.Filled) { f.Version = "1999-01-01" }, func(err error) bool { return errors.Is(err, app.ErrNotFound) }},
		"no such client":   {func(f *app.Filled) { f.Client = "nobody" }, func(err error) bool { return errors.Is(err, app.ErrNotFound) }},
	} {
		f := app.Filled{Client: s.Ana, Measure: "phq-9", Answers: phq(3, 1)}
		x.change(&f)
		if _, err := s.RecordResponse(t.Context(), f); !x.fits(err) || app.Explain(err) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	want(t, "kept", len(histories(t, s)), 0)
	open, err := s.OpenAlerts(t.Context())
	must(t, err)
	want(t, "alerts", len(open), 0)
}
