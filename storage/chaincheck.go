package storage

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"runtime"
	"slices"
	"sync"

	"alcove/app"
	"alcove/app/chain"
)

// history is the audit log and all chains, gone along from end to end.
type history struct {
	heads []chain.Head            // as the store has them
	ends  map[string]chain.Head   // by client: the last entry that is there
	odd   map[oddity]*app.Finding // what does not hold
	mu    sync.Mutex              // of odd
}

type oddity struct {
	kind   app.FindingKind
	client string
}

// note adds n of a kind; place is the number of an entry, or 0.
func (h *history) note(kind app.FindingKind, client string, n, place int64) {
	if n == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.odd[oddity{kind, client}]
	if f == nil {
		f = &app.Finding{Kind: kind, Client: app.ClientID(client)}
		h.odd[oddity{kind, client}] = f
	}
	f.Count += n
	if place > 0 {
		f.Places = append(f.Places, place)
	}
}

// findings are in the same order each time.
func (h *history) findings() (all []app.Finding) {
	for _, f := range h.odd {
		slices.Sort(f.Places)
		all = append(all, *f)
	}
	slices.SortFunc(all, func(a, b app.Finding) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Client, b.Client))
	})
	return all
}

// follow goes along the audit log and every client's chain, and looks whether chains and record say the same, and whether a row points
// to one that is gone. It does not stop at what does not hold. signed: the signatures are tried too, which takes most of the time. step hears of each entry.
func (s auditLog) follow(ctx context.Context, signed bool, step func(entries int64)) (*history, error) {
	h := &history{ends: map[string]chain.Head{}, odd: map[oddity]*app.Finding{}}
	proof, err := s.VerifyAudit(ctx, func(int64, int64) { step(1) })
	if err != nil {
		return nil, err
	}
	for _, place := range proof.Broken {
		h.note(app.FoundLog, "", 1, place)
	}
	return h, s.tx(ctx, func(tx *sql.Tx) error {
		entry, head := chain.Entry.Kept, func(chain.Head) bool { return true }
		if signed {
			key, err := chainKey(ctx, tx)
			if err != nil {
				return err
			}
			public := key.Public()
			key.Wipe()
			entry, head = func(e chain.Entry) bool { return e.Stands(public) }, func(h chain.Head) bool { return h.Stands(public) }
		}
		if err := h.walk(ctx, tx, entry, head, step); err != nil {
			return err
		}
		differ, err := differing(ctx, tx)
		if err != nil {
			return err
		}
		h.note(app.FoundRecord, "", differ, 0)
		loose := int64(0)
		err = tx.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&loose)
		h.note(app.FoundLoose, "", loose, 0)
		return err
	})
}

// walkBatch entries are tried at once.
const walkBatch = 128

// walk reads every client's chain from its first entry to its head. entry is asked of each entry, on all cores: reading is for one.
func (h *history) walk(ctx context.Context, q querier, entry func(chain.Entry) bool, head func(chain.Head) bool, step func(entries int64)) error {
	var trying sync.WaitGroup
	batches := make(chan []chain.Entry)
	for range runtime.GOMAXPROCS(0) {
		trying.Go(func() {
			for batch := range batches {
				for _, e := range batch {
					if !entry(e) {
						h.note(app.FoundEntry, e.Client, 1, e.Seq)
					}
				}
			}
		})
	}
	err := h.read(ctx, q, func(batch []chain.Entry) {
		batches <- batch
		step(int64(len(batch)))
	})
	close(batches)
	trying.Wait()
	if err != nil {
		return err
	}
	if h.heads, err = list(ctx, q, scanHead, "SELECT "+headColumns+" FROM chain_heads"); err != nil {
		return err
	}
	headless := maps.Clone(h.ends)
	for _, is := range h.heads {
		delete(headless, is.Client)
		if end := h.ends[is.Client]; end.Seq != is.Seq || end.Hash != is.Hash || !head(is) {
			h.note(app.FoundEnd, is.Client, 1, end.Seq)
		}
	}
	for client, end := range headless {
		h.note(app.FoundEnd, client, 1, end.Seq)
	}
	return nil
}

// read hands out all entries, client after client.
func (h *history) read(ctx context.Context, q querier, each func([]chain.Entry)) error {
	rows, err := q.QueryContext(ctx, "SELECT "+entryColumns+" FROM chain ORDER BY client, seq")
	if err != nil {
		return err
	}
	defer rows.Close()
	var batch []chain.Entry
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return err
		}
		if !e.Follows(h.ends[e.Client]) {
			h.note(app.FoundOrder, e.Client, 1, e.Seq)
		}
		h.ends[e.Client] = chain.Head{Client: e.Client, Seq: e.Seq, Hash: e.Hash}
		if batch = append(batch, e); len(batch) == walkBatch {
			each(batch)
			batch = make([]chain.Entry, 0, walkBatch)
		}
	}
	each(batch)
	return rows.Err()
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

// differing counts what chain and record do not have alike.
func differing(ctx context.Context, tx *sql.Tx) (int64, error) {
	var missing, inChain, inRecord int64
	for query, n := range map[string]*int64{unentered: &missing, entered: &inChain, recorded: &inRecord} {
		if err := tx.QueryRowContext(ctx, query).Scan(n); err != nil {
			return 0, err
		}
	}
	plans, err := plansDiffer(ctx, tx)
	// What stands in both but differs is missing, and so hides no other entry whose thing is gone.
	return plans + max(missing, missing+inChain-inRecord, inRecord-inChain), err
}
