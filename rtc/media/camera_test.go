package media

import (
	"context"
	"errors"
	"image"
	"io/fs"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pion/mediadevices/pkg/driver"
	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/io/video"
	"github.com/pion/mediadevices/pkg/prop"
)

// plugged is a camera as mediadevices' drivers are one, at the place where hardware would be.
type plugged struct {
	label    string
	priority driver.Priority
	modes    []prop.Media
	openErr  error
	startErr error

	chosen  prop.Media
	pulled  atomic.Bool // out of its socket
	opened  atomic.Int32
	closed  atomic.Int32
	reading atomic.Int32
}

func (p *plugged) Open() error              { p.opened.Add(1); return p.openErr }
func (p *plugged) Close() error             { p.closed.Add(1); return nil }
func (p *plugged) Properties() []prop.Media { return p.modes }

func (p *plugged) VideoRecord(m prop.Media) (video.Reader, error) {
	p.chosen = m
	if p.startErr != nil {
		return nil, p.startErr
	}
	img := image.NewYCbCr(image.Rect(0, 0, m.Width, m.Height), image.YCbCrSubsampleRatio422)
	fill(img.Y, 81) // limited-range red
	fill(img.Cb, 90)
	fill(img.Cr, 240)
	return video.ReaderFunc(func() (image.Image, func(), error) {
		if p.reading.Add(1) != 1 {
			return nil, nil, errors.New("two reads at once")
		}
		defer p.reading.Add(-1)
		time.Sleep(5 * time.Millisecond)
		if p.pulled.Load() {
			return nil, func() {}, syscall.ENODEV
		}
		return img, func() {}, nil
	}), nil
}

func mode(w, h int, fps float32, f frame.Format) prop.Media {
	return prop.Media{Video: prop.Video{Width: w, Height: h, FrameRate: fps, FrameFormat: f}}
}

// plug makes these the cameras of the machine, for the length of a test.
func plug(t *testing.T, cameras ...*plugged) {
	t.Helper()
	real := discover
	t.Cleanup(func() { discover = real })
	discover = func() {
		for _, c := range cameras {
			if !c.pulled.Load() {
				_ = driver.GetManager().Register(c, driver.Info{
					Label: c.label, Name: cutLabel(c.label) + " camera;usb-1", DeviceType: driver.Camera, Priority: c.priority,
				})
			}
		}
	}
}

var usual = []prop.Media{
	mode(640, 480, 30, frame.FormatYUYV), mode(1280, 720, 10, frame.FormatYUYV),
	mode(1280, 720, 30, frame.FormatMJPEG), mode(1920, 1080, 30, frame.FormatMJPEG),
}

func readOne(t *testing.T, v VideoSource) (*I420, func(), error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return v.Read(ctx)
}

func TestCameraIsListedOpenedAndRead(t *testing.T) {
	noLeak(t)
	a := &plugged{label: "b-side;video1", modes: usual}
	b := &plugged{label: "a-front;video0", modes: usual, priority: driver.PriorityHigh}
	plug(t, a, b)
	list := Cameras()
	if len(list) != 2 ||
		list[0] != (Device{"a-front", "a-front camera"}) || list[1].ID != "b-side" {
		t.Fatalf("%+v", list)
	}
	for _, id := range []string{"b-side", ""} {
		v, err := OpenCamera(id, 640, 360, 30)
		if err != nil {
			t.Fatal(err)
		}
		f, release, err := readOne(t, v)
		if err != nil {
			t.Fatal(err)
		}
		if f.W != 640 || f.H != 360 {
			t.Errorf("%dx%d", f.W, f.H)
		}
		if r, g, bl := center(f.ToRGBA()); !near(r, 254, 3) || g > 3 || bl > 3 {
			t.Errorf("red came as %d %d %d", r, g, bl)
		}
		release()
		v.Close()
		v.Close()
	}
	if a.opened.Load() != 1 || b.opened.Load() != 1 || a.closed.Load() != 1 || b.closed.Load() != 1 {
		t.Error("cameras were not opened and closed once each")
	}
	if c := a.chosen; c.Width != 640 || c.Height != 480 {
		t.Errorf("640x360 is taken from %dx%d", c.Width, c.Height)
	}
}

func TestCameraModeForSizeAndRate(t *testing.T) {
	for _, c := range []struct {
		w, h, fps int
		want      prop.Media
	}{
		{640, 360, 30, usual[0]},
		{1280, 720, 30, usual[2]}, // 10 pictures a second are too few
		{1280, 720, 10, usual[1]},
		{1920, 1080, 30, usual[3]},
	} {
		if got, ok := nearest(usual, c.w, c.h, c.fps); !ok || got != c.want {
			t.Errorf("%+v is taken from %+v", c, got.Video)
		}
	}
	if _, ok := nearest([]prop.Media{mode(640, 480, 30, frame.FormatZ16)}, 640, 360, 30); ok {
		t.Error("a depth camera was taken for one")
	}
}

func TestUnpluggingACameraIsHeard(t *testing.T) {
	noLeak(t)
	p := &plugged{label: "x;video0", modes: usual}
	plug(t, p)
	v, err := OpenCamera("x", 640, 360, 30)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	_, release, err := readOne(t, v)
	if err != nil {
		t.Fatal(err)
	}
	release()
	p.pulled.Store(true)
	for err == nil {
		if _, release, err = readOne(t, v); err == nil {
			release()
		}
	}
	var de *DeviceError
	if !errors.Is(err, ErrUnplugged) || !errors.As(err, &de) || de.Kind != Camera || !errors.Is(err, syscall.ENODEV) {
		t.Errorf("%v", err)
	}
	if _, err = OpenCamera("x", 640, 360, 30); !errors.Is(err, ErrNoCamera) {
		t.Errorf("opening again: %v", err)
	}
}

func TestCameraFailuresHaveNames(t *testing.T) {
	noLeak(t)
	busy := &plugged{label: "busy", modes: usual, startErr: syscall.EBUSY}
	refused := &plugged{label: "refused", openErr: &fs.PathError{Op: "open", Err: syscall.EACCES}}
	gone := &plugged{label: "gone", openErr: syscall.ENODEV}
	empty := &plugged{label: "empty"}
	plug(t, busy, refused, gone, empty)
	for id, want := range map[string]error{
		"busy": ErrBusy, "refused": ErrRefused, "gone": ErrUnplugged, "empty": ErrRefused, "another": ErrUnplugged,
	} {
		if _, err := OpenCamera(id, 640, 360, 30); !errors.Is(err, want) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if busy.opened.Load() != busy.closed.Load() || empty.opened.Load() != empty.closed.Load() {
		t.Errorf("opened %d and %d times, closed %d and %d",
			busy.opened.Load(), empty.opened.Load(), busy.closed.Load(), empty.closed.Load())
	}
	plug(t)
	if _, err := OpenCamera("", 640, 360, 30); !errors.Is(err, ErrNoCamera) {
		t.Errorf("without any: %v", err)
	}
}

// This machine's own cameras, whatever they are: listing must not fail or hang.
func TestCamerasOfThisMachine(t *testing.T) {
	for _, d := range Cameras() {
		if d.ID == "" || d.Label == "" {
			t.Errorf("%+v", d)
		}
	}
}

func TestSyntheticShowsItsColour(t *testing.T) {
	noLeak(t)
	for _, hue := range []float64{0, 90, 200, 330} {
		v := Synthetic(320, 180, 100, hue)
		f, release, err := readOne(t, v)
		if err != nil {
			t.Fatal(err)
		}
		first := append([]byte(nil), f.Y...)
		r, g, b := center(f.ToRGBA())
		release()
		want := SyntheticColour(hue)
		if !near(r, int(want.R), 3) || !near(g, int(want.G), 3) || !near(b, int(want.B), 3) {
			t.Errorf("hue %.0f: %d %d %d, want %v", hue, r, g, b, want)
		}
		if f, _, err = readOne(t, v); err != nil || string(first) == string(f.Y) {
			t.Errorf("the picture stands still: %v", err)
		}
		v.Close()
		if _, _, err = readOne(t, v); !errors.Is(err, ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}

func cutLabel(s string) string { a, _, _ := strings.Cut(s, ";"); return a }
