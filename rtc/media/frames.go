package media

import (
	"image"
	"sync"
)

// I420 is one picture: a full plane of luma, two of chroma at half width and half height, rounded
// up. Limited range, BT.601, which is what VP8 carries between browsers.
type I420 struct {
	W, H             int
	Y, U, V          []byte
	YStride, CStride int // bytes from one row to the next
}

// NewI420 makes a black picture.
func NewI420(w, h int) *I420 {
	cw, ch := (w+1)/2, (h+1)/2
	buf := make([]byte, w*h+2*cw*ch)
	f := &I420{W: w, H: h, YStride: w, CStride: cw}
	f.Y, f.U, f.V = buf[:w*h:w*h], buf[w*h:w*h+cw*ch:w*h+cw*ch], buf[w*h+cw*ch:]
	f.Fill(16, 128, 128)
	return f
}

// Fill gives every pixel one colour.
func (f *I420) Fill(y, u, v byte) {
	for i := range f.Y {
		f.Y[i] = y
	}
	for i := range f.U {
		f.U[i], f.V[i] = u, v
	}
}

// fits says whether the planes are as long as the sizes claim: C reads by the sizes alone.
func (f *I420) fits() bool {
	if f == nil || f.W < 1 || f.H < 1 || f.W > maxSide || f.H > maxSide {
		return false
	}
	cw, ch := (f.W+1)/2, (f.H+1)/2
	return f.YStride >= f.W && f.CStride >= cw &&
		len(f.Y) >= f.YStride*(f.H-1)+f.W &&
		len(f.U) >= f.CStride*(ch-1)+cw &&
		len(f.V) >= f.CStride*(ch-1)+cw
}

// maxSide is the longest side of a picture: VP8 has 14 bits for it (RFC 6386, section 9.1).
const maxSide = 16383

// Slot holds the latest picture, between one writer and one reader. It has three buffers: one
// being written, one waiting, one being shown. The latest wins, nothing queues, nobody waits.
//
// It implements app.Frames. The zero value is empty and ready.
type Slot struct {
	// Mirror turns pictures left to right, as people expect of a view of themselves. Set it
	// before the first Put.
	Mirror bool
	// Widest makes wider pictures smaller, in pixels; 0 for none. To convert and draw what is shown small at full size is for nothing.
	// Set it before the first Put.
	Widest int

	small   *I420 // the writer's
	mu      sync.Mutex
	back    *image.RGBA // the writer's
	waiting *image.RGBA // newer than front if fresh
	front   *image.RGBA // the reader's
	fresh   bool
	blank   bool   // cleared since the last Put
	seq     uint64 // of the newest picture
}

// Put converts the picture and makes it the latest.
func (s *Slot) Put(f *I420) {
	if !f.fits() {
		return
	}
	if s.Widest > 0 && f.W > s.Widest {
		if s.small == nil {
			s.small = &I420{}
		}
		s.small.CropScale(f, s.Widest, max(1, f.H*s.Widest/f.W))
		f = s.small
	}
	s.mu.Lock()
	back := s.back
	s.back = nil
	s.mu.Unlock()
	if back == nil || back.Rect.Dx() != f.W || back.Rect.Dy() != f.H {
		back = image.NewRGBA(image.Rect(0, 0, f.W, f.H))
	}
	toRGBA(back, f, s.Mirror)
	s.mu.Lock()
	s.back, s.waiting = s.waiting, back
	s.fresh, s.blank = true, false
	s.seq++
	s.mu.Unlock()
}

// Clear forgets the picture, for a camera that was switched off: Latest gives nil until the
// next Put.
func (s *Slot) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.blank {
		s.blank = true
		s.seq++
	}
}

// Latest returns the newest picture and its number, nil before the first and after Clear. The
// number grows with every change. The picture stays valid until the next call.
func (s *Slot) Latest() (*image.RGBA, uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fresh {
		s.front, s.waiting = s.waiting, s.front
		s.fresh = false
	}
	if s.blank {
		return nil, s.seq
	}
	return s.front, s.seq
}
