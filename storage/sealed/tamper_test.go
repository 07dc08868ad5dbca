package sealed

import (
	"bytes"
	"context"
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
	return s.Check(ctx, nil)
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
