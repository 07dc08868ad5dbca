package rtc

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"testing"

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
		{"http://127.0.0.1:4711", "127.0.0.1", "udp", true},
		{"http://127.0.0.1:4711", "127.0.0.1", "tcp", true},
		{"https://relay.example", "127.0.0.1", "udp", false},
		{"https://relay.example", "127.0.0.1", "tcp", false},
		{"https://relay.example", "localhost", "udp", false},
		{"https://relay.example", "localhost", "tcp", false},
		{"https://relay.example", "0.0.0.0", "udp", false},
		{"https://relay.example", "0.0.0.0", "tcp", false},
	} {
		t.Run(c.relay+" "+c.host+" "+c.transport, func(t *testing.T) {
			t.Parallel()
			port, dialled := listenFor(t, c.transport)
			gathered := make(chan bool, 1)
			p := policy{modality: app.ModalityText, turn: &wire.TURN{
				URLs:     []string{fmt.Sprintf("turn:%s:%d?transport=%s", c.host, port, c.transport)},
				Username: "1:x", Credential: "x",
			}}
			media := newTracks(true, p, func(string, string) {}, func(bool) {})
			t.Cleanup(media.close)
			ours, err := newPeer(newHost(Options{Relay: c.relay, Log: slog.New(slog.DiscardHandler)}), p, media, connectionEvents{
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
			select {
			case <-dialled:
				if !c.dialled {
					t.Error("dialled")
				}
			case <-gathered:
				if c.dialled {
					t.Error("not dialled: this test could not fail")
				}
			}
		})
	}
}

// TestOutside: what comes to this machine, or to many in the house, is not dialled; what multicast DNS asks is.
func TestOutside(t *testing.T) {
	t.Parallel()
	local, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	for host, may := range map[string]bool{
		"198.51.100.7": true, "[2001:db8::7]": true, "224.0.0.0": true, "[ff02::]": true, // the last two are pion's for multicast DNS
		"": false, "127.0.0.1": false, "0.0.0.0": false, "[::]": false, "[::ffff:0.0.0.0]": false, "[::ffff:10.0.0.1]": false, "192.168.1.1": false,
		"169.254.1.1": false, "[fe80::1]": false, "[fd00::1]": false, "255.255.255.255": false, "239.255.255.250": false, "[ff05::2]": false,
	} {
		_, udp := outside{local}.ResolveUDPAddr("udp", host+":1900")
		_, tcp := outside{local}.ResolveTCPAddr("tcp", host+":1900")
		if (udp == nil) != may || (tcp == nil) != may {
			t.Errorf("%q: %v, %v", host, udp, tcp)
		}
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
	if given, err := h.host.turn(t.Context(), link); err != nil || given == nil {
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

	_, err := h.host.turn(t.Context(), wire.LinkID{1})
	if !errors.Is(err, app.ErrRelayAway) {
		t.Errorf("for a link that is not ours: %v", err)
	}
}
