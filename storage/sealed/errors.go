package sealed

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// What the disk can refuse. Each wraps SQLite's own error as evidence.
var (
	ErrDamaged  = errors.New("sealed: damaged")
	ErrDiskFull = errors.New("sealed: disk full")
	ErrReadOnly = errors.New("sealed: read-only")
	ErrInUse    = errors.New("sealed: open elsewhere")
)

// DamageError is an ErrDamaged that knows where.
type DamageError struct {
	Log    bool     // in the write-ahead log, not in the store
	Places []uint64 // page or frame numbers, from 1; empty if only SQLite's own check complains
}

func (e *DamageError) Error() string {
	what := "page"
	if e.Log {
		what = "log frame"
	}
	return fmt.Sprintf("sealed: damaged: %s %v", what, e.Places)
}

// Is makes a DamageError an ErrDamaged.
func (e *DamageError) Is(target error) bool { return target == ErrDamaged }

// explain adds the sentinel to an error of SQLite; any other error is returned as it is.
func (s *Store) explain(err error) error {
	var se sqlite3.Error
	if !errors.As(err, &se) {
		return err
	}
	if se.Code == sqlite3.ErrCorrupt || se.Code == sqlite3.ErrNotADB || se.ExtendedCode == ioErrData {
		if d := s.codec.damage.Load(); d != nil {
			return fmt.Errorf("%w: %w", d, err)
		}
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	switch {
	case se.Code == sqlite3.ErrFull, noRoom(se.SystemErrno):
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	case se.Code == sqlite3.ErrReadonly, se.Code == sqlite3.ErrPerm,
		se.SystemErrno == syscall.EROFS, se.SystemErrno == syscall.EACCES:
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case se.Code == sqlite3.ErrBusy, se.Code == sqlite3.ErrLocked:
		return fmt.Errorf("%w: %w", ErrInUse, err)
	}
	return err
}

// SQLITE_IOERR_DATA, which mattn does not name: a VFS found that a record is not what was written.
const ioErrData = sqlite3.ErrNoExtended(10 | 32<<8)
