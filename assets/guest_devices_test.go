package assets_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"alcove/app"
	"alcove/rtc/relay"
)

// TestDevices is every trouble with camera and microphone, and the way on.
func TestDevices(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		i := s.invite()
		busy := func(kind string) string {
			return fmt.Sprintf(`const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
				navigator.mediaDevices.getUserMedia = (c) => c.%s ? Promise.reject(new DOMException('', 'NotReadableError')) : ask(c);`, kind)
		}
		absent := func(kind string) string { return strings.Replace(busy(kind), "NotReadable", "NotFound", 1) }
		cases := []struct {
			name    string
			has     equipment
			script  string // what no headless browser can be made to do
			press   string
			says    []string
			forward string // how it goes on
		}{
			{"refused", refused, "", "video", []string{"camera_refused"}, "text"},
			{"microphone refused", refused, "", "voice", []string{"microphone_refused"}, "text"},
			{"microphone absent", everything, absent("audio"), "voice", []string{"microphone_absent"}, "text"},
			{"camera busy", everything, busy("video"), "video", []string{"camera_busy", "voiceInstead"}, ""},
			{"camera absent", noCamera, "", "video", []string{"camera_absent", "voiceInstead"}, ""},
			{"microphone busy", everything, busy("audio"), "voice", []string{"microphone_busy"}, "text"},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				p := newTab(t, c.has, l.tag, c.script)
				p.toReady(l, i.link)
				p.press(l.say("knock"))
				p.says(l, "choose")
				p.press(l.say(c.press))
				p.says(l, c.says...)
				if l.tag == "en-US" && (c.name == "refused" || c.name == "camera busy") {
					p.shots("trouble-" + strings.ReplaceAll(c.name, " ", "-"))
				}
				if c.forward != "" {
					p.press(l.say(c.forward))
					p.says(l, "textReady")
				}
				p.press(l.say("knock"))
				p.says(l, "nameMissing")
				p.fill(l.say("name"), "Kim")
				p.press(l.say("knock"))
				p.says(l, "waitingTitle")
				k := s.door.next(t).Knock()
				want := app.ModalityText
				if c.forward == "" {
					want = app.ModalityVoice
				}
				if k.Wants != want || k.Language != l.tag[:2] {
					t.Errorf("the knock is %+v", k)
				}
				p.press(l.say("leave"))
				p.says(l, "leftTitle")
			})
		}
	})
}

// TestNoStorage: a private window, or a full disk, costs the memory of who one is and nothing else.
func TestNoStorage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag, `
		Object.defineProperty(window, 'indexedDB', { get: () => { throw new DOMException('', 'SecurityError'); } });
		Object.defineProperty(window, 'sessionStorage', { get: () => { throw new DOMException('', 'SecurityError'); } });`)
	call, _ := s.meet(p, l, text)
	call.End(app.EndTherapist)
	p.says(l, "endedTitle")
}

// TestRelayOnly: with a TURN server and no leave to go direct, neither side tells the other its address.
func TestRelayOnly(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(c *relay.Config) { c.TURN = relay.TURN{Listen: "127.0.0.1:0", AllowPrivatePeers: true} })
	l := languages(t)[0]
	p := newTab(t, everything, l.tag, `
		window.candidates = [];
		const make = RTCPeerConnection;
		window.RTCPeerConnection = function (config) {
			const pc = new make(config);
			window.policy = config.iceTransportPolicy;
			pc.addEventListener('icecandidate', (e) => { if (e.candidate && e.candidate.candidate) candidates.push(e.candidate.candidate); });
			return pc;
		};`)
	a := video
	a.Direct = false
	call, r := s.meet(p, l, a)
	p.until("a picture", "document.querySelector('.room').dataset.picture === 'shown'")
	if policy := eval[string](p, "policy"); policy != "relay" {
		t.Errorf("the page's policy is %q", policy)
	}
	all := eval[[]string](p, "candidates")
	for _, c := range all {
		if !strings.Contains(c, " typ relay ") {
			t.Errorf("the page told %s", c)
		}
	}
	if len(all) == 0 {
		t.Error("no candidate")
	}
	call.SendChat("h1", "by way of the relay")
	await[app.CallDelivered](t, r)
	call.End(app.EndTherapist)
	p.says(l, "endedTitle")
}

// TestSameKey: a browser is known again, and two therapists cannot compare notes.
func TestSameKey(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	mine, other := s.invite(standing), s.invite(standing)
	key := func(i invitation) string {
		p.toReady(l, i.link)
		p.knock(l, "")
		d := s.door.next(t)
		d.Deny("")
		p.says(l, "deniedTitle")
		return string(d.Knock().GuestKey)
	}
	first := key(mine)
	if key(mine) != first {
		t.Error("the second knock has another key")
	}
	if key(other) == first {
		t.Error("two therapists see the same key")
	}
}

// TestPolicy is what the relay sends with the page; the witness in every tab sees to it that nothing breaks it.
func TestPolicy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	res, err := http.Get(s.relay.URL() + "/j")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	policy := res.Header.Get("Content-Security-Policy")
	for _, want := range []string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types 'none'",
	} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	p := newTab(t, everything, "en-US")
	p.open(s.road.url + "/j")
	p.reads("Please open your link")
	refused := eval[[]string](p, `(async () => {
		const tries = {
			html: () => { document.body.innerHTML = '<b>x</b>'; },
			policy: () => { trustedTypes.createPolicy('x', {}); },
			// Later, because what the debugger itself runs may use eval.
			eval: () => new Promise((done, failed) => setTimeout(() => { try { done((0, eval)('1')); } catch (e) { failed(e); } })),
			elsewhere: () => fetch('http://127.0.0.1:1/'),
		};
		const out = [];
		for (const [name, work] of Object.entries(tries)) { try { await work(); } catch { out.push(name); } }
		return out;
	})()`)
	if len(refused) != 4 {
		t.Errorf("only %v were refused", refused)
	}
	// The page is told of each a while after. These were on purpose.
	p.until("four reports", "seen.length === 4")
	eval[bool](p, "!(window.seen = [])")
}
