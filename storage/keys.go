package storage

import (
	"context"
	"errors"
	"sync"

	"alcove/app"
	"alcove/storage/keychain"
	"alcove/storage/sealed"
)

// vaultKeys changes what opens the open vault. Each change is one replacement of the key file, and
// the keychain entry that the new file needs is there before it, and the old one until after it:
// whenever the power goes, one file is whole and its entry exists.
type vaultKeys struct {
	vault *Vault
	life  context.Context // ends at the lock: what waits for a keychain must not hold it up
	end   context.CancelFunc

	mu         sync.Mutex
	file       keyFile
	key        *sealed.Key // nil once the vault is locked
	passphrase *stretched
}

var _ app.VaultKeys = (*vaultKeys)(nil)

func newVaultKeys(v *Vault, f *keyFile, key *sealed.Key, s *stretched) *vaultKeys {
	k := &vaultKeys{vault: v, file: *f, key: key.Clone(), passphrase: s}
	k.life, k.end = context.WithCancel(context.Background())
	return k
}

// while is ctx, and also ends with the vault.
func (k *vaultKeys) while(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(k.life, cancel)
	return ctx, func() { stop(); cancel() }
}

// vaultID names the vault; it never changes.
func (k *vaultKeys) vaultID() []byte { return k.file.Vault }

// forBackup is the data key, to be wiped, and the key file that is in force. app.ErrLocked.
func (k *vaultKeys) forBackup() (*sealed.Key, []byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key == nil {
		return nil, nil, app.ErrLocked
	}
	content, err := k.file.marshal()
	return k.key.Clone(), content, err
}

func (k *vaultKeys) wipe() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key != nil {
		k.key.Wipe()
		k.passphrase.wipe()
	}
	k.key, k.passphrase = nil, nil
}

// ChangePassphrase replaces old by new: app.ErrWrongPassphrase if old is not the one.
func (k *vaultKeys) ChangePassphrase(ctx context.Context, old, new app.Passphrase) error {
	ctx, done := k.while(ctx)
	defer done()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key == nil {
		return app.ErrLocked
	}
	if emptyPassphrase(new) {
		return app.ErrWeakPassphrase
	}
	secret, err := k.vault.keychain.Get(ctx, k.file.Device.Entry)
	if err != nil {
		return explain(err)
	}
	defer secret.Wipe()
	given := k.file.KDF.stretch(old)
	defer given.wipe()
	proof, err := k.file.openPassphrase(given, secret)
	if err != nil {
		return err
	}
	proof.Wipe()
	next := k.file
	next.KDF = calibrate(k.vault.kdfCost)
	s := next.KDF.stretch(new)
	err = next.setPassphrase(k.key, s, secret)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		_, err = k.vault.writeKeyFile(&next)
	}
	if err != nil {
		s.wipe()
		return err
	}
	k.passphrase.wipe()
	k.file, k.passphrase = next, s
	return nil
}

// RotateDeviceSecret puts a new secret into the keychain; the passphrase stays.
func (k *vaultKeys) RotateDeviceSecret(ctx context.Context) error {
	ctx, done := k.while(ctx)
	defer done()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key == nil {
		return app.ErrLocked
	}
	return k.rotate(ctx, k.file.KDF, k.passphrase)
}

// replaceSecret sets a new device secret for a passphrase that was already stretched with kdf.
func (k *vaultKeys) replaceSecret(ctx context.Context, kdf kdfParams, s *stretched) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.rotate(ctx, kdf, s)
}

func (k *vaultKeys) rotate(ctx context.Context, kdf kdfParams, s *stretched) error {
	secret := keychain.GenerateSecret()
	defer secret.Wipe()
	next, before := k.file, k.file.Device.Entry
	next.KDF = kdf
	next.Device.Entry = newEntry(next.Vault)
	if err := next.setPassphrase(k.key, s, secret); err != nil {
		return err
	}
	if err := k.vault.keychain.Set(ctx, next.Device.Entry, secret); err != nil {
		return explain(err)
	}
	lasting, err := k.vault.writeKeyFile(&next)
	if err != nil {
		// If it cannot be read, nobody knows which one is in force: what the file names must stay.
		if now, readErr := k.vault.readKeyFile(); readErr == nil && now.Device.Entry == before {
			err = errors.Join(err, k.vault.forget(next.Device.Entry))
		}
		return err
	}
	k.file = next
	if lasting {
		// An entry left behind opens nothing; it is no reason to call the change a failure.
		_ = k.vault.forget(before)
	}
	return nil
}

// NewRecoveryKit replaces the kit.
func (k *vaultKeys) NewRecoveryKit(ctx context.Context) (app.RecoveryKit, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key == nil {
		return app.RecoveryKit{}, app.ErrLocked
	}
	if err := ctx.Err(); err != nil {
		return app.RecoveryKit{}, err
	}
	next, kit := k.file, app.NewRecoveryKit(random(kitSize))
	if err := next.setKit(k.key, kit); err != nil {
		return app.RecoveryKit{}, err
	}
	if _, err := k.vault.writeKeyFile(&next); err != nil {
		kit.Wipe()
		return app.RecoveryKit{}, err
	}
	k.file = next
	return kit, nil
}
