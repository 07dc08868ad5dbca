package media

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
)

// AudioReceiverConfig says where sound goes to. Problem is called from the receiver's goroutine,
// and must not call SetSink or Close.
type AudioReceiverConfig struct {
	Sink    AudioSink   // nil: none yet. The receiver closes it.
	Echo    *EchoPath   // nil: none; else it is told what was played
	Problem func(error) // the sink failed (*DeviceError) and is closed
}

// AudioReceiver evens out, decodes and plays what the other side sends.
type AudioReceiver struct {
	cfg    AudioReceiverConfig
	cancel context.CancelFunc
	ended  chan struct{}
	sink   swap[AudioSink]
	muted  atomic.Bool
	level  level

	mu     sync.Mutex
	jitter Jitter
}

// NewAudioReceiver starts a receiver.
func NewAudioReceiver(cfg AudioReceiverConfig) (*AudioReceiver, error) {
	dec, err := NewOpusDecoder()
	if err != nil {
		return nil, err
	}
	if cfg.Problem == nil {
		cfg.Problem = func(error) {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &AudioReceiver{cfg: cfg, cancel: cancel, ended: make(chan struct{})}
	r.sink.init(ctx, AudioSink.Close)
	r.level.store(Quiet)
	r.sink.set(cfg.Sink)
	go r.run(ctx, dec)
	return r, nil
}

// Push takes one packet, from any goroutine, and keeps its payload. It never waits for sound.
func (r *AudioReceiver) Push(p *rtp.Packet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.jitter.Push(p, time.Now())
}

// SetSink changes the speaker; nil takes it away. The receiver closes the one before, and this
// one in the end. It returns when the one before is closed.
func (r *AudioReceiver) SetSink(s AudioSink) { r.sink.set(s) }

// SetMuted plays silence.
func (r *AudioReceiver) SetMuted(on bool) { r.muted.Store(on) }

// Level is the loudness of what the other side sends, in dBFS.
func (r *AudioReceiver) Level() float64 { return r.level.load() }

// Stats tells what happened to packets so far, and how much sound is held back.
func (r *AudioReceiver) Stats() (JitterStats, time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.jitter.Stats(), r.jitter.Delay()
}

// Close stops the receiver and closes its sink.
func (r *AudioReceiver) Close() {
	r.cancel()
	<-r.ended
}

func (r *AudioReceiver) run(ctx context.Context, dec *OpusDecoder) {
	defer close(r.ended)
	defer dec.Close()
	defer r.sink.end()
	// Without a speaker sound goes on being used up, so that none is old when one comes.
	idle := time.NewTicker(FrameTime)
	defer idle.Stop()
	out := player{r: r, dec: dec}
	frame := make([]int16, FrameSamples)
	for {
		sink, sctx, ok := r.sink.get()
		if !ok {
			select {
			case <-idle.C:
				out.fill(frame)
			case <-ctx.Done():
				return
			}
			continue
		}
		out.fill(frame)
		err := sink.Write(sctx, frame)
		switch {
		case err == nil:
			if r.cfg.Echo != nil {
				r.cfg.Echo.Played(frame)
			}
		case ctx.Err() != nil:
			return
		case sctx.Err() == nil:
			r.sink.drop(sink)
			if !errors.Is(err, ErrClosed) {
				r.cfg.Problem(err)
			}
		}
	}
}

// player cuts what packets hold, 2.5 to 120 ms each, into frames of 20 ms.
type player struct {
	r     *AudioReceiver
	dec   *OpusDecoder
	ready []int16
}

func (p *player) fill(frame []int16) {
	for len(p.ready) < len(frame) {
		p.ready = append(p.ready, p.more()...)
	}
	copy(frame, p.ready)
	p.ready = p.ready[:copy(p.ready, p.ready[len(frame):])]
	p.r.level.store(Level(frame))
	if p.r.muted.Load() {
		clear(frame)
	}
}

// more returns some sound: silence if there is none, or if it cannot be decoded.
func (p *player) more() []int16 {
	p.r.mu.Lock()
	piece := p.r.jitter.Pop()
	p.r.mu.Unlock()
	var pcm []int16
	var err error
	switch piece.Do {
	case PlayFrame:
		pcm, err = p.dec.Decode(piece.Packet)
	case PlayRecover:
		pcm, err = p.dec.Recover(piece.Packet)
	case PlayConceal:
		pcm, err = p.dec.Conceal()
	case PlayMerge:
		pcm, err = p.merge(piece)
	case PlayNothing:
	}
	if err != nil || len(pcm) == 0 {
		return silence
	}
	return pcm
}

// merge blends two packets into the time of one.
func (p *player) merge(piece Piece) ([]int16, error) {
	pcm, err := p.dec.Decode(piece.Packet)
	if err != nil {
		return nil, err
	}
	first := append([]int16(nil), pcm...)
	second, err := p.dec.Decode(piece.After)
	if err != nil || len(first) != len(second) {
		return first, nil // half of it is better than none
	}
	n := int32(len(first)) // #nosec G115 -- at most 5760
	for i := range n {
		second[i] = int16((int32(first[i])*(n-i) + int32(second[i])*i) / n) // #nosec G115 -- a mean of two int16
	}
	return second, nil
}
