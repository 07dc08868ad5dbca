package storage

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"alcove/app"
	"alcove/app/chain"
	"alcove/storage/sealed"
)

// drillDir is the scratch place of a drill, inside the profile: nobody else can read it, and a start removes what a
// drill that was killed has left.
const drillDir = "drill"

// DrillBackup does to a backup all that a restore does, and then compares: the scratch store with what the backup
// says of itself, and its history with that of the open record, of which it must be the beginning.
func (s backups) DrillBackup(ctx context.Context, path string, report app.Progress) (rep app.DrillReport, err error) {
	start := time.Now()
	key, content, err := s.keys.forBackup()
	if err != nil {
		return rep, err
	}
	defer key.Wipe()
	ctx, done := s.keys.while(ctx) // a lock ends it
	defer done()
	live, err := parseKeyFile(content)
	if err != nil {
		return rep, err
	}
	scratch := filepath.Join(s.keys.vault.dir, drillDir)
	if err := errors.Join(os.RemoveAll(scratch), os.Mkdir(scratch, 0o700)); err != nil {
		return rep, roomFor(err)
	}
	defer func() { err = errors.Join(err, explain(os.RemoveAll(scratch))) }()

	b, err := openBackup(path)
	if err != nil {
		return rep, err
	}
	defer b.close()
	if !bytes.Equal(b.vault[:], live.Vault) {
		return rep, fmt.Errorf("%w: it is another vault's", app.ErrNoBackup)
	}
	rep.Backup = b.described()
	rep.KitFits = bytes.Equal(b.keys.Recovery.Salt, live.Recovery.Salt)
	rep.KeyFits = bytes.Equal(b.keys.KDF.Salt, live.KDF.Salt) && b.keys.Device.Entry == live.Device.Entry
	facts, pages, err := b.unpack(ctx, key, filepath.Join(scratch, storeName), report)
	if err != nil {
		return rep, s.while(ctx, err)
	}
	rep.Pages = pages
	err = s.keys.vault.tryStore(ctx, b, scratch, key, facts, func(r *records) error { return s.compare(ctx, r, facts, &rep) })
	rep.Took = time.Since(start)
	return rep, s.while(ctx, err)
}

// while is app.ErrLocked for what a lock has ended.
func (s backups) while(ctx context.Context, err error) error {
	if err != nil && s.closed.Load() {
		return app.ErrLocked
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// compare holds the scratch store against the open record.
func (s backups) compare(ctx context.Context, r *records, f backupFacts, rep *app.DrillReport) error {
	rep.Clients, rep.Notes, rep.Signatures, rep.Entries = f.Rows["clients"], f.Rows["notes"], f.Rows["chain"], f.Audit
	now, chainNow := int64(0), []byte(nil)
	err := s.tx(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM audit").Scan(&now); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, "SELECT chain FROM audit WHERE seq = ?", f.Audit).Scan(&chainNow)
		if errors.Is(err, sql.ErrNoRows) && f.Audit == 0 {
			err = nil
		}
		return err
	})
	if errors.Is(err, app.ErrNotFound) {
		return fmt.Errorf("%w: the record's audit log is shorter than the backup's", app.ErrDrillFailed)
	}
	if err != nil {
		return err
	}
	if !bytes.Equal(chainNow, f.Chain) {
		return fmt.Errorf("%w: the record's audit log is not the backup's, gone on", app.ErrDrillFailed)
	}
	rep.LaterInRecord = now - f.Audit
	if _, had := f.Rows["chain_heads"]; !had {
		return nil // it is from before there were chains
	}
	return s.compareChains(ctx, r)
}

// compareChains: every client's chain in the backup is the beginning of that client's chain in the record. A client
// who is no longer in the record was erased from it.
func (s backups) compareChains(ctx context.Context, r *records) error {
	heads, err := list(ctx, r.store.DB(), func(row scanner) (h chain.Head, err error) {
		err = row.Scan(&h.Client, &h.Seq, into(h.Hash[:]))
		return h, err
	}, "SELECT client, seq, hash FROM chain_heads")
	if err != nil {
		return r.fail(ctx, err)
	}
	return s.tx(ctx, func(tx *sql.Tx) error {
		for _, h := range heads {
			var hash chain.Hash
			err := tx.QueryRowContext(ctx, "SELECT hash FROM chain WHERE client = ? AND seq = ?", h.Client, h.Seq).Scan(into(hash[:]))
			switch {
			case errors.Is(err, sql.ErrNoRows):
				left := 0
				if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM clients WHERE id = ?", h.Client).Scan(&left); err != nil {
					return err
				}
				if left > 0 {
					return fmt.Errorf("%w: a client's chain is shorter in the record", app.ErrDrillFailed)
				}
			case err != nil:
				return err
			case hash != h.Hash:
				return fmt.Errorf("%w: a client's chain is another one in the record", app.ErrDrillFailed)
			}
		}
		return nil
	})
}

// unpack writes the store to path, and syncs it.
func (b *backupReader) unpack(ctx context.Context, key *sealed.Key, path string, report app.Progress) (facts backupFacts, pages int64, err error) {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // #nosec G304 -- in the profile
	if err != nil {
		return facts, 0, roomFor(err)
	}
	done := int64(0)
	facts, pages, err = b.copyStore(ctx, key, out, func(n int64) {
		if done += n; report != nil {
			report(done, int64(b.store)) // #nosec G115 -- bounded when parsed
		}
	})
	if err == nil {
		err = out.Sync()
	}
	err = errors.Join(err, out.Close())
	if errors.Is(err, sealed.ErrDamaged) {
		return facts, 0, fmt.Errorf("%w: %v", app.ErrBackupChanged, err)
	}
	return facts, pages, roomFor(err)
}

// tryStore opens the store of an unpacked backup in dir, holds it against the facts, checks all of it, and hands it to
// look. It leaves the store up to date and closed.
func (v *Vault) tryStore(ctx context.Context, b *backupReader, dir string, key *sealed.Key, facts backupFacts, look func(*records) error) error {
	if int(b.schema) > newestSchema() {
		return fmt.Errorf("%w: schema %d", app.ErrNewerBackup, b.schema)
	}
	store, err := sealed.Open(ctx, filepath.Join(dir, storeName), key)
	if err != nil {
		return explain(err)
	}
	now, schema, err := factsOf(ctx, store.DB())
	if err == nil && (schema != b.schema || !sameFacts(now, facts)) {
		err = fmt.Errorf("%w: it does not hold what it says", app.ErrBackupChanged)
	}
	if err == nil {
		err = migrate(ctx, store)
	}
	if err != nil {
		return explain(errors.Join(store.Explain(err), store.Close()))
	}
	all := newRecords(store, newVaultKeys(v, b.keys, key, new(stretched)))
	err = Check(ctx, all)
	if err == nil {
		err = look(all.Audit.(auditLog).records)
	}
	return errors.Join(err, all.Close())
}

func sameFacts(a, b backupFacts) bool {
	if len(a.Rows) != len(b.Rows) || a.Audit != b.Audit || !bytes.Equal(a.Chain, b.Chain) {
		return false
	}
	for table, n := range a.Rows {
		if m, ok := b.Rows[table]; !ok || m != n {
			return false
		}
	}
	return true
}
