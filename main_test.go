//go:build linux

package main_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// launch starts the real program; kill ends it.
func launch(m *machine, log string, env []string, args ...string) *process {
	m.t.Helper()
	path, err := alcove()
	if err != nil {
		m.t.Fatal(err)
	}
	cmd := m.command(path, args...)
	cmd.Env = append(cmd.Env, env...)
	return m.begin(log, cmd)
}

func (p *process) said(text string) bool {
	log, _ := os.ReadFile(p.log)
	return bytes.Contains(log, []byte(text))
}

// windows counts what the window manager shows of Alcove.
func (m *machine) windows() int {
	out, _ := m.command("xdotool", "search", "--onlyvisible", "--name", "Alcove").Output()
	return len(strings.Fields(string(out)))
}

func TestVersion(t *testing.T) {
	m := newMachine(t)
	path, err := alcove()
	if err != nil {
		t.Fatal(err)
	}
	if said := m.run(path, "--version"); strings.TrimSpace(said) != "alcove "+testVersion {
		t.Errorf("--version says %q", said)
	}
}

func TestSecondStartOnAProfileSaysSoAndChangesNothing(t *testing.T) {
	m := newMachine(t)
	profile := m.path("profile")
	launch(m, "first", nil, "--profile", profile)
	m.until("the first window", func() bool { return m.windows() == 1 })

	second := launch(m, "second", []string{"ALCOVE_PROFILE=" + profile}) // the same, named the other way
	m.until("the second says so", func() bool { return second.said("already running") })
	m.until("and shows it", func() bool { return m.windows() == 2 })
	second.kill()

	// Another profile is another matter.
	launch(m, "other", nil, "--profile", m.path("other"))
	m.until("the other profile's window", func() bool { return m.windows() == 2 })
}

func TestNoOpenGLIsExplained(t *testing.T) {
	m := newMachine(t)
	// With no path there is no program to show the words in a window, and nothing to close.
	p := launch(m, "app", []string{"__EGL_VENDOR_LIBRARY_FILENAMES=/dev/null", "LIBGL_DRIVERS_PATH=/nowhere", "PATH=/nowhere"},
		"--profile", m.path("profile"))
	select {
	case <-p.done:
		if p.err == nil {
			t.Error("it ended as if all were well")
		}
	case <-time.After(30 * time.Second):
		t.Error("it still runs, without a window")
	}
	if !p.said("offers it no OpenGL") || !p.said("Your records are untouched") {
		t.Error("it does not say what is the matter")
	}
}
