package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/apptest"
)

func init() { shots = append(shots, keepingShots...) }

// keepingShots are the pictures of the audit log, of backups and of a restore.
var keepingShots = []shot{
	{"audit", full, func(r *rig) { r.toAudit() }},
	{"audit-crowded", logged, func(r *rig) { r.toAudit(); r.typed("Search the audit log", "a") }},
	{"audit-nothing", full, func(r *rig) { r.toAudit(); r.typed("Search the audit log", "zzz") }},
	{"audit-entry", full, func(r *rig) {
		r.toAudit()
		r.typed("Search the audit log", "addendum")
		r.rest()
		r.key(fyne.KeyReturn)
		r.sees("Close")
	}},
	{"audit-whole", full, func(r *rig) { r.toAudit(); r.press("Check the chain"); r.rest() }},
	{"audit-broken", full, func(r *rig) {
		r.stage.Vault.Memory.BreakAudit(7)
		r.toAudit()
		r.press("Check the chain")
		r.rest()
	}},
	{"audit-between", full, func(r *rig) {
		r.toAudit()
		a := r.shell().section.(*audit)
		a.dates.pick.OnPick(fromTo)
		a.dates.pick.Choose(fromTo)
		a.dates.from.Entry.SetText("yesterday")
		r.rest()
	}},
	{"audit-export", full, func(r *rig) { r.toAudit(); r.press("Export the audit log"); r.sees("File") }},
	{"backups-empty", full, func(r *rig) { r.toBackups() }},
	{"backups", backedUp(3), func(r *rig) { r.toBackups() }},
	{"backups-drilled", backedUp(1), func(r *rig) { r.toBackups(); r.press("Try the newest backup"); r.rest() }},
	{"backups-crowded", backedUp(40), func(r *rig) {
		r.stage.Vault.Memory.Disk.PutAside(app.AsideRecord{Path: "x", At: time.Now().Add(-time.Hour)})
		r.stage.Vault.Memory.Disk.Put(app.BackupFile{ID: "cut", Made: time.Now(), Bytes: 12 << 20, Cut: true})
		r.toBackups()
	}},
	{"backups-failed", backedUp(2), func(r *rig) {
		r.toBackups()
		r.stage.Vault.Memory.Disk.Fail(app.ErrNoRoom)
		r.press("Back up now")
		r.sees("That did not work")
		r.press("Close")
	}},
	{"backups-running", backedUp(2), func(r *rig) {
		r.toBackups()
		b, _ := r.showBusy("Backing up", func() {})
		b.Far(0.62)
	}},
	{"today-reviews", dueReviews(2), func(r *rig) { r.at("today"); r.sees("Treatment plans to review") }},
	{"today-reviews-crowded", dueReviews(9), func(r *rig) { r.at("today"); r.sees("Treatment plans to review") }},
	{"today-cut", cutOff(1), func(r *rig) { r.at("today") }},
	{"today-cut-crowded", cutOff(5), func(r *rig) { r.at("today") }},
	{"today-drill", backedUp(2), func(r *rig) { r.at("today") }},
	{"today-restored", restoredBadly, func(r *rig) { r.at("today"); r.sees("I have read this") }},
	{"backups-restored-large", restoredBadly, func(r *rig) { r.large(); r.toBackups() }},
	{"backups-restored", restoredBadly, func(r *rig) { r.toBackups() }},
	{"backups-putback", restoredBadly, func(r *rig) { r.toBackups(); r.press("Put it back"); r.sees("Lock and put it back") }},
	{"client-proof", full, func(r *rig) { r.openClient(tabOverview); r.press("Check the proof of the record"); r.sees("Close") }},
	{"client-proof-altered", restoredBadly, func(r *rig) { r.openClient(tabOverview); r.press("Check the proof of the record"); r.sees("Close") }},
	{"restore", bareStage, func(r *rig) { r.press("I have a backup") }},
	{"restore-running", bareStage, func(r *rig) {
		r.press("I have a backup")
		b, _ := r.showBusy(restoring[app.RestoreReading], func() {})
		b.Far(1)
		b.Doing(restoring[app.RestoreTables])
	}},
	{"restore-older", locked, func(r *rig) { r.askRestore() }},
}

// askRestore comes to the last question before an older backup takes the place of the record.
func (r *rig) askRestore() {
	r.stage.Vault.Memory.Disk.Put(app.BackupFile{Path: "/media/safe/a.alcovebackup", ID: "a", Made: time.Now().AddDate(0, 0, -9), Bytes: 61 << 20})
	r.at("unlock")
	r.rest()
	r.press("Restore a backup")
	r.typed("Backup file", "/media/safe/a.alcovebackup")
	r.typed("Recovery kit", strings.Join(app.KitGroups(r.stage.Kit), " "))
	r.typed("New passphrase", apptest.Passphrase)
	r.typed("The same once more", apptest.Passphrase)
	r.press("Restore")
	r.sees("Go back to the older one")
}

func (r *rig) toAudit() {
	r.at("today")
	r.press("Settings")
	r.press(tabSecurity)
	r.press("Open audit log")
	r.at("audit")
	r.rest()
}

func (r *rig) toBackups() {
	r.at("today")
	r.press("Settings")
	r.press(tabSecurity)
	r.press("Open backups")
	r.at("backups")
	r.rest()
}

// backedUp has a folder with n backups in it.
func backedUp(n int) func(testing.TB) *apptest.Stage {
	return func(t testing.TB) *apptest.Stage {
		s := apptest.Practice(t)
		ctx := context.Background()
		if err := s.SaveBackups(ctx, app.BackupSettings{Folder: "/media/maren/Safe place/Alcove", Every: app.BackupDaily}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.BackUp(ctx, nil); err != nil {
			t.Fatal(err)
		}
		for i := 1; i < n; i++ {
			s.Vault.Memory.Disk.Put(app.BackupFile{
				Path: fmt.Sprintf("/media/maren/Safe place/Alcove/%d.alcovebackup", i), ID: fmt.Sprint(i), Made: time.Now().AddDate(0, 0, -i), Bytes: int64(60-i) << 20,
			})
		}
		return s
	}
}

// restoredBadly is a record whose restore found something, put in place of another.
func restoredBadly(t testing.TB) *apptest.Stage {
	s := backedUp(3)(t)
	s.Vault.Memory.BreakEntry(s.Ana, 1)
	s.Vault.Memory.Disk.PutAside(app.AsideRecord{Path: "x", At: time.Now().Add(-time.Hour)})
	for _, f := range []app.Finding{{Kind: app.FoundEntry, Client: s.Ana, Count: 1, Places: []int64{1}}, {Kind: app.FoundIndex, Count: 1}} {
		if err := s.Vault.Memory.Open(nil).Audit.Append(context.Background(), f.Entry(time.Now())); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// cutOff has n sessions in which the app was closed.
func cutOff(n int) func(testing.TB) *apptest.Stage {
	return func(t testing.TB) *apptest.Stage {
		s := backedUp(1)(t)
		ctx := context.Background()
		r := s.Vault.Memory.Open(nil)
		for i := range n {
			id, at := s.Ana, time.Now().Add(-time.Duration(1+26*i)*time.Hour)
			if i > 0 {
				c, err := s.SaveClient(ctx, app.Client{Name: fmt.Sprintf("Client %d %s", i, strings.Repeat("Longname ", 4*i))})
				if err != nil {
					t.Fatal(err)
				}
				id = c
			}
			if err := r.Sessions.SaveSession(ctx, app.SessionFacts{ID: app.SessionID(fmt.Sprint("cut", i)), Client: id, Started: at, Alive: at.Add(23 * time.Minute), Modality: app.ModalityVideo}); err != nil {
				t.Fatal(err)
			}
		}
		s.Lock()
		if err := s.Unlock(ctx, apptest.Pass()); err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// logged has a long audit log, of long names too.
func logged(t testing.TB) *apptest.Stage {
	s := crowded(t)
	r := s.Vault.Memory.Open(nil)
	acts := []string{app.ActViewNote, app.ActViewClient, app.ActUnlock, app.ActUnlock + ".failed", app.ActAdmit, app.ActDeny, app.ActExport, app.ActSign}
	for i := range 20_000 {
		e := app.AuditEntry{At: time.Now().Add(time.Duration(i-20_000) * time.Minute), Act: acts[i%len(acts)]}
		if i%8 != 2 && i%8 != 3 {
			e.Client = s.Ana
		}
		if err := r.Audit.Append(context.Background(), e); err != nil {
			t.Fatal(err)
		}
	}
	return s
}
