package storage

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"alcove/app"
	"alcove/storage/keychain"
	"alcove/storage/sealed"
)

// asidePrefix begins the name of a vault that a restore has replaced; the time of the restore follows.
const (
	asidePrefix = vaultDir + ".before-"
	asideTime   = "20060102T150405.000000000Z"
)

var _ app.Restorer = (*Vault)(nil)

// Inspect reads what a backup says of itself without a key.
func (v *Vault) Inspect(ctx context.Context, path string) (app.BackupFile, error) {
	if err := ctx.Err(); err != nil {
		return app.BackupFile{}, err
	}
	return inspect(path)
}

// Restore makes a vault of a backup beside the vault's place, checks all of it, and only then moves it there; what was
// there is moved aside. Killed at any moment, the next start finds the one or the other, whole (tidy).
func (v *Vault) Restore(ctx context.Context, o app.RestoreOrder, tell app.RestoreProgress) (*app.Records, error) {
	if emptyPassphrase(o.Pass) {
		return nil, app.ErrWeakPassphrase
	}
	b, err := openBackup(o.Path)
	if err != nil {
		return nil, err
	}
	defer b.close()
	key, err := b.keys.openKit(o.Kit)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	if err := v.notElsewhere(b.vault[:]); err != nil {
		return nil, err
	}
	if err := v.replaces(ctx, b, key); err != nil && !(o.Replace && errors.Is(err, app.ErrWouldReplace)) {
		return nil, err
	}
	if tell == nil {
		tell = func(app.RestorePhase, int64, int64) {}
	}
	f, s, err := v.stage(ctx, b, key, o.Pass, tell)
	if err != nil {
		return nil, err
	}
	if err = ctx.Err(); err == nil {
		err = v.moveIn(filepath.Join(v.dir, vaultDir+".new"))
	}
	if err != nil {
		s.wipe()
		return nil, errors.Join(roomFor(err), os.RemoveAll(filepath.Join(v.dir, vaultDir+".new")), v.forget(f.Device.Entry))
	}
	return v.open(context.WithoutCancel(ctx), f, key, s) // it is done: called off now, it is not to be said that it was not
}

// stage makes the whole vault at its place beside the vault.
func (v *Vault) stage(ctx context.Context, b *backupReader, key *sealed.Key, p app.Passphrase, tell app.RestoreProgress) (f *keyFile, s *stretched, err error) {
	staging := filepath.Join(v.dir, vaultDir+".new")
	if err := errors.Join(os.RemoveAll(staging), os.Mkdir(staging, 0o700)); err != nil {
		return nil, nil, roomFor(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(staging))
		}
	}()
	of := func(phase app.RestorePhase) app.Progress { return func(done, total int64) { tell(phase, done, total) } }
	_, err = b.unpack(ctx, key, filepath.Join(staging, storeName), stepping(of(app.RestoreReading), int64(b.store))) // #nosec G115 -- bounded when parsed
	if err == nil {
		tell(app.RestoreWriting, 0, 0)
		err = roomFor(syncFile(filepath.Join(staging, storeName)))
	}
	if err == nil {
		err = v.tryStore(app.WithProgress(ctx, of(app.RestoreUpdating)), b, staging, key, func(r *app.Records, _ backupFacts) error { return accept(ctx, r, tell) })
	}
	if err != nil {
		return nil, nil, err
	}
	tell(app.RestoreKeys, 0, 0)
	secret := keychain.GenerateSecret()
	defer secret.Wipe()
	now := *b.keys
	f = &now
	f.KDF = calibrate(v.kdfCost)
	f.Device.Entry = newEntry(f.Vault)
	s = f.KDF.stretch(p)
	defer func() {
		if err != nil {
			s.wipe()
		}
	}()
	if err := f.setPassphrase(key, s, secret); err != nil {
		return nil, nil, err
	}
	content, err := f.marshal()
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(replaceFile(filepath.Join(staging, keyName), content), v.writeLabel(staging)); err != nil {
		return nil, nil, roomFor(err)
	}
	return f, s, explain(v.keychain.Set(ctx, f.Device.Entry, secret))
}

// moveIn puts what lies beside it into the vault's place, and what was there aside.
func (v *Vault) moveIn(from string) error {
	vault := filepath.Join(v.dir, vaultDir)
	aside := filepath.Join(v.dir, asidePrefix+time.Now().UTC().Format(asideTime))
	err := os.Rename(vault, aside)
	if errors.Is(err, fs.ErrNotExist) {
		aside, err = "", nil
	}
	if err == nil {
		err = os.Rename(from, vault)
		if err != nil && aside != "" {
			err = errors.Join(err, os.Rename(aside, vault))
		}
	}
	if err != nil {
		return err
	}
	_ = syncDir(v.dir) // a power cut now brings the earlier one back, which tidy takes for what it is
	return nil
}

// tidy undoes what was killed: a drill, a set-up, a restore. A restore has happened once its vault stands in its place;
// before that the earlier one goes back there.
func (v *Vault) tidy() error {
	err := errors.Join(os.RemoveAll(filepath.Join(v.dir, drillDir)), os.RemoveAll(filepath.Join(v.dir, vaultDir+".new")))
	vault := filepath.Join(v.dir, vaultDir)
	if _, statErr := os.Lstat(vault); !errors.Is(statErr, fs.ErrNotExist) {
		return err
	}
	if aside := asides(v.dir); len(aside) > 0 {
		err = errors.Join(err, os.Rename(aside[0].Path, vault), syncDir(v.dir))
	}
	return err
}

// asides are the vaults put aside in a profile, newest first.
func asides(dir string) []app.AsideRecord {
	entries, _ := os.ReadDir(dir)
	var all []app.AsideRecord
	for _, e := range entries {
		at, err := time.Parse(asideTime, strings.TrimPrefix(e.Name(), asidePrefix))
		if err == nil && e.IsDir() && strings.HasPrefix(e.Name(), asidePrefix) {
			all = append(all, app.AsideRecord{Path: filepath.Join(dir, e.Name()), At: at})
		}
	}
	slices.SortFunc(all, func(a, b app.AsideRecord) int { return b.At.Compare(a.At) })
	return all
}

// replaces is nil if there is no vault here, else a *app.ReplaceError that says what would be put aside.
func (v *Vault) replaces(ctx context.Context, b *backupReader, key *sealed.Key) error {
	state, err := v.State(ctx)
	if err != nil || state == app.VaultAbsent {
		return err
	}
	e := &app.ReplaceError{Backup: b.created, Record: v.touched()}
	here, err := v.readKeyFile()
	if err != nil { // it cannot be read: that may be why somebody restores
		e.Older = e.Record.After(e.Backup)
		return e
	}
	e.Other = !bytes.Equal(here.Vault, b.vault[:])
	e.Older = e.Record.After(e.Backup)
	if e.Other {
		return e
	}
	// It is the same practice's, so the key opens both, and their audit logs tell which of them went on.
	facts, err := b.claims(key)
	if err != nil {
		return err
	}
	if store, err := sealed.Open(ctx, v.path(storeName), key); err == nil {
		now, at := backupFacts{}, time.Time{}
		now, _, err = factsOf(ctx, store.DB())
		if err == nil && now.Audit > 0 {
			err = store.DB().QueryRowContext(ctx, "SELECT at FROM audit WHERE seq = ?", now.Audit).Scan(when{&at})
		}
		if err = errors.Join(err, store.Close()); err == nil {
			e.Record, e.Older = at, now.Audit > facts.Audit || !bytes.Equal(now.Chain, facts.Chain)
		}
	}
	return e
}

// touched is when the store was last written to, as the disk has it.
func (v *Vault) touched() (last time.Time) {
	for _, name := range []string{storeName, storeName + "-wal"} {
		if info, err := os.Stat(v.path(name)); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last.UTC()
}

// aside implements app.AsideStore for an open vault.
type aside struct{ *records }

func (s aside) Aside(ctx context.Context) ([]app.AsideRecord, error) {
	if s.closed.Load() {
		return nil, app.ErrLocked
	}
	return asides(s.keys.vault.dir), ctx.Err()
}

// its is the vault put aside, if it still is.
func (v *Vault) its(a app.AsideRecord) error {
	if !slices.Contains(asides(v.dir), a) {
		return app.ErrNotFound
	}
	return nil
}

// openAside opens the key of a vault put aside, which another person may have restored from a backup meanwhile.
func (v *Vault) openAside(ctx context.Context, a app.AsideRecord, p app.Passphrase) (f *keyFile, key *sealed.Key, s *stretched, err error) {
	if err := v.its(a); err != nil {
		return nil, nil, nil, err
	}
	if f, key, s, err = v.openKey(ctx, a.Path, p); err != nil {
		return nil, nil, nil, err
	}
	if err := v.notElsewhere(f.Vault); err != nil {
		key.Wipe()
		s.wipe()
		return nil, nil, nil, err
	}
	return f, key, s, nil
}

func (s aside) TryAside(ctx context.Context, a app.AsideRecord, p app.Passphrase) error {
	if s.closed.Load() {
		return app.ErrLocked
	}
	_, key, stretched, err := s.keys.vault.openAside(ctx, a, p)
	if err != nil {
		return err
	}
	defer key.Wipe()
	defer stretched.wipe()
	store, err := sealed.Open(ctx, filepath.Join(a.Path, storeName), key)
	if err != nil {
		return explain(err)
	}
	return explain(store.Close())
}

// PutBack opens the key first, so that nothing is moved that the passphrase does not open. Killed at any moment, the next start finds the
// one or the other in the place, and the other aside (tidy).
func (v *Vault) PutBack(ctx context.Context, a app.AsideRecord, p app.Passphrase) (*app.Records, error) {
	f, key, s, err := v.openAside(ctx, a, p)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	err = v.writeLabel(a.Path) // it had one of another day, which may be somebody else's by now
	if err == nil {
		err = v.moveIn(a.Path)
	}
	if err != nil {
		s.wipe()
		return nil, explain(err)
	}
	return v.open(context.WithoutCancel(ctx), f, key, s)
}

func (s aside) RemoveAside(ctx context.Context, a app.AsideRecord) error {
	if s.closed.Load() {
		return app.ErrLocked
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.keys.vault.its(a); err != nil {
		return err
	}
	return s.keys.vault.removeAside(a.Path)
}

// removeAside drops a vault and the keychain entry that its key file names.
func (v *Vault) removeAside(dir string) error {
	entry := ""
	if f, err := readKeyFile(dir); err == nil {
		entry = f.Device.Entry
	}
	if err := os.RemoveAll(dir); err != nil {
		return explain(err)
	}
	if now, err := v.readKeyFile(); entry != "" && (err != nil || now.Device.Entry != entry) {
		_ = v.forget(entry) // an entry left behind opens nothing
	}
	return nil
}
