package apptest

import (
	"slices"
	"testing"

	"alcove/app"
)

func apartNote(id app.NoteID, created int, text string) app.Note {
	return app.Note{
		ID: id, Client: "C1", Format: app.FormatPsychotherapy, Form: "Psychotherapy note", Title: "Títle", Status: app.NotePreliminary,
		Sections: []app.Section{{Key: "text", Heading: "Psychotherapy note", Text: text}}, Created: hour(created), Changed: hour(created),
	}
}

func testApart(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	state := func(want_ app.ApartState) {
		t.Helper()
		got, err := r.Apart.ApartState(ctx)
		ok(t, err)
		want(t, "state", got, want_)
	}
	state(app.ApartAbsent)
	first, second := []byte("copper lantern slowly nine"), []byte("another meadow under glass")
	pass := func(b []byte) app.Passphrase { return app.NewPassphrase(slices.Clone(b)) }
	wantErr(t, "unlocking what is not there", r.Apart.UnlockApart(ctx, pass(first)), app.ErrNoVault)
	_, err := r.Apart.Seal(apartNote("P1", 1, "x"))
	wantErr(t, "sealing before", err, app.ErrApartLocked)
	kit, err := r.Apart.SetUpApart(ctx, pass(first))
	ok(t, err)
	state(app.ApartOpen)
	_, err = r.Apart.SetUpApart(ctx, pass(second))
	wantErr(t, "setting up twice", err, app.ErrVaultExists)

	keep := func(n app.Note) app.SealedNote {
		t.Helper()
		sealed, err := r.Apart.Seal(n)
		ok(t, err)
		ok(t, r.Apart.KeepSealed(ctx, sealed))
		return sealed
	}
	keep(apartNote("P1", 1, "countertransference 🌧️"))
	keep(apartNote("P1", 1, "countertransference, felt tired 🌧️"))
	keep(apartNote("P2", 2, "another hypothesis"))
	later, err := r.Apart.Seal(apartNote("P3", 3, "sealed in time"))
	ok(t, err)
	got, err := r.Apart.ApartNote(ctx, "P1")
	ok(t, err)
	want(t, "text", got.Sections[0].Text, "countertransference, felt tired 🌧️")
	want(t, "Title, Format, Form", got.Title+string(got.Format)+got.Form, "TítlepsychotherapyPsychotherapy note")
	wantTime(t, "Created", got.Created, hour(1))
	all, err := r.Apart.ApartNotes(ctx, "C1")
	ok(t, err)
	if len(all) != 2 || all[0].ID != "P2" {
		t.Errorf("a client's, newest first: %+v", all)
	}
	all, err = r.Apart.ApartNotes(ctx, "C2")
	ok(t, err)
	want(t, "of another client", len(all), 0)
	hits, err := r.Apart.SearchApart(ctx, app.NoteQuery{Text: "felt COUNTER"})
	ok(t, err)
	if len(hits) != 1 || hits[0].ID != "P1" || hits[0].ClientName != "Ana" {
		t.Errorf("found: %+v", hits)
	} else {
		wantMarks(t, "felt COUNTER", hits[0])
	}

	// They are in none of the places where notes are.
	for _, text := range []string{"countertransference", "hypothesis", "title"} {
		want(t, "found by the search of notes: "+text, len(searchIDs(t, r, app.NoteQuery{Text: text})), 0)
	}
	rows, err := r.Notes.Notes(ctx, "C1")
	ok(t, err)
	drafts, err := r.Notes.Drafts(ctx, 0)
	ok(t, err)
	page, err := r.Clients.FindClients(ctx, app.ClientQuery{Text: "ana"})
	ok(t, err)
	want(t, "notes, drafts, counted drafts", len(rows)+len(drafts)+page.Rows[0].Drafts, 0)
	_, err = r.Notes.Note(ctx, "P1")
	wantErr(t, "as a note", err, app.ErrNotFound)

	r.Apart.LockApart()
	state(app.ApartShut)
	_, err = r.Apart.ApartNotes(ctx, "C1")
	wantErr(t, "reading when shut", err, app.ErrApartLocked)
	_, err = r.Apart.ApartNote(ctx, "P1")
	wantErr(t, "reading one when shut", err, app.ErrApartLocked)
	_, err = r.Apart.SearchApart(ctx, app.NoteQuery{Text: "felt"})
	wantErr(t, "searching when shut", err, app.ErrApartLocked)
	_, err = r.Apart.Seal(apartNote("P4", 4, "x"))
	wantErr(t, "sealing when shut", err, app.ErrApartLocked)
	ok(t, r.Apart.KeepSealed(ctx, later))
	wantErr(t, "a wrong passphrase", r.Apart.UnlockApart(ctx, pass(second)), app.ErrWrongPassphrase)
	state(app.ApartShut)
	ok(t, r.Apart.UnlockApart(ctx, pass(first)))
	got, err = r.Apart.ApartNote(ctx, "P3")
	ok(t, err)
	want(t, "what was sealed before the lock", got.Sections[0].Text, "sealed in time")

	r.Apart.LockApart()
	wantErr(t, "a wrong kit", r.Apart.RecoverApart(ctx, app.NewRecoveryKit(make([]byte, 20)), pass(second)), app.ErrWrongRecoveryKit)
	ok(t, r.Apart.RecoverApart(ctx, kit, pass(second)))
	state(app.ApartOpen)
	r.Apart.LockApart()
	wantErr(t, "the old passphrase", r.Apart.UnlockApart(ctx, pass(first)), app.ErrWrongPassphrase)
	ok(t, r.Apart.UnlockApart(ctx, pass(second)))
	ok(t, r.Apart.DeleteApart(ctx, "P1"))
	wantErr(t, "deleting twice", r.Apart.DeleteApart(ctx, "P1"), app.ErrNotFound)
	_, err = r.Apart.ApartNote(ctx, "P1")
	wantErr(t, "reading what was deleted", err, app.ErrNotFound)
}
