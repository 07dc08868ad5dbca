// Package keychaintest runs a package's tests against a real Secret Service: gnome-keyring in a
// D-Bus session of its own, with a fresh home. The keychain of whoever runs the tests is never
// touched.
package keychaintest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const insideEnv = "ALCOVE_TEST_KEYCHAIN"

// Main runs the tests of m inside such a session; call it from TestMain. The session ends with them.
func Main(m *testing.M) {
	if os.Getenv(insideEnv) != "" {
		os.Exit(m.Run())
	}
	os.Exit(run())
}

func run() int {
	home, err := os.MkdirTemp("", "alcove-keychain-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(home)
	c, err := Command(context.Background(), home, true, os.Args...)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the tests need dbus-run-session and gnome-keyring-daemon:", err)
		return 1
	}
	return 0
}

// Command is argv in a new D-Bus session with the given home. unlocked: the keychain is open, and
// made if the home has none; else it is there and locked, and nobody is there to unlock it.
func Command(ctx context.Context, home string, unlocked bool, argv ...string) (*exec.Cmd, error) {
	for _, dir := range []string{filepath.Join(home, ".local", "share"), filepath.Join(home, "run")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	// The daemon would outlive its bus: it ends with the shell that started it.
	script := `gnome-keyring-daemon --foreground --components=secrets "$1" <"$2" >/dev/null 2>&1 & daemon=$!
trap 'kill $daemon 2>/dev/null; wait $daemon 2>/dev/null' EXIT
for try in $(seq 100); do
	dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true && break
	sleep 0.05
done
shift 2
"$@"`
	mode, password := "--start", os.DevNull
	if unlocked {
		mode, password = "--unlock", filepath.Join(home, "password")
		if err := os.WriteFile(password, []byte("test"), 0o600); err != nil {
			return nil, err
		}
	}
	args := append([]string{"--", "bash", "-c", script, "bash", mode, password}, argv...)
	c := exec.CommandContext(ctx, "dbus-run-session", args...) // #nosec G204 G702 -- the tests' own program
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "DBUS_") && !strings.HasPrefix(e, "XDG_") {
			c.Env = append(c.Env, e)
		}
	}
	c.Env = append(c.Env, insideEnv+"=1", "HOME="+home, "XDG_DATA_HOME="+home+"/.local/share", "XDG_RUNTIME_DIR="+home+"/run")
	return c, nil
}
