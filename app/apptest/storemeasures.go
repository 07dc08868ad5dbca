package apptest

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/chain"
	"alcove/app/measure"
)

func response(id app.ResponseID, c app.ClientID, n int, total int) app.Response {
	return app.Response{
		ID: id, Client: c, Measure: "phq-9", Version: "2026-11-25", Language: "en", Source: app.FromTherapist, By: "T",
		At: hour(n), Answers: measure.Answers{1: 3, 9: 0}, Counted: true, Total: total,
	}
}

// save, void and answerAlert write with an entry for the chain, as app does.
func save(t *testing.T, r *app.Records, one app.Response, raises *app.Alert, ends ...app.Writing) error {
	_, err := r.Responses.SaveResponse(t.Context(), one, raises, entryOf(t, chain.MeasureResponse, string(one.ID), one.Client, one.At, one), ends...)
	return err
}

func void(t *testing.T, r *app.Records, id app.ResponseID, v app.Voiding, ends ...app.Writing) error {
	return r.Responses.VoidResponse(t.Context(), id, v, entryOf(t, chain.MeasureVoid, string(id), "C1", v.At, v), ends...)
}

func answerAlert(t *testing.T, r *app.Records, id app.AlertID, a app.AlertAnswer, ends ...app.Writing) error {
	return r.Alerts.AnswerAlert(t.Context(), id, a, entryOf(t, chain.AlertResponse, string(id), "C1", a.At, a), ends...)
}

func entryOf(t *testing.T, kind chain.Kind, id string, c app.ClientID, at time.Time, what any) chain.Entry {
	t.Helper()
	body, err := chain.Body(map[string]any{"what": fmt.Sprint(what)})
	ok(t, err)
	return chain.Entry{Client: string(c), Kind: kind, ID: id, At: at, By: "T", Body: body}
}

func testResponses(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	full := response("R1", "C1", 1, 12)
	full.Session, full.Source, full.Language, full.Prorated = "S1", app.FromClient, "es", true
	none := response("R2", "C1", 2, 0)
	none.Counted, none.Answers = false, measure.Answers{}
	zero := response("R3", "C1", 3, 0) // a total of 0 is one
	for _, one := range []app.Response{full, none, zero, response("R4", "C2", 4, 5)} {
		ok(t, save(t, r, one, nil))
	}
	again := full
	again.At, again.By = hour(8), "somebody else" // tried again: nothing happens
	added, err := r.Responses.SaveResponse(ctx, again, nil, entryOf(t, chain.MeasureResponse, "R1", "C1", again.At, again))
	ok(t, err)
	want(t, "added again", added, false)
	for what, change := range map[string]func(*app.Response){
		"other answers": func(r *app.Response) { r.Answers = measure.Answers{1: 0} }, "another client": func(r *app.Response) { r.Client = "C2" },
		"another source": func(r *app.Response) { r.Source = app.FromTherapist }, "another version": func(r *app.Response) { r.Version = "2020-01-01" },
	} {
		other := full
		change(&other)
		wantErr(t, "in the place of another: "+what, save(t, r, other, nil), app.ErrResponseTaken)
	}

	list, err := r.Responses.ClientResponses(ctx, "C1")
	ok(t, err)
	if len(list) != 3 {
		t.Fatalf("%d responses", len(list))
	}
	for i, want := range []app.Response{zero, none, full} { // newest first
		wantResponse(t, list[i], want)
	}
	for _, id := range []app.ResponseID{"b", "a"} { // of one moment, the one entered last comes first
		ok(t, save(t, r, response(id, "C2", 5, 1), nil))
	}
	list, err = r.Responses.ClientResponses(ctx, "C2")
	ok(t, err)
	want(t, "entered last", list[0].ID, "a")
	list, err = r.Responses.ClientResponses(ctx, "nobody")
	ok(t, err)
	want(t, "responses of nobody", len(list), 0)

	v := app.Voiding{Why: "Entered for somebody else.", By: "Zoë", At: hour(5)}
	ok(t, void(t, r, "R1", v))
	wantErr(t, "voided twice", void(t, r, "R1", app.Voiding{Why: "again", By: "T", At: hour(6)}), app.ErrVoided)
	wantErr(t, "voided where there is none", void(t, r, "none", v), app.ErrNotFound)
	wantErr(t, "voided for another client", void(t, r, "R4", v), app.ErrNotFound)
	f := readRecord(t, r, "C1")
	var kinds []string
	for _, e := range f.Entries {
		kinds = append(kinds, e.Kind+" "+e.ID)
	}
	// What was tried again, and what was refused, entered nothing.
	if !slices.Equal(kinds, []string{"measure.response R1", "measure.response R2", "measure.response R3", "measure.void R1"}) {
		t.Errorf("the chain: %v", kinds)
	}
	full.Void = v
	list, err = r.Responses.ClientResponses(ctx, "C1")
	ok(t, err)
	wantResponse(t, list[2], full)
}

func wantResponse(t *testing.T, got, saved app.Response) {
	t.Helper()
	wantTime(t, "At", got.At, saved.At)
	wantTime(t, "Void.At", got.Void.At, saved.Void.At)
	if !maps.Equal(got.Answers, saved.Answers) {
		t.Errorf("Answers: got %v, want %v", got.Answers, saved.Answers)
	}
	got.At, got.Void.At, got.Answers = saved.At, saved.Void.At, nil
	saved.Answers = nil
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", saved) {
		t.Errorf("response: got %+v, want %+v", got, saved)
	}
}

func testAlerts(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	raise := func(id string, c app.ClientID, n int) {
		one := response(app.ResponseID(id), c, n, 9)
		one.Answers[9] = 1
		ok(t, save(t, r, one, &app.Alert{ID: app.AlertID(id), Client: c, Response: one.ID, Items: []int{9}, Raised: hour(n)}))
	}
	raise("A1", "C1", 1)
	raise("A2", "C2", 2)
	raise("A3", "C1", 3)
	raise("A3", "C1", 9) // tried again
	open := func(what string, want ...app.AlertID) {
		t.Helper()
		rows, err := r.Alerts.OpenAlerts(ctx)
		ok(t, err)
		if got := alertIDs(rows); !slices.Equal(got, want) {
			t.Errorf("%s: open are %v, want %v", what, got, want)
		}
	}
	open("raised", "A1", "A2", "A3") // oldest first
	answer := app.AlertAnswer{Done: "Called her; she is safe, plan renewed.", By: "Zoë, LCSW", At: hour(4)}
	ok(t, answerAlert(t, r, "A1", answer))
	wantErr(t, "answered twice", answerAlert(t, r, "A1", app.AlertAnswer{Done: "x", By: "T", At: hour(5)}), app.ErrAlertClosed)
	wantErr(t, "answered where there is none", answerAlert(t, r, "none", answer), app.ErrNotFound)
	wantErr(t, "answered for another client", answerAlert(t, r, "A2", answer), app.ErrNotFound)
	open("one answered", "A2", "A3")
	ok(t, void(t, r, "A3", app.Voiding{Why: "wrong client", By: "T", At: hour(6)}))
	open("a voided response leaves its alert", "A2", "A3")

	rows, err := r.Alerts.ClientAlerts(ctx, "C1")
	ok(t, err)
	if got := alertIDs(rows); !slices.Equal(got, []app.AlertID{"A3", "A1"}) { // newest first
		t.Fatalf("of a client: %v", got)
	}
	a := rows[1]
	wantTime(t, "Raised", a.Raised, hour(1))
	wantTime(t, "Answer.At", a.Answer.At, answer.At)
	want(t, "Done", a.Answer.Done, answer.Done)
	want(t, "By", a.Answer.By, answer.By)
	want(t, "ClientName", a.ClientName, "Ana")
	want(t, "Response", a.Filled.ID, "A1")
	want(t, "the answer that raised it", a.Filled.Answers[9], 1)
	want(t, "Open", rows[0].Open(), true)
	want(t, "Void of the other", rows[0].Filled.Void.Why, "wrong client")
	if !slices.Equal(a.Items, []int{9}) {
		t.Errorf("Items: %v", a.Items)
	}
}

func alertIDs(rows []app.AlertRow) []app.AlertID {
	var ids []app.AlertID
	for _, a := range rows {
		ids = append(ids, a.ID)
	}
	return ids
}

// testTrend: what a row of the caseload shows.
func testTrend(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	row := func() app.ClientRow {
		t.Helper()
		page, err := r.Clients.FindClients(ctx, app.ClientQuery{Text: "ana"})
		ok(t, err)
		return page.Rows[0]
	}
	want(t, "no trend", len(row().Trend), 0)
	for n := range 11 {
		ok(t, save(t, r, response(app.ResponseID(fmt.Sprintf("R%02d", n)), "C1", n, 20-n), nil))
	}
	gad := response("G", "C1", 5, 3)
	gad.Measure = "gad-7"
	ok(t, save(t, r, gad, nil))
	without := response("W", "C1", 20, 0)
	without.Counted = false
	ok(t, save(t, r, without, &app.Alert{ID: "A", Client: "C1", Response: "W", Items: []int{9}, Raised: hour(20)}))
	got := row()
	if got.Measure != "phq-9" || !slices.Equal(got.Trend, []int{17, 16, 15, 14, 13, 12, 11, 10}) || got.Alerts != 1 {
		t.Errorf("the last eight, oldest first: %q %v, %d alerts", got.Measure, got.Trend, got.Alerts)
	}
	v := app.Voiding{Why: "wrong", By: "T", At: hour(30)}
	ok(t, void(t, r, "R10", v))
	ok(t, answerAlert(t, r, "A", app.AlertAnswer{Done: "called", By: "T", At: hour(31)}))
	got = row()
	if !slices.Equal(got.Trend, []int{18, 17, 16, 15, 14, 13, 12, 11}) || got.Alerts != 0 {
		t.Errorf("without the voided one: %v, %d alerts", got.Trend, got.Alerts)
	}
	gad.ID, gad.At = "G2", hour(40)
	ok(t, save(t, r, gad, nil))
	if got = row(); got.Measure != "gad-7" || !slices.Equal(got.Trend, []int{3, 3}) {
		t.Errorf("the measure filled in last: %q %v", got.Measure, got.Trend)
	}
}

func testMeasures(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	for _, m := range []app.OwnMeasure{
		{Measure: "moca", Version: "2026-11-25", File: []byte("{\"b\": 1}"), Added: hour(2)},
		{Measure: "moca", Version: "2025-01-01", File: []byte("{}"), Added: hour(1), Retired: true},
		{Measure: "core", Version: "2026-11-25", File: []byte{0, 255}, Added: hour(3)},
	} {
		ok(t, r.Measures.AddMeasure(ctx, m))
	}
	if err := r.Measures.AddMeasure(ctx, app.OwnMeasure{Measure: "moca", Version: "2025-01-01", File: []byte("other")}); err == nil {
		t.Error("a file was put in the place of another")
	}
	one := response("R1", "C1", 1, 1)
	one.Measure, one.Version = "moca", "2025-01-01"
	ok(t, save(t, r, one, nil))
	wantErr(t, "removed in use", r.Measures.RemoveMeasure(ctx, "moca", "2025-01-01"), app.ErrMeasureUsed)
	ok(t, r.Measures.RetireMeasure(ctx, "moca", "2025-01-01", false))
	ok(t, r.Measures.RetireMeasure(ctx, "moca", "2026-11-25", true))
	wantErr(t, "retired, of no such version", r.Measures.RetireMeasure(ctx, "moca", "2020-01-01", true), app.ErrNotFound)
	wantErr(t, "removed, of no such version", r.Measures.RemoveMeasure(ctx, "moca", "2020-01-01"), app.ErrNotFound)
	ok(t, r.Measures.RemoveMeasure(ctx, "core", "2026-11-25"))
	all, err := r.Measures.OwnMeasures(ctx)
	ok(t, err)
	if len(all) != 2 || all[0].Version != "2025-01-01" || all[1].Version != "2026-11-25" {
		t.Fatalf("%+v", all)
	}
	want(t, "the file", string(all[1].File), "{\"b\": 1}")
	wantTime(t, "Added", all[1].Added, hour(2))
	want(t, "Retired", all[0].Retired, false)
	want(t, "Retired", all[1].Retired, true)
	want(t, "Used", all[0].Used, true)
	want(t, "Used", all[1].Used, false)
}
