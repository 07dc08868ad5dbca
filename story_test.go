//go:build linux

package main_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The whole line as two people live it: the real program in a real window, a real keyring, a
// real browser. `make demo` plays the same with -pictures.

var pictures = flag.String("pictures", "", "leave a picture of every step from both sides in this `folder`")

const (
	passphrase = "copper lantern under seven quiet bridges"
	therapist  = "Miriam Okafor"
	client     = "Amara Nwosu"
)

// story is one play of it. The fields are what one step leaves for a later one.
type story struct {
	t     testing.TB
	m     *machine
	desk  *desk
	guest *guest
	dir   string // of the pictures, "" for none
	n     int
	began time.Time

	link, pin string
}

func TestStory(t *testing.T) {
	s := &story{t: t, m: newMachine(t)}
	if *pictures != "" {
		if err := os.MkdirAll(*pictures, 0o755); err != nil {
			t.Fatal(err)
		}
		s.dir = *pictures
	}
	s.desk = openDesk(s.m, "profile")
	s.began = time.Now()

	s.step("set up, and the recovery kit typed back", s.setUp)
	s.step("lock, a wrong passphrase, unlock", s.lockAndUnlock)
	s.step("add a client", s.addClient)
	s.step("ask PHQ-9 at the door", s.askAtTheDoor)
	s.step("invite", s.invite)
	s.step("the client opens the link", s.openLink)
	s.step("a wrong PIN is refused", s.wrongPIN)
	s.step("knock", s.knock)
	s.step("PHQ-9 in the waiting room", s.answerWaiting)
	s.step("admit", s.admit)
	s.step("a wrong code is refused, the right one verifies", s.code)
	s.step("a risk answer rings, and is answered", s.alert)
	s.step("where the client is today moves the numbers", s.place)
	s.step("the safety plan, written and shown", s.plan)
	s.step("the emergency card", s.emergency)
	s.step("picture both ways", s.picture)
	s.step("voice both ways", s.voice)
	s.step("chat both ways", s.chat)
	s.step("the network goes, and comes back", s.cut)
	s.step("locked in the session: the call goes on", s.lockInSession)
	s.step("end, and the draft has its facts", s.end)
	s.step("the link is spent", s.spent)
	s.step("write the note, and sign it", s.sign)
	s.step("kill -9, start, unlock", s.restart)
	s.step("search finds it", s.search)
	s.step("the chart has the answers", s.chart)
	s.step("a backup, and a restore drill", s.backUp)
	s.step("the record proved, and an altered one found out", s.prove)
	s.step("nothing to read in any file", s.sealed)
}

// step plays one step, tells how long it took, and takes a picture of both sides.
func (s *story) step(name string, do func()) {
	s.n++
	start, before := time.Now(), s.t.Failed()
	defer func() {
		word := "ok"
		if s.t.Failed() && !before {
			word = "FAILED"
		}
		fmt.Printf("%6.1f s  %-52s %5.1f s  %s\n", time.Since(s.began).Seconds(), name, time.Since(start).Seconds(), word)
		s.show(name)
	}()
	do()
	if s.guest != nil {
		s.guest.noErrors()
	}
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

func (s *story) show(name string) {
	if s.dir == "" {
		return
	}
	base := filepath.Join(s.dir, fmt.Sprintf("%02d-%s", s.n, notInName.ReplaceAllString(strings.ToLower(name), "-")))
	s.desk.picture(base + "-desktop.png")
	if s.guest != nil {
		s.guest.picture(base + "-client.png")
	}
}

func (s *story) setUp() {
	d := s.desk
	d.press("Set up a new practice")
	d.fill("Your name", therapist)
	d.fill("Licence", "LCSW 12345, Oregon")
	d.press("Continue")
	d.fill("New passphrase", "password1")
	d.fill("The same once more", "password1")
	d.off("Create the vault")
	d.fill("New passphrase", passphrase)
	d.fill("The same once more", passphrase)
	d.press("Create the vault")

	groups := d.kit()
	third, last := "Group 3", fmt.Sprintf("Group %d", len(groups)-1)
	d.fill(third, groups[0])
	d.fill(last, groups[len(groups)-2])
	d.press("Finish")
	d.reads("Not the same as on the kit")
	d.fill(third, groups[2])
	d.press("Finish")
	d.reads("Welcome, " + therapist)
}

func (s *story) lockAndUnlock() {
	d := s.desk
	d.press("Lock")
	d.fill("Passphrase", "not my passphrase")
	d.press("Unlock")
	d.reads("That passphrase does not open the vault")
	d.fill("Passphrase", passphrase)
	d.press("Unlock")
	d.reads("Welcome, " + therapist)
}

func (s *story) addClient() {
	d := s.desk
	d.press("Caseload")
	d.press("New client")
	d.fill("Name or pseudonym", client)
	d.fill("Pronouns", "she/her")
	d.fill("Focus", "CBT for depression, weekly")
	d.press("Add client")
	d.reads("she/her")
	d.fill("Search clients", "nwo")
	d.reads(client)
}

func (s *story) invite() {
	d := s.desk
	d.press("Invite client")
	d.press("Ask for a PIN")
	d.press("Create link")
	d.press("Copy link")
	s.link = d.clipboard()
	if !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/j#1[\w-]{43}$`).MatchString(s.link) {
		s.t.Fatalf("no link: %q", s.link)
	}
	pin := regexp.MustCompile(`PIN (\d{3}) (\d{3})`).FindStringSubmatch(d.text())
	if pin == nil {
		s.t.Fatalf("no PIN on the screen:\n%s", d.text())
	}
	s.pin = pin[1] + pin[2]
}

func (s *story) openLink() {
	s.guest = newGuest(s.m, 412, 860) // a phone
	g := s.guest
	g.open(s.link)
	g.reads(therapist + " invites you")
	if shown := eval[string](g, "location.href"); strings.Contains(shown, "#") {
		s.t.Errorf("the secret still stands in the address bar: %s", shown)
	}
	g.press("Continue")
	g.press("Video")
	g.reads("This is how you will be seen")
	s.desk.notReads("is at the door")
}

func (s *story) wrongPIN() {
	g := s.guest
	g.fill("Your name", "Amara")
	wrong := "000000"
	if s.pin == wrong {
		wrong = "000001"
	}
	g.fill("PIN, six digits", wrong)
	g.press("Knock")
	g.reads("4 tries left")
	s.desk.notReads("is at the door")
}

func (s *story) knock() {
	g, d := s.guest, s.desk
	g.fill("PIN, six digits", s.pin)
	g.press("Knock")
	d.reads("is at the door")
	for _, fact := range []string{client, "Typed the name “Amara”.", "PIN right", "New device"} {
		d.reads(fact)
	}
	g.reads("waiting room")
	s.show("at the door")
}

func (s *story) admit() {
	s.desk.press("Admit")
	s.guest.reads("Your code")
}

func (s *story) end() {
	s.desk.endSession()
	s.guest.reads("The session is over")
	s.desk.reads("Sign")
	for _, fact := range []string{
		"Start: ", "End: ", "Length: ", "Modality: video", "PHQ-9, filled in by the client: 9, Mild",
		"Place today: " + rose, "Call-back number: skipped", deed, "Chidi is on his way",
	} {
		s.desk.reads(fact)
	}
}

func (s *story) spent() {
	again := newGuest(s.m, 1000, 700) // another device
	again.open(s.link)
	again.reads("This link has been used")
	if s.dir != "" {
		again.picture(filepath.Join(s.dir, fmt.Sprintf("%02d-another-device.png", s.n)))
	}
}

func (s *story) sign() {
	d := s.desk
	d.fill("Title", "First session")
	d.append("Note", "Slept badly after the move; the diary shows a late quarternight rhythm.")
	d.reads("Saved ")
	d.press("Sign note")
	d.press("Sign and lock")
	d.reads("Signed")
	d.gone("Sign note")
}

func (s *story) restart() {
	s.desk.kill()
	s.desk = openDesk(s.m, "profile")
	s.desk.fill("Passphrase", passphrase)
	s.desk.press("Unlock")
	s.desk.reads("Welcome, " + therapist)
}

func (s *story) search() {
	d := s.desk
	d.press("Notes")
	d.fill("Search notes", "quarternight")
	d.reads("First session")
	d.reads(client)
}

// sealed looks for what was written in every file that the app has left on this machine.
func (s *story) sealed() {
	words := []string{client, therapist, "quarternight", "no intent", "sleep diary", rose, distract, passphrase, s.pin, strings.TrimPrefix(s.link[strings.Index(s.link, "#"):], "#1")}
	look := func() {
		for _, root := range []string{s.m.path("profile"), s.m.path("home"), s.m.path("drive")} {
			_ = filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
				if err != nil || !e.Type().IsRegular() {
					return nil
				}
				content, _ := os.ReadFile(path)
				for _, w := range words {
					if strings.Contains(string(content), w) {
						s.t.Errorf("%s holds %q in the clear", strings.TrimPrefix(path, s.m.dir), w)
					}
				}
				return nil
			})
		}
	}
	look()
	s.desk.press("Lock")
	s.desk.reads("Locked")
	look()
}
