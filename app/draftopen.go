package app

import (
	"context"
	"errors"
	"time"
)

// NewDraft makes a note and opens it; f is "" for the format that is usual with the client. The store
// has it only once something was written.
func (p *Practice) NewDraft(ctx context.Context, c ClientID, f NoteFormat) (*Draft, error) {
	r, err := p.open()
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
	form, err := r.form(ctx, f)
	if f == "" {
		form, err = r.usualForm(ctx, c, FormatSOAP)
	}
	if err != nil {
		return nil, err
	}
	at := now()
	n := Note{
		ID: NoteID(newID()), Client: c, Format: form.Format, Form: form.formName(), Sections: form.blank(),
		Status: NotePreliminary, Created: at, Changed: at,
		Title: form.title() + ", " + at.In(pr.location()).Format("2 January 2006"),
	}
	d, _, err := p.startDraft(r, &Draft{note: n, form: form, fresh: true})
	return d, err
}

// OpenDraft opens an unsigned note: always the same Draft while it is open. ErrSigned,
// ErrNotFound.
func (p *Practice) OpenDraft(ctx context.Context, id NoteID) (*Draft, error) {
	d, _, err := p.openDraft(ctx, id)
	return d, err
}

// openDraft also tells whether it was open already.
func (p *Practice) openDraft(ctx context.Context, id NoteID) (*Draft, bool, error) {
	r, err := p.open()
	if err != nil {
		return nil, false, err
	}
	if d := p.openedDraft(id); d != nil {
		if d.apart {
			return nil, false, ErrNotFound
		}
		return d, true, nil
	}
	if n, ok := p.takeUnsaved(id); ok {
		form, _ := r.form(ctx, n.Format) // whatever fails: a draft must open without hints too
		return p.startDraft(r, &Draft{note: n, form: form, edits: 1, since: time.Now()})
	}
	n, err := r.Notes.Note(ctx, id)
	if err != nil {
		return nil, false, err
	}
	if n.Status != NotePreliminary {
		return nil, false, ErrSigned
	}
	form, err := r.form(ctx, n.Format)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, false, err
	}
	return p.startDraft(r, &Draft{note: n.shaped(), form: form, saved: n.Changed, before: []Version{n.version(VersionOpened)}})
}

// startDraft registers d, unless somebody was faster or the vault was locked meanwhile.
func (p *Practice) startDraft(r *Records, d *Draft) (*Draft, bool, error) {
	d.p, d.id, d.store = p, d.note.ID, r
	d.typed, d.asks, d.done = make(chan struct{}, 1), make(chan ask), make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.records != r {
		return nil, false, ErrLocked
	}
	if open := p.drafts[d.id]; open != nil {
		return open, true, nil
	}
	p.drafts[d.id] = d
	if d.dirty() {
		wake(d.typed)
	}
	go d.run()
	return d, false, nil
}

func (p *Practice) openedDraft(id NoteID) *Draft {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.drafts[id]
}

func (p *Practice) takeUnsaved(id NoteID) (Note, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, n := range p.unsaved {
		if n.ID == id {
			p.unsaved = append(p.unsaved[:i:i], p.unsaved[i+1:]...)
			return n, true
		}
	}
	return Note{}, false
}

func (p *Practice) putUnsaved(n Note) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unsaved = append(p.unsaved, n)
}

func (p *Practice) putSealed(n SealedNote) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sealed = append(p.sealed, n)
}

func (p *Practice) forgetDraft(d *Draft) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drafts[d.id] == d {
		delete(p.drafts, d.id)
	}
}
