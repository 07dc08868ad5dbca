package rtc

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"

	"alcove/app"
	"alcove/rtc/relay"
	"alcove/rtc/wire"
)

// heardOf are the candidates that the guest was told.
func heardOf(g *guest) []string {
	ch := make(chan []string, 1)
	g.mail.put(func() {
		var list []string
		for _, l := range g.log {
			if strings.HasPrefix(l, "candidate:") {
				list = append(list, l)
			}
		}
		ch <- list
	})
	return <-ch
}

// TestRelayOnly: where there is TURN, and direct was not allowed, the guest hears of no address
// but the relay's.
func TestRelayOnly(t *testing.T) {
	t.Parallel()
	r := startRelay(t, func(c *relay.Config) { c.TURN = relay.TURN{Listen: "127.0.0.1:0", AllowPrivatePeers: true} })
	h := &house{t: t, relay: r, host: startHost(t, r.URL(), nil), door: newDoorstep()}
	g := h.visit(h.invite(app.InviteStanding).Link)
	c, _ := h.admit(g, textOnly)
	c.SendChat("1", "by way of the relay")
	g.until(t, "chat", soon)
	list := heardOf(g)
	if len(list) == 0 {
		t.Error("the guest heard of no candidate")
	}
	for _, l := range list {
		if !strings.Contains(l, "typ relay") || !strings.Contains(l, "raddr 0.0.0.0 rport 0") {
			t.Errorf("the guest heard of %s", l)
		}
	}
}

// TestDirectByChoice: with direct allowed the guest hears of the host's own address as well,
// unless the link promised that it would not.
func TestDirectByChoice(t *testing.T) {
	t.Parallel()
	r := startRelay(t, func(c *relay.Config) { c.TURN = relay.TURN{Listen: "127.0.0.1:0", AllowPrivatePeers: true} })
	h := &house{t: t, relay: r, host: startHost(t, r.URL(), nil), door: newDoorstep()}
	g := h.visit(h.invite(app.InviteStanding).Link)
	direct := textOnly
	direct.Direct = true
	h.admit(g, direct)
	if !strings.Contains(strings.Join(heardOf(g), " "), "typ host") {
		t.Error("the guest heard of no address of the host")
	}
	p := policy{direct: true}
	if p.relayOnly() {
		t.Error("direct is relay-only")
	}
}

// TestNoPublicAddressWithoutConsent: with no TURN to hide behind a call stays in the house.
func TestNoPublicAddressWithoutConsent(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"127.0.0.1": true, "::1": true, "10.1.2.3": true, "192.168.1.7": true, "172.16.0.1": true, "fe80::1": true, "fd00::1": true,
		"203.0.113.9": false, "2001:db8::1": false, "100.64.0.1": false, "8.8.8.8": false,
	} {
		if isLocal(net.ParseIP(addr)) != want {
			t.Errorf("%s: %v", addr, !want)
		}
	}
	h := newHouse(t, nil)
	hides := make(chan bool, 1)
	g := visit(t, h.invite(app.InviteStanding).Link, func(g *guest) {
		g.join = func(g *guest, a wire.Admit, e connectionEvents) (answerer, error) {
			hides <- a.Relay
			return joinByPion(g, a, e)
		}
	})
	h.admit(g, textOnly)
	if !<-hides {
		t.Error("the page may tell its own addresses")
	}
	for _, l := range heardOf(g) {
		f := strings.Fields(l)
		if len(f) < 5 || !isLocal(net.ParseIP(f[4])) {
			t.Errorf("the guest heard of %s", l)
		}
	}
}

// watched writes down to whom its sockets would send; nothing leaves this machine.
type watched struct {
	mu sync.Mutex
	to map[string]bool // mu; addresses without port
}

func (w *watched) plug() (net.PacketConn, error) {
	s, err := net.ListenPacket("udp4", "127.0.0.1:0")
	return watchedSocket{s, w}, err
}

type watchedSocket struct {
	net.PacketConn
	by *watched
}

func (s watchedSocket) WriteTo(b []byte, to net.Addr) (int, error) {
	host, _, _ := net.SplitHostPort(to.String())
	s.by.mu.Lock()
	s.by.to[host] = true
	s.by.mu.Unlock()
	if host != "127.0.0.1" {
		return len(b), nil
	}
	return s.PacketConn.WriteTo(b, to)
}

func (w *watched) sentTo(host string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to[host]
}

// boaster is a guest whose description holds more ways to him than there are.
type boaster struct {
	answerer
	lines []string
}

func (b boaster) Offered(sdp string) (string, error) {
	answer, err := b.answerer.Offered(sdp)
	for _, l := range b.lines {
		answer += "a=" + l + "\r\n"
	}
	return answer, err
}

const publicInAnswer, publicAlone = "203.0.113.9", "203.0.113.10"

func candidateAt(ip string, port int) string {
	return fmt.Sprintf("candidate:1 1 udp 2130706431 %s %d typ host", ip, port)
}

// boast is a session with a guest who names public addresses, in his answer and after it.
func boast(t *testing.T, direct bool) *watched {
	t.Helper()
	w := &watched{to: map[string]bool{}}
	h := newHouse(t, func(o *Options) { o.Socket = w.plug })
	away := &cable{}
	away.cut.Store(true) // so that every pair is tried
	g := visit(t, h.invite(app.InviteStanding).Link, func(g *guest) {
		g.join = func(g *guest, a wire.Admit, e connectionEvents) (answerer, error) {
			p, err := joinBySocket(away.plug)(g, a, e)
			return boaster{p, []string{candidateAt(publicInAnswer, 9)}}, err
		}
	})
	g.knockWith("Kim", "")
	a := textOnly
	a.Direct = direct
	r := newRoom()
	if _, err := h.door.next(t).Admit(t.Context(), a, r); err != nil {
		t.Fatal(err)
	}
	g.until(t, "admitted", soon)
	eventually(t, "he has answered", func() bool { // what comes before leads nowhere
		answered := make(chan bool, 1)
		g.mail.put(func() { answered <- g.offered })
		return <-answered
	})
	g.mail.put(func() { g.signal(wire.Candidate{Candidate: candidateAt(publicAlone, 9), Mid: "0"}) })
	if direct {
		eventually(t, "a packet to each of them", func() bool { return w.sentTo(publicInAnswer) && w.sentTo(publicAlone) })
	} else {
		time.Sleep(1500 * time.Millisecond)
	}
	away.cut.Store(false)
	await[app.CallConnected](t, r, soon)
	return w
}

// TestNoPacketToAPublicAddress: with neither TURN nor direct a client cannot make the desktop
// show itself by naming an address to be tried.
func TestNoPacketToAPublicAddress(t *testing.T) {
	t.Parallel()
	w := boast(t, false)
	if w.sentTo(publicInAnswer) || w.sentTo(publicAlone) {
		t.Error("a packet went to a public address")
	}
	boast(t, true) // waits for the packets: without them this test could not fail
}

// TestWays is every address that a client may name, by what was granted and where the relay is.
func TestWays(t *testing.T) {
	t.Parallel()
	turn := &wire.TURN{URLs: []string{"turn:203.0.113.1"}}
	const outside, here, overlay = "203.0.113.2", "127.0.0.1", "100.101.1.1"
	for _, c := range []struct {
		relay  string
		policy policy
		want   map[string]bool
	}{
		{here, policy{}, map[string]bool{"127.0.0.1": true, "192.168.1.7": true, "8.8.8.8": false, "a.local": true}},
		{outside, policy{}, map[string]bool{"127.0.0.1": false, "192.168.1.7": true, "8.8.8.8": false, "::ffff:8.8.8.8": false, "2001:db8::1": false, "100.64.0.1": false, "a.local": true}},
		{here, policy{direct: true}, map[string]bool{"127.0.0.1": true, "8.8.8.8": true, "a.local": true}},
		{outside, policy{direct: true, turn: turn}, map[string]bool{"127.0.0.1": false, "::ffff:127.0.0.1": false, "192.168.1.7": false, "fe80::1": false, "100.64.0.1": false, "8.8.8.8": true, "a.local": false}},
		{"192.168.1.2", policy{direct: true}, map[string]bool{"127.0.0.1": false, "192.168.1.7": true, "8.8.8.8": true, "a.local": true}},
		{overlay, policy{direct: true}, map[string]bool{"192.168.1.7": false, "100.64.0.1": true, "8.8.8.8": true, "a.local": false}},
		{here, policy{turn: turn}, map[string]bool{"8.8.8.8": true, "192.168.1.7": true, "a.local": false}},
		{outside, policy{turn: turn}, map[string]bool{"8.8.8.8": true, "a.local": false, "0.0.0.0": false, "224.0.0.251": false, "host.example": false}},
	} {
		for addr, want := range c.want {
			c.policy.relay = netip.MustParseAddr(c.relay)
			from := candidates{ways: waysOf(c.policy), left: 1}
			if from.take(candidateAt(addr, 9)) != want {
				t.Errorf("relay %s, direct %v, TURN %v: %s is %v", c.relay, c.policy.direct, c.policy.turn != nil, addr, !want)
			}
		}
	}
	from := candidates{ways: waysOf(policy{direct: true}), left: 1}
	if from.take("candidate:1 1 tcp 2130706431 8.8.8.8 9 typ host tcptype passive") {
		t.Error("TCP is taken")
	}
}

// TestPlacesAreCounted: a client who sends valid checks from hundreds of places, without naming
// one, is answered and tried at 64 of them.
func TestPlacesAreCounted(t *testing.T) {
	t.Parallel()
	h := newHost(Options{Log: slog.New(slog.DiscardHandler)})
	p := policy{modality: app.ModalityText, relay: netip.MustParseAddr("127.0.0.1")}
	media := newTracks(true, p, func(string, string) {}, func(bool) {})
	t.Cleanup(media.close)
	at := make(chan string, 16)
	ours, err := newPeer(h, p, media, connectionEvents{
		candidate: func(c wire.Candidate) {
			if f := strings.Fields(c.Candidate); len(f) > 5 && f[4] == "127.0.0.1" {
				at <- net.JoinHostPort(f[4], f[5])
			}
		},
		opened: func() {}, message: func([]byte) {}, stray: func() {},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ours.Close)
	nothing := connectionEvents{candidate: func(wire.Candidate) {}, opened: func() {}, message: func([]byte) {}}
	theirs, err := joinByPion(nil, wire.Admit{}, nothing)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(theirs.Close)
	offer, err := ours.Offer(false)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := theirs.Offered(offer)
	if err != nil {
		t.Fatal(err)
	}
	answer, _, err = withoutCandidates(answer)
	if err != nil {
		t.Fatal(err)
	}
	if err := ours.Answer(answer); err != nil {
		t.Fatal(err)
	}
	of := func(sdp, name string) string {
		_, rest, _ := strings.Cut(sdp, "a="+name+":")
		value, _, _ := strings.Cut(rest, "\r\n")
		return value
	}
	host, err := net.ResolveUDPAddr("udp", <-at)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 * maxCandidates {
		place, err := net.DialUDP("udp", nil, host)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = place.Close() })
		check, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.NewUsername(of(offer, "ice-ufrag")+":"+of(answer, "ice-ufrag")),
			stun.NewShortTermIntegrity(of(offer, "ice-pwd")), stun.Fingerprint)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := place.Write(check.Raw); err != nil {
			t.Fatal(err)
		}
	}
	tried := func() (n int) {
		for _, s := range ours.(*peer).pc.GetStats() {
			if c, ok := s.(webrtc.ICECandidateStats); ok && c.Type == webrtc.StatsTypeRemoteCandidate {
				n++
			}
		}
		return n
	}
	eventually(t, "as many as are let through are known", func() bool { return tried() >= maxCandidates })
	time.Sleep(300 * time.Millisecond)
	if n := tried(); n > maxCandidates {
		t.Errorf("%d places are tried", n)
	}
}

// TestCandidatesAreCounted: a client names as many addresses as it likes, and 64 are tried.
func TestCandidatesAreCounted(t *testing.T) {
	t.Parallel()
	h := newHost(Options{Log: slog.New(slog.DiscardHandler)})
	p := policy{modality: app.ModalityText, relay: netip.MustParseAddr("127.0.0.1")}
	nothing := connectionEvents{candidate: func(wire.Candidate) {}, opened: func() {}, message: func([]byte) {}, stray: func() {}}
	media := newTracks(true, p, func(string, string) {}, func(bool) {})
	t.Cleanup(media.close)
	ours, err := newPeer(h, p, media, nothing)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ours.Close)
	theirs, err := joinByPion(nil, wire.Admit{}, nothing)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(theirs.Close)
	for round, port := range []int{1000, 3000} {
		offer, err := ours.Offer(round > 0)
		if err != nil {
			t.Fatal(err)
		}
		b := boaster{answerer: theirs}
		for i := range 50 {
			b.lines = append(b.lines, candidateAt("127.0.0.1", port+i))
		}
		answer, err := b.Offered(offer)
		if err != nil {
			t.Fatal(err)
		}
		if err := ours.Answer(answer); err != nil {
			t.Fatal(err)
		}
		for i := range 50 {
			ours.Candidate(wire.Candidate{Candidate: candidateAt("127.0.0.1", port+1000+i)})
		}
		remote := func() (n int) {
			for _, s := range ours.(*peer).pc.GetStats() {
				if c, ok := s.(webrtc.ICECandidateStats); ok && c.Type == webrtc.StatsTypeRemoteCandidate && c.Port < 5000 {
					n++
				}
			}
			return n
		}
		// His own few count as well, if he had found them by the time he answered.
		eventually(t, "most of what is let through is known", func() bool { return remote() >= 50 })
		time.Sleep(200 * time.Millisecond)
		if n := remote(); n > maxCandidates {
			t.Errorf("round %d: %d candidates are tried", round, n)
		}
	}
}
