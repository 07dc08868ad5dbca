package apptest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"alcove/app"
)

func searchIDs(t *testing.T, r *app.Records, q app.NoteQuery) []app.NoteID {
	t.Helper()
	hits, err := r.Notes.SearchNotes(t.Context(), q)
	ok(t, err)
	var ids []app.NoteID
	for _, h := range hits {
		ids = append(ids, h.ID)
	}
	return ids
}

func testSearchWords(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	addNote(t, r, "N1", "C1", hour(1), "Sleeps badly since the Café closed; rumination at night.")
	addNote(t, r, "N2", "C2", hour(2), "Sleeping well. Night shifts ended, café again.")
	ok(t, r.Notes.SaveDraft(ctx, app.Note{
		ID: "N3", Client: "C1", Format: app.FormatSOAP, Title: "Überblick", Status: app.NotePreliminary,
		Sections: []app.Section{{Key: "subjective", Text: "тревога"}, {Key: "plan", Text: "exposure hierarchy"}}, Created: hour(3), Changed: hour(3),
	}))
	for _, x := range []struct {
		q    app.NoteQuery
		want []app.NoteID
	}{
		{app.NoteQuery{Text: "sleep"}, []app.NoteID{"N2", "N1"}},        // the last word is a prefix
		{app.NoteQuery{Text: "sleep night"}, nil},                       // those before it are whole
		{app.NoteQuery{Text: "sleeps nig"}, []app.NoteID{"N1"}},         // every word must occur
		{app.NoteQuery{Text: "night sleeps"}, []app.NoteID{"N1"}},       // in any order
		{app.NoteQuery{Text: "sleeps shifts"}, nil},                     // in the same note
		{app.NoteQuery{Text: "leeps"}, nil},                             // no middles of words
		{app.NoteQuery{Text: "CAFE"}, []app.NoteID{"N2", "N1"}},         // accents and case aside
		{app.NoteQuery{Text: "cafés"}, nil},                             // longer than what is there
		{app.NoteQuery{Text: "café", Client: "C1"}, []app.NoteID{"N1"}}, // of one client
		{app.NoteQuery{Text: "тревог"}, []app.NoteID{"N3"}},
		{app.NoteQuery{Text: "Тревога"}, []app.NoteID{"N3"}},
		{app.NoteQuery{Text: "uberbl"}, []app.NoteID{"N3"}},            // the title
		{app.NoteQuery{Text: "тревога hierarchy"}, []app.NoteID{"N3"}}, // across sections
		{app.NoteQuery{Text: "subjective"}, nil},                       // a section's key is not text
		{app.NoteQuery{Text: "café", Client: "nobody"}, nil},
		{app.NoteQuery{Text: "  sleeps   "}, []app.NoteID{"N1"}},
	} {
		if got := searchIDs(t, r, x.q); !slices.Equal(got, x.want) {
			t.Errorf("%q of %q: got %v, want %v", x.q.Text, x.q.Client, got, x.want)
		}
	}
	hits, err := r.Notes.SearchNotes(ctx, app.NoteQuery{Text: "shifts"})
	ok(t, err)
	if len(hits) != 1 || hits[0].ClientName != "Ben" || hits[0].Client != "C2" || hits[0].Title != "Note" {
		t.Errorf("hit: %+v", hits)
	}
}

func testSearchIsNoLanguage(t *testing.T, r *app.Records) {
	addClient(t, r, "C1", "Ana")
	addNote(t, r, "N1", "C1", day, `Says "no" to meds; 50% better (or worse), and NOT near a column: text*`)
	for text, n := range map[string]int{
		`"no"`: 1, `"no`: 1, `no"`: 1, `"`: 0, `""`: 0, "": 0, " ": 0, "*": 0, "-": 0, "(": 0, "^": 0, "'": 0,
		"says OR nothere": 0, "better or": 1, "says NOT meds": 1, "says AND meds": 1, "NEAR": 1, "near(says meds)": 1,
		"column:": 1, "text:says": 1, "title:says": 0, "mad*": 0, "med*": 1, "-meds": 1, "50%": 1, "says; DROP": 0, "meds;": 1,
		"{says}": 1, "says + meds": 1, `\`: 0, "says\x00": 1,
	} {
		hits, err := r.Notes.SearchNotes(t.Context(), app.NoteQuery{Text: text})
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if len(hits) != n {
			t.Errorf("%q: %d hits, want %d", text, len(hits), n)
		}
	}
}

func testSearchFollowsChanges(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addNote(t, r, "N1", "C1", day, "alpha")
	addNote(t, r, "N1", "C1", day, "beta")
	ok(t, r.Notes.SignNote(ctx, "N1", app.Signature{By: "T", At: hour(1)}))
	ok(t, r.Notes.AddAddendum(ctx, "N1", app.Addendum{Text: "gamma", By: "T", At: hour(2)}))
	ok(t, r.Notes.AddAddendum(ctx, "N1", app.Addendum{Text: "delta", By: "T", At: hour(3)}))
	ok(t, r.Clients.SaveClient(ctx, app.Client{ID: "C1", Name: "Anouk", Status: app.ClientActive, Created: day, Changed: hour(1)}))
	for text, n := range map[string]int{"alpha": 0, "beta": 1, "gamma": 1, "delta": 1, "beta gamma": 1, "gamma del": 1} {
		want(t, "hits of "+text, len(searchIDs(t, r, app.NoteQuery{Text: text})), n)
	}
	hits, err := r.Notes.SearchNotes(ctx, app.NoteQuery{Text: "beta"})
	ok(t, err)
	want(t, "ClientName after a change of name", hits[0].ClientName, "Anouk")
	want(t, "Status of the hit", hits[0].Status, app.NoteAmended)
}

func testSearchFilters(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	for i, f := range []app.NoteFormat{app.FormatFree, app.FormatSOAP, app.FormatSOAP, "T1"} {
		n := app.Note{
			ID: app.NoteID(fmt.Sprint("N", i)), Client: []app.ClientID{"C1", "C2"}[i%2], Format: f, Status: app.NotePreliminary,
			Sections: []app.Section{{Key: "text", Text: fmt.Sprint("common word", i)}}, Created: hour(i), Changed: hour(i),
		}
		ok(t, r.Notes.SaveDraft(ctx, n))
		if i > 1 {
			ok(t, r.Notes.SignNote(ctx, n.ID, app.Signature{By: "T", At: hour(9)}))
		}
	}
	for _, x := range []struct {
		what string
		q    app.NoteQuery
		want string
	}{
		{"no filter, no word", app.NoteQuery{}, ""},
		{"a format, no word", app.NoteQuery{Format: app.FormatSOAP}, "N2 N1"},
		{"a template", app.NoteQuery{Format: "T1", Text: "common"}, "N3"},
		{"a format and words", app.NoteQuery{Format: app.FormatSOAP, Text: "word1"}, "N1"},
		{"a client, no word", app.NoteQuery{Client: "C2"}, "N3 N1"},
		{"unsigned", app.NoteQuery{Unsigned: true}, "N1 N0"},
		{"unsigned, with a word", app.NoteQuery{Unsigned: true, Text: "comm"}, "N1 N0"},
		{"from", app.NoteQuery{From: hour(2), Text: "common"}, "N3 N2"},
		{"to", app.NoteQuery{To: hour(2), Text: "common"}, "N1 N0"},
		{"from and to", app.NoteQuery{From: hour(1), To: hour(3)}, "N2 N1"},
		{"all together", app.NoteQuery{From: hour(0), To: hour(9), Client: "C2", Format: app.FormatSOAP, Unsigned: true, Text: "common"}, "N1"},
		{"nothing left", app.NoteQuery{From: hour(5), Client: "C1"}, ""},
		{"of nobody", app.NoteQuery{Client: "nobody"}, ""},
	} {
		var ids []string
		for _, id := range searchIDs(t, r, x.q) {
			ids = append(ids, string(id))
		}
		want(t, x.what, strings.Join(ids, " "), x.want)
	}
	hits, err := r.Notes.SearchNotes(ctx, app.NoteQuery{Unsigned: true, Limit: 1})
	ok(t, err)
	if len(hits) != 1 || hits[0].Excerpt != "common word1" || len(hits[0].Marks) != 0 || hits[0].ClientName != "Ben" {
		t.Errorf("found without a word: %+v", hits)
	}
	ok(t, r.Notes.DeleteDraft(ctx, "N1", hour(10)))
	want(t, "in the bin", len(searchIDs(t, r, app.NoteQuery{Unsigned: true})), 1)
}

func testSearchMarks(t *testing.T, r *app.Records) {
	addClient(t, r, "C1", "Ana")
	addNote(t, r, "N3", "C1", hour(3), strings.Repeat("before ", 20)+"a needle in it")
	hits, err := r.Notes.SearchNotes(t.Context(), app.NoteQuery{Text: "needle"})
	ok(t, err)
	if len(hits) != 1 || !strings.HasPrefix(hits[0].Excerpt, "…before ") || !strings.HasSuffix(hits[0].Excerpt, "needle in it") {
		t.Fatalf("it does not say that something is before: %+v", hits)
	}
	wantMarks(t, "needle", hits[0])
	hits, err = r.Notes.SearchNotes(t.Context(), app.NoteQuery{Text: "before"})
	ok(t, err)
	if len(hits) != 1 || !strings.HasPrefix(hits[0].Excerpt, "before before ") { // and not the title, which stands above it
		t.Fatalf("the excerpt does not begin with the text: %+v", hits)
	}
	long := strings.Repeat("Überall große Worte. ", 60)
	addNote(t, r, "N1", "C1", hour(1), long+"Ganz am Ende kam die Münchner Panikattacke zurück. "+long)
	addNote(t, r, "N2", "C1", hour(2), "Panik.")
	for _, q := range []string{"panik", "munchner pan", "PANIK"} {
		hits, err := r.Notes.SearchNotes(t.Context(), app.NoteQuery{Text: q})
		ok(t, err)
		if len(hits) == 0 {
			t.Fatalf("%q found nothing", q)
		}
		for _, h := range hits {
			wantExcerpt(t, h.Excerpt)
			wantMarks(t, q, h)
		}
	}
}

// wantMarks: there is a mark, each lies inside the excerpt, in order, and covers a word that
// was asked for.
func wantMarks(t *testing.T, query string, h app.NoteHit) {
	t.Helper()
	if len(h.Marks) == 0 {
		t.Errorf("%q: no mark in %q", query, h.Excerpt)
	}
	end := 0
	for _, m := range h.Marks {
		if m[0] < end || m[1] <= m[0] || m[1] > len(h.Excerpt) {
			t.Errorf("%q: mark %v in an excerpt of %d bytes, after %d", query, m, len(h.Excerpt), end)
			return
		}
		end = m[1]
		marked := h.Excerpt[m[0]:m[1]]
		if !slices.ContainsFunc(words(query), func(w word) bool { return strings.HasPrefix(fold(marked), w.folded) }) {
			t.Errorf("%q: marks %q", query, marked)
		}
	}
}

func testSearchLimit(t *testing.T, r *app.Records) {
	addClient(t, r, "C1", "Ana")
	for i := range 55 {
		addNote(t, r, app.NoteID(fmt.Sprintf("N%02d", i)), "C1", day.Add(time.Duration(i)*time.Minute), "common")
	}
	want(t, "hits for limit 0", len(searchIDs(t, r, app.NoteQuery{Text: "common"})), hitsLimit)
	got := searchIDs(t, r, app.NoteQuery{Text: "common", Limit: 3})
	if !slices.Equal(got, []app.NoteID{"N54", "N53", "N52"}) {
		t.Errorf("the three newest: %v", got)
	}
}
