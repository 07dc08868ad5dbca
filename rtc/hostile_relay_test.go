package rtc

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alcove/app"
	"alcove/rtc/hostile"
	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// TestMiddleWithItsOwnLink is somebody who gave the client a link of his own, and opens the real
// one himself: he can meet both, and the two hear different codes.
func TestMiddleWithItsOwnLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	own := &house{t: t, relay: h.relay, host: startHost(t, h.relay.URL(), nil), door: newDoorstep()}
	client := own.visit(own.invite(app.InviteSingle).Link)
	own.admit(client, textOnly)
	middle := h.visit(h.invite(app.InviteSingle).Link)
	c, _ := h.admit(middle, textOnly)
	client.mu.Lock()
	read := client.code
	client.mu.Unlock()
	middle.mu.Lock()
	his := middle.code
	middle.mu.Unlock()
	if read == his {
		t.Fatal("one in a million: the two codes are the same. Run again")
	}
	if c.CheckCode(read) {
		t.Error("the code that the client read aloud was taken")
	}
}

// TestRelaySeesNothing writes down everything that passes a relay in a session, and looks for
// any of it that means something.
func TestRelaySeesNothing(t *testing.T) {
	t.Parallel()
	h, p := hostileHouse(t)
	var mu sync.Mutex
	var all [][]byte
	p.Meddle(func(m hostile.Message) []hostile.Message {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, bytes.Clone(m.Data))
		return []hostile.Message{m}
	})
	link := h.invite(app.InviteStanding).Link
	p.Fetched(func(_ string, b, c []byte) ([]byte, []byte) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, bytes.Clone(b), bytes.Clone(c))
		return b, c
	})
	g := h.visit(link)
	c, r := h.admit(g, textOnly)
	c.SendChat("1", "a very private sentence")
	await[app.CallDelivered](t, r, soon)
	c.End(app.EndTherapist)
	g.until(t, "chat", soon)
	key := g.key.Public()
	_, l, err := wire.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string][]byte{
		"the name": []byte("Kim"), "the PIN": []byte("042042"), "the therapist": []byte("Ruiz"), "the chat": []byte("private"), "a certificate": []byte("fingerprint"),
		"an address": []byte("candidate:"), "the guest's key": key[:], "the link": l[:], "the link as text": []byte(wire.Encode(l[:])),
	}
	mu.Lock()
	defer mu.Unlock()
	sizes := map[int]bool{}
	for _, b := range all {
		for what, s := range secrets {
			if bytes.Contains(b, s) {
				t.Errorf("the relay saw %s", what)
			}
		}
		sizes[len(b)] = true
	}
	if len(all) < 12 || len(sizes) < 4 {
		t.Errorf("only %d messages passed", len(all))
	}
}

// TestRelayTellsLies feeds host and guest what a relay must not say.
func TestRelayTellsLies(t *testing.T) {
	t.Parallel()
	h, p := hostileHouse(t)
	g := visit(t, h.invite(app.InviteStanding).Link, func(g *guest) { g.redial = dialOnce() })
	c, r := h.admit(g, textOnly)
	ctx := context.Background()
	for _, lie := range []string{`{`, `{"op":"guest"}`, `{"op":"gone","link":"AAAA","conn":"x"}`, `{"op":"turn","link":1}`, `["host"]`, `{"op":"listening","link":"` + strings.Repeat("A", 22) + `"}`} {
		p.Inject(ctx, hostile.Message{Side: hostile.Host, Text: true, Data: []byte(lie)})
	}
	p.Inject(ctx, hostile.Message{Side: hostile.Host, Data: []byte("short")})
	p.Inject(ctx, hostile.Message{Side: hostile.Host, Data: make([]byte, 100)})
	c.SendChat("1", "still here")
	if e := g.until(t, "chat", soon); e.text != "still here" {
		t.Errorf("the guest read %v", e)
	}
	p.Inject(ctx, hostile.Message{Side: hostile.Guest, Text: true, Data: []byte(`{"op":"host","here":maybe}`)})
	if e := g.until(t, "ended", soon); e.text != "relay" {
		t.Errorf("the guest heard %v", e)
	}
	c.(*call).post(func() { h.host.times.giveUp = realTiming.giveUp }) // not before: until here all had to hold, on a busy machine too
	if e := await[app.CallEnded](t, r, 90*time.Second); !slices.Contains([]app.EndReason{app.EndLost, app.EndClient}, e.Why) {
		t.Errorf("the host heard %v", e)
	}
}

// TestRefusalsAreBounded: a relay that refuses the same link without end is asked again once in a while, and given it anew
// no more often, though it takes it each time.
func TestRefusalsAreBounded(t *testing.T) {
	t.Parallel()
	for _, why := range []string{"busy", "unknown"} {
		m := newMemory(memoryTiming)
		defer m.close()
		m.host.mu.Lock()
		m.host.times.busy = 50 * time.Millisecond
		socket := &socket{out: newMailbox[message](), done: func() {}}
		m.host.socket = socket
		l := m.host.links[seal.LinkID(m.link)]
		l.published = true
		m.host.mu.Unlock()
		anew := 0
		began := time.Now()
		for time.Since(began) < 500*time.Millisecond {
			m.host.received(message{text: true, data: []byte(`{"op":"refused","of":"listen","link":"` + l.link.String() + `","why":"` + why + `"}`)})
			m.host.mu.Lock()
			if !l.published {
				l.published = true
				anew++
			}
			m.host.mu.Unlock()
		}
		n := socket.out.size()
		most := 1 + int(time.Since(began)/m.host.times.busy) // afterwards: it may be asked between the two
		if n < 1 || n > most {
			t.Errorf("%s: the relay was asked %d times, where one every %s is %d", why, n, m.host.times.busy, most)
		}
		if anew > most || (anew > 0) != (why == "unknown") {
			t.Errorf("%s: the link was given anew %d times", why, anew)
		}
	}
}
