package storage

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"alcove/app"
)

func TestWriteFileIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "log.csv")
	put := func(text string, after error) error {
		return Outside{}.WriteFile(t.Context(), path, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return errors.Join(err, after)
		})
	}
	must(t, put("first", nil))
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 || string(slurp(t, path)) != "first" {
		t.Errorf("%v %q", info.Mode(), slurp(t, path))
	}
	stop := errors.New("stop")
	if err := put("second", stop); !errors.Is(err, stop) {
		t.Error(err)
	}
	all, err := os.ReadDir(dir)
	must(t, err)
	if len(all) != 1 || string(slurp(t, path)) != "first" {
		t.Errorf("%v %q", all, slurp(t, path))
	}
	for name, path := range map[string]string{
		"no folder": filepath.Join(dir, "none", "x"), "a file for a folder": filepath.Join(path, "x"), "relative": "x", "a folder": dir,
	} {
		if err := (Outside{}).WriteFile(t.Context(), path, func(io.Writer) error { return nil }); !errors.Is(err, app.ErrNoFolder) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "measure.json")
	must(t, os.WriteFile(path, []byte("0123456789"), 0o600))
	for most, want := range map[int]string{100: "0123456789", 10: "0123456789", 9: "0123456789", 3: "0123"} {
		if got, err := (Outside{}).ReadFile(t.Context(), path, most); err != nil || string(got) != want {
			t.Errorf("%d: %q %v", most, got, err)
		}
	}
	for name, path := range map[string]string{
		"no file": filepath.Join(dir, "none"), "no folder": filepath.Join(dir, "none", "x"), "relative": "measure.json", "a folder": dir, "": "",
	} {
		if _, err := (Outside{}).ReadFile(t.Context(), path, 10); !errors.Is(err, app.ErrNoFolder) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
