package rtc

import (
	"time"

	"alcove/app"
	"alcove/rtc/wire"
)

// ends is one peer connection of a call, and how far it has come. A session outlives it: when
// new ways do not help, it is made anew.
type ends struct {
	connection
	offered   bool // an offer waits for its answer
	restarted bool // ICE was, since the guest was last heard
	open      bool // the data channel is
	finished  bool // the guest's finished message held
}

// connect makes the two ends of a call, at first or anew. What an older connection still has to
// say is not heard: its messages would come out of order, and its candidates lead nowhere.
func (c *call) connect() error {
	n := &ends{}
	post := func(f func()) {
		c.post(func() {
			if c.ends == n {
				f()
			}
		})
	}
	peer, err := c.host.connect(c.host, c.policy, c.media, connectionEvents{
		candidate: func(m wire.Candidate) { post(func() { c.signal(m) }) },
		opened:    func() { post(c.opened) },
		message:   func(b []byte) { c.message(n, b) },
		stray:     func() { post(func() { c.broken(errOutOfPlace) }) },
	})
	if err != nil {
		return err
	}
	n.connection = peer
	if c.ends != nil {
		go c.ends.Close() // which may wait for a message that waits for us
	}
	c.ends = n
	return nil
}

// offer makes one, unless an answer is still to come.
func (c *call) offer(restart bool) {
	c.tried = time.Now()
	if c.ends.offered {
		return
	}
	sdp, err := c.ends.Offer(restart)
	if err != nil {
		c.host.options.Log.Error("no offer", told(err))
		return
	}
	c.ends.offered, c.ends.restarted, c.asked = true, restart, false
	c.signal(wire.Offer{SDP: sdp, Restart: restart})
}

// mend brings a silent line back, one try after the other: first by new ways between the same
// two ends, an ICE restart, which costs the least. Then with new ends. A second restart before
// the first one worked would be worse than none: Firefox then sends by ways that were never
// found, takes that for the end of its DTLS connection, and no way mends that any more. The
// same happens when ICE consent runs out after half a minute.
//
// While the guest's socket is away nobody would answer; its resume brings us here.
func (c *call) mend(now time.Time) {
	if !c.attached || c.ends.offered || now.Sub(c.tried) < c.patience() {
		return
	}
	if c.ends.finished && !c.ends.restarted {
		c.offer(true)
		return
	}
	c.tried = now
	c.media.pause()
	if err := c.connect(); err != nil {
		c.host.options.Log.Error("no new peer connection", told(err))
		return
	}
	c.offer(false)
}

// patience is how long a try is left alone. New ends that have found a way have handshakes
// before them, which take long where the line is slow.
func (c *call) patience() time.Duration {
	if !c.ends.finished && c.ends.Reached() {
		return 2 * c.host.times.again
	}
	return c.host.times.again
}

// back: the line works, at first or again. Everything that was not acknowledged goes out.
func (c *call) back() {
	c.lost, c.asked, c.tried = false, false, time.Time{}
	c.heard, c.beaten = time.Now(), time.Time{}
	c.tell(app.CallConnected{})
	if c.verified {
		c.say(wire.Verified{})
	}
	if c.media.voiceOnly() {
		c.say(wire.Voice{Only: true})
	}
	for _, one := range c.out.waiting() {
		c.say(one.m)
	}
}
