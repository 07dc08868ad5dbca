package storage

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattn/go-sqlite3"

	"alcove/app"
)

// database is what the stores need of a *sealed.Store: benchmarks compare it with a plain file.
type database interface {
	DB() *sql.DB
	Explain(err error) error
	Close() error
}

// records is what every store of an open vault stands on.
type records struct {
	store  database
	keys   *vaultKeys
	apart  apartKey
	closed atomic.Bool
	once   sync.Once
	err    error // of closing
}

func newRecords(store database, keys *vaultKeys) *app.Records {
	r := &records{store: store, keys: keys}
	return &app.Records{
		Keys:     keys,
		Profile:  profileStore{r},
		Clients:  clientStore{r},
		Notes:    noteStore{r},
		Forms:    templateStore{r},
		Apart:    apartStore{r, &r.apart},
		Invites:  inviteStore{r},
		Guests:   guestStore{r},
		Sessions: sessionStore{r},
		Sheets:   sheetStore{r},
		Plans:    planStore{r},
		Audit:    auditLog{r},
		Backups:  backups{r},
		Aside:    aside{r},
		Chain:    chainStore{r},
		Close:    r.close,

		Responses: responseStore{r},
		Alerts:    alertStore{r},
		Measures:  measureStore{r},
		Writing:   writingStore{r},
	}
}

// close waits for what is being written, and wipes the keys.
func (r *records) close() error {
	r.once.Do(func() {
		r.closed.Store(true)
		r.keys.end()
		r.apart.set(nil)
		r.err = explain(r.store.Close())
		r.keys.wipe()
	})
	return r.err
}

// kdfCost is how long Argon2id is to take.
func (r *records) kdfCost() time.Duration { return r.keys.vault.kdfCost }

// tx runs do in one transaction, which is on the disk when tx returns. do must read each result to
// its end: there is one connection.
func (r *records) tx(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := r.store.DB().BeginTx(ctx, nil)
	if err != nil {
		return r.fail(ctx, err)
	}
	if err := do(tx); err != nil {
		return r.fail(ctx, errors.Join(err, tx.Rollback()))
	}
	return r.fail(ctx, tx.Commit())
}

func (r *records) exec(ctx context.Context, query string, args ...any) error {
	_, err := r.store.DB().ExecContext(ctx, query, args...)
	return r.fail(ctx, err)
}

// one is exec for what changes a row that must be there: app.ErrNotFound.
func (r *records) one(ctx context.Context, query string, args ...any) error {
	res, err := r.store.DB().ExecContext(ctx, query, args...)
	if err != nil {
		return r.fail(ctx, err)
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		return app.ErrNotFound
	}
	return r.fail(ctx, err)
}

// fail turns what SQL reports into the errors of app.
func (r *records) fail(ctx context.Context, err error) error {
	var se sqlite3.Error
	switch {
	case err == nil:
		return nil
	case r.closed.Load():
		return app.ErrLocked
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, sql.ErrNoRows):
		return app.ErrNotFound
	case errors.As(err, &se) && se.ExtendedCode == sqlite3.ErrConstraintTrigger:
		switch se.Error() { // what the triggers of the schema raise
		case "signed":
			return app.ErrSigned
		case "not signed":
			return app.ErrNotSigned
		case "not the next version":
			return app.ErrPlanMoved
		case "used":
			return app.ErrMeasureUsed
		case "voided":
			return app.ErrVoided
		case "answered":
			return app.ErrAlertClosed
		}
	}
	return explain(r.store.Explain(err))
}

// querier is a transaction, or the database itself.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// prepare begins a prepared transaction.
func prepare(tx *sql.Tx) *prepared { return &prepared{tx, map[string]*sql.Stmt{}} }

// prepared is a transaction that parses each statement once: done a hundred thousand times that is most of its time.
type prepared struct {
	*sql.Tx
	by map[string]*sql.Stmt
}

func (p *prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, had := p.by[query]; had {
		return s, nil
	}
	s, err := p.PrepareContext(ctx, query)
	if err == nil {
		p.by[query] = s
	}
	return s, err
}

func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := p.statement(ctx, query)
	if err != nil {
		return p.Tx.QueryRowContext(ctx, query, args...) // which has the same error to tell
	}
	return s.QueryRowContext(ctx, args...)
}

func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (p *prepared) close() {
	for _, s := range p.by {
		_ = s.Close() // the transaction's end has closed it
	}
}

// list reads all rows of a query, each by scan.
func list[T any](ctx context.Context, q querier, scan func(row scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// scanner is a row.
type scanner interface{ Scan(dest ...any) error }

// stamp is a time as the schema keeps it.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// when scans a stamp back.
type when struct{ t *time.Time }

// Scan implements sql.Scanner.
func (w when) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return errors.New("storage: a time that is no number")
	}
	*w.t = time.Time{}
	if n != 0 {
		*w.t = time.Unix(0, n).UTC()
	}
	return nil
}

// limitOr is n, or what 0 stands for.
func limitOr(n, zero int) int {
	if n <= 0 {
		return zero
	}
	return n
}
