package media

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// wait polls until ok, for at most half a minute: the machine may have other things to do.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 3000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("waited in vain: %s", what)
}

// shows waits until the slot's centre has Synthetic's colour.
func shows(t *testing.T, s *Slot, hue float64) (w, h int) {
	t.Helper()
	want := SyntheticColour(hue)
	wait(t, "the colour", func() bool {
		img, _ := s.Latest()
		if img == nil {
			return false
		}
		w, h = img.Rect.Dx(), img.Rect.Dy()
		r, g, b := center(img)
		return near(r, int(want.R), 16) && near(g, int(want.G), 16) && near(b, int(want.B), 16)
	})
	return w, h
}

// videoLine is a sender and a receiver with a line between that a test can spoil.
type videoLine struct {
	sender        *VideoSender
	receiver      *VideoReceiver
	preview, slot Slot

	mu       sync.Mutex
	lose     func() bool
	seq      uint16
	stamp    uint32
	problems []error
	sent     int
}

func newVideoLine(t *testing.T, src VideoSource) *videoLine {
	t.Helper()
	l := &videoLine{lose: func() bool { return false }, seq: 65000}
	ready := make(chan struct{})
	var err error
	l.receiver, err = NewVideoReceiver(&l.slot, func() { <-ready; l.sender.RequestKeyFrame() })
	if err != nil {
		t.Fatal(err)
	}
	l.sender = NewVideoSender(VideoSenderConfig{
		Source: src, Preview: &l.preview, Send: l.send,
		Problem: func(err error) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.problems = append(l.problems, err)
		},
	})
	close(ready)
	t.Cleanup(l.receiver.Close)
	t.Cleanup(l.sender.Close)
	return l
}

func (l *videoLine) send(f EncodedFrame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent++
	l.stamp += uint32(f.Duration * 90 / time.Millisecond)
	for _, p := range packets(&l.seq, l.stamp, f.Data) {
		if !l.lose() {
			l.receiver.Push(p)
		}
	}
}

func (l *videoLine) spoil(lose func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lose = lose
}

func (l *videoLine) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent
}

func (l *videoLine) problem() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.problems...)
}

func TestVideoFromSourceToSlot(t *testing.T) {
	noLeak(t)
	l := newVideoLine(t, Synthetic(1280, 720, 30, 120))
	if w, h := shows(t, &l.slot, 120); w != 640 || h != 360 {
		t.Errorf("it begins at %dx%d", w, h)
	}
	shows(t, &l.preview, 120)

	// The line gets better: 720p after a while; worse: 180p at once.
	l.sender.SetBitrate(2_000_000)
	wait(t, "720p", func() bool { _, h := shows(t, &l.slot, 120); return h == 720 })
	l.sender.SetBitrate(100_000)
	wait(t, "180p", func() bool { _, h := shows(t, &l.slot, 120); return h == 180 })
	l.sender.SetBitrate(600_000)
	l.sender.SetMaxHeight(180)

	// Another camera in the middle, and none.
	l.sender.SetSource(Synthetic(640, 480, 30, 0))
	shows(t, &l.slot, 0)
	l.sender.SetSource(nil)
	wait(t, "an empty preview", func() bool { img, _ := l.preview.Latest(); return img == nil })
	l.sender.SetSource(Synthetic(640, 480, 30, 240))
	shows(t, &l.slot, 240)
	if err := l.problem(); err != nil {
		t.Error(err)
	}
}

func TestVideoPauseSendsNothing(t *testing.T) {
	noLeak(t)
	l := newVideoLine(t, Synthetic(320, 180, 60, 50))
	shows(t, &l.slot, 50)
	l.sender.SetPaused(true)
	wait(t, "an empty preview", func() bool { img, _ := l.preview.Latest(); return img == nil })
	before := l.count()
	time.Sleep(200 * time.Millisecond)
	if after := l.count(); after != before {
		t.Errorf("%d frames left while paused", after-before)
	}
	keys := l.receiver.Stats().Keys
	l.sender.SetPaused(false)
	wait(t, "a key frame after the pause", func() bool { return l.receiver.Stats().Keys > keys })
}

func TestVideoSurvivesLossByAskingForKeyFrames(t *testing.T) {
	noLeak(t)
	l := newVideoLine(t, Synthetic(640, 360, 30, 300))
	shows(t, &l.slot, 300)
	rnd := chance(12)
	l.spoil(func() bool { return rnd.IntN(100) < 20 })
	time.Sleep(3 * time.Second)
	l.spoil(func() bool { return false })
	_, before := l.slot.Latest()
	wait(t, "pictures after the loss", func() bool { _, n := l.slot.Latest(); return n > before+20 })
	shows(t, &l.slot, 300)
	if s := l.receiver.Stats(); s.Wishes == 0 || s.Keys < 2 {
		t.Errorf("%+v", s)
	}
	t.Logf("%+v", l.receiver.Stats())
}

func TestVideoReceiverSurvivesRubbish(t *testing.T) {
	noLeak(t)
	l := newVideoLine(t, Synthetic(320, 180, 30, 10))
	shows(t, &l.slot, 10)
	rnd := chance(13)
	l.spoil(func() bool {
		// A well-formed packet of nonsense in place of every tenth.
		if rnd.IntN(10) > 0 {
			return false
		}
		junk := make([]byte, 300)
		for i := range junk {
			junk[i] = byte(rnd.Uint32())
		}
		junk[0] = 0x10
		l.receiver.Push(&rtp.Packet{
			Header: rtp.Header{SequenceNumber: l.seq - 1, Timestamp: l.stamp, Marker: true}, Payload: junk,
		})
		return true
	})
	time.Sleep(2 * time.Second)
	l.spoil(func() bool { return false })
	_, before := l.slot.Latest()
	wait(t, "pictures after the rubbish", func() bool { _, n := l.slot.Latest(); return n > before+20 })
	shows(t, &l.slot, 10)
}

func TestVideoUnpluggedIsReportedOnceAndAnotherGoesOn(t *testing.T) {
	noLeak(t)
	p := &plugged{label: "x;video0", modes: usual}
	plug(t, p)
	v, err := OpenCamera("x", 640, 360, 30)
	if err != nil {
		t.Fatal(err)
	}
	l := newVideoLine(t, v)
	wait(t, "a picture", func() bool { img, _ := l.slot.Latest(); return img != nil })
	p.pulled.Store(true)
	wait(t, "the problem", func() bool { return l.problem() != nil })
	if err := l.problem(); !errors.Is(err, ErrUnplugged) {
		t.Error(err)
	}
	if img, _ := l.preview.Latest(); img != nil {
		t.Error("the self view still shows the camera that is gone")
	}
	l.sender.SetSource(Synthetic(320, 180, 30, 70))
	shows(t, &l.slot, 70)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.problems) != 1 || p.closed.Load() != 1 {
		t.Errorf("%d problems, closed %d times", len(l.problems), p.closed.Load())
	}
}

// slow is a source that never gives a picture.
type slow struct{ closed chan struct{} }

func (s *slow) Read(ctx context.Context) (*I420, func(), error) {
	<-ctx.Done()
	return nil, nil, ctx.Err()
}
func (s *slow) Close() { close(s.closed) } // panics at the second call

func TestSourcesAreClosedOnce(t *testing.T) {
	noLeak(t)
	var all []*slow
	fresh := func() *slow {
		s := &slow{closed: make(chan struct{})}
		all = append(all, s)
		return s
	}
	s := NewVideoSender(VideoSenderConfig{Source: fresh(), Send: func(EncodedFrame) {}})
	for i := range 20 {
		s.SetSource(fresh())
		select {
		case <-all[i].closed: // so that the same camera can be opened again
		default:
			t.Fatalf("source %d is still open after the change", i)
		}
	}
	s.Close()
	s.Close()
	s.SetSource(fresh()) // too late: it is closed at once
	for i, s := range all {
		select {
		case <-s.closed:
		default:
			t.Errorf("source %d is still open", i)
		}
	}
}
