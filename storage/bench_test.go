package storage

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
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
	formats := []app.NoteFormat{app.FormatSOAP, app.FormatSOAP, app.FormatSOAP, app.FormatDAP, app.FormatFree}
	for i := range notes {
		at = at.Add(90 * time.Minute)
		text := sentence(r, 120)
		format, id, client := formats[i%len(formats)], app.NoteID(fmt.Sprint("N", i)), r.IntN(clients)
		if i%1000 == 7 {
			format = app.FormatDischarge
		}
		_, err := tx.Exec(`INSERT INTO notes (row, id, client, session, format, title, status, excerpt, created, changed) VALUES (?1, ?2, ?3, '', ?4, 'Note', 'preliminary', ?5, ?6, ?6)`,
			at.Unix(), id, fmt.Sprint("C", client), format, firstRunes(text, excerptRunes), at.UnixNano())
		must(t, err)
		_, err = tx.Exec("INSERT INTO note_sections (note, pos, key, text) VALUES (?, 0, 'text', ?)", at.Unix(), text)
		must(t, err)
		if i%100 != 3 {
			_, err = tx.Exec("UPDATE notes SET status = 'final', signed_by = 'T', signed_at = created, signed_hash = zeroblob(32) WHERE row = ?", at.Unix())
			must(t, err)
			_, err = tx.Exec("INSERT INTO addenda VALUES (?, 0, ?, 'T', ?)", at.Unix(), sentence(r, 8), at.UnixNano())
			must(t, err)
		}
		must(t, indexNote(t.Context(), tx, at.Unix()))
	}
	must(t, tx.Commit())
	return newRecords(s, newVaultKeys(&Vault{}, &keyFile{}, sealed.GenerateKey(), new(stretched)))
}

// sentence is n words of it.
func sentence(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(vocabulary(r) + " ")
	}
	return b.String()
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

// BenchmarkSearchNotes types 200 words into the search, letter by letter, over 100,000 notes, under each filter: how long each
// letter takes until its hits are there, with their sentences.
func BenchmarkSearchNotes(b *testing.B) {
	bothFiles(b, 10_000, 100_000, func(b *testing.B, r *app.Records) {
		rnd := rand.New(rand.NewPCG(3, 4))
		var typed []string
		for i := range 200 {
			before := ""
			if i%4 == 0 {
				before = vocabulary(rnd) + " "
			}
			word := vocabulary(rnd)
			for n := 1; n <= len(word); n++ {
				typed = append(typed, before+word[:n])
			}
		}
		// A note every 90 minutes: the last is of 2023.
		some, day := time.Date(2012, 5, 1, 0, 0, 0, 0, time.UTC), 24*time.Hour
		for _, f := range []struct {
			name string
			q    app.NoteQuery
		}{
			{"all", app.NoteQuery{}},
			{"client", app.NoteQuery{Client: "C77"}},
			{"kind", app.NoteQuery{Format: app.FormatDAP}},
			{"rare-kind", app.NoteQuery{Format: app.FormatDischarge}},
			{"month", app.NoteQuery{From: some, To: some.Add(30 * day)}},
			{"before", app.NoteQuery{To: some}},
			{"since", app.NoteQuery{From: some}},
			{"unsigned", app.NoteQuery{Unsigned: true}},
			{"unsigned-kind-month", app.NoteQuery{Unsigned: true, Format: app.FormatDAP, From: some, To: some.Add(30 * day)}},
		} {
			b.Run(f.name, func(b *testing.B) {
				var took []time.Duration
				hits := 0
				for b.Loop() {
					for _, text := range typed {
						f.q.Text = text
						start := time.Now()
						h, err := r.Notes.SearchNotes(b.Context(), f.q)
						took = append(took, time.Since(start))
						must(b, err)
						hits += len(h)
					}
				}
				slices.Sort(took)
				for _, p := range []int{50, 95, 100} {
					b.ReportMetric(float64(took[min(len(took)*p/100, len(took)-1)].Microseconds())/1000, fmt.Sprintf("p%d-ms", p))
				}
				b.ReportMetric(float64(hits)/float64(len(took)), "hits")
				b.ReportMetric(0, "ns/op")
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

// BenchmarkUpgrade is the once-in-a-life wait for whoever wrote 20,000 notes, all but a few signed and with an addendum, before there
// were chains and the present index.
func BenchmarkUpgrade(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s, err := sealed.Create(b.Context(), filepath.Join(b.TempDir(), storeName), sealed.GenerateKey())
		must(b, err)
		r := bigPractice(b, s, 2000, 20_000)
		pastTriggers(b, r, "DELETE FROM chain_key; INSERT INTO note_words (note_words) VALUES ('delete-all')")
		b.StartTimer()
		must(b, upgrade(b.Context(), s, nil))
		b.StopTimer()
		var n int
		must(b, s.DB().QueryRow("SELECT (SELECT count(*) FROM chain) + (SELECT count(*) FROM note_words_docsize)").Scan(&n))
		if n != 2*19_800+20_000 {
			b.Fatal(n)
		}
		must(b, r.Close())
		b.StartTimer()
	}
}
