package rtc

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestThreatsNameTheirTests reads threats.md and looks for each test that it names.
func TestThreatsNameTheirTests(t *testing.T) {
	text, err := os.ReadFile("threats.md")
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{"app": "../app", "assets": "../assets", "rtc": ".", "seal": "seal", "relay": "relay", "ui": "../ui", "wire": "wire"}
	named := regexp.MustCompile("`(\\w+)\\.((?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(string(text), -1)
	if len(named) < 20 {
		t.Fatalf("only %d tests are named", len(named))
	}
	for _, n := range named {
		if !hasTest(t, folders[n[1]], n[2]) {
			t.Errorf("threats.md names %s.%s, which does not exist", n[1], n[2])
		}
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| Cannot") && !anyTest.MatchString(line) {
			t.Errorf("no test tried: %s", strings.TrimSpace(line))
		}
	}
}

var anyTest = regexp.MustCompile("`\\w+\\.(Test|Fuzz)\\w+`")

func hasTest(t *testing.T, folder, name string) bool {
	t.Helper()
	if folder == "" {
		return false
	}
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
