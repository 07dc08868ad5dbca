//go:build unix

package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"alcove/app"
)

const partEnv = "ALCOVE_STORAGE_PART"

// playPart runs this test program as another process, which has no room on the disk or no right
// to write, inside the keychain's session of the tests.
func playPart() bool {
	dir := os.Getenv(partEnv)
	if dir == "" {
		return false
	}
	signal.Ignore(syscall.SIGXFSZ) // the write then fails with EFBIG
	v, err := OpenProfile(dir, testKeychain)
	if err == nil && len(os.Args) > 1 {
		var r *app.Records
		if r, err = v.Unlock(context.Background(), pass(passphrase)); err == nil {
			// Room for the log, none for a key file of a kilobyte.
			mustPart(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100, Max: 100}))
			err = r.Keys.ChangePassphrase(context.Background(), pass(passphrase), pass("another"))
		}
	}
	fmt.Print(errors.Is(err, app.ErrDiskFull), errors.Is(err, app.ErrReadOnly))
	return true
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
