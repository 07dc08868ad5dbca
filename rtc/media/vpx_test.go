package media

import (
	"errors"
	"testing"
	"time"
)

func TestRoundTripKeepsThePicture(t *testing.T) {
	for _, s := range sizes {
		e, d := NewEncoder(s.bps), newDecoder(t)
		defer e.Close()
		var sum float64
		var n int
		for i, f := range scene(s.w, s.h) {
			out, err := e.Encode(f, time.Duration(i)*nominal)
			if err != nil {
				t.Fatal(err)
			}
			if out.Data == nil {
				continue
			}
			if out.Key != (i == 0) {
				t.Errorf("frame %d: key is %v", i, out.Key)
			}
			img, err := d.Decode(out.Data)
			if err != nil || img == nil {
				t.Fatalf("frame %d: %v, %v", i, img, err)
			}
			sum += psnr(t, f, img)
			n++
		}
		// Two grey levels of noise, which no codec keeps, bound it near 45 dB.
		if n < 55 || sum/float64(n) < 38 {
			t.Errorf("%dp: %d of 60 frames, %.1f dB", s.h, n, sum/float64(n))
		}
		t.Logf("%dp: %d frames, %.1f dB", s.h, n, sum/float64(n))
	}
}

func newDecoder(t *testing.T) *Decoder {
	t.Helper()
	d, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// The rate control must know the time base: mediadevices' does not, and is off by a thousand.
func TestBitrateIsKeptAndChanges(t *testing.T) {
	clip := scene(640, 360)
	e := NewEncoder(800_000)
	defer e.Close()
	at := time.Duration(0)
	rate := func(seconds int) int {
		size := 0
		for i := range seconds * 30 {
			out, err := e.Encode(clip[i%len(clip)], at)
			if err != nil {
				t.Fatal(err)
			}
			size += len(out.Data)
			at += nominal
		}
		return size * 8 / seconds
	}
	for _, want := range []int{800_000, 200_000, 500_000} {
		if err := e.SetBitrate(want); err != nil {
			t.Fatal(err)
		}
		rate(1) // let it settle
		got := rate(4)
		if got < want*70/100 || got > want*120/100 {
			t.Errorf("asked for %d bit/s, got %d", want, got)
		}
		t.Logf("asked for %d, got %d", want, got)
	}
}

func TestKeyFrameOnRequestAndOnNewSize(t *testing.T) {
	e, d := NewEncoder(StartBitrate), newDecoder(t)
	defer e.Close()
	at := time.Duration(0)
	encode := func(w, h int) bool {
		at += nominal
		f := NewI420(w, h)
		f.Fill(100, 90, 160)
		out, err := e.Encode(f, at)
		if err != nil || out.Data == nil {
			t.Fatalf("%dx%d: %d bytes, %v", w, h, len(out.Data), err)
		}
		img, err := d.Decode(out.Data)
		if err != nil {
			t.Fatal(err)
		}
		if img.W != w || img.H != h {
			t.Errorf("%dx%d came out as %dx%d", w, h, img.W, img.H)
		}
		if !near(int(img.Y[0]), 100, 4) || !near(int(img.U[0]), 90, 8) || !near(int(img.V[0]), 160, 8) {
			t.Errorf("colour is %d %d %d", img.Y[0], img.U[0], img.V[0])
		}
		return out.Key
	}
	if !encode(640, 360) || encode(640, 360) {
		t.Error("only the first frame is a key frame")
	}
	e.ForceKeyFrame()
	if !encode(640, 360) || encode(640, 360) {
		t.Error("one key frame was wished for")
	}
	for _, s := range [][2]int{{320, 180}, {1280, 720}, {641, 359}, {17, 3}} {
		if !encode(s[0], s[1]) {
			t.Errorf("%v: a new size needs a key frame", s)
		}
	}
	if encode(17, 3) {
		t.Error("the size did not change again")
	}
}

func TestDurationsAddUp(t *testing.T) {
	e := NewEncoder(60_000)
	defer e.Close()
	var at, sum time.Duration
	dropped, first := 0, true
	f, rnd := NewI420(320, 180), chance(5)
	for i := range 120 {
		for k := range f.Y {
			f.Y[k] = byte(rnd.Uint32()) // what no codec can make small
		}
		at = time.Duration(i) * 37 * time.Millisecond
		out, err := e.Encode(f, at)
		if err != nil {
			t.Fatal(err)
		}
		if out.Data == nil {
			dropped++
			continue
		}
		if !first {
			sum += out.Duration
			if sum != out.At {
				t.Fatalf("frame %d at %v, durations add up to %v", i, out.At, sum)
			}
		}
		first = false
	}
	if dropped == 0 {
		t.Error("nothing was dropped, so nothing was tried")
	}
}

func TestDecoderRefusesWhatIsNoFrame(t *testing.T) {
	d := newDecoder(t)
	huge := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0, 0, 0}
	if _, err := d.Decode(huge); !errors.Is(err, ErrTooLarge) {
		t.Errorf("16383x16383: %v", err)
	}
	for _, data := range [][]byte{nil, {}, {0}, {0, 0}, {1, 2, 3, 4, 5}, make([]byte, 100)} {
		if img, err := d.Decode(data); err == nil && img != nil {
			t.Errorf("%v was decoded", data)
		}
	}
	d.Close()
	if _, err := d.Decode(huge); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
