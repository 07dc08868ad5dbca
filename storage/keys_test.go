package storage

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"alcove/app"
	"alcove/storage/keychain"
	"alcove/storage/sealed"
)

func withSum(line []byte) []byte { return fmt.Appendf(nil, "%s\n%x\n", line, sha256.Sum256(line)) }

// newerSchema makes the store one of a later version.
func newerSchema(t testing.TB, f *keyFile, secret *keychain.Secret, path string) {
	t.Helper()
	key, err := f.openPassphrase(f.KDF.stretch(pass(passphrase)), secret)
	must(t, err)
	s, err := sealed.Open(t.Context(), path, key)
	must(t, err)
	_, err = s.DB().Exec("PRAGMA user_version = 999")
	must(t, errors.Join(err, s.Close()))
}

func unlocks(t testing.TB, v *Vault, phrase string, want error) {
	t.Helper()
	r, err := v.Unlock(t.Context(), pass(phrase))
	if err == nil {
		must(t, r.Close())
	}
	if !errors.Is(err, want) || (want == nil) != (err == nil) {
		t.Errorf("unlocking with %q: %v, want %v", phrase, err, want)
	}
}

func TestChangePassphrase(t *testing.T) {
	v, r, _ := newVault(t)
	ctx := t.Context()
	if err := r.Keys.ChangePassphrase(ctx, pass("wrong"), pass("new one")); !errors.Is(err, app.ErrWrongPassphrase) {
		t.Errorf("with a wrong old one: %v", err)
	}
	if err := r.Keys.ChangePassphrase(ctx, pass(passphrase), pass("")); !errors.Is(err, app.ErrWeakPassphrase) {
		t.Errorf("with an empty new one: %v", err)
	}
	must(t, r.Keys.ChangePassphrase(ctx, pass(passphrase), pass("new one")))
	must(t, r.Keys.RotateDeviceSecret(ctx)) // stands on the new passphrase
	must(t, r.Close())
	unlocks(t, v, passphrase, app.ErrWrongPassphrase)
	unlocks(t, v, "new one", nil)
}

// The same letters, composed and decomposed, are one passphrase.
func TestPassphraseOfAnotherKeyboard(t *testing.T) {
	v, r, _ := newVault(t)
	must(t, r.Keys.ChangePassphrase(t.Context(), pass(passphrase), pass("caf\u00e9 au lait")))
	must(t, r.Close())
	unlocks(t, v, "cafe\u0301 au lait", nil)
}

func TestRotateDeviceSecret(t *testing.T) {
	v, r, _ := newVault(t)
	before, err := v.readKeyFile()
	must(t, err)
	must(t, r.Keys.RotateDeviceSecret(t.Context()))
	must(t, r.Close())
	after, err := v.readKeyFile()
	must(t, err)
	if after.Device.Entry == before.Device.Entry {
		t.Error("the entry has its old name")
	}
	if _, err := testKeychain.Get(t.Context(), before.Device.Entry); !errors.Is(err, keychain.ErrNotFound) {
		t.Errorf("the old secret is still in the keychain: %v", err)
	}
	unlocks(t, v, passphrase, nil)
}

// gate is the real keychain, which looks at the profile, or fails, at each step.
type gate struct {
	keychain.OS
	step func(what string) error
}

func (g gate) Set(ctx context.Context, name string, s *keychain.Secret) error {
	if err := g.step("before set"); err != nil {
		return err
	}
	if err := g.OS.Set(ctx, name, s); err != nil {
		return err
	}
	return g.step("after set")
}

func (g gate) Delete(ctx context.Context, name string) error {
	if err := g.step("before delete"); err != nil {
		return err
	}
	return g.OS.Delete(ctx, name)
}

// The power may go at any moment of a rotation: what is on the disk then opens with what is in
// the keychain then.
func TestRotationIsSafeAtEveryMoment(t *testing.T) {
	v, r, _ := newVault(t)
	moments := 0
	look := func(string) error { // a copy of the folder as it is now, opened by another process's eyes
		moments++
		dir := filepath.Join(t.TempDir(), "copy")
		must(t, os.CopyFS(dir, os.DirFS(v.dir)))
		unlocks(t, profile(t, dir), passphrase, nil)
		return nil
	}
	v.keychain = gate{testKeychain, look}
	must(t, r.Keys.RotateDeviceSecret(t.Context()))
	if moments != 3 {
		t.Errorf("%d moments looked at", moments)
	}
	must(t, look(""))
	for _, at := range []string{"before set", "after set", "before delete"} {
		v.keychain = gate{testKeychain, func(what string) error {
			if what == at {
				return keychain.ErrRefused
			}
			return nil
		}}
		err := r.Keys.RotateDeviceSecret(t.Context())
		if (err == nil) != (at == "before delete") {
			t.Errorf("keychain fails %s: %v", at, err)
		}
		must(t, look(""))
		must(t, r.Keys.ChangePassphrase(t.Context(), pass(passphrase), pass(passphrase))) // still works on it
	}
}

func TestRecoveryKit(t *testing.T) {
	v, r, kit := newVault(t)
	fillRecords(t, r)
	must(t, r.Close())
	f, err := v.readKeyFile()
	must(t, err)

	// Another machine: the folder alone, nothing in the keychain, the passphrase forgotten.
	dir := filepath.Join(t.TempDir(), "new")
	must(t, os.CopyFS(dir, os.DirFS(v.dir)))
	must(t, testKeychain.Delete(t.Context(), f.Device.Entry))
	there := profile(t, dir)
	wrong := app.NewRecoveryKit(append([]byte{kit.Bytes()[0] ^ 1}, kit.Bytes()[1:]...))
	for _, k := range []app.RecoveryKit{wrong, app.NewRecoveryKit(nil), app.NewRecoveryKit(make([]byte, 21))} {
		if _, err := there.Recover(t.Context(), k, pass("x")); !errors.Is(err, app.ErrWrongRecoveryKit) {
			t.Errorf("a wrong kit: %v", err)
		}
	}
	got, err := there.Recover(t.Context(), kit, pass("new machine"))
	must(t, err)
	if text := noteText(t, got); len(text) < len(canary) || text[:len(canary)] != canary {
		t.Error("the note is another one")
	}
	unlocksLater := func(phrase string, want error) { t.Helper(); unlocks(t, there, phrase, want) }
	must(t, got.Keys.RotateDeviceSecret(t.Context()))
	next, err := got.Keys.NewRecoveryKit(t.Context())
	must(t, err)
	must(t, got.Close())
	unlocksLater("new machine", nil)
	unlocksLater(passphrase, app.ErrWrongPassphrase)
	if _, err := there.Recover(t.Context(), kit, pass("y")); !errors.Is(err, app.ErrWrongRecoveryKit) {
		t.Errorf("the replaced kit: %v", err)
	}
	got, err = there.Recover(t.Context(), next, pass("third"))
	must(t, err)
	must(t, got.Close())
	unlocksLater("third", nil)
}

// A recovery whose keychain fails leaves what was.
func TestFailedRecoveryChangesNothing(t *testing.T) {
	v, r, kit := newVault(t)
	must(t, r.Close())
	before := string(slurp(t, v.path(keyName)))
	v.keychain = gate{testKeychain, func(string) error { return keychain.ErrUnavailable }}
	if _, err := v.Recover(t.Context(), kit, pass("new")); !errors.Is(err, app.ErrKeychainUnavailable) {
		t.Errorf("got %v", err)
	}
	if string(slurp(t, v.path(keyName))) != before {
		t.Error("the key file changed")
	}
	v.keychain = testKeychain
	unlocks(t, v, passphrase, nil)
}

func TestCostOfAPassphrase(t *testing.T) {
	for _, target := range []time.Duration{0, time.Millisecond, 500 * time.Millisecond} {
		k := calibrate(target)
		if k.Memory < minMemory || k.Passes < minPasses || k.Memory > maxMemory || k.Passes > maxPasses {
			t.Errorf("for %v: %+v", target, k)
		}
		if target == 500*time.Millisecond {
			start := time.Now()
			k.stretch(pass(passphrase)).wipe()
			t.Logf("calibrated to %d MiB, %d passes: %v", k.Memory>>10, k.Passes, time.Since(start))
		}
	}
}

// Neither half opens the vault alone, nor does anything in the key file move between vaults.
func TestBothHalvesAreNeeded(t *testing.T) {
	key, secret, kit := sealed.GenerateKey(), keychain.GenerateSecret(), app.NewRecoveryKit(random(kitSize))
	f := keyFile{Format: keyFormat, Vault: random(vaultIDSize), KDF: kdfParams{"argon2id", minMemory, minPasses, random(kdfSaltSize)}}
	f.Device.Entry = newEntry(f.Vault)
	s := f.KDF.stretch(pass(passphrase))
	must(t, errors.Join(f.setPassphrase(key, s, secret), f.setKit(key, kit)))
	if _, err := f.openPassphrase(s, secret); err != nil {
		t.Fatal(err)
	}
	if _, err := f.openPassphrase(new(stretched), secret); !errors.Is(err, app.ErrWrongPassphrase) {
		t.Errorf("the secret alone: %v", err)
	}
	if _, err := f.openPassphrase(s, keychain.GenerateSecret()); !errors.Is(err, app.ErrDeviceSecretMissing) {
		t.Errorf("the passphrase alone: %v", err)
	}
	for name, change := range map[string]func(*keyFile){
		"vault":  func(f *keyFile) { f.Vault = random(vaultIDSize) },
		"memory": func(f *keyFile) { f.KDF.Memory++ },
		"passes": func(f *keyFile) { f.KDF.Passes++ },
		"salt":   func(f *keyFile) { f.KDF.Salt = random(kdfSaltSize) },
		"entry":  func(f *keyFile) { f.Device.Entry += "x" },
		"wrap":   func(f *keyFile) { f.Passphrase = append([]byte{f.Passphrase[0] ^ 1}, f.Passphrase[1:]...) },
	} {
		g := f
		change(&g)
		if _, err := g.openPassphrase(s, secret); err == nil {
			t.Errorf("opened with another %s", name)
		}
	}
}

func FuzzParseKeyFile(f *testing.F) {
	k := keyFile{Format: keyFormat, Vault: random(vaultIDSize), KDF: kdfParams{"argon2id", minMemory, minPasses, random(kdfSaltSize)}}
	k.Device.Entry = newEntry(k.Vault)
	if err := errors.Join(k.setPassphrase(sealed.GenerateKey(), new(stretched), keychain.GenerateSecret()),
		k.setKit(sealed.GenerateKey(), app.NewRecoveryKit(random(kitSize)))); err != nil {
		f.Fatal(err)
	}
	good, err := k.marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, in := range [][]byte{b, withSum(b)} { // a fuzzer finds no SHA-256
			k, err := parseKeyFile(in)
			if (k == nil) == (err == nil) {
				t.Fatalf("key file %v, error %v", k, err)
			}
			if err != nil {
				if !errors.Is(err, app.ErrDamagedKeyFile) && !errors.Is(err, app.ErrNewerFormat) {
					t.Fatalf("error without a name: %v", err)
				}
				continue
			}
			if k.KDF.Memory > maxMemory || k.KDF.Memory < minMemory || k.KDF.Passes > maxPasses || len(k.Passphrase) != wrapSize {
				t.Fatalf("accepted %+v", k)
			}
			again, err := k.marshal()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parseKeyFile(again); err != nil {
				t.Fatalf("what was accepted does not come back: %v", err)
			}
		}
	})
}
