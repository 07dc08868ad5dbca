package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"alcove/app"
	"alcove/app/chain"
	"alcove/storage/sealed"
)

// accept checks a store that is about to be put in place. app.ErrBackupDamaged is for a page or a table that cannot be read. What else
// does not hold goes into its audit log, and a search index that is damaged is written anew: whoever has lost their machine is
// not refused all of their record for one signature.
func accept(ctx context.Context, r *app.Records, tell app.RestoreProgress) error {
	log, store, err := sealedLog(r)
	if err != nil {
		return err
	}
	found, err := log.readable(ctx, store, tell)
	if err != nil {
		return ofTheRecord(log.fail(ctx, err))
	}
	entries := int64(0)
	if err := store.DB().QueryRowContext(ctx, "SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM chain)").Scan(&entries); err != nil {
		return log.fail(ctx, err)
	}
	h, err := log.follow(ctx, true, stepping(func(done, total int64) { tell(app.RestoreProof, done, total) }, entries))
	if err != nil {
		return err
	}
	if found = append(found, h.findings()...); len(found) == 0 {
		return nil
	}
	return log.tx(ctx, func(tx *sql.Tx) error {
		now := time.Now().UTC().Truncate(time.Millisecond)
		for _, f := range found {
			if f.Kind == app.FoundEnd {
				if err := goOn(ctx, tx, h.ends[string(f.Client)], string(f.Client), now); err != nil {
					return err
				}
			}
			if err := logIn(ctx, tx, f.Entry(now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// readable is nil if every page opens and SQLite finds nothing wrong, but for the search index.
func (s auditLog) readable(ctx context.Context, store *sealed.Store, tell app.RestoreProgress) ([]app.Finding, error) {
	check := func() error {
		return store.Check(ctx, func(done, total int64) {
			if done == total {
				tell(app.RestoreTables, 0, 0)
			} else {
				tell(app.RestorePages, done, total)
			}
		})
	}
	err := check()
	var page *sealed.DamageError
	if !errors.Is(err, sealed.ErrDamaged) || errors.As(err, &page) {
		return nil, err
	}
	tell(app.RestoreTables, 0, 0)
	if err := store.CheckTables(ctx); err != nil {
		return nil, err
	}
	if err := reindex(ctx, store, func(done, total int64) { tell(app.RestoreIndex, done, total) }); err != nil {
		return nil, err
	}
	return []app.Finding{{Kind: app.FoundIndex, Count: 1}}, check()
}

// goOn puts an entry behind the last one of a chain whose head does not fit it, so that the client's record can be signed on. The old
// head stands in that entry: the chain itself says for ever that its end was not proved here.
func goOn(ctx context.Context, tx *sql.Tx, end chain.Head, client string, at time.Time) error {
	if err := mustExist(ctx, tx, "SELECT 1 FROM clients WHERE id = ?", client); errors.Is(err, sql.ErrNoRows) {
		return nil // nobody will sign on
	} else if err != nil {
		return err
	}
	was, err := scanHead(tx.QueryRowContext(ctx, "SELECT "+headColumns+" FROM chain_heads WHERE client = ?", client))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	body, err := chain.Body(map[string]any{
		"title": "Gone on after a restore", "end": was.Seq, "sha256": was.Hash.String(),
		"sections": []map[string]string{{
			"heading": "What was found", "text": "When this record was restored from a backup, the signed end of its proof was not what had been entered last. " +
				"Something may be missing before this entry.",
		}},
	})
	if err != nil {
		return err
	}
	key, err := chainKey(ctx, tx)
	if err != nil {
		return err
	}
	defer key.Wipe()
	e, head, err := key.Enter(end, chain.Entry{Client: client, Kind: chain.GoneOn, At: at, By: "Alcove", Body: body})
	if err != nil {
		return err
	}
	return pastHead(ctx, tx, func() error { return putEntry(ctx, tx, e, head) })
}

// pastHead does what the triggers of heads forbid, for they know no end that does not fit, and puts them back.
func pastHead(ctx context.Context, tx *sql.Tx, do func() error) error {
	triggers, err := list(ctx, tx, func(row scanner) (t [2]string, err error) { err = row.Scan(&t[0], &t[1]); return t, err },
		"SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'chain_heads'")
	if err != nil {
		return err
	}
	for _, t := range triggers {
		if _, err := tx.ExecContext(ctx, `DROP TRIGGER "`+t[0]+`"`); err != nil { // #nosec G202 -- the schema's own names
			return err
		}
	}
	if err := do(); err != nil {
		return err
	}
	for _, t := range triggers {
		if _, err := tx.ExecContext(ctx, t[1]); err != nil {
			return err
		}
	}
	return nil
}
