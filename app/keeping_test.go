package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

func backUpDaily(t *testing.T, s *apptest.Stage) {
	t.Helper()
	must(t, s.SaveBackups(t.Context(), app.BackupSettings{Folder: "/media/safe", Every: app.BackupDaily}))
}

func TestBackupByHand(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		v, err := s.Keeping(ctx)
		must(t, err)
		want(t, "can be made without a folder", v.CanMake, false)
		want(t, "none yet", v.NoneYet, true)
		_, err = s.BackUp(ctx, nil)
		wantErr(t, "without a folder", err, app.ErrNoFolder)
		wantField(t, s.SaveBackups(ctx, app.BackupSettings{Every: app.BackupDaily}), "Folder")
		must(t, s.SaveBackups(ctx, app.BackupSettings{Folder: " /media/safe "}))
		made, err := s.BackUp(ctx, nil)
		must(t, err)
		v, err = s.Keeping(ctx)
		must(t, err)
		if len(v.Files) != 1 || v.Files[0] != made || v.NoneYet || v.Folder != "/media/safe" || !v.DrillDue || v.Late || v.Busy {
			t.Errorf("%+v", v)
		}
		wantAct(t, s, app.ActBackup, 1)
		_, err = s.Drill(ctx, "", nil)
		must(t, err)
		v, err = s.Keeping(ctx)
		must(t, err)
		want(t, "drill due after a drill", v.DrillDue, false)
		time.Sleep(30 * 24 * time.Hour)
		unlock(t, s)
		v, err = s.Keeping(ctx)
		must(t, err)
		want(t, "drill due a month later", v.DrillDue, true)
		want(t, "files that nothing replaces", len(v.Files), 1)
	})
}

// Settings that are saved as a whole do not put the backup's back.
func TestSavingTheProfileLeavesBackupsAlone(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		pr, err := s.Profile(t.Context())
		must(t, err)
		backUpDaily(t, s)
		must(t, s.SaveProfile(t.Context(), pr))
		v, err := s.KeepingDue(t.Context())
		must(t, err)
		want(t, "folder", v.Folder, "/media/safe")
	})
}

// Daily is once a calendar day: while the app is open, or at the next start.
func TestBackupsOnASchedule(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		backUpDaily(t, s)
		made := func() int { return count(s, app.ActBackup) }
		awake := func(d time.Duration) {
			for range int(d / (5 * time.Minute)) {
				time.Sleep(5 * time.Minute)
				s.Touch()
			}
		}
		awake(15 * time.Minute)
		want(t, "soon after it was chosen", made(), 1)
		awake(2 * time.Hour)
		want(t, "later the same day", made(), 1)
		awake(24 * time.Hour)
		want(t, "the next day, the app still open", made(), 2)
		s.Lock()
		time.Sleep(72 * time.Hour)
		want(t, "while it is locked", made(), 2)
		unlock(t, s)
		time.Sleep(time.Second)
		want(t, "at the next start", made(), 3)
	})
}

func TestWeeklyBackups(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		must(t, s.SaveBackups(t.Context(), app.BackupSettings{Folder: "/media/safe", Every: app.BackupWeekly}))
		for day := range 15 {
			s.Lock()
			unlock(t, s)
			time.Sleep(time.Minute)
			if got, want := count(s, app.ActBackup), day/7+1; got != want {
				t.Errorf("day %d: %d backups, want %d", day, got, want)
			}
			time.Sleep(24*time.Hour - time.Minute)
		}
	})
}

func TestAFailedBackupIsToldAndTriedAgain(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		backUpDaily(t, s)
		s.Vault.Memory.Disk.Fail(app.ErrNoRoom)
		s.Lock()
		unlock(t, s)
		time.Sleep(time.Second)
		v, err := s.KeepingDue(t.Context())
		must(t, err)
		if !strings.Contains(v.Problem, "not enough room") {
			t.Errorf("told: %q", v.Problem)
		}
		wantAct(t, s, app.ActBackup+".failed", 1)
		s.Vault.Memory.Disk.Fail(nil)
		for range 15 {
			time.Sleep(5 * time.Minute)
			s.Touch()
		}
		wantAct(t, s, app.ActBackup, 1)
		v, err = s.KeepingDue(t.Context())
		must(t, err)
		want(t, "told once it went well", v.Problem, "")
	})
}

func TestOneBackupAtATime(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		must(t, s.SaveBackups(t.Context(), app.BackupSettings{Folder: "/media/safe"}))
		goOn := s.Vault.Memory.Disk.Hold()
		done := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _, err := s.BackUp(ctx, nil); done <- err }()
		time.Sleep(time.Second)
		_, err := s.BackUp(t.Context(), nil)
		wantErr(t, "a second one", err, app.ErrBusyBackup)
		_, err = s.Drill(t.Context(), "x", nil)
		wantErr(t, "a drill meanwhile", err, app.ErrBusyBackup)
		v, err := s.KeepingDue(t.Context())
		must(t, err)
		if !v.Busy || v.CanMake || v.Done != 50 || v.Of != 100 {
			t.Errorf("%+v", v)
		}
		cancel()
		wantErr(t, "called off", <-done, context.Canceled)
		goOn()
		v, err = s.KeepingDue(t.Context())
		must(t, err)
		if v.Busy || v.Problem != "" {
			t.Errorf("after it was called off: %+v", v)
		}
		wantAct(t, s, app.ActBackup+".failed", 0)
	})
}

// What the rule keeps: all of seven days, one a week for eight weeks, one a month for two years, and the newest always.
func TestThinning(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		at := time.Now()
		for day := range 900 {
			s.Vault.Memory.Disk.Put(app.BackupFile{ID: fmt.Sprint("day ", day), Made: at.AddDate(0, 0, -day-1).Add(time.Hour)})
		}
		s.Vault.Memory.Disk.Put(app.BackupFile{ID: "cut", Made: at.AddDate(0, 0, -300), Cut: true}, app.BackupFile{ID: "ahead", Made: at.AddDate(1, 0, 0)})
		must(t, s.SaveBackups(t.Context(), app.BackupSettings{Folder: "/media/safe"}))
		_, err := s.BackUp(t.Context(), nil)
		must(t, err)
		days, weeks, months := 0, map[string]int{}, map[string]int{}
		for _, f := range s.Vault.Memory.Disk.Files() {
			age := at.Sub(f.Made)
			switch {
			case f.Cut || f.ID == "ahead":
			case age < 7*24*time.Hour:
				days++
			case age < 8*7*24*time.Hour:
				y, w := f.Made.ISOWeek()
				weeks[fmt.Sprint(y, w)]++
			default:
				months[f.Made.Format("2006-01")]++
			}
		}
		if days < 7 || days > 9 || len(weeks) < 7 || len(weeks) > 8 || len(months) < 22 || len(months) > 24 {
			t.Errorf("%d of the last days, %d weeks, %d months", days, len(weeks), len(months))
		}
		for k, n := range weeks {
			if n > 2 { // the newest of a week, and of a month that ends in it
				t.Errorf("week %s: %d", k, n)
			}
		}
		for k, n := range months {
			if n != 1 {
				t.Errorf("month %s: %d", k, n)
			}
		}
		left := fmt.Sprint(s.Vault.Memory.Disk.Files())
		if !strings.Contains(left, " cut ") || !strings.Contains(left, " ahead ") {
			t.Error("a file that somebody should look at is gone")
		}
		before := len(s.Vault.Memory.Disk.Files())
		s.Vault.Memory.Disk.Put(app.BackupFile{ID: "old", Made: at.AddDate(-9, 0, 0)})
		_, err = s.BackUp(t.Context(), nil)
		must(t, err)
		want(t, "files after another backup", len(s.Vault.Memory.Disk.Files()), before+1)
	})
}

// Two files of one ID, and only one of them may be whole: neither makes the other superfluous.
func TestThinningTakesACopyForTheSameBackup(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		disk, at := s.Vault.Memory.Disk, time.Now().AddDate(0, 0, -30)
		disk.Put(app.BackupFile{Path: "/media/safe/a", ID: "a", Made: at}, app.BackupFile{Path: "/media/safe/b", ID: "a", Made: at})
		must(t, s.SaveBackups(t.Context(), app.BackupSettings{Folder: "/media/safe"}))
		_, err := s.BackUp(t.Context(), nil)
		must(t, err)
		want(t, "files", len(disk.Files()), 3)
	})
}

func TestRestoreAtFirstStart(t *testing.T) {
	vault, line := apptest.NewVault(), apptest.NewLine()
	vault.Memory.Disk.Put(app.BackupFile{Path: "/media/safe/a.alcovebackup", ID: "a", Made: time.Now()})
	p := app.New(app.Deps{Vault: vault, Line: line, Devices: line, Restorer: vault})
	defer p.Lock()
	ctx := t.Context()
	_, err := p.InspectBackup(ctx, "/media/safe/none")
	wantErr(t, "no backup", err, app.ErrNoBackup)
	f, err := p.InspectBackup(ctx, " /media/safe/a.alcovebackup ")
	must(t, err)
	kit := func() app.RecoveryKit { return app.NewRecoveryKit([]byte(strings.Repeat("\x5a", 20))) }
	wantErr(t, "a weak passphrase", p.Restore(ctx, app.RestoreOrder{Path: f.Path, Kit: kit(), Pass: pass("password1")}, nil), app.ErrWeakPassphrase)
	wrong := app.NewRecoveryKit(make([]byte, 20))
	wantErr(t, "another kit", p.Restore(ctx, app.RestoreOrder{Path: f.Path, Kit: wrong, Pass: apptest.Pass()}, nil), app.ErrWrongRecoveryKit)
	order := app.RestoreOrder{Path: f.Path, Kit: kit(), Pass: apptest.Pass()}
	var asked *app.ReplaceError
	if err := p.Restore(ctx, order, nil); !errors.As(err, &asked) || !asked.Older { // the fake made a vault at the wrong kit
		t.Errorf("over a record: %v", err)
	}
	order.Replace = true // with the same kit and passphrase: they were not wiped
	must(t, p.Restore(ctx, order, nil))
	ph, err := p.Phase(ctx)
	must(t, err)
	want(t, "after it", ph, app.PhaseUnlocked)
	if got := strings.Join(vault.Memory.Acts(), " "); got != "backup.restore.failed backup.restore" {
		t.Errorf("the log has %s", got)
	}
}

// What a restore has replaced is put back by its own passphrase, unless something would then be written into the wrong record.
func TestPutBack(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		disk, ctx := s.Vault.Memory.Disk, t.Context()
		before := app.AsideRecord{Path: "before", At: time.Now()}
		disk.PutAside(before)
		wantErr(t, "another", s.PutBack(ctx, app.AsideRecord{Path: "none"}, apptest.Pass()), app.ErrNotFound)
		disk.Fail(app.ErrWrongPassphrase)
		wantErr(t, "a wrong passphrase", s.PutBack(ctx, before, pass("no")), app.ErrWrongPassphrase)
		wantAct(t, s, app.ActPutBack+".failed", 1)
		disk.Fail(nil)
		ph, err := s.Phase(ctx)
		must(t, err)
		want(t, "after a wrong one", ph, app.PhaseUnlocked)

		must(t, s.PutBack(ctx, before, apptest.Pass()))
		ph, err = s.Phase(ctx)
		must(t, err)
		want(t, "after it", ph, app.PhaseUnlocked)
		wantAct(t, s, app.ActPutBack, 2) // in the log of each, which the fake has as one
		v, err := s.Keeping(ctx)
		must(t, err)
		if len(v.Aside) != 1 || v.Aside[0] == before {
			t.Errorf("%+v", v.Aside)
		}

		d := newDraft(t, s)
		s.Vault.Memory.Fail(app.ErrDiskFull)
		d.Edit("text", "only in memory")
		time.Sleep(time.Minute)
		wantErr(t, "a draft that is not saved", s.PutBack(ctx, v.Aside[0], apptest.Pass()), app.ErrNotPutBack)
		s.Vault.Memory.Fail(nil)
		time.Sleep(time.Minute)
		must(t, s.PutBack(ctx, v.Aside[0], apptest.Pass()))
		s.Lock()
		wantErr(t, "locked", s.PutBack(ctx, v.Aside[0], apptest.Pass()), app.ErrLocked)
	})
}

func TestPutBackWaitsForTheSession(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		admit(t, s, app.Knock{})
		a := app.AsideRecord{Path: "before", At: time.Now()}
		s.Vault.Memory.Disk.PutAside(a)
		wantErr(t, "in a session", s.PutBack(t.Context(), a, apptest.Pass()), app.ErrNotPutBack)
		ph, err := s.Phase(t.Context())
		must(t, err)
		want(t, "it goes on", ph, app.PhaseUnlocked)
	})
}
