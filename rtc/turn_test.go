package rtc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pion/transport/v5/stdnet"

	"alcove/app"
	"alcove/rtc/relay"
	"alcove/rtc/wire"
)

// TestTURNInTheHouse: a relay elsewhere that names a server in this house, by address or by name,
// has nothing dialled there. One in the house may.
func TestTURNInTheHouse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		relay, host, transport string
		dialled                bool
	}{
		{"127.0.0.1", "127.0.0.1", "udp", true},
		{"127.0.0.1", "127.0.0.1", "tcp", true},
		{"203.0.113.7", "127.0.0.1", "udp", false},
		{"203.0.113.7", "127.0.0.1", "tcp", false},
		{"203.0.113.7", "localhost", "udp", false},
		{"203.0.113.7", "localhost", "tcp", false},
		{"203.0.113.7", "0.0.0.0", "udp", false},
		{"203.0.113.7", "0.0.0.0", "tcp", false},
		{"192.168.1.7", "127.0.0.1", "udp", false},
	} {
		t.Run(c.relay+" "+c.host+" "+c.transport, func(t *testing.T) {
			t.Parallel()
			port, dialled := listenFor(t, c.transport)
			gathered := make(chan bool, 1)
			p := policy{modality: app.ModalityText, relay: netip.MustParseAddr(c.relay), turn: &wire.TURN{
				URLs:     []string{fmt.Sprintf("turn:%s:%d?transport=%s", c.host, port, c.transport)},
				Username: "1:x", Credential: "x",
			}}
			media := newTracks(true, p, func(string, string) {}, func(bool) {})
			t.Cleanup(media.close)
			ours, err := newPeer(newHost(Options{Log: slog.New(slog.DiscardHandler)}), p, media, connectionEvents{
				candidate: func(c wire.Candidate) {
					if c.Candidate == "" {
						gathered <- true
					}
				},
				opened: func() {}, message: func([]byte) {}, stray: func() {},
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(ours.Close)
			if _, err := ours.Offer(false); err != nil {
				t.Fatal(err)
			}
			if c.dialled {
				select {
				case <-dialled: // the gathering may end first: we hang up before we say so
				case <-time.After(soon):
					t.Error("not dialled: this test could not fail")
				}
				return
			}
			select {
			case <-dialled:
				t.Error("dialled")
			case <-gathered:
			}
		})
	}
}

// TestNearer is what a relay may name, by where it stands.
func TestNearer(t *testing.T) {
	t.Parallel()
	local, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	const far, overlay, house, own = "203.0.113.7", "100.101.1.1", "192.168.1.7", "127.0.0.1"
	for host, from := range map[string]string{
		"198.51.100.7": "everywhere", "[2001:db8::7]": "everywhere", far: "everywhere",
		"100.64.0.1": overlay, "100.127.255.255": overlay, "100.128.0.0": "everywhere", overlay: overlay,
		"192.168.1.1": house, "[::ffff:10.0.0.1]": house, "169.254.1.1": house, "[fe80::1]": house, "[fd00::1]": house, house: house,
		"[64:ff9b::192.168.1.1]": house, "[64:ff9b::198.51.100.7]": "everywhere", "[64:ff9b::7f00:1]": own,
		"255.255.255.255": house, "239.255.255.250": house, "[ff05::2]": house, "224.0.0.251": house,
		"198.18.0.9": house, "[2001:db8:1::9]": house, // neighbours with addresses of the world
		"": own, "127.0.0.1": own, "[::1]": own, "0.0.0.0": own, "[::]": own, "[::ffff:0.0.0.0]": own,
	} {
		may := true
		for _, relay := range []string{own, house, overlay, far} {
			v := viewFrom(netip.MustParseAddr(relay))
			v.around = []netip.Prefix{netip.MustParsePrefix("198.18.0.1/24"), netip.MustParsePrefix("2001:db8:1::1/64")}
			_, udp := dialled{local, v}.ResolveUDPAddr("udp", host+":1900")
			_, tcp := dialled{local, v}.ResolveTCPAddr("tcp", host+":1900")
			if (udp == nil) != may || (tcp == nil) != may {
				t.Errorf("%q from %s: %v, %v", host, relay, udp, tcp)
			}
			may = may && relay != from
		}
	}
	// A relay that is a neighbour, or in an overlay, may name itself and nobody who is nearer.
	for relay, want := range map[string]nearness{far: elsewhere, overlay: shared, house: thisHouse, own: thisMachine, "::1": thisMachine, "::ffff:192.168.1.7": thisHouse, "64:ff9b::cb00:7107": elsewhere} {
		if v := viewFrom(netip.MustParseAddr(relay)); v.near != want || !v.reaches(net.ParseIP(relay)) {
			t.Errorf("a relay at %s is at %d", relay, v.near)
		}
	}
	if v := viewFrom(netip.Addr{}); v.near != elsewhere || v.reaches(net.ParseIP(own)) {
		t.Error("a relay that is nowhere may name this machine")
	}
	// What pion's multicast DNS asks is no server.
	for _, group := range []string{"224.0.0.0:5353", "[ff02::]:5353"} {
		if _, err := (dialled{local, viewFrom(netip.Addr{})}).ResolveUDPAddr("udp", group); err != nil {
			t.Error(err)
		}
	}
}

// TestServersAreRead: what a page is told is what we have judged, in a spelling that leaves a browser no other reading.
func TestServersAreRead(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"turn:turn.example":                         "turn:turn.example:3478?transport=udp",
		"turns:turn.example:443?transport=tcp":      "turns:turn.example:443?transport=tcp",
		"stun:198.51.100.7":                         "stun:198.51.100.7:3478",
		"turn:[2001:db8::7]:3478?transport=udp":     "turn:[2001:db8::7]:3478?transport=udp",
		"TURN:turn.example:1":                       "turn:turn.example:1?transport=udp",
		"turn:192.168.1.1:80?transport=tcp":         "",
		"turn:localhost":                            "",
		"turn:a.LOCALHOST.:1":                       "",
		"turn:printer.local:631":                    "",
		"turn:127.1:80":                             "",
		"turn:2130706433:80":                        "",
		"turn:0x7f000001:80":                        "",
		"turn:127.0.0.0x1:80":                       "",
		"turn:127.0.0.1.:80":                        "",
		"turn:[fe80::1%25eth0]:1":                   "",
		"turn:someone@192.168.1.1:80":               "",
		"turn:192.168.1.1%2f:80":                    "",
		"turn:turn.example:0":                       "",
		"turn:turn.example:70000":                   "",
		"turn:turn.example:-1":                      "",
		"turn://192.168.1.1:80":                     "",
		"stuns:turn.example":                        "",
		"http://192.168.1.1/":                       "",
		"turn:turn.example:1?transport=tcp&x=1":     "",
		"turn:turn.example\n.local:1?transport=udp": "",
	} {
		if got := strings.Join(viewFrom(netip.Addr{}).servers([]string{url}), " "); got != want {
			t.Errorf("%s: %q", url, got)
		}
	}
	at := viewFrom(netip.MustParseAddr("192.168.1.7"))
	if got := at.servers([]string{"turn:printer.local", "turn:192.168.1.1", "turn:localhost", "turn:127.0.0.1"}); len(got) != 2 {
		t.Errorf("in the house: %v", got)
	}
}

// TestRelayByName: a relay of this house that is known by its name may name a server here. A name that leads elsewhere, and
// a proxy in between, say nothing of the kind.
func TestRelayByName(t *testing.T) {
	t.Parallel()
	r := startRelay(t, func(c *relay.Config) { c.TURN = relay.TURN{Listen: "127.0.0.1:0", AllowPrivatePeers: true} })
	real := strings.TrimPrefix(r.URL(), "http://")
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.Out.URL.Host = real }})
	t.Cleanup(proxy.Close)
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	wired := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, real)
	}}
	for _, c := range []struct {
		name  string
		leads string
		by    *http.Transport
		given bool
	}{
		{"in the house", "127.0.0.1", wired, true},
		{"elsewhere, and its connections led to this machine", "203.0.113.7", wired, false},
		{"behind a proxy of this machine", "127.0.0.1", &http.Transport{Proxy: http.ProxyURL(through)}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			door := newDoorstep()
			host := newHost(Options{Relay: "http://relay.practice", Origin: r.URL(), Client: &http.Client{Transport: c.by}, Synthetic: true, Log: slog.New(slog.DiscardHandler)})
			host.lookup = func(context.Context, string, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr(c.leads)}, nil
			}
			host.start()
			t.Cleanup(host.Close)
			g := visit(t, openInvite(t, host, door, "invite", app.InviteStanding).Link, nil)
			given, _, err := host.turn(t.Context(), g.link.LinkID())
			if err != nil || (given != nil) != c.given {
				t.Fatalf("%v, %v", given, err)
			}
			if !c.given {
				return
			}
			call, _ := admit(t, door, g, textOnly)
			call.SendChat("1", "by way of the relay")
			g.until(t, "chat", soon)
			for _, l := range heardOf(g) {
				if !strings.Contains(l, "typ relay") {
					t.Errorf("the guest heard of %s", l)
				}
			}
		})
	}
}

// listenFor tells whether anything comes to a port of this machine.
func listenFor(t *testing.T, transport string) (port int, came chan bool) {
	t.Helper()
	came = make(chan bool, 1)
	if transport == "tcp" {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			if c, err := l.Accept(); err == nil {
				c.Close()
				came <- true
			}
		}()
		return l.Addr().(*net.TCPAddr).Port, came
	}
	s, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	go func() {
		if _, _, err := s.ReadFrom(make([]byte, 64)); err == nil {
			came <- true
		}
	}()
	return s.LocalAddr().(*net.UDPAddr).Port, came
}

// TestTURNShareIsTold: a network that has had its share of the relay is told so at once, nobody is
// lost by it, and a moment later there is more.
func TestTURNShareIsTold(t *testing.T) {
	t.Parallel()
	r := startRelay(t, func(c *relay.Config) {
		c.TURN = relay.TURN{Listen: "127.0.0.1:0", AllowPrivatePeers: true}
		c.Limits.TURNPerSecond, c.Limits.TURNBurst = 0.1, 1
	})
	h := &house{t: t, relay: r, host: startHost(t, r.URL(), nil), door: newDoorstep()}
	g := h.visit(h.invite(app.InviteStanding).Link)
	link := g.link.LinkID()
	if given, _, err := h.host.turn(t.Context(), link); err != nil || given == nil {
		t.Fatalf("the first: %v", err)
	}
	g.knockWith("Kim", "")
	d := h.door.next(t)
	g.until(t, "waiting", soon)
	// Whoever waits out the time for an answer takes the relay for away.
	if _, err := d.Admit(t.Context(), textOnly, newRoom()); !errors.Is(err, app.ErrRelayBusy) {
		t.Fatalf("past the share: %v", err)
	}
	room := newRoom()
	eventually(t, "the same client is let in", func() bool {
		_, err := d.Admit(t.Context(), textOnly, room)
		return err == nil
	})
	await[app.CallConnected](t, room, soon)

	_, _, err := h.host.turn(t.Context(), wire.LinkID{1})
	if !errors.Is(err, app.ErrRelayAway) {
		t.Errorf("for a link that is not ours: %v", err)
	}
}
