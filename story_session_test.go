//go:build linux

package main_test

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"alcove/rtc"
	"alcove/rtc/media"
)

// What happens between Admit and End.

var sixDigits = regexp.MustCompile(`\b(\d), (\d), (\d), (\d), (\d), (\d)\b`)

func (s *story) code() {
	g, d := s.guest, s.desk
	d.reads("Unverified")
	spoken := sixDigits.FindStringSubmatch(g.text())
	if spoken == nil {
		s.t.Fatalf("no code to read aloud:\n%s", g.text())
	}
	right := strings.Join(spoken[1:], "")
	wrong := right[1:] + string('0'+(right[0]-'0'+1)%10)
	if wrong == right {
		wrong = "123450"
	}
	d.typeCode(wrong)
	d.reads("That is not the code")
	g.reads("Not verified yet")
	d.typeCode(right)
	s.m.until("the client is told that the code fits", func() bool { return !strings.Contains(g.text(), "Not verified yet") })
	d.notReads("Unverified")
}

func (s *story) picture() {
	want := media.SyntheticColour(rtc.SyntheticHue)
	s.m.until(fmt.Sprintf("the therapist's picture moves at the client's, with %v in the middle", want), func() bool {
		red, green, blue, moved := s.guest.color()
		return moved > 0.1 && near(red, want.R) && near(green, want.G) && near(blue, want.B)
	})
	s.m.until("the client's picture on the desktop", func() bool {
		share, _ := s.desk.shirt()
		return share > 0.02
	})
	s.desk.press("Hide self") // or its own moving pattern would be counted
	s.desk.reads("Show self")
	s.m.until("the client's picture moves on the desktop", func() bool {
		_, moved := s.desk.shirt()
		return moved > 0.001
	})
}

// near allows for two lossy codecs and a conversion of colours on the way.
func near(got float64, want uint8) bool { return math.Abs(got-float64(want)) < 30 }

func (s *story) voice() {
	s.m.until("the therapist's voice at the client's", func() bool { return math.Abs(s.guest.hears()-rtc.SyntheticTone) < 12 })
	s.m.until("the client's voice on the desktop", func() bool { return s.desk.hears(guestTone) > 0.2 })
	if noise := s.desk.hears(2.7 * guestTone); noise > 0.1 {
		s.t.Errorf("the desktop hears %.2f at a tone that nobody sings", noise)
	}
}

func (s *story) chat() {
	s.guest.press("Chat")
	s.say("I have brought the sleep diary.")
	s.answer("Thank you. Shall we begin with it?")
}

// say writes as the client.
func (s *story) say(text string) {
	s.guest.fill("Write to "+therapist, text)
	s.guest.press("Send")
	s.desk.reads(text)
}

// answer writes as the therapist.
func (s *story) answer(text string) {
	s.desk.write(text)
	s.guest.reads(text)
	s.desk.reads("arrived")
}

func (s *story) cut() {
	g, d := s.guest, s.desk
	restore := g.cutNetwork()
	d.reads("The line is lost") // how soon, rtc's and the page's own tests say: this one looks as fast as the machine lets it
	g.reads("being brought back")
	s.show("line lost")
	d.write("Are you still there?")
	g.fill("Write to "+therapist, "I am here.")
	g.press("Send")
	time.Sleep(4 * time.Second) // long enough for ICE to notice and to be restarted
	restore()
	d.reads("I am here.")
	g.reads("Are you still there?")
	d.notReads("The line is lost")
	lines := eval[string](g, `document.querySelector("ol.chat-lines").innerText`)
	for _, text := range []string{"Are you still there?", "I am here."} {
		if n := strings.Count(lines, text); n != 1 {
			s.t.Errorf("%q stands %d times in the chat:\n%s", text, n, lines)
		}
	}
	s.m.until("the picture comes back", func() bool {
		_, _, _, moved := g.color()
		return moved > 0.1
	})
}

func (s *story) lockInSession() {
	d := s.desk
	d.press("Lock")
	d.reads("Passphrase")
	d.notReads(client)
	s.m.until("the call goes on under the lock", func() bool {
		_, _, _, moved := s.guest.color()
		return moved > 0.1
	})
	d.fill("Passphrase", passphrase)
	d.press("Unlock")
	d.press("Session")
	d.reads("Session with " + client)
}
