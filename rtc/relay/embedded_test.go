package relay

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
)

func embedded(t *testing.T, dir string, lan bool) *Relay {
	t.Helper()
	page := fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}}
	r, err := Embedded(t.Context(), Config{StateDir: dir, Guest: page}, lan)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeRelay(t, r) })
	return r
}

func closeRelay(t *testing.T, r *Relay) {
	t.Helper()
	if err := r.Close(t.Context()); err != nil && !errors.Is(err, t.Context().Err()) {
		t.Error(err)
	}
}

func TestEmbeddedKeepsItsPort(t *testing.T) {
	dir := t.TempDir()
	first := embedded(t, dir, false)
	url := first.URL()
	if !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("an embedded relay answers at %s, not on this machine alone", url)
	}
	closeRelay(t, first)
	if again := embedded(t, dir, false); again.URL() != url {
		t.Errorf("after a restart it is at %s, links name %s", again.URL(), url)
	}
}

func TestEmbeddedTakesAnotherPortWhenItsOwnIsTaken(t *testing.T) {
	dir := t.TempDir()
	first := embedded(t, dir, false)
	address := first.Addr().String()
	closeRelay(t, first)
	thief, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer thief.Close()
	if again := embedded(t, dir, false); again.Addr().String() == address {
		t.Error("two programs on one port")
	}
}

func TestEmbeddedForTheLocalNetwork(t *testing.T) {
	host, err := lanAddress()
	if err != nil { // a machine in no network
		page := fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}}
		if _, err := Embedded(t.Context(), Config{StateDir: t.TempDir(), Guest: page}, true); !errors.Is(err, ErrListen) {
			t.Errorf("no network, but %v", err)
		}
		return
	}
	r := embedded(t, t.TempDir(), true)
	if want := "https://" + host.String() + ":"; !strings.HasPrefix(r.URL(), want) {
		t.Errorf("links name %s, the local network knows %s", r.URL(), want)
	}
	resp, err := r.Client().Get(r.URL() + "/j")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the page: %s", resp.Status)
	}
}
