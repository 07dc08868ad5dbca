package media

import (
	"image"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
)

// psnr compares the visible part of two luma planes, in dB.
func psnr(t *testing.T, a, b *I420) float64 {
	t.Helper()
	if a.W != b.W || a.H != b.H {
		t.Fatalf("sizes differ: %dx%d, %dx%d", a.W, a.H, b.W, b.H)
	}
	var sum float64
	for y := range a.H {
		for x := range a.W {
			d := float64(a.Y[y*a.YStride+x]) - float64(b.Y[y*b.YStride+x])
			sum += d * d
		}
	}
	if sum == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(255*255*float64(a.W*a.H)/sum)
}

// packets cuts a VP8 frame into RTP packets of at most 1200 bytes, as a sender does.
func packets(seq *uint16, stamp uint32, data []byte) []*rtp.Packet {
	var p codecs.VP8Payloader
	var out []*rtp.Packet
	parts := p.Payload(1200, data)
	for i, part := range parts {
		out = append(out, &rtp.Packet{
			Header: rtp.Header{
				Version: 2, SequenceNumber: *seq, Timestamp: stamp, Marker: i == len(parts)-1,
			},
			Payload: part,
		})
		*seq++
	}
	return out
}

// center returns the colour at the middle of a picture.
func center(img *image.RGBA) (r, g, b int) {
	c := img.RGBAAt(img.Rect.Dx()/2, img.Rect.Dy()/2)
	return int(c.R), int(c.G), int(c.B)
}

func near(a, b, by int) bool { return a-b <= by && b-a <= by }

// noLeak fails if this package's goroutines outlive the test.
func noLeak(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		var stacks string
		for range 1500 { // half a minute
			buf := make([]byte, 1<<20)
			stacks = string(buf[:runtime.Stack(buf, true)])
			// The testing goroutine itself is in this function.
			if n := strings.Count(stacks, "alcove/rtc/media.(*"); n == 0 {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Errorf("goroutines are left:\n%s", stacks)
	})
}

// chance is the same for every run.
func chance(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 42)) }

// speech is something like a voice: a buzz with overtones whose pitch and loudness wander, with
// pauses. Two seeds are two people.
func speech(frames int, seed uint64) []int16 {
	rnd := chance(seed)
	out := make([]int16, frames*FrameSamples)
	base, phase, loud, aim := 100+20*float64(seed%7), 0.0, 0.0, 0.0
	pitch := base
	for i := range out {
		if i%(FrameSamples*4) == 0 {
			pitch = base * (0.8 + 0.5*rnd.Float64())
			aim = max(rnd.Float64()*1.6-0.4, 0)
		}
		loud += (aim - loud) / 900
		phase += pitch / SampleRate
		v := 0.0
		for h := 1.0; h < 20; h++ {
			v += math.Sin(2*math.Pi*h*phase) / h * (0.6 + 0.4*math.Cos(h*base))
		}
		out[i] = int16(5000 * loud * v)
	}
	return out
}

// sizes are 360p and 720p, which BENCHMARKS.md compares.
var sizes = []struct{ w, h, bps int }{{640, 360, StartBitrate}, {1280, 720, 1_800_000}}

// scene is two seconds of something like a head before a wall: smooth shapes that sway, and the
// noise of a camera's sensor.
func scene(w, h int) []*I420 {
	rnd := chance(7)
	noise := make([]byte, 1<<16)
	for i := range noise {
		noise[i] = byte(rnd.IntN(5))
	}
	clip := make([]*I420, 60)
	for n := range clip {
		f := NewI420(w, h)
		sway := 0.03 * math.Sin(2*math.Pi*float64(n)/60)
		for y := range h {
			for x := range w {
				fx, fy := float64(x)/float64(w)-0.5-sway, float64(y)/float64(h)-0.5
				v := 90 + 30*fy
				if r := fx*fx*3 + fy*fy; r < 0.08 {
					v = 170 - 600*r + 12*math.Sin(fx*90)*math.Cos(fy*70)
				}
				f.Y[y*w+x] = byte(v) + noise[(y*w+x+n*7919)&0xffff]
			}
		}
		clip[n] = f
	}
	return clip
}
