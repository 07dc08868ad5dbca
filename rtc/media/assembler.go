package media

import (
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
)

// Frame is one assembled VP8 frame, ready for the decoder.
type Frame struct {
	Data      []byte
	Timestamp uint32 // RTP, 90 kHz
	Key       bool
}

const (
	// gapLimit is how long a missing packet is waited for. A NACK needs a round trip, two with
	// bad luck; beyond that the picture is better started afresh.
	gapLimit = 280 * time.Millisecond
	// keyEvery is the pause between two wishes for a key frame: the answer needs its time.
	keyEvery = 500 * time.Millisecond
	// keyFirst is the pause before the first wish, for most calls begin with a key frame.
	keyFirst = 100 * time.Millisecond
	// window bounds what a sender can make us hold: 1024 packets are over a second at 8 Mbit/s.
	window = 1024
	// overtake is how many packets may still come that were sent before the first one seen.
	overtake = 32
	// staleLimit is how many packets from far behind, one after the other, mean that the sender
	// began anew (compare RFC 3550, appendix A.1).
	staleLimit = 16
)

// Assembler puts VP8 frames together from RTP packets that come late, twice, out of order or not
// at all. It is pure: time is handed in. Its laws:
//
//   - Frames leave in order, and each once.
//   - After a frame that was lost no delta frame leaves until a key frame has.
//   - A complete key frame beyond a gap leaves at once: what lies before it is no longer wanted.
//   - It holds at most 1024 packets, whatever is sent.
//
// The zero value waits for a key frame.
type Assembler struct {
	slots   [window]packet
	began   bool
	source  uint32 // SSRC
	next    int64  // the lowest number still of use; chained: the next frame begins here
	highest int64  // the newest number seen
	chained bool   // the frame before next has left, so a delta frame may follow
	missing int64  // the number waited for …
	since   time.Time
	asked   time.Time // when a key frame was last wished for
	stale   int
}

// packet is one RTP packet without its headers.
type packet struct {
	seq       int64 // extended by the number of wraparounds
	used      bool
	timestamp uint32
	payload   []byte
	start     bool // first of a frame (RFC 7741, section 4.2: S set, partition 0)
	marker    bool // last of a frame
	filler    bool // padding that probes the line, no part of a frame
}

// Push takes one packet and keeps its payload. It returns the frames that are now complete, and
// whether the sender is to be asked for a key frame (a picture-loss indication).
func (a *Assembler) Push(p *rtp.Packet, now time.Time) (frames []Frame, wantKey bool) {
	if a.began && p.SSRC != a.source {
		*a = Assembler{} // another connection's stream: its numbers say nothing about the last one's
	}
	seq := a.extend(p.SequenceNumber)
	if !a.began {
		a.began, a.source, a.next, a.highest = true, p.SSRC, seq-overtake, seq
		a.asked = now.Add(keyFirst - keyEvery)
	}
	if seq < a.next {
		return nil, a.behind(seq) && a.ask(now)
	}
	a.stale = 0
	if seq-a.next >= window {
		a.next = seq - window + 1
		a.Lost()
	}
	a.highest = max(a.highest, seq)
	if a.at(seq) == nil {
		a.slots[seq&(window-1)] = parse(p, seq)
	}
	return a.Tick(now)
}

// Tick does what time alone brings about; call it every 50 ms or so between packets.
func (a *Assembler) Tick(now time.Time) (frames []Frame, wantKey bool) {
	for a.chained || a.findKey() {
		f, ok := a.take()
		if !ok {
			if !a.findKey() {
				break
			}
			continue
		}
		frames = append(frames, f)
	}
	a.watchGap(now)
	return frames, a.ask(now)
}

// Lost tells that the decoder could not use a frame: only a key frame helps now.
func (a *Assembler) Lost() { a.chained, a.missing = false, 0 }

// extend counts the wraparounds of a 16-bit sequence number, around the newest seen.
func (a *Assembler) extend(seq uint16) int64 {
	if !a.began {
		return int64(seq) + 1<<16
	}
	return a.highest + int64(int16(seq-uint16(a.highest))) // #nosec G115 -- the wrap is meant
}

// behind counts packets that are too old to be late ones. It is true when they mean that the
// sender began anew, and then everything is forgotten.
func (a *Assembler) behind(seq int64) bool {
	if a.next-seq < window {
		return false
	}
	a.stale++
	if a.stale < staleLimit {
		return false
	}
	asked := a.asked
	*a = Assembler{began: true, source: a.source, next: seq, highest: seq, asked: asked}
	return true
}

func parse(p *rtp.Packet, seq int64) packet {
	out := packet{seq: seq, used: true, timestamp: p.Timestamp, marker: p.Marker}
	var d codecs.VP8Packet
	payload, err := d.Unmarshal(p.Payload)
	if err != nil || len(payload) == 0 {
		out.filler = true
		return out
	}
	out.payload, out.start = payload, d.S == 1 && d.PID == 0
	return out
}

// at returns the packet with that number, or nil.
func (a *Assembler) at(seq int64) *packet {
	p := &a.slots[seq&(window-1)]
	if !p.used || p.seq != seq {
		return nil
	}
	return p
}

// take removes the frame at next, if all of it is here.
func (a *Assembler) take() (Frame, bool) {
	for p := a.at(a.next); p != nil && p.filler; p = a.at(a.next) {
		a.drop(a.next + 1)
	}
	first := a.at(a.next)
	if first == nil {
		return Frame{}, false
	}
	if !first.start {
		// In the middle of a frame whose beginning was never sent: no frame can be made of it.
		a.Lost()
		return Frame{}, false
	}
	end, size, whole := a.extent(a.next)
	if !whole {
		return Frame{}, false
	}
	f := Frame{Data: make([]byte, 0, size), Timestamp: first.timestamp, Key: isKey(first.payload)}
	for s := a.next; s < end; s++ {
		f.Data = append(f.Data, a.at(s).payload...)
	}
	a.drop(end)
	a.chained = true
	return f, true
}

// extent finds where the frame that begins at seq ends: after its marker, or where another
// time stamp begins. whole is false while a packet of it is missing.
func (a *Assembler) extent(seq int64) (end int64, size int, whole bool) {
	stamp := a.at(seq).timestamp
	for s := seq; ; s++ {
		p := a.at(s)
		if p == nil {
			return s, size, false
		}
		if p.timestamp != stamp {
			return s, size, true
		}
		size += len(p.payload)
		if p.marker {
			return s + 1, size, true
		}
	}
}

// drop forgets everything before seq.
func (a *Assembler) drop(seq int64) {
	for ; a.next < seq; a.next++ {
		a.slots[a.next&(window-1)] = packet{}
	}
}

// findKey moves next to a complete key frame beyond it.
func (a *Assembler) findKey() bool {
	for s := a.next; s <= a.highest; s++ {
		p := a.at(s)
		if p == nil || !p.start || !isKey(p.payload) {
			continue
		}
		if _, _, whole := a.extent(s); whole {
			a.drop(s)
			return true
		}
	}
	return false
}

// watchGap gives up on a packet that was missing for too long.
func (a *Assembler) watchGap(now time.Time) {
	if !a.chained {
		return
	}
	gap := a.next
	for gap <= a.highest && a.at(gap) != nil {
		gap++
	}
	switch {
	case gap > a.highest:
		a.missing = 0
	case a.missing != gap:
		a.missing, a.since = gap, now
	case now.Sub(a.since) >= gapLimit:
		a.Lost()
	}
}

// ask says whether to wish for a key frame now.
func (a *Assembler) ask(now time.Time) bool {
	if a.chained || !a.began || now.Sub(a.asked) < keyEvery {
		return false
	}
	a.asked = now
	return true
}
