package rtc

import (
	"crypto/subtle"
	"errors"
	"net/netip"
	"sync"
	"time"
	"unicode/utf8"

	"alcove/app"
	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// policy is what was granted, and the ways around a closed network.
type policy struct {
	direct   bool
	modality app.Modality
	turn     *wire.TURN
	relay    netip.Addr // where the relay is that gave them
	devices  app.Devices
}

// relayOnly: addresses are hidden wherever somebody can stand in between.
func (p policy) relayOnly() bool { return !p.direct && p.turn != nil }

// connection is one RTCPeerConnection as a call needs it: peer.go. The call's goroutine calls
// it; it answers through the functions of connectionEvents, from goroutines of its own.
type connection interface {
	Offer(restart bool) (sdp string, err error)
	Answer(sdp string) error
	// Candidate forgets one that it cannot use: browsers know more kinds than we do.
	Candidate(c wire.Candidate)
	// Fingerprints are those of the descriptions in force.
	Fingerprints() (host, guest [32]byte, err error)
	// Reached says whether a way to the guest is found.
	Reached() bool
	Send(b []byte) error
	Close()
}

type connectionEvents struct {
	candidate func(wire.Candidate)
	opened    func()
	message   func([]byte) // waits while the call is busy
	stray     func()       // the guest made a channel of its own
}

type connector func(h *Host, p policy, media *tracks, e connectionEvents) (connection, error)

// stage is how far a call has come.
type stage int

const (
	admitted  stage = iota // the guest has not answered yet
	confirmed              // keys agreed, no data channel yet
	live                   // both finished messages held
	over
)

// call is the line of one session. One goroutine owns it, run; everybody else posts.
// It implements app.Call.
type call struct {
	host   *Host
	link   *listening
	policy policy
	room   app.Room
	mail   *mailbox[func()]
	gate   chan struct{} // messages of the data channel that wait in mail
	closed chan struct{}
	media  *tracks

	stage     stage
	handshake *seal.HostHandshake
	session   *seal.Session // nil before confirm
	resumeID  [16]byte
	signals   signals
	route     wire.Route
	attached  bool // the guest's socket is there, and in step

	ends     *ends // nil before confirm
	lost     bool
	asked    bool // the guest wants a try at the line
	out      *outbox
	handouts map[string]*handout
	flood    flood
	remote   *app.CallRemote
	verified bool
	started  time.Time
	heard    time.Time
	beaten   time.Time
	tried    time.Time // when the newest try to reach the guest began

	mu   sync.Mutex
	code string // mu; six digits, "" before confirm
}

var _ app.Call = (*call)(nil)

func newCall(h *Host, v *visitor, hs *seal.HostHandshake, p policy, r app.Room) *call {
	c := &call{
		host: h, link: v.link, policy: p, room: r, mail: newMailbox[func()](), gate: make(chan struct{}, 64),
		closed: make(chan struct{}), handshake: hs, resumeID: hs.ResumeID(), route: v.route, attached: true,
		out: newOutbox(), handouts: map[string]*handout{}, flood: newFlood(h.times), started: time.Now(),
	}
	c.media = newTracks(h.options.Synthetic, p, c.problem, func(only bool) { c.post(func() { c.say(wire.Voice{Only: only}) }) })
	return c
}

func (c *call) post(f func()) { c.mail.put(f) }

func (c *call) run() {
	tick := time.NewTicker(c.host.times.tick)
	defer tick.Stop()
	for c.stage != over {
		select {
		case <-c.mail.ready:
			for _, f := range c.mail.take() {
				if c.stage != over {
					f()
				}
			}
		case <-tick.C:
			c.tick(time.Now())
		}
	}
	c.mail.close()
	close(c.closed)
}

func (c *call) tell(e app.CallEvent) { c.room.Happened(e) }

// tick does what time alone brings about.
func (c *call) tick(now time.Time) {
	t := c.host.times
	if c.stage < live {
		switch {
		case now.Sub(c.started) > t.handshake:
			c.end(app.EndHandshake, wire.ByeHandshake)
		case c.stage == confirmed:
			c.mend(now)
		}
		return
	}
	if now.Sub(c.beaten) >= t.beat {
		c.beaten = now
		mic, cam := c.media.sending()
		c.say(wire.Beat{Mic: mic, Cam: cam})
	}
	silence := now.Sub(c.heard)
	if silence > t.lost && !c.lost {
		c.lost = true
		c.tell(app.CallLost{})
	}
	if silence > t.restart || c.asked {
		c.mend(now)
	}
	if silence > t.giveUp {
		c.end(app.EndLost, "")
	}
}

// broken ends the session: what came was repeated, missing, altered, or no message at all.
func (c *call) broken(err error) {
	c.host.options.Log.Warn("a session is broken off", told(err))
	c.end(app.EndTampered, wire.ByeTampered)
}

// message is one of the data channel's. It holds the channel's goroutine back while the call
// is behind, so that a flood stays on the other side's machine.
func (c *call) message(from *ends, b []byte) {
	select {
	case c.gate <- struct{}{}:
	case <-c.closed:
		return
	}
	c.post(func() {
		<-c.gate
		if from != c.ends {
			return
		}
		if err := c.data(b); err != nil {
			c.broken(err)
		}
	})
}

func (c *call) opened() {
	if err := c.greet(); err != nil {
		c.broken(err)
	}
}

// greet sends our finished, once, as soon as the channel is open.
func (c *call) greet() error {
	if c.ends.open {
		return nil
	}
	host, guest, err := c.ends.Fingerprints()
	if err != nil {
		return err
	}
	c.ends.open = true
	if err := c.ends.Send(c.session.Finished(host, guest)); err != nil {
		c.host.options.Log.Warn("the data channel takes nothing", told(err))
	}
	return nil
}

func (c *call) data(b []byte) error {
	if !c.ends.finished {
		// pion tells of the channel and of its first message from two goroutines: ours must be
		// the first that the guest hears, whichever won.
		if err := c.greet(); err != nil {
			return err
		}
		host, guest, err := c.ends.Fingerprints()
		if err != nil {
			return err
		}
		if err := c.session.CheckFinished(b, host, guest); err != nil {
			return err
		}
		c.ends.finished, c.stage = true, live
		c.media.begin()
		c.back()
		return nil
	}
	m, err := c.session.OpenData(b)
	if err != nil {
		return err
	}
	if err := c.flood.count(m); err != nil {
		return err
	}
	if c.lost {
		c.back()
	}
	c.heard = time.Now()
	if !c.ends.offered {
		c.ends.restarted = false
	}
	switch m := m.(type) {
	case wire.Beat:
		c.beat(app.CallRemote{Microphone: m.Mic, Camera: m.Cam})
	case wire.Chat:
		c.say(wire.Got{ID: m.ID})
		if c.out.fresh(m.ID) {
			c.tell(app.CallChat{ID: app.ChatID(m.ID), Text: m.Text, At: m.Time})
		}
	case wire.Got:
		switch {
		case !c.out.got(m.ID):
		case c.handouts[m.ID] != nil:
			c.tell(app.CallCame{ID: app.HandoutID(m.ID)})
		default:
			c.tell(app.CallDelivered{ID: app.ChatID(m.ID)})
		}
	case wire.Answers:
		c.answered(m)
	case wire.Shown:
		c.shown(m)
	case wire.Farewell:
		c.bye(wire.ByeLeft)
	}
	return nil
}

func (c *call) beat(r app.CallRemote) {
	if c.remote == nil || *c.remote != r {
		c.remote = &r
		c.tell(r)
	}
}

// say seals a message of the data channel; before it is up there is nobody to say it to.
func (c *call) say(m wire.Data) {
	if c.ends == nil || !c.ends.finished {
		return
	}
	b, err := c.session.SealData(m)
	if err == nil {
		err = c.ends.Send(b)
	}
	if errors.Is(err, errFlood) {
		c.post(func() { c.broken(err) })
	} else if err != nil {
		c.host.options.Log.Warn("the data channel takes nothing", told(err))
	}
}

func (c *call) bye(why wire.ByeWhy) {
	switch why {
	case wire.ByeTampered:
		c.end(app.EndTampered, "")
	case wire.ByeHandshake:
		c.end(app.EndHandshake, "")
	default:
		c.end(app.EndClient, "")
	}
}

// end is the last thing that a call does. With a why the guest is told by every way left.
func (c *call) end(why app.EndReason, bye wire.ByeWhy) {
	if bye != "" {
		c.signal(wire.Bye{Why: bye})
	}
	if bye == wire.ByeEnded {
		c.say(wire.Farewell{})
	}
	c.stage = over
	c.tell(app.CallEnded{Why: why})
	c.media.close()
	c.host.over(c, c.route)
	if c.ends != nil {
		time.AfterFunc(c.host.times.linger, c.ends.Close)
	}
	if c.session != nil {
		c.session.Wipe()
	} else {
		c.handshake.Wipe()
	}
}

// problem reports a device of ours.
func (c *call) problem(kind, words string) {
	c.post(func() { c.tell(app.CallDevice{Kind: kind, Problem: words}) })
}

// SendChat puts a line in the outbox. A line that no message holds stays undelivered.
func (c *call) SendChat(id app.ChatID, text string) {
	at := time.Now()
	c.post(func() {
		if id == "" || utf8.RuneCountInString(string(id)) > wire.MaxChatID || utf8.RuneCountInString(text) > wire.MaxText {
			c.host.options.Log.Error("a chat line is too long")
			return
		}
		m := wire.Chat{ID: string(id), Text: text, Time: at}
		c.out.add(m.ID, m)
		if !c.lost {
			c.say(m)
		}
	})
}

// CheckCode compares in constant time; when it matches the page is told.
func (c *call) CheckCode(typed string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	ok := c.code != "" && subtle.ConstantTimeCompare([]byte(typed), []byte(c.code)) == 1
	if ok {
		c.post(func() {
			c.verified = true
			c.say(wire.Verified{})
		})
	}
	return ok
}

// Media is the sound and picture of this call.
func (c *call) Media() app.Media { return c.media }

// End ends the session; the guest hears why.
func (c *call) End(why app.EndReason) {
	c.post(func() {
		switch why {
		case app.EndTampered:
			c.end(why, wire.ByeTampered)
		case app.EndHandshake:
			c.end(why, wire.ByeHandshake)
		default:
			c.end(why, wire.ByeEnded)
		}
	})
}

// over forgets a call, and its link if nobody needs it any more.
func (h *Host) over(c *call, r wire.Route) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(c.link.calls, c.resumeID)
	if v := h.guests[r]; v != nil && v.call == c {
		v.call = nil
		h.drop(r)
	}
	h.release(c.link)
}
