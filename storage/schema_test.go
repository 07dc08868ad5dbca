package storage

import (
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/safety"
	"alcove/storage/sealed"
)

// signed is a store with a signed note that has an addendum, and a draft.
func signed(t *testing.T) *app.Records {
	t.Helper()
	r := newRecordsAlone(t)
	fillRecords(t, r)
	ctx, at := t.Context(), time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	must(t, r.Notes.SignNote(ctx, "N1", app.Signature{By: "T", At: at, Hash: [32]byte{1}}))
	must(t, r.Notes.AddAddendum(ctx, "N1", app.Addendum{Text: "later", By: "T", At: at}))
	must(t, r.Notes.SaveDraft(ctx, app.Note{ID: "N2", Client: "C1", Format: app.FormatFree, Sections: []app.Section{{Key: "text", Text: "draft"}}, Created: at, Changed: at}))
	return r
}

// Whatever SQL says, a signed note, its sections and its addenda stay.
func TestTriggersLockASignedNote(t *testing.T) {
	r := signed(t)
	rec := recordsOf(r)
	dump := func() string {
		var s strings.Builder
		for _, q := range []string{
			"SELECT quote(row)||quote(id)||quote(title)||quote(status)||quote(signed_by)||quote(signed_hash)||quote(changed) FROM notes WHERE id = 'N1'",
			"SELECT quote(key)||quote(text) FROM note_sections WHERE note = (SELECT row FROM notes WHERE id = 'N1') ORDER BY pos",
			"SELECT quote(text)||quote(by)||quote(at) FROM addenda ORDER BY pos", "SELECT quote(act)||quote(chain) FROM audit ORDER BY seq",
		} {
			rows, err := list(t.Context(), rec.store.DB(), func(r scanner) (x string, err error) { err = r.Scan(&x); return x, err }, q)
			must(t, err)
			s.WriteString(strings.Join(rows, "\n"))
		}
		return s.String()
	}
	before := dump()
	if !strings.Contains(before, canary) || !strings.Contains(before, "later") {
		t.Fatal("nothing to guard")
	}
	const n1, n2 = "(SELECT row FROM notes WHERE id = 'N1')", "(SELECT row FROM notes WHERE id = 'N2')"
	for _, q := range []string{
		"UPDATE notes SET title = 'x' WHERE id = 'N1'",
		"UPDATE notes SET status = 'preliminary' WHERE id = 'N1'",
		"UPDATE notes SET status = 'final' WHERE id = 'N1'",
		"UPDATE notes SET signed_by = 'x' WHERE id = 'N1'",
		"UPDATE notes SET signed_hash = NULL WHERE id = 'N1'",
		"UPDATE notes SET client = 'C1', row = 5 WHERE id = 'N1'",
		"DELETE FROM notes WHERE id = 'N1'",
		"DELETE FROM notes",
		"REPLACE INTO notes (row, id, client, session, format, title, status, excerpt, created, changed, signed_by, signed_at, signed_hash) SELECT row, id, client, session, format, 'x', 'preliminary', excerpt, created, changed, '', 0, NULL FROM notes WHERE id = 'N1'",
		"INSERT OR REPLACE INTO notes (row, id, client, session, format, title, status, excerpt, created, changed, signed_by, signed_at, signed_hash) SELECT row, 'N9', client, session, format, 'x', status, excerpt, created, changed, '', 0, NULL FROM notes WHERE id = 'N1'",
		"UPDATE OR REPLACE notes SET row = " + n1 + " WHERE id = 'N2'",
		"UPDATE OR REPLACE notes SET id = 'N1' WHERE id = 'N2'",
		"UPDATE note_sections SET text = 'x' WHERE note = " + n1,
		"UPDATE note_sections SET note = " + n1 + ", pos = 7 WHERE note = " + n2,
		"UPDATE OR REPLACE note_sections SET note = " + n1 + " WHERE note = " + n2,
		"DELETE FROM note_sections WHERE note = " + n1,
		"INSERT INTO note_sections (note, pos, key, text) VALUES (" + n1 + ", 9, 'text', 'x')",
		"REPLACE INTO note_sections (note, pos, key, text) VALUES (" + n1 + ", 0, 'text', 'x')",
		"UPDATE notes SET form = 'x' WHERE id = 'N1'",
		"UPDATE notes SET review = 'x' WHERE id = 'N1'",
		"UPDATE notes SET deleted = 1 WHERE id = 'N1'",
		"UPDATE note_sections SET heading = 'x' WHERE note = " + n1,
		"UPDATE note_sections SET carried = 1 WHERE note = " + n1,
		"INSERT INTO note_versions VALUES (" + n1 + ", 9, 1, 'x', '{}')",
		"UPDATE notes SET deleted = 1, status = 'final' WHERE id = 'N2'",
		"UPDATE addenda SET text = 'x'",
		"DELETE FROM addenda",
		"REPLACE INTO addenda VALUES (" + n1 + ", 0, 'x', 'x', 1)",
		"INSERT INTO addenda VALUES (" + n2 + ", 0, 'x', 'x', 1)",
		"UPDATE audit SET act = 'x'",
		"DELETE FROM audit",
		"REPLACE INTO audit VALUES (1, 1, 'x', '', '', x'00')",
		"DELETE FROM clients",
	} {
		if _, err := rec.store.DB().Exec(q); err == nil {
			t.Errorf("went through: %s", q)
		}
	}
	if dump() != before {
		t.Error("the signed note changed")
	}
}

// REPLACE deletes what is in its way, and a row is found by its rowid too: the triggers that guard
// against deleting hear of that as well.
func TestReplaceDeletesNothingSigned(t *testing.T) {
	r := newRecordsAlone(t)
	fillRecords(t, r)
	ctx, at := t.Context(), time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	must(t, r.Clients.SaveClient(ctx, app.Client{ID: "C2", Name: "Ben", Status: app.ClientActive, Created: at, Changed: at}))
	must(t, r.Notes.SaveDraft(ctx, app.Note{ID: "N2", Client: "C2", Format: app.FormatFree, Sections: []app.Section{{Key: "text", Text: "draft"}}, Created: at, Changed: at}))
	db := recordsOf(r).store.DB()
	_, err := db.Exec("INSERT INTO note_versions SELECT row, 0, 1, 'x', id FROM notes")
	must(t, err)
	must(t, r.Notes.SignNote(ctx, "N1", app.Signature{By: "T", At: at, Hash: [32]byte{1}}))
	must(t, r.Notes.AddAddendum(ctx, "N1", app.Addendum{Text: "later", By: "T", At: at}))
	count := func() (all [4]int) {
		for i, table := range []string{"note_sections", "note_versions", "addenda", "chain_heads"} {
			must(t, db.QueryRow("SELECT count(*) FROM "+table).Scan(&all[i]))
		}
		return all
	}
	before := count()
	const n1, n2 = "(SELECT row FROM notes WHERE id = 'N1')", "(SELECT row FROM notes WHERE id = 'N2')"
	for _, q := range []string{
		"UPDATE OR REPLACE note_sections SET rowid = (SELECT rowid FROM note_sections WHERE note = " + n1 + ") WHERE note = " + n2,
		"REPLACE INTO note_sections (rowid, note, pos, key, text) SELECT rowid, " + n2 + ", 9, 'text', 'x' FROM note_sections WHERE note = " + n1,
		"UPDATE OR REPLACE note_versions SET rowid = (SELECT rowid FROM note_versions WHERE note = " + n1 + ") WHERE note = " + n2,
		"REPLACE INTO note_versions (rowid, note, pos, at, why, body) SELECT rowid, " + n2 + ", 9, 1, 'x', 'x' FROM note_versions WHERE note = " + n1,
		"REPLACE INTO addenda (rowid, note, pos, text, by, at) SELECT rowid, note, 9, 'x', 'x', 1 FROM addenda",
		"REPLACE INTO chain_heads (rowid, client, seq, hash, at, signature) SELECT rowid, 'C2', 1, hash, at, signature FROM chain_heads",
	} {
		if _, err := db.Exec(q); err == nil {
			t.Errorf("went through: %s", q)
		}
	}
	if now := count(); now != before {
		t.Errorf("of sections, versions, addenda and heads there were %v, now %v", before, now)
	}
	must(t, Check(ctx, r))
}

// A failure between an addendum and its entry leaves neither, and what was being written is still there.
func TestAnAddendumWithoutItsEntryCannotBe(t *testing.T) {
	r := signed(t)
	db := recordsOf(r).store.DB()
	of := app.Writing{Kind: app.AddendumWriting, Of: "N1"}
	must(t, r.Writing.KeepWriting(t.Context(), of, app.Written{Text: "being written"}))
	_, err := db.Exec("CREATE TRIGGER full BEFORE INSERT ON chain BEGIN SELECT raise(ABORT, 'no room'); END")
	must(t, err)
	if r.Notes.AddAddendum(t.Context(), "N1", app.Addendum{Text: "being written", By: "T"}, of) == nil {
		t.Fatal("went through")
	}
	_, err = db.Exec("DROP TRIGGER full")
	must(t, err)
	n, err := r.Notes.Note(t.Context(), "N1")
	if err != nil || len(n.Addenda) != 1 {
		t.Errorf("%d addenda, %v", len(n.Addenda), err)
	}
	_, err = r.Writing.Writing(t.Context(), of)
	must(t, err)
	must(t, Check(t.Context(), r))
}

// Of entries that are written together all are in the log, or none: who tries again writes none of them twice.
func TestAuditTogether(t *testing.T) {
	r := signed(t)
	db := recordsOf(r).store.DB()
	_, err := db.Exec("CREATE TRIGGER refuse BEFORE INSERT ON audit WHEN NEW.act = 'third' BEGIN SELECT RAISE(ABORT, 'no'); END")
	must(t, err)
	all := []app.AuditEntry{{Act: "first"}, {Act: "second"}, {Act: "third"}}
	if r.Audit.Append(t.Context(), all...) == nil {
		t.Fatal("not refused: this proves nothing")
	}
	_, err = db.Exec("DROP TRIGGER refuse")
	must(t, err)
	must(t, r.Audit.Append(t.Context(), all...))
	page, err := r.Audit.FindAudit(t.Context(), app.AuditFilter{Acts: []string{"first", "second", "third"}})
	must(t, err)
	if page.Total != 3 {
		t.Errorf("%d entries", page.Total)
	}
	must(t, Check(t.Context(), r))
}

func TestAuditChain(t *testing.T) {
	r := signed(t)
	must(t, r.Audit.Append(t.Context(), app.AuditEntry{At: time.Now(), Act: "second"}))
	must(t, Check(t.Context(), r))
	for _, q := range []string{"UPDATE audit SET about = '' WHERE seq = 1", "DELETE FROM audit WHERE seq = 1", "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)"} {
		r := signed(t)
		must(t, r.Audit.Append(t.Context(), app.AuditEntry{At: time.Now(), Act: "second"}))
		db := recordsOf(r).store.DB()
		for _, s := range []string{"DROP TRIGGER audit_is_not_changed", "DROP TRIGGER audit_is_not_deleted", q} {
			_, err := db.Exec(s)
			must(t, err)
		}
		if err := Check(t.Context(), r); !errors.Is(err, app.ErrDamaged) {
			t.Errorf("%s: %v", q, err)
		}
	}
}

// The newest come first even where numbers had to give way: many notes within one second, and
// notes whose time of creation is set anew.
func TestNewestFirstWithinASecond(t *testing.T) {
	r := newRecordsAlone(t)
	fillRecords(t, r)
	at := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	save := func(id string, created time.Time) {
		must(t, r.Notes.SaveDraft(t.Context(), app.Note{ID: app.NoteID(id), Client: "C1", Format: app.FormatFree, Created: created, Changed: created, Sections: []app.Section{{Key: "text", Text: "word"}}}))
	}
	for i, id := range []string{"a", "b", "c"} {
		save(id, at.Add(time.Duration(i)*time.Millisecond))
	}
	save("a", at.Add(time.Hour))
	hits, err := r.Notes.SearchNotes(t.Context(), app.NoteQuery{Text: "word"})
	must(t, err)
	var ids []string
	for _, h := range hits {
		ids = append(ids, string(h.ID))
	}
	if !slices.Equal(ids, []string{"a", "c", "b"}) {
		t.Errorf("%v", ids)
	}
	if n, err := r.Notes.Note(t.Context(), "a"); err != nil || len(n.Sections) != 1 || n.Sections[0].Text != "word" {
		t.Errorf("%+v %v", n, err)
	}
	must(t, Check(t.Context(), r))
}

// A search up to a time finds notes whose number is of a later second, as theirs was taken, also where one between them is gone.
func TestSearchUpToATimeFindsNotesWhoseSecondWasTaken(t *testing.T) {
	r := newRecordsAlone(t)
	fillRecords(t, r)
	at := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	for i := range 6 {
		id, created := app.NoteID(fmt.Sprint("S", i)), at.Add(time.Duration(i)*time.Millisecond)
		must(t, r.Notes.SaveDraft(t.Context(), app.Note{ID: id, Client: "C1", Format: app.FormatDAP, Created: created, Changed: created, Sections: []app.Section{{Key: "text", Text: "word"}}}))
	}
	must(t, r.Notes.DeleteDraft(t.Context(), "S2", at))
	_, err := r.Notes.PurgeDrafts(t.Context(), at.Add(time.Hour))
	must(t, err)
	for _, text := range []string{"word", ""} {
		for _, q := range []app.NoteQuery{
			{From: at, To: at.Add(time.Second)}, {To: at.Add(time.Second), Format: app.FormatDAP}, {From: at, To: at.Add(time.Second), Unsigned: true},
		} {
			q.Text = text
			hits, err := r.Notes.SearchNotes(t.Context(), q)
			if err != nil || len(hits) != 5 {
				t.Errorf("%+v: %d hits, %v", q, len(hits), err)
			}
		}
	}
	if hits, err := r.Notes.SearchNotes(t.Context(), app.NoteQuery{Text: "word", To: at.Add(2 * time.Millisecond)}); err != nil || len(hits) != 2 {
		t.Errorf("%d hits before the third, %v", len(hits), err)
	}
}

var update = flag.Bool("update", false, "write the store of this schema's number into testdata")

// fixtureKey is no secret: it opens testdata alone.
const fixtureKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

func fixtureKeyBytes() []byte {
	b, _ := hex.DecodeString(fixtureKey)
	return b
}

func fixtureKeyOf(t *testing.T) *sealed.Key {
	t.Helper()
	key, err := sealed.NewKey(fixtureKeyBytes())
	must(t, err)
	return key
}

// The oldest store that was ever released opens, and has what was put into it. For a new migration
// run once with -update, and keep the older files.
func TestOldestStoreOpens(t *testing.T) {
	if *update {
		writeFixture(t)
	}
	files, err := filepath.Glob("testdata/schema*.db")
	must(t, err)
	steps, err := filepath.Glob("migrations/*.sql")
	must(t, err)
	if len(files) == 0 || len(files) != len(steps) {
		t.Fatalf("%d stores in testdata for %d migrations", len(files), len(steps))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), storeName)
			must(t, os.WriteFile(path, slurp(t, file), 0o600))
			s, err := sealed.Open(t.Context(), path, fixtureKeyOf(t))
			must(t, err)
			heard, total := int64(0), int64(0)
			must(t, migrate(app.WithProgress(t.Context(), func(done, of int64) { heard, total = done, of }), s))
			r := newRecords(s, newVaultKeys(&Vault{}, &keyFile{}, fixtureKeyOf(t), new(stretched)))
			defer r.Close()
			n, err := r.Notes.Note(t.Context(), "N1")
			must(t, err)
			if n.Status != app.NoteAmended || len(n.Addenda) != 1 || n.Signed.Hash != [32]byte{1} {
				t.Errorf("the signed note: %v, %d addenda", n.Status, len(n.Addenda))
			}
			hits, err := r.Notes.SearchNotes(t.Context(), app.NoteQuery{Text: "canary later", Client: "C1"})
			if err != nil || len(hits) != 1 {
				t.Errorf("%d hits, %v", len(hits), err)
			}
			page, err := r.Clients.FindClients(t.Context(), app.ClientQuery{Text: "wren"})
			if err != nil || page.Total != 1 || page.Rows[0].Drafts != 1 {
				t.Errorf("%+v %v", page, err)
			}
			var late []int64
			for _, e := range entries(t, r, "C1") {
				if strings.Contains(string(e.Body), `"late":true`) {
					late = append(late, e.Seq)
				}
			}
			// The first schema had no chain: what was signed under it is in it, and says so.
			if before := filepath.Base(file) == "schema0001.db"; before && !slices.Equal(late, []int64{1, 2}) || !before && late != nil {
				t.Errorf("entered late: %v", late)
			}
			anew := int64(len(late))
			if filepath.Base(file) < "schema0010.db" { // the index of its two notes is written anew
				anew += 2
			}
			if heard != anew || total != heard {
				t.Errorf("of %d late entries and notes heard %d of %d", anew, heard, total)
			}
			rows, err := r.Responses.ClientResponses(t.Context(), "C1")
			open, err2 := r.Alerts.OpenAlerts(t.Context())
			if before := filepath.Base(file) < "schema0004.db"; err != nil || err2 != nil || before != (len(rows) == 0) || !before && len(open) != 1 {
				t.Errorf("%d responses, %d alerts, %v %v", len(rows), len(open), err, err2)
			}
			own, err := r.Measures.OwnMeasures(t.Context())
			if before := filepath.Base(file) < "schema0009.db"; err != nil || before != (len(own) == 0) || !before && string(own[0].File) != canary {
				t.Errorf("the practice's own measures: %v %v", own, err)
			}
			for of, since := range fixtureWriting {
				d, err := r.Writing.Writing(t.Context(), of)
				if before := filepath.Base(file) < since.schema; before != errors.Is(err, app.ErrNotFound) || !before && (err != nil || d != since.Written) {
					t.Errorf("what was being written of %v: %+v %v", of, d, err)
				}
				must(t, r.Writing.KeepWriting(t.Context(), of, app.Written{Text: "more"}))
			}
			must(t, r.Measures.AddMeasure(t.Context(), app.OwnMeasure{Measure: "later", Version: "2026-11-26", File: []byte("{}")}))
			must(t, Check(t.Context(), r))
		})
	}
}

// TestWritingMovesOver: what was being written of a plan and of an addendum is in the one table for all, as app reads it.
func TestWritingMovesOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), storeName)
	must(t, os.WriteFile(path, slurp(t, "testdata/schema0011.db"), 0o600))
	s, err := sealed.Open(t.Context(), path, fixtureKeyOf(t))
	must(t, err)
	_, err = s.DB().Exec(`INSERT INTO plan_drafts VALUES ('C1', '[[{"Text":"pacing"}],null,null,[{"Text":"Luis","Phone":"112"}],null,null]', ?)`, stamp(fixtureAt))
	must(t, err)
	must(t, migrate(t.Context(), s))
	r := newRecords(s, newVaultKeys(&Vault{}, &keyFile{}, fixtureKeyOf(t), new(stretched)))
	defer r.Close()
	p := app.New(app.Deps{Vault: given{r}, Line: offline{}})
	must(t, p.Unlock(t.Context(), app.NewPassphrase(nil)))
	plan, err := p.UnsavedPlan(t.Context(), "C1")
	must(t, err)
	if want := (safety.Steps{0: {{Text: "pacing"}}, 3: {{Text: "Luis", Phone: "112"}}}); plan == nil || !plan.Form.Same(want) || !plan.At.Equal(fixtureAt) {
		t.Errorf("the plan: %+v", plan)
	}
	added, err := p.Written(t.Context(), app.Writing{Kind: app.AddendumWriting, Of: "N1"})
	if err != nil || added.Text != "half a sen" {
		t.Errorf("the addendum: %+v %v", added, err)
	}
}

// fixtureWriting is what is being written in the stores of testdata, and since which of them.
var fixtureWriting = map[app.Writing]struct {
	app.Written
	schema string
}{
	{Kind: app.AddendumWriting, Of: "N1"}: {app.Written{Text: "half a sen", At: fixtureAt}, "schema0011.db"},
	{Kind: app.AnswerWriting, Of: "A1"}:   {app.Written{Text: "called the neigh", At: fixtureAt}, "schema0012.db"},
	{Kind: app.ClientWriting}:             {app.Written{Text: `{"Name":"Nob"}`, At: fixtureAt}, "schema0012.db"},
}

var fixtureAt = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)

func writeFixture(t *testing.T) {
	t.Helper()
	steps, err := filepath.Glob("migrations/*.sql")
	must(t, err)
	path := filepath.Join("testdata", "schema"+strings.Split(filepath.Base(steps[len(steps)-1]), "_")[0]+".db")
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	s, err := sealed.Create(context.Background(), path, fixtureKeyOf(t))
	must(t, err)
	must(t, migrate(t.Context(), s))
	r := newRecords(s, newVaultKeys(&Vault{}, &keyFile{}, fixtureKeyOf(t), new(stretched)))
	fillRecords(t, r)
	at := fixtureAt
	must(t, r.Notes.SignNote(t.Context(), "N1", app.Signature{By: "T", At: at, Hash: [32]byte{1}}))
	must(t, r.Notes.AddAddendum(t.Context(), "N1", app.Addendum{Text: "later", By: "T", At: at}))
	must(t, r.Notes.SaveDraft(t.Context(), app.Note{ID: "N2", Client: "C1", Format: app.FormatFree, Sections: []app.Section{{Key: "text", Text: "draft"}}, Created: at, Changed: at}))
	for of, since := range fixtureWriting {
		must(t, r.Writing.KeepWriting(t.Context(), of, since.Written))
	}
	fillMeasures(t, r)
	must(t, r.Measures.AddMeasure(t.Context(), app.OwnMeasure{Measure: "own", Version: "2026-11-25", File: []byte(canary), Added: at}))
	must(t, r.Close())
}
