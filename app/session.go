package app

import (
	"context"
	"time"

	"alcove/app/safety"
)

// SessionID names one therapy hour. Never a socket.
type SessionID string

// ChatID names one chat line.
type ChatID string

// SessionFacts is what the record keeps of a session by itself.
type SessionFacts struct {
	ID       SessionID
	Client   ClientID
	Invite   InviteID
	Started  time.Time
	Ended    time.Time // zero while it runs, or if the app was killed in it
	Alive    time.Time // when the record last heard of it while it ran; zero if it was locked before the two had met
	Modality Modality
	Trust    Trust
	Note     NoteID // the draft opened at its end
}

// SessionStore keeps sessions.
type SessionStore interface {
	SaveSession(ctx context.Context, s SessionFacts) error
	ClientSessions(ctx context.Context, c ClientID) ([]SessionFacts, error) // newest first
	// DropSession forgets one that did not come about, and its sheet.
	DropSession(ctx context.Context, id SessionID) error
	// CutSessions have no end, and no note or one that is not signed; newest first. One that runs is
	// among them.
	CutSessions(ctx context.Context) ([]SessionFacts, error)
}

// Trust says how sure it is that nobody sits between the two.
type Trust string

const (
	TrustNone     Trust = ""         // the code has not been typed yet: unverified
	TrustCode     Trust = "code"     // the spoken code matched in this session
	TrustKnown    Trust = "known"    // the key was verified in an earlier session
	TrustAccepted Trust = "accepted" // the therapist chose to go on unverified; audited
)

// SessionPhase is where a session is in its life.
type SessionPhase string

const (
	SessionConnecting SessionPhase = "connecting"
	SessionLive       SessionPhase = "live"
	SessionLost       SessionPhase = "lost" // reconnecting
	SessionEnded      SessionPhase = "ended"
)

// ChatLine is one line of the room's chat. It is not kept unless it is filed into the note.
type ChatLine struct {
	ID        ChatID
	Mine      bool
	Text      string
	At        time.Time // here: of sending or of arrival, whatever the client's clock says
	Delivered bool
}

// SessionView is a snapshot of a session for the room.
type SessionView struct {
	SessionFacts
	ClientName    string // initials in initials-only mode
	Phase         SessionPhase
	Why           EndReason // when ended
	Elapsed       time.Duration
	CodeNeeded    bool // the typed code is wanted and has not been given
	WrongCodes    int
	Chat          []ChatLine // shared with other views: for reading alone
	ChatFull      bool       // the client has written so much that further lines are not kept
	Remote        CallRemote
	Microphone    bool
	Camera        bool
	VoiceOnly     bool
	DeviceProblem string         // in words, "" if none
	CanFile       bool           // chat may go into the note: trusted, or knowingly gone on without, and there is some
	CanAsk        bool           // a measure, or a plan, may be put on the client's page
	Asked         []AskedMeasure // shared with other views: for reading alone
	PlanOnPage    PlanOnPage
	Checklist     safety.Checklist
	Deeds         []safety.Deed // in an emergency; shared with other views: for reading alone
	RecordProblem string        // why the session's record is not written yet, in words, "" if it is or the vault is locked
}

// KnockView is a knock for the waiting room.
type KnockView struct {
	Knock
	Client     ClientID
	ClientName string
	Kind       InviteKind
	PIN        PINResult
	KnownKey   bool // the device was verified in an earlier session
	OtherKey   bool // a standing link, knocked from another device than the one it is pinned to
	Waiting    time.Duration
}

// PINResult is how the PIN of a knock compares.
type PINResult string

const (
	PINNotAsked PINResult = "not asked"
	PINRight    PINResult = "right"
)
