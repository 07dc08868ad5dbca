package app

import (
	"crypto/rand"
	"sync"
	"time"

	"alcove/app/measure"
	"alcove/app/safety"
)

// Practice is the one handle that ui holds: the rules of the practice, over the rooms that
// main introduces to it. Every method may be called from any goroutine.
type Practice struct {
	deps    Deps
	events  *queue
	arrived serial        // what the line tells, one after the other
	turning chan struct{} // held while the vault is being opened or shut
	filing  chan struct{} // held while a text that is being written is kept, or ends

	// rewriting is held by whoever reads a record, alters it and writes it back: the later of two
	// must not write the earlier's change away. It is taken before mu, never under it.
	rewriting sync.Mutex

	mu        sync.Mutex
	records   *Records // nil while locked
	profile   Profile  // the open vault's
	measures  shelves  // likewise
	idle      *time.Timer
	idleAt    time.Time                // when the vault locks by itself, on the wall clock
	owed      []AuditEntry             // could not be written yet
	lately    map[AuditEntry]time.Time // entries that are not repeated for a while (auditSeldom)
	drafts    map[NoteID]*Draft
	unsaved   []Note       // drafts that a lock met with a failing store: written at the next unlock
	apartIdle *time.Timer  // psychotherapy notes lock by themselves
	apartUsed time.Time    // when one was read or written last, on the wall clock
	sealed    []SealedNote // as unsaved, of psychotherapy notes
	writing   map[Writing]*unkept
	listening map[InviteID]Card
	leaving   map[InviteID]bool // links that the line is withdrawing from the relay
	knocks    []*knock
	heard     map[KnockID]time.Time // knocks that no store could note (replay.go)
	admitting bool
	running   *Session
	keep      keeping
	unfiled   []*Session // over, but their record waits for the vault
}

// Deps are the other rooms, seen from here.
type Deps struct {
	Vault    Vault
	Line     Line
	Devices  DeviceLister
	Relay    RelayChoice // nil: there is nothing to choose
	Numbers  *safety.Directory
	Files    Files
	Measures measure.Shelf
	Restorer Restorer
	People   *People  // whose list this person stands in; nil: there is none
	Person   PersonID // who this is
}

// New makes a practice whose vault is still shut.
func New(d Deps) *Practice {
	return &Practice{
		deps: d, events: newQueue(), turning: make(chan struct{}, 1), filing: make(chan struct{}, 1), lately: map[AuditEntry]time.Time{},
		drafts: map[NoteID]*Draft{}, listening: map[InviteID]Card{}, leaving: map[InviteID]bool{}, heard: map[KnockID]time.Time{},
		writing: map[Writing]*unkept{},
	}
}

// open gives the open vault's stores, or ErrLocked.
func (p *Practice) open() (*Records, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.records == nil {
		return nil, ErrLocked
	}
	return p.records, nil
}

// shown is a client's name as a screen may show it just now. While the vault is locked only a
// running session still has a name to show, and initials must do.
func (p *Practice) shown(name string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.records == nil || p.profile.InitialsOnly {
		return Initials(name)
	}
	return name
}

// now is the time as records keep it: to the millisecond, so that what was signed can be
// hashed again after any store gave it back.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// newID is 128 random bits in base32.
func newID() string { return rand.Text() }
