package media

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// Tone is a source of one pure tone, for demonstrations and tests. Nothing in this package opens
// it by itself: nobody shall take it for a voice.
func Tone(hz float64) AudioSource {
	t := &tone{step: 2 * math.Pi * hz / SampleRate}
	t.pace.start()
	return t
}

type tone struct {
	pace        pace
	step, phase float64
}

// toneHeight is half of full scale: -9 dBFS.
const toneHeight = 0.5 * math.MaxInt16

func (t *tone) Read(ctx context.Context, frame []int16) error {
	if err := t.pace.wait(ctx); err != nil {
		return err
	}
	for i := range frame {
		frame[i] = int16(toneHeight * math.Sin(t.phase))
		t.phase = math.Mod(t.phase+t.step, 2*math.Pi)
	}
	return nil
}

func (t *tone) Close() { t.pace.stop() }

// pace lets one frame through every 20 ms, as a device would.
type pace struct {
	ticker *time.Ticker
	done   chan struct{}
	once   sync.Once
}

func (p *pace) start() {
	p.ticker, p.done = time.NewTicker(FrameTime), make(chan struct{})
}

func (p *pace) wait(ctx context.Context) error {
	select {
	case <-p.ticker.C:
		return nil
	case <-p.done:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pace) stop() {
	p.once.Do(func() {
		p.ticker.Stop()
		close(p.done)
	})
}

// Measure is a sink that keeps the last second of sound instead of playing it, for
// demonstrations and tests.
type Measure struct {
	pace pace

	mu   sync.Mutex
	last []int16
}

// NewMeasure makes a sink with a device's pace.
func NewMeasure() *Measure {
	m := &Measure{}
	m.pace.start()
	return m
}

// Write implements AudioSink.
func (m *Measure) Write(ctx context.Context, frame []int16) error {
	if err := m.pace.wait(ctx); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = append(m.last, frame...)
	if extra := len(m.last) - SampleRate; extra > 0 {
		m.last = m.last[:copy(m.last, m.last[extra:])]
	}
	return nil
}

// Close implements AudioSink.
func (m *Measure) Close() { m.pace.stop() }

// Last returns a copy of at most the last second.
func (m *Measure) Last() []int16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]int16(nil), m.last...)
}

// PowerAt tells how strong one frequency is in the last second, from 0 to 1.
func (m *Measure) PowerAt(hz float64) float64 { return PowerAt(m.Last(), hz) }

// powerWindow is a tenth of a second: tones 20 Hz apart are told from each other, and a click
// spoils one window alone.
const powerWindow = SampleRate / 10

// PowerAt tells what share of the sound's energy is a tone of hz, from 0 to 1: the median over
// windows of a tenth of a second. A tone of 440 Hz gives nearly 1 at 440 and nearly 0 elsewhere.
func PowerAt(pcm []int16, hz float64) float64 {
	var shares []float64
	for i := 0; i+powerWindow <= len(pcm); i += powerWindow {
		shares = append(shares, goertzel(pcm[i:i+powerWindow], hz))
	}
	if len(shares) == 0 {
		return 0
	}
	slices.Sort(shares)
	return shares[len(shares)/2]
}

// goertzel is one bin of a Fourier transform, at any frequency, as a share of the energy.
func goertzel(pcm []int16, hz float64) float64 {
	var energy, s1, s2 float64
	k := 2 * math.Cos(2*math.Pi*hz/SampleRate)
	for _, v := range pcm {
		x := float64(v)
		energy += x * x
		s1, s2 = x+k*s1-s2, s1
	}
	if energy == 0 {
		return 0
	}
	return 2 * (s1*s1 + s2*s2 - k*s1*s2) / (energy * float64(len(pcm)))
}

// Quiet is what Level gives for digital silence.
const Quiet = -96.0

// Level is the loudness of sound as root mean square, in dB below full scale, from Quiet to 0.
func Level(pcm []int16) float64 {
	var energy float64
	for _, v := range pcm {
		energy += float64(v) * float64(v)
	}
	if energy == 0 {
		return Quiet
	}
	rms := math.Sqrt(energy/float64(len(pcm))) / math.MaxInt16
	return min(max(20*math.Log10(rms), Quiet), 0)
}
