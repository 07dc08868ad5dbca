package media

import (
	"math"
	"testing"
)

// room is what a microphone hears of a speaker: its sound later, weaker and with a reflection.
func room(far []int16, delay int) []int16 {
	out := make([]int16, len(far))
	for i := range out {
		var v float64
		if i >= delay {
			v += 0.5 * float64(far[i-delay])
		}
		if i >= delay+700 {
			v += 0.2 * float64(far[i-delay-700])
		}
		out[i] = int16(v)
	}
	return out
}

func rms(pcm []int16) float64 { return math.Pow(10, Level(pcm)/20) }

// cancel runs the canceller over whole frames.
func cancel(t *testing.T, near, far []int16) []int16 {
	t.Helper()
	s, err := NewSpeex()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out []int16
	for i := 0; i+FrameSamples <= len(near); i += FrameSamples {
		out = append(out, s.Process(near[i:i+FrameSamples], far[i:i+FrameSamples])...)
	}
	return out
}

func TestEchoIsTakenOutAndTheVoiceKept(t *testing.T) {
	const seconds = 12
	far := speech(seconds*50, 1)
	for _, ms := range []int{20, 60, 140} {
		echo := room(far, ms*SampleRate/1000)
		out := cancel(t, echo, far)
		tail := (seconds - 4) * SampleRate // after it has learned the room
		before, after := Level(echo[tail:]), Level(out[tail:])
		t.Logf("%d ms later: echo %.1f dBFS, left %.1f", ms, before, after)
		if before-after < 20 {
			t.Errorf("%d ms later: only %.1f dB are taken out", ms, before-after)
		}
	}

	// Now somebody speaks here, in the last third, while the other side is silent, then both.
	near := speech(seconds*50, 2)
	clear(near[:6*SampleRate])
	quietFar := append([]int16(nil), far...)
	clear(quietFar[7*SampleRate : 9*SampleRate])
	mixed := room(quietFar, 60*SampleRate/1000)
	for i := range mixed {
		mixed[i] += near[i]
	}
	out := cancel(t, mixed, quietFar)
	alone := [2]int{7*SampleRate + SampleRate/2, 9 * SampleRate}
	if loss := Level(near[alone[0]:alone[1]]) - Level(out[alone[0]:alone[1]]); loss > 6 {
		t.Errorf("the near voice lost %.1f dB", loss)
	}
	both := [2]int{9 * SampleRate, 12 * SampleRate}
	if loss := Level(near[both[0]:both[1]]) - Level(out[both[0]:both[1]]); loss > 10 {
		t.Errorf("the near voice lost %.1f dB while both spoke", loss)
	}
}

func TestSteadyNoiseIsTakenOut(t *testing.T) {
	rnd := chance(6)
	noise := make([]int16, 6*SampleRate)
	for i := range noise {
		noise[i] = int16(rnd.NormFloat64() * 300)
	}
	out := cancel(t, noise, make([]int16, len(noise)))
	if gain := rms(noise[4*SampleRate:]) / rms(out[4*SampleRate:]); gain < 3 {
		t.Errorf("noise is only %.1f times weaker", gain)
	}
}

// kept is a canceller that shows what it was given.
type kept struct{ far [][]int16 }

func (k *kept) Process(near, far []int16) []int16 {
	k.far = append(k.far, append([]int16(nil), far...))
	return near
}

func TestEchoPathPairsTwoClocks(t *testing.T) {
	k := &kept{}
	p := NewEchoPath(k)
	frame := func(v int16) []int16 {
		f := make([]int16, FrameSamples)
		f[0] = v
		return f
	}
	p.Heard(frame(0)) // the speaker has not begun
	for v := int16(1); v <= 8; v++ {
		p.Played(frame(v)) // it is far ahead: the oldest go
	}
	for range 6 {
		p.Heard(frame(0))
	}
	var got []int16
	for _, f := range k.far {
		got = append(got, f[0])
	}
	want := []int16{0, 4, 5, 6, 7, 8, 0}
	for i := range want {
		if len(got) != len(want) || got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	if out := NewEchoPath(nil).Heard(frame(9)); out[0] != 9 {
		t.Error("a path without a canceller changes the sound")
	}
}

func TestLevelAndPower(t *testing.T) {
	if l := Level(sine(440, 50)); math.Abs(l+9.03) > 0.1 {
		t.Errorf("half of full scale is %.2f dBFS", l)
	}
	if l := Level(make([]int16, 960)); l != Quiet {
		t.Errorf("silence is %.2f dBFS", l)
	}
	mix := sine(440, 50)
	for i, v := range sine(1000, 50) {
		mix[i] += v
	}
	for hz, want := range map[float64]float64{440: 0.5, 1000: 0.5, 700: 0} {
		if p := PowerAt(mix, hz); math.Abs(p-want) > 0.02 {
			t.Errorf("%.0f Hz has %.3f, want %.1f", hz, p, want)
		}
	}
	if PowerAt(make([]int16, 100), 440) != 0 {
		t.Error("silence has a tone")
	}
}
