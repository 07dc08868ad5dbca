package away

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

const ours = dbus.ObjectPath("/org/freedesktop/login1/session/_31")

// fakeLogind answers as logind does, on a real bus: logind itself needs the whole system.
type fakeLogind struct{ held chan pipe }

type pipe struct{ r, w *os.File }

func (l *fakeLogind) GetSessionByPID(uint32) (dbus.ObjectPath, *dbus.Error) { return ours, nil }

// Inhibit keeps the reading end, which reads EOF once the other was let go: by us as well, when the answer has come.
func (l *fakeLogind) Inhibit(what, _, _, mode string) (dbus.UnixFD, *dbus.Error) {
	if what != "sleep:shutdown" || mode != "delay" {
		return 0, dbus.MakeFailedError(os.ErrInvalid)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	l.held <- pipe{r, w}
	return dbus.UnixFD(w.Fd()), nil
}

// systemBus starts a bus of our own with logind's name on it, in place of the system's.
func systemBus(t *testing.T) (*dbus.Conn, *fakeLogind) {
	t.Helper()
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", strings.TrimSpace(address))
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	l := &fakeLogind{held: make(chan pipe, 4)}
	if err := conn.Export(l, root, manager); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(logind, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return conn, l
}

func receive[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(time.Minute):
		t.Fatalf("%s never came", what)
		panic("unreachable")
	}
}

func TestLocksWhenTheTherapistLeaves(t *testing.T) {
	conn, l := systemBus(t)
	ctx, cancel := context.WithCancel(t.Context())
	locks, done := make(chan struct{}, 4), make(chan struct{})
	go func() {
		defer close(done)
		Watch(ctx, func() { locks <- struct{}{} })
	}()
	held := receive(t, "the wish to be waited for", l.held)

	changed := func(what string, v any) []any {
		return []any{session, map[string]dbus.Variant{what: dbus.MakeVariant(v)}, []string{}}
	}
	quiet := []struct {
		path dbus.ObjectPath
		name string
		body []any
	}{
		{ours, properties + ".PropertiesChanged", changed("LockedHint", false)},
		{ours, properties + ".PropertiesChanged", changed("IdleHint", true)},
		{"/org/freedesktop/login1/session/_32", session + ".Lock", nil}, // somebody else's
	}
	loud := []struct {
		path dbus.ObjectPath
		name string
		body []any
	}{
		{ours, session + ".Lock", nil},
		{ours, properties + ".PropertiesChanged", changed("LockedHint", true)},
		{root, manager + ".PrepareForShutdown", []any{true}},
		{root, manager + ".PrepareForSleep", []any{true}},
	}
	for _, s := range quiet {
		if err := conn.Emit(s.path, s.name, s.body...); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range loud {
		if err := conn.Emit(s.path, s.name, s.body...); err != nil {
			t.Fatal(err)
		}
		receive(t, s.name, locks)
	}
	// Signals come in order: had a quiet one locked, there would be more.
	if len(locks) != 0 {
		t.Errorf("%d locks too many", len(locks))
	}
	held.w.Close()
	if _, err := held.r.Read(make([]byte, 1)); err == nil {
		t.Error("sleep was not let go after the lock")
	}
	if err := conn.Emit(root, manager+".PrepareForSleep", false); err != nil {
		t.Fatal(err)
	}
	receive(t, "after waking, the wish to be waited for again", l.held)
	cancel()
	receive(t, "the end of Watch", done)
}

func TestNoSystemBusIsNoTrouble(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	done := make(chan struct{})
	go func() {
		defer close(done)
		Watch(t.Context(), func() { t.Error("locked") })
	}()
	receive(t, "the end of Watch", done)
}

// A process that is told to end locks first, and ends by the signal all the same.
func TestLocksBeforeItIsEnded(t *testing.T) {
	if os.Getenv("ALCOVE_AWAY_CHILD") != "" {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGTERM, syscall.SIGHUP) // what comes before End listens kills nobody
		os.Stdout.WriteString("up\n")
		End(context.Background(), func() { os.Stdout.WriteString("locked\n") })
		time.Sleep(time.Minute)
		os.Exit(0)
	}
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(s) { // under nohup: then it ends nothing, and is to end nothing
			continue
		}
		cmd := exec.Command(os.Args[0], "-test.run", "^TestLocksBeforeItIsEnded$")
		cmd.Env = append(os.Environ(), "ALCOVE_AWAY_CHILD=1")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said := bufio.NewReader(out)
		if line, err := said.ReadString('\n'); err != nil || line != "up\n" {
			t.Fatalf("%q, %v", line, err)
		}
		heard := make(chan struct{})
		go func() { // until it listens
			for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
				select {
				case <-heard:
					return
				default:
					_ = cmd.Process.Signal(s)
				}
			}
		}()
		line, err := said.ReadString('\n')
		close(heard)
		if err != nil || line != "locked\n" {
			t.Errorf("%v: %q, %v", s, line, err)
		}
		_ = cmd.Wait()
		if w, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || w.Signal() != s {
			t.Errorf("%v: ended otherwise: %v", s, cmd.ProcessState)
		}
	}
}
