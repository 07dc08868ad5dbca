package app

import (
	"context"
	"image"
	"time"
)

// Line is the way to the relay and to whoever knocks there. rtc.Host implements it.
type Line interface {
	// NewInvite makes the keys and the link. Nothing leaves the machine yet.
	NewInvite(ctx context.Context, s InviteSpec) (InviteMaterial, error)
	// Open publishes the invite on the relay and listens for knocks, until Shut. If the relay
	// is away it goes on trying; Doorstep.LineChanged tells. It returns at once.
	Open(i LineInvite, card Card, at Doorstep)
	// Shut stops listening. With a reason other than ShutLocked the relay deletes the blob.
	// A running Call is not cut.
	Shut(id InviteID, why ShutReason)
	// Status is how the relay is reached just now.
	Status() LineStatus
}

// Withdrawer is a Line that deletes the blob of a link at which nobody listens any more: of one
// that was closed while the relay was away, before the app was ended.
type Withdrawer interface {
	// Withdraw goes on trying while the relay is away. It returns at once; gone is called from
	// the line's own goroutine when the relay has said that the link is dead, or unknown to it.
	// why is ShutUsed or ShutRevoked. A running Call is not cut.
	Withdraw(i LineInvite, why ShutReason, gone func())
}

// InviteSpec is what a link commits to.
type InviteSpec struct {
	Kind      InviteKind
	Expires   time.Time
	PINWanted bool
	RelayOnly bool
	PairKey   []byte // of an earlier invite of the same client; nil makes one
}

// InviteMaterial is what NewInvite made; all of it is secret and goes into the vault.
type InviteMaterial struct {
	Link     string
	Material []byte
	PairKey  []byte
}

// LineInvite is an invite as the line needs it.
type LineInvite struct {
	ID       InviteID
	Material []byte
	Expires  time.Time
}

// Card is the signed, changeable part of a link: what the client reads before knocking.
type Card struct {
	Therapist string `json:"therapist"`
	Practice  string `json:"practice,omitempty"`
	Welcome   string `json:"welcome,omitempty"`
	Consent   string `json:"consent,omitempty"`
}

// ShutReason says why a link stops working, and so what its page tells.
type ShutReason string

const (
	ShutLocked  ShutReason = "locked" // the vault was locked: the link itself lives on
	ShutUsed    ShutReason = "used"
	ShutRevoked ShutReason = "revoked"
)

// LineStatus is how the relay is reached.
type LineStatus struct {
	Reached bool
	Origin  string // "https://HOST", what links begin with
	Problem string // in words for the therapist, "" if all is well
}

// Doorstep hears who knocks. Its methods are called from the line's own goroutines, must
// return at once and may be called after Shut.
type Doorstep interface {
	Knocked(d Door)
	// Left: the guest went away before being admitted.
	Left(id KnockID)
	LineChanged(s LineStatus)
}

// KnockID names one knock: a hash of all that the guest sent, in hex, so that the same knock has
// the same ID whenever it comes.
type KnockID string

// Knock is a client at the door. Name and PIN are as typed, at most 80 runes and 6 digits.
type Knock struct {
	ID       KnockID
	Invite   InviteID
	Name     string
	PIN      string
	GuestKey []byte // the page's signing key, 65 bytes, uncompressed P-256
	At       time.Time
	Language string // BCP 47, of the page
	Wants    Modality
}

// Door is one knock, held open until one of its methods is called.
type Door interface {
	Knock() Knock
	// WrongPIN tells the guest, who may knock again with another PIN; left 0 closes the link.
	WrongPIN(left int)
	Deny(sentence string)
	// Ask puts a form on the page of who waits: ErrHandoutTooLong. What is answered comes with the call: CallAnswers.
	Ask(f FormHandout) error
	// Admit starts the session's call; r hears all that follows.
	Admit(ctx context.Context, a Admission, r Room) (Call, error)
}

// Admission is what the therapist grants.
type Admission struct {
	Session  SessionID
	Code     bool // the spoken code is needed: first contact, or a new key
	Direct   bool // direct ICE allowed
	Modality Modality
	Devices  Devices
}

// Modality is how two people meet.
type Modality string

const (
	ModalityVideo Modality = "video"
	ModalityVoice Modality = "voice"
	ModalityText  Modality = "text"
)

// Call is the line of one session. No method waits for the network.
type Call interface {
	// SendChat puts a line in the outbox; it arrives once, in order, across reconnects.
	SendChat(id ChatID, text string)
	// CheckCode compares what the client read aloud, in constant time.
	CheckCode(typed string) bool
	Media() Media
	Handouts() Handouts
	End(why EndReason)
}

// Media is the sound and picture of a call.
type Media interface {
	SetMicrophone(on bool)
	SetCamera(on bool)
	// SetVoiceOnly stops both pictures.
	SetVoiceOnly(on bool)
	// Use changes devices while the call runs.
	Use(d Devices)
	Remote() Frames
	Self() Frames
}

// Frames is a slot that holds the latest picture: it drops, and never queues.
type Frames interface {
	// Latest returns the newest picture and its number, nil before the first. The picture stays
	// valid until the next call.
	Latest() (*image.RGBA, uint64)
}

// Devices are the chosen camera, microphone and speaker, by the system's ID; "" is the default.
type Devices struct{ Camera, Microphone, Speaker string }

// Device is one choice.
type Device struct{ ID, Label string }

// DeviceList is what is plugged in.
type DeviceList struct{ Cameras, Microphones, Speakers []Device }

// DeviceLister finds what is plugged in. rtc.Host implements it.
type DeviceLister interface {
	Devices(ctx context.Context) (DeviceList, error)
}

// Room hears what happens on a call, in order, from the call's own goroutine. It must return
// at once.
type Room interface {
	Happened(e CallEvent)
}

// CallEvent is one of the types below.
type CallEvent interface{ callEvent() }

type (
	// CallConfirmed: the guest's answer to the admit checked out; the code can be compared.
	CallConfirmed struct{}
	// CallConnected: data channel open, both finished messages verified. Also after a CallLost.
	CallConnected struct{}
	// CallLost: nothing heard for about 2.5 s; reconnecting goes on.
	CallLost struct{}
	// CallChat: a line from the client. At is the client's clock, which may be anything.
	CallChat struct {
		ID   ChatID
		Text string
		At   time.Time
	}
	// CallDelivered: our line arrived.
	CallDelivered struct{ ID ChatID }
	// CallRemote: what the client's side sends just now.
	CallRemote struct{ Microphone, Camera bool }
	// CallDevice: a device of ours failed or was unplugged; Problem is in words.
	CallDevice struct {
		Kind    string // "camera", "microphone", "speaker"
		Problem string // "" when it works again
	}
	// CallEnded is the last event.
	CallEnded struct{ Why EndReason }
)

func (CallConfirmed) callEvent() {}
func (CallConnected) callEvent() {}
func (CallLost) callEvent()      {}
func (CallChat) callEvent()      {}
func (CallDelivered) callEvent() {}
func (CallRemote) callEvent()    {}
func (CallDevice) callEvent()    {}
func (CallEnded) callEvent()     {}

// EndReason says why a call is over.
type EndReason string

const (
	EndTherapist EndReason = "therapist" // ended here
	EndClient    EndReason = "client"    // the client left
	EndTampered  EndReason = "tampered"  // a message was repeated, missing or altered
	EndHandshake EndReason = "handshake" // the two-minute handshake failed
	EndLost      EndReason = "lost"      // the line did not come back
	EndClosed    EndReason = "closed"    // the app was closed before it ended
	EndCopied    EndReason = "copied"    // the record is a copy that was made while it ran
)
