package sealed

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"
)

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
		if err := s.Check(t.Context(), nil); err != nil {
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
	if err := s.Check(t.Context(), nil); err != nil {
		t.Error(err)
	}
}
