package sealed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/mattn/go-sqlite3"
)

// lockPage is the page that SQLite never writes, because its locks lie there (offset 1 GiB).
const lockPage = 1<<30/pageSize + 1

// Check reads the whole store: the seal of every page, also of those that no query touches, and
// then SQLite's own check of the structure, the full-text indexes and the foreign keys. It is a
// *DamageError, or an ErrDamaged, if anything is not as it was written. The store answers no
// query meanwhile.
func (s *Store) Check(ctx context.Context) error {
	select {
	case s.whole <- struct{}{}:
		defer func() { <-s.whole }()
	case <-ctx.Done():
		return ctx.Err()
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// The log is carried over first, which opens every frame, and then the pages are all there is.
	if err := s.carryLog(ctx, conn); err != nil {
		return err
	}
	if err := conn.Raw(func(any) error { return s.checkSeals(ctx) }); err != nil {
		return err
	}
	return s.checkStructure(ctx, conn)
}

func (s *Store) checkSeals(ctx context.Context) error {
	info, err := os.Stat(s.path) // by name: opening and closing the file would drop SQLite's POSIX locks
	if err != nil {
		return fmt.Errorf("sealed: %w", err)
	}
	var damage DamageError
	for n := int64(1); n <= (info.Size()+pageSize-1)/pageSize; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n == lockPage {
			continue
		}
		ok, err := s.vfs.checkPage(n)
		if err != nil {
			return err
		}
		if !ok {
			damage.Places = append(damage.Places, uint64(n))
		}
	}
	if len(damage.Places) > 0 {
		return &damage
	}
	return nil
}

// CheckTables is SQLite's own part of Check for the tables and their indexes alone, beside which queries are answered: for a
// store whose seals were opened a moment ago. The full-text indexes, which take by far the most of its time, hold nothing
// that could not be written anew.
func (s *Store) CheckTables(ctx context.Context) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	rows, err := conn.QueryContext(ctx, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
	if err != nil {
		return s.explain(err)
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return s.explain(err)
		}
		tables = append(tables, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return s.explain(err)
	}
	for _, name := range tables {
		if err := s.passes(ctx, conn, "PRAGMA integrity_check('"+name+"')"); err != nil { // #nosec G202 -- the schema's own names
			return err
		}
	}
	return s.checkKeys(ctx, conn)
}

func (s *Store) passes(ctx context.Context, conn *sql.Conn, pragma string) error {
	var verdict string
	if err := conn.QueryRowContext(ctx, pragma).Scan(&verdict); err != nil {
		return s.explain(err)
	}
	if verdict != "ok" { // the verdict itself may quote a table's content
		return fmt.Errorf("%w: SQLite's integrity check fails", ErrDamaged)
	}
	return nil
}

func (s *Store) checkStructure(ctx context.Context, conn *sql.Conn) error {
	if err := s.passes(ctx, conn, "PRAGMA integrity_check(1)"); err != nil {
		return err
	}
	return s.checkKeys(ctx, conn)
}

func (s *Store) checkKeys(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return s.explain(err)
	}
	defer rows.Close()
	if rows.Next() {
		return fmt.Errorf("%w: a record points to one that is gone", ErrDamaged)
	}
	return s.explain(rows.Err())
}

// SQLiteVersion is the version of the SQLite under the seal, for a bug report.
func SQLiteVersion() string {
	v, _, _ := sqlite3.Version()
	return v
}
