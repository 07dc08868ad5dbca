package keychain_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"alcove/storage/keychain"
	"alcove/storage/keychain/keychaintest"
)

const askEnv = "ALCOVE_KEYCHAIN_ASK"

func TestMain(m *testing.M) {
	if os.Getenv(askEnv) != "" {
		ask()
		return
	}
	keychaintest.Main(m)
}

// ask is a process of its own in another session: it says what the keychain there answers.
func ask() {
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	start := time.Now()
	_, err := service.Get(ctx, "profile")
	name := "something else"
	for _, e := range []error{keychain.ErrNotFound, keychain.ErrUnavailable, keychain.ErrRefused} {
		if errors.Is(err, e) {
			name = e.Error()
		}
	}
	fmt.Printf("%s | %v after %v\n", name, err, time.Since(start).Round(time.Second))
}

var service = keychain.OS{Service: "Alcove test"}

func TestSecretComesBack(t *testing.T) {
	ctx := t.Context()
	if _, err := service.Get(ctx, "a"); !errors.Is(err, keychain.ErrNotFound) {
		t.Fatalf("before: %v", err)
	}
	a, b := keychain.GenerateSecret(), keychain.GenerateSecret()
	for name, s := range map[string]*keychain.Secret{"a": a, "b": b} {
		if err := service.Set(ctx, name, s); err != nil {
			t.Fatal(err)
		}
	}
	for name, s := range map[string]*keychain.Secret{"a": a, "b": b} {
		got, err := service.Get(ctx, name)
		if err != nil || !bytes.Equal(got.Bytes(), s.Bytes()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := service.Set(ctx, "a", b); err != nil {
		t.Fatal(err)
	}
	if got, err := service.Get(ctx, "a"); err != nil || !bytes.Equal(got.Bytes(), b.Bytes()) {
		t.Errorf("replaced: %v", err)
	}
	if err := service.Delete(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := service.Get(ctx, "a"); !errors.Is(err, keychain.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if err := service.Delete(ctx, "a"); !errors.Is(err, keychain.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

// A nameless entry could be any program's, and theirs would be taken for ours.
func TestTheZeroKeychainIsAlcoves(t *testing.T) {
	ctx, mine := t.Context(), keychain.GenerateSecret()
	if err := (keychain.OS{}).Set(ctx, "zero", mine); err != nil {
		t.Fatal(err)
	}
	got, err := (keychain.OS{Service: "Alcove"}).Get(ctx, "zero")
	if err != nil || !bytes.Equal(got.Bytes(), mine.Bytes()) {
		t.Errorf("under the program's name: %v", err)
	}
	if err := (keychain.OS{}).Delete(ctx, "zero"); err != nil {
		t.Error(err)
	}
	if _, err := (keychain.OS{Service: "Alcove"}).Get(ctx, "zero"); !errors.Is(err, keychain.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
}

func TestContextEndsACall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := service.Get(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNoSessionBus(t *testing.T) {
	c := exec.Command(os.Args[0])
	c.Env = []string{askEnv + "=1", "HOME=" + t.TempDir(), "XDG_RUNTIME_DIR=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	expect(t, c, keychain.ErrUnavailable)
}

// A bus without a Secret Service, and without the means to start one.
func TestNoSecretService(t *testing.T) {
	dir := t.TempDir()
	conf := dir + "/bus.conf"
	if err := os.WriteFile(conf, []byte(`<busconfig><type>session</type><listen>unix:tmpdir=`+dir+`</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow receive_sender="*" eavesdrop="true"/><allow own="*"/></policy></busconfig>`), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("dbus-run-session", "--config-file="+conf, "--", os.Args[0])
	c.Env = []string{askEnv + "=1", "HOME=" + dir, "XDG_RUNTIME_DIR=" + dir, "PATH=" + os.Getenv("PATH")}
	expect(t, c, keychain.ErrUnavailable)
}

// A keychain that was set up, and is locked: it would ask a person, and there is none.
func TestLockedKeychain(t *testing.T) {
	home, err := os.MkdirTemp("", "alcove-locked-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	for _, unlocked := range []bool{true, false} {
		c, err := keychaintest.Command(t.Context(), home, unlocked, os.Args[0])
		if err != nil {
			t.Fatal(err)
		}
		c.Env = append(c.Env, askEnv+"=1")
		want := keychain.ErrRefused
		if unlocked {
			want = keychain.ErrNotFound
		}
		expect(t, c, want)
	}
}

func expect(t *testing.T, c *exec.Cmd, want error) {
	t.Helper()
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil || !strings.HasPrefix(string(out), want.Error()+" |") {
		t.Errorf("want %q, got %q (%v)", want, out, err)
	}
}

func TestSecretIsNotPrinted(t *testing.T) {
	s := keychain.GenerateSecret()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if got := fmt.Sprintf(verb, s); got != "Secret(…)" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
}
