package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"alcove/app"
	"alcove/app/chain"
)

// verify walks every client's chain, and looks whether it and the record say the same: app.ErrDamaged.
func (s chainStore) verify(ctx context.Context) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		key, err := chainKey(ctx, tx)
		if err != nil {
			return err
		}
		defer key.Wipe()
		public := key.Public()
		heads, err := walkChains(ctx, tx, func(e chain.Entry) bool { return e.Stands(public) }, nil)
		if err != nil {
			return err
		}
		for _, h := range heads {
			if !h.Stands(public) {
				return fmt.Errorf("%w: a chain's head is not signed", app.ErrDamaged)
			}
		}
		return errors.Join(agree(ctx, tx), plansAgree(ctx, tx))
	})
}

// walkBatch entries are tried at once.
const walkBatch = 128

// walkChains reads every client's chain from its first entry to its head, and returns the heads. stands is asked of each entry, on
// all cores: reading is for one. app.ErrDamaged.
func walkChains(ctx context.Context, q querier, stands func(chain.Entry) bool, step func(entries int64)) ([]chain.Head, error) {
	var trying sync.WaitGroup
	var fallen atomic.Int64 // the number of an entry that does not stand
	batches := make(chan []chain.Entry)
	for range runtime.GOMAXPROCS(0) {
		trying.Go(func() {
			for batch := range batches {
				for _, e := range batch {
					if !stands(e) {
						fallen.Store(e.Seq)
					}
				}
			}
		})
	}
	ends, err := readChains(ctx, q, func(batch []chain.Entry) {
		batches <- batch
		if step != nil {
			step(int64(len(batch)))
		}
	})
	close(batches)
	trying.Wait()
	if n := fallen.Load(); err == nil && n != 0 {
		err = fmt.Errorf("%w: chain entry %d is not what was entered", app.ErrDamaged, n)
	}
	if err != nil {
		return nil, err
	}
	heads, err := list(ctx, q, scanHead, "SELECT "+headColumns+" FROM chain_heads")
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		if end := ends[h.Client]; end.Seq != h.Seq || end.Hash != h.Hash {
			return nil, fmt.Errorf("%w: a chain's head is not its end", app.ErrDamaged)
		}
	}
	if len(ends) != len(heads) {
		return nil, fmt.Errorf("%w: a chain without a head", app.ErrDamaged)
	}
	return heads, nil
}

// readChains hands out all entries, client after client, and says where each chain ends.
func readChains(ctx context.Context, q querier, each func([]chain.Entry)) (ends map[string]chain.Head, err error) {
	rows, err := q.QueryContext(ctx, "SELECT "+entryColumns+" FROM chain ORDER BY client, seq")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ends = map[string]chain.Head{}
	var batch []chain.Entry
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		if !e.Follows(ends[e.Client]) {
			return nil, fmt.Errorf("%w: chain entry %d does not follow the one before it", app.ErrDamaged, e.Seq)
		}
		ends[e.Client] = chain.Head{Seq: e.Seq, Hash: e.Hash}
		if batch = append(batch, e); len(batch) == walkBatch {
			each(batch)
			batch = make([]chain.Entry, 0, walkBatch)
		}
	}
	each(batch)
	return ends, rows.Err()
}

// unentered counts what was signed and is not in the chain as it stands in the record.
const unentered = `
	SELECT (SELECT count(*) FROM notes n WHERE n.status <> 'preliminary' AND NOT EXISTS (
		SELECT 1 FROM chain c WHERE c.id = n.id AND c.kind = 'note.signed' AND c.client = n.client
			AND c.body ->> 'sha256' = lower(hex(n.signed_hash))))
	+ (SELECT count(*) FROM addenda a JOIN notes n ON n.row = a.note WHERE NOT EXISTS (
		SELECT 1 FROM chain c WHERE c.id = n.id AND c.kind = 'note.addendum' AND c.client = n.client
			AND c.body ->> 'number' = a.pos + 1 AND c.body ->> '$.sections[0].text' = a.text AND c.by = a.by))
	+ (SELECT count(*) FROM responses r WHERE NOT EXISTS (
		SELECT 1 FROM chain c WHERE c.id = r.id AND c.kind = 'measure.response' AND c.client = r.client
			AND c.body ->> 'answers' = r.answers AND c.body ->> 'total' IS r.total AND c.by = r.by))
	+ (SELECT count(*) FROM voided v WHERE NOT EXISTS (
		SELECT 1 FROM chain c JOIN responses r ON r.id = v.response WHERE c.id = v.response AND c.client = r.client AND c.kind = 'measure.void' AND c.body ->> '$.sections[0].text' = v.why AND c.by = v.by))
	+ (SELECT count(*) FROM alert_answers a WHERE NOT EXISTS (
		SELECT 1 FROM chain c JOIN alerts l ON l.id = a.alert WHERE c.id = a.alert AND c.client = l.client AND c.kind = 'alert.response' AND c.body ->> '$.sections[0].text' = a.done AND c.by = a.by))`

// entered counts the chain's entries, recorded what of the record must have one.
const entered, recorded = `SELECT count(*) FROM chain WHERE kind IN ('note.signed', 'note.addendum', 'measure.response', 'measure.void', 'alert.response')`,
	`SELECT (SELECT count(*) FROM notes WHERE status <> 'preliminary') + (SELECT count(*) FROM addenda) + (SELECT count(*) FROM responses)
		+ (SELECT count(*) FROM voided) + (SELECT count(*) FROM alert_answers)`

// agree tells whether chain and record have the same.
func agree(ctx context.Context, tx *sql.Tx) error {
	var missing, inChain, inRecord int
	for query, n := range map[string]*int{unentered: &missing, entered: &inChain, recorded: &inRecord} {
		if err := tx.QueryRowContext(ctx, query).Scan(n); err != nil {
			return err
		}
	}
	if missing != 0 || inChain != inRecord {
		return fmt.Errorf("%w: the chain has %d entries, the record %d; %d differ", app.ErrDamaged, inChain, inRecord, missing)
	}
	return nil
}
