package relay

import (
	"os/exec"
	"strings"
	"testing"
)

// What the relay must not be able to reach, and why. It is blind by construction, not by promise.
var banned = map[string]string{
	"alcove/app":        "the practice's words and rules: the relay knows no client",
	"alcove/ui":         "the desktop",
	"alcove/storage":    "the record",
	"alcove/rtc/seal":   "keys: whoever can open a frame is no relay",
	"alcove/rtc/wire":   "what is inside a frame",
	"alcove/rtc/media":  "sound and picture, and cgo",
	"alcove/rtc":        "the desktop's end of the line",
	"alcove/assets":     "the page comes by Config, so that the relay serves what it was given",
	"fyne.io/":          "the toolkit: the relay runs where there is no screen",
	"github.com/mattn/": "cgo",
}

func TestTheRelayIsBlind(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", ".")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 50 {
		t.Fatalf("only %d dependencies: this list is not right", len(deps))
	}
	for _, dep := range deps {
		for ban, why := range banned {
			if dep == ban || strings.HasPrefix(dep, strings.TrimSuffix(ban, "/")+"/") && ban != "alcove/rtc" {
				t.Errorf("imports %s: %s", dep, why)
			}
		}
	}
}
