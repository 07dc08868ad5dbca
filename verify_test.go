package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"alcove/app/chain"
)

// recordFile writes the record of a client with three notes, and gives the file and its key's fingerprint.
func recordFile(t *testing.T, change func(string) string) (file, print string) {
	t.Helper()
	key := chain.GenerateKey()
	var head chain.Head
	var entries []chain.Entry
	for _, title := range []string{"First", "Second\x1b[2J\u202e", "Third"} {
		body, err := chain.Body(map[string]any{"title": title})
		if err == nil {
			var e chain.Entry
			e, head, err = key.Enter(head, chain.Entry{Client: "C1", Kind: chain.NoteSigned, ID: title, At: time.Unix(1_790_000_000, 0), By: "Robin " + title, Body: body})
			entries = append(entries, e)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := key.Seal(chain.Facts{Client: "C1", Name: "Ana", Therapist: "Robin", TimeZone: "America/Los_Angeles"}, head, entries)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "record.json")
	if err := os.WriteFile(file, []byte(change(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, key.Public().Fingerprint()
}

func TestVerify(t *testing.T) {
	same := func(s string) string { return s }
	for name, x := range map[string]struct {
		change func(string) string
		args   func(file, print string) []string
		code   int
		says   []string
	}{
		"whole":          {same, func(f, _ string) []string { return []string{f} }, allStands, []string{"Ana", "PDT", "Robin Third", "All stands: 3 entries", "compare the key above"}},
		"key named":      {same, func(f, p string) []string { return []string{f, "--key", p} }, allStands, []string{"All stands"}},
		"key before":     {same, func(f, p string) []string { return []string{"-key=" + strings.ToUpper(p), f} }, allStands, []string{"All stands"}},
		"key of another": {same, func(f, _ string) []string { return []string{f, "--key", "0000"} }, notAll, []string{"another key"}},
		"altered":        {func(s string) string { return strings.Replace(s, "Robin Third", "Robin Fourth", 1) }, func(f, _ string) []string { return []string{f} }, notAll, []string{"Altered", "2 stand, 1 altered"}},
		"cut short":      {func(s string) string { return s[:len(s)/2] }, func(f, _ string) []string { return []string{f} }, unreadable, []string{"cut short"}},
		"no such file":   {same, func(f, _ string) []string { return []string{f + "x"} }, unreadable, []string{"cannot be opened"}},
		"a folder":       {same, func(f, _ string) []string { return []string{filepath.Dir(f)} }, unreadable, []string{"cannot be opened"}},
		"no file":        {same, func(string, string) []string { return nil }, unreadable, []string{"alcove verify FILE"}},
		"two files":      {same, func(f, _ string) []string { return []string{f, f} }, unreadable, []string{"alcove verify FILE"}},
		"unknown flag":   {same, func(f, _ string) []string { return []string{f, "--loud"} }, unreadable, []string{"alcove verify FILE"}},
	} {
		file, print := recordFile(t, x.change)
		var out strings.Builder
		if code := verify(x.args(file, print), &out, &out); code != x.code {
			t.Errorf("%s: exit code %d, want %d", name, code, x.code)
		}
		for _, s := range x.says {
			if !strings.Contains(out.String(), s) {
				t.Errorf("%s: does not say %q:\n%s", name, s, out.String())
			}
		}
		if strings.ContainsAny(out.String(), "\x1b\u202e") {
			t.Errorf("%s: the file steers the terminal", name)
		}
	}
}
