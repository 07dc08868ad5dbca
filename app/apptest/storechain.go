package apptest

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"alcove/app"
	"alcove/app/chain"
)

// recordFile is what the suite reads of a client's record file.
type recordFile struct {
	Client  struct{ ID, Name string }
	Key     string
	Head    *struct{ Seq int64 }
	Entries []struct {
		Seq      int64
		Kind, ID string
		By       string
		At       int64
		Body     struct {
			Sections []struct{ Heading, Text string }
		}
	}
}

func readRecord(t *testing.T, r *app.Records, c app.ClientID) recordFile {
	t.Helper()
	text, err := r.Chain.RecordFile(t.Context(), chain.Facts{Client: string(c), Name: "Ana", Exported: hour(9)})
	ok(t, err)
	var f recordFile
	ok(t, json.Unmarshal(text, &f))
	key, err := r.Chain.ChainKey(t.Context())
	ok(t, err)
	want(t, "the file's key", f.Key, key.String())
	return f
}

func testChain(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	f := readRecord(t, r, "C1")
	if f.Head != nil || len(f.Entries) != 0 {
		t.Errorf("nothing was signed: %+v", f)
	}

	addNote(t, r, "N1", "C1", hour(1), "one")
	addNote(t, r, "N2", "C2", hour(1), "of another client")
	addNote(t, r, "N3", "C1", hour(2), "three")
	ok(t, r.Notes.SignNote(ctx, "N3", app.Signature{By: "T", At: hour(4)}))
	ok(t, r.Notes.SignNote(ctx, "N2", app.Signature{By: "T", At: hour(4)}))
	ok(t, r.Notes.SignNote(ctx, "N1", app.Signature{By: "U", At: hour(3)})) // the clock was set back
	ok(t, r.Notes.AddAddendum(ctx, "N3", app.Addendum{Text: "later", By: "V", At: hour(5)}))
	// What is refused enters nothing.
	wantErr(t, "signing again", r.Notes.SignNote(ctx, "N1", app.Signature{By: "W", At: hour(6)}), app.ErrSigned)
	addNote(t, r, "N4", "C1", hour(6), "a draft")
	wantErr(t, "adding to a draft", r.Notes.AddAddendum(ctx, "N4", app.Addendum{Text: "x", By: "W", At: hour(6)}), app.ErrNotSigned)

	f = readRecord(t, r, "C1")
	want(t, "client", f.Client.ID+" "+f.Client.Name, "C1 Ana")
	if len(f.Entries) != 3 || f.Head == nil || f.Head.Seq != 3 {
		t.Fatalf("three were signed: %+v", f)
	}
	for i, w := range []string{"note.signed N3 T three", "note.signed N1 U one", "note.addendum N3 V later"} {
		e := f.Entries[i]
		want(t, "seq", e.Seq, int64(i+1))
		want(t, "entry", strings.Join([]string{e.Kind, e.ID, e.By, e.Body.Sections[0].Text}, " "), w)
	}
	page, err := r.Audit.FindAudit(ctx, app.AuditFilter{Client: "C1"})
	ok(t, err)
	var acts []string
	for _, row := range slices.Backward(page.Rows) {
		acts = append(acts, row.Act+" "+row.About)
	}
	want(t, "in the audit log", strings.Join(acts, ", "), "note.sign N3, note.sign N1, note.addendum N3")
	want(t, "at, in milliseconds", f.Entries[1].At, hour(3).UnixMilli())
	want(t, "another client's entries", len(readRecord(t, r, "C2").Entries), 1)
}

// Many sign at once: each signature has its entry, and no two the same number.
func testChainManyAtOnce(t *testing.T, r *app.Records) {
	addClient(t, r, "C1", "Ana")
	const n = 16
	ids := make([]app.NoteID, n)
	for i := range ids {
		ids[i] = app.NoteID(strings.Repeat("N", i+1))
		addNote(t, r, ids[i], "C1", hour(i), "text")
	}
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() {
			if err := r.Notes.SignNote(t.Context(), id, app.Signature{By: "T", At: day}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	f := readRecord(t, r, "C1")
	want(t, "entries", len(f.Entries), n)
	for i, e := range f.Entries {
		want(t, "seq", e.Seq, int64(i+1))
	}
}
