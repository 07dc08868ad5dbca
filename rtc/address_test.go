package rtc

import (
	"net"
	"strings"
	"testing"

	"alcove/app"
	"alcove/rtc/relay"
)

// candidates are those that the guest was told.
func candidates(g *guest) []string {
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
	list := candidates(g)
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
	if !strings.Contains(strings.Join(candidates(g), " "), "typ host") {
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
	g := h.visit(h.invite(app.InviteStanding).Link)
	h.admit(g, textOnly)
	for _, l := range candidates(g) {
		f := strings.Fields(l)
		if len(f) < 5 || !isLocal(net.ParseIP(f[4])) {
			t.Errorf("the guest heard of %s", l)
		}
	}
}
