package assets_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"alcove/app"
	"alcove/rtc/wire"
)

// speech is one language of the page, with the words that these tests press and fill.
type speech struct {
	tag     string
	strings map[string]string
}

func languages(t testing.TB) []speech {
	return []speech{{"en-US", readStrings(t, "en")}, {"es-ES", readStrings(t, "es")}}
}

// say is a sentence of the page about the therapist.
func (l speech) say(key string) string {
	s, ok := l.strings[key]
	if !ok {
		panic("no string " + key)
	}
	return strings.ReplaceAll(s, "{name}", therapist)
}

// inBoth runs a test in English and in Spanish, side by side, each on a stage of its own.
func inBoth(t *testing.T, test func(t *testing.T, s *stage, l speech)) {
	t.Parallel()
	for _, l := range languages(t) {
		t.Run(l.tag, func(t *testing.T) {
			t.Parallel()
			test(t, newStage(t), l)
		})
	}
}

// reads waits for a sentence of the page; says checks both the title and the sentence of a failure.
func (p *tab) says(l speech, keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.reads(l.say(key))
	}
}

// toReady goes from the link to the choice of how to meet.
func (p *tab) toReady(l speech, link string) {
	p.t.Helper()
	p.open(link)
	p.says(l, "welcomeTitle")
	p.press(l.say("next"))
	p.says(l, "readyTitle")
}

// knock knocks in writing, which asks for no permission.
func (p *tab) knock(l speech, pin string) {
	p.t.Helper()
	p.press(l.say("text"))
	p.fill(l.say("name"), "Kim")
	if pin != "" {
		p.fill(l.say("pin"), pin)
	}
	p.press(l.say("knock"))
}

// TestClosedLinks is every link that opens nothing, and what the page says of it.
func TestClosedLinks(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		// The last is looked at last: it must be published before it runs out, on a busy machine too.
		used, revoked, gone := s.invite(), s.invite(), s.invite(expiring(10*time.Second))
		s.host.Shut(used.id, app.ShutUsed)
		s.host.Shut(revoked.id, app.ShutRevoked)
		open := s.invite()
		cases := []struct{ key, link string }{
			{"used", used.link},
			{"revoked", revoked.link},
			{"unknown", s.road.url + "/j#1" + strings.Repeat("A", 43)},
			{"cut", open.link[:len(open.link)-5]},
			{"cut", open.link + "x"},
			{"newer", strings.Replace(open.link, "#1", "#2", 1)},
			{"expired", gone.link},
			{"empty", s.road.url + "/j"},
		}
		closed := map[string]invitation{"used": used, "revoked": revoked, "expired": gone}
		p := newTab(t, everything, l.tag)
		for _, c := range cases {
			if c.key == "empty" {
				p = newTab(t, everything, l.tag) // nothing was opened in this one before
			}
			if i, ok := closed[c.key]; ok {
				eventually(t, "the link is closed", func() bool { return s.status(i) == http.StatusGone })
			}
			p.open(c.link)
			p.says(l, c.key+"Title", c.key)
			if l.tag == "en-US" && c.key != "newer" {
				p.shots("failure-" + c.key)
			}
		}
	})
}

// TestReload: the link is gone from the address bar, so a reload cannot know it.
func TestReload(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		i := s.invite()
		p := newTab(t, everything, l.tag)
		p.open(s.road.url + "/j")
		p.says(l, "emptyTitle")
		p.do(chromedp.Navigate("about:blank"))
		eval[bool](p, fmt.Sprintf(`(() => { const a = document.createElement('a'); a.href = %q; a.textContent = 'the link in a mail'; document.body.append(a); return true; })()`, i.link))
		p.press("the link in a mail")
		p.says(l, "welcomeTitle")
		if len(p.history()) < 3 {
			t.Errorf("the history is only %v", p.history())
		}
		for _, e := range p.history() {
			if strings.Contains(e, "#") {
				t.Errorf("the history has %s", e)
			}
		}
		if secret := eval[bool](p, `JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie, history.state]).includes('`+i.link[len(i.link)-43:]+`')`); secret {
			t.Error("the secret of the link is in a storage")
		}
		eval[bool](p, "setTimeout(() => location.reload()), true")
		p.says(l, "reloadedTitle", "reloaded")
	})
}

// TestSecondLink: another link, opened over the first one in the same tab, is what counts.
func TestSecondLink(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first, second := s.invite(), s.invite(withCard(app.Card{Therapist: "Dr. Noor Haddad"}))
	p := newTab(t, everything, "en-US")
	p.open(first.link)
	p.reads(therapist + " invites you")
	p.do(chromedp.Navigate(second.link)) // only the fragment differs: no load of the page by itself
	p.reads("Dr. Noor Haddad invites you")
	if where := eval[string](p, "location.href"); strings.Contains(where, "#") {
		t.Errorf("the address bar has %s", where)
	}
}

// TestDamaged: what the relay hands out does not fit the link.
func TestDamaged(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		i, other := s.invite(), s.invite()
		p := newTab(t, everything, l.tag)
		for name, body := range map[string]func(bundle, card string) string{
			"one bit of the bundle":     func(b, c string) string { return slot(flip(b, 100), c) },
			"one bit of the card":       func(b, c string) string { return slot(b, flip(c, 100)) },
			"an empty bundle":           func(_, c string) string { return slot("", c) },
			"another link's invitation": func(_, _ string) string { return slot(s.blobs(other)) },
			"a name too many":           func(b, c string) string { return strings.Replace(slot(b, c), "{", `{"x":1,`, 1) },
		} {
			t.Run(name, func(t *testing.T) {
				bundle, card := s.blobs(i)
				s.road.replace(func(w http.ResponseWriter, r *http.Request) bool {
					if !strings.HasPrefix(r.URL.Path, "/v1/links/") {
						return false
					}
					fmt.Fprint(w, body(bundle, card))
					return true
				})
				defer s.road.replace(nil)
				p := &tab{t: t, ctx: p.ctx}
				p.open(i.link)
				p.says(l, "damagedTitle", "damaged")
				if name == "an empty bundle" && l.tag == "en-US" {
					p.shots("failure-damaged")
				}
				p.clean()
			})
		}
	})
}

// TestOldCard: who has knocked once refuses a card older than the one seen then.
func TestOldCard(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	i := s.invite(standing)
	bundle, old := s.blobs(i)
	time.Sleep(1100 * time.Millisecond) // versions are seconds
	s.host.Open(i.line, app.Card{Therapist: therapist, Welcome: "new"}, s.door)
	eventually(t, "the card is new", func() bool { _, card := s.blobs(i); return card != old })
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	p.toReady(l, i.link)
	p.knock(l, "")
	p.says(l, "waitingTitle")
	s.door.next(t).Deny("")
	p.says(l, "deniedTitle")
	p.open(i.link)
	p.says(l, "welcomeTitle")
	s.road.replace(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/v1/links/") {
			fmt.Fprint(w, slot(bundle, old))
			return true
		}
		return false
	})
	p.open(i.link)
	p.says(l, "damagedTitle")
}

// TestUnreachable: no network at the link, and no network at the knock.
func TestUnreachable(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		i := s.invite()
		p := newTab(t, everything, l.tag)
		s.road.replace(func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, "/v1/") {
				panic(http.ErrAbortHandler)
			}
			return false
		})
		p.open(i.link)
		p.says(l, "unreachableLinkTitle", "unreachableLink")
		s.road.replace(nil)
		p.press(l.say("again"))
		p.says(l, "welcomeTitle")
		p.press(l.say("next"))
		s.road.shut(true)
		p.knock(l, "")
		p.says(l, "unreachableTitle", "unreachableNow")
		s.road.shut(false)
		p.says(l, "waitingTitle", "waiting")
		p.press(l.say("leave"))
		p.says(l, "leftTitle", "leftBefore")
		<-s.door.left
		<-s.door.knocks
	})
}

// TestAway: the desktop is off; the page waits, and knocks by itself.
func TestAway(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		i := s.invite()
		s.host.Close()
		p := newTab(t, everything, l.tag)
		p.toReady(l, i.link)
		p.knock(l, "")
		p.reads(l.say("awayTitle"))
		p.reads(l.say("away"))
		if l.tag == "en-US" {
			p.shots("away")
		}
		s.comeIn()
		s.host.Open(i.line, app.Card{Therapist: therapist}, s.door)
		p.says(l, "waitingTitle")
		s.door.next(t).Deny("")
		p.says(l, "deniedTitle")
	})
}

// TestDenied: the therapist's own sentence, and a second knock that is let in.
func TestDenied(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		i := s.invite(standing)
		p := newTab(t, everything, l.tag)
		p.toReady(l, i.link)
		p.knock(l, "")
		s.door.next(t).Deny("I am ten minutes late. Please knock again at five past.")
		p.says(l, "deniedTitle", "denied", "deniedSays")
		p.reads("I am ten minutes late.")
		if l.tag == "en-US" {
			p.shots("denied")
		}
		p.press(l.say("knockAgain"))
		p.knock(l, "")
		call, r := s.admit(text)
		await[app.CallConnected](t, r)
		call.End(app.EndTherapist)
		p.says(l, "endedTitle", "ended")
	})
}

// TestWrongPIN counts down, and closes.
func TestWrongPIN(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		i := s.invite(withPIN)
		p := newTab(t, everything, l.tag)
		p.toReady(l, i.link)
		p.knock(l, "123")
		p.says(l, "pinMissing")
		p.fill(l.say("pin"), "111111")
		p.press(l.say("knock"))
		s.door.next(t).WrongPIN(4)
		p.reads(strings.ReplaceAll(l.say("pinWrongMany"), "{left}", "4"))
		if l.tag == "en-US" {
			p.shots("wrong-pin")
		}
		p.fill(l.say("pin"), "222222")
		p.press(l.say("knock"))
		d := s.door.next(t)
		if k := d.Knock(); k.PIN != "222222" || k.Name != "Kim" {
			t.Errorf("the second knock is %+v", k)
		}
		d.WrongPIN(1)
		p.says(l, "pinWrongOne")
		p.fill(l.say("pin"), "333333")
		p.press(l.say("knock"))
		s.door.next(t).WrongPIN(0)
		p.says(l, "blockedTitle", "blocked")
	})
}

// TestShutWhileWaiting: the link is withdrawn, or the desktop just hangs up.
func TestShutWhileWaiting(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		i := s.invite()
		p := newTab(t, everything, l.tag)
		p.toReady(l, i.link)
		p.knock(l, "")
		p.says(l, "waitingTitle")
		s.host.Shut(i.id, app.ShutLocked)
		p.says(l, "hungupTitle", "hungup")
		<-s.door.knocks

		i = s.invite()
		p.toReady(l, i.link)
		p.knock(l, "")
		p.says(l, "waitingTitle")
		<-s.door.knocks
		s.road.shut(true)
		s.host.Shut(i.id, app.ShutRevoked)
		eventually(t, "the link is gone", func() bool { return s.status(i) == http.StatusGone })
		s.road.shut(false)
		p.says(l, "revokedTitle", "revoked")
	})
}

// TestTampered changes, repeats and leaves out frames at each step.
func TestTampered(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	flipped := func(f []byte) [][]byte { f[len(f)-9] ^= 4; return [][]byte{f} }
	for _, c := range []struct {
		name   string
		frame  wire.FrameType
		change func([]byte) [][]byte
	}{
		{"a bit of the waiting room's", wire.FrameHostLobby, flipped},
		{"a bit of the admit", wire.FrameAdmit, flipped},
		{"a bit of an offer", wire.FrameSignal, flipped},
		{"an offer twice", wire.FrameSignal, func(f []byte) [][]byte { return [][]byte{f, f} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := languages(t)[len(c.name)%2]
			i := s.invite()
			p := newTab(t, everything, l.tag)
			p.toReady(l, i.link)
			s.road.change(func(f []byte) [][]byte {
				if wire.FrameType(f[0]) == c.frame {
					return c.change(f)
				}
				return [][]byte{f}
			})
			defer s.road.change(nil)
			p.knock(l, "")
			d := s.door.next(t)
			if c.frame != wire.FrameHostLobby {
				if _, err := d.Admit(t.Context(), text, make(room, 256)); err != nil {
					t.Fatal(err)
				}
			}
			p.says(l, "tamperedTitle", "tampered")
			if c.frame == wire.FrameAdmit {
				p.shots("failure-tampered")
			}
		})
	}
}

// TestOldBrowser: what is missing is said, in place of an empty page.
func TestOldBrowser(t *testing.T) {
	inBoth(t, func(t *testing.T, s *stage, l speech) {
		i := s.invite()
		p := newTab(t, everything, l.tag, `delete window.RTCPeerConnection;`)
		p.open(i.link)
		p.says(l, "oldTitle", "old")
		p = newTab(t, everything, l.tag, `Object.defineProperty(window, 'isSecureContext', { get: () => false });`)
		p.open(i.link)
		p.says(l, "insecureTitle", "insecure")
	})
}
