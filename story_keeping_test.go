//go:build linux

package main_test

import (
	"os"
	"path/filepath"
	"strings"
)

// What happens to the record after the session: a copy that was tried, and proof that a stranger can check.

func (s *story) backUp() {
	d, folder := s.desk, s.m.path("drive")
	if err := os.Mkdir(folder, 0o700); err != nil {
		s.t.Fatal(err)
	}
	d.press("Settings")
	d.press("Security")
	d.press("Open backups")
	d.fill("Backup folder", folder)
	d.press("Save backup settings")
	d.press("Back up now")
	d.reads("read back")
	d.press("Try the newest backup")
	d.reads("came back whole")
	d.reads("Your present recovery kit opens it anywhere")
}

// prove exports the record and has it checked by `alcove verify`, with no display; then one letter is changed.
func (s *story) prove() {
	d, file := s.desk, s.m.path("record.json")
	d.press("Caseload")
	d.press(client)
	d.press("Overview")
	d.press("Export record")
	d.fill("File", file)
	d.press("Export")
	d.reads("Record exported")
	text, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	s.verified(file, true)
	for _, written := range []string{"quarternight", "no plan and no intent", distract} {
		if !strings.Contains(string(text), written) {
			s.t.Errorf("the record lacks %q", written)
		}
	}
	altered := filepath.Join(s.m.dir, "altered.json")
	if err := os.WriteFile(altered, []byte(strings.Replace(string(text), "quarternight", "quietnight", 1)), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.verified(altered, false)
	for _, f := range []string{file, altered} { // what left the vault on purpose is not what sealed looks for
		if err := os.Remove(f); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *story) verified(file string, stands bool) {
	program, err := alcove()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := s.m.command(program, "verify", file)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	out, err := cmd.CombinedOutput()
	if (err == nil) != stands || strings.Contains(string(out), "All stands") != stands || strings.Contains(string(out), "Altered") == stands {
		s.t.Errorf("alcove verify says (%v):\n%s", err, out)
	}
}
