package media

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// audioLine is a sender and a receiver with a line between that a test can spoil.
type audioLine struct {
	sender   *AudioSender
	receiver *AudioReceiver

	mu       sync.Mutex
	lose     func() bool
	seq      uint16
	problems []error
}

func newAudioLine(t *testing.T, src AudioSource, sink AudioSink, echo *EchoPath) *audioLine {
	t.Helper()
	l := &audioLine{lose: func() bool { return false }, seq: 65500}
	problem := func(err error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.problems = append(l.problems, err)
	}
	var err error
	if l.receiver, err = NewAudioReceiver(AudioReceiverConfig{Sink: sink, Echo: echo, Problem: problem}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.receiver.Close)
	l.sender, err = NewAudioSender(AudioSenderConfig{Source: src, Problem: problem, Send: l.send})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.sender.Close)
	return l
}

func (l *audioLine) send(packet []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := &rtp.Packet{
		Header:  rtp.Header{SequenceNumber: l.seq, Timestamp: uint32(l.seq) * FrameSamples},
		Payload: packet,
	}
	l.seq++
	if !l.lose() {
		l.receiver.Push(p)
	}
}

func (l *audioLine) problem() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.problems...)
}

func TestVoiceFromSourceToSink(t *testing.T) {
	noLeak(t)
	sink := NewMeasure()
	l := newAudioLine(t, Tone(440), sink, nil)
	hears := func(m *Measure, hz float64) {
		t.Helper()
		wait(t, "the tone", func() bool { return len(m.Last()) == SampleRate && m.PowerAt(hz) > 0.9 })
	}
	hears(sink, 440)
	if a, b := l.sender.Level(), l.receiver.Level(); !near(int(a), -9, 1) || !near(int(b), -9, 2) {
		t.Errorf("levels %.1f and %.1f dBFS", a, b)
	}

	// Muted here: silence there, and the meter still moves.
	l.sender.SetMuted(true)
	wait(t, "silence", func() bool { return Level(sink.Last()) < -80 })
	if v := l.sender.Level(); !near(int(v), -9, 1) {
		t.Errorf("the meter stands at %.1f while muted", v)
	}
	l.sender.SetMuted(false)
	hears(sink, 440)
	l.receiver.SetMuted(true)
	wait(t, "silence", func() bool { return Level(sink.Last()) == Quiet })
	l.receiver.SetMuted(false)

	// Other devices in the middle, and none.
	l.sender.SetSource(Tone(1000))
	hears(sink, 1000)
	l.receiver.SetSink(nil)
	other := NewMeasure()
	time.Sleep(500 * time.Millisecond)
	l.receiver.SetSink(other)
	hears(other, 1000)
	l.receiver.mu.Lock()
	if d := l.receiver.jitter.depth(); d > maxDelay+glut {
		t.Errorf("%v wait after half a second without a speaker", d)
	}
	l.receiver.mu.Unlock()
	if err := l.problem(); err != nil {
		t.Error(err)
	}
}

func TestVoiceUnderLoss(t *testing.T) {
	noLeak(t)
	sink := NewMeasure()
	l := newAudioLine(t, Tone(440), sink, nil)
	rnd := chance(14)
	l.mu.Lock()
	l.lose = func() bool { return rnd.IntN(100) < 10 }
	l.mu.Unlock()
	wait(t, "the tone in spite of loss", func() bool {
		s, _ := l.receiver.Stats()
		return s.Played > 150 && s.Recovered > 5 && sink.PowerAt(440) > 0.8
	})
	s, delay := l.receiver.Stats()
	t.Logf("%+v, %v held back, 440 Hz has %.2f", s, delay, sink.PowerAt(440))
}

// A call through a real sound server: a tone out of a speaker, its monitor as the microphone of
// another line, and the tone at that line's end. Then the speaker's server dies.
func TestVoiceThroughRealDevices(t *testing.T) {
	noLeak(t)
	s := soundServer(t)
	speaker, err := OpenSpeaker(soundID("one"))
	if err != nil {
		t.Fatal(err)
	}
	first := newAudioLine(t, Tone(520), speaker, nil)
	mic, err := OpenMicrophone(soundID("desk"))
	if err != nil {
		t.Fatal(err)
	}
	sink := NewMeasure()
	second := newAudioLine(t, mic, sink, nil)
	wait(t, "the tone", func() bool { return len(sink.Last()) == SampleRate && sink.PowerAt(520) > 0.9 })
	s.stop()
	wait(t, "both problems", func() bool { return first.problem() != nil && second.problem() != nil })
	for _, err := range []error{first.problem(), second.problem()} {
		if !errors.Is(err, ErrUnplugged) {
			t.Error(err)
		}
	}
	second.sender.SetSource(Tone(900))
	wait(t, "another microphone", func() bool { return sink.PowerAt(900) > 0.9 })
}

func TestReceiverTellsTheEchoPath(t *testing.T) {
	noLeak(t)
	k := &kept{}
	echo := NewEchoPath(k)
	l := newAudioLine(t, Tone(440), NewMeasure(), echo)
	wait(t, "the far tone on the echo path", func() bool {
		echo.Heard(silence)
		return Level(k.far[len(k.far)-1]) > -15
	})
	l.receiver.SetMuted(true)
	wait(t, "silence on the echo path", func() bool {
		time.Sleep(FrameTime)
		echo.Heard(silence)
		return Level(k.far[len(k.far)-1]) == Quiet
	})
}
