package rtc

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"alcove/app"
	"alcove/rtc/wire"
)

// narrow is a network whose sockets send no faster than its rate, as a phone's does: packets
// stand in a queue, and what does not fit in is lost.
type narrow struct {
	mu      sync.Mutex
	rate    int       // mu; bit/s, 0: as fast as they come
	free    time.Time // mu; when the last packet of the queue will have left
	offered int       // mu; packets that were to be sent …
	lost    int       // mu; … and were not
}

// queued is how long a packet waits at most.
const queued = 250 * time.Millisecond

func (n *narrow) plug() (net.PacketConn, error) {
	s, err := net.ListenPacket("udp4", "127.0.0.1:0")
	return narrowSocket{s, n}, err
}

func (n *narrow) set(rate int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.rate = rate
}

func (n *narrow) counts() (offered, lost int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.offered, n.lost
}

// take says how long a packet of so many bytes waits, or that there is no room for it.
func (n *narrow) take(bytes int) (wait time.Duration, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.offered++
	if n.rate == 0 {
		return 0, true
	}
	now := time.Now()
	if n.free.Before(now) {
		n.free = now
	}
	if n.free.Sub(now) > queued {
		n.lost++
		return 0, false
	}
	n.free = n.free.Add(time.Duration(bytes) * 8 * time.Second / time.Duration(n.rate))
	return n.free.Sub(now), true
}

type narrowSocket struct {
	net.PacketConn
	by *narrow
}

func (s narrowSocket) WriteTo(b []byte, to net.Addr) (int, error) {
	wait, ok := s.by.take(len(b))
	switch {
	case !ok:
		return len(b), nil
	case wait == 0:
		return s.PacketConn.WriteTo(b, to)
	}
	copied := append([]byte(nil), b...)
	time.AfterFunc(wait, func() { _, _ = s.PacketConn.WriteTo(copied, to) }) // fails only once closed
	return len(b), nil
}

// TestNarrowLine is a call that begins on a line too narrow for it, and which then becomes wide.
// The estimate follows; the encoder follows the estimate, so that hardly a packet is lost once it
// has; and pictures go on all the while. It counts and does not time, and runs by itself: on a
// busy machine packets come unsteadily, which looks like a narrow line to any estimator.
func TestNarrowLine(t *testing.T) {
	const narrowed = 300_000 // half of what a call begins with
	line := &narrow{rate: narrowed}
	h := newHouse(t, func(o *Options) { o.Socket = line.plug })
	m := &guestMedia{}
	g := visit(t, h.invite(app.InviteStanding).Link, func(g *guest) { g.join = joinWithMedia(t, m) })
	g.knockWanting("Kim", "", wire.WantsVideo)
	c, err := h.door.next(t).Admit(context.Background(), app.Admission{Modality: app.ModalityVideo}, newRoom())
	if err != nil {
		t.Fatal(err)
	}
	g.until(t, "connected", soon)
	// see waits for so many pictures at the guest's, or until a wish comes true, and tells the
	// highest estimate meanwhile.
	see := func(pictures int, wish func(estimate int) bool) (highest int, granted bool) {
		_, before := m.slot.Latest()
		for limit := time.Now().Add(2 * time.Minute); time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
			out := c.(*call).media
			out.mu.Lock()
			estimate := out.rate
			out.mu.Unlock()
			highest = max(highest, estimate)
			if wish != nil && wish(estimate) {
				return highest, true
			}
			if _, now := m.slot.Latest(); now >= before+uint64(pictures) {
				return highest, false
			}
		}
		t.Fatalf("not %d pictures in two minutes", pictures)
		return 0, false
	}
	if _, ok := see(900, func(e int) bool { return e > 0 && e < narrowed }); !ok {
		t.Fatal("the estimate never came down")
	}
	see(90, nil) // what stands in queues leaves
	offered, lost := line.counts()
	highest, _ := see(150, nil)
	now, gone := line.counts()
	t.Logf("narrow: estimate up to %d, %d of %d packets lost", highest, gone-lost, now-offered)
	if gone-lost > (now-offered)/5 { // a deaf encoder loses two of five
		t.Errorf("%d of %d packets are lost on a narrow line", gone-lost, now-offered)
	}
	line.set(0)
	higher, ok := see(3000, func(e int) bool { return e > highest*5/4 })
	t.Logf("wide: estimate up to %d", higher)
	if !ok {
		t.Error("the estimate never went up again")
	}
	c.End(app.EndTherapist)
}
