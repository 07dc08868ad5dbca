//go:build linux

package main_test

import (
	"encoding/json"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"alcove/ui/look"
	"alcove/ui/widget"
)

// drawEnv holds the height of the pictures that this program is to draw, in place of any test: a
// window needs a process of its own, and that one's first thread (TestMain).
const drawEnv = "ALCOVE_DRAW"

// drawn is what a drawing process tells in the end.
type drawn struct {
	Pictures int
	CPU      time.Duration
	Took     time.Duration
}

// BenchmarkDraw is the picture of a call, and nothing else: 30 new ones a second from the slot into
// a real window of 1280 by 720, drawn by software OpenGL. Processor time of the whole process,
// in which nothing else goes on.
func BenchmarkDraw(b *testing.B) {
	for _, height := range []string{"360", "720"} {
		b.Run(height+"p", func(b *testing.B) {
			m := newMachine(b)
			self, err := os.Executable()
			if err != nil {
				b.Fatal(err)
			}
			var each, core, rate []float64
			for b.Loop() {
				cmd := m.command(self)
				cmd.Env = append(cmd.Env, drawEnv+"="+height)
				cmd.Stderr = os.Stderr
				out, err := cmd.Output()
				var d drawn
				if err == nil {
					err = json.Unmarshal(out, &d)
				}
				if err != nil || d.Pictures == 0 {
					b.Fatalf("nothing was drawn: %v, %s", err, out)
				}
				each = append(each, d.CPU.Seconds()*1000/float64(d.Pictures))
				core = append(core, 100*d.CPU.Seconds()/d.Took.Seconds())
				rate = append(rate, float64(d.Pictures)/d.Took.Seconds())
			}
			b.ReportMetric(median(each), "cpu-ms/picture")
			b.ReportMetric(median(core), "%core")
			b.ReportMetric(median(rate), "pictures/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// film is a decoder's pictures in turn.
type film struct {
	pictures []*image.RGBA
	seq      uint64
}

func (f *film) Latest() (*image.RGBA, uint64) {
	f.seq++
	return f.pictures[f.seq%uint64(len(f.pictures))], f.seq
}

func newFilm(w, h int) *film {
	chance, f := rand.New(rand.NewPCG(1, 2)), &film{}
	for range 3 {
		p := image.NewRGBA(image.Rect(0, 0, w, h))
		for i := range p.Pix {
			p.Pix[i] = uint8(chance.Uint32())
			if i%4 == 3 {
				p.Pix[i] = 0xff // opaque
			}
		}
		f.pictures = append(f.pictures, p)
	}
	return f
}

// draw shows pictures for twelve seconds and tells what the last ten of them cost.
func draw(height string) {
	size := map[string]image.Point{"360": {X: 640, Y: 360}, "720": {X: 1280, Y: 720}}[height]
	a := fyneapp.NewWithID("alcove.draw")
	a.Settings().SetTheme(look.New("light"))
	v := widget.NewVideo(newFilm(size.X, size.Y), "Kim", 0)
	w := a.NewWindow("Draw")
	w.SetPadded(false)
	w.SetContent(v)
	w.Resize(fyne.NewSize(1280, 720))
	var pictures atomic.Int64
	a.Lifecycle().SetOnStarted(func() {
		go func() {
			tick := time.NewTicker(time.Second / 30)
			show := func(d time.Duration) {
				for limit := time.Now().Add(d); time.Now().Before(limit); <-tick.C {
					fyne.DoAndWait(func() { v.Tick(); pictures.Add(1) })
				}
			}
			show(2 * time.Second)
			began, before, cpu := time.Now(), pictures.Load(), processor()
			show(10 * time.Second)
			_ = json.NewEncoder(os.Stdout).Encode(drawn{int(pictures.Load() - before), processor() - cpu, time.Since(began)})
			fyne.Do(a.Quit)
		}()
	})
	w.ShowAndRun()
}

// processor is the processor time of this process so far.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
