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

// DrillBackup restores a backup into a scratch place, opens it, and compares: the scratch store with what the backup
// says of itself, and its history with that of the open record, of which it must be the beginning.
//
// Two things that a restore does are left out. The scratch store is not synced: it goes at once. And the signatures of the chains'
// entries are not tried, which takes most of a restore's time: the record's own chain goes on from a hash that all of them lead to.
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
	facts, err := b.claims(key)
	if err != nil {
		return rep, err
	}
	step := stepping(report, int64(b.store)+entryWeight*(facts.Audit+facts.Rows["chain"])) // #nosec G115 -- bounded when parsed
	if rep.Pages, err = b.unpack(ctx, key, filepath.Join(scratch, storeName), step); err != nil {
		return rep, s.while(ctx, err)
	}
	err = s.keys.vault.tryStore(ctx, b, scratch, key, func(r *app.Records, f backupFacts) error {
		log, structure := r.Audit.(auditLog), make(chan error, 1)
		checking, stop := context.WithCancel(ctx)
		defer stop()
		go func() { structure <- log.store.(*sealed.Store).CheckTables(checking) }() // a restore refuses what fails it
		err := s.compare(ctx, log, f, &rep, func(entries int64) { step(entryWeight * entries) })
		if err != nil {
			stop()
		}
		if broken := <-structure; broken != nil && err == nil {
			err = ofTheRecord(log.fail(ctx, broken))
		}
		return err
	})
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

// entryWeight is how many bytes of a store are read in the time that one entry of a log or a chain takes, about.
const entryWeight = 4 << 10

// stepping makes steps towards total out of a Progress, which may be nil.
func stepping(report app.Progress, total int64) func(n int64) {
	done := int64(0)
	return func(n int64) {
		if done += n; report != nil {
			report(min(done, total), total)
		}
	}
}

// compare walks the scratch store's log and chains, and holds them against the open record.
func (s backups) compare(ctx context.Context, scratch auditLog, f backupFacts, rep *app.DrillReport, step func(entries int64)) error {
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
	h, err := scratch.follow(ctx, false, step)
	if err != nil {
		return ofTheRecord(err)
	}
	rep.Known = h.findings()
	untold, err := app.Untold(ctx, auditLog(s), rep.Known)
	if err == nil && len(untold) > 0 {
		err = &app.FindingsError{Findings: untold}
	}
	if err != nil {
		return err
	}
	if _, had := f.Rows["chain_heads"]; !had {
		return nil // it is from before there were chains
	}
	return s.compareChains(ctx, h.heads)
}

// ofTheRecord is also app.ErrBackupDamaged for damage in a backup whose seals and MAC are right: the record had it.
func ofTheRecord(err error) error {
	if errors.Is(err, app.ErrDamaged) {
		return fmt.Errorf("%w: %w", app.ErrBackupDamaged, err)
	}
	return err
}

// compareChains: every client's chain in the backup is the beginning of that client's chain in the record. A client
// who is no longer in the record was erased from it.
func (s backups) compareChains(ctx context.Context, heads []chain.Head) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		find, err := tx.PrepareContext(ctx, "SELECT hash FROM chain WHERE client = ? AND seq = ?")
		if err != nil {
			return err
		}
		defer find.Close()
		for _, h := range heads {
			var hash chain.Hash
			err := find.QueryRowContext(ctx, h.Client, h.Seq).Scan(into(hash[:]))
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

// unpack writes the store to path. It is not synced.
func (b *backupReader) unpack(ctx context.Context, key *sealed.Key, path string, step func(n int64)) (pages int64, err error) {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // #nosec G304 -- in the profile
	if err != nil {
		return 0, roomFor(err)
	}
	pages, err = b.copyStore(ctx, key, out, step)
	err = errors.Join(err, out.Close())
	if errors.Is(err, sealed.ErrDamaged) {
		return 0, fmt.Errorf("%w: %v", app.ErrBackupChanged, err)
	}
	return pages, roomFor(err)
}

// tryStore opens the store of an unpacked backup in dir, holds it against the backup's facts, and hands it to look. It leaves the
// store up to date and closed.
func (v *Vault) tryStore(ctx context.Context, b *backupReader, dir string, key *sealed.Key, look func(*app.Records, backupFacts) error) error {
	if int(b.schema) > newestSchema() {
		return fmt.Errorf("%w: schema %d", app.ErrNewerBackup, b.schema)
	}
	facts, err := b.claims(key)
	if err != nil {
		return err
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
		return roomFor(errors.Join(store.Explain(err), store.Close()))
	}
	all := newRecords(store, newVaultKeys(v, b.keys, key, new(stretched)))
	return roomFor(errors.Join(look(all, facts), all.Close()))
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
