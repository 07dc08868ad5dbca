package media

import (
	"fmt"
	"image"
	"math"
	"testing"
	"time"
)

// sizes are 360p and 720p, which BENCHMARKS.md compares.
var sizes = []struct{ w, h, bps int }{{640, 360, StartBitrate}, {1280, 720, 1_800_000}}

// each runs a benchmark at every size, and tells what a call at 30 frames a second would take of
// one core.
func each(b *testing.B, run func(b *testing.B, w, h, bps int)) {
	for _, s := range sizes {
		b.Run(fmt.Sprintf("%dp", s.h), func(b *testing.B) {
			run(b, s.w, s.h, s.bps)
			perFrame := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(perFrame*1000, "ms/frame")
			b.ReportMetric(perFrame*30*100, "%core")
		})
	}
}

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

func BenchmarkEncode(b *testing.B) {
	each(b, func(b *testing.B, w, h, bps int) {
		clip := scene(w, h)
		e := NewEncoder(bps)
		defer e.Close()
		size := 0
		for i := 0; b.Loop(); i++ {
			f, err := e.Encode(clip[i%len(clip)], time.Duration(i)*nominal)
			if err != nil {
				b.Fatal(err)
			}
			size += len(f.Data)
		}
		b.ReportMetric(float64(size)*8*30/float64(b.N)/1000, "kbit/s")
	})
}

func BenchmarkDecode(b *testing.B) {
	each(b, func(b *testing.B, w, h, bps int) {
		var frames [][]byte
		e := NewEncoder(bps)
		defer e.Close()
		for i, f := range scene(w, h) {
			out, err := e.Encode(f, time.Duration(i)*nominal)
			if err != nil {
				b.Fatal(err)
			}
			if out.Data != nil {
				frames = append(frames, out.Data)
			}
		}
		d, err := NewDecoder()
		if err != nil {
			b.Fatal(err)
		}
		defer d.Close()
		for i := 0; b.Loop(); i++ {
			if _, err := d.Decode(frames[i%len(frames)]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkToRGBA(b *testing.B) {
	each(b, func(b *testing.B, w, h, _ int) {
		f, dst := scene(w, h)[0], image.NewRGBA(image.Rect(0, 0, w, h))
		for b.Loop() {
			toRGBA(dst, f, false)
		}
	})
}

func BenchmarkScaleFrom720(b *testing.B) {
	src := scene(1280, 720)[0]
	each(b, func(b *testing.B, w, h, _ int) {
		var f I420
		for b.Loop() {
			f.CropScale(src, w, h)
		}
	})
}

func BenchmarkSound(b *testing.B) {
	enc, err := NewOpusEncoder(VoiceBitrate)
	if err != nil {
		b.Fatal(err)
	}
	defer enc.Close()
	dec, err := NewOpusDecoder()
	if err != nil {
		b.Fatal(err)
	}
	defer dec.Close()
	echo, err := NewSpeex()
	if err != nil {
		b.Fatal(err)
	}
	defer echo.Close()
	voice := speech(50, 3)
	run := func(name string, f func(frame []int16) error) {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				k := i % 50 * FrameSamples
				if err := f(voice[k : k+FrameSamples]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*50*100, "%core")
		})
	}
	var packet []byte
	run("encode", func(f []int16) (err error) { packet, err = enc.Encode(f); return err })
	run("decode", func([]int16) error { _, err := dec.Decode(packet); return err })
	run("echo", func(f []int16) error { echo.Process(f, f); return nil })
}
