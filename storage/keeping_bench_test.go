package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"alcove/app"
)

// weightyVault is an open vault of about 400 MB: 10,000 clients, 60,000 notes of 400 words, half of them signed and in
// the clients' chains, and an audit log of 200,000 entries.
func weightyVault(b *testing.B) (*Vault, *app.Records) {
	b.Helper()
	v, r, _ := newVault(b)
	s := recordsOf(r).store
	tx, err := s.DB().Begin()
	must(b, err)
	rnd := rand.New(rand.NewPCG(1, 2))
	var page strings.Builder
	for range 5000 {
		page.WriteString(vocabulary(rnd) + " ")
	}
	text, at := page.String(), time.Date(2006, 1, 2, 9, 0, 0, 0, time.UTC)
	for i := range 10_000 {
		name := vocabulary(rnd) + " " + vocabulary(rnd)
		_, err := tx.Exec(`INSERT INTO clients (row, id, name, name_key, pronouns, email, phone, time_zone, emergency_name, emergency_relation, emergency_phone, tags, focus, status, direct, created, changed)
			VALUES (?, ?, ?, ?, '', '', '', '', '', '', '', '[]', '', 'active', 0, 1, 1)`, i+1, fmt.Sprint("C", i), name, fold(name))
		must(b, err)
		must(b, index(b.Context(), tx, "client_words", int64(i+1), indexed(name)))
	}
	for i := range 60_000 {
		id := fmt.Sprint("N", i)
		at = at.Add(150 * time.Minute)
		from := rnd.IntN(len(text) - 2600)
		_, err := tx.Exec(`INSERT INTO notes (row, id, client, session, format, title, status, excerpt, created, changed) VALUES (?, ?, ?, '', 'free', 'Note', 'preliminary', '', ?, ?)`,
			at.Unix(), id, fmt.Sprint("C", rnd.IntN(10_000)), at.UnixNano(), at.UnixNano())
		must(b, err)
		_, err = tx.Exec("INSERT INTO note_sections (note, pos, key, text) VALUES (?, 0, 'text', ?)", at.Unix(), text[from:from+2600])
		must(b, err)
		_, err = tx.Exec("INSERT INTO note_words (rowid, words) VALUES (?, ?)", at.Unix(), indexed(text[from:from+2600]))
		must(b, err)
		if i%2 == 0 {
			_, err = tx.Exec("UPDATE notes SET status = 'final', signed_by = 'T', signed_at = created, signed_hash = zeroblob(32) WHERE row = ?", at.Unix())
			must(b, err)
			must(b, enterNote(b.Context(), tx, app.NoteID(id), app.Note.Entry))
		}
	}
	fillAudit(b, tx, 200_000)
	must(b, tx.Commit())
	return v, r
}

// fillAudit enters so many acts on 10,000 clients, after what is in the log.
func fillAudit(b *testing.B, tx *sql.Tx, entries int) {
	rnd := rand.New(rand.NewPCG(1, 2))
	acts, last := []string{"client.view", "note.view", "note.write", "note.sign"}, []byte(nil)
	if err := tx.QueryRow("SELECT chain FROM audit ORDER BY seq DESC LIMIT 1").Scan(&last); !errors.Is(err, sql.ErrNoRows) {
		must(b, err)
	}
	for i := range entries {
		e := app.AuditEntry{At: time.Unix(int64(i)*60, 0), Act: acts[i%4], Client: app.ClientID(fmt.Sprint("C", rnd.IntN(10_000))), About: fmt.Sprintf("%026d", i)}
		last = link(last, e)
		_, err := tx.Exec("INSERT INTO audit (at, act, client, about, chain) VALUES (?, ?, ?, ?, ?)", stamp(e.At), e.Act, string(e.Client), e.About, last)
		must(b, err)
	}
}

// BenchmarkKeeping is a backup and a drill beside copying the same bytes and syncing them.
func BenchmarkKeeping(b *testing.B) {
	v, r := weightyVault(b)
	dir := b.TempDir()
	must(b, recordsOf(r).carry(b))
	info, err := os.Stat(v.path(storeName))
	must(b, err)
	n := 0
	b.Run("cp", func(b *testing.B) {
		b.SetBytes(info.Size())
		for b.Loop() {
			n++
			must(b, copySynced(v.path(storeName), filepath.Join(dir, fmt.Sprint("copy", n))))
			must(b, os.Remove(filepath.Join(dir, fmt.Sprint("copy", n))))
		}
	})
	var last app.BackupFile
	b.Run("backup", func(b *testing.B) {
		b.SetBytes(info.Size())
		for b.Loop() {
			if last.Path != "" {
				must(b, os.Remove(last.Path))
			}
			last, err = r.Backups.MakeBackup(b.Context(), dir, nil)
			must(b, err)
		}
	})
	b.Run("drill", func(b *testing.B) {
		b.SetBytes(info.Size())
		for b.Loop() {
			_, err := r.Backups.DrillBackup(b.Context(), last.Path, nil)
			must(b, err)
		}
	})
}

// carry puts the log into the store, so that its file is what a backup copies.
func (r *records) carry(b *testing.B) error {
	_, err := r.store.DB().ExecContext(b.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

func copySynced(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() // SQLite's locks go with it: the profile's own keeps others out
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	return out.Close()
}

// BenchmarkAudit is the log's screen over 100,000 entries of 10,000 clients.
func BenchmarkAudit(b *testing.B) {
	r := newRecordsAlone(b)
	tx, err := recordsOf(r).store.DB().Begin()
	must(b, err)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 10_000 {
		name := vocabulary(rnd) + " " + vocabulary(rnd)
		_, err := tx.Exec(`INSERT INTO clients (row, id, name, name_key, pronouns, email, phone, time_zone, emergency_name, emergency_relation, emergency_phone, tags, focus, status, direct, created, changed)
			VALUES (?, ?, ?, ?, '', '', '', '', '', '', '', '[]', '', 'active', 0, 1, 1)`, i+1, fmt.Sprint("C", i), name, fold(name))
		must(b, err)
		must(b, index(b.Context(), tx, "client_words", int64(i+1), indexed(name)))
	}
	fillAudit(b, tx, 100_000)
	must(b, tx.Commit())
	for name, f := range map[string]app.AuditFilter{
		"first": {Limit: 100}, "deep": {Limit: 100, Offset: 90_000},
		"word": {Limit: 100, Words: []app.AuditWord{{Text: "ba"}}}, "client": {Limit: 100, Client: "C77"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := r.Audit.FindAudit(b.Context(), f)
				must(b, err)
			}
		})
	}
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			proof, err := r.Audit.VerifyAudit(b.Context(), nil)
			must(b, err)
			if proof.Broken != nil || proof.Entries != 100_000 {
				b.Fatalf("%+v", proof)
			}
		}
	})
}
