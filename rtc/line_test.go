package rtc

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/rtc/wire"
)

// TestSession is a whole session over a real relay and a real peer connection.
func TestSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	m := h.invite(app.InviteSingle)
	g := h.visit(m.Link)
	if g.card.Therapist != "Dr. Ruiz" {
		t.Errorf("the card is signed by %q", g.card.Therapist)
	}
	h.door.nobody(t) // opening a link sends nothing
	g.knockWith("Kim \u202e\u2028金\n", "042042")
	d := h.door.next(t)
	k := d.Knock()
	if k.Name != "Kim 金" || k.PIN != "042042" || k.Wants != app.ModalityText || k.Language != "en" {
		t.Errorf("the knock is %+v", k)
	}
	if key := g.key.Public(); string(k.GuestKey) != string(key[:]) {
		t.Error("the knock has another key")
	}
	g.until(t, "waiting", soon)
	r := newRoom()
	c, err := d.Admit(context.Background(), textOnly, r)
	if err != nil {
		t.Fatal(err)
	}
	await[app.CallConfirmed](t, r, soon)
	code := g.until(t, "admitted", soon).text
	await[app.CallConnected](t, r, soon)
	g.until(t, "connected", soon)

	if c.CheckCode("") || c.CheckCode(strings.Repeat("0", 6)) && code != "000000" || c.CheckCode(code+"0") {
		t.Error("a wrong code was taken")
	}
	if !c.CheckCode(code) {
		t.Error("the right code was refused")
	}
	g.until(t, "verified", soon)

	c.SendChat("h1", "Hello 🌿")
	if e := g.until(t, "chat", soon); e.text != "Hello 🌿" {
		t.Errorf("the guest read %q", e.text)
	}
	if e := await[app.CallDelivered](t, r, soon); e.ID != "h1" {
		t.Errorf("delivered: %v", e)
	}
	g.mail.put(func() { g.mic = true })
	g.chat("I am here")
	if e := await[app.CallChat](t, r, soon); e.Text != "I am here" || e.ID != "g-1" || time.Since(e.At) > time.Minute {
		t.Errorf("the therapist read %+v", e)
	}
	g.until(t, "got", soon)
	for {
		if e := await[app.CallRemote](t, r, soon); e.Microphone {
			break
		}
	}
	c.Media().SetVoiceOnly(true)
	if e := g.until(t, "voice", soon); e.text != "true" {
		t.Errorf("voice only: %v", e)
	}
	c.End(app.EndTherapist)
	if e := await[app.CallEnded](t, r, soon); e.Why != app.EndTherapist {
		t.Errorf("ended: %v", e)
	}
	if e := g.next(t, soon, "beat", "got"); e.what != "ended" || e.text != "bye ended" {
		t.Errorf("the guest heard %v", e)
	}
}

// TestVerifiedAgain: a device whose code matched in an earlier session is told so in the next, and
// another is not.
func TestVerifiedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	link := h.invite(app.InviteStanding).Link
	known := textOnly
	known.Code = false
	g := h.visit(link)
	h.admit(g, known)
	g.until(t, "verified", soon)
	other := h.visit(link)
	c, _ := h.admit(other, textOnly)
	c.SendChat("1", "after whatever is said at first")
	for e := range other.events {
		if e.what == "verified" {
			t.Fatal("the code was not typed, and the page hears that it matched")
		}
		if e.what == "chat" {
			break
		}
	}
}

func TestGuestLeaves(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := h.visit(h.invite(app.InviteStanding).Link)
	_, r := h.admit(g, textOnly)
	g.leave()
	if e := await[app.CallEnded](t, r, soon); e.Why != app.EndClient {
		t.Errorf("ended: %v", e)
	}
}

func TestLeavesBeforeAdmit(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := h.visit(h.invite(app.InviteSingle).Link)
	g.knockWith("Kim", "")
	d := h.door.next(t)
	g.until(t, "waiting", soon)
	g.leave()
	select {
	case id := <-h.door.left:
		if id != d.Knock().ID {
			t.Error("another knock left")
		}
	case <-time.After(soon):
		t.Fatal("nobody left")
	}
	if _, err := d.Admit(context.Background(), textOnly, newRoom()); !errors.Is(err, ErrGuestGone) {
		t.Errorf("admitted somebody who has gone: %v", err)
	}
}

func TestDeny(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := h.visit(h.invite(app.InviteSingle).Link)
	g.knockWith("Kim", "")
	d := h.door.next(t)
	g.until(t, "waiting", soon)
	d.Deny("Today does not work. " + strings.Repeat("é", 500))
	if e := g.until(t, "deny", soon); !strings.HasPrefix(e.text, "Today does not work. é") || len([]rune(e.text)) != maxSentence {
		t.Errorf("the guest read %q", e.text)
	}
	d.Deny("twice")
	d.WrongPIN(3)
	if _, err := d.Admit(context.Background(), textOnly, newRoom()); !errors.Is(err, ErrGuestGone) {
		t.Errorf("admitted after a deny: %v", err)
	}
}

// TestWrongPINFiveTries goes on knocking on the same socket until the link is closed.
func TestWrongPINFiveTries(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	m := h.invite(app.InviteSingle)
	g := h.visit(m.Link)
	var id app.InviteID
	for left := app.MaxWrongPINs - 1; left >= 0; left-- {
		g.knockWith("Kim", "000000")
		d := h.door.next(t)
		id = d.Knock().Invite
		g.until(t, "waiting", soon)
		d.WrongPIN(left)
		if e := g.until(t, "pin", soon); e.n != left {
			t.Fatalf("%d tries left, want %d", e.n, left)
		}
	}
	h.host.Shut(id, app.ShutRevoked)
	if e := g.next(t, soon, "away"); e.what != "ended" || e.text != "closed" {
		t.Errorf("the guest heard %v", e)
	}
	eventually(t, "the link says that it was revoked", func() bool {
		_, err := openLink(context.Background(), m.Link)
		return err != nil && strings.Contains(err.Error(), "revoked")
	})
}

// TestReplayedKnock sends the very same frame again, on another socket.
func TestReplayedKnock(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	m := h.invite(app.InviteStanding)
	g := h.visit(m.Link)
	var frame []byte
	g.mail.put(func() {
		k, f, err := g.link.Knock(wire.Knock{Name: "Kim", Lang: "en", Wants: wire.WantsText}, g.key, time.Now())
		if err != nil {
			t.Error(err)
		}
		g.knock, g.knocked, frame = k, time.Now(), f
		g.line.send(f)
	})
	h.door.next(t)
	g.until(t, "waiting", soon)
	other := h.visit(m.Link)
	other.mail.put(func() { other.line.send(frame) })
	if e := other.next(t, soon); e.what != "ended" || e.text != "closed" {
		t.Errorf("who replayed heard %v", e)
	}
	h.door.nobody(t)
}

// TestTwoGuestsOnOneLink: both may knock; once one is admitted a single link is spent.
func TestTwoGuestsOnOneLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	m := h.invite(app.InviteSingle)
	one, two := h.visit(m.Link), h.visit(m.Link)
	one.knockWith("one", "")
	first := h.door.next(t)
	two.knockWith("two", "")
	second := h.door.next(t)
	two.until(t, "waiting", soon)
	r := newRoom()
	c, err := first.Admit(context.Background(), textOnly, r)
	if err != nil {
		t.Fatal(err)
	}
	h.host.Shut(first.Knock().Invite, app.ShutUsed)
	if id := <-h.door.left; id != second.Knock().ID {
		t.Error("the wrong knock was turned away")
	}
	if e := two.next(t, soon); e.what != "ended" || e.text != "closed" {
		t.Errorf("the second guest heard %v", e)
	}
	await[app.CallConnected](t, r, soon)
	one.until(t, "connected", soon)
	c.SendChat("1", "only for one")
	if e := one.until(t, "chat", soon); e.text != "only for one" {
		t.Errorf("%v", e)
	}
	eventually(t, "the link says that it was used", func() bool {
		_, err := openLink(context.Background(), m.Link)
		return err != nil && strings.Contains(err.Error(), "used")
	})
}

// TestShutLeavesTheCall locks the vault during a session: the call goes on, even over a new
// socket, and nobody else gets in.
func TestShutLeavesTheCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	m := h.invite(app.InviteStanding)
	g := h.visit(m.Link)
	c, r := h.admit(g, textOnly)
	h.host.Shut(c.(*call).link.id, app.ShutLocked)
	cutGuest(g)
	g.until(t, "here", soon)
	eventually(t, "the guest is in step again", func() bool { return inStep(c) })
	c.SendChat("1", "still here")
	g.until(t, "chat", soon)
	other := visit(t, m.Link, nil)
	other.knockWith("late", "")
	if e := other.next(t, soon); e.what != "ended" || e.text != "closed" {
		t.Errorf("a guest of a shut link heard %v", e)
	}
	c.End(app.EndTherapist)
	await[app.CallEnded](t, r, soon)
	eventually(t, "the link is let go", func() bool {
		h.host.mu.Lock()
		defer h.host.mu.Unlock()
		return len(h.host.links) == 0
	})
}

func cutGuest(g *guest) {
	g.mail.put(func() { g.line.close() })
}

// inStep asks the call's goroutine whether a guest's socket is attached.
func inStep(c app.Call) bool {
	ch := make(chan bool, 1)
	c.(*call).post(func() { ch <- c.(*call).attached })
	return <-ch
}
