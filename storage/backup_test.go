package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"alcove/app"
)

// practiceWithBackup is an open vault with a signed note, a draft and some weight, and a backup of it in a folder.
func practiceWithBackup(t testing.TB) (v *Vault, r *app.Records, kit app.RecoveryKit, b app.BackupFile) {
	t.Helper()
	v, r, kit = newVault(t)
	fillBackupRecords(t, r)
	b, err := r.Backups.MakeBackup(t.Context(), t.TempDir(), nil)
	must(t, err)
	return v, r, kit, b
}

func fillBackupRecords(t testing.TB, r *app.Records) {
	t.Helper()
	ctx, at := t.Context(), time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	must(t, r.Clients.SaveClient(ctx, app.Client{ID: "C1", Name: "Wren " + canary, Status: app.ClientActive, Created: at, Changed: at}))
	for i := range 40 {
		n := app.Note{
			ID: app.NoteID(fmt.Sprint("N", i)), Client: "C1", Format: app.FormatFree, Created: at.Add(time.Duration(i) * time.Hour), Changed: at,
			Sections: []app.Section{{Key: "text", Text: strings.Repeat(fmt.Sprint(canary, " ", i, " "), 200)}},
		}
		must(t, r.Notes.SaveDraft(ctx, n))
		must(t, r.Audit.Append(ctx, app.AuditEntry{At: at, Act: "note.write", Client: "C1", About: string(n.ID)}))
		if i%2 == 0 {
			must(t, r.Notes.SignNote(ctx, n.ID, app.Signature{By: "T", At: at, Hash: [32]byte{1}}))
		}
	}
}

func inFolder(t testing.TB, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

func TestBackupComesBackOnANewMachine(t *testing.T) {
	_, r, kit, b := practiceWithBackup(t)
	if names := inFolder(t, filepath.Dir(b.Path)); len(names) != 1 || filepath.Join(filepath.Dir(b.Path), names[0]) != b.Path {
		t.Errorf("in the folder: %v", names)
	}
	info, err := os.Stat(b.Path)
	must(t, err)
	if info.Mode().Perm() != 0o600 || info.Size() != b.Bytes || b.Cut {
		t.Errorf("%v, %+v", info, b)
	}
	if bytes.Contains(slurp(t, b.Path), []byte(canary)) || bytes.Contains(slurp(t, b.Path), []byte("clients")) {
		t.Error("the backup says something in the clear")
	}
	list, err := r.Backups.ListBackups(t.Context(), filepath.Dir(b.Path))
	must(t, err)
	if len(list) != 1 || list[0] != b {
		t.Errorf("listed: %+v, made: %+v", list, b)
	}

	there := profile(t, filepath.Join(t.TempDir(), "elsewhere"))
	if f, err := there.Inspect(t.Context(), b.Path); err != nil || f != b {
		t.Errorf("%+v %v", f, err)
	}
	ends, phases := map[app.RestorePhase][2]int64{}, []app.RestorePhase(nil)
	back, err := there.Restore(t.Context(), app.RestoreOrder{Path: b.Path, Kit: kit, Pass: pass("a new machine")}, func(phase app.RestorePhase, d, n int64) {
		if _, told := ends[phase]; !told {
			phases = append(phases, phase)
		}
		ends[phase] = [2]int64{d, n}
	})
	must(t, err)
	if got := fmt.Sprint(phases); got != "[reading writing tables proof keys]" { // a small store has no time for its pages
		t.Errorf("told of %s", got)
	}
	for _, phase := range []app.RestorePhase{app.RestoreReading, app.RestoreProof} {
		if e := ends[phase]; e[0] != e[1] || e[1] == 0 {
			t.Errorf("%s ended at %d of %d", phase, e[0], e[1])
		}
	}
	n, err := back.Notes.Note(t.Context(), "N0")
	must(t, err)
	if n.Status != app.NoteFinal || !strings.Contains(n.Sections[0].Text, canary) {
		t.Errorf("%v", n.Status)
	}
	must(t, Check(t.Context(), back))
	must(t, back.Close())
	unlocks(t, there, "a new machine", nil)
	if _, err := there.Unlock(t.Context(), pass(passphrase)); !errors.Is(err, app.ErrWrongPassphrase) {
		t.Errorf("the old passphrase on the new machine: %v", err)
	}
	// And the first machine goes on as it was.
	must(t, Check(t.Context(), r))
}

func TestDrillProves(t *testing.T) {
	v, r, _, b := practiceWithBackup(t)
	ctx := t.Context()
	for range 3 {
		must(t, r.Audit.Append(ctx, app.AuditEntry{At: time.Now(), Act: "later"}))
	}
	last, total := int64(0), int64(0)
	rep, err := r.Backups.DrillBackup(ctx, b.Path, func(d, n int64) { last, total = d, n })
	must(t, err)
	if last != total || total <= rep.Pages*4096 {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	if rep.Clients != 1 || rep.Notes != 40 || rep.Entries != 60 || rep.Signatures != 20 || rep.LaterInRecord != 3 || rep.Pages < 20 || rep.Took <= 0 {
		t.Errorf("%+v", rep)
	}
	if !rep.KitFits || rep.Backup != b {
		t.Errorf("%+v", rep)
	}
	if _, err := os.Stat(filepath.Join(v.dir, drillDir)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the scratch place is still there")
	}
	_, err = r.Keys.NewRecoveryKit(ctx)
	must(t, err)
	rep, err = r.Backups.DrillBackup(ctx, b.Path, nil)
	must(t, err)
	if rep.KitFits {
		t.Error("an older kit counts as the present one")
	}
}

// A record that was rolled back, or gone on another way, is not the one that the backup was made of.
func TestDrillFindsAnotherHistory(t *testing.T) {
	for name, sql := range map[string]string{
		"the log is shorter": "DELETE FROM audit WHERE seq > 59",
		"the log is another": "UPDATE audit SET chain = x'00' WHERE seq = 60",
		"a chain is another": "UPDATE chain SET hash = zeroblob(32) WHERE seq = 20",
		"a chain is shorter": "DELETE FROM chain WHERE seq = 20",
	} {
		t.Run(name, func(t *testing.T) {
			_, r, _, b := practiceWithBackup(t)
			pastTriggers(t, r, sql)
			if _, err := r.Backups.DrillBackup(t.Context(), b.Path, nil); !errors.Is(err, app.ErrDrillFailed) {
				t.Error(err)
			}
		})
	}
}

// Whatever is changed in a backup, or cut off it, is noticed before anything is restored, and nothing is left.
// What was altered in the record before the backup was made is in the backup too, and does not pass for a proof.
func TestDrillFindsAnAlteredLogOrChain(t *testing.T) {
	for name, sql := range map[string]string{
		"the log":           "UPDATE audit SET about = 'x' WHERE seq = 7",
		"an entry":          "UPDATE chain SET body = replace(body, '" + canary + "', 'x') WHERE seq = 7",
		"an entry is gone":  "DELETE FROM chain WHERE seq = 7",
		"a hash":            "UPDATE chain SET hash = zeroblob(32) WHERE seq = 7",
		"the end is gone":   "DELETE FROM chain WHERE seq = 20",
		"the head is gone":  "DELETE FROM chain_heads",
		"the head is other": "UPDATE chain_heads SET hash = zeroblob(32)",
		"a signed note":     "UPDATE notes SET signed_hash = zeroblob(32) WHERE id = 'N0'",
		"no such client":    "PRAGMA foreign_keys = OFF; UPDATE notes SET client = 'nobody' WHERE id = 'N1'; PRAGMA foreign_keys = ON",
		"one never signed":  "UPDATE notes SET status = 'final', signed_hash = zeroblob(32), signed_at = 1 WHERE id = 'N1'",
	} {
		t.Run(name, func(t *testing.T) {
			_, r, _ := newVault(t)
			fillBackupRecords(t, r)
			pastTriggers(t, r, sql)
			b, err := r.Backups.MakeBackup(t.Context(), t.TempDir(), nil)
			must(t, err)
			if _, err := r.Backups.DrillBackup(t.Context(), b.Path, nil); !errors.Is(err, app.ErrBackupDamaged) {
				t.Error(err)
			}
		})
	}
}

func TestChangedBackupsAreRefused(t *testing.T) {
	v, r, kit, b := practiceWithBackup(t)
	must(t, r.Close())
	whole := slurp(t, b.Path)
	there := profile(t, filepath.Join(t.TempDir(), "elsewhere"))
	before := inFolder(t, there.dir)
	path := filepath.Join(t.TempDir(), "x"+backupSuffix)
	refused := func(name string, content []byte, want ...error) {
		t.Helper()
		must(t, os.WriteFile(path, content, 0o600))
		for _, v := range []*Vault{there, v} {
			_, err := v.Restore(t.Context(), app.RestoreOrder{Path: path, Kit: kit, Pass: pass("new"), Replace: true}, nil)
			ok := false
			for _, w := range want {
				ok = ok || errors.Is(err, w)
			}
			if !ok || !strings.Contains(app.Explain(err), "othing") && !strings.Contains(app.Explain(err), "kit") {
				t.Errorf("%s: %v; said: %s", name, err, app.Explain(err))
			}
		}
		if now := inFolder(t, there.dir); fmt.Sprint(now) != fmt.Sprint(before) {
			t.Fatalf("%s left %v", name, now)
		}
	}
	for _, n := range []int{len(whole) - 1, len(whole) - backupMAC, len(whole) / 2, 5000, 300, backupHeader, backupHeader - 1, 20} {
		refused(fmt.Sprint("cut to ", n), whole[:n], app.ErrBackupCut)
	}
	refused("longer by a byte", append(bytes.Clone(whole), 0), app.ErrBackupCut)
	h, err := parseBackupHead(whole[:backupHeader])
	must(t, err)
	store := backupHeader + int(h.key) + int(h.facts)
	flips := []int{24, 40, 56, backupHeader + 5, store - 1, store - int(h.facts), store, store + 100, store + 4095, store + 4096*3 + 7, len(whole) - backupMAC - 1, len(whole) - backupMAC, len(whole) - 1}
	for at := store; at < len(whole); at += len(whole) / 12 {
		flips = append(flips, at)
	}
	for _, at := range flips {
		bent := bytes.Clone(whole)
		bent[at] ^= 0x10
		refused(fmt.Sprint("flipped at ", at), bent, app.ErrBackupChanged, app.ErrWrongRecoveryKit)
	}
	// A page from the same store's other backup opens by itself: the MAC tells.
	swapped := bytes.Clone(whole)
	copy(swapped[store+4096:store+2*4096], whole[store+2*4096:store+3*4096])
	refused("a page in another's place", swapped, app.ErrBackupChanged)

	newer := func(at int, n uint32) []byte {
		b := bytes.Clone(whole)
		binary.BigEndian.PutUint32(b[at:], n)
		return b
	}
	refused("a newer format", newer(16, backupFormat+1), app.ErrNewerBackup)
	refused("an old record's header on this one's store", newer(20, 1), app.ErrBackupChanged)
	must(t, os.WriteFile(path, []byte("something else"), 0o600))
	if _, err := there.Inspect(t.Context(), path); !errors.Is(err, app.ErrNoBackup) {
		t.Error(err)
	}
	if _, err := there.Inspect(t.Context(), path+"none"); !errors.Is(err, app.ErrNoFolder) {
		t.Error(err)
	}
	must(t, os.WriteFile(path, whole, 0o600))
	wrong := app.NewRecoveryKit(bytes.Repeat([]byte{1}, kitSize))
	if _, err := there.Restore(t.Context(), app.RestoreOrder{Path: path, Kit: wrong, Pass: pass("new")}, nil); !errors.Is(err, app.ErrWrongRecoveryKit) {
		t.Error(err)
	}
	unlocks(t, v, passphrase, nil) // the record that was there opens as ever
}

func TestBackupOfANewerSchemaIsRefused(t *testing.T) {
	_, r, kit := newVault(t)
	_, err := recordsOf(r).store.DB().Exec("PRAGMA user_version = 900")
	must(t, err)
	b, err := r.Backups.MakeBackup(t.Context(), t.TempDir(), nil)
	must(t, err)
	there := profile(t, filepath.Join(t.TempDir(), "elsewhere"))
	if _, err := there.Restore(t.Context(), app.RestoreOrder{Path: b.Path, Kit: kit, Pass: pass("new")}, nil); !errors.Is(err, app.ErrNewerBackup) {
		t.Error(err)
	}
}

func TestReplacingARecord(t *testing.T) {
	v, r, kit, b := practiceWithBackup(t)
	ctx := t.Context()
	must(t, r.Audit.Append(ctx, app.AuditEntry{At: time.Now(), Act: "after the backup"}))
	must(t, r.Notes.SaveDraft(ctx, app.Note{ID: "late", Client: "C1", Format: app.FormatFree, Sections: []app.Section{{Key: "text", Text: "written after it"}}, Created: time.Now(), Changed: time.Now()}))
	must(t, r.Close())

	order := app.RestoreOrder{Path: b.Path, Kit: kit, Pass: pass("restored")}
	_, err := v.Restore(ctx, order, nil)
	var asked *app.ReplaceError
	if !errors.As(err, &asked) || !asked.Older || asked.Other || !asked.Record.After(asked.Backup) {
		t.Fatalf("%+v %v", asked, err)
	}
	unlocks(t, v, passphrase, nil)

	order.Replace = true
	back, err := v.Restore(ctx, order, nil)
	must(t, err)
	if _, err := back.Notes.Note(ctx, "late"); !errors.Is(err, app.ErrNotFound) {
		t.Errorf("what the backup cannot have: %v", err)
	}
	kept, err := back.Aside.Aside(ctx)
	must(t, err)
	if len(kept) != 1 || time.Since(kept[0].At) > time.Minute {
		t.Fatalf("put aside: %+v", kept)
	}
	must(t, back.Close())
	unlocks(t, v, "restored", nil)

	// The earlier record is whole: back in its place it opens as ever.
	must(t, os.Rename(v.path(""), filepath.Join(v.dir, "away")))
	must(t, v.tidy())
	again, err := v.Unlock(ctx, pass(passphrase))
	must(t, err)
	if _, err := again.Notes.Note(ctx, "late"); err != nil {
		t.Error(err)
	}
	must(t, again.Close())
	must(t, os.Rename(v.path(""), kept[0].Path))
	must(t, os.Rename(filepath.Join(v.dir, "away"), v.path("")))
	again, err = v.Unlock(ctx, pass("restored"))
	must(t, err)
	must(t, again.Aside.RemoveAside(ctx, kept[0]))
	if err := again.Aside.RemoveAside(ctx, kept[0]); !errors.Is(err, app.ErrNotFound) {
		t.Error(err)
	}
	must(t, again.Close())
	unlocks(t, v, "restored", nil)
}

// What a restore has replaced can be put back, and that can be taken back; a passphrase that does not open it moves nothing. Killed between the
// two renames, the next start finds the one that was there before.
func TestPuttingBackWhatARestoreReplaced(t *testing.T) {
	v, r, kit, b := practiceWithBackup(t)
	ctx := t.Context()
	must(t, r.Notes.SaveDraft(ctx, app.Note{ID: "late", Client: "C1", Format: app.FormatFree, Sections: []app.Section{{Key: "text", Text: "written after it"}}, Created: time.Now(), Changed: time.Now()}))
	must(t, r.Close())
	back, err := v.Restore(ctx, app.RestoreOrder{Path: b.Path, Kit: kit, Pass: pass("restored"), Replace: true}, nil)
	must(t, err)
	kept, err := back.Aside.Aside(ctx)
	must(t, err)
	for p, want := range map[string]error{"restored": app.ErrWrongPassphrase, passphrase: nil} {
		if err := back.Aside.TryAside(ctx, kept[0], pass(p)); !errors.Is(err, want) {
			t.Errorf("%s: %v", p, err)
		}
	}
	if err := back.Aside.TryAside(ctx, app.AsideRecord{Path: v.path("")}, pass("restored")); !errors.Is(err, app.ErrNotFound) {
		t.Error("one that is not aside: ", err)
	}
	must(t, back.Close())
	if _, err := v.PutBack(ctx, kept[0], pass("restored")); !errors.Is(err, app.ErrWrongPassphrase) {
		t.Error(err)
	}
	unlocks(t, v, "restored", nil)

	again, err := v.PutBack(ctx, kept[0], pass(passphrase))
	must(t, err)
	_, err = again.Notes.Note(ctx, "late")
	must(t, err)
	must(t, Check(ctx, again))
	now, err := again.Aside.Aside(ctx)
	must(t, err)
	if len(now) != 1 || now[0] == kept[0] {
		t.Fatalf("put aside: %+v", now)
	}
	must(t, again.Close())
	again, err = v.PutBack(ctx, now[0], pass("restored"))
	must(t, err)
	must(t, again.Close())
	unlocks(t, v, "restored", nil)

	must(t, os.Rename(v.path(""), filepath.Join(v.dir, asidePrefix+time.Now().UTC().Format(asideTime)))) // as a kill would leave it
	must(t, v.tidy())
	unlocks(t, v, "restored", nil)
}

func TestNotOlderAndAnotherPractices(t *testing.T) {
	v, r, kit, b := practiceWithBackup(t)
	must(t, r.Close())
	var asked *app.ReplaceError
	if _, err := v.Restore(t.Context(), app.RestoreOrder{Path: b.Path, Kit: kit, Pass: pass("x y")}, nil); !errors.As(err, &asked) || asked.Older || asked.Other {
		t.Errorf("nothing happened since: %+v", asked)
	}
	other, _, _ := newVault(t)
	if _, err := other.Restore(t.Context(), app.RestoreOrder{Path: b.Path, Kit: kit, Pass: pass("x y")}, nil); !errors.As(err, &asked) || !asked.Other {
		t.Errorf("another practice's record: %+v", asked)
	}
}

// Two profiles may share a folder: neither sees, thins, drills or opens what is the other's.
func TestProfilesKeepTheirBackupsApart(t *testing.T) {
	_, r1, kit1, b1 := practiceWithBackup(t)
	v2, r2, kit2 := newVault(t)
	dir := filepath.Dir(b1.Path)
	b2, err := r2.Backups.MakeBackup(t.Context(), dir, nil)
	must(t, err)
	for _, c := range []struct {
		r    *app.Records
		want app.BackupFile
	}{{r1, b1}, {r2, b2}} {
		list, err := c.r.Backups.ListBackups(t.Context(), dir)
		must(t, err)
		if len(list) != 1 || list[0] != c.want {
			t.Errorf("%+v", list)
		}
	}
	if _, err := r2.Backups.DrillBackup(t.Context(), b1.Path, nil); !errors.Is(err, app.ErrNoBackup) {
		t.Errorf("a drill of the other's: %v", err)
	}
	if _, err := v2.Restore(t.Context(), app.RestoreOrder{Path: b1.Path, Kit: kit2, Pass: pass("x y"), Replace: true}, nil); !errors.Is(err, app.ErrWrongRecoveryKit) {
		t.Errorf("the other's backup with our kit: %v", err)
	}
	if _, err := v2.Restore(t.Context(), app.RestoreOrder{Path: b2.Path, Kit: kit1, Pass: pass("x y"), Replace: true}, nil); !errors.Is(err, app.ErrWrongRecoveryKit) {
		t.Errorf("our backup with the other's kit: %v", err)
	}
	if err := r2.Backups.RemoveBackup(t.Context(), b1); !errors.Is(err, app.ErrNoBackup) {
		t.Errorf("the other's backup removed: %v", err)
	}
	// Who can write to the folder, and not delete, makes backups up, so that the rule lets the true ones go.
	forge := func(name string, of app.BackupFile, at int, with []byte) {
		b := slurp(t, of.Path)
		copy(b[at:], with)
		must(t, os.WriteFile(filepath.Join(dir, name+backupSuffix), b, 0o600))
	}
	h1, err := parseBackupHead(slurp(t, b1.Path))
	must(t, err)
	forge("ours, by its header", b2, 24, h1.vault[:])
	forge("a second older", b1, 56, binary.BigEndian.AppendUint64(nil, uint64(h1.created.Add(-time.Second).UnixNano())))
	forge("another of ours", b1, 40, make([]byte, backupIDSize))
	list, err := r1.Backups.ListBackups(t.Context(), dir)
	must(t, err)
	if len(list) != 1 || list[0] != b1 {
		t.Errorf("with forged ones beside it: %+v", list)
	}
}

func TestWhereBackupsMayNotLie(t *testing.T) {
	v, r, _ := newVault(t)
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(v.dir, link))
	for dir, want := range map[string]error{
		filepath.Join(t.TempDir(), "unplugged"): app.ErrNoFolder, "relative": app.ErrNoFolder, v.path(storeName): app.ErrNoFolder,
		v.dir: app.ErrFolderInside, v.path(""): app.ErrFolderInside, link: app.ErrFolderInside,
	} {
		if _, err := r.Backups.MakeBackup(t.Context(), dir, nil); !errors.Is(err, want) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// It is of one moment, whatever is written meanwhile; what is written is not held up, and not lost.
func TestBackupWhileInUse(t *testing.T) {
	_, r, kit := newVault(t)
	fillBackupRecords(t, r)
	must(t, growStore(r, 12<<20))
	ctx, stop := context.WithCancel(t.Context())
	var written atomic.Int64
	wrote, slowest := make(chan int), time.Duration(0)
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			start := time.Now()
			if err := r.Audit.Append(t.Context(), app.AuditEntry{At: start, Act: "in use"}); err != nil {
				t.Error(err)
				break
			}
			slowest = max(slowest, time.Since(start))
			written.Add(1)
		}
		wrote <- n
	}()
	dir := t.TempDir()
	b, err := r.Backups.MakeBackup(t.Context(), dir, func(done, total int64) {
		// Its moment has come: it goes on once two more are written.
		for was := written.Load(); done < total && written.Load() < was+3 && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
	})
	must(t, err)
	stop()
	n := <-wrote
	rep, err := r.Backups.DrillBackup(t.Context(), b.Path, nil)
	must(t, err)
	t.Logf("%d entries written meanwhile, %d of them after the backup's moment, the slowest in %v", n, rep.LaterInRecord, slowest)
	if rep.LaterInRecord < 2 || rep.LaterInRecord > int64(n) {
		t.Errorf("%d entries after the moment, %d written in all", rep.LaterInRecord, n)
	}
	must(t, Check(t.Context(), r))
	there := profile(t, filepath.Join(t.TempDir(), "elsewhere"))
	back, err := there.Restore(t.Context(), app.RestoreOrder{Path: b.Path, Kit: kit, Pass: pass("x y")}, nil)
	must(t, err)
	must(t, back.Close())
}

// growStore adds a table that is nobody's, n bytes long.
func growStore(r *app.Records, n int) error {
	db := recordsOf(r).store.DB()
	_, err := db.Exec("CREATE TABLE weight (b BLOB)")
	for ; err == nil && n > 0; n -= 1 << 20 {
		_, err = db.Exec("INSERT INTO weight VALUES (randomblob(1048576))")
	}
	return err
}

func TestBackupCalledOffLeavesNothing(t *testing.T) {
	v, r, _ := newVault(t)
	must(t, growStore(r, 6<<20))
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.Backups.MakeBackup(ctx, dir, func(done, total int64) {
		if done > total/4 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || len(inFolder(t, dir)) != 0 {
		t.Errorf("%v, left %v", err, inFolder(t, dir))
	}
	b, err := r.Backups.MakeBackup(t.Context(), dir, nil)
	must(t, err)
	ctx, cancel = context.WithCancel(t.Context())
	if _, err := r.Backups.DrillBackup(ctx, b.Path, func(int64, int64) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	// A lock ends a backup, and does not wait for it.
	closed := make(chan error)
	_, err = r.Backups.MakeBackup(t.Context(), dir, func(done, total int64) {
		if done > total/4 && closed != nil {
			c := closed
			closed = nil
			go func() { c <- r.Close() }()
			time.Sleep(50 * time.Millisecond)
		}
	})
	if !errors.Is(err, app.ErrLocked) || len(inFolder(t, dir)) != 1 {
		t.Errorf("%v, left %v", err, inFolder(t, dir))
	}
	if left := inFolder(t, v.dir); len(left) != 2 {
		t.Errorf("the profile holds %v", left)
	}
	unlocks(t, v, passphrase, nil)
}

// A page of the record itself that is damaged is told when the backup is made, not when it is needed.
func TestBackupOfADamagedRecord(t *testing.T) {
	v, r, _ := newVault(t)
	must(t, growStore(r, 2<<20))
	must(t, r.Close())
	content := slurp(t, v.path(storeName))
	content[len(content)-4096*20] ^= 1
	must(t, os.WriteFile(v.path(storeName), content, 0o600))
	r, err := v.Unlock(t.Context(), pass(passphrase))
	must(t, err)
	defer r.Close()
	dir := t.TempDir()
	if _, err := r.Backups.MakeBackup(t.Context(), dir, nil); !errors.Is(err, app.ErrDamaged) || errors.Is(err, app.ErrBackupChanged) || len(inFolder(t, dir)) != 0 {
		t.Errorf("%v, left %v", err, inFolder(t, dir))
	}
}

func TestAStartRemovesWhatADrillLeft(t *testing.T) {
	v, r, _ := newVault(t)
	must(t, r.Close())
	must(t, v.Close())
	must(t, os.MkdirAll(filepath.Join(v.dir, drillDir), 0o700))
	must(t, os.WriteFile(filepath.Join(v.dir, drillDir, storeName), []byte("left"), 0o600))
	v = profile(t, v.dir)
	if names := inFolder(t, v.dir); len(names) != 2 {
		t.Errorf("%v", names)
	}
	unlocks(t, v, passphrase, nil)
}

func TestStalePartsAreSwept(t *testing.T) {
	_, r, _, b := practiceWithBackup(t)
	dir := filepath.Dir(b.Path)
	mine := "." + recordsOf(r).keysPrefix()
	for name, old := range map[string]bool{mine + "-1.part": true, mine + "-2.part": false, ".alcove-other-3.part": true} {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, nil, 0o600))
		if old {
			must(t, os.Chtimes(path, time.Now(), time.Now().Add(-time.Hour)))
		}
	}
	_, err := r.Backups.MakeBackup(t.Context(), dir, nil)
	must(t, err)
	if names := inFolder(t, dir); len(names) != 4 || strings.Contains(fmt.Sprint(names), mine+"-1.part") {
		t.Errorf("%v", names)
	}
}

func (r *records) keysPrefix() string { return backups{r}.backupPrefix() }
