package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"alcove/app"
)

// auditLog implements app.AuditLog. Each entry is chained to the one before it.
type auditLog struct{ *records }

func (s auditLog) Append(ctx context.Context, e app.AuditEntry) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		var last []byte
		err := tx.QueryRowContext(ctx, "SELECT chain FROM audit ORDER BY seq DESC LIMIT 1").Scan(&last)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO audit (at, act, client, about, chain) VALUES (?, ?, ?, ?, ?)",
			stamp(e.At), e.Act, string(e.Client), e.About, link(last, e))
		return err
	})
}

func (s auditLog) Recent(ctx context.Context, limit int) ([]app.AuditEntry, error) {
	all, err := list(ctx, s.store.DB(), func(row scanner) (e app.AuditEntry, err error) {
		err = row.Scan(when{&e.At}, &e.Act, &e.Client, &e.About)
		return e, err
	}, "SELECT at, act, client, about FROM audit ORDER BY seq DESC LIMIT ?", limit)
	return all, s.fail(ctx, err)
}

// verify walks the whole chain: app.ErrDamaged at the first entry that does not follow.
func (s auditLog) verify(ctx context.Context) error {
	rows, err := s.store.DB().QueryContext(ctx, "SELECT seq, at, act, client, about, chain FROM audit ORDER BY seq")
	if err != nil {
		return s.fail(ctx, err)
	}
	defer rows.Close()
	var last []byte
	for want := int64(1); rows.Next(); want++ {
		var e app.AuditEntry
		var seq int64
		var chain []byte
		if err := rows.Scan(&seq, when{&e.At}, &e.Act, &e.Client, &e.About, &chain); err != nil {
			return s.fail(ctx, err)
		}
		if seq != want || !bytes.Equal(chain, link(last, e)) {
			return fmt.Errorf("%w: audit entry %d does not follow the one before it", app.ErrDamaged, seq)
		}
		last = chain
	}
	return s.fail(ctx, rows.Err())
}

// link is SHA-256 over the chain before and the entry, each text with its length.
func link(last []byte, e app.AuditEntry) []byte {
	h := sha256.New()
	h.Write(last)
	b := binary.BigEndian.AppendUint64(nil, uint64(stamp(e.At))) // #nosec G115 -- its bits
	for _, text := range []string{e.Act, string(e.Client), e.About} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text))) // #nosec G115 -- far below 4 GiB
		b = append(b, text...)
	}
	h.Write(b)
	return h.Sum(nil)
}
