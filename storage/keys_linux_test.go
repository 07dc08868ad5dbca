package storage

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"alcove/app"
)

const nobody = 65534

// withoutSync runs do where files in dir can be made and renamed, but the folder cannot be opened, so
// that its sync fails behind the rename. Root could open it all the same: do runs as nobody.
func withoutSync(t *testing.T, dir string, do func()) {
	t.Helper()
	if os.Getuid() == 0 {
		must(t, os.Chown(dir, nobody, -1))
		for p := filepath.Dir(dir); len(p) > len(os.TempDir()); p = filepath.Dir(p) {
			must(t, os.Chmod(p, 0o711))
		}
	}
	must(t, os.Chmod(dir, 0o300))
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		if os.Getuid() == 0 {
			if err := syscall.Setfsuid(nobody); err != nil {
				t.Error(err)
				return
			}
		}
		probe := filepath.Join(dir, "probe")
		if err := replaceFile(probe, nil); err == nil {
			t.Error("the folder was synced")
		}
		if err := os.Remove(probe); err != nil {
			t.Errorf("the rename did not happen: %v", err)
		}
		do()
	}()
	<-done
	must(t, os.Chmod(dir, 0o700))
}

// A key file that was renamed into place is in force, whether its folder could be synced or not.
func TestTheCallerHearsWhichKeyIsInForce(t *testing.T) {
	v, r, old := newVault(t)
	before, err := v.readKeyFile()
	must(t, err)
	var kit app.RecoveryKit
	withoutSync(t, filepath.Join(v.dir, vaultDir), func() {
		if err := r.Keys.ChangePassphrase(t.Context(), pass(passphrase), pass("the new one")); err != nil {
			t.Errorf("the passphrase: %v", err)
		}
		if err := r.Keys.RotateDeviceSecret(t.Context()); err != nil {
			t.Errorf("the device secret: %v", err)
		}
		if kit, err = r.Keys.NewRecoveryKit(t.Context()); err != nil {
			t.Errorf("the kit: %v", err)
		}
	})
	must(t, r.Close())
	// The old file may come back with a power cut.
	if _, err := testKeychain.Get(t.Context(), before.Device.Entry); err != nil {
		t.Errorf("the old file's device secret: %v", err)
	}
	unlocks(t, v, passphrase, app.ErrWrongPassphrase)
	unlocks(t, v, "the new one", nil)
	if _, err := v.Recover(t.Context(), old, pass("x")); err == nil {
		t.Error("the old kit opens the vault")
	}
	r, err = v.Recover(t.Context(), kit, pass("x"))
	must(t, err)
	must(t, r.Close())
}

// A vault that is in its place has a kit.
func TestAVaultThatWasMadeHasItsKit(t *testing.T) {
	v := profile(t, filepath.Join(t.TempDir(), "profile"))
	withoutSync(t, v.dir, func() {
		r, kit, err := v.Create(t.Context(), pass(passphrase))
		if err != nil || len(kit.Bytes()) != kitSize {
			t.Errorf("made, and told: %v", err)
			return
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	unlocks(t, v, passphrase, nil)
}
