package media

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// Video rates in bit/s.
const (
	// StartBitrate makes a good 360p from the first frame on.
	StartBitrate = 600_000
	// MaxBitrate is what a 720p face needs at most.
	MaxBitrate = 2_500_000
	minBitrate = 50_000
)

// VideoSenderConfig says where pictures come from and go to. The functions are called from the
// sender's goroutine and must return quickly; while they do not, pictures are dropped. They must
// not call SetSource or Close.
//
// Problem hears that the source failed (*DeviceError) and is closed, or that the codec failed
// (ErrCodec) and goes on trying; then nil, when it works again.
type VideoSenderConfig struct {
	Source    VideoSource        // nil: none yet. The sender closes it.
	Preview   *Slot              // nil, or where the self view is shown
	Send      func(EncodedFrame) // every frame, in order
	Problem   func(error)        // see below
	MaxHeight int                // 0: 720
	Now       func() time.Time   // nil: time.Now
}

// VideoSender takes pictures, scales them to what the line carries, and compresses them.
type VideoSender struct {
	cfg    VideoSenderConfig
	cancel context.CancelFunc
	ended  chan struct{}

	source    swap[VideoSource]
	bitrate   atomic.Int64
	maxHeight atomic.Int64
	paused    atomic.Bool
	wantKey   atomic.Bool
}

// NewVideoSender starts sending at 360p and StartBitrate.
func NewVideoSender(cfg VideoSenderConfig) *VideoSender {
	if cfg.MaxHeight == 0 {
		cfg.MaxHeight = 720
	}
	if cfg.Problem == nil {
		cfg.Problem = func(error) {}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &VideoSender{cfg: cfg, cancel: cancel, ended: make(chan struct{})}
	s.source.init(ctx, VideoSource.Close)
	s.bitrate.Store(StartBitrate)
	s.maxHeight.Store(int64(cfg.MaxHeight))
	s.source.set(cfg.Source)
	go s.run(ctx)
	return s
}

// SetSource changes the camera; nil takes it away. The sender closes the one before, and this one
// in the end. It returns when the one before is closed: usually after one picture.
func (s *VideoSender) SetSource(v VideoSource) { s.source.set(v) }

// SetBitrate follows the estimate of what the line carries, in bit/s.
func (s *VideoSender) SetBitrate(bps int) {
	s.bitrate.Store(int64(min(max(bps, minBitrate), MaxBitrate)))
}

// SetMaxHeight bounds the picture: 180, 360 or 720 lines.
func (s *VideoSender) SetMaxHeight(h int) { s.maxHeight.Store(int64(h)) }

// SetPaused stops sending and empties the preview; the source runs on, unseen. Take the source
// away to switch the camera's light off.
func (s *VideoSender) SetPaused(on bool) { s.paused.Store(on) }

// RequestKeyFrame answers the other side's picture-loss indication.
func (s *VideoSender) RequestKeyFrame() { s.wantKey.Store(true) }

// Close stops the sender and closes its source.
func (s *VideoSender) Close() {
	s.cancel()
	<-s.ended
}

func (s *VideoSender) run(ctx context.Context) {
	defer close(s.ended)
	defer s.source.end()
	e := sendEncoder{
		s: s, enc: NewEncoder(StartBitrate), ladder: newLadder(), began: s.cfg.Now(),
		scaled: &I420{}, trouble: trouble{report: s.cfg.Problem},
	}
	defer e.enc.Close()
	for ctx.Err() == nil {
		src, sctx, ok := s.source.wait(s.clearPreview)
		if !ok {
			return
		}
		f, release, err := src.Read(sctx)
		switch {
		case err == nil:
			e.frame(f)
			release()
		case sctx.Err() == nil: // else it was changed or closed
			s.source.drop(src)
			s.clearPreview()
			if !errors.Is(err, ErrClosed) {
				s.cfg.Problem(err)
			}
		}
	}
}

func (s *VideoSender) clearPreview() {
	if s.cfg.Preview != nil {
		s.cfg.Preview.Clear()
	}
}

// sendEncoder is what the sender's goroutine alone touches.
type sendEncoder struct {
	s      *VideoSender
	enc    *Encoder
	ladder ladder
	began  time.Time
	paused bool
	scaled *I420

	trouble trouble
}

func (e *sendEncoder) frame(f *I420) {
	if e.s.paused.Load() {
		if !e.paused {
			e.s.clearPreview()
		}
		e.paused = true
		return
	}
	if e.paused {
		e.paused = false
		e.enc.ForceKeyFrame()
	}
	now, bps := e.s.cfg.Now(), int(e.s.bitrate.Load())
	w, h := e.ladder.pick(bps, int(e.s.maxHeight.Load()), now)
	if f.W != w || f.H != h {
		e.scaled.CropScale(f, w, h)
		f = e.scaled
	}
	if e.s.cfg.Preview != nil {
		e.s.cfg.Preview.Put(f)
	}
	if e.s.wantKey.Swap(false) {
		e.enc.ForceKeyFrame()
	}
	err := e.enc.SetBitrate(bps)
	out := EncodedFrame{}
	if err == nil {
		out, err = e.enc.Encode(f, now.Sub(e.began))
	}
	e.trouble.tell(err)
	if out.Data != nil {
		e.s.cfg.Send(out)
	}
}

// trouble tells of a codec that fails thirty times a second once, and once when it works again.
type trouble struct {
	report func(error)
	on     bool
}

func (t *trouble) tell(err error) {
	if t.on != (err != nil) {
		t.on = err != nil
		t.report(err)
	}
}
