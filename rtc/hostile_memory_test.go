package rtc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"alcove/app"
	"alcove/rtc/hostile"
	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// Ten thousand handshakes need a line without sockets and without DTLS, which refuses what was
// altered by itself: here the sealing stands alone. Host and call are the real ones, the guest
// is the one of every other test; only what lies between is memory. hostile_test.go does the
// same over real sockets and real peer connections.

// memoryTiming makes silence short.
var memoryTiming = timing{
	beat: 60 * time.Millisecond, lost: 500 * time.Millisecond, restart: time.Hour, again: time.Hour,
	giveUp: 900 * time.Millisecond, handshake: 1500 * time.Millisecond, tick: 20 * time.Millisecond, linger: 5 * time.Millisecond, busy: time.Hour,
}

// honestTiming is for what must come to its end, on a busy machine too.
var honestTiming = func() timing {
	t := memoryTiming
	t.lost, t.giveUp, t.handshake = defaultTiming.lost, defaultTiming.giveUp, defaultTiming.handshake
	return t
}()

// channel is which way of which pair of ways a mutation is for.
type channel int

const (
	byRelay channel = iota // frames
	byPeer                 // messages of the data channel
)

// memory is a host, the relay in its head, and one guest at a time.
type memory struct {
	host *Host
	door *doorstep
	cut  atomic.Bool      // nothing passes between the peers
	up   *mailbox[func()] // the host's reader, one goroutine
	down *socket
	stop chan struct{}
	link [32]byte  // L of the last link that was made
	blob wire.Blob // of the first

	mu      sync.Mutex
	route   wire.Route       // mu; of the guest's present socket
	guest   *guest           // mu
	line    *memoryLine      // mu
	conns   uint64           // mu
	mutator *hostile.Mutator // mu; nil: honest
	on      channel          // mu
	reached bool             // mu; somebody had the altered message before him
	talk    int              // mu; counts conversations: a guest of the last one dials no more
	redials int              // mu
	frames  [2][2][][]byte   // mu; what was sent: by channel, by way (1 up)
	pair    [2]*memoryPeer   // mu; host's, guest's
}

func newMemory(times timing) *memory {
	m := &memory{host: newHost(Options{Relay: "http://memory", Log: slog.New(slog.DiscardHandler)}), door: newDoorstep(), up: newMailbox[func()](), stop: make(chan struct{})}
	m.host.times, m.host.connect = times, m.connect
	m.down = &socket{out: newMailbox[message](), done: func() {}}
	go m.loop(m.up.ready, func() {
		for _, f := range m.up.take() {
			f()
		}
	})
	go m.loop(m.down.out.ready, func() {
		for _, msg := range m.down.out.take() {
			m.fromHost(msg)
		}
	})
	go m.loop(m.host.posts.ready, func() {
		for _, f := range m.host.posts.take() {
			f()
		}
	})
	m.host.started(m.down)
	if _, err := m.visit("one for many", func(b *wire.Blob) { m.blob = *b }); err != nil {
		panic(err)
	}
	return m
}

func (m *memory) loop(ready <-chan struct{}, f func()) {
	for {
		select {
		case <-ready:
			f()
		case <-m.stop:
			return
		}
	}
}

// result is what becomes of one message; deed: this is where the mutation shows.
type result struct {
	hostile.Result
	deed bool
	talk int
}

// alter passes one message through the mutator. mu is not held.
func (m *memory) alter(c channel, up bool, b []byte) result {
	m.mu.Lock()
	defer m.mu.Unlock()
	way := 0
	if up {
		way = 1
	}
	m.frames[c][way] = append(m.frames[c][way], b)
	if m.mutator == nil || m.on != c || m.mutator.Up != up {
		return result{Result: hostile.Result{On: [][]byte{b}}}
	}
	before := m.mutator.Done()
	r := m.mutator.Apply(b)
	deed := !before && m.mutator.Done()
	if deed && r.On == nil && r.Back == nil { // dropped
		m.reached = true
	}
	return result{r, deed, m.talk}
}

// arrived notes that an altered message is before its reader: the last of those that go on.
func (m *memory) arrived(r result, i int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.deed && i == len(r.On)-1 && r.talk == m.talk {
		m.reached = true
	}
}

func (m *memory) fromHost(msg message) {
	if !msg.text {
		route, frame, err := wire.ParseRouted(msg.data)
		if err != nil {
			return
		}
		m.mu.Lock()
		g, line, here := m.guest, m.line, route == m.route
		m.mu.Unlock()
		if !here {
			return
		}
		r := m.alter(byRelay, false, frame)
		time.Sleep(r.Wait)
		for i, b := range r.On {
			g.mail.put(func() {
				if g.line == guestLine(line) {
					m.arrived(r, i)
				}
				g.received(line, false, b)
			})
		}
		if r.Back != nil {
			m.up.put(func() {
				m.arrived(r, len(r.On)-1)
				m.host.received(message{data: wire.Routed(route, r.Back)})
			})
		}
		return
	}
	o := parseOrder(msg.data)
	switch o.Op {
	case "turn":
		m.up.put(func() {
			m.host.received(message{text: true, data: []byte(`{"op":"turn","link":"` + o.Link.String() + `","urls":[],"username":"","credential":"","ttl":0}`)})
		})
	case "drop":
		m.mu.Lock()
		g, line, here := m.guest, m.line, o.Conn == m.route.Conn
		if here {
			m.route = wire.Route{}
		}
		m.mu.Unlock()
		if here {
			g.mail.put(func() { g.dropped(line) })
		}
	}
}

// memoryLine is the guest's socket.
type memoryLine struct {
	m     *memory
	route wire.Route
}

func (l *memoryLine) send(frame []byte) {
	m := l.m
	m.mu.Lock()
	here := m.route == l.route
	m.mu.Unlock()
	if !here {
		return
	}
	r := m.alter(byRelay, true, frame)
	time.Sleep(r.Wait)
	for i, b := range r.On {
		m.up.put(func() {
			m.mu.Lock()
			here := m.route == l.route
			m.mu.Unlock()
			if here {
				m.arrived(r, i)
				m.host.received(message{data: wire.Routed(l.route, b)})
			}
		})
	}
	if r.Back != nil {
		m.mu.Lock()
		g := m.guest
		m.mu.Unlock()
		g.mail.put(func() {
			m.arrived(r, len(r.On)-1)
			g.received(l, false, r.Back)
		})
	}
}

func (l *memoryLine) close() {
	l.m.mu.Lock()
	if l.m.route == l.route {
		l.m.route = wire.Route{}
	}
	l.m.mu.Unlock()
	l.m.up.put(func() { l.m.host.received(notice("gone", l.route)) })
}

func notice(op string, r wire.Route) message {
	return message{text: true, data: fmt.Appendf(nil, `{"op":%q,"link":%q,"conn":%q}`, op, r.Link, r.Conn)}
}

// dial is a new socket for the guest, over which it is told that the host is there.
func (m *memory) dial(g *guest, talk int) (guestLine, error) {
	m.mu.Lock()
	if m.talk != talk {
		m.mu.Unlock()
		return nil, errors.New("this conversation is over")
	}
	m.conns++
	m.redials++
	l := &memoryLine{m: m, route: wire.Route{Link: g.link.LinkID(), Conn: wire.ConnID(wire.Uint64(m.conns))}}
	m.guest, m.line, m.route = g, l, l.route
	m.mu.Unlock()
	m.up.put(func() { m.host.received(notice("guest", l.route)) })
	g.adopt(l) // which may close it at once
	m.up.put(func() {
		g.mail.put(func() { g.received(l, true, []byte(`{"op":"host","here":true}`)) })
	})
	return l, nil
}

// visit makes a link and a guest for it. blob may alter what the guest fetches.
func (m *memory) visit(id app.InviteID, blob func(*wire.Blob)) (*guest, error) {
	i, err := seal.NewInvite(wire.LinkStanding, 0, time.Now().Add(time.Hour), nil)
	if err != nil {
		return nil, err
	}
	m.host.Open(app.LineInvite{ID: id, Material: i.Material(), Expires: i.Bundle.Expires}, app.Card{Therapist: "Dr. Ruiz"}, m.door)
	m.host.mu.Lock()
	b := wire.Blob{Bundle: i.SealedBundle(), Card: m.host.links[i.LinkID()].card}
	m.host.mu.Unlock()
	if blob != nil {
		blob(&b)
	}
	if _, m.link, err = wire.ParseLink(i.Link("https://memory")); err != nil {
		return nil, err
	}
	return m.guestOf(b)
}

func (m *memory) guestOf(b wire.Blob) (*guest, error) {
	g, err := newGuest("memory", m.link, b)
	if err != nil {
		return nil, err
	}
	g.times = m.host.times
	m.mu.Lock()
	talk := m.talk
	m.mu.Unlock()
	g.redial = func(_ context.Context, g *guest) (guestLine, error) { return m.dial(g, talk) }
	g.join = func(_ *guest, _ wire.Admit, e connectionEvents) (answerer, error) { return m.newPeer(false, e), nil }
	return g, nil
}

// reset forgets the last conversation.
func (m *memory) reset(mut *hostile.Mutator, on channel) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.talk++
	m.mutator, m.on, m.reached, m.redials, m.guest, m.line, m.route = mut, on, false, 0, nil, nil, wire.Route{}
	m.frames, m.pair = [2][2][][]byte{}, [2]*memoryPeer{}
}

func (m *memory) close() { close(m.stop) }

func parseOrder(b []byte) wire.Order {
	var o struct{ Op, Link, Conn string }
	if err := json.Unmarshal(b, &o); err != nil {
		panic(err)
	}
	link, err := wire.ParseLinkID(o.Link)
	if err != nil {
		panic(err)
	}
	out := wire.Order{Op: o.Op, Link: link}
	if o.Conn != "" {
		if out.Conn, err = wire.ParseConnID(o.Conn); err != nil {
			panic(err)
		}
	}
	return out
}
