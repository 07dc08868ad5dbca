package media

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
)

// VoiceBitrate is for one voice, in bit/s.
const VoiceBitrate = 32_000

// AudioSenderConfig says where sound comes from and goes to. The functions are called from the
// sender's goroutine and must return quickly; while they do not, sound is dropped. They must not
// call SetSource or Close.
type AudioSenderConfig struct {
	Source  AudioSource         // nil: none yet. The sender closes it.
	Echo    *EchoPath           // nil: none
	Send    func(packet []byte) // one Opus packet of FrameTime each, in order
	Problem func(error)         // as in VideoSenderConfig
}

// AudioSender takes sound from a microphone, cleans and compresses it.
type AudioSender struct {
	cfg    AudioSenderConfig
	cancel context.CancelFunc
	ended  chan struct{}
	source swap[AudioSource]
	muted  atomic.Bool
	level  level
}

// NewAudioSender starts sending.
func NewAudioSender(cfg AudioSenderConfig) (*AudioSender, error) {
	enc, err := NewOpusEncoder(VoiceBitrate)
	if err != nil {
		return nil, err
	}
	if cfg.Echo == nil {
		cfg.Echo = NewEchoPath(nil)
	}
	if cfg.Problem == nil {
		cfg.Problem = func(error) {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &AudioSender{cfg: cfg, cancel: cancel, ended: make(chan struct{})}
	s.source.init(ctx, AudioSource.Close)
	s.level.store(Quiet)
	s.source.set(cfg.Source)
	go s.run(ctx, enc)
	return s, nil
}

// SetSource changes the microphone; nil takes it away. The sender closes the one before, and this
// one in the end. It returns when the one before is closed.
func (s *AudioSender) SetSource(a AudioSource) { s.source.set(a) }

// SetMuted sends silence in place of sound. The packets go on, so that the other side's buffer
// stays filled; they hold nothing of what the microphone hears.
func (s *AudioSender) SetMuted(on bool) { s.muted.Store(on) }

// Level is the loudness of what the microphone hears, muted or not, in dBFS.
func (s *AudioSender) Level() float64 { return s.level.load() }

// Close stops the sender and closes its source.
func (s *AudioSender) Close() {
	s.cancel()
	<-s.ended
}

func (s *AudioSender) run(ctx context.Context, enc *OpusEncoder) {
	defer close(s.ended)
	defer enc.Close()
	defer s.source.end()
	frame := make([]int16, FrameSamples)
	codec := trouble{report: s.cfg.Problem}
	for ctx.Err() == nil {
		src, sctx, ok := s.source.wait(func() { s.level.store(Quiet) })
		if !ok {
			return
		}
		if err := src.Read(sctx, frame); err != nil {
			s.failed(sctx, src, err)
			continue
		}
		clean := s.cfg.Echo.Heard(frame)
		s.level.store(Level(clean))
		if s.muted.Load() {
			clean = silence
		}
		packet, err := enc.Encode(clean)
		codec.tell(err)
		if err == nil {
			s.cfg.Send(packet)
		}
	}
}

func (s *AudioSender) failed(sctx context.Context, src AudioSource, err error) {
	s.level.store(Quiet)
	if sctx.Err() != nil {
		return // changed or closed
	}
	s.source.drop(src)
	if !errors.Is(err, ErrClosed) {
		s.cfg.Problem(err)
	}
}

// level is a loudness that another goroutine reads.
type level struct{ bits atomic.Uint64 }

func (l *level) store(db float64) { l.bits.Store(math.Float64bits(db)) }
func (l *level) load() float64    { return math.Float64frombits(l.bits.Load()) }
