package rtc

import (
	"context"
	"testing"
	"time"

	"alcove/app"
)

// BenchmarkLinkToDataChannel is the way from a link opened to both finished messages verified,
// by a Go guest over a real relay on this machine, with a therapist who admits at once.
func BenchmarkLinkToDataChannel(b *testing.B) {
	h := newHouse(b, nil)
	m := h.invite(app.InviteStanding)
	for b.Loop() {
		ctx, cancel := context.WithTimeout(context.Background(), soon)
		g, err := openLink(ctx, m.Link)
		if err != nil {
			b.Fatal(err)
		}
		if err := g.connect(ctx); err != nil {
			b.Fatal(err)
		}
		cancel()
		g.until(b, "here", soon)
		c, r := h.admit(g, textOnly)
		b.StopTimer()
		c.End(app.EndTherapist)
		await[app.CallEnded](b, r, soon)
		<-g.closed
		time.Sleep(20 * time.Millisecond)
		b.StartTimer()
	}
}

// BenchmarkChat is one line from the host's outbox to the guest and its acknowledgement back.
func BenchmarkChat(b *testing.B) {
	h := newHouse(b, nil)
	g := h.visit(h.invite(app.InviteStanding).Link)
	c, r := h.admit(g, textOnly)
	for i := 0; b.Loop(); i++ {
		c.SendChat(app.ChatID(time.Now().Format("150405.000000000")), "hello")
		await[app.CallDelivered](b, r, soon)
	}
}
