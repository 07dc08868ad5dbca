package apptest

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"alcove/app"
)

// Vault is a vault over a Memory. Its secrets are only compared: it protects nothing.
type Vault struct {
	Memory *Memory

	mu    sync.Mutex
	made  bool
	pass  []byte
	kit   []byte
	fail  error // what opening answers
	order app.RestoreOrder

	tries []app.AuditEntry
}

// NewVault has not been set up.
func NewVault() *Vault { return &Vault{Memory: NewMemory()} }

// FailOpening lets Create, Unlock and Recover answer err, until FailOpening(nil).
func (v *Vault) FailOpening(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.fail = err
}

// State tells whether Create was called.
func (v *Vault) State(context.Context) (app.VaultState, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.made {
		return app.VaultShut, nil
	}
	return app.VaultAbsent, nil
}

// Create makes the vault. The kit is always the same twenty bytes, and another after each
// NewRecoveryKit.
func (v *Vault) Create(_ context.Context, p app.Passphrase) (*app.Records, app.RecoveryKit, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.fail != nil {
		return nil, app.RecoveryKit{}, v.fail
	}
	if v.made {
		return nil, app.RecoveryKit{}, app.ErrVaultExists
	}
	v.made, v.pass, v.kit = true, bytes.Clone(p.Bytes()), bytes.Repeat([]byte{0x5a}, 20)
	return v.Memory.Open(keys{v}), app.NewRecoveryKit(bytes.Clone(v.kit)), nil
}

// Unlock compares the passphrase.
func (v *Vault) Unlock(_ context.Context, p app.Passphrase) (*app.Records, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.fail != nil:
		return nil, v.fail
	case !v.made:
		return nil, app.ErrNoVault
	case !bytes.Equal(v.pass, p.Bytes()):
		return nil, app.ErrWrongPassphrase
	}
	return v.Memory.Open(keys{v}), nil
}

// Recover compares the kit, and takes the new passphrase.
func (v *Vault) Recover(_ context.Context, kit app.RecoveryKit, p app.Passphrase) (*app.Records, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.fail != nil:
		return nil, v.fail
	case !v.made:
		return nil, app.ErrNoVault
	case !bytes.Equal(v.kit, kit.Bytes()):
		return nil, app.ErrWrongRecoveryKit
	}
	v.pass = bytes.Clone(p.Bytes())
	return v.Memory.Open(keys{v}), nil
}

// KeepTry remembers it.
func (v *Vault) KeepTry(_ context.Context, e app.AuditEntry) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tries = append(v.tries, e)
	return nil
}

// Tries are those kept.
func (v *Vault) Tries(context.Context) ([]app.AuditEntry, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.tries), nil
}

// ForgetTries drops them.
func (v *Vault) ForgetTries(context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tries = nil
	return nil
}

// keys changes the secrets of a Vault.
type keys struct{ v *Vault }

func (k keys) ChangePassphrase(_ context.Context, old, next app.Passphrase) error {
	k.v.mu.Lock()
	defer k.v.mu.Unlock()
	if !bytes.Equal(k.v.pass, old.Bytes()) {
		return app.ErrWrongPassphrase
	}
	k.v.pass = bytes.Clone(next.Bytes())
	return nil
}

func (k keys) RotateDeviceSecret(context.Context) error { return nil }

func (k keys) NewRecoveryKit(context.Context) (app.RecoveryKit, error) {
	k.v.mu.Lock()
	defer k.v.mu.Unlock()
	next := bytes.Clone(k.v.kit)
	next[0]++
	k.v.kit = next
	return app.NewRecoveryKit(bytes.Clone(next)), nil
}

var (
	_ app.Vault     = (*Vault)(nil)
	_ app.VaultKeys = keys{}
)
