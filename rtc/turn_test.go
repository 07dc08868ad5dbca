package rtc

import (
	"errors"
	"testing"

	"alcove/app"
	"alcove/rtc/relay"
	"alcove/rtc/wire"
)

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
