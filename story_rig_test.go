//go:build linux

package main_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// machine is a computer made for one test: its own home, session bus, unlocked keyring,
// screen, window manager and sound. Nothing of the person who runs the test is touched.
type machine struct {
	t    testing.TB
	dir  string // short: socket paths end at 108 bytes
	env  []string
	logs []string
}

func newMachine(t testing.TB) *machine {
	t.Helper()
	dir, err := os.MkdirTemp("", "alcove-")
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{t: t, dir: dir}
	t.Cleanup(func() { m.tellAndClean() })

	for _, sub := range []string{"run", "home/.local/share", "home/.config", "home/.cache"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	bus := filepath.Join(dir, "run", "bus")
	pulse := filepath.Join(dir, "run", "pulse.sock")
	m.env = []string{
		"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "USER=" + os.Getenv("USER"),
		"HOME=" + m.path("home"), "XDG_DATA_HOME=" + m.path("home/.local/share"),
		"XDG_CONFIG_HOME=" + m.path("home/.config"), "XDG_CACHE_HOME=" + m.path("home/.cache"),
		"XDG_RUNTIME_DIR=" + m.path("run"), "DBUS_SESSION_BUS_ADDRESS=unix:path=" + bus,
		"PULSE_SERVER=unix:" + pulse, "LIBGL_ALWAYS_SOFTWARE=1", "GORACE=halt_on_error=1",
	}

	m.start("dbus", nil, "dbus-daemon", "--session", "--nofork", "--nopidfile", "--address=unix:path="+bus)
	m.until("session bus", func() bool { return exists(bus) })
	m.start("keyring", strings.NewReader("the keyring's own password"),
		"gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	m.until("keyring", func() bool { return m.onBus("org.freedesktop.secrets") })
	m.sound(pulse)
	m.screen()
	return m
}

func (m *machine) path(name string) string { return filepath.Join(m.dir, name) }

// sound starts a sound server with two rooms: "ear" is where the app speaks, and "silence" is
// the microphone it would find. norewinds: without it a recorder of the monitor hears gaps.
func (m *machine) sound(socket string) {
	m.start("pulse", nil, "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
		"--load=module-native-protocol-unix auth-anonymous=1 socket="+socket,
		"--load=module-null-sink sink_name=ear norewinds=1",
		"--load=module-null-sink sink_name=silence norewinds=1")
	m.until("sound", func() bool { return m.command("pactl", "info").Run() == nil })
	m.run("pactl", "set-default-sink", "ear")
	m.run("pactl", "set-default-source", "silence.monitor")
}

// screen starts a display of its own, on the first free number, with a window manager.
func (m *machine) screen() {
	read, write, err := os.Pipe()
	if err != nil {
		m.t.Fatal(err)
	}
	defer read.Close()
	cmd := m.command("Xvfb", "-displayfd", "3", "-screen", "0", "1440x960x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{write}
	m.begin("xvfb", cmd)
	write.Close()
	number := make([]byte, 16)
	n, err := read.Read(number)
	if err != nil {
		m.t.Fatalf("Xvfb gave no display: %v", err)
	}
	m.env = append(m.env, "DISPLAY=:"+strings.TrimSpace(string(number[:n])))
	m.start("openbox", nil, "openbox")
	m.until("window manager", func() bool {
		out, _ := m.command("xprop", "-root", "_NET_SUPPORTING_WM_CHECK").Output()
		return bytes.Contains(out, []byte("window id"))
	})
}

// onBus says whether somebody answers to name on the session bus.
func (m *machine) onBus(name string) bool {
	out, _ := m.command("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
		"org.freedesktop.DBus.NameHasOwner", "string:"+name).Output()
	return bytes.Contains(out, []byte("true"))
}

// command is a program in this machine's environment.
func (m *machine) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = m.env
	return cmd
}

// run runs a short program to its end.
func (m *machine) run(name string, args ...string) string {
	m.t.Helper()
	out, err := m.command(name, args...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// start starts a program that lives as long as the test.
func (m *machine) start(log string, stdin *strings.Reader, name string, args ...string) {
	m.t.Helper()
	cmd := m.command(name, args...)
	if stdin != nil {
		cmd.Stdin = stdin
	}
	m.begin(log, cmd)
}

// begin starts cmd with its output in a log of its own, and kills it with all its children
// when the test ends or dies.
func (m *machine) begin(log string, cmd *exec.Cmd) *process {
	m.t.Helper()
	file, err := os.Create(m.path(log + ".log"))
	if err != nil {
		m.t.Fatal(err)
	}
	m.logs = append(m.logs, file.Name())
	cmd.Stdout, cmd.Stderr = file, file
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		m.t.Fatalf("%s does not start: %v (make deps-test installs it)", cmd.Path, err)
	}
	file.Close()
	p := &process{cmd: cmd, log: file.Name(), done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	m.t.Cleanup(p.kill)
	return p
}

// process is one running program.
type process struct {
	cmd  *exec.Cmd
	log  string
	err  error // after done
	done chan struct{}
}

// kill ends the program and its children the hard way, as a power cut would.
func (p *process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

// soon is patience on a machine that is busy with other things.
const soon = time.Minute

// until polls for what must come true.
func (m *machine) until(what string, true_ func() bool) {
	m.t.Helper()
	if !within(soon, true_) {
		m.t.Fatalf("%s: not within %s", what, soon)
	}
}

func within(limit time.Duration, true_ func() bool) bool {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if true_() {
			return true
		}
	}
	return true_()
}

// tellAndClean prints the end of every program's log if the test failed, and removes the machine.
func (m *machine) tellAndClean() {
	if m.t.Failed() {
		for _, log := range m.logs {
			text, _ := os.ReadFile(log)
			if len(text) > 6000 {
				text = text[len(text)-6000:]
			}
			if len(text) > 0 {
				fmt.Printf("--- %s\n%s\n", filepath.Base(log), text)
			}
		}
	}
	os.RemoveAll(m.dir)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// binaries is where the programs under test are built, TestMain's to remove.
var binaries string

// alcove builds the real program once for all tests, with the flags that this test was built
// with and the tag that lets it be driven.
var alcove = sync.OnceValues(func() (string, error) {
	path := filepath.Join(binaries, "alcove")
	args := []string{"build", "-o", path, "-ldflags", "-X main.version=" + testVersion}
	info, _ := debug.ReadBuildInfo()
	tags := "automation"
	for _, s := range info.Settings {
		switch s.Key {
		case "-tags":
			tags += "," + s.Value
		case "-race":
			args = append(args, "-race")
		}
	}
	out, err := exec.Command("go", append(args, "-tags", tags, ".")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out[:min(len(out), 2000)])
	}
	return path, nil
})

const testVersion = "0.0.0-test"

func TestMain(m *testing.M) {
	if height := os.Getenv(drawEnv); height != "" {
		draw(height)
		return
	}
	var err error
	if binaries, err = os.MkdirTemp("", "alcove-bin-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(binaries)
	os.Exit(code)
}
