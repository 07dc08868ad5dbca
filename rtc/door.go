package rtc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"alcove/app"
	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// visitor is one guest's socket as the relay told us of it. Host.mu guards it.
type visitor struct {
	link  *listening
	route wire.Route
	door  *door // the knock that waits, nil if none
	call  *call // once admitted, or resumed
}

// door is one knock, held open until one of its methods is called. It implements app.Door.
type door struct {
	host    *Host
	visitor *visitor
	facts   app.Knock
	relay   bool            // the link promised relay-only
	asked   []string        // Host.mu; ids of the forms on the guest's page
	knock   *seal.HostKnock // Host.mu; nil once answered
}

var _ app.Door = (*door)(nil)

// errAway lets app tell that the relay is missing.
var errAway = fmt.Errorf("rtc: %w", app.ErrRelayAway)

// frame is one sealed message of a guest. What does not hold, or comes when it cannot, ends
// that guest's session, or without one its socket and nothing else: anybody can connect to a relay.
func (h *Host) frame(r wire.Route, b []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	v := h.guests[r]
	if v == nil {
		return
	}
	t, rest, err := wire.ParseFrame(b)
	if err == nil {
		err = h.heed(v, t, rest)
	}
	if c := v.call; err != nil && c != nil {
		c.post(func() { c.broken(err) })
		if errors.Is(err, errFlood) { // hung up at once: each further frame would be one more post
			v.call = nil
			h.drop(r)
		}
		return
	}
	if err != nil {
		h.options.Log.Info("a guest is hung up", told(err))
		h.forget(v)
		if h.guests[r] == v { // else it was dropped while its knock was opened
			h.drop(r)
		}
	}
}

// errOutOfPlace is a frame that nobody may send now.
var errOutOfPlace = errors.New("rtc: frame out of place")

// maxBehind is how many posts a call may be behind before its guest's socket is hung up. A page sends a dozen frames for
// an offer; a relay that helps its guest could else fill the memory while keys and connections are at work.
const maxBehind = 1024

// heed acts on one frame. Under mu.
func (h *Host) heed(v *visitor, t wire.FrameType, rest []byte) error {
	switch t {
	case wire.FrameKnock:
		return h.knocked(v, rest)
	case wire.FrameGuestLobby:
		if v.door == nil || v.door.knock == nil {
			return errOutOfPlace
		}
		if _, err := v.door.knock.OpenLobby(rest); err != nil {
			return err
		}
		h.forget(v) // there is one message, and it says goodbye
		return nil
	case wire.FrameConfirm, wire.FrameSignal:
		if v.call == nil {
			return errOutOfPlace
		}
		c := v.call
		if c.mail.size() > maxBehind {
			return errFlood
		}
		c.post(func() { c.frame(v.route, t, rest) })
		return nil
	case wire.FrameResume:
		if v.door != nil || v.call != nil && v.link.calls[[16]byte(rest[:16])] != v.call {
			return errOutOfPlace
		}
		c := v.link.calls[[16]byte(rest[:16])]
		if c == nil {
			return errOutOfPlace
		}
		if c.mail.size() > maxBehind {
			return errFlood
		}
		c.post(func() { c.resume(v.route, rest) })
		return nil
	}
	return errOutOfPlace
}

// maxKnocks is how many knocks of a link are remembered against replay. What comes again after
// so many others, a flood of hours, the app knows by its ID.
const maxKnocks = 4096

// knocked rings. Under mu, which it lets go while keys are at work: one who floods a link would
// hold up every call and every other door. Nobody else reads from the relay meanwhile.
func (h *Host) knocked(v *visitor, rest []byte) error {
	l, i := v.link, v.link.invite
	if i == nil || v.door != nil || v.call != nil || time.Now().After(l.expires) {
		return errOutOfPlace
	}
	if !l.knocks.AllowN(time.Now(), 1) {
		return errFlood
	}
	l.opening = i
	h.mu.Unlock()
	k, err := h.openKnock(i, rest, time.Now())
	h.mu.Lock()
	l.opening = nil
	if l.invite == nil {
		i.Wipe() // Shut left it to us
	}
	if err != nil {
		return err
	}
	if l.invite == nil || h.guests[v.route] != v {
		k.Wipe()
		return errOutOfPlace
	}
	if !l.seen.add(k.ID) {
		k.Wipe()
		return fmt.Errorf("%w: a knock again", seal.ErrOrder)
	}
	v.door = &door{host: h, visitor: v, knock: k, relay: l.invite.Bundle.Flags&wire.FlagRelayOnly != 0, facts: app.Knock{
		ID: app.KnockID(fmt.Sprintf("%x", k.ID)), Invite: l.id, Name: plain(k.Knock.Name), PIN: k.Knock.PIN,
		GuestKey: k.Knock.Key[:], At: time.Now(), Language: k.Knock.Lang, Wants: app.Modality(k.Knock.Wants),
	}}
	h.lobby(v.door, wire.LobbyWaiting{})
	at, d := l.at, v.door // Open may replace it before it is told
	h.posts.put(func() { at.Knocked(d) })
	return nil
}

// plain is a name without what could dress it up on screen: control characters, what begins a
// new line, and what turns the direction of what follows.
func plain(name string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || unicode.Is(unicode.Cf, r) && r != '\u200d' && r != '\u200c' {
			return -1
		}
		return r
	}, name))
}

// forget tells that a visitor went away, to whoever waits for it. Under mu.
func (h *Host) forget(v *visitor) {
	if d := v.door; d != nil && d.knock != nil {
		d.knock.Wipe()
		d.knock = nil
		h.posts.put(func() { v.link.at.Left(d.facts.ID) })
	}
	v.door = nil
	if c := v.call; c != nil {
		v.call = nil
		route := v.route
		c.post(func() { c.detached(route) })
	}
}

// lobby sends one message to a guest who waits. Under mu.
func (h *Host) lobby(d *door, m wire.Lobby) {
	if h.socket != nil {
		h.socket.frame(d.visitor.route, d.knock.SealLobby(m))
	}
}

// Knock is what came in.
func (d *door) Knock() app.Knock { return d.facts }

// answer hands out the knock once, nil if the guest has gone or was answered. Under mu.
func (d *door) answer() *seal.HostKnock {
	k := d.knock
	if k != nil {
		d.visitor.door = nil
	}
	return k
}

// WrongPIN tells the guest, who may knock again on the same socket unless none are left.
func (d *door) WrongPIN(left int) {
	d.host.mu.Lock()
	defer d.host.mu.Unlock()
	if d.answer() == nil {
		return
	}
	d.host.lobby(d, wire.LobbyPIN{Left: max(left, 0)})
	d.done()
	if left <= 0 {
		d.host.drop(d.visitor.route)
	}
}

// done wipes the knock. Under mu.
func (d *door) done() {
	d.knock.Wipe()
	d.knock = nil
}

// maxSentence is what a deny may say, in characters.
const maxSentence = 400

// Deny ends the knock with a sentence.
func (d *door) Deny(sentence string) {
	d.host.mu.Lock()
	defer d.host.mu.Unlock()
	if d.answer() == nil {
		return
	}
	if r := []rune(sentence); len(r) > maxSentence {
		sentence = string(r[:maxSentence])
	}
	d.host.lobby(d, wire.LobbyDeny{Say: sentence})
	d.done()
	d.host.drop(d.visitor.route)
}

// Admit starts the session's call. It waits for the relay's TURN credentials, at most ten
// seconds: without them a relay-only policy could not be kept. app.ErrRelayAway,
// app.ErrRelayBusy, ErrGuestGone.
func (d *door) Admit(ctx context.Context, a app.Admission, r app.Room) (app.Call, error) {
	turn, relay, err := d.host.turn(ctx, d.visitor.route.Link)
	if err != nil {
		return nil, err
	}
	if d.relay {
		d.host.trouble(func(t *trouble) {
			if t.turn = ""; turn == nil {
				t.turn = noTURN
			}
		})
	}
	d.host.mu.Lock()
	defer d.host.mu.Unlock()
	k := d.answer()
	if k == nil {
		return nil, ErrGuestGone
	}
	p := policy{direct: a.Direct && !d.relay, modality: a.Modality, turn: turn, relay: relay, devices: a.Devices}
	handshake, frame, err := k.Admit(wire.Admit{Code: a.Code, Relay: !p.direct, Wants: wire.Wants(a.Modality), TURN: turn})
	d.done()
	if err != nil {
		d.host.drop(d.visitor.route)
		return nil, err
	}
	c := newCall(d.host, d.visitor, handshake, p, r)
	c.verified = !a.Code // in an earlier session, with this key: the page may say so again
	for _, id := range d.asked {
		c.handouts[id] = &handout{}
	}
	d.visitor.call = c
	d.visitor.link.calls[handshake.ResumeID()] = c
	if d.host.socket != nil {
		d.host.socket.frame(d.visitor.route, frame)
	}
	go c.run()
	return c, nil
}
