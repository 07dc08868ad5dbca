package apptest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"alcove/app"
)

// Disk is a folder of backups that are only remembered. It protects nothing and restores nothing: the rules around backups are
// tried with it, the backups themselves with the real store.
type Disk struct {
	mu    sync.Mutex
	files []app.BackupFile // newest first
	aside []app.AsideRecord
	fail  error
	wait  chan struct{}
}

// Fail lets every call answer err, until Fail(nil).
func (d *Disk) Fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = err
}

// Put adds a backup as if it had been made.
func (d *Disk) Put(files ...app.BackupFile) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files = append(d.files, files...)
	slices.SortStableFunc(d.files, func(a, b app.BackupFile) int { return b.Made.Compare(a.Made) })
}

// PutAside adds a record that a restore has replaced.
func (d *Disk) PutAside(a app.AsideRecord) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.aside = append(d.aside, a)
}

// Hold lets backups and drills stop half-way until the function it returns is called.
func (d *Disk) Hold() (goOn func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	wait := make(chan struct{})
	d.wait = wait
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.wait = nil
		close(wait)
	}
}

// Files are the backups there, newest first.
func (d *Disk) Files() []app.BackupFile {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.files)
}

func (d *Disk) work(ctx context.Context, p app.Progress) error {
	d.mu.Lock()
	err, wait := d.fail, d.wait
	d.mu.Unlock()
	if p != nil {
		p(50, 100)
	}
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
		}
	}
	if p != nil {
		p(100, 100)
	}
	if err == nil {
		err = ctx.Err()
	}
	return err
}

// MakeBackup adds a file.
func (d *Disk) MakeBackup(ctx context.Context, dir string, p app.Progress) (app.BackupFile, error) {
	if err := d.work(ctx, p); err != nil {
		return app.BackupFile{}, err
	}
	at := time.Now().UTC()
	f := app.BackupFile{Path: dir + "/alcove-" + at.Format("20060102T150405") + ".alcovebackup", ID: fmt.Sprintf("%032x", at.UnixNano()), Made: at, Bytes: 48 << 20}
	d.Put(f)
	return f, nil
}

// ListBackups lists them.
func (d *Disk) ListBackups(context.Context, string) ([]app.BackupFile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.files), d.fail
}

// RemoveBackup removes one.
func (d *Disk) RemoveBackup(_ context.Context, f app.BackupFile) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files = slices.DeleteFunc(d.files, func(g app.BackupFile) bool { return g.ID == f.ID })
	return d.fail
}

// DrillBackup finds nothing wrong.
func (d *Disk) DrillBackup(ctx context.Context, path string, p app.Progress) (app.DrillReport, error) {
	if err := d.work(ctx, p); err != nil {
		return app.DrillReport{}, err
	}
	rep := app.DrillReport{Took: 2300 * time.Millisecond, Pages: 12_288, Clients: 48, Notes: 1310, Signatures: 1422, Entries: 20_411, KitFits: true, LaterInRecord: 31}
	for _, f := range d.Files() {
		if f.Path == path {
			rep.Backup = f
		}
	}
	return rep, nil
}

// Aside lists what was put aside.
func (d *Disk) Aside(context.Context) ([]app.AsideRecord, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.aside), nil
}

// TryAside finds that every passphrase opens it: PutBack compares.
func (d *Disk) TryAside(_ context.Context, a app.AsideRecord, _ app.Passphrase) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Contains(d.aside, a) {
		return app.ErrNotFound
	}
	return d.fail
}

// RemoveAside removes it.
func (d *Disk) RemoveAside(_ context.Context, a app.AsideRecord) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.aside = slices.DeleteFunc(d.aside, func(b app.AsideRecord) bool { return a == b })
	return nil
}

var (
	_ app.Backups    = (*Disk)(nil)
	_ app.AsideStore = (*Disk)(nil)
	_ app.Restorer   = (*Vault)(nil)
)

// Inspect finds a backup on the Memory's disk.
func (v *Vault) Inspect(_ context.Context, path string) (app.BackupFile, error) {
	for _, f := range v.Memory.Disk.Files() {
		if f.Path == path {
			return f, nil
		}
	}
	return app.BackupFile{}, app.ErrNoBackup
}

// PutBack opens the vault as it is, if the passphrase fits.
func (v *Vault) PutBack(ctx context.Context, a app.AsideRecord, p app.Passphrase) (*app.Records, error) {
	r, err := v.Unlock(ctx, p)
	if err == nil {
		err = v.Memory.Disk.RemoveAside(ctx, a)
		v.Memory.Disk.PutAside(app.AsideRecord{Path: a.Path + "-instead", At: time.Now()})
	}
	return r, err
}

// Order is the last one that a Restore got, with its secrets as they are in memory just now.
func (v *Vault) Order() app.RestoreOrder {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.order
}

// Restore opens the vault as it is, if the kit fits.
func (v *Vault) Restore(ctx context.Context, o app.RestoreOrder, tell app.RestoreProgress) (*app.Records, error) {
	f, err := v.Inspect(ctx, o.Path)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	v.order = o
	replaces := v.made && !o.Replace
	v.mu.Unlock()
	if replaces {
		return nil, &app.ReplaceError{Backup: f.Made, Record: f.Made.Add(48 * time.Hour), Older: true}
	}
	p := func(done, total int64) {
		if tell != nil {
			tell(app.RestoreReading, done, total)
		}
	}
	if err := v.Memory.Disk.work(ctx, p); err != nil {
		return nil, err
	}
	v.mu.Lock()
	if !v.made {
		v.made, v.kit = true, slices.Repeat([]byte{0x5a}, 20)
	}
	v.mu.Unlock()
	return v.Recover(ctx, o.Kit, o.Pass)
}
