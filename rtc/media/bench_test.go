//go:build unix

package media

import (
	"fmt"
	"image"
	"syscall"
	"testing"
	"time"
)

// each runs a benchmark at every size, and tells what a call at 30 frames a second would take of
// one core. Processor time, not time on the wall: it is the same on a busy machine.
func each(b *testing.B, setUp func(b *testing.B, w, h, bps int) (step func(i int) error)) {
	for _, s := range sizes {
		b.Run(fmt.Sprintf("%dp", s.h), func(b *testing.B) { measure(b, 30, setUp(b, s.w, s.h, s.bps)) })
	}
}

// measure runs a step, of which a call makes so many a second.
func measure(b *testing.B, perSecond float64, step func(i int) error) {
	began := cpu(b)
	for i := 0; b.Loop(); i++ {
		if err := step(i); err != nil {
			b.Fatal(err)
		}
	}
	each := (cpu(b) - began).Seconds() / float64(b.N)
	b.ReportMetric(each*1000, "cpu-ms/op")
	b.ReportMetric(each*perSecond*100, "%core")
}

// cpu is the processor time of this process so far.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkEncode(b *testing.B) {
	each(b, func(b *testing.B, w, h, bps int) func(int) error {
		clip, e := scene(w, h), NewEncoder(bps)
		b.Cleanup(e.Close)
		return func(i int) error {
			_, err := e.Encode(clip[i%len(clip)], time.Duration(i)*nominal)
			return err
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	each(b, func(b *testing.B, w, h, bps int) func(int) error {
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
		b.Cleanup(d.Close)
		return func(i int) error { _, err := d.Decode(frames[i%len(frames)]); return err }
	})
}

func BenchmarkToRGBA(b *testing.B) {
	each(b, func(_ *testing.B, w, h, _ int) func(int) error {
		f, dst := scene(w, h)[0], image.NewRGBA(image.Rect(0, 0, w, h))
		return func(int) error { toRGBA(dst, f, false); return nil }
	})
}

func BenchmarkScaleFrom720(b *testing.B) {
	src := scene(1280, 720)[0]
	each(b, func(_ *testing.B, w, h, _ int) func(int) error {
		var f I420
		return func(int) error { f.CropScale(src, w, h); return nil }
	})
}

func BenchmarkSound(b *testing.B) {
	enc, dec := newOpus(b)
	echo, err := NewSpeex()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(echo.Close)
	voice := speech(50, 3)
	frame := func(i int) []int16 { k := i % 50 * FrameSamples; return voice[k : k+FrameSamples] }
	packets := encodeAll(b, enc, voice)
	run := func(name string, step func(i int) error) {
		b.Run(name, func(b *testing.B) { measure(b, 50, step) })
	}
	run("encode", func(i int) error { _, err := enc.Encode(frame(i)); return err })
	run("decode", func(i int) error { _, err := dec.Decode(packets[i%50]); return err })
	run("echo", func(i int) error { echo.Process(frame(i), frame(i+7)); return nil })
}
