package rtc

import (
	"context"
	"errors"

	"alcove/app"
	"alcove/rtc/media"
)

// What a synthetic call sends, for whoever proves that it arrived.
const (
	SyntheticHue  = 210 // degrees, of the patch in the middle
	SyntheticTone = 440 // Hz
)

// The picture that is asked of a camera; the sender scales it to what the line carries.
const (
	cameraWidth, cameraHeight, cameraRate = 1280, 720, 30
)

// Devices finds what is plugged in. Sound that does not answer leaves its lists empty.
func (h *Host) Devices(ctx context.Context) (app.DeviceList, error) {
	found := make(chan app.DeviceList, 1)
	go func() {
		microphones, _ := media.Microphones() // no sound server: none
		speakers, _ := media.Speakers()
		found <- app.DeviceList{Cameras: choices(media.Cameras()), Microphones: choices(microphones), Speakers: choices(speakers)}
	}()
	select {
	case list := <-found:
		return list, nil
	case <-ctx.Done():
		return app.DeviceList{}, ctx.Err()
	}
}

func choices(list []media.Device) []app.Device {
	out := make([]app.Device, len(list))
	for i, d := range list {
		out[i] = app.Device{ID: d.ID, Label: d.Label}
	}
	return out
}

// HeardPower is how much of what the clients of a synthetic host say is a tone of hz, 0 to 1:
// the proof that a voice arrives. 0 without Options.Synthetic.
func (h *Host) HeardPower(hz float64) float64 {
	best := 0.0
	for _, c := range h.calls() {
		c.media.mu.Lock()
		m := c.media.measure
		c.media.mu.Unlock()
		if m != nil {
			best = max(best, m.PowerAt(hz))
		}
	}
	return best
}

// useCamera brings the camera into the state that is wanted. In the worker, as all below.
func (t *tracks) useCamera() {
	if t.camera == nil {
		return
	}
	t.mu.Lock()
	on, id := t.camOn && !t.only, t.devices.Camera
	t.mu.Unlock()
	if !on {
		t.camera.SetSource(nil)
		t.self.Clear()
		t.works(media.Camera, false, "")
		return
	}
	var source media.VideoSource
	if t.synthetic {
		source = media.Synthetic(cameraWidth, cameraHeight, cameraRate, SyntheticHue)
	} else {
		t.camera.SetSource(nil) // a device cannot be opened twice
		var err error
		if source, err = media.OpenCamera(id, cameraWidth, cameraHeight, cameraRate); err != nil {
			t.cameraProblem(err)
			return
		}
	}
	t.camera.SetSource(source)
	t.works(media.Camera, true, "")
}

func (t *tracks) useMicrophone() {
	if t.microphone == nil {
		return
	}
	t.mu.Lock()
	on, id := t.micOn, t.devices.Microphone
	t.mu.Unlock()
	var source media.AudioSource
	if t.synthetic {
		source = media.Tone(SyntheticTone)
	} else {
		t.microphone.SetSource(nil)
		var err error
		if source, err = media.OpenMicrophone(id); err != nil {
			t.microphoneProblem(err)
			return
		}
	}
	t.microphone.SetMuted(!on)
	t.microphone.SetSource(source)
	t.works(media.Microphone, true, "")
}

func (t *tracks) useSpeaker() {
	if t.sound == nil {
		return
	}
	t.mu.Lock()
	id := t.devices.Speaker
	t.mu.Unlock()
	if t.synthetic {
		m := media.NewMeasure()
		t.mu.Lock()
		t.measure = m
		t.mu.Unlock()
		t.sound.SetSink(m)
		return
	}
	t.sound.SetSink(nil)
	sink, err := media.OpenSpeaker(id)
	if err != nil {
		t.problem(string(media.Speaker), words(media.Speaker, err))
		return
	}
	t.sound.SetSink(sink)
	t.problem(string(media.Speaker), "")
}

// works notes whether a device of ours gives anything, and tells the room when that changed
// or when there is something to say.
func (t *tracks) works(k media.Kind, yes bool, problem string) {
	t.mu.Lock()
	state := &t.micWorks
	if k == media.Camera {
		state = &t.camWorks
	}
	changed := *state != yes
	*state = yes
	t.mu.Unlock()
	if problem != "" || yes && changed {
		t.problem(string(k), problem)
	}
}

// cameraProblem is also told nil, when a camera that stalled gives pictures again.
func (t *tracks) cameraProblem(err error) {
	if err == nil {
		t.works(media.Camera, true, "")
		return
	}
	t.works(media.Camera, false, words(media.Camera, err))
}

func (t *tracks) microphoneProblem(err error) {
	t.works(media.Microphone, false, words(media.Microphone, err))
}

// words are what the therapist reads; each ends with what still works.
func words(k media.Kind, err error) string {
	goesOn := map[media.Kind]string{
		media.Camera: "Voice and text go on.", media.Microphone: "The client cannot hear you; text goes on.", media.Speaker: "You cannot hear the client; text goes on.",
	}[k]
	name := string(k)
	switch {
	case errors.Is(err, media.ErrNoCamera):
		return "No camera was found. " + goesOn
	case errors.Is(err, media.ErrNoSound):
		return "No " + name + " was found. " + goesOn
	case errors.Is(err, media.ErrBusy):
		return "Another program is using the " + name + ". " + goesOn
	case errors.Is(err, media.ErrRefused):
		return "The system does not allow the " + name + ". " + goesOn
	case errors.Is(err, media.ErrUnplugged):
		return "The " + name + " was unplugged. " + goesOn
	}
	return "The " + name + " does not work. " + goesOn
}
