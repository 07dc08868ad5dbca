package media

import (
	"sync"
	"testing"
)

func TestSlotGivesTheLatest(t *testing.T) {
	var s Slot
	if img, seq := s.Latest(); img != nil || seq != 0 {
		t.Fatal("an empty slot shows a picture")
	}
	f := NewI420(64, 36)
	put := func(luma byte) { f.Fill(luma, 128, 128); s.Put(f) }
	put(50)
	put(100)
	put(200)
	img, seq := s.Latest()
	if r, _, _ := center(img); seq != 3 || !near(r, 214, 2) {
		t.Errorf("picture %d has %d", seq, r)
	}
	again, seq := s.Latest()
	if again != img || seq != 3 {
		t.Error("nothing is new, but the picture changed")
	}
	// What the reader holds stays as it is, however many follow.
	for luma := range byte(20) {
		put(60 + luma)
	}
	if r, _, _ := center(img); !near(r, 214, 2) {
		t.Errorf("the picture held was written over: %d", r)
	}
	if _, seq = s.Latest(); seq != 23 {
		t.Errorf("number %d, want 23", seq)
	}
}

func TestSlotClears(t *testing.T) {
	var s Slot
	f := NewI420(64, 36)
	s.Put(f)
	_, before := s.Latest()
	s.Clear()
	img, after := s.Latest()
	if img != nil || after <= before {
		t.Errorf("after Clear: %v, %d then %d", img, before, after)
	}
	s.Put(f)
	if img, _ = s.Latest(); img == nil {
		t.Error("nothing is shown after a new Put")
	}
}

func TestSlotFollowsSizeAndMirrors(t *testing.T) {
	s := Slot{Mirror: true}
	for _, size := range [][2]int{{64, 36}, {128, 72}, {32, 18}, {128, 72}} {
		f := NewI420(size[0], size[1])
		for y := range f.H {
			f.Y[y*f.YStride] = 235 // a white left edge
		}
		s.Put(f)
		img, _ := s.Latest()
		if img.Rect.Dx() != size[0] || img.Rect.Dy() != size[1] {
			t.Fatalf("%v is shown as %v", size, img.Rect)
		}
		if img.RGBAAt(size[0]-1, 3).R < 250 || img.RGBAAt(0, 3).R > 5 {
			t.Errorf("%v: the white edge is not on the right", size)
		}
	}
}

func TestSlotMakesSmaller(t *testing.T) {
	s := Slot{Mirror: true, Widest: 48}
	for _, c := range [][4]int{{32, 18, 32, 18}, {96, 54, 48, 27}, {48, 27, 48, 27}, {64, 128, 48, 96}, {200, 1, 48, 1}} {
		f := NewI420(c[0], c[1])
		for i := range f.Y {
			if i%f.YStride < f.W/2 {
				f.Y[i] = 235 // white on the left
			}
		}
		s.Put(f)
		img, _ := s.Latest()
		if img.Rect.Dx() != c[2] || img.Rect.Dy() != c[3] {
			t.Fatalf("%v is shown as %v", c, img.Rect)
		}
		if img.RGBAAt(c[2]-2, 0).R < 250 || img.RGBAAt(1, 0).R > 5 {
			t.Errorf("%v: the white half is not on the right", c)
		}
	}
}

// One writer, one reader, and every picture read must be of one colour: half an old and half a
// new one would not be. Worth most under the race detector.
func TestSlotNeverTears(t *testing.T) {
	var s Slot
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		defer close(done)
		f := NewI420(320, 180)
		for i := range 2000 {
			f.Fill(byte(16+i%200), 128, 128)
			s.Put(f)
		}
	})
	var last uint64
	seen := 0
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		img, seq := s.Latest()
		if img == nil {
			continue
		}
		if seq < last {
			t.Fatalf("number %d after %d", seq, last)
		}
		if seq != last {
			seen++
		}
		last = seq
		first := img.Pix[0]
		for i := 0; i < len(img.Pix); i += 4 * 97 {
			if img.Pix[i] != first {
				t.Fatal("the picture is torn")
			}
		}
	}
	wg.Wait()
	if last != 2000 || seen < 2 {
		t.Errorf("the last picture seen is %d, of %d seen", last, seen)
	}
}
