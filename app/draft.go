package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	draftPause = 2 * time.Second  // after the last key
	draftMost  = 20 * time.Second // after the first, when typing never pauses
	draftRetry = 5 * time.Second  // after a save that failed
)

// ErrDraftClosed: the draft was closed, or the vault locked; open it again.
var ErrDraftClosed = errors.New("draft: closed")

// Draft is one open note. It owns one goroutine, which alone saves: two seconds after the last
// change, and when it is asked to. What is typed is in View at once and never waits for the
// store. A Lock saves and closes it.
type Draft struct {
	p     *Practice
	id    NoteID
	store *Records
	typed chan struct{} // a token after a change
	asks  chan ask
	done  chan struct{} // closed when the goroutine is gone

	mu      sync.Mutex
	note    Note
	apart   bool      // a psychotherapy note: it goes to no other store
	form    Form      // whose hints are shown; without sections if its template is gone
	closed  bool      // takes no change any more
	before  []Version // what it said, to be kept with the next save
	fresh   bool      // the store never had it
	edits   int       // changes so far
	kept    int       // changes the store has
	since   time.Time // the first change that the store has not
	saved   time.Time
	problem string
}

// ask is something to do between two saves, on the draft's goroutine.
type ask struct {
	ctx   context.Context
	do    func(context.Context) error
	reply chan error
}

func (d *Draft) run() {
	defer close(d.done)
	timer := time.NewTimer(draftPause)
	timer.Stop()
	defer timer.Stop()
	for !d.isClosed() {
		select {
		case <-d.typed:
			timer.Reset(d.pause())
		case <-timer.C:
			if d.save(context.Background()) != nil {
				timer.Reset(draftRetry)
			}
		case a := <-d.asks:
			a.reply <- a.do(a.ctx)
			if d.View().Problem != "" {
				timer.Reset(draftRetry)
			}
		}
	}
}

func (d *Draft) isClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

// pause is how long to wait for the next key.
func (d *Draft) pause() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return pauseSince(d.since)
}

func pauseSince(first time.Time) time.Duration {
	return max(0, min(draftPause, draftMost-time.Since(first)))
}

// save brings the store up to date. It runs on the draft's goroutine.
func (d *Draft) save(ctx context.Context) error {
	d.mu.Lock()
	n, edits, dirty, before := d.note, d.edits, d.dirty(), d.before
	n.Sections = append([]Section(nil), n.Sections...)
	d.mu.Unlock()
	if !dirty {
		return nil
	}
	err := d.keep(ctx, n, before)
	d.mu.Lock()
	if err != nil {
		d.problem = Explain(err)
	} else {
		d.kept, d.fresh, d.problem = edits, false, ""
		d.before = d.before[len(before):]
		d.since = time.Now()
		if !d.dirty() {
			d.saved = time.Now()
		}
	}
	d.mu.Unlock()
	if err == nil {
		d.p.auditSeldom(ctx, AuditEntry{Act: ActWrite, Client: n.Client, About: string(n.ID)})
	}
	d.p.changed(NoteChanged, string(n.ID))
	return err
}

// keep writes n where it belongs.
func (d *Draft) keep(ctx context.Context, n Note, before []Version) error {
	if d.apart {
		return d.p.keepApart(ctx, d.store, n)
	}
	return d.store.Notes.SaveDraft(ctx, n, before...)
}

// dirty: the store lacks a change. d.mu is held.
func (d *Draft) dirty() bool { return d.edits != d.kept }

// ID is the note's.
func (d *Draft) ID() NoteID { return d.id }

// Edit replaces the text of a section; what was carried into it is thereby touched. It never blocks.
func (d *Draft) Edit(section, text string) {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	d.section(section, func(s *Section) bool {
		same := s.Text == text
		if !same {
			s.Text, s.Carried = text, false
		}
		return !same
	})
}

// Keep says of a section that was carried forward that it still holds. It never blocks.
func (d *Draft) Keep(section string) {
	d.section(section, func(s *Section) bool {
		was := s.Carried
		s.Carried = false
		return was
	})
}

func (d *Draft) section(key string, do func(*Section) bool) {
	d.change(func(n *Note) bool {
		for i := range n.Sections {
			if n.Sections[i].Key == key {
				return do(&n.Sections[i])
			}
		}
		return false
	})
}

// SetTitle never blocks.
func (d *Draft) SetTitle(title string) {
	title = strings.ToValidUTF8(title, string(utf8.RuneError))
	d.change(func(n *Note) bool {
		same := n.Title == title
		n.Title = title
		return !same
	})
}

// SetForm gives the note another format, and keeps its text. It never blocks.
func (d *Draft) SetForm(f Form) {
	d.change(func(n *Note) bool {
		same := n.Format == f.Format || d.apart
		if !same {
			d.remember(VersionFormat)
			*n = n.reshaped(f)
			d.form = f
		}
		return !same
	})
}

// remember keeps what the draft says, before a change that could not be typed back. d.mu is held.
func (d *Draft) remember(why string) {
	if !d.note.empty() {
		d.before = append(d.before, d.note.version(why))
	}
}

// file appends a paragraph to a section, which is made if it is not there.
func (d *Draft) file(key, heading, text string) {
	d.change(func(n *Note) bool {
		for i := range n.Sections {
			if s := &n.Sections[i]; s.Key == key {
				s.Text = strings.TrimLeft(s.Text+"\n\n"+text, "\n")
				return true
			}
		}
		n.Sections = append(n.Sections, Section{Key: key, Heading: heading, Text: text})
		return true
	})
}

// change applies do, unless the draft is closed; do tells whether anything is new.
func (d *Draft) change(do func(*Note) bool) {
	d.mu.Lock()
	was := d.dirty()
	isNew := !d.closed && do(&d.note)
	if isNew {
		d.edits++
		d.note.Changed = now()
		if !was {
			d.since = time.Now()
		}
	}
	d.mu.Unlock()
	if !isNew {
		return
	}
	wake(d.typed)
	if !was {
		d.p.changed(NoteChanged, string(d.id))
	}
}

// DraftView is a draft as the screen shows it.
type DraftView struct {
	NoteView
	Forms   []SectionForm // what each section asks for; zero where the form does not know it
	Saved   time.Time     // when the store last had all of it; zero if never
	Dirty   bool          // typed since
	Problem string        // why the last save failed, in words; typing goes on and saving is tried again
}

// View is a snapshot, at once.
func (d *Draft) View() DraftView {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.note
	n.Sections = append([]Section(nil), n.Sections...)
	v := DraftView{NoteView: viewNote(n), Saved: d.saved, Dirty: d.dirty(), Problem: d.problem}
	for _, s := range v.Sections {
		v.Forms = append(v.Forms, d.form.section(s.Key))
	}
	return v
}

// ask has the draft's goroutine do something, and waits. ErrDraftClosed.
func (d *Draft) ask(ctx context.Context, do func(context.Context) error) error {
	a := ask{ctx, do, make(chan error, 1)}
	select {
	case d.asks <- a:
	case <-d.done:
		return ErrDraftClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	// Whoever asked waits for the answer even when ctx is over: the store's calls end with it.
	return <-a.reply
}

// Save saves now, and waits.
func (d *Draft) Save(ctx context.Context) error { return d.ask(ctx, d.save) }

// Sign saves, and locks the note for good; the draft is closed. ErrSigned, ErrEmptyNote, *FieldError
// with the Key of a section.
func (d *Draft) Sign(ctx context.Context) error {
	err := d.ask(ctx, d.sign)
	if errors.Is(err, ErrDraftClosed) && !d.View().CanEdit {
		return ErrSigned
	}
	return err
}

func (d *Draft) sign(ctx context.Context) error {
	v := d.View()
	if !v.CanSign {
		return ErrEmptyNote
	}
	if err := v.signable(); err != nil {
		return err
	}
	pr, err := d.store.Profile.Profile(ctx)
	if err != nil {
		return err
	}
	// A key may fall between save and sign: what is signed is what the store has.
	if err := d.save(ctx); err != nil {
		return err
	}
	n, err := d.store.Notes.Note(ctx, d.id)
	if err != nil {
		return err
	}
	if shaped := n.shaped(); !slices.Equal(shaped.Sections, n.Sections) { // a draft of before headings were kept
		if err := d.store.Notes.SaveDraft(ctx, shaped); err != nil {
			return err
		}
		n = shaped
	}
	sig := Signature{By: pr.signer(), At: now()}
	sig.Hash = SignedHash(n, sig.By, sig.At)
	if err := d.store.Notes.SignNote(ctx, n.ID, sig); err != nil {
		return err
	}
	n.Status, n.Signed = NoteFinal, sig
	d.mu.Lock()
	d.note, d.kept = n, d.edits
	d.mu.Unlock()
	d.end()
	return nil
}

// Close saves and closes. A new note that nothing was written into leaves nothing. If saving
// fails the draft stays open and keeps the text.
func (d *Draft) Close(ctx context.Context) error {
	err := d.ask(ctx, func(ctx context.Context) error {
		err := d.save(ctx)
		if err == nil {
			d.end()
		}
		return err
	})
	if errors.Is(err, ErrDraftClosed) {
		return nil
	}
	return err
}

// discard closes; fresh tells that the store never had the note and nothing was written into it. All
// else is saved, because the bin gives it back.
func (d *Draft) discard(ctx context.Context) (fresh bool, err error) {
	err = d.ask(ctx, func(ctx context.Context) error {
		if err := d.save(ctx); err != nil {
			return err
		}
		d.mu.Lock()
		fresh = d.fresh
		d.mu.Unlock()
		d.end()
		return nil
	})
	if errors.Is(err, ErrDraftClosed) {
		return false, nil
	}
	return fresh, err
}

// shut saves and closes, and waits for it no longer than ctx; kept is false if the store lacks
// what it returns.
func (d *Draft) shut(ctx context.Context) (n Note, kept bool) {
	upTo(ctx, func() { _ = d.ask(ctx, d.save) })
	defer d.p.changed(NoteChanged, string(d.id))
	defer wake(d.typed) // an idle goroutine looks whether it is closed
	d.mu.Lock()
	defer d.mu.Unlock()
	n, kept = d.note, !d.dirty()
	// The screen clears its copy; ours goes here. A save that hangs must not write the blank.
	d.note.Sections, d.kept, d.closed = nil, d.edits, true
	return n, kept
}

// end lets the goroutine leave. It runs on it.
func (d *Draft) end() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.p.forgetDraft(d)
	d.p.changed(NoteChanged, string(d.id))
}
