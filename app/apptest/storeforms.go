package apptest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"alcove/app"
)

func testTemplates(t *testing.T, r *app.Records) {
	ctx := t.Context()
	names := func() string {
		t.Helper()
		all, err := r.Forms.Templates(ctx)
		ok(t, err)
		var s []string
		for _, x := range all {
			s = append(s, string(x.ID)+" "+x.Name)
		}
		return strings.Join(s, ", ")
	}
	want(t, "templates of a new store", names(), "")
	saved := app.Template{ID: "T1", Name: "zum Abschluß", Changed: hour(1), Sections: []app.SectionForm{
		{Key: "a", Heading: "Was war?", Hint: "In “eigenen” Worten"}, {Key: "b", Heading: "Und nun"},
	}}
	ok(t, r.Forms.SaveTemplate(ctx, saved))
	ok(t, r.Forms.SaveTemplate(ctx, app.Template{ID: "T2", Name: "Ärger", Changed: hour(1), Sections: saved.Sections[1:]}))
	want(t, "by name, accents and case aside", names(), "T2 Ärger, T1 zum Abschluß")
	all, err := r.Forms.Templates(ctx)
	ok(t, err)
	wantTime(t, "Changed", all[1].Changed, hour(1))
	if !slices.Equal(all[1].Sections, saved.Sections) {
		t.Errorf("Sections: got %+v, want %+v", all[1].Sections, saved.Sections)
	}
	saved.Name, saved.Sections = "Anfang", saved.Sections[1:]
	ok(t, r.Forms.SaveTemplate(ctx, saved))
	want(t, "after a change", names(), "T1 Anfang, T2 Ärger")
	ok(t, r.Forms.DeleteTemplate(ctx, "T1"))
	want(t, "after it went", names(), "T2 Ärger")
	wantErr(t, "again", r.Forms.DeleteTemplate(ctx, "T1"), app.ErrNotFound)
}

func testReviewsDue(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	addClient(t, r, "C3", "Cem")
	plan := func(id app.NoteID, c app.ClientID, created int, review string, sign bool) {
		t.Helper()
		ok(t, r.Notes.SaveDraft(ctx, app.Note{
			ID: id, Client: c, Format: app.FormatPlan, Title: "Plan", Status: app.NotePreliminary, Created: hour(created), Changed: hour(created),
			Sections: []app.Section{{Key: "goals", Text: "To sleep"}, {Key: app.SectionReview, Text: review}},
		}))
		if sign {
			ok(t, r.Notes.SignNote(ctx, id, app.Signature{By: "T", At: hour(created)}))
		}
	}
	due := func(by app.Day, limit int) string {
		t.Helper()
		all, err := r.Notes.ReviewsDue(ctx, by, limit)
		ok(t, err)
		var s []string
		for _, x := range all {
			s = append(s, fmt.Sprint(x.ID, " ", x.ClientName, " ", x.Review))
		}
		return strings.Join(s, ", ")
	}
	plan("P1", "C1", 1, "2026-12-01", true)
	plan("P2", "C2", 2, "15 November 2026", true)
	plan("P3", "C3", 3, "2026-11-01", false) // a draft waits for its signature, not for its review
	plan("P4", "C3", 4, "", true)
	want(t, "before any", due("2026-11-14", 0), "")
	want(t, "on the day", due("2026-11-15", 0), "P2 Ben 2026-11-15")
	want(t, "the most overdue first", due("2027-01-01", 0), "P2 Ben 2026-11-15, P1 Ana 2026-12-01")
	want(t, "the first", due("2027-01-01", 1), "P2 Ben 2026-11-15")

	plan("P5", "C1", 5, "2027-03-01", false)
	want(t, "a draft replaces nothing", due("2027-01-01", 0), "P2 Ben 2026-11-15, P1 Ana 2026-12-01")
	ok(t, r.Notes.SignNote(ctx, "P5", app.Signature{By: "T", At: hour(6)}))
	want(t, "a newer plan does", due("2027-01-01", 0), "P2 Ben 2026-11-15")
	ok(t, r.Clients.SaveClient(ctx, app.Client{ID: "C2", Name: "Ben", Status: app.ClientArchived, Created: day, Changed: day}))
	want(t, "nobody who is archived", due("2027-01-01", 0), "")
}
