// Package assets_test opens the client's page in a real Chromium, in front of a real relay and a real host.
package assets_test

import (
	"strings"
	"testing"

	"alcove/app"
)

func TestVectors(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := newTab(t, everything, "en-US")
	p.open(s.road.url + "/j")
	p.reads("Please open your link")
	result := eval[struct {
		Passed int      `json:"passed"`
		Failed []string `json:"failed"`
	}](p, `(async () => (await import('/guest/test/vectors.js')).run(await (await fetch('/guest/test/vectors.json')).json()))()`)
	for _, f := range result.Failed {
		t.Error(f)
	}
	if result.Passed < 100 {
		t.Errorf("only %d checks ran", result.Passed)
	}
}

// TestVideo is a whole session: both see and hear each other, and write.
func TestVideo(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	i := s.invite(withPIN, withCard(app.Card{Therapist: therapist, Practice: "Praxis am Fluß", Welcome: "Good that you are here. We have fifty minutes."}))
	p := newTab(t, everything, "en-US")
	p.open(i.link)
	p.reads(therapist + " invites you")
	p.shots("1-welcome")

	requests, frames := s.road.log()
	for _, r := range requests {
		if !strings.HasPrefix(r, "GET /j") && !strings.HasPrefix(r, "GET /guest/") && !strings.HasPrefix(r, "GET /v1/links/") {
			t.Errorf("before the knock the page asked for %s", r)
		}
	}
	if frames != 0 {
		t.Errorf("%d frames before the knock", frames)
	}
	if where := eval[string](p, "location.href"); where != s.road.url+"/j" {
		t.Errorf("the address bar has %s", where)
	}

	p.press("Continue")
	p.reads("How would you like to meet?")
	p.shots("2-ready-empty")
	p.press("Video")
	p.reads("This is how you will be seen")
	p.reads("Your microphone works.")
	p.fill("Your name", "Kim")
	p.fill("PIN, six digits", "042042")
	p.shots("3-ready")
	p.press("Knock")
	p.reads("You are in the waiting room")
	p.shots("4-waiting")

	call, r := s.admit(video)
	await[app.CallConnected](t, r)
	code := strings.ReplaceAll(eval[string](p, "document.querySelector('.code-digits').textContent"), " ", "")
	p.until("the picture moves", `document.querySelector('.remote').videoWidth > 0 && document.querySelector('.room').dataset.picture === 'shown'`)
	p.shots("5-code")
	if !call.CheckCode(code) {
		t.Errorf("the page shows %q, which is not the code", code)
	}
	p.reads("Verified")
	p.shots("6-room")
	call.SendChat("h1", "Hello Kim, can you hear me well?")
	p.until("one unread line", `document.querySelector('[data-unread="1"]')`)
	p.press("Chat, 1 new")
	p.reads("Hello Kim")
	await[app.CallDelivered](t, r)
	p.fill("Write to "+therapist, "Yes, very well 🌿")
	p.enter()
	if e := await[app.CallChat](t, r); e.Text != "Yes, very well 🌿" {
		t.Errorf("the therapist read %q", e.Text)
	}
	p.reads("delivered")
	p.shots("7-chat")
	call.End(app.EndTherapist)
	p.reads("The session is over")
	p.shots("8-goodbye")
}
