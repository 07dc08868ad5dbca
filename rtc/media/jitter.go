package media

import (
	"time"

	"github.com/pion/rtp"
)

// Playout says how the next piece of sound is made.
type Playout int

const (
	// PlayNothing: nothing has come yet, or not for a while. Silence.
	PlayNothing Playout = iota
	// PlayFrame: decode Packet.
	PlayFrame
	// PlayRecover: a packet is lost; Packet is the one after it, which may repeat it. Packet is
	// not used up.
	PlayRecover
	// PlayConceal: a packet is lost or late and nothing stands in for it: invent 20 ms.
	PlayConceal
	// PlayMerge: too much sound waits; decode Packet and After, and blend the two into one.
	PlayMerge
)

// Piece is what Pop gives to the decoder.
type Piece struct {
	Do            Playout
	Packet, After []byte
}

const (
	jitterSlots = 128 // packets held at most: 2.5 s of 20 ms
	// jitterOvertake is how many packets may come that were sent before the first one seen.
	jitterOvertake = 4
	minDelay       = 40 * time.Millisecond
	maxDelay       = 300 * time.Millisecond
	// patience is how many frames are invented while the line is silent, before playing stops
	// and the buffer fills up again. Opus fades its inventions out over about as many.
	patience = 6
	// longGap is how many lost packets in a row are played through one by one.
	longGap = 25
	// review is how many frames the buffer is watched before it is made shorter: half a second.
	review = 25
	// glut is how far beyond its target the buffer is emptied at once instead of frame by frame.
	glut = 200 * time.Millisecond
)

// Jitter evens out the arrival of Opus packets. It holds back just as much sound as the line's
// unsteadiness of the last seconds asks for, and is pure: time is handed in. Its laws:
//
//   - Packets leave in order, and each once; what comes after its turn is dropped.
//   - It never waits for a packet: at its turn it is there, repeated by the next, or invented.
//   - Delay grows by an invented frame when too little waits, and shrinks by blending two frames.
//
// The zero value is ready.
type Jitter struct {
	slots   [jitterSlots]sound
	began   bool
	source  uint32 // SSRC
	playing bool
	next    int64 // the packet whose turn it is
	highest int64
	stale   int
	dry     int           // frames invented since the buffer ran dry
	low     time.Duration // least depth in this review
	pops    int           // frames in this review
	arrival arrivals
	count   JitterStats
}

// JitterStats counts what happened to packets since the beginning.
type JitterStats struct {
	Played, Late, Twice, Recovered, Concealed, Merged int
}

type sound struct {
	seq     int64
	used    bool
	payload []byte
	length  time.Duration
}

// Push takes one packet and keeps its payload.
func (j *Jitter) Push(p *rtp.Packet, now time.Time) {
	length := time.Duration(opusSamples(p.Payload)) * time.Second / SampleRate
	if length == 0 {
		return // padding, or no Opus
	}
	if j.began && p.SSRC != j.source {
		*j = Jitter{count: j.count} // another connection's stream
	}
	seq := j.extend(p.SequenceNumber)
	switch {
	case !j.began:
		j.source = p.SSRC
		j.restart(seq)
	case seq < j.next && !j.tooOld(seq):
		j.count.Late++
		j.arrival.add(p.Timestamp, now)
		return
	case seq < j.next || seq-j.next >= jitterSlots:
		j.restart(seq)
	}
	j.stale = 0
	if j.at(seq) != nil {
		j.count.Twice++
		return
	}
	j.highest = max(j.highest, seq)
	j.slots[seq&(jitterSlots-1)] = sound{seq: seq, used: true, payload: p.Payload, length: length}
	j.arrival.add(p.Timestamp, now)
}

// Pop gives the next piece. Call it whenever the speaker has room.
func (j *Jitter) Pop() Piece {
	if !j.playing && !j.start() {
		return Piece{}
	}
	j.reviewDepth()
	p := j.at(j.next)
	switch {
	case p != nil:
		return j.play(p)
	case j.highest < j.next:
		return j.runDry()
	}
	return j.skip()
}

// Delay is how much sound is held back on purpose just now.
func (j *Jitter) Delay() time.Duration {
	return min(max(j.arrival.spread()+FrameTime, minDelay), maxDelay)
}

// Stats tells what happened so far.
func (j *Jitter) Stats() JitterStats { return j.count }

func (j *Jitter) extend(seq uint16) int64 {
	if !j.began {
		return int64(seq) + 1<<16
	}
	return j.highest + int64(int16(seq-uint16(j.highest))) // #nosec G115 -- the wrap is meant
}

// tooOld counts packets from far behind: enough of them mean that the sender began anew.
func (j *Jitter) tooOld(seq int64) bool {
	if j.next-seq < jitterSlots {
		return false
	}
	j.stale++
	return j.stale >= staleLimit
}

func (j *Jitter) restart(seq int64) {
	// Packets that the first one overtook are still welcome.
	*j = Jitter{began: true, source: j.source, next: seq - jitterOvertake, highest: seq, count: j.count}
}

func (j *Jitter) at(seq int64) *sound {
	s := &j.slots[seq&(jitterSlots-1)]
	if !s.used || s.seq != seq {
		return nil
	}
	return s
}

// depth is how much sound waits.
func (j *Jitter) depth() (d time.Duration) {
	for s := j.next; s <= j.highest; s++ {
		if p := j.at(s); p != nil {
			d += p.length
		} else {
			d += FrameTime
		}
	}
	return d
}

// start begins to play once enough waits, at the first packet that is there.
func (j *Jitter) start() bool {
	if !j.began {
		return false
	}
	for j.next <= j.highest && j.at(j.next) == nil {
		j.next++
	}
	if j.next > j.highest || j.depth() < j.Delay() {
		return false
	}
	j.playing, j.dry = true, 0
	j.pops, j.low = 0, 0
	return true
}

// reviewDepth notes the least depth, and empties a buffer that is far too full.
func (j *Jitter) reviewDepth() {
	d := j.depth()
	if j.pops == 0 || d < j.low {
		j.low = d
	}
	j.pops++
	if j.pops < review || j.low < j.Delay()+glut {
		return
	}
	for j.next < j.highest && j.depth() > j.Delay() {
		j.drop()
	}
	j.pops = 0
}

func (j *Jitter) drop() {
	j.slots[j.next&(jitterSlots-1)] = sound{}
	j.next++
}

func (j *Jitter) play(p *sound) Piece {
	j.dry = 0
	out, length := Piece{Do: PlayFrame, Packet: p.payload}, p.length
	j.drop()
	j.count.Played++
	if j.pops < review {
		return out
	}
	after := j.at(j.next)
	if after != nil && after.length == length && j.low > j.Delay() {
		out.Do, out.After = PlayMerge, after.payload
		j.drop()
		j.count.Played++
		j.count.Merged++
	}
	j.pops = 0
	return out
}

// runDry invents sound without moving on: the packet may only be late.
func (j *Jitter) runDry() Piece {
	j.dry++
	if j.dry > patience {
		j.playing = false
		return Piece{}
	}
	j.count.Concealed++
	return Piece{Do: PlayConceal}
}

// skip passes over a packet whose turn came while later ones are here.
func (j *Jitter) skip() Piece {
	if j.dry < patience && j.depth()+FrameTime < j.Delay() {
		// Too little is held back for a line like this: the packet is more likely late than lost.
		return j.runDry()
	}
	ahead := j.next + 1
	for j.at(ahead) == nil {
		ahead++
	}
	if ahead-j.next > longGap {
		j.next, j.playing = ahead, false
		return Piece{}
	}
	j.dry = 0
	j.drop()
	if ahead == j.next {
		j.count.Recovered++
		return Piece{Do: PlayRecover, Packet: j.at(ahead).payload}
	}
	j.count.Concealed++
	return Piece{Do: PlayConceal}
}

// arrivals estimates how unsteadily packets come: how much later than the quickest of the last
// seconds the slow ones are.
type arrivals struct {
	began    bool
	origin   time.Time
	stamp    uint32
	media    time.Duration    // of the newest packet, on the sender's clock
	quickest [2]time.Duration // least transit of this and of the last period
	turned   time.Time
	lateness time.Duration // of the slow ones, forgotten slowly
}

const (
	// period after which the quickest packet is forgotten, for clocks drift and routes change.
	quickPeriod = 5 * time.Second
	// absurd is a transit that only a new time base explains.
	absurd = 10 * time.Second
)

func (a *arrivals) add(stamp uint32, now time.Time) {
	if !a.began {
		*a = arrivals{began: true, origin: now, stamp: stamp, turned: now}
		return
	}
	step := time.Duration(int32(stamp-a.stamp)) * time.Second / SampleRate // #nosec G115 -- the wrap is meant
	a.media, a.stamp = a.media+step, stamp
	transit := now.Sub(a.origin) - a.media
	best := min(a.quickest[0], a.quickest[1])
	if d := transit - best; d > absurd || d < -absurd {
		*a = arrivals{began: true, origin: now, stamp: stamp, turned: now, lateness: a.lateness}
		return
	}
	if now.Sub(a.turned) >= quickPeriod {
		a.quickest[1], a.quickest[0], a.turned = a.quickest[0], transit, now
	}
	a.quickest[0] = min(a.quickest[0], transit)
	late := transit - min(a.quickest[0], a.quickest[1])
	if late > a.lateness {
		a.lateness = late
	} else {
		a.lateness -= (a.lateness - late) / 200 // about four seconds
	}
}

func (a *arrivals) spread() time.Duration { return a.lateness }
