package app

import "image"

// SetMicrophone turns our sound on or off.
func (s *Session) SetMicrophone(on bool) {
	s.device(func(m Media) { m.SetMicrophone(on) }, func(v *SessionView) { v.Microphone = on })
}

// SetCamera turns our picture on or off.
func (s *Session) SetCamera(on bool) {
	s.device(func(m Media) { m.SetCamera(on) }, func(v *SessionView) { v.Camera = on })
}

// SetVoiceOnly stops both pictures.
func (s *Session) SetVoiceOnly(on bool) {
	s.device(func(m Media) { m.SetVoiceOnly(on) }, func(v *SessionView) { v.VoiceOnly = on })
}

// Use changes devices while the call runs.
func (s *Session) Use(d Devices) {
	s.device(func(m Media) { m.Use(d) }, func(*SessionView) {})
}

func (s *Session) device(do func(Media), show func(*SessionView)) {
	s.posts.post(func() {
		if s.media == nil || s.over() {
			return
		}
		do(s.media)
		s.change(show)
	})
}

// Remote is the client's picture, never nil.
func (s *Session) Remote() Frames {
	if s.media == nil {
		return noFrames{}
	}
	return someFrames(s.media.Remote())
}

// Self is our own picture, never nil.
func (s *Session) Self() Frames {
	if s.media == nil {
		return noFrames{}
	}
	return someFrames(s.media.Self())
}

func someFrames(f Frames) Frames {
	if f == nil {
		return noFrames{}
	}
	return f
}

// noFrames is the picture of a call without one.
type noFrames struct{}

func (noFrames) Latest() (*image.RGBA, uint64) { return nil, 0 }
