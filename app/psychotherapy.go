package app

import (
	"context"
	"errors"
	"strings"
	"time"
)

// A psychotherapy note (45 CFR 164.501) is what a therapist writes down of a conversation to think
// about it, apart from the record. It is sealed inside the store under a key of its own, which a
// passphrase of its own opens: the main key alone reads none of it. It is in no list, search, count
// or export of notes, because it is in none of their tables:
//
//	Draft ── Seal ──▶ SealedNote ── KeepSealed ──▶ its own table
//	         own key                main key
//
// What is sealed already can be kept later, so a lock that meets a full disk needs neither the key nor
// the plain text to wait.

// FormatPsychotherapy is no format that can be chosen: such a note never becomes another.
const FormatPsychotherapy NoteFormat = "psychotherapy"

// DefaultApartMinutes locks psychotherapy notes when nobody has read or written one for so long.
const DefaultApartMinutes = 5

// ApartState is how psychotherapy notes stand.
type ApartState string

const (
	ApartAbsent ApartState = "absent" // never set up
	ApartShut   ApartState = "shut"
	ApartOpen   ApartState = "open"
)

// SealedNote is a psychotherapy note that nobody can read without its key. Box is AES-256-GCM under
// it, with ID, Client, Created and Changed as associated data.
type SealedNote struct {
	ID               NoteID
	Client           ClientID
	Created, Changed time.Time
	Box              []byte
}

// ApartKeys opens and shuts psychotherapy notes.
type ApartKeys interface {
	SetUpApart(ctx context.Context, p Passphrase) (RecoveryKit, error) // leaves them open; ErrVaultExists
	UnlockApart(ctx context.Context, p Passphrase) error               // ErrWrongPassphrase
	RecoverApart(ctx context.Context, kit RecoveryKit, p Passphrase) error
	LockApart() // wipes the key
}

// ApartReader reads psychotherapy notes: ErrApartLocked while they are shut.
type ApartReader interface {
	ApartState(ctx context.Context) (ApartState, error)
	ApartNotes(ctx context.Context, c ClientID) ([]Note, error)      // newest first; of all for ""
	ApartNote(ctx context.Context, id NoteID) (Note, error)          // ErrNotFound
	SearchApart(ctx context.Context, q NoteQuery) ([]NoteHit, error) // as SearchNotes; the filters of a format aside
}

// ApartWriter writes them.
type ApartWriter interface {
	Seal(n Note) (SealedNote, error) // ErrApartLocked
	// KeepSealed adds or replaces. It needs no key but the store's.
	KeepSealed(ctx context.Context, s SealedNote) error
	DeleteApart(ctx context.Context, id NoteID) error // for good; ErrNotFound
}

// ApartStore keeps psychotherapy notes.
type ApartStore interface {
	ApartKeys
	ApartReader
	ApartWriter
}

// ErrApartLocked: the vault is open, psychotherapy notes are not.
var ErrApartLocked = errors.New("psychotherapy notes: locked")

// ApartChanged says that psychotherapy notes were opened or shut. It has no ID.
const ApartChanged EventKind = 1000

// What the audit log keeps of psychotherapy notes: never which words.
const (
	ActApartSetUp   = "apart.setup"
	ActApartUnlock  = "apart.unlock"
	ActApartRecover = "apart.recover"
	ActApartLock    = "apart.lock"
	ActApartView    = "apart.view"
	ActApartDelete  = "apart.delete"
)

// ApartState tells whether psychotherapy notes are set up, and open.
func (p *Practice) ApartState(ctx context.Context) (ApartState, error) {
	r, err := p.open()
	if err != nil {
		return "", err
	}
	return r.Apart.ApartState(ctx)
}

// SetUpApart gives psychotherapy notes their passphrase, and leaves them open. The kit must be shown:
// it is the only other way to them. pass is wiped.
func (p *Practice) SetUpApart(ctx context.Context, pass Passphrase) (RecoveryKit, error) {
	defer pass.Wipe()
	r, err := p.open()
	if err != nil {
		return RecoveryKit{}, err
	}
	if !p.judge(pass) {
		return RecoveryKit{}, ErrWeakPassphrase
	}
	kit, err := r.Apart.SetUpApart(ctx, pass)
	if err != nil {
		return RecoveryKit{}, err
	}
	return kit, p.apartOpened(ctx, ActApartSetUp)
}

func (p *Practice) judge(pass Passphrase) bool {
	p.mu.Lock()
	hints := []string{p.profile.Therapist, p.profile.PracticeName}
	p.mu.Unlock()
	return JudgePassphrase(pass, hints...).OK
}

// UnlockApart opens psychotherapy notes: ErrWrongPassphrase. pass is wiped.
func (p *Practice) UnlockApart(ctx context.Context, pass Passphrase) error {
	defer pass.Wipe()
	r, err := p.open()
	if err != nil {
		return err
	}
	if err := r.Apart.UnlockApart(ctx, pass); err != nil {
		if errors.Is(err, ErrWrongPassphrase) {
			_ = p.audit(ctx, AuditEntry{Act: ActApartUnlock + failed})
		}
		return err
	}
	return p.apartOpened(ctx, ActApartUnlock)
}

// RecoverApart opens psychotherapy notes with their kit, and sets a new passphrase. pass is wiped; the
// kit once it has opened them.
func (p *Practice) RecoverApart(ctx context.Context, kit RecoveryKit, pass Passphrase) error {
	defer pass.Wipe()
	r, err := p.open()
	if err != nil {
		return err
	}
	if !p.judge(pass) {
		return ErrWeakPassphrase
	}
	if err := r.Apart.RecoverApart(ctx, kit, pass); err != nil {
		return err
	}
	kit.Wipe()
	return p.apartOpened(ctx, ActApartRecover)
}

func (p *Practice) apartOpened(ctx context.Context, act string) error {
	p.windApart()
	if r, err := p.open(); err == nil {
		p.keepSealed(ctx, r)
	}
	p.changed(ApartChanged, "")
	return p.audit(ctx, AuditEntry{Act: act})
}

// LockApart saves and closes the psychotherapy note that is open, and wipes their key.
func (p *Practice) LockApart() {
	r, err := p.open()
	if err != nil {
		return // the vault's own lock has done it
	}
	p.mu.Lock()
	drafts := map[NoteID]*Draft{}
	for id, d := range p.drafts {
		if d.apart {
			drafts[id] = d
			delete(p.drafts, id)
		}
	}
	if p.apartIdle != nil {
		p.apartIdle.Stop()
	}
	p.mu.Unlock()
	p.shutDrafts(r, drafts)
	r.Apart.LockApart()
	p.changed(ApartChanged, "")
	_ = p.audit(context.Background(), AuditEntry{Act: ActApartLock})
}

// windApart sets their own idle lock anew: reading and writing them winds it, other work does not.
func (p *Practice) windApart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.records == nil {
		return
	}
	p.apartUsed = wall(time.Now())
	if p.apartIdle != nil {
		p.apartIdle.Stop()
	}
	p.apartIdle = time.AfterFunc(idleLook, p.lookApart)
}

func (p *Practice) lookApart() {
	p.mu.Lock()
	left := p.apartUsed.Add(idleTime(p.profile.ApartMinutes, DefaultApartMinutes)).Sub(wall(time.Now()))
	open := p.records != nil
	if open && left > 0 {
		p.apartIdle = time.AfterFunc(min(left, idleLook), p.lookApart)
	}
	p.mu.Unlock()
	if open && left <= 0 {
		p.LockApart()
	}
}

// PsychotherapyNotes are a client's, newest first: ErrApartLocked.
func (p *Practice) PsychotherapyNotes(ctx context.Context, c ClientID) ([]NoteRow, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	all, err := r.Apart.ApartNotes(ctx, c)
	if err != nil {
		return nil, err
	}
	p.windApart()
	p.auditSeldom(ctx, AuditEntry{Act: ActApartView, Client: c})
	var rows []NoteRow
	for _, n := range all {
		rows = append(rows, NoteRow{
			ID: n.ID, Client: n.Client, Title: n.Title, Format: n.Format, Form: n.Form, Status: n.Status,
			Created: n.Created, Changed: n.Changed, Excerpt: cutRunes(strings.Join(strings.Fields(n.text()), " "), 140),
		})
	}
	return rows, nil
}

// text is all that a note says, without its headings.
func (n Note) text() string {
	var all []string
	for _, s := range n.Sections {
		all = append(all, s.Text)
	}
	return strings.Join(all, "\n")
}

// SearchPsychotherapy searches psychotherapy notes, which SearchNotes never does: ErrApartLocked.
func (p *Practice) SearchPsychotherapy(ctx context.Context, q NoteQuery) ([]NoteHit, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	hits, err := r.Apart.SearchApart(ctx, q)
	if err == nil {
		p.windApart()
		p.auditSeldom(ctx, AuditEntry{Act: ActApartView, Client: q.Client})
	}
	return p.shownHits(hits), err
}

// NewPsychotherapyNote makes one and opens it. The store has it only once something was written.
func (p *Practice) NewPsychotherapyNote(ctx context.Context, c ClientID) (*Draft, error) {
	r, err := p.apart(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := r.Clients.Client(ctx, c); err != nil {
		return nil, err
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return nil, err
	}
	at := now()
	d, _, err := p.startDraft(r, &Draft{apart: true, fresh: true, note: Note{
		ID: NoteID(newID()), Client: c, Format: FormatPsychotherapy, Form: "Psychotherapy note", Status: NotePreliminary,
		Title: "Psychotherapy note, " + at.In(pr.location()).Format("2 January 2006"), Created: at, Changed: at,
		Sections: []Section{{Key: "text", Heading: "Psychotherapy note"}},
	}})
	return d, err
}

// OpenPsychotherapyNote opens one to read and write: ErrNotFound, ErrApartLocked.
func (p *Practice) OpenPsychotherapyNote(ctx context.Context, id NoteID) (*Draft, error) {
	r, err := p.apart(ctx)
	if err != nil {
		return nil, err
	}
	if d := p.openedDraft(id); d != nil {
		return d, nil
	}
	n, err := r.Apart.ApartNote(ctx, id)
	if err != nil {
		return nil, err
	}
	d, _, err := p.startDraft(r, &Draft{apart: true, note: n, saved: n.Changed})
	return d, err
}

// apart are the stores if psychotherapy notes are open.
func (p *Practice) apart(ctx context.Context) (*Records, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	state, err := r.Apart.ApartState(ctx)
	if err != nil {
		return nil, err
	}
	if state != ApartOpen {
		return nil, ErrApartLocked
	}
	p.windApart()
	return r, nil
}

// keepSealed keeps what a lock could not.
func (p *Practice) keepSealed(ctx context.Context, r *Records) {
	p.mu.Lock()
	sealed := p.sealed
	p.sealed = nil
	p.mu.Unlock()
	for _, n := range sealed {
		if r.Apart.KeepSealed(ctx, n) != nil {
			p.putSealed(n)
		}
	}
}

// keepApart seals a note and keeps it.
func (p *Practice) keepApart(ctx context.Context, r *Records, n Note) error {
	sealed, err := r.Apart.Seal(n)
	if err != nil {
		return err
	}
	p.windApart()
	return r.Apart.KeepSealed(ctx, sealed)
}

// DeletePsychotherapyNote deletes one for good.
func (p *Practice) DeletePsychotherapyNote(ctx context.Context, id NoteID) error {
	r, err := p.apart(ctx)
	if err != nil {
		return err
	}
	c, err := p.whose(ctx, r.Apart.ApartNote, id)
	if err != nil {
		return err
	}
	onlyHere := false
	if d := p.openedDraft(id); d != nil {
		if onlyHere, err = d.discard(ctx); err != nil {
			return err
		}
	}
	if err := r.Apart.DeleteApart(ctx, id); err != nil && !(onlyHere && errors.Is(err, ErrNotFound)) {
		return err
	}
	p.changed(NoteChanged, string(id))
	return p.audit(ctx, AuditEntry{Act: ActApartDelete, Client: c, About: string(id)})
}
