package rtc

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"alcove/app"
)

var blank = fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}}

func openHome(t *testing.T, dir string) (*Home, Options) {
	t.Helper()
	h, o, err := OpenHome(t.Context(), dir, blank, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(t.Context()) })
	return h, o
}

func TestHomeStartsItsOwnRelay(t *testing.T) {
	_, o := openHome(t, t.TempDir())
	resp, err := o.Client.Get(o.Relay + "/j")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the page: %s", resp.Status)
	}
}

func TestHomeKeepsTheChoiceOfRelay(t *testing.T) {
	dir := t.TempDir()
	first, _ := openHome(t, dir)
	if err := first.KeepRelay(app.RelaySettings{URL: "https://relay.example"}); err != nil {
		t.Fatal(err)
	}
	again, o := openHome(t, dir)
	if o.Relay != "https://relay.example" {
		t.Errorf("after a restart the relay is %s", o.Relay)
	}
	if o.Page == nil {
		t.Error("nobody looks which page that relay serves")
	}
	if again.relay != nil {
		t.Error("the embedded relay runs although another was chosen")
	}
}

func TestHomeWithADamagedChoiceStillGivesALine(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, choiceFile), []byte(`{"URL":`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, o, err := OpenHome(t.Context(), dir, blank, nil)
	if err == nil {
		t.Error("a damaged choice is not told")
	}
	if !strings.HasPrefix(o.Relay, "http://127.0.0.1:") {
		t.Errorf("relay %q: links would go to a stranger", o.Relay)
	}
}
