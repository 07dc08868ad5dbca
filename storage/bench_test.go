package storage

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"alcove/app"
	"alcove/storage/sealed"
)

// plainFile is the same schema in a file without a seal, to compare with.
type plainFile struct{ db *sql.DB }

func (p plainFile) DB() *sql.DB             { return p.db }
func (p plainFile) Explain(err error) error { return err }
func (p plainFile) Close() error            { return p.db.Close() }

// bigPractice fills a store with 10,000 clients and 100,000 notes of about 120 words.
func bigPractice(t testing.TB, s database, clients, notes int) *app.Records {
	t.Helper()
	must(t, migrate(t.Context(), s))
	tx, err := s.DB().Begin()
	must(t, err)
	r := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2006, 1, 2, 9, 0, 0, 0, time.UTC)
	for i := range clients {
		name := vocabulary(r) + " " + vocabulary(r)
		_, err := tx.Exec(`INSERT INTO clients (row, id, name, name_key, pronouns, email, phone, time_zone, emergency_name, emergency_relation, emergency_phone, tags, focus, status, direct, created, changed)
			VALUES (?, ?, ?, ?, '', '', '', '', '', '', '', '["weekly"]', ?, 'active', 0, ?, ?)`,
			i+1, fmt.Sprint("C", i), name, fold(name), vocabulary(r), at.UnixNano(), at.UnixNano())
		must(t, err)
		must(t, index(t.Context(), tx, "client_words", int64(i+1), indexed(name, "weekly")))
	}
	for i := range notes {
		at = at.Add(90 * time.Minute)
		var b strings.Builder
		for range 120 {
			b.WriteString(vocabulary(r) + " ")
		}
		client := r.IntN(clients)
		_, err := tx.Exec(`INSERT INTO notes (row, id, client, session, format, title, status, excerpt, created, changed, signed_by, signed_at, signed_hash) VALUES (?1, ?2, ?3, '', 'free', 'Note', 'final', ?4, ?5, ?5, 'T', ?5, NULL)`,
			at.Unix(), fmt.Sprint("N", i), fmt.Sprint("C", client), firstRunes(b.String(), excerptRunes), at.UnixNano())
		must(t, err)
		_, err = tx.Exec("INSERT INTO note_words (rowid, words) VALUES (?, ?)", at.Unix(), clientMark(int64(client+1))+" "+indexed(b.String()))
		must(t, err)
		_, err = tx.Exec("INSERT INTO addenda VALUES (?, 0, ?, 'T', ?)", at.Unix(), b.String(), at.UnixNano())
		must(t, err)
	}
	must(t, tx.Commit())
	return newRecords(s, newVaultKeys(&Vault{}, &keyFile{}, sealed.GenerateKey(), new(stretched)))
}

// vocabulary is one of 20,000 invented words, the first ones far more often than the last.
func vocabulary(r *rand.Rand) string {
	n := int(20_000 * r.Float64() * r.Float64() * r.Float64())
	const syllables = "ba be bi bo bu da de di do du fa fe fi fo ga go ha he hi ho ka ke ki ko la le li lo lu ma me mi mo mu na ne ni no"
	list := strings.Fields(syllables)
	return list[n%len(list)] + list[n/7%len(list)] + list[n/len(list)%len(list)] + list[n/1000%len(list)]
}

// bothFiles runs a benchmark over a big practice, plain and sealed.
func bothFiles(b *testing.B, clients, notes int, work func(b *testing.B, r *app.Records)) {
	for _, kind := range []string{"plain", "sealed"} {
		b.Run(kind, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), storeName)
			var s database
			if kind == "plain" {
				db, err := sql.Open("sqlite3", "file://"+path+"?_journal_mode=WAL&_locking_mode=EXCLUSIVE&_synchronous=FULL&_cache_size=-16384")
				must(b, err)
				db.SetMaxOpenConns(1)
				s = plainFile{db}
			} else {
				store, err := sealed.Create(b.Context(), path, sealed.GenerateKey())
				must(b, err)
				s = store
			}
			r := bigPractice(b, s, clients, notes)
			defer r.Close()
			info, err := os.Stat(path)
			must(b, err)
			b.ReportMetric(float64(info.Size())/(1<<20), "MiB")
			work(b, r)
		})
	}
}

func BenchmarkSearchNotes(b *testing.B) {
	bothFiles(b, 10_000, 100_000, func(b *testing.B, r *app.Records) {
		for _, text := range []string{"b", "ba", "bab", "babobe", "dabe dibo ma", "laho zzzz", "client: ba"} {
			q := app.NoteQuery{Text: text}
			if rest, of := strings.CutPrefix(text, "client: "); of {
				q = app.NoteQuery{Text: rest, Client: "C77"}
			}
			b.Run(strings.ReplaceAll(text, " ", "+"), func(b *testing.B) {
				hits := 0
				for b.Loop() {
					h, err := r.Notes.SearchNotes(b.Context(), q)
					must(b, err)
					hits = len(h)
				}
				b.ReportMetric(float64(hits), "hits")
			})
		}
	})
}

func BenchmarkCaseload(b *testing.B) {
	bothFiles(b, 10_000, 1000, func(b *testing.B, r *app.Records) {
		for _, text := range []string{"", "b", "ba", "babe", "babe wee"} {
			b.Run("q="+text, func(b *testing.B) {
				for b.Loop() {
					_, err := r.Clients.FindClients(b.Context(), app.ClientQuery{Text: text})
					must(b, err)
				}
			})
		}
	})
}

// BenchmarkOpenToCaseload is from the key to the first page of 10,000 clients.
func BenchmarkOpenToCaseload(b *testing.B) {
	path, key := filepath.Join(b.TempDir(), storeName), sealed.GenerateKey()
	s, err := sealed.Create(b.Context(), path, key)
	must(b, err)
	must(b, bigPractice(b, s, 10_000, 1000).Close())
	for b.Loop() {
		s, err := sealed.Open(b.Context(), path, key)
		must(b, err)
		must(b, migrate(b.Context(), s))
		r := newRecords(s, newVaultKeys(&Vault{}, &keyFile{}, key, new(stretched)))
		page, err := r.Clients.FindClients(b.Context(), app.ClientQuery{})
		must(b, err)
		if page.Total != 10_000 || len(page.Rows) != 200 {
			b.Fatalf("%d of %d", len(page.Rows), page.Total)
		}
		must(b, r.Close())
	}
}

// BenchmarkSaveDraft is what autosave costs: a note of 20 KB in four sections.
func BenchmarkSaveDraft(b *testing.B) {
	bothFiles(b, 100, 1000, func(b *testing.B, r *app.Records) {
		n := app.Note{ID: "draft", Client: "C1", Format: app.FormatSOAP, Created: time.Now(), Changed: time.Now()}
		for _, key := range []string{"s", "o", "a", "p"} {
			n.Sections = append(n.Sections, app.Section{Key: key, Text: strings.Repeat("a sentence of the hour ", 220)})
		}
		for b.Loop() {
			must(b, r.Notes.SaveDraft(b.Context(), n))
		}
	})
}

// BenchmarkFirstChain is the once-in-a-life wait for whoever signed 20,000 notes, each with an addendum, before there were chains.
func BenchmarkFirstChain(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s, err := sealed.Create(b.Context(), filepath.Join(b.TempDir(), storeName), sealed.GenerateKey())
		must(b, err)
		r := bigPractice(b, s, 2000, 20_000)
		pastTriggers(b, r, "DELETE FROM chain_key")
		b.StartTimer()
		must(b, upgrade(b.Context(), s, nil))
		b.StopTimer()
		var n int
		if must(b, s.DB().QueryRow("SELECT count(*) FROM chain").Scan(&n)); n != 40_000 {
			b.Fatal(n)
		}
		must(b, r.Close())
		b.StartTimer()
	}
}
