package app

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"
	"time"
)

var (
	// ErrKnockGone: the client went away, or was answered already.
	ErrKnockGone = errors.New("knock: gone")
	// ErrInSession: another session runs; it must be ended first.
	ErrInSession = errors.New("door: a session is running")
)

const (
	waitingMost = 20  // at one link: somebody who has it cannot fill the screen
	sayMost     = 400 // runes, the protocol's
)

// What a client reads who cannot come in. The page has its own words for the states it knows.
const (
	sayAway    = "Your therapist is not available just now. Please try again a little later."
	sayDenied  = "This is not a good moment. Please get in touch with your therapist the usual way."
	sayClosed  = "This link no longer works. Please ask your therapist for a new one."
	sayRevoked = "This link has been withdrawn. Please ask your therapist for a new one."
	sayUsed    = "This link has been used. Please ask your therapist for a new one."
)

// knock is a client who waits.
type knock struct {
	KnockView
	door    Door
	since   time.Time
	direct  bool
	asked   []AskedMeasure
	trusted bool // the key was verified, and is the one that belongs to the link
}

// doorstep hears the line for the practice. It takes what it hears to a queue, because the
// line must not wait for the store.
type doorstep struct{ p *Practice }

func (s doorstep) Knocked(d Door) { s.p.arrived.post(func() { s.p.receive(context.Background(), d) }) }

func (s doorstep) Left(id KnockID) {
	s.p.arrived.post(func() { s.p.takeKnock(id) })
}

func (s doorstep) LineChanged(LineStatus) { s.p.changed(LineChanged, "") }

// receive judges a knock: turned away with a sentence, asked for another PIN, or shown.
func (p *Practice) receive(ctx context.Context, d Door) {
	k := d.Knock()
	r, err := p.open()
	if p.replayed(ctx, r, k) {
		return
	}
	if err != nil {
		d.Deny(sayAway)
		return
	}
	i, err := r.Invites.Invite(ctx, k.Invite)
	if errors.Is(err, ErrNotFound) || err == nil && i.StateAt(time.Now()) != InviteOpen {
		d.Deny(sayClosed)
		return
	}
	if err != nil {
		d.Deny(sayAway)
		return
	}
	// In constant time, although a network hides much: the time of an answer must not tell
	// how many digits were right.
	right := subtle.ConstantTimeCompare([]byte(k.PIN), []byte(i.PIN)) == 1 || i.PIN == ""
	counted, err := p.changeInvite(ctx, r, i.ID, func(i *Invite) {
		i.Knocks++
		i.LastKnock = now()
		if !right {
			i.WrongPINs++
		}
	})
	if err != nil && i.PIN != "" {
		// A try that cannot be counted must not be answered: not even a right one, or the
		// difference would tell.
		d.Deny(sayAway)
		return
	}
	if err == nil {
		i = counted
	}
	if !right {
		p.wrongPIN(ctx, i, d)
		return
	}
	p.showKnock(ctx, r, i, d)
}

func (p *Practice) wrongPIN(ctx context.Context, i Invite, d Door) {
	left := MaxWrongPINs - i.WrongPINs
	d.WrongPIN(left)
	_ = p.audit(ctx, AuditEntry{Act: ActWrongPIN, Client: i.Client, About: string(i.ID)})
	if left <= 0 {
		p.shutInvite(i.ID, ShutRevoked, sayClosed)
		_ = p.audit(ctx, AuditEntry{Act: ActBlocked, Client: i.Client, About: string(i.ID)})
	}
}

func (p *Practice) showKnock(ctx context.Context, r *Records, i Invite, d Door) {
	c, err := r.Clients.Client(ctx, i.Client)
	if err != nil {
		d.Deny(sayAway)
		return
	}
	k := &knock{door: d, since: time.Now(), direct: c.Direct}
	k.Knock, k.Client, k.ClientName, k.Kind = d.Knock(), c.ID, c.Name, i.Kind
	k.Knock.PIN, k.PIN = "", PINNotAsked // the digits have done their work
	if i.PIN != "" {
		k.PIN = PINRight
	}
	k.KnownKey, err = r.Guests.GuestVerified(ctx, c.ID, k.GuestKey)
	if err != nil {
		k.KnownKey = false // then the code is asked for
	}
	k.OtherKey = len(i.PinnedKey) > 0 && subtle.ConstantTimeCompare(i.PinnedKey, k.GuestKey) == 0
	k.trusted = k.KnownKey && !k.OtherKey

	// Before anybody can admit them: what is asked afterwards would find the door closed.
	p.askAtDoor(k, c.Asks)

	p.mu.Lock()
	waiting := 0
	for _, w := range p.knocks {
		if w.Invite == i.ID {
			waiting++
		}
	}
	shown := p.records == r && waiting < waitingMost
	if shown {
		p.knocks = append(p.knocks, k)
	}
	p.mu.Unlock()
	if !shown {
		d.Deny(sayAway)
		return
	}
	p.changed(KnockChanged, string(k.ID))
}

// findKnock is a knock that waits, nil if it is gone.
func (p *Practice) findKnock(id KnockID) *knock {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := slices.IndexFunc(p.knocks, func(k *knock) bool { return k.ID == id }); at >= 0 {
		return p.knocks[at]
	}
	return nil
}

// takeKnock removes a knock, nil if it is gone.
func (p *Practice) takeKnock(id KnockID) *knock {
	p.mu.Lock()
	at := slices.IndexFunc(p.knocks, func(k *knock) bool { return k.ID == id })
	if at < 0 {
		p.mu.Unlock()
		return nil
	}
	k := p.knocks[at]
	p.knocks = slices.Delete(slices.Clone(p.knocks), at, at+1)
	p.mu.Unlock()
	p.changed(KnockChanged, string(id))
	return k
}

// Knocks are the clients who wait, the longest first.
func (p *Practice) Knocks() []KnockView {
	p.mu.Lock()
	knocks := slices.Clone(p.knocks)
	p.mu.Unlock()
	var views []KnockView
	for _, k := range knocks {
		v := k.KnockView
		v.ClientName = p.shown(v.ClientName)
		v.Waiting = time.Since(k.since)
		views = append(views, v)
	}
	return views
}

// Admit lets a client in and starts the session. A single-use link is spent by it.
// ErrKnockGone, ErrInSession.
func (p *Practice) Admit(ctx context.Context, id KnockID) (*Session, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	if err := p.beginAdmit(); err != nil {
		return nil, err
	}
	defer func() {
		p.mu.Lock()
		p.admitting = false
		p.mu.Unlock()
	}()
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return nil, err
	}
	k := p.findKnock(id)
	if k == nil {
		return nil, ErrKnockGone
	}
	undo, err := p.spend(ctx, r, k)
	if err != nil {
		return nil, err
	}
	s := newSession(p, k, beginSheet(ctx, r, k.Client))
	call, err := k.door.Admit(ctx, Admission{
		Session: s.id, Code: !k.trusted, Direct: k.direct, Modality: k.Wants, Devices: pr.Devices,
	}, s)
	if err == nil || errors.Is(err, ErrKnockGone) {
		p.takeKnock(id) // whoever could not be let in, with the relay away say, goes on waiting
	}
	if err != nil {
		return nil, errors.Join(err, undo())
	}
	p.mu.Lock()
	p.running = s
	p.mu.Unlock()
	s.start(call)
	if k.Kind == InviteSingle {
		p.shutInvite(k.Invite, ShutUsed, sayUsed)
	}
	p.changed(InviteChanged, string(k.Client))
	p.changed(SessionChanged, string(s.id))
	return s, nil
}

// spend notes the admit before it leaves: a single-use link is spent, a standing one learns its
// client's key. Were it noted afterwards, a crash or a full disk would leave the link good for a
// second guest. undo is for an admit that failed; what it cannot undo is a link spent for nothing.
func (p *Practice) spend(ctx context.Context, r *Records, k *knock) (undo func() error, err error) {
	var before Invite
	at := now()
	_, err = p.changeInvite(ctx, r, k.Invite, func(i *Invite) {
		before = *i
		i.Admitted = at
		if i.Kind == InviteSingle {
			i.Spent = at
		} else if len(i.PinnedKey) == 0 {
			i.PinnedKey = k.GuestKey
		}
	})
	return func() error {
		_, err := p.changeInvite(context.WithoutCancel(ctx), r, k.Invite, func(i *Invite) {
			i.Admitted, i.Spent, i.PinnedKey = before.Admitted, before.Spent, before.PinnedKey
		})
		return err
	}, err
}

// beginAdmit makes sure that one session runs at a time. One that is over, and was only not
// closed, makes room.
func (p *Practice) beginAdmit() error {
	p.mu.Lock()
	last := p.running
	busy := p.admitting || last != nil && last.phase() != SessionEnded
	if !busy {
		p.admitting = true
	}
	p.mu.Unlock()
	if busy {
		return ErrInSession
	}
	if last != nil {
		last.leave()
	}
	return nil
}

// Deny sends a client away with a kind sentence; "" for ours. ErrKnockGone.
func (p *Practice) Deny(ctx context.Context, id KnockID, sentence string) error {
	k := p.takeKnock(id)
	if k == nil {
		return ErrKnockGone
	}
	if sentence = strings.TrimSpace(sentence); sentence == "" {
		sentence = sayDenied
	}
	k.door.Deny(cutRunes(sentence, sayMost))
	return p.audit(ctx, AuditEntry{Act: ActDeny, Client: k.Client, About: string(k.Invite)})
}

// cutRunes shortens to at most n runes.
func cutRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}
