package app

import (
	"context"
	"errors"
	"time"
)

// InviteID names one invite on this machine; the relay never learns it.
type InviteID string

// InviteKind: a single invite opens one session, a standing one belongs to a client.
type InviteKind string

const (
	InviteSingle   InviteKind = "single"   // 7 days, spent at admit
	InviteStanding InviteKind = "standing" // 90 days, pinned to the client's key after the first admit
)

// Lifetimes of a link, and how many wrong PINs close it.
const (
	SingleLife   = 7 * 24 * time.Hour
	StandingLife = 90 * 24 * time.Hour
	MaxWrongPINs = 5
)

// Invite is a link given to a client, with what happened to it.
type Invite struct {
	ID        InviteID
	Client    ClientID
	Kind      InviteKind
	Link      string // https://HOST/j#1…, a secret
	PIN       string // six digits told by phone, "" if none is wanted
	RelayOnly bool
	Created   time.Time
	Expires   time.Time
	Knocks    int
	LastKnock time.Time
	WrongPINs int
	Admitted  time.Time // the latest admit
	Spent     time.Time // single: at its admit
	Revoked   time.Time
	Withdrawn time.Time // the relay has no blob of it any more, and said so
	PinnedKey []byte    // standing: the guest's signing key of the first admit
	Material  []byte    // the line's own keys for this invite; opaque to app, a secret
}

// InviteState is what an invite is good for.
type InviteState string

const (
	InviteOpen    InviteState = "open"
	InviteUsed    InviteState = "used"
	InviteExpired InviteState = "expired"
	InviteRevoked InviteState = "revoked"
	InviteBlocked InviteState = "blocked" // too many wrong PINs
)

// InviteStore keeps invites.
type InviteStore interface {
	SaveInvite(ctx context.Context, i Invite) error
	Invite(ctx context.Context, id InviteID) (Invite, error)          // ErrNotFound
	ClientInvites(ctx context.Context, c ClientID) ([]Invite, error)  // newest first
	OpenInvites(ctx context.Context, now time.Time) ([]Invite, error) // neither spent, revoked, blocked nor expired
	// ClosedInvites are spent, revoked or blocked, neither withdrawn nor expired: the relay may
	// still have their blobs. An expired one it drops by itself.
	ClosedInvites(ctx context.Context, now time.Time) ([]Invite, error)
	// SeenKnock notes that a knock came, and tells whether it had come before. Durable when it
	// returns; forgotten KnockLife later. Of many at once exactly one is told false.
	SeenKnock(ctx context.Context, i InviteID, k KnockID, at time.Time) (again bool, err error)
}

// KnockLife is how long a knock could be played again: the line takes one whose clock is up to a
// day ahead of ours, until it is a day behind.
const KnockLife = 48 * time.Hour

// GuestStore remembers the signing keys of clients' browsers, and which of them a typed code
// has verified.
type GuestStore interface {
	// GuestVerified is false, nil for a key never verified.
	GuestVerified(ctx context.Context, c ClientID, key []byte) (bool, error)
	SaveVerifiedGuest(ctx context.Context, c ClientID, key []byte, at time.Time) error
	// ForgetGuests forgets every key of a client; nil if there is none.
	ForgetGuests(ctx context.Context, c ClientID) error
}

var (
	ErrInviteClosed = errors.New("invite: no longer open")
	ErrRelayAway    = errors.New("line: relay unreachable")
	ErrRelayBusy    = errors.New("line: relay gives no more for now")
)
