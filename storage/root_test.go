package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"alcove/app"
)

// twoPeople are two records on one machine, both shut: the first in the root, where it always was.
func twoPeople(t testing.TB) (root *Root, one, two *Vault, kits [2]app.RecoveryKit) {
	t.Helper()
	root, err := NewRoot(filepath.Join(t.TempDir(), "alcove"), testKeychain)
	must(t, err)
	for i, v := range []**Vault{&one, &two} {
		id := app.FirstPerson
		if i == 0 {
			*v, err = root.Open(id)
		} else {
			id, *v, err = root.Add(t.Context(), "M. H.")
		}
		must(t, err)
		if want := app.PersonID(fmt.Sprint(i + 1)); id != want {
			t.Fatalf("person %s, want %s", id, want)
		}
		(*v).kdfCost = 0
		t.Cleanup(func() { (*v).Close() })
		r, kit, err := (*v).Create(t.Context(), pass(phraseOf(i)))
		must(t, err)
		must(t, r.Clients.SaveClient(t.Context(), app.Client{ID: "C1", Name: fmt.Sprint(canary, i), Status: app.ClientActive, Created: time.Now(), Changed: time.Now()}))
		must(t, r.Close())
		kits[i] = kit
	}
	return root, one, two, kits
}

func phraseOf(i int) string { return fmt.Sprint("eleven grey geese over lake ", i) }

func listed(t testing.TB, root *Root) string {
	t.Helper()
	all, err := root.People(t.Context())
	must(t, err)
	return fmt.Sprint(all)
}

func TestTwoPeopleOpenTheirOwnAlone(t *testing.T) {
	root, one, two, kits := twoPeople(t)
	if got := listed(t, root); got != "[{1 } {2 M. H.}]" {
		t.Errorf("listed: %s", got)
	}
	vaults := []*Vault{one, two}
	for i, v := range vaults {
		unlocks(t, v, phraseOf(i), nil)
		if _, err := v.Unlock(t.Context(), pass(phraseOf(1-i))); !errors.Is(err, app.ErrWrongPassphrase) {
			t.Errorf("the other's passphrase on %d: %v", i, err)
		}
		if _, err := v.Recover(t.Context(), kits[1-i], pass("new one")); !errors.Is(err, app.ErrWrongRecoveryKit) {
			t.Errorf("the other's kit on %d: %v", i, err)
		}
		r, err := v.Unlock(t.Context(), pass(phraseOf(i)))
		must(t, err)
		c, err := r.Clients.Client(t.Context(), "C1")
		must(t, err)
		if c.Name != fmt.Sprint(canary, i) {
			t.Errorf("%d reads %q", i, c.Name)
		}
		must(t, r.Close())
	}
}

// Whoever holds both entries of the keychain, as everybody of one account does, cannot put them in each other's place; nor one
// store under the other's key file.
func TestSwappedHalvesOpenNothing(t *testing.T) {
	_, one, two, _ := twoPeople(t)
	ctx := t.Context()
	f1, err := one.readKeyFile()
	must(t, err)
	f2, err := two.readKeyFile()
	must(t, err)
	if f1.Device.Entry == f2.Device.Entry {
		t.Fatal("both have one entry")
	}
	s1, err := testKeychain.Get(ctx, f1.Device.Entry)
	must(t, err)
	s2, err := testKeychain.Get(ctx, f2.Device.Entry)
	must(t, err)
	must(t, testKeychain.Set(ctx, f1.Device.Entry, s2))
	must(t, testKeychain.Set(ctx, f2.Device.Entry, s1))
	for i, v := range []*Vault{one, two} {
		if _, err := v.Unlock(ctx, pass(phraseOf(i))); !errors.Is(err, app.ErrDeviceSecretMissing) {
			t.Errorf("with the other's secret, %d: %v", i, err)
		}
	}
	must(t, testKeychain.Set(ctx, f1.Device.Entry, s1))
	must(t, testKeychain.Set(ctx, f2.Device.Entry, s2))

	store1, store2 := slurp(t, one.path(storeName)), slurp(t, two.path(storeName))
	must(t, os.WriteFile(one.path(storeName), store2, 0o600))
	if _, err := one.Unlock(ctx, pass(phraseOf(0))); !errors.Is(err, app.ErrDamaged) {
		t.Errorf("the other's store: %v", err)
	}
	must(t, os.WriteFile(one.path(storeName), store1, 0o600))
	unlocks(t, one, phraseOf(0), nil)
}

func TestEachPersonHasALock(t *testing.T) {
	root, one, two, _ := twoPeople(t) // both are held at once
	for _, id := range []app.PersonID{"1", "2"} {
		if _, err := root.Open(id); !errors.Is(err, app.ErrProfileInUse) {
			t.Errorf("a second start of %s: %v", id, err)
		}
	}
	must(t, one.Close())
	again, err := root.Open("1")
	must(t, err)
	must(t, again.Close())
	if _, err := root.Open("2"); !errors.Is(err, app.ErrProfileInUse) {
		t.Errorf("the first is free, and so the second is: %v", err)
	}
	_ = two
}

// A backup of one is nothing to the other, in one folder too; and it must not lie among the other's files.
func TestTwoPeoplesBackups(t *testing.T) {
	root, one, two, kits := twoPeople(t)
	ctx, dir := t.Context(), t.TempDir()
	var made [2]app.BackupFile
	for i, v := range []*Vault{one, two} {
		r, err := v.Unlock(ctx, pass(phraseOf(i)))
		must(t, err)
		defer r.Close()
		made[i], err = r.Backups.MakeBackup(ctx, dir, nil)
		must(t, err)
		for _, other := range []string{root.dir, one.path(""), root.Folder("2"), two.path("")} {
			if _, err := r.Backups.MakeBackup(ctx, other, nil); !errors.Is(err, app.ErrFolderInside) {
				t.Errorf("%d into %s: %v", i, other, err)
			}
		}
	}
	// The second person's record, brought back as the first's or a third's: two copies of one vault.
	_, three, err := root.Add(ctx, "third")
	must(t, err)
	defer three.Close()
	three.kdfCost = 0
	for _, v := range []*Vault{one, three} {
		if _, err := v.Restore(ctx, app.RestoreOrder{Path: made[1].Path, Kit: kits[1], Pass: pass("x y"), Replace: true}, nil); !errors.Is(err, app.ErrRecordElsewhere) {
			t.Error(err)
		}
	}
	if got := listed(t, root); got != "[{1 } {2 M. H.}]" {
		t.Errorf("listed: %s", got)
	}
}

// labelled gives both people a name, and a backup of the second one's record.
func labelled(t *testing.T, root *Root, two *Vault) app.BackupFile {
	t.Helper()
	must(t, root.KeepLabel(t.Context(), "1", "first"))
	must(t, root.KeepLabel(t.Context(), "2", "second"))
	r, err := two.Unlock(t.Context(), pass(phraseOf(1)))
	must(t, err)
	b, err := r.Backups.MakeBackup(t.Context(), t.TempDir(), nil)
	must(t, err)
	must(t, r.Close())
	return b
}

// A record put aside may have become another person's meanwhile, and its person be called otherwise.
func TestPutBackAmongSeveral(t *testing.T) {
	root, one, two, kits := twoPeople(t)
	ctx := t.Context()
	b := labelled(t, root, two)
	path, kit := backupOf(t, "SELECT 1")
	r, err := two.Restore(ctx, app.RestoreOrder{Path: path, Kit: kit, Pass: pass("x y"), Replace: true}, nil)
	must(t, err)
	was := asides(two.dir)[0]
	must(t, root.KeepLabel(ctx, "2", ""))
	must(t, root.KeepLabel(ctx, "1", "second"))

	theirs, err := one.Restore(ctx, app.RestoreOrder{Path: b.Path, Kit: kits[1], Pass: pass("x y"), Replace: true}, nil)
	must(t, err)
	must(t, theirs.Close())
	before := fmt.Sprint(inFolder(t, two.dir))
	if err := r.Aside.TryAside(ctx, was, pass(phraseOf(1))); !errors.Is(err, app.ErrRecordElsewhere) {
		t.Error("tried:", err)
	}
	must(t, r.Close())
	if _, err := two.PutBack(ctx, was, pass(phraseOf(1))); !errors.Is(err, app.ErrRecordElsewhere) || fmt.Sprint(inFolder(t, two.dir)) != before {
		t.Error("put back:", err, inFolder(t, two.dir))
	}
	r, err = one.PutBack(ctx, asides(one.dir)[0], pass(phraseOf(0)))
	must(t, err)
	must(t, r.Close())
	r, err = two.PutBack(ctx, was, pass(phraseOf(1)))
	must(t, err)
	must(t, r.Close())
	if got := listed(t, root); got != "[{1 second} {2 }]" {
		t.Errorf("listed: %s", got)
	}
}

func TestLabelGoesWithTheRecord(t *testing.T) {
	root, one, two, kits := twoPeople(t)
	ctx := t.Context()
	b := labelled(t, root, two)
	r, err := two.Restore(ctx, app.RestoreOrder{Path: b.Path, Kit: kits[1], Pass: pass(phraseOf(1)), Replace: true}, nil)
	must(t, err)
	must(t, r.Close())
	if got := listed(t, root); got != "[{1 first} {2 second}]" {
		t.Errorf("after a restore: %s", got)
	}
	// Killed between the two renames of a restore: the next start puts the record back, and till then it is in the list.
	must(t, os.Rename(one.path(""), filepath.Join(one.dir, asidePrefix+time.Now().UTC().Format(asideTime))))
	if got := listed(t, root); got != "[{1 } {2 second}]" {
		t.Errorf("while it is aside: %s", got)
	}
	must(t, one.tidy())
	must(t, root.KeepLabel(ctx, "2", ""))
	if got := listed(t, root); got != "[{1 first} {2 }]" {
		t.Errorf("back: %s", got)
	}
	must(t, root.KeepLabel(ctx, "2", ""))
}

// A set-up that was not finished leaves nobody in the list, and its place to the next; two at once get two places.
func TestPlacesOfNewPeople(t *testing.T) {
	root, one, _, _ := twoPeople(t)
	ctx := t.Context()
	id, three, err := root.Add(ctx, "gave up")
	must(t, err)
	other, four, err := root.Add(ctx, "meanwhile")
	must(t, err)
	if id != "3" || other != "4" {
		t.Errorf("places %s and %s", id, other)
	}
	must(t, errors.Join(three.Close(), four.Close()))
	for _, odd := range []string{"03", "x", "0", "-1", "1"} {
		must(t, os.MkdirAll(filepath.Join(root.dir, peopleDir, odd, vaultDir), 0o700))
	}
	must(t, os.Symlink(one.dir, filepath.Join(root.dir, peopleDir, "9")))
	if got := listed(t, root); got != "[{1 } {2 M. H.}]" {
		t.Errorf("listed: %s", got)
	}
	id, three, err = root.Add(ctx, "third")
	must(t, err)
	if id != "3" {
		t.Errorf("place %s", id)
	}
	must(t, three.Close())
	must(t, os.Rename(filepath.Join(root.dir, peopleDir, "4"), filepath.Join(root.dir, "elsewhere")))
	must(t, os.Symlink(filepath.Join(root.dir, "elsewhere"), filepath.Join(root.dir, peopleDir, "4")))
	_, three, err = root.Add(ctx, "third")
	must(t, err)
	id, four, err = root.Add(ctx, "fourth")
	must(t, err)
	if id != "5" {
		t.Errorf("a record at %s, where the list does not look", id)
	}
	must(t, errors.Join(three.Close(), four.Close()))
	must(t, filepath.WalkDir(filepath.Join(root.dir, peopleDir, "3"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == labelName {
			t.Errorf("%s: a name stays of somebody who has no record here", path)
		}
		return err
	}))
}

// Whoever holds a label holds it until it is given back, or the process is gone: the file that is left holds nothing.
func TestALabelIsOneProcesses(t *testing.T) {
	root, _, _, _ := twoPeople(t)
	free, err := root.ClaimLabel(t.Context(), "zoë")
	must(t, err)
	again, err := NewRoot(root.dir, testKeychain)
	must(t, err)
	if _, err := again.ClaimLabel(t.Context(), "zoë"); !errors.Is(err, app.ErrLabelTaken) {
		t.Error(err)
	}
	other, err := again.ClaimLabel(t.Context(), "../zoë")
	must(t, err)
	other()
	free()
	free, err = again.ClaimLabel(t.Context(), "zoë")
	must(t, err)
	free()
	if got := listed(t, root); got != "[{1 } {2 M. H.}]" {
		t.Errorf("listed: %s", got)
	}
}
