package apptest

import (
	"errors"
	"testing"

	"alcove/app"
	"alcove/app/measure"
)

func being(t *testing.T, r *app.Records, of app.Writing) string {
	t.Helper()
	w, err := r.Writing.Writing(t.Context(), of)
	if err != nil && !errors.Is(err, app.ErrNotFound) {
		t.Fatal(err)
	}
	return w.Text
}

func testWriting(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addNote(t, r, "N1", "C1", hour(1), "alpha")
	ok(t, r.Notes.SignNote(ctx, "N1", app.Signature{By: "T", At: hour(2)}))
	before, err := r.Notes.Note(ctx, "N1")
	ok(t, err)
	of := app.WritingOf(app.AddendumWriting, before.ID)
	_, err = r.Writing.Writing(ctx, of)
	wantErr(t, "none", err, app.ErrNotFound)
	for n, text := range []string{"zebra", "zebra 静か\n  and more\n"} {
		ok(t, r.Writing.KeepWriting(ctx, of, app.Written{Text: text, At: hour(3 + n)}))
		got, err := r.Writing.Writing(ctx, of)
		ok(t, err)
		want(t, "text", got.Text, text)
		wantTime(t, "At", got.At, hour(3+n))
	}
	for _, other := range []app.Writing{{Kind: app.PlanWriting, Of: "N1"}, {Kind: app.AddendumWriting, Of: "N2"}, {Kind: app.AddendumWriting}} {
		want(t, "of another", being(t, r, other), "")
		ok(t, r.Writing.KeepWriting(ctx, other, app.Written{Text: "other", At: hour(3)}))
		ok(t, r.Writing.KeepWriting(ctx, other, app.Written{}))
		ok(t, r.Writing.KeepWriting(ctx, other, app.Written{}))
		want(t, "let go", being(t, r, other), "")
	}
	want(t, "when others are let go", being(t, r, of), "zebra 静か\n  and more\n")
	wantNote(t, r, before)
	hits, err := r.Notes.SearchNotes(ctx, app.NoteQuery{Text: "zebra"})
	ok(t, err)
	want(t, "found by it", len(hits), 0)
	want(t, "entries", len(readRecord(t, r, "C1").Entries), 1)
}

// testWritingEnds: what a write ends is gone with it, and nothing else; what fails ends nothing.
func testWritingEnds(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addNote(t, r, "N1", "C1", hour(1), "alpha")
	addNote(t, r, "draft", "C1", hour(1), "alpha")
	ok(t, r.Notes.SignNote(ctx, "N1", app.Signature{By: "T", At: hour(2)}))
	alert := app.Alert{ID: "A1", Client: "C1", Response: "R1", Items: []int{9}, Raised: hour(1)}
	ok(t, save(t, r, response("R1", "C1", 1, 12), &alert))
	form := app.Template{ID: "F1", Name: "Own", Sections: []app.SectionForm{{Key: "k", Heading: "h"}}}
	client := app.Client{ID: "C1", Name: "Ana", Status: app.ClientActive, Created: day, Changed: day}
	a := app.Addendum{Text: "more", By: "T", At: hour(4)}
	v, done := app.Voiding{Why: "y", By: "T", At: hour(4)}, app.AlertAnswer{Done: "d", By: "T", At: hour(4)}

	taken := response("R2", "C1", 2, 3)
	taken.Answers = measure.Answers{1: 1}

	of, other := app.Writing{Kind: app.PlanWriting, Of: "C1"}, app.Writing{Kind: app.PlanWriting, Of: "C2"}
	ok(t, r.Writing.KeepWriting(ctx, other, app.Written{Text: "of another", At: hour(1)}))
	for _, write := range []struct {
		what string
		fail error // nil: it goes through
		do   func(ends ...app.Writing) error
	}{
		{"AddPlan too far", app.ErrPlanMoved, func(ends ...app.Writing) error {
			return r.Plans.AddPlan(ctx, plan("P9", "C1", 2, "x", hour(5)), ends...)
		}},
		{"AddPlan", nil, func(ends ...app.Writing) error {
			return r.Plans.AddPlan(ctx, plan("P1", "C1", 1, "x", hour(5)), ends...)
		}},
		{"AddAddendum to a draft", app.ErrNotSigned, func(ends ...app.Writing) error { return r.Notes.AddAddendum(ctx, "draft", a, ends...) }},
		{"AddAddendum", nil, func(ends ...app.Writing) error { return r.Notes.AddAddendum(ctx, "N1", a, ends...) }},
		{"SaveResponse", nil, func(ends ...app.Writing) error { return save(t, r, response("R2", "C1", 2, 3), nil, ends...) }},
		{"SaveResponse of another", app.ErrResponseTaken, func(ends ...app.Writing) error { return save(t, r, taken, nil, ends...) }},
		{"AnswerAlert", nil, func(ends ...app.Writing) error { return answerAlert(t, r, "A1", done, ends...) }},
		{"AnswerAlert again", app.ErrAlertClosed, func(ends ...app.Writing) error { return answerAlert(t, r, "A1", done, ends...) }},
		{"VoidResponse", nil, func(ends ...app.Writing) error { return void(t, r, "R1", v, ends...) }},
		{"VoidResponse again", app.ErrVoided, func(ends ...app.Writing) error { return void(t, r, "R1", v, ends...) }},
		{"SaveTemplate", nil, func(ends ...app.Writing) error { return r.Forms.SaveTemplate(ctx, form, ends...) }},
		{"DeleteTemplate", nil, func(ends ...app.Writing) error { return r.Forms.DeleteTemplate(ctx, "F1", ends...) }},
		{"DeleteTemplate again", app.ErrNotFound, func(ends ...app.Writing) error { return r.Forms.DeleteTemplate(ctx, "F1", ends...) }},
		{"SaveClient", nil, func(ends ...app.Writing) error { return r.Clients.SaveClient(ctx, client, ends...) }},
	} {
		ok(t, r.Writing.KeepWriting(ctx, of, app.Written{Text: write.what, At: hour(1)}))
		wantErr(t, write.what, write.do(of), write.fail)
		left := write.what
		if write.fail == nil {
			left = ""
		}
		want(t, "after "+write.what, being(t, r, of), left)
	}
	ok(t, r.Clients.SaveClient(ctx, client)) // which ends nothing
	want(t, "of another", being(t, r, other), "of another")
}
