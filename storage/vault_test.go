package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/storage/keychain"
)

const canary = "Canary-Wren-7731"

// fillRecords puts the canary into every kind of record.
func fillRecords(t testing.TB, r *app.Records) {
	t.Helper()
	ctx, at := context.Background(), time.Date(2026, 11, 2, 8, 30, 0, 0, time.UTC)
	must(t, r.Profile.SaveProfile(ctx, app.Profile{Therapist: canary}))
	must(t, r.Clients.SaveClient(ctx, app.Client{ID: "C1", Name: canary, Tags: []string{canary}, Status: app.ClientActive, PairKey: []byte(canary), Created: at, Changed: at}))
	must(t, r.Notes.SaveDraft(ctx, app.Note{ID: "N1", Client: "C1", Format: app.FormatFree, Title: canary, Sections: []app.Section{{Key: "text", Text: strings.Repeat(canary+" ", 2000)}}, Created: at, Changed: at}))
	must(t, r.Invites.SaveInvite(ctx, app.Invite{ID: "I1", Client: "C1", Kind: app.InviteSingle, Link: canary, Material: []byte(canary), Created: at, Expires: at.Add(time.Hour)}))
	must(t, r.Audit.Append(ctx, app.AuditEntry{At: at, Act: "test", About: canary}))
}

func noteText(t testing.TB, r *app.Records) string {
	t.Helper()
	n, err := r.Notes.Note(t.Context(), "N1")
	must(t, err)
	return n.Sections[0].Text
}

func TestVaultOpensAgain(t *testing.T) {
	v, r, _ := newVault(t)
	fillRecords(t, r)
	must(t, r.Close())
	for range 2 {
		r, err := v.Unlock(t.Context(), pass(passphrase))
		must(t, err)
		if !strings.HasPrefix(noteText(t, r), canary) {
			t.Error("the note is another one")
		}
		must(t, r.Close())
		must(t, r.Close())
	}
	if _, _, err := v.Create(t.Context(), pass("another")); !errors.Is(err, app.ErrVaultExists) {
		t.Errorf("a second vault: %v", err)
	}
}

func TestStateOfAProfile(t *testing.T) {
	v := profile(t, t.TempDir())
	if s, err := v.State(t.Context()); err != nil || s != app.VaultAbsent {
		t.Errorf("empty: %v %v", s, err)
	}
	if _, err := v.Unlock(t.Context(), pass(passphrase)); !errors.Is(err, app.ErrNoVault) {
		t.Errorf("unlocking nothing: %v", err)
	}
	if _, err := v.Recover(t.Context(), app.NewRecoveryKit(random(kitSize)), pass(passphrase)); !errors.Is(err, app.ErrNoVault) {
		t.Errorf("recovering nothing: %v", err)
	}
	if _, _, err := v.Create(t.Context(), pass(" ")); !errors.Is(err, app.ErrWeakPassphrase) {
		t.Errorf("an empty passphrase: %v", err)
	}
	_, r, err := func() (*Vault, *app.Records, error) {
		r, _, err := v.Create(t.Context(), pass(passphrase))
		return v, r, err
	}()
	must(t, err)
	defer r.Close()
	if s, err := v.State(t.Context()); err != nil || s != app.VaultShut {
		t.Errorf("made: %v %v", s, err)
	}
}

// What was left by a set-up that was cut short is no vault, and does not stand in the way.
func TestSetUpCutShort(t *testing.T) {
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "vault.new"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "vault.new", storeName), []byte("half"), 0o600))
	v := profile(t, dir)
	if s, err := v.State(t.Context()); err != nil || s != app.VaultAbsent {
		t.Fatalf("%v %v", s, err)
	}
	r, _, err := v.Create(t.Context(), pass(passphrase))
	must(t, err)
	must(t, r.Close())
	if _, err := os.Stat(filepath.Join(dir, "vault.new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the half set-up is still there: %v", err)
	}
}

func TestWhatKeepsAVaultShut(t *testing.T) {
	v, r, _ := newVault(t)
	fillRecords(t, r)
	must(t, r.Close())
	key, store := v.path(keyName), v.path(storeName)
	good := map[string][]byte{key: slurp(t, key), store: slurp(t, store)}
	f, err := parseKeyFile(good[key])
	must(t, err)
	secret, err := testKeychain.Get(t.Context(), f.Device.Entry)
	must(t, err)

	for name, x := range map[string]struct {
		spoil func()
		pass  string
		want  error
	}{
		"wrong passphrase":  {func() {}, passphrase + " ", app.ErrWrongPassphrase},
		"other case":        {func() {}, strings.ToUpper(passphrase), app.ErrWrongPassphrase},
		"no entry":          {func() { must(t, testKeychain.Delete(context.Background(), f.Device.Entry)) }, passphrase, app.ErrDeviceSecretMissing},
		"another entry":     {func() { must(t, testKeychain.Set(context.Background(), f.Device.Entry, keychain.GenerateSecret())) }, passphrase, app.ErrDeviceSecretMissing},
		"no key file":       {func() { must(t, os.Remove(key)) }, passphrase, app.ErrDamagedKeyFile},
		"flipped key file":  {func() { spoil(t, key, 200) }, passphrase, app.ErrDamagedKeyFile},
		"cut key file":      {func() { must(t, os.Truncate(key, 300)) }, passphrase, app.ErrDamagedKeyFile},
		"newer key file":    {func() { rewriteKey(t, key, func(m map[string]any) { m["format"] = 2; m["more"] = 1 }) }, passphrase, app.ErrNewerFormat},
		"weakened key file": {func() { rewriteKey(t, key, func(m map[string]any) { m["kdf"].(map[string]any)["memory_kib"] = 1024 }) }, passphrase, app.ErrDamagedKeyFile},
		"absurd key file": {func() {
			rewriteKey(t, key, func(m map[string]any) { m["kdf"].(map[string]any)["memory_kib"] = 1 << 31 })
		}, passphrase, app.ErrDamagedKeyFile},
		"no store":      {func() { must(t, os.Remove(store)) }, passphrase, app.ErrDamaged},
		"empty store":   {func() { must(t, os.Truncate(store, 0)) }, passphrase, app.ErrDamaged},
		"flipped store": {func() { spoil(t, store, 1000) }, passphrase, app.ErrDamaged},
		"newer schema":  {func() { newerSchema(t, f, secret, store) }, passphrase, app.ErrNewerFormat},
	} {
		t.Run(name, func(t *testing.T) {
			x.spoil()
			before := filesOf(t, v.dir)
			r, err := v.Unlock(t.Context(), pass(x.pass))
			if err == nil {
				r.Close()
			}
			if !errors.Is(err, x.want) {
				t.Errorf("got %v, want %v", err, x.want)
			}
			if after := filesOf(t, v.dir); fmt.Sprint(before) != fmt.Sprint(after) {
				t.Error("the refusal changed a file")
			}
			for path, b := range good {
				must(t, os.WriteFile(path, b, 0o600))
			}
			must(t, testKeychain.Set(t.Context(), f.Device.Entry, secret))
			r, err = v.Unlock(t.Context(), pass(passphrase))
			must(t, err)
			must(t, r.Close())
		})
	}
}

func slurp(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return b
}

func spoil(t testing.TB, path string, at int) {
	t.Helper()
	b := slurp(t, path)
	b[at] ^= 1
	must(t, os.WriteFile(path, b, 0o600))
}

// rewriteKey changes the key file and gives it a good checksum.
func rewriteKey(t testing.TB, path string, change func(map[string]any)) {
	t.Helper()
	line, _, _ := bytes.Cut(slurp(t, path), []byte("\n"))
	var m map[string]any
	must(t, json.Unmarshal(line, &m))
	change(m)
	line, err := json.Marshal(m)
	must(t, err)
	must(t, os.WriteFile(path, withSum(line), 0o600))
}

func filesOf(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all[path] = string(slurp(t, path))
		}
		return err
	}))
	return all
}

func TestEverythingIsTheOwnersAlone(t *testing.T) {
	v, r, _ := newVault(t)
	fillRecords(t, r)
	must(t, filepath.WalkDir(v.dir, func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		info, err := d.Info()
		must(t, err)
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	}))
}

func TestProfileSaysNothing(t *testing.T) {
	v, r, kit := newVault(t)
	fillRecords(t, r)
	words := []string{canary, strings.ToLower(canary), passphrase, string(kit.Bytes()), "CREATE TABLE"}
	look := func(when string) {
		t.Helper()
		for path, content := range filesOf(t, v.dir) {
			for _, w := range words {
				if strings.Contains(content, w) {
					t.Errorf("%s: %s holds %q", when, filepath.Base(path), w)
				}
			}
		}
	}
	look("open")
	if _, err := os.Stat(v.path(storeName + "-wal")); err != nil {
		t.Errorf("no log was looked at: %v", err)
	}
	must(t, r.Close())
	look("locked")
}

// TestTriesAreKept: past the end of the program, in order, and no more than fit; what is cut short
// or was written by others is left out.
func TestTriesAreKept(t *testing.T) {
	dir := t.TempDir()
	v := profile(t, dir)
	ctx, at := t.Context(), time.Date(2026, 11, 2, 8, 30, 0, 5e6, time.UTC)
	if err := v.KeepTry(ctx, app.AuditEntry{At: at, Act: app.ActUnlock}); !errors.Is(err, app.ErrNoVault) {
		t.Errorf("it says that it kept one: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, triesName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a try where there is no vault: %v", err)
	}
	r, _, err := v.Create(ctx, pass(passphrase))
	must(t, err)
	must(t, r.Close())
	must(t, v.KeepTry(ctx, app.AuditEntry{At: at, Act: app.ActUnlock + ".failed"}))
	must(t, v.KeepTry(ctx, app.AuditEntry{At: at.Add(time.Second), Act: app.ActRecover + ".failed"}))
	must(t, v.Close())
	v = profile(t, dir)
	f, err := os.OpenFile(filepath.Join(dir, triesName), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString("\x00garbage\n" + strings.Repeat("x", 70_000) + "\n2026-11-0")
	must(t, errors.Join(err, f.Close()))
	must(t, v.KeepTry(ctx, app.AuditEntry{At: at, Act: "one too many"}))
	got, err := v.Tries(ctx)
	must(t, err)
	want := []app.AuditEntry{{At: at, Act: app.ActUnlock + ".failed"}, {At: at.Add(time.Second), Act: app.ActRecover + ".failed"}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	must(t, v.ForgetTries(ctx))
	must(t, v.ForgetTries(ctx))
	if got, err := v.Tries(ctx); err != nil || len(got) > 0 {
		t.Errorf("%v %v", got, err)
	}
}

func TestSecondStartIsRefused(t *testing.T) {
	v := profile(t, t.TempDir())
	if _, err := OpenProfile(v.dir, testKeychain); !errors.Is(err, app.ErrProfileInUse) {
		t.Errorf("second start: %v", err)
	}
	must(t, v.Close())
	again, err := OpenProfile(v.dir, testKeychain)
	must(t, err)
	must(t, again.Close())
	profile(t, t.TempDir()) // another profile is no matter
}

func TestLockWipesTheKeys(t *testing.T) {
	_, r, _ := newVault(t)
	keys := r.Keys.(*vaultKeys)
	key, s := keys.key, keys.passphrase
	must(t, r.Close())
	if !bytes.Equal(key.Bytes(), make([]byte, 32)) || s.b != [32]byte{} {
		t.Error("a key outlives the lock")
	}
	if err := keys.RotateDeviceSecret(t.Context()); !errors.Is(err, app.ErrLocked) {
		t.Errorf("rotate: %v", err)
	}
	if err := keys.ChangePassphrase(t.Context(), pass(passphrase), pass("x")); !errors.Is(err, app.ErrLocked) {
		t.Errorf("change: %v", err)
	}
	if _, err := keys.NewRecoveryKit(t.Context()); !errors.Is(err, app.ErrLocked) {
		t.Errorf("kit: %v", err)
	}
}

// The keychain of this process's own environment is gone.
func TestNoKeychainHere(t *testing.T) {
	v, r, _ := newVault(t)
	must(t, r.Close())
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	if _, err := v.Unlock(t.Context(), pass(passphrase)); !errors.Is(err, app.ErrKeychainUnavailable) {
		t.Errorf("unlock: %v", err)
	}
	fresh := profile(t, t.TempDir())
	if _, _, err := fresh.Create(t.Context(), pass(passphrase)); !errors.Is(err, app.ErrKeychainUnavailable) {
		t.Errorf("create: %v", err)
	}
	if s, _ := fresh.State(t.Context()); s != app.VaultAbsent {
		t.Error("a vault without a device secret stands there")
	}
}
