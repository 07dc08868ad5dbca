package rtc

import (
	"context"
	"image"
	"image/color"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"alcove/app"
	"alcove/rtc/media"
	"alcove/rtc/wire"
)

const (
	guestHue  = 30
	guestTone = 880
)

// guestMedia is what a browser would send and show.
type guestMedia struct {
	out   *tracks
	slot  media.Slot
	sound *media.Measure
}

// joinWithMedia answers with a pattern and a tone of the guest's own, and measures what comes.
func joinWithMedia(t *testing.T, m *guestMedia) func(*guest, wire.Admit, connectionEvents) (answerer, error) {
	return func(g *guest, a wire.Admit, e connectionEvents) (answerer, error) {
		got, err := joinByPion(g, a, e)
		if err != nil {
			return nil, err
		}
		pc := got.(*pionAnswerer).pc
		m.out = newTracks(true, policy{modality: app.ModalityVideo}, func(kind, words string) {
			if words != "" {
				t.Errorf("the guest's %s: %s", kind, words)
			}
		}, func(bool) {})
		if err := m.out.attach(pc); err != nil {
			return nil, err
		}
		m.sound = media.NewMeasure()
		var picture atomic.Uint32 // SSRC
		askKey := func() {
			_ = pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: picture.Load()}})
		}
		video, err := media.NewVideoReceiver(&m.slot, askKey)
		if err != nil {
			return nil, err
		}
		audio, err := media.NewAudioReceiver(media.AudioReceiverConfig{Sink: m.sound})
		if err != nil {
			return nil, err
		}
		t.Cleanup(func() {
			m.out.close()
			<-m.out.done
			video.Close()
			audio.Close()
		})
		pc.OnTrack(func(r *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
			push := audio.Push
			if r.Kind() == webrtc.RTPCodecTypeVideo {
				push = video.Push
				picture.Store(uint32(r.SSRC()))
				askKey()
			}
			for {
				p, _, err := r.ReadRTP()
				if err != nil {
					return
				}
				push(p)
			}
		})
		m.out.work.put(func() {
			m.out.begin()
			m.out.openEcho()
			m.out.openVideo()
			m.out.openSound()
			m.out.camera.SetSource(media.Synthetic(640, 360, 30, guestHue))
			m.out.microphone.SetSource(media.Tone(guestTone))
		})
		return got, nil
	}
}

// patch is whether the middle of a picture has the colour of this hue.
func patch(p *image.RGBA, hue float64) bool {
	if p == nil || p.Bounds().Dx() < 16 {
		return false
	}
	want := media.SyntheticColour(hue)
	got := p.RGBAAt(p.Bounds().Dx()/2, p.Bounds().Dy()/2)
	near := func(a, b uint8) bool { return max(a, b)-min(a, b) < 40 }
	return near(got.R, want.R) && near(got.G, want.G) && near(got.B, want.B) && got != color.RGBA{}
}

// TestVideoAndVoice sends pictures and sound both ways and recognises each by colour and pitch.
func TestVideoAndVoice(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	m := &guestMedia{}
	g := visit(t, h.invite(app.InviteStanding).Link, func(g *guest) { g.join = joinWithMedia(t, m) })
	g.knockWanting("Kim", "", wire.WantsVideo)
	d := h.door.next(t)
	r := newRoom()
	c, err := d.Admit(context.Background(), app.Admission{Modality: app.ModalityVideo}, r)
	if err != nil {
		t.Fatal(err)
	}
	g.until(t, "connected", soon)
	shown := c.Media().Remote()
	eventually(t, "the host sees the guest", func() bool { p, _ := shown.Latest(); return patch(p, guestHue) })
	eventually(t, "the guest sees the host", func() bool { p, _ := m.slot.Latest(); return patch(p, SyntheticHue) })
	eventually(t, "the host sees itself", func() bool { p, _ := c.Media().Self().Latest(); return patch(p, SyntheticHue) })
	eventually(t, "the host hears the guest", func() bool { return h.host.HeardPower(guestTone) > 0.8 })
	eventually(t, "the guest hears the host", func() bool { return m.sound.PowerAt(SyntheticTone) > 0.8 })

	c.Media().SetMicrophone(false)
	eventually(t, "the guest hears silence", func() bool { return media.Level(m.sound.Last()) < -80 })
	until(t, g, "beat", "false true")
	c.Media().SetVoiceOnly(true)
	until(t, g, "beat", "false false")
	c.Media().SetMicrophone(true)
	eventually(t, "the guest hears the host again", func() bool { return m.sound.PowerAt(SyntheticTone) > 0.8 })
	c.Media().SetVoiceOnly(false)
	until(t, g, "beat", "true true")
	_, n := m.slot.Latest()
	eventually(t, "pictures go on", func() bool { _, now := m.slot.Latest(); return now > n })
	c.Media().Use(app.Devices{Camera: "another", Microphone: "another", Speaker: "another"})
	eventually(t, "the new speaker plays", func() bool { return h.host.HeardPower(guestTone) > 0.8 })
	c.End(app.EndTherapist)
}

func until(t *testing.T, g *guest, what, text string) {
	t.Helper()
	for limit := time.Now().Add(soon); ; {
		if e := g.until(t, what, soon); e.text == text {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("never %s %s", what, text)
		}
	}
}

// TestNoCameraIsNoPattern: without the option a missing camera sends nothing and says so.
func TestNoCameraIsNoPattern(t *testing.T) {
	t.Parallel()
	if n := len(media.Cameras()); n > 0 {
		t.Logf("this machine has %d cameras: the test opens one that it has not", n)
	}
	h := newHouse(t, func(o *Options) { o.Synthetic = false })
	g := h.visit(h.invite(app.InviteStanding).Link)
	g.knockWanting("Kim", "", wire.WantsVideo)
	d := h.door.next(t)
	r := newRoom()
	_, err := d.Admit(context.Background(), app.Admission{Modality: app.ModalityVideo, Devices: app.Devices{Camera: "none such"}}, r)
	if err != nil {
		t.Fatal(err)
	}
	for {
		e := await[app.CallDevice](t, r, soon)
		if e.Kind == "camera" {
			if !strings.Contains(e.Problem, "Voice and text go on") {
				t.Errorf("the therapist reads %q", e.Problem)
			}
			break
		}
	}
	g.until(t, "connected", soon)
	if e := g.until(t, "beat", soon); !strings.HasSuffix(e.text, "false") {
		t.Errorf("the beat says %q", e.text)
	}
}

// TestNoMediaBeforeFinished: somebody who answers, and never proves who he is, is sent neither
// sound nor picture, and none of his is played or shown.
func TestNoMediaBeforeFinished(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	m := &guestMedia{}
	connected := make(chan struct{}, 1)
	g := visit(t, h.invite(app.InviteStanding).Link, func(g *guest) {
		join := joinWithMedia(t, m)
		g.join = func(g *guest, a wire.Admit, e connectionEvents) (answerer, error) {
			e.opened = func() { connected <- struct{}{} }
			e.message = func([]byte) {}
			return join(g, a, e)
		}
	})
	g.knockWanting("Kim", "", wire.WantsVideo)
	c, err := h.door.next(t).Admit(t.Context(), app.Admission{Modality: app.ModalityVideo}, newRoom())
	if err != nil {
		t.Fatal(err)
	}
	g.until(t, "admitted", soon)
	<-connected
	eventually(t, "the host sees itself", func() bool { p, _ := c.Media().Self().Latest(); return p != nil })
	time.Sleep(2 * time.Second)
	if p, _ := c.Media().Remote().Latest(); p != nil {
		t.Error("the host was shown a picture")
	}
	if p, _ := m.slot.Latest(); p != nil {
		t.Error("the guest was sent a picture")
	}
	if h.host.HeardPower(guestTone) > 0.1 || m.sound.PowerAt(SyntheticTone) > 0.1 {
		t.Error("somebody heard the other")
	}
	c.(*call).media.begin() // so that this test can fail
	eventually(t, "the host sees the guest", func() bool { p, _ := c.Media().Remote().Latest(); return patch(p, guestHue) })
	c.End(app.EndTherapist)
}
