//go:build unix

package storage

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"alcove/app"
)

// How often a backup, and a restore, are killed. Each restore stretches a passphrase.
const killsWhileKeeping, killsWhileRestoring = 12, 6

// playBackups makes one backup after the other until it is killed, and writes to the record meanwhile. It says each entry, and each
// backup, only once it was told that it is there.
func playBackups(r *app.Records, dir string) error {
	ctx := context.Background()
	for n := 1; ; n++ {
		if err := r.Audit.Append(ctx, app.AuditEntry{At: time.Now(), Act: "in use"}); err != nil {
			return err
		}
		fmt.Println("entry")
		b, err := r.Backups.MakeBackup(ctx, dir, nil)
		if err != nil {
			return err
		}
		fmt.Println("made", b.Path)
	}
}

// playRestores restores a backup over what is there, again and again.
func playRestores(v *Vault, path, kit string) error {
	b, err := hex.DecodeString(kit)
	if err != nil {
		return err
	}
	for {
		fmt.Println("begin")
		r, err := v.Restore(context.Background(), app.RestoreOrder{Path: path, Kit: app.NewRecoveryKit(slices.Clone(b)), Pass: pass("restored"), Replace: true}, nil)
		if err != nil {
			return err
		}
		if err := r.Close(); err != nil {
			return err
		}
		fmt.Println("done")
	}
}

// killed runs a part, kills it a while after its first line, and gives its lines.
func killed(t *testing.T, c *exec.Cmd, after time.Duration) (lines []string) {
	t.Helper()
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	for scan := bufio.NewScanner(out); scan.Scan(); {
		if lines = append(lines, scan.Text()); len(lines) == 1 {
			time.AfterFunc(after, func() { c.Process.Kill() })
		}
	}
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the part ended by itself: %v, %q", err, lines)
	}
	return lines
}

// Killed at any moment of a backup: the record has all it acknowledged, every backup under its name is whole, what was made before
// is untouched, and what is left of the killed one is swept away.
func TestKilledBackup(t *testing.T) {
	v, r, _, first := practiceWithBackup(t)
	must(t, growStore(r, 3<<20))
	must(t, r.Close())
	must(t, v.Close())
	dir, made, entries, parts := t.TempDir(), 0, 60, 0
	before := slurp(t, first.Path)
	must(t, os.Rename(first.Path, filepath.Join(dir, filepath.Base(first.Path))))
	random := rand.New(rand.NewPCG(3, 4))
	for range killsWhileKeeping {
		for _, line := range killed(t, part(t, v.dir, "backups", dir), time.Duration(random.IntN(160_000))*time.Microsecond) {
			if line == "entry" {
				entries++
			} else if path, ok := strings.CutPrefix(line, "made "); ok {
				made++
				if _, err := os.Stat(path); err != nil {
					t.Error("told to be made, and not there: ", err)
				}
			}
		}
		left, err := filepath.Glob(filepath.Join(dir, ".*.part"))
		must(t, err)
		parts = max(parts, len(left))
	}
	if parts == 0 {
		t.Error("no kill fell into a backup: this proves nothing")
	}
	if string(slurp(t, filepath.Join(dir, filepath.Base(first.Path)))) != string(before) {
		t.Error("an earlier backup was touched")
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*.part"))
	must(t, err)
	for _, path := range left {
		must(t, os.Chtimes(path, time.Now(), time.Now().Add(-time.Hour)))
	}
	again := profile(t, v.dir)
	r, err = again.Unlock(t.Context(), pass(passphrase))
	must(t, err)
	defer r.Close()
	must(t, Check(t.Context(), r))
	proof, err := r.Audit.VerifyAudit(t.Context(), nil)
	must(t, err)
	if proof.Entries < int64(entries) || proof.Broken != nil {
		t.Errorf("%d entries, %d acknowledged", proof.Entries, entries)
	}
	list, err := r.Backups.ListBackups(t.Context(), dir)
	must(t, err)
	if len(list) < made+1 {
		t.Errorf("%d backups, %d acknowledged", len(list), made+1)
	}
	for i, f := range list {
		if f.Cut {
			t.Errorf("cut: %+v", f)
		} else if i%5 == 0 || i == len(list)-1 {
			if _, err := r.Backups.DrillBackup(t.Context(), f.Path, nil); err != nil {
				t.Errorf("%s: %v", f.Path, err)
			}
		}
	}
	_, err = r.Backups.MakeBackup(t.Context(), dir, nil)
	must(t, err)
	if left, _ := filepath.Glob(filepath.Join(dir, ".*.part")); len(left) != 0 {
		t.Errorf("never swept: %v", left)
	}
	t.Logf("%d kills, %d of them inside a backup; %d backups and %d entries acknowledged, all there", killsWhileKeeping, parts, made, entries)
}

// Killed at any moment of a restore: one record is in place, whole, and opens with its passphrase; and the one that was there at
// first, with what the backup lacks, is in its place or aside, and never lost.
func TestKilledRestore(t *testing.T) {
	v, r, kit, b := practiceWithBackup(t)
	at := time.Now()
	must(t, r.Notes.SaveDraft(t.Context(), app.Note{ID: "late", Client: "C1", Format: app.FormatFree, Sections: []app.Section{{Key: "text", Text: "after the backup"}}, Created: at, Changed: at}))
	must(t, r.Close())
	must(t, v.Close())
	random := rand.New(rand.NewPCG(5, 6))
	swaps, done := 0, 0
	for k := range killsWhileRestoring {
		was := len(asidesIn(t, v.dir))
		lines := killedLater(t, part(t, v.dir, "restores", b.Path, hex.EncodeToString(kit.Bytes())), random.Float64())
		done += strings.Count(strings.Join(lines, " "), "done")
		swaps += len(asidesIn(t, v.dir)) - was
		now := profile(t, v.dir)
		first := holdsLate(t, now, now.path(""))
		if !first {
			aside := asides(now.dir)
			if len(aside) == 0 || !holdsLate(t, now, aside[len(aside)-1].Path) {
				t.Fatalf("after %d kills the first record is nowhere: %v", k+1, inFolder(t, now.dir))
			}
		}
		for _, name := range inFolder(t, now.dir) {
			if name != "lock" && name != vaultDir && !strings.HasPrefix(name, asidePrefix) {
				t.Errorf("left behind: %s", name)
			}
		}
		must(t, now.Close())
	}
	if swaps < done || swaps < killsWhileRestoring {
		t.Errorf("%d put in place, %d acknowledged", swaps, done)
	}
	t.Logf("%d kills: %d records put in place, %d of them acknowledged", killsWhileRestoring, swaps, done)
}

// killedLater runs a part, and kills it a share of the way through its second round: how long a round takes is what the first one
// took, on this machine and just now.
func killedLater(t *testing.T, c *exec.Cmd, share float64) (lines []string) {
	t.Helper()
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	var began time.Time
	for scan := bufio.NewScanner(out); scan.Scan(); {
		switch lines = append(lines, scan.Text()); len(lines) {
		case 1:
			began = time.Now()
		case 3:
			time.AfterFunc(time.Duration(share*float64(time.Since(began))), func() { c.Process.Kill() })
		}
	}
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the part ended by itself: %v, %q", err, lines)
	}
	return lines
}

func asidesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	for _, name := range inFolder(t, dir) {
		if strings.HasPrefix(name, asidePrefix) {
			names = append(names, name)
		}
	}
	return names
}

// holdsLate opens the vault in a folder and tells whether it is the one that was there at first.
func holdsLate(t *testing.T, v *Vault, dir string) bool {
	t.Helper()
	look := *v
	look.dir = t.TempDir()
	must(t, os.CopyFS(filepath.Join(look.dir, vaultDir), os.DirFS(dir)))
	var r *app.Records
	var err error
	for _, p := range []string{passphrase, "restored"} {
		if r, err = look.Unlock(t.Context(), pass(p)); !errors.Is(err, app.ErrWrongPassphrase) {
			break
		}
	}
	must(t, err)
	defer r.Close()
	must(t, Check(t.Context(), r))
	_, err = r.Notes.Note(t.Context(), "late")
	return err == nil
}
