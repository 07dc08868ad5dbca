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

// enter puts e at the end of its client's chain and signs the new head. It is called in the transaction that
// writes what e is about, so that neither is ever there without the other:
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
	if _, err := tx.ExecContext(ctx, `INSERT INTO chain (client, seq, kind, id, at, by, body, prev, hash, signature)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Client, e.Seq, string(e.Kind), e.ID, stamp(e.At), e.By, string(e.Body), e.Prev[:], e.Hash[:], e.Signature[:]); err != nil {
		return err
	}
	write := "UPDATE chain_heads SET seq = ?2, hash = ?3, at = ?4, signature = ?5 WHERE client = ?1"
	if head.Seq == 1 {
		write = "INSERT INTO chain_heads (client, seq, hash, at, signature) VALUES (?1, ?2, ?3, ?4, ?5)"
	}
	_, err = tx.ExecContext(ctx, write, head.Client, head.Seq, head.Hash[:], stamp(head.At), head.Signature[:])
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
	h := chain.Head{Client: client}
	err := q.QueryRowContext(ctx, "SELECT seq, hash, at, signature FROM chain_heads WHERE client = ?", client).Scan(
		&h.Seq, into(h.Hash[:]), when{&h.At}, into(h.Signature[:]))
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

// into scans bytes of exactly its length.
type into []byte

// Scan implements sql.Scanner.
func (b into) Scan(v any) error {
	from, ok := v.([]byte)
	if !ok || len(from) != len(b) {
		return errors.New("storage: bytes of another length")
	}
	copy(b, from)
	return nil
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

// verify walks every client's chain, and looks whether it and the record say the same: app.ErrDamaged.
func (s chainStore) verify(ctx context.Context) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		key, err := chainKey(ctx, tx)
		if err != nil {
			return err
		}
		defer key.Wipe()
		clients, err := list(ctx, tx, func(row scanner) (c string, err error) { err = row.Scan(&c); return c, err },
			"SELECT client FROM chain UNION SELECT client FROM chain_heads")
		if err != nil {
			return err
		}
		for _, c := range clients {
			if err := verifyChain(ctx, tx, key.Public(), c); err != nil {
				return err
			}
		}
		return errors.Join(agree(ctx, tx), plansAgree(ctx, tx))
	})
}

func verifyChain(ctx context.Context, tx *sql.Tx, key chain.PublicKey, client string) error {
	if _, err := headOf(ctx, tx, key, client); err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, "SELECT "+entryColumns+" FROM chain WHERE client = ? ORDER BY seq", client)
	if err != nil {
		return err
	}
	defer rows.Close()
	var last chain.Head
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return err
		}
		if !e.Follows(last) || !e.Stands(key) {
			return fmt.Errorf("%w: chain entry %d is not what was entered", app.ErrDamaged, e.Seq)
		}
		last = chain.Head{Seq: e.Seq, Hash: e.Hash}
	}
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
