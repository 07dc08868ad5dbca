package sealed

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const canary = "Canary-Wren-7731"

func create(t testing.TB) (*Store, string, *Key) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	key := GenerateKey()
	s, err := Create(t.Context(), path, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, path, key
}

func reopen(t testing.TB, path string, key *Key) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func run(t testing.TB, s *Store, q string, args ...any) {
	t.Helper()
	if _, err := s.DB().Exec(q, args...); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
}

func count(t testing.TB, s *Store, q string) (n int) {
	t.Helper()
	if err := s.DB().QueryRow(q).Scan(&n); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return n
}

// fill writes rows of about 400 bytes, in one transaction.
func fill(t testing.TB, s *Store, rows int) {
	t.Helper()
	run(t, s, "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)")
	tx, err := s.DB().Begin()
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if _, err := tx.Exec("INSERT INTO t (v) VALUES (?)", canary+strings.Repeat(fmt.Sprintf(" row %d", i), 50)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestStoreKeepsWhatItWasGiven(t *testing.T) {
	s, path, key := create(t)
	fill(t, s, 5000) // larger than SQLite's autocheckpoint, so pages and frames both are read
	if err := s.Check(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the log is left behind by a clean close: %v", err)
	}
	s = reopen(t, path, key)
	if n := count(t, s, "SELECT count(*) FROM t WHERE v LIKE '"+canary+"%'"); n != 5000 {
		t.Errorf("%d of 5000 rows", n)
	}
	if err := s.Check(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestSettingsOfTheConnection(t *testing.T) {
	s, _, _ := create(t)
	for name, want := range map[string]string{
		"journal_mode": "wal", "locking_mode": "exclusive", "synchronous": "2", "temp_store": "2",
		"page_size": "4096", "foreign_keys": "1", "trusted_schema": "0",
	} {
		var got string
		if err := s.DB().QueryRow("PRAGMA " + name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", name, got, want, err)
		}
	}
}

func TestWrongKeyIsRefused(t *testing.T) {
	s, path, _ := create(t)
	fill(t, s, 10)
	s.Close()
	if _, err := Open(t.Context(), path, GenerateKey()); !errors.Is(err, ErrDamaged) {
		t.Errorf("another key: %v", err)
	}
}

func TestEmptiedFileIsNotANewOne(t *testing.T) {
	s, path, key := create(t)
	s.Close()
	for _, size := range []int64{0, 100, 4095} {
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), path, key); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	os.Remove(path)
	if _, err := Open(t.Context(), path, key); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("opening made the missing file anew")
	}
}

func TestSecondOpenIsRefused(t *testing.T) {
	_, path, key := create(t)
	if _, err := Open(t.Context(), path, key); !errors.Is(err, ErrInUse) {
		t.Errorf("got %v", err)
	}
}

// Everything that makes SQLite spill: a statement journal, a sort and a temporary table larger
// than any buffer, a transaction larger than the cache, and pages changed twice in one.
func TestNothingSpillsToDisk(t *testing.T) {
	s, path, key := create(t)
	fill(t, s, 3000)
	run(t, s, "PRAGMA cache_size=20") // spills the transaction into the log
	run(t, s, "CREATE UNIQUE INDEX one ON t (v)")
	if _, err := s.DB().Exec("UPDATE t SET v = CASE WHEN id < 2990 THEN v || 'x' ELSE 'same' END"); err == nil {
		t.Fatal("the update should break the unique index")
	}
	if n := count(t, s, "SELECT count(*) FROM t WHERE v LIKE '%x'"); n != 0 {
		t.Errorf("%d rows of a failed statement stayed", n)
	}
	tx, err := s.DB().Begin()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // the same pages again and again: frames are rewritten in place
		if _, err := tx.Exec("UPDATE t SET v = v || 'y'"); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	run(t, s, "CREATE TEMP TABLE big AS SELECT v || v AS v FROM t")
	if n := count(t, s, "SELECT count(*) FROM (SELECT v FROM big ORDER BY v DESC)"); n != 3000 {
		t.Errorf("%d rows sorted", n)
	}
	run(t, s, "DROP TABLE temp.big")
	run(t, s, "VACUUM")
	noPlaintext(t, filepath.Dir(path))
	if err := s.Check(t.Context(), nil); err != nil {
		t.Error(err)
	}
	s.Close()
	if n := count(t, reopen(t, path, key), "SELECT count(*) FROM t WHERE v LIKE '%yyy'"); n != 3000 {
		t.Errorf("%d of 3000 rows after reopening", n)
	}
}

// A spilled transaction ends with walRewriteChecksums; a crash right after it must find them right.
func TestSpilledTransactionSurvivesACrash(t *testing.T) {
	s, path, key := create(t)
	fill(t, s, 2000)
	run(t, s, "PRAGMA wal_autocheckpoint=0")
	run(t, s, "PRAGMA cache_size=10")
	tx, err := s.DB().Begin()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := tx.Exec("UPDATE t SET v = v || 'z'"); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	image := snapshot(t, path)
	if n := count(t, reopen(t, image, key), "SELECT count(*) FROM t WHERE v LIKE '%zz'"); n != 2000 {
		t.Errorf("%d of 2000 rows", n)
	}
}

func TestVacuumIntoFailsClosed(t *testing.T) {
	s, path, _ := create(t)
	fill(t, s, 10)
	out := filepath.Join(filepath.Dir(path), "copy.db")
	for _, q := range []string{"VACUUM INTO '" + out + "'", "ATTACH '" + out + "' AS other"} {
		if _, err := s.DB().Exec(q); err == nil {
			t.Errorf("%s went through", q)
		}
	}
	noPlaintext(t, filepath.Dir(path))
}

func TestJournalOfAnotherIsNotSeen(t *testing.T) {
	s, path, key := create(t)
	fill(t, s, 10)
	s.Close()
	if err := os.WriteFile(path+"-journal", bytes.Repeat([]byte{0xd9}, 2048), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := count(t, reopen(t, path, key), "SELECT count(*) FROM t"); n != 10 {
		t.Errorf("%d rows", n)
	}
}

func TestFilesSayNothing(t *testing.T) {
	s, path, _ := create(t)
	fill(t, s, 3000)
	noPlaintext(t, filepath.Dir(path))
	if _, err := os.Stat(path + "-shm"); err == nil {
		t.Error("there is a -shm file, which shows page numbers")
	}
	s.Close()
	noPlaintext(t, filepath.Dir(path))
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	s, path, _ := create(t)
	fill(t, s, 10)
	for _, p := range []string{path, path + "-wal"} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", filepath.Base(p), info.Mode(), err)
		}
	}
}

func TestKeysAreGoneAfterClose(t *testing.T) {
	s, _, key := create(t)
	fill(t, s, 10)
	inside := s.codec.key
	s.Close()
	if !bytes.Equal(inside.Bytes(), make([]byte, KeySize)) {
		t.Error("the store's copy of the key is still there")
	}
	if bytes.Equal(key.Bytes(), make([]byte, KeySize)) {
		t.Error("the caller's key was wiped too")
	}
	if err := s.DB().PingContext(context.Background()); err == nil {
		t.Error("the store still answers")
	}
	if got := fmt.Sprintf("%v %+v %s %x", key, key, key, key); strings.Contains(got, fmt.Sprintf("%x", key.b[:4])) {
		t.Errorf("a key prints as %q", got)
	}
}

func TestCloseWaitsForWhatRuns(t *testing.T) {
	s, _, _ := create(t)
	fill(t, s, 100)
	tx, err := s.DB().Begin()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Close() }()
	if _, err := tx.Exec("UPDATE t SET v = 'late'"); err != nil {
		t.Error(err)
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := s.DB().QueryRow("SELECT 1").Err(); err == nil || errors.Is(err, sql.ErrNoRows) {
		t.Errorf("after close: %v", err)
	}
}

// A transaction that nobody ends must not keep the keys in memory.
func TestCloseDoesNotWaitForever(t *testing.T) {
	s, _, _ := create(t)
	fill(t, s, 2000)
	inside := s.codec.key
	closePatience = 50 * time.Millisecond
	defer func() { closePatience = 10 * time.Second }()
	tx, err := s.DB().Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("PRAGMA shrink_memory"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err == nil {
		t.Error("closed, it says")
	}
	if !bytes.Equal(inside.Bytes(), make([]byte, KeySize)) {
		t.Error("the key outlives Close")
	}
	var n int
	if err := tx.QueryRow("SELECT count(*) FROM t WHERE v LIKE '%row 1%'").Scan(&n); err == nil {
		t.Error("the open transaction still reads")
	}
	tx.Rollback()
}

// noPlaintext looks for the canary, and for SQLite's own words, in every file below dir.
func noPlaintext(t testing.TB, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		for _, word := range []string{canary, "SQLite", "CREATE TABLE"} {
			if bytes.Contains(b, []byte(word)) {
				t.Errorf("%s holds %q", filepath.Base(path), word)
			}
		}
		return err
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files: %v", files, err)
	}
}

// snapshot copies the store as a crash would leave it and returns the copy's path.
func snapshot(t testing.TB, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "store.db")
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + end)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to+end, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}
