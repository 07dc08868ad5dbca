package media

import (
	"math"
	"testing"
)

func newOpus(t testing.TB) (*OpusEncoder, *OpusDecoder) {
	t.Helper()
	e, err := NewOpusEncoder(VoiceBitrate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	d, err := NewOpusDecoder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return e, d
}

// encodeAll compresses whole frames of sound.
func encodeAll(t testing.TB, e *OpusEncoder, pcm []int16) (out [][]byte) {
	t.Helper()
	for i := 0; i+FrameSamples <= len(pcm); i += FrameSamples {
		p, err := e.Encode(pcm[i : i+FrameSamples])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func sine(hz float64, frames int) []int16 {
	out := make([]int16, frames*FrameSamples)
	for i := range out {
		out[i] = int16(toneHeight * math.Sin(2*math.Pi*hz*float64(i)/SampleRate))
	}
	return out
}

func TestOpusKeepsATone(t *testing.T) {
	e, d := newOpus(t)
	var heard []int16
	size := 0
	for _, p := range encodeAll(t, e, sine(440, 100)) {
		size += len(p)
		if n := opusSamples(p); n != FrameSamples {
			t.Fatalf("a packet of %d samples", n)
		}
		pcm, err := d.Decode(p)
		if err != nil || len(pcm) != FrameSamples {
			t.Fatalf("%d samples, %v", len(pcm), err)
		}
		heard = append(heard, pcm...)
	}
	heard = heard[10*FrameSamples:]
	if at, off := PowerAt(heard, 440), PowerAt(heard, 880); at < 0.95 || off > 0.02 {
		t.Errorf("440 Hz has %.3f, 880 Hz %.3f", at, off)
	}
	if rate := size * 8 / 2; rate < 15_000 || rate > 45_000 {
		t.Errorf("%d bit/s", rate)
	}
}

func TestOpusConcealsAndRecovers(t *testing.T) {
	e, d := newOpus(t)
	_, plain := newOpus(t)
	packets := encodeAll(t, e, speech(100, 3))
	// What a decoder without any loss hears at each frame.
	truth := make([][]int16, len(packets))
	for i, p := range packets {
		pcm, err := plain.Decode(p)
		if err != nil {
			t.Fatal(err)
		}
		truth[i] = append([]int16(nil), pcm...)
	}
	var recovered, concealed, n float64
	for i, p := range packets {
		if i%10 != 5 {
			if _, err := d.Decode(p); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if Level(truth[i]) < -35 {
			_, _ = d.Decode(p)
			continue
		}
		// Frame i is lost; recover it from the next on one decoder, invent it on another.
		other := decoderAt(t, packets[:i])
		guess, err := other.Conceal()
		if err != nil || len(guess) != FrameSamples {
			t.Fatalf("conceal: %d samples, %v", len(guess), err)
		}
		concealed += likeness(truth[i], guess)
		pcm, err := d.Recover(packets[i+1])
		if err != nil || len(pcm) != FrameSamples {
			t.Fatalf("recover: %d samples, %v", len(pcm), err)
		}
		recovered += likeness(truth[i], pcm)
		n++
	}
	recovered, concealed = recovered/n, concealed/n
	t.Logf("likeness of %.0f lost frames: recovered %.2f, concealed %.2f", n, recovered, concealed)
	if n < 4 || recovered < 0.5 || concealed < 0.2 {
		t.Errorf("likeness of %.0f lost frames: recovered %.2f, concealed %.2f", n, recovered, concealed)
	}
}

func decoderAt(t *testing.T, packets [][]byte) *OpusDecoder {
	t.Helper()
	_, d := newOpus(t)
	for _, p := range packets {
		if _, err := d.Decode(p); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// likeness is the correlation of two frames, from -1 to 1.
func likeness(a, b []int16) float64 {
	var ab, aa, bb float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

func TestOpusConcealmentFadesOut(t *testing.T) {
	e, d := newOpus(t)
	for _, p := range encodeAll(t, e, sine(300, 20)) {
		if _, err := d.Decode(p); err != nil {
			t.Fatal(err)
		}
	}
	var first, last float64
	for i := range 30 {
		pcm, err := d.Conceal()
		if err != nil {
			t.Fatal(err)
		}
		if last = Level(pcm); i == 0 {
			first = last
		}
	}
	if first < -20 || last > first-30 {
		t.Errorf("begins at %.0f dB and is at %.0f after 600 ms", first, last)
	}
}

func TestOpusRefusesWhatIsNoPacket(t *testing.T) {
	_, d := newOpus(t)
	for _, p := range [][]byte{nil, {}, {0xff}, {3, 0xff, 0xff}} {
		if pcm, err := d.Decode(p); err == nil {
			t.Errorf("%v gives %d samples", p, len(pcm))
		}
	}
	e, _ := newOpus(t)
	if _, err := e.Encode(make([]int16, 959)); err == nil {
		t.Error("a short frame was taken")
	}
	e.Close()
	if _, err := e.Encode(make([]int16, FrameSamples)); err == nil {
		t.Error("a closed encoder encodes")
	}
}

func FuzzOpusDecode(f *testing.F) {
	e, _ := newOpus(f)
	for _, p := range encodeAll(f, e, speech(5, 1)) {
		f.Add(p, byte(0))
		f.Add(p, byte(1))
	}
	f.Fuzz(func(t *testing.T, packet []byte, how byte) {
		if len(packet) > 1500 {
			return // no RTP packet is longer
		}
		_, d := newOpus(t)
		for range 2 {
			pcm, err := d.Decode(packet)
			if how&1 == 1 {
				pcm, err = d.Recover(packet)
			}
			if err == nil && len(pcm) > maxOpusSamples {
				t.Fatalf("%d samples", len(pcm))
			}
		}
	})
}
