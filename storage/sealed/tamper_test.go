package sealed

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// closedStore leaves a store of many pages, without a log.
func closedStore(t *testing.T) (path string, key *Key, pages int) {
	t.Helper()
	s, path, key := create(t)
	fill(t, s, 600)
	run(t, s, "CREATE INDEX words ON t (v)")
	run(t, s, "CREATE TABLE gone AS SELECT * FROM t")
	run(t, s, "DROP TABLE gone") // free pages, which no query reads
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, key, int(info.Size() / pageSize)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// openAndCheck is what must refuse: opening, or else the full check.
func openAndCheck(ctx context.Context, path string, key *Key) error {
	s, err := Open(ctx, path, key)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Check(ctx)
}

func TestEveryPageWithOneByteFlippedIsRefused(t *testing.T) {
	path, key, pages := closedStore(t)
	good := read(t, path)
	r := rand.New(rand.NewPCG(1, 2))
	for n := range pages {
		at := n*pageSize + r.IntN(pageSize)
		bad := bytes.Clone(good)
		bad[at] ^= 1 << r.IntN(8)
		write(t, path, bad)
		err := openAndCheck(t.Context(), path, key)
		if !errors.Is(err, ErrDamaged) {
			t.Fatalf("page %d of %d, byte %d flipped: %v", n+1, pages, at%pageSize, err)
		}
		var d *DamageError
		if !errors.As(err, &d) || d.Log {
			t.Fatalf("page %d: the error does not say where: %v", n+1, err)
		}
		if n > 0 && d.Places[0] != uint64(n+1) {
			t.Fatalf("page %d was flipped, the error names %v", n+1, d.Places)
		}
	}
	write(t, path, good)
	if err := openAndCheck(t.Context(), path, key); err != nil {
		t.Fatalf("the untouched file: %v", err)
	}
}

// Every byte of a page is under the seal: salt, text, tag, nonce.
func TestEveryByteOfAPageCounts(t *testing.T) {
	c := &codec{key: GenerateKey()}
	c.start(nil)
	first := make([]byte, pageSize)
	copy(first, sqliteMagic)
	first[16], first[20] = pageSize>>8, reserve
	for n, plain := range map[uint64][]byte{1: first, 2: make([]byte, pageSize)} {
		sealed := bytes.Clone(plain)
		if !c.sealPage(n, sealed) {
			t.Fatal("not sealed")
		}
		for i := range sealed {
			bad := bytes.Clone(sealed)
			bad[i] ^= 0x10
			d := &codec{key: c.key}
			d.start(c.salt[:])
			if n == 1 {
				d.start(bad[:saltSize])
			}
			if d.openPage(n, bad) {
				t.Fatalf("page %d opened with byte %d flipped", n, i)
			}
		}
		if !c.openPage(n, sealed) || !bytes.Equal(sealed, plain) {
			t.Fatalf("page %d does not come back", n)
		}
	}
}

func TestPageThatIsNotOursIsNotWritten(t *testing.T) {
	c := &codec{key: GenerateKey()}
	c.start(nil)
	full := make([]byte, pageSize)
	full[pageSize-1] = 1
	if c.sealPage(2, full) {
		t.Error("sealed a page that uses the reserved bytes")
	}
	if c.sealPage(1, make([]byte, pageSize)) {
		t.Error("sealed a first page without SQLite's header")
	}
	if frame := make([]byte, frameSize); c.sealFrame(1, frame) {
		t.Error("sealed a frame without a log")
	}
}

func TestSwappedPagesAreRefused(t *testing.T) {
	path, key, pages := closedStore(t)
	good := read(t, path)
	r := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		i, j := r.IntN(pages), r.IntN(pages)
		if i == j {
			continue
		}
		bad := bytes.Clone(good)
		copy(bad[i*pageSize:(i+1)*pageSize], good[j*pageSize:])
		copy(bad[j*pageSize:(j+1)*pageSize], good[i*pageSize:])
		write(t, path, bad)
		if err := openAndCheck(t.Context(), path, key); !errors.Is(err, ErrDamaged) {
			t.Fatalf("pages %d and %d swapped: %v", i+1, j+1, err)
		}
	}
}

func TestPageOfAnotherStoreIsRefused(t *testing.T) {
	s, path, key := create(t)
	fill(t, s, 100)
	s.Close()
	other := filepath.Join(t.TempDir(), "other.db")
	o, err := Create(t.Context(), other, key) // even under the same key
	if err != nil {
		t.Fatal(err)
	}
	fill(t, o, 100)
	o.Close()
	good, foreign := read(t, path), read(t, other)
	for n := range len(good) / pageSize {
		bad := bytes.Clone(good)
		copy(bad[n*pageSize:(n+1)*pageSize], foreign[n*pageSize:])
		write(t, path, bad)
		if err := openAndCheck(t.Context(), path, key); !errors.Is(err, ErrDamaged) {
			t.Fatalf("page %d of another store: %v", n+1, err)
		}
	}
}

// An older copy of the same page has a good seal: format.md says so. What SQLite's own structure
// check sees of it is luck, so this test pins only that the seal does not, lest the text be wrong.
func TestOlderCopyOfAPageOpens(t *testing.T) {
	c := &codec{key: GenerateKey()}
	c.start(nil)
	older, newer := make([]byte, pageSize), make([]byte, pageSize)
	older[0], newer[0] = 1, 2
	if !c.sealPage(7, older) || !c.sealPage(7, newer) {
		t.Fatal("not sealed")
	}
	if !c.openPage(7, older) {
		t.Error("an older copy is refused: format.md says that it is not")
	}
}

func TestCutFileIsRefused(t *testing.T) {
	path, key, pages := closedStore(t)
	good := read(t, path)
	for _, size := range []int{pages*pageSize - 1, (pages - 1) * pageSize, (pages - 5) * pageSize, pageSize + 1, pageSize} {
		write(t, path, good[:size])
		if err := openAndCheck(t.Context(), path, key); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d of %d bytes: %v", size, len(good), err)
		}
	}
}

// loggedStore is a store as a crash leaves it: a log with ten commits and the pages before them.
func loggedStore(t *testing.T) (path string, key *Key, log []byte) {
	t.Helper()
	s, live, key := create(t)
	fill(t, s, 300)
	run(t, s, "PRAGMA wal_checkpoint(TRUNCATE)")
	run(t, s, "PRAGMA wal_autocheckpoint=0")
	for range 10 {
		run(t, s, "INSERT INTO t (v) SELECT v FROM t LIMIT 20")
	}
	path = snapshot(t, live)
	return path, key, read(t, path+"-wal")
}

// commits reads from an untouched log how many whole commits stand in front of each frame.
func commits(t *testing.T, path string, key *Key, log []byte) (before []int) {
	t.Helper()
	c := &codec{key: key}
	c.start(read(t, path)[:saltSize])
	if !c.openLogHeader(bytes.Clone(log[:logPrefix])) {
		t.Fatal("the log's header does not open")
	}
	n := 0
	for at := logPrefix; at+frameSize <= len(log); at += frameSize {
		frame := bytes.Clone(log[at : at+frameSize])
		if !c.openFrame(uint64(len(before)+1), frame) {
			t.Fatalf("frame %d does not open", len(before)+1)
		}
		before = append(before, n)
		if binary.BigEndian.Uint32(frame[4:]) != 0 {
			n++
		}
	}
	return append(before, n)
}

// loggedPages are the numbers of the pages that an untouched log holds.
func loggedPages(t *testing.T, path string, key *Key) map[uint32]bool {
	t.Helper()
	log := read(t, path+"-wal")
	c := &codec{key: key}
	c.start(read(t, path)[:saltSize])
	if !c.openLogHeader(bytes.Clone(log[:logPrefix])) {
		t.Fatal("the log's header does not open")
	}
	pages := map[uint32]bool{}
	for k := uint64(1); logPrefix+int(k)*frameSize <= len(log); k++ {
		frame := bytes.Clone(log[logPrefix+int(k-1)*frameSize:][:frameSize])
		if !c.openFrame(k, frame) {
			t.Fatalf("frame %d does not open", k)
		}
		pages[binary.BigEndian.Uint32(frame)] = true
	}
	return pages
}

// A flipped frame is refused if two commits stand behind it. Else it must pass for the torn end of a
// crash, which looks the same, and the store stands where the last whole commit before it left it.
func TestFlippedLogFrame(t *testing.T) {
	path, key, log := loggedStore(t)
	db := read(t, path)
	before := commits(t, path, key, log)
	frames := len(before) - 1
	all := before[frames]
	if all != 10 {
		t.Fatalf("%d commits in the log", all)
	}
	refused := 0
	r := rand.New(rand.NewPCG(5, 6))
	for k := range frames {
		bad := bytes.Clone(log)
		bad[logPrefix+k*frameSize+r.IntN(frameSize)] ^= 1 << r.IntN(8)
		write(t, path, db)
		write(t, path+"-wal", bad)
		s, err := Open(t.Context(), path, key)
		behind := all - before[k+1]
		if (err != nil) != (behind >= 2) {
			t.Fatalf("frame %d flipped, %d commits behind it: %v", k+1, behind, err)
		}
		if err != nil {
			var d *DamageError
			if !errors.As(err, &d) || !d.Log || d.Places[0] != uint64(k+1) {
				t.Fatalf("frame %d: %v", k+1, err)
			}
			refused++
			continue
		}
		if n, want := count(t, s, "SELECT count(*) FROM t"), 300+20*before[k]; n != want {
			t.Errorf("frame %d flipped: %d rows, want %d", k+1, n, want)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Errorf("frame %d flipped: %v", k+1, err)
		}
		s.Close()
	}
	if refused == 0 || refused == frames {
		t.Errorf("%d of %d refused: the test tests one thing only", refused, frames)
	}
}

func TestSwappedAndForeignLogFrames(t *testing.T) {
	path, key, log := loggedStore(t)
	db := read(t, path)
	frame := func(b []byte, k int) []byte { return b[logPrefix+k*frameSize : logPrefix+(k+1)*frameSize] }
	swapped := bytes.Clone(log)
	copy(frame(swapped, 0), frame(log, 1))
	copy(frame(swapped, 1), frame(log, 0))
	_, _, other := loggedStore(t)
	foreign := bytes.Clone(log)
	copy(frame(foreign, 2), frame(other, 2))
	header := bytes.Clone(log)
	header[50] ^= 1
	salt := bytes.Clone(log)
	salt[10] ^= 1
	for name, bad := range map[string][]byte{
		"swapped": swapped, "of another store": foreign, "flipped header": header, "flipped salt": salt,
		"whole log of another store": other,
	} {
		write(t, path, db)
		write(t, path+"-wal", bad)
		if err := openAndCheck(t.Context(), path, key); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The log's tail cut anywhere: format.md names it as not noticed. What is left must be whole
// commits and nothing else.
func TestCutLogLeavesWholeCommits(t *testing.T) {
	path, key, log := loggedStore(t)
	db := read(t, path)
	before := commits(t, path, key, log)
	r := rand.New(rand.NewPCG(7, 8))
	sizes := []int{0, 1, logPrefix - 1, logPrefix, logPrefix + 1, len(log) - 1}
	for range 40 {
		sizes = append(sizes, r.IntN(len(log)))
	}
	for _, size := range sizes {
		write(t, path, db)
		write(t, path+"-wal", log[:size])
		s, err := Open(t.Context(), path, key)
		if err != nil {
			t.Fatalf("cut to %d: %v", size, err)
		}
		want := 300
		if size >= logPrefix {
			want += 20 * before[(size-logPrefix)/frameSize]
		}
		if n := count(t, s, "SELECT count(*) FROM t"); n != want {
			t.Errorf("cut to %d bytes: %d rows, want %d", size, n, want)
		}
		s.Close()
	}
}

// Each time the log begins anew it has another key: frames of the log before, which still lie in the
// file behind the new ones, do not open.
func TestFrameOfAnOlderLogDoesNotOpen(t *testing.T) {
	c := &codec{key: GenerateKey()}
	c.start(nil)
	begin := func() []byte {
		rec := make([]byte, frameSize)
		if !c.sealLogHeader(rec) {
			t.Fatal("not sealed")
		}
		return rec[:logPrefix]
	}
	first := begin()
	frame := make([]byte, frameSize)
	if !c.sealFrame(1, frame) {
		t.Fatal("not sealed")
	}
	second := begin()
	if bytes.Equal(first[4:4+logSalt], second[4:4+logSalt]) || bytes.Equal(first[4:4+logSalt], make([]byte, logSalt)) {
		t.Error("the salt was not drawn anew")
	}
	if c.openFrame(1, bytes.Clone(frame)) {
		t.Error("a frame of the older log opens in the new one")
	}
	if !c.openLogHeader(first) || !c.openFrame(1, frame) {
		t.Error("the frame does not open in its own log")
	}
}

// A log whose first sector never reached the disk is empty, not damaged: nothing of it was synced.
func TestLogOfZerosIsEmpty(t *testing.T) {
	path, key, log := loggedStore(t)
	write(t, path+"-wal", make([]byte, len(log)))
	s := reopen(t, path, key)
	if n := count(t, s, "SELECT count(*) FROM t"); n != 300 {
		t.Errorf("%d rows", n)
	}
}

// Power fails while a checkpoint carries the log over: pages of the store are torn, the first
// one among them, and the log still holds the good ones.
func TestTornCheckpointIsRepairedFromTheLog(t *testing.T) {
	s, live, key := create(t)
	fill(t, s, 300)
	run(t, s, "PRAGMA wal_checkpoint(TRUNCATE)")
	run(t, s, "PRAGMA wal_autocheckpoint=0")
	run(t, s, "CREATE TABLE another (x)") // changes page 1
	run(t, s, "UPDATE t SET v = v || 'w'")
	path := snapshot(t, live)
	db := read(t, path)
	torn := 0
	for n := range loggedPages(t, path, key) {
		if end := int(n) * pageSize; end <= len(db) {
			clear(db[end-2048 : end])
			torn++
		}
	}
	if torn < 30 || bytes.Equal(db[:pageSize], read(t, path)[:pageSize]) {
		t.Fatalf("%d pages torn, page 1 must be among them", torn)
	}
	write(t, path, db)
	s = reopen(t, path, key)
	if n := count(t, s, "SELECT count(*) FROM t WHERE v LIKE '%w'"); n != 300 {
		t.Errorf("%d of 300 rows", n)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
