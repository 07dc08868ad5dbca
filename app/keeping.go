package app

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"
)

// What the audit log keeps of copies.
const (
	ActBackup      = "backup.made"
	ActBackupGone  = "backup.thinned"
	ActDrill       = "backup.drill"
	ActRestored    = "backup.restore"
	ActRemoveAside = "backup.aside" // a record that a restore had put aside was removed
	ActPutBack     = "backup.putback"
)

// BackupEvery is how often a backup is made by itself.
type BackupEvery string

const (
	BackupByHand BackupEvery = ""
	BackupDaily  BackupEvery = "daily"  // once a calendar day, in the practice's time zone
	BackupWeekly BackupEvery = "weekly" // once in seven calendar days
)

// BackupSettings say where backups lie and when they are made.
type BackupSettings struct {
	Folder string // "" until one is chosen
	Every  BackupEvery
}

const (
	// drillEvery is how old a drill may be: a drive that fails tells nobody.
	drillEvery = 30 * 24 * time.Hour
	// backupLook is how often it is looked whether a backup is due, by the wall clock: a timer stands still in a sleeping
	// machine.
	backupLook = 10 * time.Minute
	// backupAgain is when one that failed is tried again.
	backupAgain = time.Hour
)

// KeepingView is how the record's copies stand.
type KeepingView struct {
	BackupSettings
	Files    []BackupFile // newest first; nil if the folder cannot be read
	Last     time.Time    // of the last backup made, zero for never
	Drilled  time.Time    // of the last drill that went well
	Problem  string       // why the last backup, or reading the folder, did not work, in words
	NoneYet  bool         // there is a record, and no copy of it
	Late     bool         // by its schedule there should be a newer one
	DrillDue bool
	Busy     bool // a backup or a drill runs
	Done, Of int64
	Aside    []AsideRecord
	Findings []Finding // of the last restore, until somebody has read them
	CanMake  bool
	Thinned  string // the rule, in words
}

// Keeping tells how the record's copies stand. It reads the backup folder.
func (p *Practice) Keeping(ctx context.Context) (KeepingView, error) {
	v, err := p.KeepingDue(ctx)
	if err != nil {
		return v, err
	}
	r, err := p.open()
	if err != nil {
		return v, err
	}
	if v.Folder != "" {
		if v.Files, err = r.Backups.ListBackups(ctx, v.Folder); err != nil && v.Problem == "" {
			v.Problem = Explain(err)
		}
	}
	v.Aside, err = r.Aside.Aside(ctx)
	return v, err
}

// KeepingDue is Keeping without reading the folder, which may be on a drive that sleeps.
func (p *Practice) KeepingDue(ctx context.Context) (v KeepingView, err error) {
	r, err := p.open()
	if err != nil {
		return v, err
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return v, err
	}
	v.BackupSettings, v.Thinned = pr.Backup, thinRule
	if v.Last, err = lastAct(ctx, r, ActBackup); err != nil {
		return v, err
	}
	if v.Drilled, err = lastAct(ctx, r, ActDrill); err != nil {
		return v, err
	}
	if v.Findings, err = findings(ctx, r); err != nil {
		return v, err
	}
	at := now()
	v.NoneYet = v.Last.IsZero()
	v.Late = pr.Backup.due(v.Last, at.AddDate(0, 0, -1), pr.location()) && !v.NoneYet
	v.DrillDue = !v.NoneYet && at.Sub(v.Drilled) >= drillEvery
	p.mu.Lock()
	defer p.mu.Unlock()
	v.Problem, v.Busy, v.Done, v.Of = p.keep.problem, p.keep.busy, p.keep.done, p.keep.of
	v.CanMake = v.Folder != "" && !v.Busy
	return v, nil
}

func lastAct(ctx context.Context, r *Records, act string) (time.Time, error) {
	page, err := r.Audit.FindAudit(ctx, AuditFilter{Acts: []string{act}, Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		return time.Time{}, err
	}
	return page.Rows[0].At, nil
}

// due tells whether a backup is due, if the last was made at last.
func (s BackupSettings) due(last, at time.Time, loc *time.Location) bool {
	if s.Folder == "" || s.Every == BackupByHand {
		return false
	}
	days := 1
	if s.Every == BackupWeekly {
		days = 7
	}
	y, m, d := last.In(loc).Date()
	return last.IsZero() || !at.Before(time.Date(y, m, d+days, 0, 0, 0, 0, loc))
}

// SaveBackups keeps where backups lie and when they are made, once the folder was looked at: *FieldError, ErrNoFolder,
// ErrNoAccess.
func (p *Practice) SaveBackups(ctx context.Context, s BackupSettings) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	s.Folder = strings.TrimSpace(s.Folder)
	if s.Folder == "" && s.Every != BackupByHand {
		return &FieldError{"Folder", "Name the folder first: backups are written there by themselves."}
	}
	if s.Folder != "" {
		if _, err := r.Backups.ListBackups(ctx, s.Folder); err != nil {
			return &FieldError{"Folder", Explain(err)}
		}
	}
	err = p.changeProfile(ctx, r, func(pr Profile) Profile {
		pr.Backup = s
		return pr
	})
	if err != nil {
		return err
	}
	_ = p.audit(ctx, AuditEntry{Act: ActSettings}) // owed if it fails: the settings are saved
	p.mu.Lock()
	p.keep.problem, p.keep.tryAt = "", time.Time{}
	p.mu.Unlock()
	p.changed(KeepingChanged, "")
	return nil
}

// BackUp makes a backup in the chosen folder, and thins the older ones there. ErrBusyBackup, and what MakeBackup
// answers. A lock ends it, and the next start makes it good.
func (p *Practice) BackUp(ctx context.Context, report Progress) (BackupFile, error) {
	r, err := p.open()
	if err != nil {
		return BackupFile{}, err
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return BackupFile{}, err
	}
	if pr.Backup.Folder == "" {
		return BackupFile{}, ErrNoFolder
	}
	end, err := p.beginKeeping()
	if err != nil {
		return BackupFile{}, err
	}
	defer end()
	made, err := r.Backups.MakeBackup(ctx, pr.Backup.Folder, p.reporting(report))
	p.noteBackup(ctx, made, err)
	if err != nil {
		return BackupFile{}, err
	}
	p.thin(ctx, r, pr)
	return made, nil
}

// noteBackup keeps how it went. One that was called off, or met a lock, is no failure.
func (p *Practice) noteBackup(ctx context.Context, made BackupFile, err error) {
	ctx = context.WithoutCancel(ctx)
	if errors.Is(err, context.Canceled) || errors.Is(err, ErrLocked) {
		return
	}
	e := AuditEntry{Act: ActBackup, About: made.ID}
	if err != nil {
		e = AuditEntry{Act: ActBackup + failed}
	}
	_ = p.audit(ctx, e)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep.problem, p.keep.tryAt = Explain(err), time.Time{}
	if err != nil {
		p.keep.tryAt = wall(time.Now()).Add(backupAgain)
	}
}

// thin removes what the rule does not keep. A file that cannot be removed is met again by the next backup.
func (p *Practice) thin(ctx context.Context, r *Records, pr Profile) {
	files, err := r.Backups.ListBackups(ctx, pr.Backup.Folder)
	if err != nil {
		return
	}
	for _, f := range thinned(files, now(), pr.location()) {
		if r.Backups.RemoveBackup(ctx, f) == nil {
			_ = p.audit(ctx, AuditEntry{Act: ActBackupGone, About: f.ID})
		}
	}
}

// Drill restores a backup into a scratch place and says what that proved. "" is the newest.
func (p *Practice) Drill(ctx context.Context, path string, report Progress) (DrillReport, error) {
	r, err := p.open()
	if err != nil {
		return DrillReport{}, err
	}
	if path == "" {
		v, err := p.Keeping(ctx)
		if err != nil {
			return DrillReport{}, err
		}
		if len(v.Files) == 0 {
			return DrillReport{}, ErrNoFolder
		}
		path = v.Files[0].Path
	}
	end, err := p.beginKeeping()
	if err != nil {
		return DrillReport{}, err
	}
	defer end()
	rep, err := r.Backups.DrillBackup(ctx, path, p.reporting(report))
	if errors.Is(err, context.Canceled) || errors.Is(err, ErrLocked) {
		return rep, err
	}
	e := AuditEntry{Act: ActDrill, About: rep.Backup.ID}
	if err != nil {
		e.Act += failed
	}
	_ = p.audit(context.WithoutCancel(ctx), e)
	return rep, err
}

// RemoveAside removes a record that a restore had put aside, for good.
func (p *Practice) RemoveAside(ctx context.Context, a AsideRecord) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	if err := p.auditFirst(ctx, r, AuditEntry{Act: ActRemoveAside}); err != nil {
		return err
	}
	err = r.Aside.RemoveAside(ctx, a)
	p.changed(KeepingChanged, "")
	return err
}

// PutBack puts a record that a restore had replaced in its place again and opens it, with the passphrase that it had; the present one is
// locked and put aside. Both logs have it. ErrNotPutBack, while a session runs or something waits to be saved that would then
// be written into the other record. pass is wiped.
func (p *Practice) PutBack(ctx context.Context, a AsideRecord, pass Passphrase) error {
	defer pass.Wipe()
	r, err := p.open()
	if err != nil {
		return err
	}
	if p.Running() != nil || !p.Waiting().None() {
		return ErrNotPutBack
	}
	if err := r.Aside.TryAside(ctx, a, pass); err != nil {
		if errors.Is(err, ErrWrongPassphrase) {
			_ = p.audit(context.WithoutCancel(ctx), AuditEntry{Act: ActPutBack + failed})
		}
		return err
	}
	if err := p.auditFirst(ctx, r, AuditEntry{Act: ActPutBack}); err != nil {
		return err
	}
	p.Lock()
	done := ErrNotPutBack
	err = p.enter(ctx, ActPutBack, func() (*Records, error) {
		if done = nil; p.Running() != nil || !p.Waiting().None() {
			done = ErrNotPutBack
			return nil, done
		}
		return p.deps.Restorer.PutBack(ctx, a, pass)
	})
	return cmp.Or(err, done) // nothing was done if somebody was quicker to unlock
}

// InspectBackup tells what a file says of itself, without a key.
func (p *Practice) InspectBackup(ctx context.Context, path string) (BackupFile, error) {
	return p.deps.Restorer.Inspect(ctx, strings.TrimSpace(path))
}

// Restore brings a backup back and opens it, with a new passphrase. The kit is wiped once it has opened it; the passphrase
// unless a *ReplaceError asks for another look.
func (p *Practice) Restore(ctx context.Context, o RestoreOrder, report RestoreProgress) error {
	if !JudgePassphrase(o.Pass).OK {
		return ErrWeakPassphrase
	}
	o.Path = strings.TrimSpace(o.Path)
	err := p.enter(ctx, ActRestored, func() (*Records, error) { return p.deps.Restorer.Restore(ctx, o, report) })
	if errors.Is(err, ErrWouldReplace) {
		return err
	}
	o.Pass.Wipe()
	if err != nil {
		return err
	}
	o.Kit.Wipe()
	ctx = context.WithoutCancel(ctx) // it is done
	pr, err := p.Profile(ctx)
	if err == nil && p.deps.Relay != nil { // a new machine does not know yet which relay is taken
		err = p.deps.Relay.KeepRelay(pr.Relay)
	}
	return err
}

// keeping is a backup or a drill that runs, and what the last one met. p.mu guards it.
type keeping struct {
	timer    *time.Timer
	busy     bool
	done, of int64
	told     time.Time
	problem  string    // of the last backup, in words
	tryAt    time.Time // no sooner, on the wall clock
}

func (p *Practice) beginKeeping() (end func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keep.busy {
		return nil, ErrBusyBackup
	}
	p.keep.busy, p.keep.done, p.keep.of = true, 0, 0
	defer p.changed(KeepingChanged, "")
	return func() {
		p.mu.Lock()
		p.keep.busy = false
		p.mu.Unlock()
		p.changed(KeepingChanged, "")
	}, nil
}

// reporting also keeps how far it is, for every screen.
func (p *Practice) reporting(report Progress) Progress {
	return func(done, of int64) {
		p.mu.Lock()
		p.keep.done, p.keep.of = done, of
		tell := time.Since(p.keep.told) > 200*time.Millisecond
		if tell {
			p.keep.told = time.Now()
		}
		p.mu.Unlock()
		if tell {
			p.changed(KeepingChanged, "")
		}
		if report != nil {
			report(done, of)
		}
	}
}

// lookBackups makes a backup if one is due, and looks again later, until a lock.
func (p *Practice) lookBackups(r *Records) {
	p.mu.Lock()
	open, early := p.records == r, wall(time.Now()).Before(p.keep.tryAt)
	if open {
		p.keep.timer = time.AfterFunc(backupLook, func() { p.lookBackups(r) })
	}
	p.mu.Unlock()
	if !open || early {
		return
	}
	ctx := context.Background()
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return
	}
	last, err := lastAct(ctx, r, ActBackup)
	if err == nil && pr.Backup.due(last, now(), pr.location()) {
		_, _ = p.BackUp(ctx, nil) // how it went stands in the view
	}
}
