package sealed

import (
	"context"
	"database/sql"
	"fmt"
	"os"
)

// copyChunk is how much is read while nobody else may use the store: a few milliseconds.
const copyChunk = 256 * pageSize

// Snapshot hands out the store's pages as they lie in the file, sealed, while others go on using it. It is the store
// as it was at one moment, and at runs in that moment: it may read, through conn alone. then chunks come, in order,
// each a whole number of pages and good until the next; total is their length in bytes.
//
// What is committed meanwhile goes to the log, and the log is not carried over before the last page was read: so
// nothing in the file changes. A store that is closed meanwhile ends it with an error.
func (s *Store) Snapshot(ctx context.Context, at func(conn *sql.Conn, total int64) error, chunk func(pages []byte) error) error {
	select {
	case s.whole <- struct{}{}:
		defer func() { <-s.whole }()
	case <-ctx.Done():
		return ctx.Err()
	}
	size, err := s.holdLog(ctx, at)
	defer s.freeLog()
	if err != nil {
		return err
	}
	buf := make([]byte, copyChunk)
	for from := int64(0); from < size; from += copyChunk {
		part := buf[:min(copyChunk, size-from)]
		if err := s.readRaw(ctx, part, from); err != nil {
			return err
		}
		if err := chunk(part); err != nil {
			return err
		}
	}
	return nil
}

// holdLog carries the log over, and keeps it from being carried over again.
func (s *Store) holdLog(ctx context.Context, at func(*sql.Conn, int64) error) (int64, error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA wal_autocheckpoint=0"); err != nil {
		return 0, s.explain(err)
	}
	if err := s.carryLog(ctx, conn); err != nil {
		return 0, err
	}
	info, err := os.Stat(s.path) // by name: opening and closing the file would drop SQLite's POSIX locks
	if err != nil {
		return 0, fmt.Errorf("sealed: %w", err)
	}
	if info.Size()%pageSize != 0 {
		return 0, &DamageError{Places: []uint64{uint64(info.Size()/pageSize + 1)}} // #nosec G115 -- a size is not negative
	}
	return info.Size(), s.explain(at(conn, info.Size()))
}

// freeLog lets the log be carried over again. On a store that was closed there is nothing to free.
func (s *Store) freeLog() {
	_, _ = s.db.ExecContext(context.Background(), "PRAGMA wal_autocheckpoint=1000")
}

// carryLog puts all that the log holds into the store, and begins the log anew.
func (s *Store) carryLog(ctx context.Context, conn *sql.Conn) error {
	var busy, frames, done int
	if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &done); err != nil {
		return s.explain(err)
	}
	if busy != 0 {
		return fmt.Errorf("%w: the log is in use", ErrInUse)
	}
	return nil
}

func (s *Store) readRaw(ctx context.Context, buf []byte, at int64) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(any) error { return s.vfs.readRaw(buf, at) })
}

// Pages tries the seals of a store's pages where they lie outside a store: they are written to it in order.
type Pages struct {
	codec *codec
	n     int64 // pages tried
	page  [pageSize]byte
}

// NewPages is before the first page. The key is copied; Wipe wipes it.
func NewPages(key *Key) *Pages { return &Pages{codec: &codec{key: key.Clone()}} }

// Write takes a whole number of pages: a *DamageError at the first that does not open.
func (p *Pages) Write(pages []byte) (int, error) {
	if len(pages)%pageSize != 0 {
		return 0, fmt.Errorf("sealed: %d bytes are no whole pages", len(pages))
	}
	for at := 0; at < len(pages); at += pageSize {
		copy(p.page[:], pages[at:])
		p.n++
		if p.n == 1 && !p.codec.start(p.page[:saltSize]) {
			return at, fmt.Errorf("sealed: no key")
		}
		if p.n != lockPage && !p.codec.openPage(uint64(p.n), p.page[:]) { // #nosec G115 -- counted from 1
			return at, &DamageError{Places: []uint64{uint64(p.n)}} // #nosec G115 -- counted from 1
		}
	}
	return len(pages), nil
}

// Count is how many pages were tried.
func (p *Pages) Count() int64 { return p.n }

// Wipe forgets the key.
func (p *Pages) Wipe() { p.codec.wipe(); clear(p.page[:]) }

// PageSize is the size of a sealed page in bytes.
const PageSize = pageSize
