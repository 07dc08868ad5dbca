package rtc

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/rtc/relay"
	"alcove/rtc/wire"
)

// cable is a network of UDP sockets that can be cut.
type cable struct{ cut atomic.Bool }

// plug opens a socket on it.
func (c *cable) plug() (net.PacketConn, error) {
	s, err := net.ListenPacket("udp4", "127.0.0.1:0")
	return gate{s, c}, err
}

type gate struct {
	net.PacketConn
	cable *cable
}

func (g gate) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := g.PacketConn.ReadFrom(b)
		if err != nil || !g.cable.cut.Load() {
			return n, from, err
		}
	}
}

func (g gate) WriteTo(b []byte, to net.Addr) (int, error) {
	if g.cable.cut.Load() {
		return len(b), nil
	}
	return g.PacketConn.WriteTo(b, to)
}

// wires cuts TCP connections that were made through it.
type wires struct {
	mu   sync.Mutex
	open []net.Conn // mu
}

func (w *wires) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		c, err := d.DialContext(ctx, network, addr)
		if err == nil {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.open = append(w.open, c)
		}
		return c, err
	}}}
}

func (w *wires) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
}

// cutHouse is a house whose host's UDP and TCP can be cut, with a guest in a session.
func cutHouse(t *testing.T) (h *house, udp *cable, tcp *wires, g *guest, c app.Call, r *room) {
	t.Helper()
	udp, tcp = &cable{}, &wires{}
	h = newHouse(t, func(o *Options) {
		o.Client = tcp.client()
		o.Socket = udp.plug
	})
	g = visit(t, h.invite(app.InviteStanding).Link, func(g *guest) { g.join = joinBySocket((&cable{}).plug) })
	c, r = h.admit(g, textOnly)
	return h, udp, tcp, g, c, r
}

// TestICERestart cuts the line for seven seconds: both sides say so, chat written meanwhile arrives
// once and in order, and nothing ends.
func TestICERestart(t *testing.T) {
	t.Parallel()
	_, udp, _, g, c, r := cutHouse(t)
	c.SendChat("h0", "before")
	g.until(t, "chat", soon)
	udp.cut.Store(true)
	cut := time.Now()
	await[app.CallLost](t, r, soon)
	g.until(t, "lost", soon)
	var want []string
	for i := range 5 {
		text := fmt.Sprintf("line %d", i)
		want = append(want, text)
		c.SendChat(app.ChatID(fmt.Sprintf("h%d", i+1)), text)
		g.chat(text)
	}
	time.Sleep(time.Until(cut.Add(7 * time.Second)))
	udp.cut.Store(false)
	mended := time.Now()
	await[app.CallConnected](t, r, soon)
	t.Logf("back %v after the cut was mended", time.Since(mended).Round(time.Millisecond))
	var guestRead, hostRead []string
	for range want {
		guestRead = append(guestRead, g.until(t, "chat", soon).text)
		hostRead = append(hostRead, await[app.CallChat](t, r, soon).Text)
	}
	if !slices.Equal(guestRead, want) || !slices.Equal(hostRead, want) {
		t.Errorf("the guest read %q, the host %q, want %q", guestRead, hostRead, want)
	}
	nothingTwice(t, g, r)
	offers := make(chan int, 1)
	g.mail.put(func() { offers <- countOf(g.log, "wire.Offer") })
	if n := <-offers; n < 2 {
		t.Errorf("%d offers: ICE was not restarted", n)
	}
}

// TestLostIsSaidInTime: three seconds after the last word both sides say so. The clock is the
// test's, and no machine too slow for it.
func TestLostIsSaidInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(defaultTiming)
		defer m.close()
		g, err := m.visit("one", nil)
		if err != nil {
			t.Fatal(err)
		}
		line, err := g.redial(t.Context(), g)
		if err != nil {
			t.Fatal(err)
		}
		g.begin(line)
		g.knockWith("Kim", "")
		r := newRoom()
		c, err := m.door.next(t).Admit(t.Context(), textOnly, r)
		if err != nil {
			t.Fatal(err)
		}
		await[app.CallConnected](t, r, soon)
		g.until(t, "connected", soon)
		time.Sleep(10 * time.Second)
		m.cut.Store(true)
		cut := time.Now()
		await[app.CallLost](t, r, soon)
		g.until(t, "lost", soon)
		if took := time.Since(cut); took < time.Second || took > 3*time.Second {
			t.Errorf("both have said so after %v", took)
		}
		c.End(app.EndTherapist)
		g.until(t, "ended", soon)
		time.Sleep(2 * defaultTiming.linger) // for both to let go
	})
}

// TestMadeAnew is a guest for whom new ways are not enough: whatever passed his first connection
// passes it no more, as in a browser whose DTLS broke. Both sides make a second one, which is
// trusted by its own finished messages, and the session goes on in it.
func TestMadeAnew(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	made, connect := 0, h.host.connect
	h.host.connect = func(h *Host, p policy, m *tracks, e connectionEvents) (connection, error) {
		if made++; made == 2 {
			h.times.again = time.Hour // a busy machine may need long for the handshakes of the second
		}
		return connect(h, p, m, e)
	}
	var old, young cable
	on := &old
	g := visit(t, h.invite(app.InviteStanding).Link, func(g *guest) {
		g.join = joinBySocket(func() (net.PacketConn, error) {
			defer func() { on = &young }()
			return on.plug()
		})
	})
	c, r := h.admit(g, textOnly)
	if !c.CheckCode(g.readCode()) {
		t.Fatal("the code is another one")
	}
	g.until(t, "verified", soon)
	offers := make(chan int, 1)
	count := func() int {
		g.mail.put(func() { offers <- countOf(g.log, "wire.Offer") })
		return <-offers
	}
	before := count()
	c.(*call).post(func() { h.host.times.again = 3 * time.Second })
	old.cut.Store(true)
	await[app.CallLost](t, r, soon)
	g.until(t, "lost", soon)
	c.SendChat("h1", "from the host")
	g.chat("from the guest")
	g.until(t, "anew", soon)
	await[app.CallConnected](t, r, soon)
	g.until(t, "verified", soon) // told again
	if e := g.until(t, "chat", soon); e.text != "from the host" {
		t.Errorf("the guest read %q", e.text)
	}
	if e := await[app.CallChat](t, r, soon); e.Text != "from the guest" {
		t.Errorf("the host read %q", e.Text)
	}
	nothingTwice(t, g, r)
	if n := count() - before; n != 2 {
		t.Errorf("%d more offers, want one restart, one anew", n)
	}
}

// TestRestartsAreBounded: a guest who asks and asks gets no more offers than help.
func TestRestartsAreBounded(t *testing.T) {
	t.Parallel()
	_, _, _, g, c, r := cutHouse(t)
	g.mail.put(func() {
		for range 200 {
			g.signal(wire.Restart{})
		}
	})
	g.chat("after all that")
	await[app.CallChat](t, r, soon)
	c.SendChat("h", "one more")
	await[app.CallDelivered](t, r, soon)
	offers := make(chan int, 1)
	g.mail.put(func() { offers <- countOf(g.log, "wire.Offer") })
	if n := <-offers; n > 3 {
		t.Errorf("%d offers", n)
	}
}

func countOf(log []string, what string) (n int) {
	for _, l := range log {
		if l == what {
			n++
		}
	}
	return n
}

// nothingTwice looks for chat lines that come again.
func nothingTwice(t *testing.T, g *guest, r *room) {
	t.Helper()
	time.Sleep(500 * time.Millisecond)
	for {
		select {
		case e := <-g.events:
			if e.what == "chat" {
				t.Errorf("the guest read %q again", e.text)
			}
		case e := <-r.events:
			if e, ok := e.(app.CallChat); ok {
				t.Errorf("the host read %q again", e.Text)
			}
		default:
			return
		}
	}
}

// TestResumeAfterGuestSocketCut: the guest's socket breaks, signals made meanwhile are
// repeated on the new one, and the numbers go on.
func TestResumeAfterGuestSocketCut(t *testing.T) {
	t.Parallel()
	_, _, _, g, c, _ := cutHouse(t)
	var away atomic.Bool
	g.mail.put(func() {
		g.redial = func(ctx context.Context, g *guest) (guestLine, error) {
			for away.Load() {
				time.Sleep(10 * time.Millisecond)
			}
			return dialGuest(ctx, g)
		}
	})
	for range 3 {
		away.Store(true)
		cutGuest(g)
		eventually(t, "the call is without a socket", func() bool { return !inStep(c) })
		for range 5 {
			c.(*call).post(func() { c.(*call).signal(wire.Candidate{Mid: "0"}) })
			g.mail.put(func() { g.signal(wire.Candidate{Mid: "0"}) })
		}
		away.Store(false)
		g.until(t, "here", soon)
		eventually(t, "the call is in step", func() bool { return inStep(c) })
	}
	restartWorks(t, g, c)
}

// TestResumeAfterHostSocketCut: the host's socket breaks, with a guest in session and one who
// waits. The one goes on, the other knocks again.
func TestResumeAfterHostSocketCut(t *testing.T) {
	t.Parallel()
	h, _, tcp, g, c, _ := cutHouse(t)
	waits := h.visit(openInvite(t, h.host, h.door, "second", app.InviteStanding).Link)
	waits.knockWith("second", "")
	d := h.door.next(t)
	waits.until(t, "waiting", soon)
	tcp.cut()
	g.until(t, "away", soon)
	waits.until(t, "away", soon)
	if id := <-h.door.left; id != d.Knock().ID {
		t.Error("another knock left")
	}
	g.until(t, "here", soon)
	waits.until(t, "here", soon)
	waits.knockWith("second again", "")
	if k := h.door.next(t).Knock(); k.Name != "second again" {
		t.Errorf("%q knocked", k.Name)
	}
	eventually(t, "the call is in step", func() bool { return inStep(c) })
	restartWorks(t, g, c)
	if s := h.door.last(); !s.Reached {
		t.Errorf("the line's status is %+v", s)
	}
}

// restartWorks proves that signals still pass both ways, by a whole ICE restart.
func restartWorks(t *testing.T, g *guest, c app.Call) {
	t.Helper()
	offers := make(chan int, 1)
	ask := func() int {
		g.mail.put(func() { offers <- countOf(g.log, "wire.Offer") })
		return <-offers
	}
	before := ask()
	g.mail.put(func() { g.signal(wire.Restart{}) })
	eventually(t, "the guest got a new offer", func() bool { return ask() > before })
	eventually(t, "the host got its answer", func() bool {
		ch := make(chan bool, 1)
		c.(*call).post(func() { ch <- c.(*call).ends.offered })
		return !<-ch
	})
	c.SendChat("after", "after")
	if e := g.until(t, "chat", soon); e.text != "after" {
		t.Errorf("the guest read %q", e.text)
	}
}

// TestRelayGoneAndBack: the relay goes away for good and another takes its place with an
// empty store, on the same port.
func TestRelayGoneAndBack(t *testing.T) {
	t.Parallel()
	first := startRelay(t, nil)
	addr := first.Addr().String()
	host := startHost(t, first.URL(), nil)
	at := newDoorstep()
	m := openInvite(t, host, at, "one", app.InviteStanding)
	eventually(t, "the relay is reached", func() bool { return at.last().Reached })
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = first.Close(ctx)
	eventually(t, "the therapist is told", func() bool { return !at.last().Reached && at.last().Problem == away })
	eventually(t, "another is on its port", func() bool { // which somebody may have for a moment
		_, err := tryRelay(t, func(c *relay.Config) { c.Listen = addr })
		return err == nil
	})
	eventually(t, "the relay is reached again", func() bool { return at.last().Reached })
	var g *guest
	eventually(t, "the link is there again", func() bool {
		var err error
		g, err = openLink(context.Background(), m.Link)
		return err == nil
	})
	if err := g.connect(context.Background()); err != nil {
		t.Fatal(err)
	}
	g.until(t, "here", soon)
	g.knockWith("Kim", "")
	at.next(t)
	g.leave()
}

// TestLostForGood: a guest whose page is gone ends the session after the time that the
// protocol gives it, here a shorter one.
func TestLostForGood(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.host.times.giveUp = 4 * time.Second
	g := h.visit(h.invite(app.InviteStanding).Link)
	_, r := h.admit(g, textOnly)
	g.mail.put(func() {
		g.peer.Close()
		g.line.close()
		g.over = true
	})
	await[app.CallLost](t, r, soon)
	if e := await[app.CallEnded](t, r, soon); e.Why != app.EndLost {
		t.Errorf("ended: %v", e)
	}
}

// TestHandshakeTimesOut: a guest who never confirms.
func TestHandshakeTimesOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.host.times.handshake = time.Second
	g := h.visit(h.invite(app.InviteStanding).Link)
	g.knockWith("Kim", "")
	d := h.door.next(t)
	g.until(t, "waiting", soon)
	g.mail.put(func() { g.knock = nil }) // it throws the admit away
	r := newRoom()
	if _, err := d.Admit(context.Background(), textOnly, r); err != nil {
		t.Fatal(err)
	}
	if e := await[app.CallEnded](t, r, soon); e.Why != app.EndHandshake {
		t.Errorf("ended: %v", e)
	}
}
