package media

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
)

// VideoReceiver assembles and decodes what the other side sends, into a slot.
type VideoReceiver struct {
	slot    *Slot
	wantKey func()
	packets chan *rtp.Packet
	cancel  context.CancelFunc
	ended   chan struct{}

	frames, keys, dropped, wishes atomic.Int64
}

// VideoStats counts since the beginning.
type VideoStats struct {
	Frames  int // decoded
	Keys    int // of them key frames
	Dropped int // packets that found no room, because decoding was too slow
	Wishes  int // for a key frame
}

const (
	// packetQueue is room for about a tenth of a second at 8 Mbit/s.
	packetQueue = 256
	// tickEvery is how closely the gap limit is kept when no packets come.
	tickEvery = 50 * time.Millisecond
)

// NewVideoReceiver starts a receiver. wantKey asks the other side for a key frame (RTCP PLI); it
// is called from the receiver's goroutine.
func NewVideoReceiver(slot *Slot, wantKey func()) (*VideoReceiver, error) {
	dec, err := NewDecoder()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &VideoReceiver{
		slot: slot, wantKey: wantKey, packets: make(chan *rtp.Packet, packetQueue),
		cancel: cancel, ended: make(chan struct{}),
	}
	go r.run(ctx, dec)
	return r, nil
}

// Push takes one packet, from any goroutine, and keeps it. It never waits.
func (r *VideoReceiver) Push(p *rtp.Packet) {
	select {
	case r.packets <- p:
	default:
		r.dropped.Add(1)
	}
}

// Stats tells what happened so far.
func (r *VideoReceiver) Stats() VideoStats {
	return VideoStats{
		Frames: int(r.frames.Load()), Keys: int(r.keys.Load()),
		Dropped: int(r.dropped.Load()), Wishes: int(r.wishes.Load()),
	}
}

// Close stops the receiver. The slot keeps its last picture: clear it if it should not.
func (r *VideoReceiver) Close() {
	r.cancel()
	<-r.ended
}

func (r *VideoReceiver) run(ctx context.Context, dec *Decoder) {
	defer close(r.ended)
	defer dec.Close()
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	var a Assembler
	for {
		var frames []Frame
		var want bool
		select {
		case p := <-r.packets:
			frames, want = a.Push(p, time.Now())
		case now := <-tick.C:
			frames, want = a.Tick(now)
		case <-ctx.Done():
			return
		}
		r.show(&a, dec, frames)
		if want {
			r.wishes.Add(1)
			r.wantKey()
		}
	}
}

// show decodes all of the frames, for each leans on the one before, and converts the last alone.
func (r *VideoReceiver) show(a *Assembler, dec *Decoder, frames []Frame) {
	var last *I420
	for _, f := range frames {
		img, err := dec.Decode(f.Data)
		if err != nil {
			a.Lost()
			return
		}
		r.frames.Add(1)
		if f.Key {
			r.keys.Add(1)
		}
		last = img
	}
	if last != nil {
		r.slot.Put(last)
	}
}
