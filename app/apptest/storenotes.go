package apptest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"alcove/app"
)

func testNote(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	saved := app.Note{
		ID: "N1", Client: "C1", Format: "T1", Form: "Own “form”", Title: "First “hour”", Status: app.NotePreliminary,
		Sections: []app.Section{{Key: "subjective", Heading: "Was sie sagt", Text: "She said: ¿qué?\n\n\tnew line, NUL-free 🌧️"}, {Key: "objective", Text: ""}, {Key: "plan", Heading: "計画", Text: "日本語 العربية", Carried: true}},
		Created:  hour(1), Changed: hour(2),
	}
	ok(t, r.Notes.SaveDraft(ctx, saved))
	wantNote(t, r, saved)

	rows, err := r.Notes.Notes(ctx, "C1")
	ok(t, err)
	want(t, "Form in the list", rows[0].Form, "Own “form”")

	saved.Format, saved.Form, saved.Title = app.FormatFree, "", ""
	saved.Sections, saved.Changed = []app.Section{{Key: "text", Text: "all anew"}}, hour(3)
	ok(t, r.Notes.SaveDraft(ctx, saved))
	wantNote(t, r, saved)
}

func wantNote(t *testing.T, r *app.Records, saved app.Note) {
	t.Helper()
	got, err := r.Notes.Note(t.Context(), saved.ID)
	ok(t, err)
	wantTime(t, "Created", got.Created, saved.Created)
	wantTime(t, "Changed", got.Changed, saved.Changed)
	wantTime(t, "Signed.At", got.Signed.At, saved.Signed.At)
	want(t, "Signed.By", got.Signed.By, saved.Signed.By)
	want(t, "Signed.Hash", got.Signed.Hash, saved.Signed.Hash)
	want(t, "Client", got.Client, saved.Client)
	want(t, "Session", got.Session, saved.Session)
	want(t, "Format", got.Format, saved.Format)
	want(t, "Form", got.Form, saved.Form)
	want(t, "Title", got.Title, saved.Title)
	want(t, "Status", got.Status, saved.Status)
	if !slices.Equal(got.Sections, saved.Sections) {
		t.Errorf("Sections, in their order: got %+v, want %+v", got.Sections, saved.Sections)
	}
	if len(got.Addenda) != len(saved.Addenda) {
		t.Fatalf("%d addenda, want %d", len(got.Addenda), len(saved.Addenda))
	}
	for i, a := range saved.Addenda {
		want(t, "addendum", got.Addenda[i].Text+got.Addenda[i].By, a.Text+a.By)
		wantTime(t, "addendum's At", got.Addenda[i].At, a.At)
	}
}

func testNoteOrder(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	// Saved out of order, and the oldest changed last: the order is that of writing them first.
	for _, n := range []struct {
		id               app.NoteID
		created, changed int
	}{{"mid", 2, 2}, {"old", 1, 9}, {"new", 3, 3}} {
		ok(t, r.Notes.SaveDraft(ctx, app.Note{
			ID: n.id, Client: "C1", Format: app.FormatFree, Title: "T", Status: app.NotePreliminary,
			Sections: []app.Section{{Key: "text", Text: "word"}}, Created: hour(n.created), Changed: hour(n.changed),
		}))
	}
	addNote(t, r, "other", "C2", hour(4), "word")
	rows, err := r.Notes.Notes(ctx, "C1")
	ok(t, err)
	var ids []app.NoteID
	for _, row := range rows {
		ids = append(ids, row.ID)
		want(t, "Client", row.Client, "C1")
	}
	if !slices.Equal(ids, []app.NoteID{"new", "mid", "old"}) {
		t.Errorf("a client's notes, newest first: %v", ids)
	}
	if got := searchIDs(t, r, app.NoteQuery{Text: "word"}); !slices.Equal(got, []app.NoteID{"other", "new", "mid", "old"}) {
		t.Errorf("found notes, newest first: %v", got)
	}
	rows, err = r.Notes.Notes(ctx, "nobody")
	ok(t, err)
	want(t, "notes of nobody", len(rows), 0)
}

func testNoteExcerpt(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	ok(t, r.Notes.SaveDraft(ctx, app.Note{
		ID: "N1", Client: "C1", Format: app.FormatSOAP, Title: "Title", Status: app.NotePreliminary,
		Sections: []app.Section{{Key: "subjective", Text: ""}, {Key: "objective", Text: "Ärger, " + strings.Repeat("größer ", 100)}},
		Created:  hour(1), Changed: hour(2),
	}))
	rows, err := r.Notes.Notes(ctx, "C1")
	ok(t, err)
	row := rows[0]
	want(t, "Title", row.Title, "Title")
	want(t, "Format", row.Format, app.FormatSOAP)
	want(t, "Status", row.Status, app.NotePreliminary)
	wantTime(t, "Created", row.Created, hour(1))
	wantTime(t, "Changed", row.Changed, hour(2))
	wantExcerpt(t, row.Excerpt)
	if !strings.HasPrefix(row.Excerpt, "Ärger, größer ") {
		t.Errorf("the excerpt does not begin with the first words: %q", row.Excerpt)
	}
}

func wantExcerpt(t *testing.T, excerpt string) {
	t.Helper()
	if n := utf8.RuneCountInString(excerpt); n > 140 {
		t.Errorf("an excerpt of %d runes", n)
	}
	if !utf8.ValidString(excerpt) {
		t.Errorf("an excerpt cut inside a rune: %q", excerpt)
	}
}

func testNoteLong(t *testing.T, r *app.Records) {
	addClient(t, r, "C1", "Ana")
	text := strings.Repeat("a long hour, ünïcode and 🌊. ", 40_000) + "needle"
	addNote(t, r, "N1", "C1", day, text)
	n, err := r.Notes.Note(t.Context(), "N1")
	ok(t, err)
	if n.Sections[0].Text != text {
		t.Errorf("a text of %d bytes came back as %d others", len(text), len(n.Sections[0].Text))
	}
	want(t, "notes found by their last word", len(searchIDs(t, r, app.NoteQuery{Text: "needle"})), 1)
}

func testNoteSigned(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	n := app.Note{
		ID: "N1", Client: "C1", Format: app.FormatFree, Title: "T", Status: app.NotePreliminary,
		Sections: []app.Section{{Key: "text", Text: "as signed"}}, Created: hour(1), Changed: hour(1),
	}
	ok(t, r.Notes.SaveDraft(ctx, n))
	wantErr(t, "an addendum to a draft", r.Notes.AddAddendum(ctx, "N1", app.Addendum{Text: "x", By: "T", At: hour(2)}), app.ErrNotSigned)

	sig := app.Signature{By: "Zoë, LCSW", At: hour(2), Hash: [32]byte{0, 1, 255, 31: 7}}
	ok(t, r.Notes.SignNote(ctx, "N1", sig))
	n.Status, n.Signed = app.NoteFinal, sig
	wantNote(t, r, n)

	refuseChange := func() {
		t.Helper()
		changed := n
		changed.Sections, changed.Status, changed.Signed = []app.Section{{Key: "text", Text: "altered"}}, app.NotePreliminary, app.Signature{}
		wantErr(t, "saving a signed note", r.Notes.SaveDraft(ctx, changed), app.ErrSigned)
		wantErr(t, "signing it again", r.Notes.SignNote(ctx, "N1", app.Signature{By: "else", At: hour(9)}), app.ErrSigned)
		wantErr(t, "deleting it", r.Notes.DeleteDraft(ctx, "N1", hour(9)), app.ErrSigned)
		wantNote(t, r, n)
	}
	refuseChange()

	for i := range 2 {
		a := app.Addendum{Text: fmt.Sprintf("addendum %d", i), By: "Zoë", At: hour(3 + i)}
		ok(t, r.Notes.AddAddendum(ctx, "N1", a))
		n.Addenda, n.Status = append(n.Addenda, a), app.NoteAmended
	}
	wantNote(t, r, n)
	refuseChange()
	rows, err := r.Notes.Notes(ctx, "C1")
	ok(t, err)
	want(t, "Status in the list", rows[0].Status, app.NoteAmended)
}

func testNoteDeleted(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addNote(t, r, "N1", "C1", hour(1), "goner")
	addNote(t, r, "N2", "C1", hour(2), "keeper")
	ok(t, r.Notes.DeleteDraft(ctx, "N1", hour(9)))
	_, err := r.Notes.Note(ctx, "N1")
	wantErr(t, "a deleted note", err, app.ErrNotFound)
	want(t, "found after deletion", len(searchIDs(t, r, app.NoteQuery{Text: "goner"})), 0)
	rows, err := r.Notes.Notes(ctx, "C1")
	ok(t, err)
	if len(rows) != 1 || rows[0].ID != "N2" {
		t.Errorf("rows after deletion: %+v", rows)
	}
}

func testNoteMissing(t *testing.T, r *app.Records) {
	ctx := t.Context()
	_, err := r.Notes.Note(ctx, "none")
	wantErr(t, "reading", err, app.ErrNotFound)
	wantErr(t, "signing", r.Notes.SignNote(ctx, "none", app.Signature{By: "T", At: day}), app.ErrNotFound)
	wantErr(t, "adding to", r.Notes.AddAddendum(ctx, "none", app.Addendum{Text: "x", By: "T", At: day}), app.ErrNotFound)
	wantErr(t, "deleting", r.Notes.DeleteDraft(ctx, "none", day), app.ErrNotFound)
}

func testDrafts(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	addNote(t, r, "N2", "C2", hour(2), "two")
	addNote(t, r, "N1", "C1", hour(1), "one")
	addNote(t, r, "N3", "C1", hour(3), "three")
	addNote(t, r, "N4", "C1", hour(0), "signed")
	ok(t, r.Notes.SignNote(ctx, "N4", app.Signature{By: "T", At: hour(4)}))
	list := func(limit int) string {
		t.Helper()
		hits, err := r.Notes.Drafts(ctx, limit)
		ok(t, err)
		var s []string
		for _, h := range hits {
			s = append(s, fmt.Sprint(h.ID, " ", h.ClientName, " ", h.Excerpt))
		}
		return strings.Join(s, ", ")
	}
	want(t, "unsigned notes, oldest first", list(10), "N1 Ana one, N2 Ben two, N3 Ana three")
	want(t, "the two oldest", list(2), "N1 Ana one, N2 Ben two")
	for i := range 50 {
		addNote(t, r, app.NoteID(fmt.Sprintf("M%02d", i)), "C1", hour(10+i), "more")
	}
	hits, err := r.Notes.Drafts(ctx, 0)
	ok(t, err)
	want(t, "drafts for limit 0", len(hits), draftsLimit)
}
