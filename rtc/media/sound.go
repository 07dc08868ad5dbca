package media

import (
	"context"
	"encoding/hex"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/gen2brain/malgo"
)

// AudioSource gives sound at the pace of its device.
type AudioSource interface {
	// Read fills a frame of FrameSamples, waiting for it. Sound that nobody reads is dropped.
	Read(ctx context.Context, frame []int16) error
	Close()
}

// AudioSink takes sound at the pace of its device.
type AudioSink interface {
	// Write takes a frame of FrameSamples, waiting for room.
	Write(ctx context.Context, frame []int16) error
	Close()
}

// device is what a microphone and a speaker share.
type device struct {
	kind    Kind
	context *malgo.AllocatedContext
	handle  *malgo.Device
	frames  chan []int16 // whole frames between the device's thread and ours
	gone    chan struct{}
	lose    func() // closes gone, once
	closing sync.Once
}

const (
	// heardQueue is how many frames of a microphone may wait for us. None do, normally; but some
	// backends hand over a tenth of a second at once.
	heardQueue = 10
	// playQueue is how many frames may wait for a speaker. Each is delay that everybody hears.
	playQueue = 3
	// soundDeadline is how long a device may be silent before it counts as unplugged: some
	// backends never tell.
	soundDeadline = 2 * time.Second
)

// backends are tried in order. Never malgo's own list: its last entry is a null device, and a
// person would speak to nobody without knowing.
func backends() []malgo.Backend {
	switch runtime.GOOS {
	case "windows":
		return []malgo.Backend{malgo.BackendWasapi}
	case "darwin":
		return []malgo.Backend{malgo.BackendCoreaudio}
	}
	list := []malgo.Backend{malgo.BackendPulseaudio}
	if hasCard() {
		list = append(list, malgo.BackendAlsa)
	}
	return list
}

// hasCard says whether Linux has a sound card. Without one ALSA lists devices that do not open,
// and writes twenty lines about each to the terminal.
func hasCard() bool {
	found, err := filepath.Glob("/dev/snd/pcm*")
	return err == nil && len(found) > 0
}

// openContext connects to the sound server. Each device has a connection of its own, so that a
// server which died and came back is found again by opening anew.
func openContext(kind Kind) (*malgo.AllocatedContext, error) {
	c, err := malgo.InitContext(backends(), malgo.ContextConfig{}, nil)
	if err != nil {
		return nil, &DeviceError{Kind: kind, Err: ErrNoSound, Cause: err}
	}
	return c, nil
}

func closeContext(c *malgo.AllocatedContext) {
	_ = c.Uninit() // fails only if it was never initialised
	c.Free()
}

// Microphones lists what sound can be taken from. A speaker's monitor is left out: it would
// send the client's own voice back; OpenMicrophone still takes its ID.
func Microphones() ([]Device, error) { return listSound(Microphone, malgo.Capture) }

// Speakers lists what sound can be played on.
func Speakers() ([]Device, error) { return listSound(Speaker, malgo.Playback) }

func listSound(kind Kind, t malgo.DeviceType) ([]Device, error) {
	c, err := openContext(kind)
	if err != nil {
		return nil, err
	}
	defer closeContext(c)
	infos, err := c.Devices(t)
	if err != nil {
		return nil, &DeviceError{Kind: kind, Err: ErrNoSound, Cause: err}
	}
	list := make([]Device, 0, len(infos))
	for i := range infos {
		d := Device{ID: infos[i].ID.String(), Label: infos[i].Name()}
		if !strings.HasSuffix(d.ID, monitorSuffix) {
			list = append(list, d)
		}
	}
	return list, nil
}

// monitorSuffix ends the ID of a PulseAudio monitor.
var monitorSuffix = hex.EncodeToString([]byte(".monitor"))

// OpenMicrophone opens by ID, or the system's default if it is "".
func OpenMicrophone(id string) (AudioSource, error) {
	d := &device{kind: Microphone, frames: make(chan []int16, heardQueue)}
	var pending []int16
	err := d.open(id, malgo.Capture, func(_, in []byte, _ uint32) {
		pending = append(pending, pcm(in)...)
		for len(pending) >= FrameSamples {
			d.offer(append([]int16(nil), pending[:FrameSamples]...))
			pending = pending[:copy(pending, pending[FrameSamples:])]
		}
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// OpenSpeaker opens by ID, or the system's default if it is "".
func OpenSpeaker(id string) (AudioSink, error) {
	d := &device{kind: Speaker, frames: make(chan []int16, playQueue)}
	var rest []int16
	err := d.open(id, malgo.Playback, func(out, _ []byte, _ uint32) {
		for to := pcm(out); len(to) > 0; {
			if len(rest) == 0 {
				rest = d.poll()
			}
			if len(rest) == 0 {
				clear(to)
				return
			}
			n := copy(to, rest)
			to, rest = to[n:], rest[n:]
		}
	})
	if err != nil {
		return nil, err
	}
	return &speaker{d}, nil
}

// pcm shows the device's bytes as samples; malgo hands out memory that is aligned for them.
func pcm(b []byte) []int16 {
	return unsafe.Slice((*int16)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/2) // #nosec G103 -- see above
}

func (d *device) open(id string, t malgo.DeviceType, data malgo.DataProc) error {
	c, err := openContext(d.kind)
	if err != nil {
		return err
	}
	d.context = c
	d.gone = make(chan struct{})
	d.lose = sync.OnceFunc(func() { close(d.gone) })

	cfg := malgo.DefaultDeviceConfig(t)
	cfg.SampleRate = SampleRate
	cfg.PeriodSizeInMilliseconds = uint32(FrameTime / time.Millisecond)
	cfg.Capture.Format, cfg.Capture.Channels = malgo.FormatS16, 1
	cfg.Playback.Format, cfg.Playback.Channels = malgo.FormatS16, 1
	var raw *malgo.DeviceID
	if id != "" {
		if raw, err = d.find(id, t); err != nil {
			closeContext(c)
			return err
		}
		// The configuration is copied to C memory, in which no Go pointer may lie.
		p := raw.Pointer()
		defer freeC(p)
		cfg.Capture.DeviceID, cfg.Playback.DeviceID = p, p
	}
	d.handle, err = malgo.InitDevice(c.Context, cfg, malgo.DeviceCallbacks{Data: data, Stop: d.lose})
	if err == nil {
		if err = d.handle.Start(); err == nil {
			return nil
		}
		d.handle.Uninit()
	}
	closeContext(c)
	return &DeviceError{Kind: d.kind, Err: soundReason(err), Cause: err}
}

// find looks the chosen device up among those plugged in, for a backend would take an unknown
// ID for the default.
func (d *device) find(id string, t malgo.DeviceType) (*malgo.DeviceID, error) {
	infos, err := d.context.Devices(t)
	if err != nil {
		return nil, &DeviceError{Kind: d.kind, Err: ErrNoSound, Cause: err}
	}
	for i := range infos {
		if infos[i].ID.String() == id {
			return &infos[i].ID, nil
		}
	}
	return nil, &DeviceError{Kind: d.kind, Err: ErrUnplugged}
}

func soundReason(err error) error {
	switch {
	case errors.Is(err, malgo.ErrAccessDenied):
		return ErrRefused
	case errors.Is(err, malgo.ErrBusy), errors.Is(err, malgo.ErrAlreadyInUse):
		return ErrBusy
	}
	return ErrNoSound
}

// offer hands a frame to the reader, and drops the oldest rather than wait.
func (d *device) offer(frame []int16) {
	for {
		select {
		case d.frames <- frame:
			return
		default:
		}
		d.poll()
	}
}

func (d *device) poll() []int16 {
	select {
	case f := <-d.frames:
		return f
	default:
		return nil
	}
}

// Read implements AudioSource.
func (d *device) Read(ctx context.Context, frame []int16) error {
	late := time.NewTimer(soundDeadline)
	defer late.Stop()
	select {
	case f := <-d.frames:
		copy(frame, f)
		return nil
	case <-d.gone:
	case <-late.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return &DeviceError{Kind: d.kind, Err: ErrUnplugged}
}

// Close stops the device and frees it. It must not be called from the device's own callback. It
// waits for at most soundDeadline: a sound server that hangs must not hang the call with it.
func (d *device) Close() {
	d.closing.Do(func() {
		d.lose()
		freed := make(chan struct{})
		go func() {
			defer close(freed)
			// Stop wakes the device's thread. Uninit alone would wait for the next sound, which a
			// server that died never sends. Its error changes nothing: the device is freed anyway.
			_ = d.handle.Stop()
			d.handle.Uninit()
			closeContext(d.context)
		}()
		select {
		case <-freed:
		case <-time.After(soundDeadline):
		}
	})
}

type speaker struct{ *device }

// Write implements AudioSink.
func (s *speaker) Write(ctx context.Context, frame []int16) error {
	late := time.NewTimer(soundDeadline)
	defer late.Stop()
	select {
	case <-s.gone:
	default:
		select {
		case s.frames <- append([]int16(nil), frame...):
			return nil
		case <-s.gone:
		case <-late.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return &DeviceError{Kind: s.kind, Err: ErrUnplugged}
}
