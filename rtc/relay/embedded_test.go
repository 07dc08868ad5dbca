package relay

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
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
	if want := "https://" + host.Addr().String() + ":"; !strings.HasPrefix(r.URL(), want) {
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

// With a public address, or behind a router that passes the port on, the whole world could come to a relay for the local network.
func TestTheLocalNetworkIsNotTheWorld(t *testing.T) {
	home, campus := netip.MustParsePrefix("192.168.1.7/24"), netip.MustParsePrefix("198.51.100.7/26")
	for _, c := range []struct {
		network netip.Prefix
		from    string
		near    bool
	}{
		{home, "127.0.0.1", true},
		{home, "::1", true},
		{home, "192.168.1.20", true},
		{home, "10.2.3.4", true},
		{home, "172.16.0.1", true},
		{home, "169.254.3.4", true},
		{home, "fe80::1", true},
		{home, "fd00::1", true},
		{campus, "198.51.100.60", true},
		{home, "203.0.113.9", false},
		{home, "100.64.0.1", false},
		{home, "2001:db8::1", false},
		{home, "198.51.100.60", false},
		{campus, "198.51.100.70", false},
		{home, "172.32.0.1", false},
		{home, "0.0.0.0", false},
	} {
		if got := isLocal(netip.MustParseAddr(c.from), c.network); got != c.near {
			t.Errorf("%s seen from %s: near %v", c.from, c.network, got)
		}
	}
	for _, lan := range []bool{false, true} {
		if _, err := lanAddress(); lan && err != nil {
			continue // a machine in no network
		}
		near := embedded(t, t.TempDir(), lan).config.near
		for from, want := range map[string]bool{"127.0.0.1": true, "192.168.1.20": lan, "8.8.8.8": false} {
			if near == nil || near(netip.MustParseAddr(from)) != want {
				t.Errorf("with lan %v the relay answers %s", lan, from)
			}
		}
	}
}

func TestWhoComesFromElsewhereIsCutOff(t *testing.T) {
	var near atomic.Bool
	asked := make(chan netip.Addr, 16)
	r := startRelay(t, func(c *Config) { c.near = func(a netip.Addr) bool { asked <- a; return near.Load() } })
	if resp, err := http.Get(r.URL() + "/healthz"); err == nil {
		resp.Body.Close()
		t.Errorf("answered: %s", resp.Status)
	}
	if from := <-asked; from != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("asked about %s", from)
	}
	near.Store(true)
	if status, _ := call(t, "GET", r.URL()+"/healthz", "", ""); status != 200 {
		t.Errorf("who may come: %d", status)
	}
}
