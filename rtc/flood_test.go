package rtc

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"alcove/app"
	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// TestChannelOfItsOwn: a guest who makes a data channel beside ours has no session any more.
func TestChannelOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := h.visit(h.invite(app.InviteStanding).Link)
	_, r := h.admit(g, textOnly)
	g.mail.put(func() {
		if _, err := g.peer.(*pionAnswerer).pc.CreateDataChannel("another", nil); err != nil {
			t.Error(err)
		}
	})
	if e := await[app.CallEnded](t, r, soon); e.Why != app.EndTampered {
		t.Errorf("ended as %v", e.Why)
	}
}

// TestUnreadIsBounded: a guest is told how much he may send, and that is little.
func TestUnreadIsBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := h.visit(h.invite(app.InviteStanding).Link)
	told := make(chan string, 1)
	h.admit(g, textOnly)
	g.mail.put(func() { told <- g.peer.(*pionAnswerer).pc.CurrentRemoteDescription().SDP })
	if sdp := <-told; !strings.Contains(sdp, fmt.Sprintf("a=max-message-size:%d\r\n", wire.MaxFrame)) {
		t.Error("the offer names no largest message, or another")
	}
	window := make(chan uint32, 1)
	g.mail.put(func() { window <- g.peer.(*pionAnswerer).pc.SCTP().Stats().ReceiverWindow })
	if w := <-window; w == 0 || w > maxUnread {
		t.Errorf("the guest may send %d bytes before we read", w)
	}
}

// TestChatFlood: a hundred lines at once are a page that was away; five hundred are none of ours.
func TestChatFlood(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := h.visit(h.invite(app.InviteStanding).Link)
	_, r := h.admit(g, textOnly)
	for i := range 90 {
		g.chat(fmt.Sprint("line ", i))
	}
	for i := range 90 {
		if e := await[app.CallChat](t, r, soon); e.Text != fmt.Sprint("line ", i) {
			t.Fatalf("line %d is %q", i, e.Text)
		}
	}
	for i := range 500 {
		g.chat(fmt.Sprint("flood ", i))
	}
	if e := await[app.CallEnded](t, r, soon); e.Why != app.EndTampered {
		t.Errorf("ended as %v", e.Why)
	}
}

// TestBeatFlood: what is no chat is counted as well.
func TestBeatFlood(t *testing.T) {
	t.Parallel()
	f := newFlood(defaultTiming)
	for i := range 400 {
		if f.count(wire.Beat{}) != nil {
			t.Fatalf("beat %d is a flood", i)
		}
	}
	for range 200 {
		if f.count(wire.Beat{}) != nil {
			return
		}
	}
	t.Error("six hundred beats at once are no flood")
}

// TestSeenIsBounded: ids are not gathered up for as long as a session lasts.
func TestSeenIsBounded(t *testing.T) {
	t.Parallel()
	o := newOutbox()
	for i := range 10 * maxSeen {
		if !o.fresh(fmt.Sprint(i)) || o.fresh(fmt.Sprint(i)) {
			t.Fatalf("line %d is shown twice, or not at all", i)
		}
	}
	if n := len(o.seen.has) + len(o.seen.order); n != 2*maxSeen {
		t.Errorf("%d ids are kept", n)
	}
	if o.fresh(fmt.Sprint(10*maxSeen - maxSeen)) {
		t.Error("a line that came a moment ago is shown again")
	}
}

// TestUnheardIsBounded: a guest who reads nothing, and goes on saying that he lives, does not fill the desktop's memory with what we tell him.
func TestUnheardIsBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	reads := make(chan struct{})
	var deaf atomic.Bool
	g := visit(t, h.invite(app.InviteStanding).Link, func(g *guest) {
		g.join = func(g *guest, a wire.Admit, e connectionEvents) (answerer, error) {
			hear := e.message
			e.message = func(b []byte) {
				if deaf.Load() {
					<-reads
				}
				hear(b)
			}
			return joinByPion(g, a, e)
		}
	})
	t.Cleanup(func() { close(reads) })
	c, r := h.admit(g, textOnly)
	deaf.Store(true)
	line := strings.Repeat("x", wire.MaxText)
	for i := range 2 * maxUnheard / wire.MaxText {
		c.SendChat(app.ChatID(fmt.Sprint(i)), line)
	}
	if e := await[app.CallEnded](t, r, soon); e.Why != app.EndTampered {
		t.Errorf("ended as %v", e.Why)
	}
}

// TestResumeFlood: somebody who has one resume, and sends it again and again, has our frames sent anew a few times; and the session goes on.
func TestResumeFlood(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	early := make(chan []byte, 4)
	g := visit(t, h.invite(app.InviteStanding).Link, func(g *guest) {
		g.join = func(g *guest, a wire.Admit, e connectionEvents) (answerer, error) {
			early <- g.session.SealResume() // expects our very first signal
			return joinByPion(g, a, e)
		}
	})
	c, _ := h.admit(g, textOnly)
	resume := <-early
	each := make(chan int, 1)
	c.(*call).post(func() { each <- 1 + len(c.(*call).signals.frames) })
	most := (resumeBurst + 2) * (5 + <-each)
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(g.base, "http")+"/v1/guest/"+g.link.LinkID().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(wire.MaxFrame)
	go func() {
		for range 10 * resumeBurst {
			if ws.Write(ctx, websocket.MessageBinary, resume) != nil {
				return
			}
		}
	}()
	sent := 0
	for {
		kind, _, err := ws.Read(ctx)
		if ctx.Err() != nil {
			t.Fatalf("not hung up after %d frames", sent)
		}
		if err != nil {
			break
		}
		if kind == websocket.MessageBinary {
			sent++
		}
	}
	if sent < resumeBurst || sent > most {
		t.Errorf("%d frames were sent anew, %d at most", sent, most)
	}
	eventually(t, "the call is in step with its own guest", func() bool { return inStep(c) })
	restartWorks(t, g, c)
}

// TestKnockFlood: who holds a link knocks five times at once, and then waits.
func TestKnockFlood(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.host.times.knock = time.Hour // five may take a busy machine longer than three seconds
	link := h.invite(app.InviteStanding).Link
	for i := range knockBurst {
		g := h.visit(link)
		g.knockWith("Kim", "")
		if d := h.door.next(t); i < knockBurst-1 {
			d.WrongPIN(4)
		}
	}
	late := h.visit(link)
	late.knockWith("Kim", "")
	if e := late.until(t, "ended", soon); e.text != "closed" {
		t.Errorf("the sixth heard %v", e)
	}
	h.door.nobody(t)
	other := h.visit(h.invite(app.InviteStanding).Link)
	other.knockWith("Lee", "")
	h.door.next(t)
	_, l, err := wire.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	h.host.mu.Lock()
	h.host.links[wire.LinkID(seal.LinkID(l))].knocks.SetLimit(rate.Every(defaultTiming.knock))
	h.host.mu.Unlock()
	eventually(t, "the link rings again", func() bool {
		g := h.visit(link)
		g.knockWith("Kim", "")
		select {
		case <-h.door.knocks:
			return true
		case <-time.After(time.Second):
			return false
		}
	})
}

// TestManySockets: a link has room for so many, and the next is hung up on.
func TestManySockets(t *testing.T) {
	t.Parallel()
	m := newMemory(memoryTiming)
	defer m.close()
	route := func(n int) wire.Route {
		return wire.Route{Link: wire.LinkID(seal.LinkID(m.link)), Conn: wire.ConnID(wire.Uint64(uint64(n)))}
	}
	for i := range 10 * maxVisitors {
		m.host.received(notice("guest", route(i+1000)))
	}
	m.host.mu.Lock()
	defer m.host.mu.Unlock()
	if n := len(m.host.guests); n != maxVisitors {
		t.Errorf("%d guests are kept", n)
	}
}

// TestKnockHoldsNobodyUp: while the keys of one knock are at work everybody else is served, and
// a link may be shut.
func TestKnockHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	begun, goOn := make(chan struct{}), make(chan struct{})
	h.host.mu.Lock()
	h.host.openKnock = func(i *seal.Invite, rest []byte, now time.Time) (*seal.HostKnock, error) {
		close(begun)
		<-goOn
		return i.OpenKnock(rest, now)
	}
	h.host.mu.Unlock()
	m := h.invite(app.InviteStanding)
	g := h.visit(m.Link)
	g.knockWith("Kim", "")
	<-begun
	free := make(chan struct{})
	go func() {
		h.host.Status()
		h.host.mu.Lock()
		var id app.InviteID
		for _, l := range h.host.links {
			id = l.id
		}
		h.host.mu.Unlock()
		h.host.Shut(id, app.ShutRevoked)
		close(free)
	}()
	select {
	case <-free:
	case <-time.After(soon):
		t.Error("the desktop waits for a knock to be opened")
	}
	close(goOn)
	g.until(t, "ended", soon)
	h.door.nobody(t)
}

// TestSignalFlood: while a call is at work its guest, helped by the relay, cannot make the desktop remember without end.
func TestSignalFlood(t *testing.T) {
	t.Parallel()
	h := newHost(Options{Log: slog.New(slog.DiscardHandler)})
	l := &listening{calls: map[[16]byte]*call{}}
	r := wire.Route{Conn: wire.ConnID{1}}
	stuck := &call{host: h, link: l, mail: newMailbox[func()]()} // nobody reads its mail
	h.guests[r] = &visitor{link: l, route: r, call: stuck}
	frame := make([]byte, 1+1+8+1024+wire.TagSize)
	frame[0], frame[1] = byte(wire.FrameSignal), byte(wire.SignalCandidate)
	for range 3 * maxBehind {
		h.frame(r, frame)
	}
	if n := stuck.mail.size(); n < maxBehind || n > maxBehind+2 {
		t.Errorf("%d frames wait", n)
	}
	if h.guests[r] != nil {
		t.Error("the socket stays")
	}
}
