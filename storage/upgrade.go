package storage

import (
	"context"
	"errors"
	"sync"

	"alcove/app"
	"alcove/app/chain"
)

// upgrade does what migrations cannot say in SQL: it makes the practice's signing key, once, and enters what was signed before there
// was a chain; and it writes the index of notes where a migration has emptied it. It is one transaction: a store has a key and all its
// signed notes in the chain, and all notes in the index, or none of it.
func upgrade(ctx context.Context, s database, report app.Progress) error {
	tx, err := s.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	q := prepare(tx)
	defer q.close()
	changed, err := upgradeIn(ctx, q, report)
	if err != nil || !changed {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func upgradeIn(ctx context.Context, q querier, report app.Progress) (changed bool, err error) {
	var keyed, indexed bool
	if err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM chain_key), EXISTS (SELECT 1 FROM note_words_docsize)").Scan(&keyed, &indexed); err != nil {
		return false, err
	}
	var toSign []signature
	var toIndex []int64
	if !keyed {
		toSign, err = list(ctx, q, func(row scanner) (s signature, err error) { err = row.Scan(&s.note, &s.addendum); return s, err }, `
			SELECT id, pos FROM (
				SELECT id, -1 AS pos, signed_at AS at, row FROM notes WHERE status <> 'preliminary'
				UNION ALL SELECT n.id, a.pos, max(a.at, n.signed_at), n.row FROM addenda a JOIN notes n ON n.row = a.note)
			ORDER BY at, row, pos`)
	}
	if err == nil && !indexed {
		toIndex, err = list(ctx, q, func(row scanner) (n int64, err error) { err = row.Scan(&n); return n, err }, "SELECT row FROM notes WHERE deleted = 0 AND client IN (SELECT id FROM clients) ORDER BY row")
	}
	step := stepping(report, int64(len(toSign)+len(toIndex)))
	if err == nil && !keyed {
		err = startChain(ctx, q, toSign, step)
	}
	if err != nil {
		return false, err
	}
	for _, row := range toIndex {
		if err := indexNote(ctx, q, row); err != nil {
			return false, err
		}
		step(1)
	}
	return !keyed || len(toIndex) > 0, nil
}

// reindex writes what is searched anew, from the record, in one transaction.
func reindex(ctx context.Context, s database, report app.Progress) error {
	tx, err := s.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	q := prepare(tx)
	defer q.close()
	for _, empty := range []string{
		"INSERT INTO client_words (client_words) VALUES ('delete-all')", "INSERT INTO note_words (note_words) VALUES ('delete-all')",
	} {
		if _, err := tx.ExecContext(ctx, empty); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	if err := indexClients(ctx, q); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if _, err := upgradeIn(ctx, q, report); err != nil { // which finds the index of notes empty
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// startChain makes the key and enters all.
func startChain(ctx context.Context, q querier, all []signature, step func(int64)) error {
	key := chain.GenerateKey()
	defer key.Wipe()
	seed := key.Seed()
	defer clear(seed)
	if _, err := q.ExecContext(ctx, "INSERT INTO chain_key (one, seed) VALUES (1, ?)", seed); err != nil {
		return err
	}
	heads := map[app.ClientID]chain.Head{}
	for from := 0; from < len(all); from += lateBatch {
		batch := all[from:min(from+lateBatch, len(all))]
		if err := enterLate(ctx, q, key, heads, batch); err != nil {
			return err
		}
		step(int64(len(batch)))
	}
	return nil
}

// signature is of a note, or of the addendum of that number; -1 is the note itself.
type signature struct {
	note     app.NoteID
	addendum int
}

// lateBatch signatures are worked out at once: what a note says is in memory only so long.
const lateBatch = 1000

// enterLate enters a batch, each client's at the end of heads. Hashing and signing, most of the work, is done on all cores, a client a time: their chains
// do not depend on each other.
func enterLate(ctx context.Context, q querier, key *chain.Key, heads map[app.ClientID]chain.Head, batch []signature) error {
	type late struct {
		app.Note
		entry chain.Entry
		head  chain.Head
		err   error
	}
	all, chains := make([]late, len(batch)), map[app.ClientID][]int{}
	for i, s := range batch {
		var err error
		if i > 0 && batch[i-1].note == s.note {
			all[i].Note = all[i-1].Note
		} else if all[i].Note, err = readNote(ctx, q, s.note); err != nil {
			return err
		}
		chains[all[i].Client] = append(chains[all[i].Client], i)
	}
	var working sync.WaitGroup
	for client, of := range chains {
		last := heads[client]
		working.Go(func() {
			for _, i := range of {
				l := &all[i]
				if l.entry, l.err = lateEntry(l.Note, batch[i].addendum); l.err == nil {
					l.entry, l.head, l.err = key.Enter(last, l.entry)
				}
				last = l.head
			}
		})
	}
	working.Wait()
	for _, l := range all {
		if l.err != nil {
			return l.err
		}
		if err := putEntry(ctx, q, l.entry, l.head); err != nil {
			return err
		}
		heads[l.Client] = l.head
	}
	return nil
}

func lateEntry(n app.Note, addendum int) (e chain.Entry, err error) {
	if addendum < 0 {
		e, err = n.Entry()
	} else {
		e, err = n.AddendumEntry(addendum)
	}
	if err != nil {
		return e, err
	}
	return chain.Late(e)
}
