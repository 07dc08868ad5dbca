//go:build unix

package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"alcove/app"
)

const partEnv = "ALCOVE_STORAGE_PART"

// playPart runs this test program as another process: one that has no room on the disk, or no right to write, or that is
// killed; inside the keychain's session of the tests.
func playPart() bool {
	dir := os.Getenv(partEnv)
	if dir == "" {
		return false
	}
	signal.Ignore(syscall.SIGXFSZ) // a write past the limit then fails with EFBIG
	v, err := OpenProfile(dir, testKeychain)
	if err == nil && len(os.Args) > 1 {
		v.kdfCost = 0
		err = playAct(v, os.Args[1], os.Args[2:])
	}
	fmt.Print(errors.Is(err, app.ErrDiskFull), errors.Is(err, app.ErrReadOnly))
	return true
}

func playAct(v *Vault, act string, args []string) error {
	ctx := context.Background()
	limit := func(n uint64) { mustPart(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})) }
	if act == "restores" {
		return playRestores(v, args[0], args[1])
	}
	if act == "full-upgrade" {
		limit(100)
	}
	r, err := v.Unlock(ctx, pass(passphrase))
	if act == "full-upgrade" {
		fmt.Println(app.Explain(err))
	}
	if err != nil {
		return err
	}
	switch act {
	case "full": // room for the log, none for a key file of a kilobyte
		limit(100)
		return r.Keys.ChangePassphrase(ctx, pass(passphrase), pass("another"))
	case "sign": // the same, for what is signed
		limit(100)
		return r.Notes.SignNote(ctx, "N2", app.Signature{By: "T", At: time.Now()})
	case "addendum":
		limit(100)
		return r.Notes.AddAddendum(ctx, "N1", app.Addendum{Text: "lost?", By: "T", At: time.Now()})
	case "full-backup":
		limit(300_000)
		_, err = r.Backups.MakeBackup(ctx, args[0], nil)
	case "full-drill":
		limit(300_000)
		_, err = r.Backups.DrillBackup(ctx, args[0], nil)
	case "full-export":
		limit(4000)
		err = Outside{}.WriteFile(ctx, args[0], func(w io.Writer) error {
			_, err := w.Write(make([]byte, 100_000))
			return err
		})
	case "backups":
		return playBackups(r, args[0])
	}
	fmt.Print(errors.Is(err, app.ErrNoRoom), " ")
	return err
}

func mustPart(err error) {
	if err != nil {
		panic(err)
	}
}

func part(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), partEnv+"="+dir)
	c.Stderr = os.Stderr
	return c
}

func TestFullDiskKeepsTheOldKeyFile(t *testing.T) {
	v, r, _ := newVault(t)
	must(t, r.Close())
	must(t, v.Close())
	before := string(slurp(t, v.path(keyName)))
	out, err := part(t, v.dir, "full").Output()
	if err != nil || string(out) != "true false" {
		t.Fatalf("%s %v", out, err)
	}
	if string(slurp(t, v.path(keyName))) != before {
		t.Error("the key file changed")
	}
	left, err := filepath.Glob(v.path(keyName) + ".new*")
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	unlocks(t, profile(t, v.dir), passphrase, nil)
}

// A disk that fills up while a note is signed, or added to, leaves both as they were, and the chain
// whole; with room again it goes on.
func TestFullDiskWhileSigning(t *testing.T) {
	for _, what := range []string{"sign", "addendum"} {
		t.Run(what, func(t *testing.T) {
			v, r, _ := newVault(t)
			ctx, at := t.Context(), time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
			fillRecords(t, r)
			must(t, r.Notes.SignNote(ctx, "N1", app.Signature{By: "T", At: at}))
			must(t, r.Notes.SaveDraft(ctx, app.Note{ID: "N2", Client: "C1", Format: app.FormatFree, Created: at, Changed: at, Sections: []app.Section{{Key: "text", Text: "kept"}}}))
			must(t, r.Close())
			must(t, v.Close())
			out, err := part(t, v.dir, what).Output()
			if err != nil || string(out) != "true false" {
				t.Fatalf("%s %v", out, err)
			}
			v = profile(t, v.dir)
			r, err = v.Unlock(ctx, pass(passphrase))
			must(t, err)
			defer r.Close()
			must(t, Check(ctx, r))
			signed, err := r.Notes.Note(ctx, "N1")
			must(t, err)
			draft, err := r.Notes.Note(ctx, "N2")
			must(t, err)
			if signed.Status != app.NoteFinal || len(signed.Addenda) != 0 || draft.Status != app.NotePreliminary || draft.Sections[0].Text != "kept" {
				t.Errorf("half done: %v with %d addenda, %v", signed.Status, len(signed.Addenda), draft.Status)
			}
			must(t, r.Notes.SignNote(ctx, "N2", app.Signature{By: "T", At: at}))
			must(t, r.Notes.AddAddendum(ctx, "N1", app.Addendum{Text: "later", By: "T", At: at}))
			must(t, Check(ctx, r))
		})
	}
}

// A record that is to be brought up to date on a full disk says how much room that takes, and opens as soon as there is some.
func TestFullDiskWhileUpgrading(t *testing.T) {
	v, r, _, _ := practiceWithBackup(t)
	pastTriggers(t, r, "INSERT INTO note_words (note_words) VALUES ('delete-all')") // as migration 10 leaves it
	must(t, r.Close())
	must(t, v.Close())
	out, err := part(t, v.dir, "full-upgrade").Output()
	if said, end, _ := strings.Cut(string(out), "\n"); err != nil || !strings.Contains(said, "Make about 1 MB of room") || end != "true false" {
		t.Errorf("%s %v", out, err)
	}
	v = profile(t, v.dir)
	r, err = v.Unlock(t.Context(), pass(passphrase))
	must(t, err)
	defer r.Close()
	must(t, Check(t.Context(), r))
	if hits, err := r.Notes.SearchNotes(t.Context(), app.NoteQuery{Text: canary, Limit: 100}); err != nil || len(hits) != 40 {
		t.Errorf("%d notes are found, %v", len(hits), err)
	}
}

func TestReadOnlyProfile(t *testing.T) {
	dir := t.TempDir()
	c := part(t, filepath.Join(dir, "profile"))
	if os.Getuid() == 0 { // root could write anywhere
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		for p := dir; len(p) > len(os.TempDir()); p = filepath.Dir(p) {
			must(t, os.Chmod(p, 0o755))
		}
		c.Path = filepath.Join(dir, "program") // the build's own folder is closed to others
		must(t, os.WriteFile(c.Path, slurp(t, os.Args[0]), 0o755))
	}
	must(t, os.Chmod(dir, 0o555))
	out, err := c.Output()
	must(t, os.Chmod(dir, 0o755))
	if err != nil || string(out) != "false true" {
		t.Errorf("%s %v", out, err)
	}
}

// A full disk leaves nothing half-written, whatever was being written.
func TestFullDiskLeavesNoHalfBackup(t *testing.T) {
	v, r, _, b := practiceWithBackup(t)
	must(t, growStore(r, 1<<20))
	big, err := r.Backups.MakeBackup(t.Context(), filepath.Dir(b.Path), nil)
	must(t, err)
	must(t, r.Close())
	must(t, v.Close())
	dir := t.TempDir()
	for _, c := range [][]string{{"full-backup", dir}, {"full-drill", big.Path}, {"full-export", filepath.Join(dir, "log.csv")}} {
		out, err := part(t, v.dir, c...).Output()
		if err != nil || string(out) != "true true false" {
			t.Errorf("%s: %s %v", c[0], out, err)
		}
	}
	if left := inFolder(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if left := inFolder(t, v.dir); len(left) != 2 {
		t.Errorf("in the profile: %v", left)
	}
	again := profile(t, v.dir)
	r, err = again.Unlock(t.Context(), pass(passphrase))
	must(t, err)
	defer r.Close()
	if _, err := r.Backups.DrillBackup(t.Context(), big.Path, nil); err != nil {
		t.Error(err)
	}
}
