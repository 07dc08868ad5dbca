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

// Check reads the whole store: the seal of every page, also of those that no query touches, and then SQLite's own check of the
// structure and the full-text indexes. It is a *DamageError for a page, or an ErrDamaged for what SQLite finds. report, unless
// it is nil, hears of the pages; what SQLite does after them, nobody can say how far it is. The store answers no query meanwhile.
func (s *Store) Check(ctx context.Context, report func(done, total int64)) error {
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
	if err := conn.Raw(func(any) error { return s.checkSeals(ctx, report) }); err != nil {
		return err
	}
	return s.passes(ctx, conn, "PRAGMA integrity_check(1)")
}

func (s *Store) checkSeals(ctx context.Context, report func(done, total int64)) error {
	info, err := os.Stat(s.path) // by name: opening and closing the file would drop SQLite's POSIX locks
	if err != nil {
		return fmt.Errorf("sealed: %w", err)
	}
	var damage DamageError
	pages := (info.Size() + pageSize - 1) / pageSize
	for n := int64(1); n <= pages; n++ {
		if report != nil && n%256 == 0 {
			report(n, pages)
		}
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
	if report != nil {
		report(pages, pages)
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
	return nil
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

// SQLiteVersion is the version of the SQLite under the seal, for a bug report.
func SQLiteVersion() string {
	v, _, _ := sqlite3.Version()
	return v
}
