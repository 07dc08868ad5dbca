package media

/*
// Static on Linux, so that the package runs where speexdsp was never installed.
#cgo linux LDFLAGS: -l:libspeexdsp.a -lm
#cgo !linux pkg-config: speexdsp
#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>
#include <stdint.h>

static SpeexPreprocessState *alcove_preprocess(SpeexEchoState *echo, int frame, int rate) {
	SpeexPreprocessState *p = speex_preprocess_state_init(frame, rate);
	if (!p) return 0;
	int on = 1, off = 0, active = -25;
	speex_preprocess_ctl(p, SPEEX_PREPROCESS_SET_DENOISE, &on);
	speex_preprocess_ctl(p, SPEEX_PREPROCESS_SET_AGC, &off);
	speex_preprocess_ctl(p, SPEEX_PREPROCESS_SET_ECHO_STATE, echo);
	speex_preprocess_ctl(p, SPEEX_PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE, &active);
	return p;
}

static void alcove_echo_rate(SpeexEchoState *echo, int rate) {
	speex_echo_ctl(echo, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
}
*/
import "C"

import (
	"fmt"
	"sync"
)

// EchoCanceller takes out of what the microphone heard what the speaker played.
type EchoCanceller interface {
	// Process takes one frame of each, FrameSamples long, and returns the near voice. The result
	// is valid until the next call.
	Process(near, far []int16) []int16
}

// echoTail is how much later than the speaker's frame its echo may arrive: the way through two
// devices' buffers and a room.
const echoTail = SampleRate / 4

// Speex cancels echo and steady noise with speexdsp. Gain is left alone: a whisper shall stay
// one. Not for use by two goroutines at once.
type Speex struct {
	echo *C.SpeexEchoState
	pre  *C.SpeexPreprocessState
	out  [FrameSamples]int16
}

// NewSpeex makes a canceller for frames of FrameSamples.
func NewSpeex() (*Speex, error) {
	echo := C.speex_echo_state_init(FrameSamples, echoTail)
	if echo == nil {
		return nil, fmt.Errorf("%w: echo canceller", ErrCodec)
	}
	C.alcove_echo_rate(echo, SampleRate)
	pre := C.alcove_preprocess(echo, FrameSamples, SampleRate)
	if pre == nil {
		C.speex_echo_state_destroy(echo)
		return nil, fmt.Errorf("%w: noise suppressor", ErrCodec)
	}
	return &Speex{echo: echo, pre: pre}, nil
}

// Process implements EchoCanceller. Frames of another length come back as they are.
func (s *Speex) Process(near, far []int16) []int16 {
	if s.echo == nil || len(near) != FrameSamples || len(far) != FrameSamples {
		return near
	}
	out := samples(s.out[:])
	C.speex_echo_cancellation(s.echo, samples(near), samples(far), out)
	C.speex_preprocess_run(s.pre, out)
	return s.out[:]
}

// Close frees the canceller.
func (s *Speex) Close() {
	if s.echo != nil {
		C.speex_preprocess_state_destroy(s.pre)
		C.speex_echo_state_destroy(s.echo)
		s.echo, s.pre = nil, nil
	}
}

// EchoPath brings the speaker's frames and the microphone's together. Two devices run on two
// clocks: when the speaker is ahead its oldest frames are dropped, when it is behind or off the
// microphone is met with silence.
type EchoPath struct {
	canceller EchoCanceller

	mu  sync.Mutex
	far [][]int16 // played, not yet heard; at most farMost
}

// farMost is how many frames the speaker may be ahead of the microphone.
const farMost = 5

// NewEchoPath makes a path through a canceller; nil lets everything through.
func NewEchoPath(c EchoCanceller) *EchoPath { return &EchoPath{canceller: c} }

// Played notes what goes to the speaker. From any goroutine.
func (p *EchoPath) Played(frame []int16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.far) == farMost {
		p.far = p.far[1:]
	}
	p.far = append(p.far, append([]int16(nil), frame...))
}

// Heard cleans what the microphone heard. From one goroutine.
func (p *EchoPath) Heard(frame []int16) []int16 {
	if p.canceller == nil {
		return frame
	}
	p.mu.Lock()
	far := silence
	if len(p.far) > 0 {
		far, p.far = p.far[0], p.far[1:]
	}
	p.mu.Unlock()
	return p.canceller.Process(frame, far)
}

// silence is read only.
var silence = make([]int16, FrameSamples)
