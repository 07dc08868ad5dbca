package storage

import (
	"context"
	"database/sql"
	"errors"

	"alcove/app"
	"alcove/app/chain"
)

// startChain makes the practice's signing key, once, and enters what was signed before there was a chain. It is
// one transaction: a store has a key and all its signed notes in the chain, or neither.
func startChain(ctx context.Context, s database) error {
	tx, err := s.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	started, err := startChainIn(ctx, tx)
	if err != nil || started {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func startChainIn(ctx context.Context, tx *sql.Tx) (started bool, err error) {
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM chain_key)").Scan(&started); err != nil || started {
		return started, err
	}
	key := chain.GenerateKey()
	defer key.Wipe()
	seed := key.Seed()
	defer clear(seed)
	if _, err := tx.ExecContext(ctx, "INSERT INTO chain_key (one, seed) VALUES (1, ?)", seed); err != nil {
		return false, err
	}
	type signed struct {
		note     app.NoteID
		addendum int // -1: the note itself
	}
	all, err := list(ctx, tx, func(row scanner) (s signed, err error) { err = row.Scan(&s.note, &s.addendum); return s, err }, `
		SELECT id, pos FROM (
			SELECT id, -1 AS pos, signed_at AS at, row FROM notes WHERE status <> 'preliminary'
			UNION ALL SELECT n.id, a.pos, max(a.at, n.signed_at), n.row FROM addenda a JOIN notes n ON n.row = a.note)
		ORDER BY at, row, pos`)
	if err != nil {
		return false, err
	}
	for _, s := range all {
		n, err := readNote(ctx, tx, s.note)
		if err != nil {
			return false, err
		}
		e, err := n.Entry()
		if s.addendum >= 0 {
			e, err = n.AddendumEntry(s.addendum)
		}
		if err == nil {
			e, err = chain.Late(e)
		}
		if err == nil {
			err = enter(ctx, tx, e)
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}
