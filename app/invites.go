package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"
)

// ErrStandingExists: a client has one standing link, which must be revoked before another is
// made; nobody's bookmark dies by accident.
var ErrStandingExists = errors.New("invite: client has a standing link")

// InviteWish is what the therapist picks when making a link.
type InviteWish struct {
	Client ClientID
	Kind   InviteKind
	PIN    bool
}

// InviteView is an invite with what it is good for now. Its Material is left out.
type InviteView struct {
	Invite
	State InviteState
}

// StateAt is what the invite is good for at a time.
func (i Invite) StateAt(at time.Time) InviteState {
	switch {
	case !i.Revoked.IsZero():
		return InviteRevoked
	case !i.Spent.IsZero():
		return InviteUsed
	case i.WrongPINs >= MaxWrongPINs:
		return InviteBlocked
	case !at.Before(i.Expires):
		return InviteExpired
	}
	return InviteOpen
}

func viewInvite(i Invite) InviteView {
	v := InviteView{Invite: i, State: i.StateAt(time.Now())}
	v.Material = nil
	return v
}

// CreateInvite makes a link and listens for knocks at once. ErrStandingExists, ErrNotFound.
func (p *Practice) CreateInvite(ctx context.Context, w InviteWish) (InviteView, error) {
	r, err := p.open()
	if err != nil {
		return InviteView{}, err
	}
	i, err := p.makeInvite(ctx, r, w)
	if err != nil {
		return InviteView{}, err
	}
	p.listen(i)
	p.changed(InviteChanged, string(i.Client))
	return viewInvite(i), p.audit(ctx, AuditEntry{Act: ActInvite, Client: i.Client, About: string(i.ID)})
}

func (p *Practice) makeInvite(ctx context.Context, r *Records, w InviteWish) (Invite, error) {
	p.rewriting.Lock()
	defer p.rewriting.Unlock()
	c, err := r.Clients.Client(ctx, w.Client)
	if err != nil {
		return Invite{}, err
	}
	if w.Kind != InviteStanding {
		w.Kind = InviteSingle
	}
	life := SingleLife
	if w.Kind == InviteStanding {
		life = StandingLife
		if err := onlyStanding(ctx, r, w.Client); err != nil {
			return Invite{}, err
		}
	}
	at := now()
	i := Invite{
		ID: InviteID(newID()), Client: c.ID, Kind: w.Kind, RelayOnly: !c.Direct, Created: at, Expires: at.Add(life),
	}
	if w.PIN {
		if i.PIN, err = newPIN(); err != nil {
			return Invite{}, err
		}
	}
	made, err := p.deps.Line.NewInvite(ctx, InviteSpec{
		Kind: i.Kind, Expires: i.Expires, PINWanted: w.PIN, RelayOnly: i.RelayOnly, PairKey: c.PairKey,
	})
	if err != nil {
		return Invite{}, err
	}
	i.Link, i.Material = made.Link, made.Material
	if len(c.PairKey) == 0 {
		// Before the invite: a link must not outlive the key that it commits to.
		c.PairKey = made.PairKey
		if err := r.Clients.SaveClient(ctx, c); err != nil {
			return Invite{}, err
		}
	}
	return i, r.Invites.SaveInvite(ctx, i)
}

func onlyStanding(ctx context.Context, r *Records, c ClientID) error {
	list, err := r.Invites.ClientInvites(ctx, c)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(i Invite) bool {
		return i.Kind == InviteStanding && i.StateAt(time.Now()) == InviteOpen
	}) {
		return ErrStandingExists
	}
	return nil
}

// newPIN is six digits, each PIN as likely as any other.
func newPIN() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%06d", n), nil
}

// Invites are a client's invites, newest first, with what happened to each.
func (p *Practice) Invites(ctx context.Context, c ClientID) ([]InviteView, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	list, err := r.Invites.ClientInvites(ctx, c)
	if err != nil {
		return nil, err
	}
	var views []InviteView
	for _, i := range list {
		views = append(views, viewInvite(i))
	}
	return views, nil
}

// RevokeInvite ends a link; who waits at it is told. A running session is not cut.
func (p *Practice) RevokeInvite(ctx context.Context, id InviteID) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	i, err := p.changeInvite(ctx, r, id, func(i *Invite) {
		if i.Revoked.IsZero() {
			i.Revoked = now()
		}
	})
	if err != nil {
		return err
	}
	p.shutInvite(id, ShutRevoked, sayRevoked)
	return p.audit(ctx, AuditEntry{Act: ActRevoke, Client: i.Client, About: string(id)})
}

// ForgetDevices makes every browser of a client a stranger again, after a phone was lost or sold:
// the code is spoken at the next meeting, whoever knocks, and a standing link belongs to whom it
// admits next. A running session is not cut. ErrNotFound.
func (p *Practice) ForgetDevices(ctx context.Context, c ClientID) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	if _, err := r.Clients.Client(ctx, c); err != nil {
		return err
	}
	list, err := r.Invites.ClientInvites(ctx, c)
	if err != nil {
		return err
	}
	if err := p.auditFirst(ctx, r, AuditEntry{Act: ActForget, Client: c}); err != nil {
		return err
	}
	if err := r.Guests.ForgetGuests(ctx, c); err != nil {
		return err
	}
	for _, i := range list {
		if len(i.PinnedKey) == 0 {
			continue
		}
		if _, err := p.changeInvite(ctx, r, i.ID, func(i *Invite) { i.PinnedKey = nil }); err != nil {
			return err
		}
	}
	p.distrust(c)
	return nil
}

// distrust takes the mark of a known device from who waits.
func (p *Practice) distrust(c ClientID) {
	p.mu.Lock()
	var changed []KnockID
	p.knocks = slices.Clone(p.knocks)
	for at, k := range p.knocks {
		if k.Client == c {
			stranger := *k
			stranger.KnownKey, stranger.OtherKey, stranger.trusted = false, false, false
			p.knocks[at] = &stranger
			changed = append(changed, k.ID)
		}
	}
	p.mu.Unlock()
	for _, id := range changed {
		p.changed(KnockChanged, string(id))
	}
}

// changeInvite alters an invite and tells what it is now.
func (p *Practice) changeInvite(ctx context.Context, r *Records, id InviteID, do func(*Invite)) (Invite, error) {
	p.rewriting.Lock()
	defer p.rewriting.Unlock()
	i, err := r.Invites.Invite(ctx, id)
	if err != nil {
		return Invite{}, err
	}
	do(&i)
	if err := r.Invites.SaveInvite(ctx, i); err != nil {
		return i, err
	}
	p.changed(InviteChanged, string(i.Client))
	return i, nil
}

// shutInvite stops listening, and sends whoever waits there away with a sentence.
func (p *Practice) shutInvite(id InviteID, why ShutReason, sentence string) {
	p.mu.Lock()
	delete(p.listening, id)
	var gone, stay []*knock
	for _, k := range p.knocks {
		if k.Invite == id {
			gone = append(gone, k)
		} else {
			stay = append(stay, k)
		}
	}
	p.knocks = stay
	p.mu.Unlock()
	for _, k := range gone {
		k.door.Deny(sentence)
		p.changed(KnockChanged, string(k.ID))
	}
	p.deps.Line.Shut(id, why)
}

// listenAll listens at every open invite that nobody listens at, and publishes those again
// whose card has changed. A store that cannot tell which are open leaves the line shut: the
// records are worth opening without it.
func (p *Practice) listenAll(ctx context.Context) {
	r, err := p.open()
	if err != nil {
		return
	}
	invites, err := r.Invites.OpenInvites(ctx, time.Now())
	if err != nil {
		return
	}
	for _, i := range invites {
		p.listen(i)
	}
}

func (p *Practice) listen(i Invite) {
	p.mu.Lock()
	card := p.profile.card()
	old, listening := p.listening[i.ID]
	// Publishing again would cut off who waits or talks there.
	busy := p.running != nil && p.running.invite == i.ID ||
		slices.ContainsFunc(p.knocks, func(k *knock) bool { return k.Invite == i.ID })
	stay := p.records == nil || listening && (old == card || busy)
	if !stay {
		p.listening[i.ID] = card
	}
	p.mu.Unlock()
	if stay {
		return
	}
	if listening {
		p.deps.Line.Shut(i.ID, ShutLocked)
	}
	p.deps.Line.Open(LineInvite{ID: i.ID, Material: i.Material, Expires: i.Expires}, card, doorstep{p})
}
