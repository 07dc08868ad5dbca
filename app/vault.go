package app

import (
	"context"
	"errors"
	"fmt"
)

// Vault is the sealed store before and while it is open. storage.Vault implements it.
type Vault interface {
	// State tells, without any secret, what a start finds in the profile.
	State(ctx context.Context) (VaultState, error)
	// Create makes a new vault and leaves it open. ErrVaultExists if there is one.
	Create(ctx context.Context, p Passphrase) (*Records, RecoveryKit, error)
	// Unlock opens it. ErrWrongPassphrase, ErrDeviceSecretMissing, ErrKeychainUnavailable,
	// ErrDamaged, ErrNewerFormat, ErrDiskFull, ErrReadOnly or ErrProfileInUse.
	Unlock(ctx context.Context, p Passphrase) (*Records, error)
	// Recover opens it with the recovery kit, on this machine or a new one, and sets a
	// new passphrase and a new device secret. ErrWrongRecoveryKit.
	Recover(ctx context.Context, kit RecoveryKit, p Passphrase) (*Records, error)

	// KeepTry keeps time and act of an unlock that failed, past the end of the program: whoever
	// guesses must not be able to hide it by closing the window. Tries are those kept, oldest
	// first, and anybody may have written them; ForgetTries drops them. ErrNoVault.
	KeepTry(ctx context.Context, e AuditEntry) error
	Tries(ctx context.Context) ([]AuditEntry, error)
	ForgetTries(ctx context.Context) error
}

// VaultKeys changes what opens an open vault.
type VaultKeys interface {
	ChangePassphrase(ctx context.Context, old, new Passphrase) error
	RotateDeviceSecret(ctx context.Context) error
	// NewRecoveryKit replaces the kit: the old one opens nothing from then on.
	NewRecoveryKit(ctx context.Context) (RecoveryKit, error)
}

// VaultState is what can be known of a vault while it is shut.
type VaultState int

const (
	VaultAbsent VaultState = iota // no vault here yet: set up, or recover on a new machine
	VaultShut
)

// Records is an open vault: one small store for each kind of record. Times are kept to the
// millisecond at least, the zero time as zero. Many goroutines may call at once; a ctx that is
// done stops a call before it changed anything. Close wipes the keys; every store then answers
// ErrLocked.
type Records struct {
	Keys     VaultKeys
	Profile  ProfileStore
	Clients  ClientStore
	Notes    NoteStore
	Forms    TemplateStore
	Apart    ApartStore
	Invites  InviteStore
	Guests   GuestStore
	Sessions SessionStore
	Sheets   SheetStore
	Plans    PlanStore
	Audit    AuditLog
	Backups  Backups
	Aside    AsideStore
	Chain    ChainStore
	Close    func() error

	Responses ResponseStore
	Alerts    AlertStore
	Measures  MeasureStore
	Writing   WritingStore
}

// Passphrase holds what the therapist typed. It can be neither printed nor compared.
type Passphrase struct {
	_ [0]func()
	b []byte
}

// NewPassphrase takes over b: the caller must not keep it.
func NewPassphrase(b []byte) Passphrase { return Passphrase{b: b} }

// Bytes is the secret itself, for the key derivation alone.
func (p Passphrase) Bytes() []byte { return p.b }

// Wipe overwrites the secret.
func (p Passphrase) Wipe() { clear(p.b) }

// Format keeps the secret out of logs and error texts.
func (Passphrase) Format(s fmt.State, _ rune) { fmt.Fprint(s, "Passphrase(…)") }

// RecoveryKit is the 160-bit secret that opens the vault without passphrase and device
// secret. It is shown once.
type RecoveryKit struct {
	_ [0]func()
	b []byte
}

// NewRecoveryKit takes over the 20 bytes of b.
func NewRecoveryKit(b []byte) RecoveryKit { return RecoveryKit{b: b} }

// Bytes is the secret itself: 20 bytes.
func (k RecoveryKit) Bytes() []byte { return k.b }

// Wipe overwrites the secret.
func (k RecoveryKit) Wipe() { clear(k.b) }

// Format keeps the secret out of logs and error texts.
func (RecoveryKit) Format(s fmt.State, _ rune) { fmt.Fprint(s, "RecoveryKit(…)") }

// What can keep a vault shut. Each is a different way forward for the therapist; Explain
// gives the words.
var (
	ErrVaultExists         = errors.New("vault: there is one already")
	ErrNoVault             = errors.New("vault: there is none")
	ErrLocked              = errors.New("vault: locked")
	ErrWrongPassphrase     = errors.New("vault: wrong passphrase")
	ErrWeakPassphrase      = errors.New("vault: passphrase too weak")
	ErrWrongRecoveryKit    = errors.New("vault: wrong recovery kit")
	ErrRecoveryKitTypo     = errors.New("vault: recovery kit mistyped")
	ErrDeviceSecretMissing = errors.New("vault: device secret not in keychain")
	ErrKeychainUnavailable = errors.New("vault: no keychain")
	ErrDamagedKeyFile      = errors.New("vault: key file damaged")
	ErrDamaged             = errors.New("vault: store damaged")
	ErrNewerFormat         = errors.New("vault: written by a newer version")
	ErrDiskFull            = errors.New("vault: disk full")
	ErrReadOnly            = errors.New("vault: disk read-only")
	ErrProfileInUse        = errors.New("vault: profile in use by another Alcove")
)

// UpgradeRoomError is the ErrDiskFull of an unlock that has to bring the record up to date first. Nothing of it is changed.
type UpgradeRoomError struct{ Bytes int64 } // about what is needed, and never too little

func (e *UpgradeRoomError) Error() string { return ErrDiskFull.Error() }

// Is makes it an ErrDiskFull.
func (e *UpgradeRoomError) Is(target error) bool { return target == ErrDiskFull }
