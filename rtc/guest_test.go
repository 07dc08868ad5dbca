package rtc

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// guest speaks the page's half of protocol.md. One goroutine owns it, as with call; what
// happens comes out of events.
type guest struct {
	base   string // of the relay
	link   *seal.Link
	card   wire.Card
	key    *seal.SigningKey
	times  timing
	join   func(*guest, wire.Admit, connectionEvents) (answerer, error)
	redial func(ctx context.Context, g *guest) (guestLine, error) // nil: no way back
	mail   *mailbox[func()]
	events chan guestEvent
	closed chan struct{}

	line     guestLine
	attached bool
	knock    *seal.GuestKnock
	knocked  time.Time
	waiting  bool
	session  *seal.Session
	signals  signals
	admit    wire.Admit
	ends     int // how many peers there were
	offered  bool
	peer     answerer
	finished bool // the peer's
	live     bool
	lost     bool
	over     bool
	mic, cam bool
	started  time.Time
	heard    time.Time
	beaten   time.Time
	out      *outbox
	nextID   int
	log      []string // everything that was taken from the host, in order

	mu    sync.Mutex
	code  string      // mu
	lines []guestLine // mu; every one that was opened, to be closed in the end
}

// guestEvent is what the page would show.
type guestEvent struct {
	what string // here away waiting form pin deny admitted connected chat got plan kept beat voice verified lost anew ended
	text string
	n    int
}

// guestLine is a socket to the relay.
type guestLine interface {
	send(frame []byte)
	close()
}

// answerer is the guest's RTCPeerConnection.
type answerer interface {
	Offered(sdp string) (answer string, err error)
	Candidate(c wire.Candidate)
	Fingerprints() (host, guest [32]byte, err error)
	Send(b []byte) error
	Close()
}

// connect opens the socket and starts the guest.
func (g *guest) connect(ctx context.Context) error {
	line, err := g.redial(ctx, g)
	if err != nil {
		return err
	}
	g.begin(line)
	return nil
}

func (g *guest) begin(line guestLine) {
	g.line, g.attached = line, true
	go g.run()
}

// adopt makes a socket ours, before anything is read from it; it is closed in the end.
func (g *guest) adopt(line guestLine) {
	g.mu.Lock()
	g.lines = append(g.lines, line)
	g.mu.Unlock()
	if !g.mail.put(func() { g.line = line }) {
		line.close()
	}
}

func (g *guest) run() {
	tick := time.NewTicker(g.times.tick)
	defer tick.Stop()
	for !g.over {
		select {
		case <-g.mail.ready:
			for _, f := range g.mail.take() {
				if !g.over {
					f()
				}
			}
		case <-tick.C:
			g.tick(time.Now())
		}
	}
	g.mail.close()
	if g.peer != nil {
		time.AfterFunc(g.times.linger, g.peer.Close)
	}
	g.mu.Lock()
	lines := g.lines
	g.lines = nil
	g.mu.Unlock()
	time.AfterFunc(g.times.linger, func() {
		for _, l := range lines {
			l.close()
		}
	})
	close(g.closed)
}

func (g *guest) tell(what, text string, n int) { g.events <- guestEvent{what, text, n} }

func (g *guest) end(why string, bye wire.ByeWhy) {
	if bye != "" && g.session != nil {
		g.signal(wire.Bye{Why: bye})
	}
	g.over = true
	g.tell("ended", why, 0)
}

func (g *guest) dropped(s guestLine) {
	if s != g.line {
		return
	}
	g.attached = false
	if g.session == nil {
		g.end("closed", "")
		return
	}
	g.reconnect()
}

func (g *guest) reconnect() {
	if g.redial == nil {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if _, err := g.redial(ctx, g); err != nil {
			time.AfterFunc(200*time.Millisecond, func() { g.mail.put(g.reconnect) })
		}
	}()
}

func (g *guest) received(s guestLine, text bool, b []byte) {
	if s != g.line {
		return
	}
	if text {
		here, err := wire.ParsePresence(b)
		if err != nil {
			g.end("relay", "")
			return
		}
		g.presence(here)
		return
	}
	t, rest, err := wire.ParseFrame(b)
	if err == nil {
		err = g.frame(t, rest)
	}
	switch {
	case err == nil:
	case g.session == nil:
		g.end("handshake", "")
	default:
		g.end("tampered", wire.ByeTampered)
	}
}

func (g *guest) presence(here bool) {
	switch {
	case !here:
		g.attached = false
		g.tell("away", "", 0)
		return
	case g.session != nil && !g.attached:
		g.line.send(g.session.SealResume())
	default:
		g.attached = true
	}
	g.tell("here", "", 0)
}

func (g *guest) frame(t wire.FrameType, rest []byte) error {
	switch {
	case t == wire.FrameHostLobby && g.knock != nil && g.session == nil:
		m, err := g.knock.OpenLobby(rest)
		if err != nil {
			return err
		}
		g.lobby(m)
		return nil
	case t == wire.FrameAdmit && g.knock != nil && g.session == nil:
		return g.admitted(rest)
	case t == wire.FrameSignal && g.session != nil && g.attached:
		return g.heard1(rest)
	case t == wire.FrameResume && g.session != nil && !g.attached:
		next, err := g.session.OpenResume(rest)
		if err != nil {
			return err
		}
		g.attached = true
		frames, kept := g.signals.from(next)
		if !kept {
			g.end("lost", "")
			return nil
		}
		for _, f := range frames {
			g.line.send(f)
		}
		return nil
	}
	return errOutOfPlace
}

func (g *guest) lobby(m wire.Lobby) {
	switch m := m.(type) {
	case wire.LobbyWaiting:
		g.waiting = true
		g.tell("waiting", "", 0)
	case wire.LobbyPIN:
		g.knock = nil
		g.tell("pin", "", m.Left)
	case wire.LobbyDeny:
		g.tell("deny", m.Say, 0)
		g.end("denied", "")
	case wire.LobbyForm:
		g.tell("form", m.Form.ID, len(m.Form.Items))
	}
}

func (g *guest) admitted(rest []byte) error {
	s, a, confirm, err := g.knock.OpenAdmit(rest)
	if err != nil {
		return err
	}
	g.session, g.started = s, time.Now()
	g.mu.Lock()
	g.code = s.Code()
	g.mu.Unlock()
	g.admit = a
	if err := g.joinNow(); err != nil {
		return err
	}
	g.line.send(confirm)
	g.tell("admitted", s.Code(), 0)
	return nil
}

// joinNow makes our end, at first or anew; an older one is heard no more.
func (g *guest) joinNow() (err error) {
	g.ends++
	n := g.ends
	post := func(f func()) {
		g.mail.put(func() {
			if g.ends == n {
				f()
			}
		})
	}
	if g.peer != nil {
		go g.peer.Close()
	}
	g.finished = false
	g.peer, err = g.join(g, g.admit, connectionEvents{
		candidate: func(c wire.Candidate) { post(func() { g.signal(c) }) },
		opened:    func() {},
		message:   func(b []byte) { post(func() { g.data(b) }) },
	})
	return err
}

func (g *guest) heard1(rest []byte) error {
	m, err := g.session.OpenSignal(rest)
	if err != nil {
		return err
	}
	g.log = append(g.log, fmt.Sprintf("%T", m))
	switch m := m.(type) {
	case wire.Offer:
		if g.offered && !m.Restart {
			if err := g.joinNow(); err != nil {
				return err
			}
			g.tell("anew", "", 0)
		}
		g.offered = true
		answer, err := g.peer.Offered(m.SDP)
		if err != nil {
			g.end("handshake", wire.ByeHandshake)
			return nil
		}
		g.signal(wire.Answer{SDP: answer})
	case wire.Candidate:
		g.log = append(g.log, m.Candidate)
		g.peer.Candidate(m)
	case wire.Bye:
		g.end("bye "+string(m.Why), "")
	default:
		return errOutOfPlace
	}
	return nil
}

func (g *guest) signal(m wire.Signal) {
	if g.over {
		return
	}
	frame, err := g.session.SealSignal(m)
	if err != nil {
		g.end("too large", "")
		return
	}
	g.signals.keep(frame)
	if g.attached {
		g.line.send(frame)
	}
}

func (g *guest) data(b []byte) {
	if !g.finished {
		host, own, err := g.peer.Fingerprints()
		if err == nil {
			err = g.session.CheckFinished(b, host, own)
		}
		if err != nil {
			g.end("tampered", wire.ByeTampered)
			return
		}
		_ = g.peer.Send(g.session.Finished(host, own))
		g.finished, g.live = true, true
		g.back()
		return
	}
	m, err := g.session.OpenData(b)
	if err != nil {
		g.end("tampered", wire.ByeTampered)
		return
	}
	if g.lost {
		g.back()
	}
	g.heard = time.Now()
	switch m := m.(type) {
	case wire.Beat:
		g.tell("beat", fmt.Sprint(m.Mic, m.Cam), 0)
	case wire.Chat:
		g.say(wire.Got{ID: m.ID})
		if g.out.fresh(m.ID) {
			g.tell("chat", m.Text, 0)
		}
	case wire.Got:
		if g.out.got(m.ID) {
			g.tell("got", m.ID, 0)
		}
	case wire.Ask:
		g.say(wire.Got{ID: m.Form.ID})
		if g.out.fresh(m.Form.ID) {
			g.tell("form", m.Form.ID, len(m.Form.Items))
		}
	case wire.Show:
		g.say(wire.Got{ID: m.Plan.ID})
		if g.out.fresh(m.Plan.ID) {
			g.tell("plan", m.Plan.ID, len(m.Plan.Parts))
		}
	case wire.Kept:
		g.out.got(m.ID)
		g.tell("kept", fmt.Sprint(m.ID, " ", m.OK), 0)
	case wire.Voice:
		g.tell("voice", fmt.Sprint(m.Only), 0)
	case wire.Verified:
		g.tell("verified", "", 0)
	case wire.Farewell:
		g.end("bye ended", "")
	}
}

func (g *guest) back() {
	g.lost, g.heard, g.beaten = false, time.Now(), time.Time{}
	g.tell("connected", "", 0)
	for _, one := range g.out.waiting() {
		g.say(one.m)
	}
}

func (g *guest) say(m wire.Data) {
	if !g.finished {
		return
	}
	if b, err := g.session.SealData(m); err == nil {
		_ = g.peer.Send(b)
	}
}

// answerWithin is how long a guest waits for the bell to ring.
const answerWithin = 15 * time.Second

func (g *guest) tick(now time.Time) {
	within := min(answerWithin, g.times.handshake)
	switch {
	case g.knock != nil && g.session == nil && !g.waiting && now.Sub(g.knocked) > within:
		g.end("no answer", "")
	case g.session != nil && !g.live && now.Sub(g.started) > g.times.handshake:
		g.end("handshake", wire.ByeHandshake)
	case g.live && now.Sub(g.heard) > g.times.giveUp:
		g.end("lost", "")
	case g.live && !g.lost && now.Sub(g.heard) > g.times.lost:
		g.lost = true
		g.tell("lost", "", 0)
	}
	if g.live && now.Sub(g.beaten) >= g.times.beat {
		g.beaten = now
		g.say(wire.Beat{Mic: g.mic, Cam: g.cam})
	}
}

// What the person at the page does.

func (g *guest) readCode() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.code
}

func (g *guest) knockWith(name, pin string) { g.knockWanting(name, pin, wire.WantsText) }

func (g *guest) knockWanting(name, pin string, wants wire.Wants) {
	g.mail.put(func() {
		k, frame, err := g.link.Knock(wire.Knock{Name: name, PIN: pin, Lang: "en", Wants: wants}, g.key, time.Now())
		if err != nil {
			g.end(err.Error(), "")
			return
		}
		g.knock, g.knocked, g.waiting = k, time.Now(), false
		g.line.send(frame)
	})
}

func (g *guest) chat(text string) string {
	g.mu.Lock()
	g.nextID++
	id := fmt.Sprintf("g-%d", g.nextID)
	g.mu.Unlock()
	g.mail.put(func() {
		m := wire.Chat{ID: id, Text: text, Time: time.Now()}
		g.out.add(id, m)
		if !g.lost {
			g.say(m)
		}
	})
	return id
}

// answer hands a form in, and keeps it until the host says what became of it.
func (g *guest) answer(id string, given map[int]int) {
	g.mail.put(func() {
		m := wire.Answers{ID: id, Given: given}
		g.out.add(id, m)
		if !g.lost {
			g.say(m)
		}
	})
}

func (g *guest) leave() {
	g.mail.put(func() {
		if g.session == nil {
			g.line.send(g.knock.SealLobby(wire.LobbyLeave{}))
			g.end("left", "")
			return
		}
		g.say(wire.Farewell{})
		g.end("left", wire.ByeLeft)
	})
}

// next returns the next event, passing over those of no interest.
func (g *guest) next(t testing.TB, within time.Duration, skip ...string) guestEvent {
	t.Helper()
	limit := time.After(within)
	for {
		select {
		case e := <-g.events:
			if strings.Contains(" "+strings.Join(skip, " ")+" ", " "+e.what+" ") {
				continue
			}
			return e
		case <-limit:
			t.Fatalf("the guest heard nothing for %v", within)
		}
	}
}

// until passes over everything up to this event.
func (g *guest) until(t testing.TB, what string, within time.Duration) guestEvent {
	t.Helper()
	limit := time.After(within)
	var seen []string
	for {
		select {
		case e := <-g.events:
			if e.what == what {
				return e
			}
			seen = append(seen, e.what+" "+e.text)
			if e.what == "ended" {
				t.Fatalf("waiting for %q the guest heard %q", what, seen)
			}
		case <-limit:
			t.Fatalf("waiting for %q the guest heard %q", what, seen)
		}
	}
}
