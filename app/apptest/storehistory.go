package apptest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"alcove/app"
)

func draftOf(id app.NoteID, created int, text string) app.Note {
	return app.Note{
		ID: id, Client: "C1", Format: app.FormatFree, Title: "Note", Status: app.NotePreliminary,
		Sections: []app.Section{{Key: "text", Text: text}}, Created: hour(created), Changed: hour(created),
	}
}

func testVersions(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	_, err := r.Notes.Versions(ctx, "none")
	wantErr(t, "versions of no note", err, app.ErrNotFound)
	ok(t, r.Notes.SaveDraft(ctx, draftOf("N1", 1, "one")))
	list := func() []app.Version {
		t.Helper()
		all, err := r.Notes.Versions(ctx, "N1")
		ok(t, err)
		return all
	}
	want(t, "versions of a new draft", len(list()), 0)
	kept := app.Version{
		At: hour(1), Why: app.VersionFormat, Format: "T1", Form: "Own “form”", Title: "Títle",
		Sections: []app.Section{{Key: "a", Heading: "Was", Text: "einst", Carried: true}, {Key: "b"}},
	}
	ok(t, r.Notes.SaveDraft(ctx, draftOf("N1", 1, "two"), kept, app.Version{At: hour(2), Why: app.VersionOpened, Format: app.FormatFree}))
	all := list()
	want(t, "versions", len(all), 2)
	v := all[0]
	wantTime(t, "At", v.At, kept.At)
	want(t, "first", fmt.Sprint(v.Number, v.Why, v.Format, v.Form, v.Title), fmt.Sprint(1, kept.Why, kept.Format, kept.Form, kept.Title))
	if !slices.Equal(v.Sections, kept.Sections) {
		t.Errorf("Sections: got %+v, want %+v", v.Sections, kept.Sections)
	}
	want(t, "second", fmt.Sprint(all[1].Number, all[1].Why, len(all[1].Sections)), "2opened0")

	// Thinned by app's rule, numbers and order stay.
	for i := range 20 {
		ok(t, r.Notes.SaveDraft(ctx, draftOf("N1", 1, fmt.Sprint(i)), app.Version{At: hour(3).Add(time.Duration(i) * time.Minute), Why: app.VersionOpened, Title: fmt.Sprint(i)}))
	}
	all = list()
	want(t, "after thinning", len(all), 10)
	want(t, "the last", fmt.Sprint(all[9].Number, " ", all[9].Title), "22 19")

	// A note that moves to another second keeps its history, and so does a signed one.
	n := draftOf("N1", 5, "moved")
	ok(t, r.Notes.SaveDraft(ctx, n))
	ok(t, r.Notes.SignNote(ctx, "N1", app.Signature{By: "T", At: hour(6)}))
	wantErr(t, "a version of a signed note", r.Notes.SaveDraft(ctx, n, kept), app.ErrSigned)
	want(t, "after signing", len(list()), 10)
}

func testBin(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	for i, id := range []app.NoteID{"N1", "N2", "N3"} {
		ok(t, r.Notes.SaveDraft(ctx, draftOf(id, i, "word "+string(id)), app.Version{At: hour(0), Why: app.VersionOpened, Title: "before"}))
	}
	addNote(t, r, "N4", "C2", hour(4), "word N4")
	bin := func(c app.ClientID) string {
		t.Helper()
		all, err := r.Notes.DeletedDrafts(ctx, c)
		ok(t, err)
		var s []string
		for _, d := range all {
			s = append(s, fmt.Sprint(d.ID, " ", d.ClientName, " ", d.Excerpt, " ", d.Deleted.Sub(day)))
		}
		return strings.Join(s, ", ")
	}
	want(t, "a new store's bin", bin(""), "")
	ok(t, r.Notes.DeleteDraft(ctx, "N1", hour(10)))
	ok(t, r.Notes.DeleteDraft(ctx, "N4", hour(11)))
	ok(t, r.Notes.DeleteDraft(ctx, "N2", hour(12)))
	want(t, "the bin, last deleted first", bin(""), "N2 Ana word N2 12h0m0s, N4 Ben word N4 11h0m0s, N1 Ana word N1 10h0m0s")
	want(t, "one client's", bin("C2"), "N4 Ben word N4 11h0m0s")

	// Nobody else finds what is in the bin.
	_, err := r.Notes.Note(ctx, "N1")
	wantErr(t, "reading", err, app.ErrNotFound)
	_, err = r.Notes.Versions(ctx, "N1")
	wantErr(t, "its versions", err, app.ErrNotFound)
	wantErr(t, "saving", r.Notes.SaveDraft(ctx, draftOf("N1", 0, "again")), app.ErrNotFound)
	wantErr(t, "signing", r.Notes.SignNote(ctx, "N1", app.Signature{By: "T", At: hour(13)}), app.ErrNotFound)
	wantErr(t, "adding to", r.Notes.AddAddendum(ctx, "N1", app.Addendum{Text: "x", By: "T", At: day}), app.ErrNotFound)
	wantErr(t, "deleting again", r.Notes.DeleteDraft(ctx, "N1", hour(13)), app.ErrNotFound)
	want(t, "found", len(searchIDs(t, r, app.NoteQuery{Text: "word"})), 1)
	drafts, err := r.Notes.Drafts(ctx, 0)
	ok(t, err)
	want(t, "drafts", len(drafts), 1)
	page, err := r.Clients.FindClients(ctx, app.ClientQuery{Text: "ana"})
	ok(t, err)
	want(t, "drafts counted with the client", page.Rows[0].Drafts, 1)

	ok(t, r.Notes.RestoreDraft(ctx, "N2"))
	wantErr(t, "bringing it back twice", r.Notes.RestoreDraft(ctx, "N2"), app.ErrNotFound)
	wantErr(t, "bringing back what is not there", r.Notes.RestoreDraft(ctx, "none"), app.ErrNotFound)
	wantErr(t, "bringing back what was not deleted", r.Notes.RestoreDraft(ctx, "N3"), app.ErrNotFound)
	wantNote(t, r, draftOf("N2", 1, "word N2"))
	want(t, "found again", len(searchIDs(t, r, app.NoteQuery{Text: "n2"})), 1)
	versions, err := r.Notes.Versions(ctx, "N2")
	ok(t, err)
	want(t, "versions brought back with it", len(versions), 1)

	gone, err := r.Notes.PurgeDrafts(ctx, hour(11))
	ok(t, err)
	if !maps.Equal(gone, map[app.NoteID]app.ClientID{"N1": "C1"}) {
		t.Errorf("purged: %v", gone)
	}
	want(t, "the bin then", bin(""), "N4 Ben word N4 11h0m0s")
	wantErr(t, "bringing back what was purged", r.Notes.RestoreDraft(ctx, "N1"), app.ErrNotFound)
	gone, err = r.Notes.PurgeDrafts(ctx, hour(11))
	ok(t, err)
	want(t, "purged again", len(gone), 0)
}
