package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"alcove/app"
	"alcove/app/chain"
)

// chainStore implements app.ChainStore.
type chainStore struct{ *records }

// enter puts e at the end of its client's chain, signs the new head, and writes the audit log's entry. It is called in the
// transaction that writes what e is about, so that none of them is ever there without the others:
//
//	return s.tx(ctx, func(tx *sql.Tx) error {
//		… the record's own write …
//		return enter(ctx, tx, chain.Entry{Client: …, Kind: chain.PlanVersion, ID: …, At: …, By: …, Body: …})
//	})
//
// chain.Body makes the body; it holds every word that was signed, since a verifier shows nothing else. The words of
// a psychotherapy note never go in: they are under a key of their own, and a record file is in clear words.
// app.ErrDamaged if the chain's end is not what was entered last.
func enter(ctx context.Context, tx *sql.Tx, e chain.Entry) error {
	key, err := chainKey(ctx, tx)
	if err != nil {
		return err
	}
	defer key.Wipe()
	last, err := headOf(ctx, tx, key.Public(), e.Client)
	if err != nil {
		return err
	}
	e, head, err := key.Enter(last, e)
	if err != nil {
		return err
	}
	if err := putEntry(ctx, tx, e, head); err != nil {
		return err
	}
	return logIn(ctx, tx, app.SignedAct(e))
}

// putEntry writes an entry and the head that it makes.
func putEntry(ctx context.Context, q querier, e chain.Entry, head chain.Head) error {
	if _, err := q.ExecContext(ctx, `INSERT INTO chain (client, seq, kind, id, at, by, body, prev, hash, signature)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Client, e.Seq, string(e.Kind), e.ID, stamp(e.At), e.By, string(e.Body), e.Prev[:], e.Hash[:], e.Signature[:]); err != nil {
		return err
	}
	_, err := q.ExecContext(ctx, `INSERT INTO chain_heads (client, seq, hash, at, signature) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (client) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at, signature = excluded.signature`,
		head.Client, head.Seq, head.Hash[:], stamp(head.At), head.Signature[:])
	return err
}

// enterNote enters what the transaction has just signed of a note.
func enterNote(ctx context.Context, tx *sql.Tx, id app.NoteID, entry func(app.Note) (chain.Entry, error)) error {
	n, err := readNote(ctx, tx, id)
	if err != nil {
		return err
	}
	e, err := entry(n)
	if err != nil {
		return err
	}
	return enter(ctx, tx, e)
}

// chainKey reads the signing key, which is in memory only while something is signed.
func chainKey(ctx context.Context, q querier) (*chain.Key, error) {
	var seed []byte
	if err := q.QueryRowContext(ctx, "SELECT seed FROM chain_key").Scan(&seed); err != nil {
		return nil, err
	}
	defer clear(seed)
	return chain.NewKey(seed)
}

// headOf is the signed end of a client's chain, the zero Head before the first entry. app.ErrDamaged if it is not
// the end of the entries.
func headOf(ctx context.Context, q querier, key chain.PublicKey, client string) (chain.Head, error) {
	h, err := scanHead(q.QueryRowContext(ctx, "SELECT "+headColumns+" FROM chain_heads WHERE client = ?", client))
	if errors.Is(err, sql.ErrNoRows) {
		h = chain.Head{}
		err = nil
	}
	if err != nil {
		return chain.Head{}, err
	}
	var seq int64
	var hash chain.Hash
	err = q.QueryRowContext(ctx, "SELECT seq, hash FROM chain WHERE client = ? ORDER BY seq DESC LIMIT 1", client).Scan(&seq, into(hash[:]))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return chain.Head{}, err
	}
	if seq != h.Seq || hash != h.Hash || seq > 0 && !h.Stands(key) {
		return chain.Head{}, fmt.Errorf("%w: a chain's head is not its end", app.ErrDamaged)
	}
	return h, nil
}

// into scans bytes of exactly its length. Of another length they are no hash and no signature, and so zero, which fits nothing: what
// they belong to is then named among what does not stand, and is no reason to read no more.
type into []byte

// Scan implements sql.Scanner.
func (b into) Scan(v any) error {
	clear(b)
	if from, ok := v.([]byte); ok && len(from) == len(b) {
		copy(b, from)
	}
	return nil
}

const headColumns = "client, seq, hash, at, signature"

func scanHead(row scanner) (h chain.Head, err error) {
	err = row.Scan(&h.Client, &h.Seq, into(h.Hash[:]), when{&h.At}, into(h.Signature[:]))
	return h, err
}

const entryColumns = "client, seq, kind, id, at, by, body, prev, hash, signature"

func scanEntry(row scanner) (e chain.Entry, err error) {
	err = row.Scan(&e.Client, &e.Seq, &e.Kind, &e.ID, when{&e.At}, &e.By, (*[]byte)(&e.Body), into(e.Prev[:]), into(e.Hash[:]), into(e.Signature[:]))
	return e, err
}

func (s chainStore) RecordFile(ctx context.Context, f chain.Facts) ([]byte, error) {
	var file []byte
	err := s.tx(ctx, func(tx *sql.Tx) error {
		key, err := chainKey(ctx, tx)
		if err != nil {
			return err
		}
		defer key.Wipe()
		head, err := headOf(ctx, tx, key.Public(), f.Client)
		if err != nil {
			return err
		}
		entries, err := list(ctx, tx, scanEntry, "SELECT "+entryColumns+" FROM chain WHERE client = ? ORDER BY seq", f.Client)
		if err != nil {
			return err
		}
		file, err = key.Seal(f, head, entries)
		return err
	})
	return file, err
}

func (s chainStore) ChainKey(ctx context.Context) (chain.PublicKey, error) {
	key, err := chainKey(ctx, s.store.DB())
	if err != nil {
		return chain.PublicKey{}, s.fail(ctx, err)
	}
	defer key.Wipe()
	return key.Public(), nil
}
