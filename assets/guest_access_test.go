package assets_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"alcove/app"
)

// tabTo presses Tab until the control of that name has the focus, as who has no pointer does.
func (p *tab) tabTo(name string) {
	p.t.Helper()
	for range 40 {
		p.do(chromedp.KeyEvent(kb.Tab))
		if eval[bool](p, "document.activeElement === ("+button(name)+")") {
			return
		}
	}
	p.t.Fatalf("no way by Tab to %q; the focus is on %s", name, eval[string](p, "document.activeElement.outerHTML.slice(0, 200)"))
}

// hears waits until a screen reader is told. What was heard is gone from the page then: the same words count as news again.
func (p *tab) hears(region, text string) {
	p.t.Helper()
	for limit := time.Now().Add(soon); ; time.Sleep(20 * time.Millisecond) {
		// In one go: what comes after it must not be wiped away unheard.
		said := eval[string](p, fmt.Sprintf(`(() => { const region = document.getElementById(%q), said = region.textContent;
			if (said.includes(%q)) region.textContent = '';
			return said; })()`, region, text))
		if strings.Contains(said, text) {
			return
		}
		if time.Now().After(limit) {
			p.t.Fatalf("a screen reader hears %q, not %q", said, text)
		}
	}
}

// titled waits for a screen, and sees to it that reading begins at its title.
func (p *tab) titled(title string) {
	p.t.Helper()
	p.until("the focus on the title "+title, "document.activeElement.tagName === 'H1' && document.activeElement.innerText === "+quote(title))
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "\\'") + "'" }

// TestByEarAndKeyboard is a written session of somebody who sees nothing and has no pointer.
func TestByEarAndKeyboard(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	p.open(s.invite(standing).link)
	p.titled(l.say("welcomeTitle"))
	p.tabTo(l.say("crisisLines"))
	p.enter()
	p.reads("Samaritans 116 123")
	p.shots("welcome-crisis")
	p.tabTo(l.say("next"))
	p.enter()
	p.titled(l.say("readyTitle"))
	p.tabTo(l.say("text"))
	p.do(chromedp.KeyEvent(" "))
	p.until("pressed", "document.activeElement.getAttribute('aria-pressed') === 'true'")
	p.tabTo(l.say("knock"))
	p.enter()
	p.until("the focus on what is missing", "document.activeElement.id === 'name' && document.activeElement.getAttribute('aria-invalid') === 'true'")
	p.do(chromedp.KeyEvent("Kim"))
	p.enter()
	p.hears("status", l.say("waiting"))
	p.until("a title", "document.querySelector('h1').innerText === "+quote(l.say("waitingTitle")))
	s.door.next(t).Deny("Please wait ten minutes.")
	p.titled(l.say("deniedTitle"))
	p.hears("alert", "Please wait ten minutes.")
	p.tabTo(l.say("knockAgain"))
	p.enter()
	p.titled(l.say("readyTitle"))
	p.tabTo(l.say("text"))
	p.enter()
	p.tabTo(l.say("knock"))
	p.enter()
	call, r := s.admit(text)
	await[app.CallConnected](t, r)
	p.hears("status", l.say("live"))
	if title := eval[string](p, "document.querySelector('h1').innerText"); title != therapist {
		t.Errorf("the room is titled %q", title)
	}
	code := p.code()
	if spoken := eval[string](p, "document.querySelector('.code .unseen').textContent"); spoken != strings.Join(strings.Split(code, ""), ", ") {
		t.Errorf("the code is read as %q", spoken)
	}
	call.CheckCode(code)
	p.hears("status", l.say("verifiedNow"))
	call.SendChat("h1", "Can you hear me?")
	p.hears("status", therapist+": Can you hear me?")
	p.tabTo(l.say("leave"))
	p.enter()
	p.until("the focus on staying", "document.activeElement.innerText === "+quote(l.say("stay")))
	p.do(chromedp.KeyEvent(kb.Escape))
	p.until("the focus back", "document.activeElement.innerText.trim() === "+quote(l.say("leave")))
	call.End(app.EndTherapist)
	p.titled(l.say("endedTitle"))
}

// TestOtherLanguage changes it on the way; what was typed stays, and so does the focus.
func TestOtherLanguage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	both := languages(t)
	p := newTab(t, everything, both[0].tag)
	p.toReady(both[0], s.invite().link)
	p.fill(both[0].say("name"), "Kim")
	p.press("Español")
	p.says(both[1], "readyTitle")
	if name := eval[string](p, "document.getElementById('name').value"); name != "Kim" {
		t.Errorf("the name is now %q", name)
	}
	if on := eval[string](p, "document.activeElement.id"); on != "language" {
		t.Errorf("the focus is on %q", on)
	}
	p.shots("ready-spanish")
	p.knock(both[1], "")
	if k := s.door.next(t).Knock(); k.Language != "es" || k.Name != "Kim" {
		t.Errorf("the knock is %+v", k)
	}
	p.says(both[1], "waiting")
}

// TestCalm: who asked for less motion gets none.
func TestCalm(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	l := languages(t)[0]
	p := newTab(t, everything, l.tag)
	p.toReady(l, s.invite().link)
	p.knock(l, "")
	p.says(l, "waitingTitle")
	moving := "document.getAnimations().filter((a) => a.playState === 'running').length"
	p.until("the breathing", moving)
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
	p.until("no motion", "!"+moving)
}
