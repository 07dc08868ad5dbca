package ui

import (
	"bytes"
	"log"
	"strings"
	"testing"
)

func TestDisplayTellsWhyThereIsNoWindow(t *testing.T) {
	for name, lines := range map[string][]string{
		"no screen": {"Fyne error:  failed to initialise GLFW", "  Cause: no DISPLAY"},
		"no OpenGL": {"Fyne error:  window creation error", "  Cause: no DISPLAY"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			var did []string
			d := &Display{
				log:   &out,
				retry: func() { did = append(did, "retry") },
				tell:  func(text string) { did = append(did, text) },
				exit:  func(int) { did = append(did, "exit") },
			}
			l := log.New(d, "", 0)
			for _, line := range lines {
				l.Println(line)
			}
			if len(did) != 3 || did[0] != "retry" || did[2] != "exit" {
				t.Fatalf("did %q", did)
			}
			if !strings.Contains(did[1], "OpenGL") || !strings.Contains(did[1], "no DISPLAY") {
				t.Errorf("told %q", did[1])
			}
			if !strings.Contains(out.String(), lines[0]) {
				t.Error("the log was swallowed")
			}
		})
	}
}

func TestDisplayLetsOtherErrorsPass(t *testing.T) {
	var out bytes.Buffer
	fail := func() { t.Error("an ordinary line ended the program") }
	d := &Display{log: &out, retry: fail, tell: func(string) { fail() }, exit: func(int) { fail() }}
	l := log.New(d, "", 0)
	l.Println("Fyne error:  Unable to decode icon")
	l.Println("  Cause: EOF")
}
