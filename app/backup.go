package app

import (
	"context"
	"errors"
	"time"
)

// Backups makes and tries copies of the open vault.
type Backups interface {
	// MakeBackup writes one sealed file into a folder, from one moment of the store, while others use it, and reads it
	// back. Nothing is left of one that failed. ErrNoFolder, ErrFolderInside, ErrNoAccess,
	// ErrNoRoom, ErrDamaged.
	MakeBackup(ctx context.Context, dir string, p Progress) (BackupFile, error)
	// ListBackups are this vault's in a folder, newest first. Another vault's are not seen. ErrNoFolder.
	ListBackups(ctx context.Context, dir string) ([]BackupFile, error)
	RemoveBackup(ctx context.Context, f BackupFile) error
	// DrillBackup restores a file into a scratch place, checks all of it, and removes the place again. ErrDrillFailed
	// with a reason, a *FindingsError for what a restore would take and tell, or what Inspect and Restore answer.
	DrillBackup(ctx context.Context, path string, p Progress) (DrillReport, error)
}

// Restorer brings a vault back from a backup, while no vault is open.
type Restorer interface {
	// Inspect reads what a backup says about itself without a key. ErrNoBackup, ErrBackupCut, ErrNewerBackup.
	Inspect(ctx context.Context, path string) (BackupFile, error)
	// Restore puts the backup in the place of what is there, and opens it; the earlier record is kept aside. Nothing is
	// changed before all of it was checked, and nothing if ctx ends before that. A Finding does not keep it from going on: it is
	// then in the audit log of the record that was restored. Also ErrBackupChanged, ErrBackupDamaged for what SQLite cannot
	// read, ErrWrongRecoveryKit, ErrNoRoom, and a *ReplaceError if there is a vault and the order does not say to replace it.
	// ErrRecordElsewhere: two copies of one record would take each other's backups for their own.
	Restore(ctx context.Context, o RestoreOrder, p RestoreProgress) (*Records, error)
	// PutBack puts a record that was put aside in its place again, and opens it; the one that is there is put aside. Nothing is
	// changed unless the passphrase opens it. What Unlock answers, ErrNotFound, and ErrRecordElsewhere.
	PutBack(ctx context.Context, a AsideRecord, pass Passphrase) (*Records, error)
}

// RestorePhase is what a restore is doing.
type RestorePhase string

const (
	RestoreReading  RestorePhase = "reading"  // the backup, and trying its seals
	RestoreWriting  RestorePhase = "writing"  // to the disk; it alone knows how far it is
	RestoreUpdating RestorePhase = "updating" // a record of an older version
	RestorePages    RestorePhase = "pages"
	RestoreTables   RestorePhase = "tables" // SQLite's own check; nobody knows how far it is
	RestoreIndex    RestorePhase = "index"  // which was damaged, and is written anew
	RestoreProof    RestorePhase = "proof"  // the audit log, and the clients' chains
	RestoreKeys     RestorePhase = "keys"   // new ones, and putting all of it in place
)

// RestoreProgress hears what a restore is doing and how far that is; total is 0 where nobody knows. It returns at once.
type RestoreProgress func(phase RestorePhase, done, total int64)

// AsideStore knows the records that a restore has put aside.
type AsideStore interface {
	Aside(ctx context.Context) ([]AsideRecord, error) // newest first
	// TryAside tells whether one can be put back with a passphrase: what PutBack answers.
	TryAside(ctx context.Context, a AsideRecord, pass Passphrase) error
	RemoveAside(ctx context.Context, a AsideRecord) error
}

// AsideRecord is a vault that a restore has replaced.
type AsideRecord struct {
	Path string
	At   time.Time // of the restore
}

// BackupFile is one backup.
type BackupFile struct {
	Path  string
	ID    string // of the backup, in hex
	Vault string // the practice's vault, in hex
	Made  time.Time
	Bytes int64
	Cut   bool // it is shorter, or longer, than it says
}

// RestoreOrder says what to restore, with what it is opened, and what is to open it from then on.
type RestoreOrder struct {
	Path    string
	Kit     RecoveryKit
	Pass    Passphrase // the new one
	Replace bool       // what is there is put aside
}

// ReplaceError: there is a record here already.
type ReplaceError struct {
	Backup, Record time.Time // when each was last written
	Other          bool      // the record is another practice's
	Older          bool      // the backup lacks what was done in the record since
}

func (e *ReplaceError) Error() string { return ErrWouldReplace.Error() }

// Is makes it an ErrWouldReplace.
func (e *ReplaceError) Is(target error) bool { return target == ErrWouldReplace }

// DrillReport is what a restore drill proved.
type DrillReport struct {
	Backup        BackupFile
	Took          time.Duration
	Pages         int64 // whose seal was tried
	Clients       int64
	Notes         int64
	Signatures    int64     // entries in the clients' chains
	Entries       int64     // in the audit log
	KitFits       bool      // the present recovery kit opens it
	LaterInRecord int64     // audit entries that the record has since
	Known         []Finding // what the record itself was restored with
}

var (
	ErrNoAccess        = errors.New("folder: no right to use it")
	ErrNoRoom          = errors.New("backup: no room")
	ErrFolderInside    = errors.New("backup: a folder inside the profile")
	ErrNoBackup        = errors.New("backup: not one of ours")
	ErrBackupCut       = errors.New("backup: cut short")
	ErrBackupChanged   = errors.New("backup: changed")
	ErrBackupDamaged   = errors.New("backup: of a record that was damaged")
	ErrNewerBackup     = errors.New("backup: of a newer version")
	ErrWouldReplace    = errors.New("backup: there is a record already")
	ErrRecordElsewhere = errors.New("backup: of another person's record here")
	ErrDrillFailed     = errors.New("backup: drill failed")
	ErrNotPutBack      = errors.New("backup: something is under way")
	ErrBusyBackup      = errors.New("backup: another is running")
)
