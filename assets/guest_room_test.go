package assets_test

import (
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/rtc/wire"
)

// meet opens a link and is let in, with everything that the modality has.
func (s *stage) meet(p *tab, l speech, a app.Admission, options ...inviteOption) (app.Call, room) {
	s.t.Helper()
	p.toReady(l, s.invite(options...).link)
	switch a.Modality {
	case app.ModalityVideo:
		p.press(l.say("video"))
		p.says(l, "preview")
	case app.ModalityVoice:
		p.press(l.say("voice"))
		p.until("a meter", "document.querySelector('.meter')?.checkVisibility()")
	default:
		p.press(l.say("text"))
	}
	p.fill(l.say("name"), "Kim")
	p.press(l.say("knock"))
	call, r := s.admit(a)
	await[app.CallConnected](s.t, r)
	p.until("the room is live", "document.querySelector('.room')?.dataset.state === 'live'")
	return call, r
}

// TestText is a whole session with no permission at all.
func TestText(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		p := newTab(t, refused, l.tag, `
			window.asked = 0;
			navigator.mediaDevices.getUserMedia = () => { asked++; return Promise.reject(new DOMException('', 'NotAllowedError')); };`)
		call, r := s.meet(p, l, text)
		p.says(l, "codeText")
		if l.tag == "en-US" {
			p.shots("text-code")
		}
		if !call.CheckCode(p.code()) {
			t.Error("the code of the page is another one")
		}
		p.says(l, "verified")
		call.SendChat("h1", "Take all the time you need.")
		p.reads("Take all the time you need.")
		await[app.CallDelivered](t, r)
		p.fill(l.say("chatLabel"), "Thank you. It is easier to write.")
		p.enter()
		if e := await[app.CallChat](t, r); e.Text != "Thank you. It is easier to write." {
			t.Errorf("the therapist read %q", e.Text)
		}
		p.says(l, "delivered")
		if l.tag == "en-US" {
			p.shots("text-room")
		}
		if n := eval[int](p, "asked"); n != 0 {
			t.Errorf("asked for camera or microphone %d times", n)
		}
		p.press(l.say("leave"))
		p.says(l, "leaveSure")
		p.press(l.say("leaveYes"))
		p.says(l, "leftTitle", "left", "goodbye")
		if e := await[app.CallEnded](t, r); e.Why != app.EndClient {
			t.Errorf("the host heard %q", e.Why)
		}
	})
}

func (p *tab) code() string {
	p.t.Helper()
	return strings.ReplaceAll(eval[string](p, "document.querySelector('.code-digits').textContent"), " ", "")
}

// TestVoice: heard and not seen, on both sides.
func TestVoice(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag, `
		const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
		navigator.mediaDevices.getUserMedia = async (c) => { const s = await ask(c); window.ears = s.getAudioTracks()[0]; return s; };`)
	call, r := s.meet(p, l, voice)
	for !await[app.CallRemote](t, r).Microphone {
	}
	p.until("sound comes in", sounds)
	p.shots("voice-code")
	p.press(l.say("codeHide"))
	p.shots("voice-room")
	p.press(l.say("mute"))
	for await[app.CallRemote](t, r).Microphone {
	}
	p.press(l.say("unmute"))
	for !await[app.CallRemote](t, r).Microphone {
	}
	call.Media().SetMicrophone(false)
	p.says(l, "remoteMuted")
	eval[bool](p, "ears.dispatchEvent(new Event('ended'))") // unplugged
	p.says(l, "microphoneGone")
	call.End(app.EndTherapist)
	p.says(l, "endedTitle")
	if on := eval[bool](p, "[...document.querySelectorAll('video')].some((v) => v.srcObject?.getTracks().some((t) => t.readyState === 'live'))"); on {
		t.Error("something still listens after the end")
	}
}

// sounds is true once the remote sound has been something else than silence.
const sounds = `(async () => {
	const stream = document.querySelector('.remote').srcObject;
	if (!stream || !stream.getAudioTracks().length) return false;
	const context = new AudioContext(), ear = context.createAnalyser();
	context.createMediaStreamSource(stream).connect(ear);
	await new Promise((done) => setTimeout(done, 300));
	const samples = new Float32Array(ear.fftSize);
	ear.getFloatTimeDomainData(samples);
	await context.close();
	return samples.some((s) => Math.abs(s) > 0.01);
})()`

// TestPictures turns cameras off and on again, on both sides.
func TestPictures(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	call, r := s.meet(p, l, video)
	p.until("a picture", "document.querySelector('.room').dataset.picture === 'shown'")
	p.press(l.say("codeHide"))
	eventually(t, "the therapist sees", func() bool { frame, _ := call.Media().Remote().Latest(); return frame != nil })

	call.Media().SetCamera(false)
	p.until("initials", "document.querySelector('.room').dataset.picture === 'none'")
	p.says(l, "remoteNoPicture")
	p.shots("room-initials")
	call.Media().SetCamera(true)
	p.until("a picture", "document.querySelector('.room').dataset.picture === 'shown'")

	p.press(l.say("cameraOff"))
	for await[app.CallRemote](t, r).Camera {
	}
	p.until("the light is out", "!document.querySelector('.self video').srcObject.getVideoTracks().length")
	p.press(l.say("cameraOn"))
	for !await[app.CallRemote](t, r).Camera {
	}
	_, before := call.Media().Remote().Latest()
	eventually(t, "the picture is back", func() bool { _, n := call.Media().Remote().Latest(); return n > before+3 })

	p.press(l.say("selfHide"))
	p.until("hidden", "document.querySelector('.room').dataset.self === 'hidden'")
	p.press(l.say("selfShow"))

	call.Media().SetVoiceOnly(true)
	p.says(l, "voiceOnly")
	for await[app.CallRemote](t, r).Camera {
	}
	call.Media().SetVoiceOnly(false)
	p.until("allowed again", "!document.querySelectorAll('.control')[1].disabled")
	p.press(l.say("cameraOn"))
	for !await[app.CallRemote](t, r).Camera {
	}
	eval[bool](p, "document.querySelector('.self video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))") // unplugged
	p.says(l, "cameraGone")
	p.press(l.say("leave"))
	p.shots("room-leave")
	p.press(l.say("stay"))
	call.End(app.EndTherapist)
	p.says(l, "endedTitle")
}

// silence is how long nothing had come when the page said so, by its own clock. What a busy machine held back between two of its looks does not count.
const silence = `
	let came = 0, looked = 0;
	const make = RTCPeerConnection, every = setInterval;
	window.RTCPeerConnection = function (config) {
		const pc = new make(config);
		pc.addEventListener('datachannel', ({ channel }) => channel.addEventListener('message', () => { came = Date.now(); }));
		return pc;
	};
	window.setInterval = (f, ms) => every(() => {
		const before = looked;
		if (ms === 500) looked = Date.now();
		f();
		if (ms === 500 && !window.silent && document.querySelector('.room')?.dataset.state === 'lost') window.silent = looked - came - Math.max(0, looked - before - ms);
	}, ms);`

// TestLost: the line is gone, both say so, chat waits, and arrives once.
func TestLost(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		p := newTab(t, everything, l.tag, silence)
		call, r := s.meet(p, l, video)
		p.press(l.say("codeHide"))
		s.tunnel.dark.Store(true)
		p.says(l, "lost")
		if took := eval[float64](p, "silent"); took < 2000 || took > 3000 {
			t.Errorf("the page took %v ms to say so", took)
		}
		await[app.CallLost](t, r)
		p.press(l.say("chat"))
		p.says(l, "lostChat")
		p.fill(l.say("chatLabel"), "Are you still there?")
		p.enter()
		p.says(l, "sending")
		call.SendChat("h1", "One moment.")
		if l.tag == "en-US" {
			p.press(l.say("chatClose"))
			p.shots("room-lost")
			p.press(l.say("chat"))
		}
		// The relay's socket breaks as well; the restart must find a new one.
		s.road.cut()
		time.Sleep(4 * time.Second)
		s.tunnel.dark.Store(false)
		await[app.CallConnected](t, r)
		if e := await[app.CallChat](t, r); e.Text != "Are you still there?" {
			t.Errorf("the therapist read %q", e.Text)
		}
		p.reads("One moment.")
		p.says(l, "delivered")
		p.until("no notice any more", "!document.querySelector('.room-notice').textContent")
		call.SendChat("h2", "There you are.")
		p.reads("There you are.")
		if n := eval[int](p, "document.querySelectorAll('.chat li').length"); n != 3 {
			t.Errorf("%d lines, want 3", n)
		}
		select {
		case e := <-r:
			if c, ok := e.(app.CallChat); ok {
				t.Errorf("again: %q", c.Text)
			}
		default:
		}
		call.End(app.EndTherapist)
		p.says(l, "endedTitle")
	})
}

// TestResume breaks the relay's socket alone: the session goes on, and signals still pass.
func TestResume(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	call, r := s.meet(p, l, text)
	for range 3 {
		s.road.cut()
		time.Sleep(700 * time.Millisecond)
	}
	call.SendChat("h1", "still here")
	p.reads("still here")
	await[app.CallDelivered](t, r)
	p.press(l.say("leave"))
	p.press(l.say("leaveYes"))
	if e := await[app.CallEnded](t, r); e.Why != app.EndClient {
		t.Errorf("ended: %q", e.Why)
	}
}

// TestLostWithADeafSocket: packets and the relay's socket are gone, and nothing says so of the socket.
func TestLostWithADeafSocket(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	call, r := s.meet(p, l, text)
	s.road.deafen()
	s.tunnel.dark.Store(true)
	await[app.CallLost](t, r)
	time.Sleep(5 * time.Second) // ICE was restarted meanwhile, so that the old way leads nowhere
	s.tunnel.dark.Store(false)
	await[app.CallConnected](t, r)
	call.SendChat("h1", "There you are.")
	p.reads("There you are.")
	call.End(app.EndTherapist)
	p.says(l, "endedTitle")
}

// TestOver is every way in which a session ends badly. Time runs as the test says for those who wait.
func TestOver(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		t.Run("no way to each other", func(t *testing.T) {
			p := newTab(t, everything, l.tag, `const wait = setTimeout; window.setTimeout = (f, ms, ...a) => ms === 120000 ? (window.tooLate = f, 0) : wait(f, ms, ...a);`)
			p.toReady(l, s.invite().link)
			s.road.change(func(f []byte) [][]byte {
				if wire.FrameType(f[0]) == wire.FrameSignal {
					return nil
				}
				return [][]byte{f}
			})
			defer s.road.change(nil)
			p.knock(l, "")
			_, r := s.admit(text)
			p.says(l, "connecting")
			eval[bool](p, "tooLate(), true")
			p.says(l, "handshakeTitle", "handshake")
			if e := await[app.CallEnded](t, r); e.Why != app.EndHandshake {
				t.Errorf("the host heard %q", e.Why)
			}
		})
		t.Run("cut off between admit and confirm", func(t *testing.T) {
			p := newTab(t, everything, l.tag)
			p.toReady(l, s.invite().link)
			s.road.swallow(func(f []byte) [][]byte {
				if wire.FrameType(f[0]) != wire.FrameConfirm {
					return [][]byte{f}
				}
				s.road.cut()
				return nil
			})
			defer s.road.swallow(nil)
			p.knock(l, "")
			_, r := s.admit(text)
			p.says(l, "handshakeTitle", "handshake")
			if e := await[app.CallEnded](t, r); e.Why != app.EndHandshake {
				t.Errorf("the host heard %q", e.Why)
			}
		})
		t.Run("the line does not come back", func(t *testing.T) {
			// Whenever the room looks at its clock three seconds have passed, and it looks more often: a longer pause it would take for sleep.
			p := newTab(t, everything, l.tag, `const now = Date.now, every = setInterval; let skipped = 0;
				Date.now = () => now() + skipped;
				window.setInterval = (f, ms) => ms !== 500 ? every(f, ms) : every(() => { if (window.fast) skipped += 3000; f(); }, 50);`)
			call, _ := s.meet(p, l, text)
			s.tunnel.dark.Store(true)
			defer s.tunnel.dark.Store(false)
			defer call.End(app.EndTherapist)
			p.says(l, "lost")
			eval[bool](p, "window.fast = true")
			p.says(l, "lostTitle", "lostOver")
		})
		t.Run("our own mistake", func(t *testing.T) {
			p := newTab(t, everything, l.tag, `SubtleCrypto.prototype.digest = () => { throw new TypeError('test'); };`)
			p.open(s.invite().link)
			p.says(l, "brokenTitle", "broken")
		})
	})
}

// TestALineLeftWhileItWasChecked: what is still being checked of a line that was left says nothing on the one made anew.
// The page once took that one for checked before it was there.
func TestALineLeftWhileItWasChecked(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag, `
		window.made = 0;
		const make = RTCPeerConnection;
		window.RTCPeerConnection = function (config) { made++; return new make(config); };
		if (location.pathname === '/j') import('/guest/session.js').then(({ Session }) => {
			const check = Session.prototype.checkFinished;
			window.held = [];
			Session.prototype.checkFinished = async function (message, fingerprints) {
				await new Promise((go) => { held.push(go); });
				return check.call(this, message, fingerprints);
			};
		});`)
	p.toReady(l, s.invite().link)
	p.press(l.say("text"))
	p.fill(l.say("name"), "Kim")
	p.press(l.say("knock"))
	_, r := s.admit(text)
	p.until("the check has begun", "held.length === 1")
	p.until("another line", "made === 2") // the host has heard nothing on the first
	eval[bool](p, "held[0](), true")
	p.until("the other's check has begun", "held.length === 2")
	if state := eval[string](p, "document.querySelector('.room').dataset.state || ''"); state != "" {
		t.Errorf("before the other line was checked the room is %s", state)
	}
	eval[bool](p, "held[1](), true")
	await[app.CallConnected](t, r)
	p.until("the room is live", "document.querySelector('.room')?.dataset.state === 'live'")
}
