package media

import (
	"context"
	"image/color"
	"math"
	"sync"
	"time"
)

// VideoSource gives pictures at the pace of its device.
type VideoSource interface {
	// Read waits for the newest picture. It stays valid until release. Pictures that nobody reads
	// are dropped.
	Read(ctx context.Context) (f *I420, release func(), err error)
	Close()
}

// Synthetic is a source of a moving pattern with a patch of one colour, half the width and half
// the height, at its centre; hue in degrees. For demonstrations and tests. Nothing in this
// package opens it by itself: a client shall see initials, not a pattern, where there is no camera.
func Synthetic(w, h, fps int, hue float64) VideoSource {
	s := &synthetic{
		ticker: time.NewTicker(time.Second / time.Duration(fps)),
		done:   make(chan struct{}), f: NewI420(w, h), ramp: make([]byte, w+256),
	}
	for i := range s.ramp {
		s.ramp[i] = byte(40 + i>>1&127)
	}
	c := SyntheticColour(hue)
	s.y, s.u, s.v = limited(c)
	return s
}

type synthetic struct {
	ticker  *time.Ticker
	done    chan struct{}
	once    sync.Once
	f       *I420
	ramp    []byte // a row of the gradient, which repeats after 256 pixels
	n       int
	y, u, v byte
}

// SyntheticColour is the colour of Synthetic's patch before it is coded.
func SyntheticColour(hue float64) color.RGBA {
	channel := func(shift float64) uint8 {
		// Distance around the colour circle, 0 to 180: full within 60, none beyond 120.
		d := math.Abs(math.Mod(hue-shift+540, 360) - 180)
		return uint8(40 + 180*min(max((120-d)/60, 0), 1))
	}
	return color.RGBA{R: channel(0), G: channel(120), B: channel(240), A: 255}
}

// limited gives a colour in limited-range BT.601.
func limited(c color.RGBA) (y, u, v byte) {
	r, g, b := float64(c.R), float64(c.G), float64(c.B)
	y = byte(16.5 + 0.256788*r + 0.504129*g + 0.097906*b)
	u = byte(128.5 - 0.148223*r - 0.290993*g + 0.439216*b)
	v = byte(128.5 + 0.439216*r - 0.367788*g - 0.071427*b)
	return y, u, v
}

func (s *synthetic) Read(ctx context.Context) (*I420, func(), error) {
	select {
	case <-s.ticker.C:
	case <-s.done:
		return nil, nil, ErrClosed
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	s.draw()
	s.n++
	return s.f, func() {}, nil
}

func (s *synthetic) Close() {
	s.once.Do(func() {
		s.ticker.Stop()
		close(s.done)
	})
}

// draw paints a slanting gradient that moves four pixels a frame, and the patch on it.
func (s *synthetic) draw() {
	f := s.f
	for y := range f.H {
		copy(f.Y[y*f.YStride:y*f.YStride+f.W], s.ramp[(y+4*s.n)&255:])
	}
	for y := f.H / 4; y < f.H*3/4; y++ {
		fill(f.Y[y*f.YStride+f.W/4:y*f.YStride+f.W*3/4], s.y)
	}
	cw, ch := (f.W+1)/2, (f.H+1)/2
	for y := ch / 4; y < ch*3/4; y++ {
		fill(f.U[y*f.CStride+cw/4:y*f.CStride+cw*3/4], s.u)
		fill(f.V[y*f.CStride+cw/4:y*f.CStride+cw*3/4], s.v)
	}
}

func fill(b []byte, v byte) {
	for i := range b {
		b[i] = v
	}
}
