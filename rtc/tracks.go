package rtc

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	samples "github.com/pion/webrtc/v4/pkg/media"

	"alcove/app"
	"alcove/rtc/media"
)

// tracks are the sound and picture of one call. It implements app.Media. Opening a device can
// take seconds, so one goroutine does it, and everybody else leaves a wish.
type tracks struct {
	synthetic bool
	modality  app.Modality
	problem   func(kind, words string)
	tellVoice func(only bool)
	work      *mailbox[func()]
	ended     chan struct{}
	done      chan struct{}

	// live is set once the guest's finished held: before, whoever answered the DTLS handshake
	// may not be the guest, and is neither seen, heard nor shown anything.
	live atomic.Bool

	self, remote media.Slot
	echo         *media.EchoPath
	measure      *media.Measure // synthetic: in place of a speaker

	// The worker owns these; nil until the call is confirmed.
	camera     *media.VideoSender
	microphone *media.AudioSender
	video      *media.VideoReceiver
	sound      *media.AudioReceiver
	closers    []func()

	mu                   sync.Mutex
	devices              app.Devices // mu
	micOn, camOn         bool        // mu; what the therapist wants
	only                 bool        // mu; voice only
	micWorks, camWorks   bool        // mu; what is open just now
	rate                 int         // mu; the newest estimate, bit/s
	videoOut             *webrtc.TrackLocalStaticRTP
	audioOut             *webrtc.TrackLocalStaticSample
	packets              rtp.Packetizer
	wantKey              func()
	pushVideo, pushSound func(*rtp.Packet) // mu
	keyFrame             func()            // mu
	setRate              func(int)         // mu
}

// selfWidth is how wide the view of oneself is, in pixels: the desktop shows it at most 220 wide, twice that on a screen with small pixels.
const selfWidth = 480

var _ app.Media = (*tracks)(nil)

func newTracks(synthetic bool, p policy, problem func(kind, words string), voice func(only bool)) *tracks {
	t := &tracks{
		synthetic: synthetic, modality: p.modality, problem: problem, tellVoice: voice, work: newMailbox[func()](),
		ended: make(chan struct{}), done: make(chan struct{}), devices: p.devices,
		micOn: p.modality != app.ModalityText, camOn: p.modality == app.ModalityVideo,
	}
	t.self.Mirror, t.self.Widest = true, selfWidth
	go t.run()
	return t
}

func (t *tracks) run() {
	defer close(t.done)
	for {
		select {
		case <-t.work.ready:
			for _, f := range t.work.take() {
				f()
			}
		case <-t.ended:
			t.work.close()
			for _, f := range t.closers {
				f()
			}
			return
		}
	}
}

// attach adds the tracks to a peer connection: sound first, then picture, both ways. They go on
// in the next one, if there must be one.
func (t *tracks) attach(pc *webrtc.PeerConnection) error {
	if err := t.makeTracks(); err != nil {
		return err
	}
	for _, track := range []webrtc.TrackLocal{t.audioOut, t.videoOut} {
		sender, err := pc.AddTrack(track)
		if err != nil {
			return err
		}
		go t.feedback(sender)
	}
	pc.OnTrack(func(r *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { t.receive(pc, r) })
	return nil
}

func (t *tracks) makeTracks() (err error) {
	if t.packets != nil {
		return nil
	}
	if t.audioOut, err = webrtc.NewTrackLocalStaticSample(opus, "audio", "alcove"); err != nil {
		return err
	}
	if t.videoOut, err = webrtc.NewTrackLocalStaticRTP(vp8, "video", "alcove"); err != nil {
		return err
	}
	t.packets = rtp.NewPacketizer(1200, 0, 0, &codecs.VP8Payloader{EnablePictureID: true}, rtp.NewRandomSequencer(), vp8.ClockRate)
	return nil
}

// feedback reads what the guest says about our packets: somebody must, or none of it is
// heard by the estimator and the repeats.
func (t *tracks) feedback(s *webrtc.RTPSender) {
	for {
		list, _, err := s.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range list {
			switch p.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				t.mu.Lock()
				ask := t.keyFrame
				t.mu.Unlock()
				if ask != nil {
					ask()
				}
			}
		}
	}
}

// receive passes one of the guest's tracks on until it ends.
func (t *tracks) receive(pc *webrtc.PeerConnection, r *webrtc.TrackRemote) {
	isVideo := r.Kind() == webrtc.RTPCodecTypeVideo
	if isVideo {
		t.mu.Lock()
		t.wantKey = func() {
			_ = pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(r.SSRC())}}) // asked again if lost
		}
		t.mu.Unlock()
	}
	for {
		p, _, err := r.ReadRTP()
		if err != nil {
			return
		}
		t.mu.Lock()
		push := t.pushSound
		if isVideo {
			push = t.pushVideo
		}
		t.mu.Unlock()
		if push != nil && t.live.Load() {
			push(p)
		}
	}
}

// open starts senders, receivers and devices, once the guest is known.
func (t *tracks) open() {
	if t.modality == app.ModalityText {
		return
	}
	t.work.put(func() {
		t.openEcho()
		t.openVideo()
		t.openSound()
		t.useCamera()
		t.useMicrophone()
		t.useSpeaker()
	})
}

// begin lets sound and picture pass, both ways. The pictures before are lost, so that each side
// needs a whole one.
func (t *tracks) begin() {
	t.live.Store(true)
	t.work.put(func() {
		if t.camera != nil {
			t.camera.RequestKeyFrame()
		}
		t.askKey()
	})
}

// pause stops them again, until the guest's finished holds on a new connection.
func (t *tracks) pause() { t.live.Store(false) }

func (t *tracks) openEcho() {
	speex, err := media.NewSpeex()
	if err != nil {
		t.echo = media.NewEchoPath(nil)
		return
	}
	t.echo = media.NewEchoPath(speex)
	t.closers = append(t.closers, speex.Close) // and stays last: senders and receivers use it
}

func (t *tracks) openVideo() {
	t.camera = media.NewVideoSender(media.VideoSenderConfig{Preview: &t.self, Send: t.sendPicture, Problem: t.cameraProblem})
	receiver, err := media.NewVideoReceiver(&t.remote, t.askKey)
	t.mu.Lock()
	t.keyFrame, t.setRate = t.camera.RequestKeyFrame, t.camera.SetBitrate
	if err == nil {
		t.video, t.pushVideo = receiver, receiver.Push
	}
	if t.rate > 0 {
		t.camera.SetBitrate(t.rate)
	}
	t.mu.Unlock()
	t.closers = append([]func(){t.camera.Close}, t.closers...)
	if err == nil {
		t.closers = append([]func(){receiver.Close}, t.closers...)
	}
}

func (t *tracks) openSound() {
	sender, err := media.NewAudioSender(media.AudioSenderConfig{Echo: t.echo, Send: t.sendSound, Problem: t.microphoneProblem})
	if err == nil {
		t.microphone = sender
		t.closers = append([]func(){sender.Close}, t.closers...)
	}
	receiver, err := media.NewAudioReceiver(media.AudioReceiverConfig{Echo: t.echo, Problem: func(err error) { t.problem(string(media.Speaker), words(media.Speaker, err)) }})
	if err == nil {
		t.sound = receiver
		t.mu.Lock()
		t.pushSound = receiver.Push
		t.mu.Unlock()
		t.closers = append([]func(){receiver.Close}, t.closers...)
	}
}

func (t *tracks) sendPicture(f media.EncodedFrame) {
	if !t.live.Load() {
		return
	}
	at := uint32(f.At * time.Duration(vp8.ClockRate) / time.Second)
	for _, p := range t.packets.Packetize(f.Data, 0) {
		p.Timestamp = at
		if t.videoOut.WriteRTP(p) != nil {
			return // the connection is closing
		}
	}
}

func (t *tracks) sendSound(packet []byte) {
	if !t.live.Load() {
		return
	}
	_ = t.audioOut.WriteSample(samples.Sample{Data: packet, Duration: media.FrameTime}) // fails only while closing
}

func (t *tracks) askKey() {
	t.mu.Lock()
	ask := t.wantKey
	t.mu.Unlock()
	if ask != nil {
		ask()
	}
}

// setBitrate follows the estimator; a tenth is left for voice and for what is sent again.
func (t *tracks) setBitrate(bps int) {
	t.mu.Lock()
	t.rate = bps - bps/10
	set, rate := t.setRate, t.rate
	t.mu.Unlock()
	if set != nil {
		set(rate)
	}
}

// close stops everything; it does not wait.
func (t *tracks) close() { close(t.ended) }

// sending says what the guest gets from us just now.
func (t *tracks) sending() (mic, cam bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.micOn && t.micWorks, t.camOn && t.camWorks && !t.only
}

func (t *tracks) voiceOnly() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.only
}

// SetMicrophone mutes and unmutes.
func (t *tracks) SetMicrophone(on bool) {
	t.mu.Lock()
	t.micOn = on
	t.mu.Unlock()
	t.work.put(func() {
		if t.microphone != nil {
			t.microphone.SetMuted(!on)
		}
	})
}

// SetCamera opens the camera, or closes it so that its light goes out.
func (t *tracks) SetCamera(on bool) {
	t.mu.Lock()
	t.camOn = on
	t.mu.Unlock()
	t.work.put(t.useCamera)
}

// SetVoiceOnly stops both pictures, or lets them go on.
func (t *tracks) SetVoiceOnly(on bool) {
	t.mu.Lock()
	t.only = on
	t.mu.Unlock()
	t.work.put(t.useCamera)
	t.tellVoice(on)
}

// Use changes devices; those that stay the same are left alone.
func (t *tracks) Use(d app.Devices) {
	t.mu.Lock()
	old := t.devices
	t.devices = d
	t.mu.Unlock()
	t.work.put(func() {
		if d.Camera != old.Camera {
			t.useCamera()
		}
		if d.Microphone != old.Microphone {
			t.useMicrophone()
		}
		if d.Speaker != old.Speaker {
			t.useSpeaker()
		}
	})
}

// Remote is the client's picture.
func (t *tracks) Remote() app.Frames { return &t.remote }

// Self is our own, as in a mirror.
func (t *tracks) Self() app.Frames { return &t.self }
