package app

import (
	"context"
	"time"
)

// Practice is the one handle that ui holds: the rules of the practice, over the rooms that
// main introduces to it.
type Practice struct {
	deps Deps
}

// Deps are the other rooms, seen from here.
type Deps struct {
	Vault   Vault
	Line    Line
	Devices DeviceLister
}

// New makes a practice whose vault is still shut.
func New(d Deps) *Practice { return &Practice{deps: d} }

// --- signatures agreed with ui; each moves to the file of its word ---

// Next blocks until something changed and returns the batch, each Event once. One reader.
// ctx ends it with ctx.Err().
func (p *Practice) Next(ctx context.Context) ([]Event, error) { panic("app") }

// Lock state.

// VaultPhase is where the app stands: what the first screen must be.
type VaultPhase string

const (
	PhaseAbsent   VaultPhase = "absent"
	PhaseShut     VaultPhase = "shut"
	PhaseUnlocked VaultPhase = "unlocked"
)

func (p *Practice) Phase(ctx context.Context) (VaultPhase, error) { panic("app") }

// SetUp creates the vault and saves the profile. The kit must then be shown, and
// ConfirmKit called with two of its groups typed back.
func (p *Practice) SetUp(ctx context.Context, pass Passphrase, profile Profile) (RecoveryKit, error) {
	panic("app")
}
func (p *Practice) ConfirmKit(ctx context.Context) error                                { panic("app") }
func (p *Practice) Unlock(ctx context.Context, pass Passphrase) error                   { panic("app") }
func (p *Practice) Recover(ctx context.Context, kit RecoveryKit, pass Passphrase) error { panic("app") }
func (p *Practice) Lock()                                                               { panic("app") }

// Touch tells that the therapist is at work: it winds the idle lock up again.
func (p *Practice) Touch()                                                          { panic("app") }
func (p *Practice) ChangePassphrase(ctx context.Context, old, new Passphrase) error { panic("app") }
func (p *Practice) RotateDeviceSecret(ctx context.Context) error                    { panic("app") }
func (p *Practice) NewRecoveryKit(ctx context.Context) (RecoveryKit, error)         { panic("app") }

// Strength judges a passphrase as it is typed.
type Strength struct {
	Score  int    // 0 to 4, zxcvbn's
	OK     bool   // strong enough to be accepted
	Advice string // one sentence, "" when OK
}

// JudgePassphrase estimates how hard p is to guess. hints are words an attacker would try
// first: the therapist's and the practice's name.
func JudgePassphrase(p Passphrase, hints ...string) Strength { panic("app") }

// KitGroups are the recovery kit's groups as printed, with the checksum in the last;
// ParseKit reads them back, forgiving case, spaces, dashes and look-alikes: ErrRecoveryKitTypo.
func KitGroups(k RecoveryKit) []string           { panic("app") }
func ParseKit(typed string) (RecoveryKit, error) { panic("app") }

// Settings.

func (p *Practice) Profile(ctx context.Context) (Profile, error)       { panic("app") }
func (p *Practice) SaveProfile(ctx context.Context, pr Profile) error  { panic("app") }
func (p *Practice) DeviceList(ctx context.Context) (DeviceList, error) { panic("app") }
func (p *Practice) LineStatus() LineStatus                             { panic("app") }

// Caseload. Names come as initials in initials-only mode; Client and SaveClient are whole.

func (p *Practice) Clients(ctx context.Context, q ClientQuery) (ClientPage, error)    { panic("app") }
func (p *Practice) ClientCounts(ctx context.Context) (map[ClientStatus]int, error)    { panic("app") }
func (p *Practice) Client(ctx context.Context, id ClientID) (Client, error)           { panic("app") }
func (p *Practice) SaveClient(ctx context.Context, c Client) (ClientID, error)        { panic("app") } // new ID if empty; *FieldError
func (p *Practice) SetStatus(ctx context.Context, id ClientID, s ClientStatus) error  { panic("app") }
func (p *Practice) Sessions(ctx context.Context, id ClientID) ([]SessionFacts, error) { panic("app") }

// FieldError points at the field of a form that needs another look.
type FieldError struct{ Field, Advice string }

func (e *FieldError) Error() string { return e.Field + ": " + e.Advice }

// Notes.

func (p *Practice) Notes(ctx context.Context, c ClientID) ([]NoteRow, error)        { panic("app") }
func (p *Practice) Note(ctx context.Context, id NoteID) (NoteView, error)           { panic("app") }
func (p *Practice) UnsignedNotes(ctx context.Context, limit int) ([]NoteHit, error) { panic("app") }
func (p *Practice) SearchNotes(ctx context.Context, q NoteQuery) ([]NoteHit, error) { panic("app") }
func (p *Practice) AddAddendum(ctx context.Context, id NoteID, text string) error   { panic("app") }
func (p *Practice) DeleteDraft(ctx context.Context, id NoteID) error                { panic("app") }

// NewDraft makes a note and opens it; OpenDraft opens an unsigned one (ErrSigned), always the
// same Draft while it is open.
func (p *Practice) NewDraft(ctx context.Context, c ClientID, f NoteFormat) (*Draft, error) {
	panic("app")
}
func (p *Practice) OpenDraft(ctx context.Context, id NoteID) (*Draft, error) { panic("app") }

// NoteView is a note as it is read: ui holds no rule, it asks these.
type NoteView struct {
	Note
	Headings []string // one a section
	CanEdit  bool
	CanSign  bool
	CanAdd   bool // an addendum
}

// Draft is one open note. It owns one goroutine, which saves two seconds after the last
// change; every method posts to it. A Lock saves and closes it.
type Draft struct{}

func (d *Draft) ID() NoteID                      { panic("app") }
func (d *Draft) Edit(section, text string)       { panic("app") } // never blocks
func (d *Draft) SetTitle(title string)           { panic("app") } // never blocks
func (d *Draft) SetFormat(f NoteFormat)          { panic("app") } // never blocks; text is kept
func (d *Draft) View() DraftView                 { panic("app") } // a snapshot, at once
func (d *Draft) Save(ctx context.Context) error  { panic("app") } // now, and wait
func (d *Draft) Sign(ctx context.Context) error  { panic("app") } // saves first; ErrSigned
func (d *Draft) Close(ctx context.Context) error { panic("app") } // saves first; an untouched new note leaves nothing

// DraftView is a draft as the screen shows it.
type DraftView struct {
	NoteView
	Saved   time.Time // when the store last had all of it; zero if never
	Dirty   bool      // typed since
	Problem string    // why the last save failed, in words; typing goes on and saving is tried again
}

// Invites.

// InviteWish is what the therapist picks when making a link.
type InviteWish struct {
	Client ClientID
	Kind   InviteKind
	PIN    bool
}

// InviteView is an invite with what it is good for now.
type InviteView struct {
	Invite
	State InviteState
}

func (p *Practice) CreateInvite(ctx context.Context, w InviteWish) (InviteView, error) { panic("app") }
func (p *Practice) Invites(ctx context.Context, c ClientID) ([]InviteView, error)      { panic("app") }
func (p *Practice) RevokeInvite(ctx context.Context, id InviteID) error                { panic("app") }

// The door, and the room.

func (p *Practice) Knocks() []KnockView                                         { panic("app") }
func (p *Practice) Admit(ctx context.Context, id KnockID) (*Session, error)     { panic("app") } // ErrKnockGone
func (p *Practice) Deny(ctx context.Context, id KnockID, sentence string) error { panic("app") }

// Running is the session in the room, nil if none. It outlives a Lock.
func (p *Practice) Running() *Session { panic("app") }

// Session owns one goroutine; every method but View and Media posts to it and never waits.
type Session struct{}

func (s *Session) ID() SessionID         { panic("app") }
func (s *Session) View() SessionView     { panic("app") }
func (s *Session) Say(text string)       { panic("app") }
func (s *Session) TypeCode(code string)  { panic("app") } // the result is in View: Trust, WrongCodes
func (s *Session) GoOnUnverified()       { panic("app") } // deliberate; audited
func (s *Session) SetMicrophone(on bool) { panic("app") }
func (s *Session) SetCamera(on bool)     { panic("app") }
func (s *Session) SetVoiceOnly(on bool)  { panic("app") }
func (s *Session) Use(d Devices)         { panic("app") }
func (s *Session) Remote() Frames        { panic("app") } // never nil
func (s *Session) Self() Frames          { panic("app") } // never nil
// End ends the call and opens the draft note with start, end, length and modality filled in.
// fileChat puts the chat into it. The NoteID is "" while the vault is locked: the draft
// is then made at the next unlock.
func (s *Session) End(ctx context.Context, fileChat bool) (NoteID, error) { panic("app") }

// Explain turns any error of app into one or two sentences a therapist understands, with the
// way forward. It never shows client data.
func Explain(err error) string { panic("app") }
