package sealed

import (
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// both runs work in turns over a sealed store and over the same driver, with the same settings,
// unsealed, and reports the ratio of the medians: on a busy machine times mean little, and a
// ratio of two benchmarks run one after the other hardly more.
func both(b *testing.B, work func(b *testing.B, db *sql.DB, i int)) {
	open := plain(b, filepath.Join(b.TempDir(), "plain.db"))
	defer open.Close()
	s, _, _ := create(b)
	dbs := [2]*sql.DB{open, s.DB()}
	for _, db := range dbs {
		benchTable(b, db)
	}
	var took [2][]float64
	for i := 0; b.Loop(); i++ {
		for turn := range dbs {
			k := (turn + i) % 2
			start := time.Now()
			work(b, dbs[k], i)
			took[k] = append(took[k], float64(time.Since(start)))
		}
	}
	var median [2]float64
	for k := range took {
		slices.Sort(took[k])
		median[k] = took[k][len(took[k])/2]
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median[0]/1e3, "plain-µs")
	b.ReportMetric(median[1]/1e3, "sealed-µs")
	b.ReportMetric(median[1]/median[0], "sealed/plain")
}

// plain is the same driver over the operating system's VFS.
func plain(b testing.TB, path string) *sql.DB {
	b.Helper()
	db := sql.OpenDB(&connector{
		dsn: "file://" + path + "?mode=rwc&_busy_timeout=0&_locking_mode=EXCLUSIVE&_synchronous=FULL", fresh: true,
	})
	db.SetMaxOpenConns(1)
	if err := db.Ping(); err != nil {
		b.Fatal(err)
	}
	return db
}

const benchRows = 20_000

func benchTable(b *testing.B, db *sql.DB) {
	b.Helper()
	must(b, db, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)")
	must(b, db, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO t SELECT i, printf('%s %d', ?, i) FROM n`, benchRows, strings.Repeat("a quiet hour by the water ", 20))
	must(b, db, "PRAGMA wal_checkpoint(TRUNCATE)")
}

func must(b testing.TB, db *sql.DB, q string, args ...any) {
	b.Helper()
	if _, err := db.Exec(q, args...); err != nil {
		b.Fatal(err)
	}
}

var benchText = strings.Repeat("one more sentence ", 25)

func BenchmarkCommitOneRow(b *testing.B) {
	both(b, func(b *testing.B, db *sql.DB, _ int) { must(b, db, "INSERT INTO t (v) VALUES (?)", benchText) })
}

func BenchmarkCommitThousandRows(b *testing.B) {
	both(b, func(b *testing.B, db *sql.DB, _ int) {
		tx, err := db.Begin()
		if err != nil {
			b.Fatal(err)
		}
		for range 1000 {
			if _, err := tx.Exec("INSERT INTO t (v) VALUES (?)", benchText); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkPointRead(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	both(b, func(b *testing.B, db *sql.DB, _ int) {
		var v string
		if err := db.QueryRow("SELECT v FROM t WHERE id = ?", 1+r.IntN(benchRows)).Scan(&v); err != nil {
			b.Fatal(err)
		}
	})
}

// A scan with nothing of the file in SQLite's cache: every page is opened.
func BenchmarkColdScan(b *testing.B) {
	both(b, func(b *testing.B, db *sql.DB, _ int) {
		must(b, db, "PRAGMA shrink_memory")
		var n int
		if err := db.QueryRow("SELECT sum(length(v)) FROM t").Scan(&n); err != nil {
			b.Fatal(err)
		}
	})
}
