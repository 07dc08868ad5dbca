package rtc

import (
	"alcove/app"
	"alcove/rtc/wire"
)

// frame is one of the guest's frames, behind admit.
func (c *call) frame(r wire.Route, t wire.FrameType, rest []byte) {
	if r != c.route {
		return // of a socket that was left behind
	}
	if t == wire.FrameConfirm {
		c.confirm(rest)
		return
	}
	if c.session == nil || !c.attached {
		c.broken(errOutOfPlace)
		return
	}
	m, err := c.session.OpenSignal(rest)
	if err != nil {
		c.broken(err)
		return
	}
	switch m := m.(type) {
	case wire.Answer:
		if !c.ends.offered {
			c.broken(errOutOfPlace)
			return
		}
		c.ends.offered = false
		if err := c.ends.Answer(m.SDP); err != nil { // the guest's own words, but of no use
			c.host.options.Log.Error("an answer is of no use", told(err))
			c.end(app.EndHandshake, wire.ByeHandshake)
		}
	case wire.Candidate:
		c.ends.Candidate(m)
	case wire.Restart:
		c.asked = true // tick does it: not more often than helps
	case wire.Bye:
		c.bye(m.Why)
	default:
		err = errOutOfPlace
	}
	if err != nil {
		c.broken(err)
	}
}

func (c *call) confirm(rest []byte) {
	if c.stage != admitted {
		c.broken(errOutOfPlace)
		return
	}
	s, err := c.handshake.OpenConfirm(rest)
	if err != nil {
		c.host.options.Log.Warn("a confirm does not hold", told(err))
		c.end(app.EndHandshake, "")
		return
	}
	c.session, c.stage = s, confirmed
	c.mu.Lock()
	c.code = s.Code()
	c.mu.Unlock()
	c.tell(app.CallConfirmed{})
	if err := c.connect(); err != nil {
		c.host.options.Log.Error("no peer connection", told(err))
		c.end(app.EndHandshake, wire.ByeHandshake)
		return
	}
	c.media.open()
	c.offer(false)
}

// signal seals the next signal frame and sends it, or keeps it for the resume.
func (c *call) signal(m wire.Signal) {
	if c.session == nil || c.stage == over {
		return
	}
	frame, err := c.session.SealSignal(m)
	if err != nil {
		c.host.options.Log.Error("a signal is too large", told(err))
		return
	}
	c.signals.keep(frame)
	if c.attached {
		c.host.send(c.route, frame)
	}
}

// detached: the guest's socket, or ours, is gone. The session goes on without.
func (c *call) detached(r wire.Route) {
	if r != c.route {
		return
	}
	c.attached = false
	if c.stage == admitted {
		c.end(app.EndHandshake, "")
	}
}

// resume is a guest's first frame on a new socket, or on the old one after ours broke.
func (c *call) resume(r wire.Route, rest []byte) {
	if c.session == nil {
		c.host.hangUp(r)
		return
	}
	next, err := c.session.OpenResume(rest)
	if err != nil {
		c.host.options.Log.Warn("a resume does not hold", told(err))
		c.host.hangUp(r)
		return
	}
	// Each has up to maxSignals frames sent anew: a few bytes would fill the one socket of all clients, or the relay would cut it.
	if !c.flood.resumes.Allow() {
		c.host.options.Log.Warn("a resume too many", told(errFlood))
		c.host.hangUp(r)
		return
	}
	if !c.host.move(c, c.route, r) {
		return // that socket is gone as well
	}
	c.route, c.attached = r, true
	frames, kept := c.signals.from(next)
	if !kept {
		c.end(app.EndLost, "")
		return
	}
	c.host.send(r, c.session.SealResume())
	for _, f := range frames {
		c.host.send(r, f)
	}
}

// move binds a call to the socket that resumed it; false if that one is gone.
func (h *Host) move(c *call, from, to wire.Route) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	v := h.guests[to]
	if v == nil {
		return false
	}
	if old := h.guests[from]; old != nil && from != to {
		old.call = nil
		h.drop(from)
	}
	v.call = c
	return true
}

// hangUp drops one socket.
func (h *Host) hangUp(r wire.Route) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.guests[r] != nil {
		h.drop(r)
	}
}

// maxSignals is how many sent frames a side keeps for a resume.
const maxSignals = 256

// signals are the frames sent, the newest maxSignals of them.
type signals struct {
	first  uint64 // the sequence of frames[0]
	frames [][]byte
}

func (s *signals) keep(frame []byte) {
	s.frames = append(s.frames, frame)
	if len(s.frames) > maxSignals {
		s.frames = s.frames[1:]
		s.first++
	}
}

// from returns the frames from next on; false if they are no longer kept.
func (s *signals) from(next uint64) ([][]byte, bool) {
	if next < s.first {
		return nil, false
	}
	return s.frames[min(next-s.first, uint64(len(s.frames))):], true
}
