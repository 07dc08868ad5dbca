package media

import (
	"cmp"
	"context"
	"errors"
	"image"
	"io/fs"
	"math"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/pion/mediadevices/pkg/driver"
	"github.com/pion/mediadevices/pkg/driver/availability"
	"github.com/pion/mediadevices/pkg/driver/camera"
	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/io/video"
	"github.com/pion/mediadevices/pkg/prop"
)

// discovery keeps two searches from emptying the driver list under each other.
var discovery sync.Mutex

// discover looks for cameras anew; a test puts its own in.
var discover = camera.Initialize

// Cameras lists what is plugged in just now, the system's first choice first.
func Cameras() []Device {
	drivers := findCameras()
	list := make([]Device, 0, len(drivers))
	for _, d := range drivers {
		list = append(list, Device{ID: cameraID(d), Label: cameraLabel(d)})
	}
	return list
}

// findCameras searches again each time, since no system's driver tells of new ones by itself.
func findCameras() []driver.Driver {
	discovery.Lock()
	defer discovery.Unlock()
	m := driver.GetManager()
	isCamera := driver.FilterAnd(driver.FilterVideoRecorder(), driver.FilterDeviceType(driver.Camera))
	for _, d := range m.Query(isCamera) {
		m.Delete(d.ID()) // an open one lives on in its owner's hands
	}
	discover()
	list := m.Query(isCamera)
	sortCameras(list)
	return list
}

// cameraID is the part of the driver's label that survives plugging out and in: on Linux the
// name under /dev/v4l/by-id, elsewhere what the system calls it.
func cameraID(d driver.Driver) string {
	id, _, _ := strings.Cut(d.Info().Label, camera.LabelSeparator)
	return id
}

func cameraLabel(d driver.Driver) string {
	name, _, _ := strings.Cut(d.Info().Name, camera.LabelSeparator)
	if name == "" {
		return cameraID(d)
	}
	return name
}

// OpenCamera opens by ID, or the first choice if it is "". The picture is cropped and scaled to
// w x h, from the camera's mode that comes nearest to it and to fps.
func OpenCamera(id string, w, h, fps int) (VideoSource, error) {
	drivers := findCameras()
	if len(drivers) == 0 {
		return nil, &DeviceError{Kind: Camera, Err: ErrNoCamera}
	}
	for _, d := range drivers {
		if id == "" || cameraID(d) == id {
			return startCamera(d, w, h, fps)
		}
	}
	return nil, &DeviceError{Kind: Camera, Err: ErrUnplugged}
}

func startCamera(d driver.Driver, w, h, fps int) (VideoSource, error) {
	if err := d.Open(); err != nil {
		return nil, cameraError(err)
	}
	mode, ok := nearest(d.Properties(), w, h, fps)
	if !ok {
		_ = d.Close() // it gave no picture; how it closes changes nothing
		return nil, &DeviceError{Kind: Camera, Err: ErrRefused}
	}
	recorder, ok := d.(driver.VideoRecorder)
	if !ok {
		_ = d.Close()
		return nil, &DeviceError{Kind: Camera, Err: ErrRefused}
	}
	reader, err := recorder.VideoRecord(mode)
	if err != nil {
		// The driver has closed itself; a second Close would close somebody else's file.
		return nil, cameraError(err)
	}
	c := &cam{
		driver: d, reader: reader, w: w, h: h, full: mode.FrameFormat == frame.FormatMJPEG,
		fresh: make(chan struct{}, 1), stop: make(chan struct{}), ended: make(chan struct{}),
	}
	go c.run()
	return c, nil
}

// nearest picks the mode that must be scaled least, and of those the one with the best rate.
func nearest(modes []prop.Media, w, h, fps int) (best prop.Media, ok bool) {
	least := math.Inf(1)
	for _, m := range modes {
		if m.Width < 1 || m.Height < 1 || m.FrameFormat == frame.FormatZ16 {
			continue
		}
		cost := math.Abs(math.Log(float64(m.Width*m.Height) / float64(w*h)))
		if m.Width < w || m.Height < h {
			cost += 2 // enlarging is worse than any shrinking
		}
		if m.FrameRate > 0 {
			cost += max(float64(fps)-float64(m.FrameRate), 0) / 5
			cost += max(float64(m.FrameRate)-float64(fps), 0) / 100
		}
		if m.FrameFormat == frame.FormatMJPEG {
			cost += 0.3 // decoding JPEG takes a tenth of a core
		}
		if cost < least {
			least, best, ok = cost, m, true
		}
	}
	return best, ok
}

// cam reads on its own goroutine, because a driver's read can block for seconds and knows no
// context. Two pictures: one being filled, one waiting; a third is with the reader.
type cam struct {
	driver driver.Driver
	reader video.Reader
	w, h   int
	full   bool // full-range colour
	fresh  chan struct{}
	stop   chan struct{}
	ended  chan struct{} // the driver is closed
	once   sync.Once

	mu      sync.Mutex
	waiting *I420
	spare   []*I420
	err     error
}

func (c *cam) run() {
	defer close(c.ended)
	defer func() { _ = c.driver.Close() }() // the goroutine ends; nobody could act on the error
	for {
		select {
		case <-c.stop:
			return
		default:
		}
		img, release, err := c.reader.Read()
		if err != nil {
			c.fail(err)
			return
		}
		known := c.put(img)
		release()
		if !known {
			c.fail(errForm)
			return
		}
	}
}

// errForm: the driver gives pictures of a form that none of mediadevices' decoders made before.
var errForm = errors.New("unknown form of picture")

// put makes img the waiting picture, and says whether its form is known.
func (c *cam) put(img image.Image) bool {
	c.mu.Lock()
	var f *I420
	if n := len(c.spare); n > 0 {
		f, c.spare = c.spare[n-1], c.spare[:n-1]
	}
	c.mu.Unlock()
	if f == nil {
		f = &I420{}
	}
	switch src := img.(type) {
	case *image.YCbCr:
		f.FromYCbCr(src, c.w, c.h, c.full)
	case *image.RGBA:
		var whole I420
		whole.FromRGBA(src)
		f.CropScale(&whole, c.w, c.h)
	default:
		return false
	}
	c.mu.Lock()
	if c.waiting != nil {
		c.spare = append(c.spare, c.waiting)
	}
	c.waiting = f
	c.mu.Unlock()
	c.wake()
	return true
}

func (c *cam) fail(err error) {
	c.mu.Lock()
	c.err = err
	c.mu.Unlock()
	c.wake()
}

func (c *cam) wake() {
	select {
	case c.fresh <- struct{}{}:
	default:
	}
}

// Read implements VideoSource. A camera that stops giving pictures is ErrUnplugged.
func (c *cam) Read(ctx context.Context) (*I420, func(), error) {
	for {
		c.mu.Lock()
		f, err := c.waiting, c.err
		c.waiting = nil
		c.mu.Unlock()
		switch {
		case f != nil:
			return f, func() { c.giveBack(f) }, nil
		case err != nil:
			return nil, nil, &DeviceError{Kind: Camera, Err: ErrUnplugged, Cause: err}
		}
		select {
		case <-c.fresh:
		case <-c.stop:
			return nil, nil, ErrClosed
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
}

func (c *cam) giveBack(f *I420) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spare = append(c.spare, f)
}

// Close frees the camera. It waits for the picture under way: a thirtieth of a second, up to
// five seconds if the camera hangs.
func (c *cam) Close() {
	c.once.Do(func() { close(c.stop) })
	<-c.ended
}

// cameraError names the reason, out of what Linux says and what the drivers say.
func cameraError(err error) error {
	out := &DeviceError{Kind: Camera, Err: ErrRefused, Cause: err}
	switch {
	case errors.Is(err, syscall.EBUSY), errors.Is(err, availability.ErrBusy):
		out.Err = ErrBusy
	case errors.Is(err, fs.ErrPermission):
		out.Err = ErrRefused
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO),
		errors.Is(err, availability.ErrNoDevice):
		out.Err = ErrUnplugged
	}
	return out
}

// sortCameras puts the system's first choice first, and keeps the rest in a steady order.
func sortCameras(list []driver.Driver) {
	slices.SortFunc(list, func(a, b driver.Driver) int {
		return cmp.Or(
			cmp.Compare(b.Info().Priority, a.Info().Priority),
			cmp.Compare(a.Info().Label, b.Info().Label),
		)
	})
}
