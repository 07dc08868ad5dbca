package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/storage/sealed"
)

const apartCanary = "countertransferencecanary"

// everything is every value of every table of an open store, as bytes, but for the psychotherapy boxes'
// own meaning: what somebody reads who has the main key.
func everything(t *testing.T, db database) []byte {
	t.Helper()
	tables, err := list(t.Context(), db.DB(), func(r scanner) (s string, err error) { err = r.Scan(&s); return s, err },
		"SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
	must(t, err)
	var all bytes.Buffer
	for _, table := range tables {
		rows, err := db.DB().Query(fmt.Sprintf("SELECT * FROM %q", table))
		must(t, err)
		columns, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new([]byte)
			}
			must(t, rows.Scan(values...))
			for _, v := range values {
				all.Write(*v.(*[]byte))
				all.WriteByte(' ')
			}
		}
		must(t, rows.Err())
		must(t, rows.Close())
	}
	return all.Bytes()
}

// The main key alone reads no psychotherapy note: not in its own table, not in any other, and its boxes
// open under no other key and in no other place.
func TestTheMainKeyReadsNoPsychotherapyNote(t *testing.T) {
	_, r, _ := newVault(t)
	ctx := t.Context()
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	must(t, r.Clients.SaveClient(ctx, app.Client{ID: "C1", Name: "Ana", Status: app.ClientActive, Created: at, Changed: at}))
	must(t, r.Notes.SaveDraft(ctx, app.Note{ID: "N1", Client: "C1", Format: app.FormatFree, Created: at, Changed: at, Sections: []app.Section{{Key: "text", Text: canary}}}))
	_, err := r.Apart.SetUpApart(ctx, pass("copper lantern slowly nine"))
	must(t, err)
	for i := range 3 { // as an autosave does
		n, err := r.Apart.Seal(app.Note{
			ID: "P1", Client: "C1", Title: apartCanary, Created: at, Changed: at.Add(time.Duration(i) * time.Second),
			Sections: []app.Section{{Key: "text", Text: strings.Repeat(apartCanary+" ", i+1)}},
		})
		must(t, err)
		must(t, r.Apart.KeepSealed(ctx, n))
	}
	rec := recordsOf(r)
	read := everything(t, rec.store)
	if !bytes.Contains(read, []byte(canary)) || !bytes.Contains(read, []byte("P1")) {
		t.Fatal("this looks in the wrong place")
	}
	if bytes.Contains(read, []byte(apartCanary)) {
		t.Error("a psychotherapy note stands in the clear under the main key")
	}
	var words int
	must(t, rec.store.DB().QueryRow("SELECT count(*) FROM note_words WHERE note_words MATCH ?", `"`+apartCanary+`"`).Scan(&words))
	if words != 0 {
		t.Error("the index of notes knows its words")
	}

	var s app.SealedNote
	must(t, rec.store.DB().QueryRow("SELECT id, client, created, changed, box FROM apart_notes").Scan(&s.ID, &s.Client, when{&s.Created}, when{&s.Changed}, &s.Box))
	main := rec.keys.key
	if _, err := openBox(main, s); !errors.Is(err, app.ErrDamaged) {
		t.Errorf("the main key opened a box: %v", err)
	}
	must(t, r.Apart.(apartStore).apart.use(func(key *sealed.Key) error {
		if _, err := openBox(key, s); err != nil {
			t.Errorf("its own key: %v", err)
		}
		for what, change := range map[string]func(*app.SealedNote){
			"another note":   func(n *app.SealedNote) { n.ID = "P2" },
			"another client": func(n *app.SealedNote) { n.Client = "C2" },
			"another time":   func(n *app.SealedNote) { n.Changed = n.Changed.Add(1) },
			"one bit":        func(n *app.SealedNote) { n.Box = bytes.Clone(n.Box); n.Box[len(n.Box)/2] ^= 1 },
			"cut short":      func(n *app.SealedNote) { n.Box = n.Box[:len(n.Box)-1] },
			"nothing":        func(n *app.SealedNote) { n.Box = nil },
		} {
			other := s
			change(&other)
			if _, err := openBox(key, other); !errors.Is(err, app.ErrDamaged) {
				t.Errorf("%s: %v", what, err)
			}
		}
		return nil
	}))
	for _, q := range []string{
		"INSERT INTO notes (row, id, client, session, format, title, status, excerpt, created, changed) VALUES (9, 'X', 'C1', '', 'psychotherapy', '', 'preliminary', '', 1, 1)",
		"UPDATE notes SET format = 'psychotherapy'",
	} {
		if _, err := rec.store.DB().Exec(q); err == nil {
			t.Errorf("went through: %s", q)
		}
	}
	must(t, r.Close())
	if err := r.Apart.UnlockApart(context.Background(), pass("copper lantern slowly nine")); !errors.Is(err, app.ErrLocked) {
		t.Errorf("after the lock of the vault: %v", err)
	}
	if _, err := r.Apart.Seal(app.Note{}); !errors.Is(err, app.ErrLocked) {
		t.Errorf("the key is there after the lock of the vault: %v", err)
	}
}
