package media

import "errors"

// What can be wrong with a camera, a microphone or a speaker. Each reaches the caller inside a
// *DeviceError.
var (
	// ErrNoCamera: this machine has no camera.
	ErrNoCamera = errors.New("no camera")
	// ErrNoSound: no sound server and no sound card answers.
	ErrNoSound = errors.New("no sound device")
	// ErrBusy: another program holds the device.
	ErrBusy = errors.New("device is busy")
	// ErrRefused: the system does not let us use the device.
	ErrRefused = errors.New("device is refused by the system")
	// ErrUnplugged: the device was there and is gone, or the chosen one is not plugged in.
	ErrUnplugged = errors.New("device is unplugged")
	// ErrClosed: the source, sink or codec was closed by its owner.
	ErrClosed = errors.New("closed")
)

// Kind says which of a call's devices is meant.
type Kind string

// The kinds, named as app.CallDevice names them.
const (
	Camera     Kind = "camera"
	Microphone Kind = "microphone"
	Speaker    Kind = "speaker"
)

// DeviceError tells which kind of device failed, and why. errors.Is finds one of the sentinels
// above, if the reason is known.
type DeviceError struct {
	Kind  Kind
	Err   error // one of the sentinels, or nil
	Cause error // what the system said, or nil
}

func (e *DeviceError) Error() string {
	s := string(e.Kind)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap gives the sentinel and the system's own error.
func (e *DeviceError) Unwrap() []error {
	var all []error
	for _, err := range []error{e.Err, e.Cause} {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}

// Device is one choice of camera, microphone or speaker. ID stays the same when the device is
// plugged out and in again, as far as the system allows.
type Device struct{ ID, Label string }
