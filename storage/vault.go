package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"alcove/app"
	"alcove/storage/keychain"
	"alcove/storage/sealed"
)

// Keychain keeps device secrets; keychain.OS is the one to use. The errors are its own.
type Keychain interface {
	Get(ctx context.Context, name string) (*keychain.Secret, error)
	Set(ctx context.Context, name string, s *keychain.Secret) error
	Delete(ctx context.Context, name string) error
}

var _ app.Vault = (*Vault)(nil)

// Vault is one profile: the sealed store and what opens it. It implements app.Vault.
type Vault struct {
	dir      string
	root     *Root  // of which it is a part
	newLabel string // what its person is called once there is a record
	keychain Keychain
	lock     *os.File
	kdfCost  time.Duration // how long Argon2id is to take
}

// OpenProfile takes the profile folder for this process, and makes it if there is none. It opens
// nothing yet. app.ErrProfileInUse if another Alcove has it, app.ErrReadOnly, app.ErrDiskFull.
func OpenProfile(dir string, k Keychain) (*Vault, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, explain(err)
	}
	lock, err := lockProfile(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, explain(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil { // #nosec G302 -- a folder needs its x
		return nil, explain(errors.Join(err, lock.Close()))
	}
	v := &Vault{dir: dir, root: &Root{dir, k}, keychain: k, lock: lock, kdfCost: 500 * time.Millisecond}
	if err := v.tidy(); err != nil {
		return nil, explain(errors.Join(err, lock.Close()))
	}
	return v, nil
}

// Close gives the profile free for another process. Close the Records first.
func (v *Vault) Close() error { return v.lock.Close() }

// The files of a vault; see doc.go.
const (
	vaultDir  = "vault"
	keyName   = "vault.key"
	storeName = "store.db"
)

func (v *Vault) path(name string) string { return filepath.Join(v.dir, vaultDir, name) }

// State tells whether there is a vault, from its folder alone.
func (v *Vault) State(ctx context.Context) (app.VaultState, error) {
	if err := ctx.Err(); err != nil {
		return app.VaultAbsent, err
	}
	switch _, err := os.Stat(filepath.Join(v.dir, vaultDir)); {
	case errors.Is(err, fs.ErrNotExist):
		return app.VaultAbsent, nil
	case err != nil:
		return app.VaultAbsent, explain(err)
	}
	return app.VaultShut, nil
}

// Create makes a vault and leaves it open. All of it is made beside its place and moved there in
// one step, so that a set-up that was cut short leaves no vault, and a later one never finds half.
func (v *Vault) Create(ctx context.Context, p app.Passphrase) (*app.Records, app.RecoveryKit, error) {
	state, err := v.State(ctx)
	if err == nil && state != app.VaultAbsent {
		err = app.ErrVaultExists
	}
	if err != nil {
		return nil, app.RecoveryKit{}, err
	}
	if emptyPassphrase(p) {
		return nil, app.RecoveryKit{}, app.ErrWeakPassphrase
	}
	key, secret := sealed.GenerateKey(), keychain.GenerateSecret()
	defer key.Wipe()
	defer secret.Wipe()
	f := &keyFile{Format: keyFormat, Vault: random(vaultIDSize), KDF: calibrate(v.kdfCost)}
	f.Device.Entry = newEntry(f.Vault)
	s := f.KDF.stretch(p)
	kit := app.NewRecoveryKit(random(kitSize))
	if err := errors.Join(f.setPassphrase(key, s, secret), f.setKit(key, kit)); err != nil {
		return nil, app.RecoveryKit{}, err
	}
	if err := v.build(ctx, f, key, secret); err != nil {
		s.wipe()
		return nil, app.RecoveryKit{}, explain(err)
	}
	r, err := v.open(ctx, f, key, s)
	return r, kit, err
}

// build writes the vault's folder and moves it into place.
func (v *Vault) build(ctx context.Context, f *keyFile, key *sealed.Key, secret *keychain.Secret) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	staging := filepath.Join(v.dir, vaultDir+".new")
	if err := os.RemoveAll(staging); err != nil { // of a set-up cut short: it never held a record
		return err
	}
	if err := os.Mkdir(staging, 0o700); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(staging))
		}
	}()
	store, err := sealed.Create(ctx, filepath.Join(staging, storeName), key)
	if err != nil {
		return err
	}
	if err := errors.Join(migrate(ctx, store), store.Close()); err != nil {
		return err
	}
	content, err := f.marshal()
	if err != nil {
		return err
	}
	if err := errors.Join(replaceFile(filepath.Join(staging, keyName), content), v.writeLabel(staging)); err != nil {
		return err
	}
	if err := v.keychain.Set(ctx, f.Device.Entry, secret); err != nil {
		return err
	}
	if err := os.Rename(staging, filepath.Join(v.dir, vaultDir)); err != nil {
		return errors.Join(err, v.forget(f.Device.Entry))
	}
	// The vault is in its place, and its kit must be shown. A power cut before the folder is synced
	// takes it away whole, while it is all but empty.
	_ = syncDir(v.dir)
	return nil
}

// Unlock opens the vault with the passphrase and the device secret.
func (v *Vault) Unlock(ctx context.Context, p app.Passphrase) (*app.Records, error) {
	f, key, s, err := v.openKey(ctx, v.path(""), p)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	return v.open(ctx, f, key, s)
}

// openKey opens the key of the vault in a folder.
func (v *Vault) openKey(ctx context.Context, vault string, p app.Passphrase) (f *keyFile, key *sealed.Key, s *stretched, err error) {
	if f, err = readKeyFile(vault); err != nil {
		return nil, nil, nil, err
	}
	secret, err := v.keychain.Get(ctx, f.Device.Entry)
	if err != nil {
		return nil, nil, nil, explain(err)
	}
	defer secret.Wipe()
	s = f.KDF.stretch(p)
	if key, err = f.openPassphrase(s, secret); err == nil {
		if err = ctx.Err(); err != nil {
			key.Wipe()
		}
	}
	if err != nil {
		s.wipe()
		return nil, nil, nil, err
	}
	return f, key, s, nil
}

// Recover opens the vault with the kit, then sets the new passphrase and a new device secret.
// The kit stays good.
func (v *Vault) Recover(ctx context.Context, kit app.RecoveryKit, p app.Passphrase) (*app.Records, error) {
	f, err := v.readKeyFile()
	if err != nil {
		return nil, err
	}
	if emptyPassphrase(p) {
		return nil, app.ErrWeakPassphrase
	}
	key, err := f.openKit(kit)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	kdf := calibrate(v.kdfCost)
	s := kdf.stretch(p)
	// The store first: whoever cannot read it must not have changed what opens it.
	r, err := v.open(ctx, f, key, s)
	if err != nil {
		return nil, err
	}
	keys := r.Keys.(*vaultKeys)
	if err := keys.replaceSecret(ctx, kdf, s); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (v *Vault) readKeyFile() (*keyFile, error) { return readKeyFile(v.path("")) }

// readKeyFile reads that of a vault's folder.
func readKeyFile(vault string) (*keyFile, error) {
	file, err := os.Open(filepath.Join(vault, keyName)) // #nosec G304 -- in the profile
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(vault); err == nil {
			return nil, fmt.Errorf("%w: it is missing", app.ErrDamagedKeyFile)
		}
		return nil, app.ErrNoVault
	}
	if err != nil {
		return nil, explain(err)
	}
	defer file.Close()
	b, err := readAtMost(file, maxKeyFile+1)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", app.ErrDamagedKeyFile, err)
	}
	return parseKeyFile(b)
}

// writeKeyFile puts f in force. A folder that cannot be synced after the rename is no failure: f is
// what opens the vault from then on, and whoever heard "failed" would go on with a passphrase or a
// kit that opens nothing. lasting is false then: a power cut may still bring the old file back.
func (v *Vault) writeKeyFile(f *keyFile) (lasting bool, err error) {
	content, err := f.marshal()
	if err != nil {
		return false, err
	}
	if err = replaceFile(v.path(keyName), content); err == nil {
		return true, nil
	}
	if now, readErr := os.ReadFile(v.path(keyName)); readErr == nil && bytes.Equal(now, content) {
		return false, nil
	}
	return false, explain(err)
}

// open opens the store and brings it up to date; it takes s over.
func (v *Vault) open(ctx context.Context, f *keyFile, key *sealed.Key, s *stretched) (*app.Records, error) {
	store, err := sealed.Open(ctx, v.path(storeName), key)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: it is missing: %w", app.ErrDamaged, err)
	}
	if err == nil {
		if err = migrate(ctx, store); err != nil {
			err = errors.Join(v.upgradeRoom(ctx, store, explain(store.Explain(err))), store.Close())
		}
	}
	if err != nil {
		s.wipe()
		return nil, explain(err)
	}
	return newRecords(store, newVaultKeys(v, f, key, s)), nil
}

// upgradeRoom says how much room an upgrade takes for which there was none: measured, half of the store for the index of notes, and under
// four times the store where the chains are yet to be begun.
func (v *Vault) upgradeRoom(ctx context.Context, store *sealed.Store, err error) error {
	info, statErr := os.Stat(v.path(storeName))
	if !errors.Is(err, app.ErrDiskFull) || statErr != nil {
		return err
	}
	need := info.Size()
	if keyed := false; store.DB().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM chain_key)").Scan(&keyed) != nil || !keyed {
		need *= 4
	}
	return errors.Join(&app.UpgradeRoomError{Bytes: need}, err)
}

// forget drops a keychain entry that no key file names any more. It has a time of its own: the
// caller's may be what ended.
func (v *Vault) forget(entry string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := v.keychain.Delete(ctx, entry)
	if errors.Is(err, keychain.ErrNotFound) {
		return nil
	}
	return err
}
