package app

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"alcove/app/safety"
)

// written is a text that is being written beside the drafts. It stands in no list, search, export or
// chain, and is gone once it is signed or saved as what it becomes.
type written interface {
	keep(ctx context.Context, r *Records, of string) error
}

// writing is such a text that the store has not got yet.
type writing struct {
	text   written
	timer  *time.Timer
	since  time.Time // the first change that the store has not
	failed bool      // the store would not take it
}

// write keeps a text two seconds after the last change; of is the event that tells its changes. It never
// blocks. A lock keeps it first.
func (p *Practice) write(of Event, text written) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.records == nil {
		return
	}
	w := &writing{text: text, since: time.Now()}
	if before := p.writing[of]; before != nil {
		before.timer.Stop()
		w.since, w.failed = before.since, before.failed
	}
	w.timer = time.AfterFunc(pauseSince(w.since), func() { p.keepLater(of) })
	p.writing[of] = w
}

// keepLater keeps what waits, unless a lock has done it.
func (p *Practice) keepLater(of Event) {
	if r, err := p.open(); err == nil {
		p.keepWriting(context.Background(), r, of)
	}
}

// keepWriting writes what waits. What the store does not take waits again, over a lock too.
func (p *Practice) keepWriting(ctx context.Context, r *Records, of Event) {
	if !p.takeFiling(ctx) {
		return
	}
	defer func() { <-p.filing }()
	p.mu.Lock()
	w := p.writing[of]
	if w != nil {
		w.timer.Stop()
	}
	p.mu.Unlock()
	if w == nil {
		return
	}
	err := w.text.keep(ctx, r, of.ID)
	p.mu.Lock()
	defer p.mu.Unlock()
	last := p.writing[of]
	switch {
	case last != w: // something newer was typed, and has its own timer
		last.failed = err != nil
	case err == nil:
		delete(p.writing, of)
	default:
		w.failed = true
		w.timer = time.AfterFunc(draftRetry, func() { p.keepLater(of) })
	}
}

// takeFiling waits for its turn; false if ctx is over first. Two texts written at once might come to lie in the wrong order.
func (p *Practice) takeFiling(ctx context.Context) bool {
	select {
	case p.filing <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// keepAllWriting writes all that waits.
func (p *Practice) keepAllWriting(ctx context.Context, r *Records) {
	p.mu.Lock()
	var all []Event
	for of := range p.writing {
		all = append(all, of)
	}
	p.mu.Unlock()
	for _, of := range all {
		p.keepWriting(ctx, r, of)
	}
}

// shutWriting is keepAllWriting for a lock, which waits for a store that hangs no longer than for a draft.
func (p *Practice) shutWriting(r *Records) {
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	upTo(ctx, func() { p.keepAllWriting(ctx, r) })
}

// instead does what ends a text that is being written: what was typed last must not be kept after it. If
// it fails the text waits on.
func (p *Practice) instead(ctx context.Context, of Event, do func() error) error {
	if !p.takeFiling(ctx) {
		return ctx.Err()
	}
	defer func() { <-p.filing }()
	p.mu.Lock()
	w := p.writing[of]
	p.mu.Unlock()
	if err := do(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if w != nil && p.writing[of] == w {
		w.timer.Stop()
		delete(p.writing, of)
	}
	return nil
}

// beingWritten is what was typed last, also if the store would not take it, or else what the store has.
func beingWritten[T written](ctx context.Context, p *Practice, of Event, kept func(*Records) (T, error)) (text T, err error) {
	r, err := p.open()
	if err != nil {
		return text, err
	}
	p.keepWriting(ctx, r, of)
	p.mu.Lock()
	w := p.writing[of]
	p.mu.Unlock()
	if w != nil {
		return w.text.(T), nil // what an event tells of is always of one type
	}
	return kept(r)
}

func planOf(c ClientID) Event { return Event{PlanChanged, string(c)} }

func (d PlanDraft) keep(ctx context.Context, r *Records, of string) error {
	return r.Plans.KeepPlanDraft(ctx, ClientID(of), &d)
}

// WritePlan keeps what is being written of a client's plan.
func (p *Practice) WritePlan(c ClientID, steps safety.Steps) {
	p.write(planOf(c), PlanDraft{steps.Clone(), now()})
}

// PlanDraft is what was being written of a client's plan, also if it was typed a moment ago.
// ErrNotFound.
func (p *Practice) PlanDraft(ctx context.Context, c ClientID) (PlanDraft, error) {
	d, err := beingWritten(ctx, p, planOf(c), func(r *Records) (PlanDraft, error) { return r.Plans.PlanDraft(ctx, c) })
	d.Steps = d.Steps.Clone()
	return d, err
}

// DropPlanDraft throws away what was being written.
func (p *Practice) DropPlanDraft(ctx context.Context, c ClientID) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	if err := p.instead(ctx, planOf(c), func() error { return r.Plans.KeepPlanDraft(ctx, c, nil) }); err != nil {
		return err
	}
	p.changed(PlanChanged, string(c))
	return nil
}

func addendumOf(id NoteID) Event { return Event{NoteChanged, string(id)} }

func (d AddendumDraft) keep(ctx context.Context, r *Records, of string) error {
	if strings.TrimSpace(d.Text) == "" {
		return r.Notes.KeepAddendumDraft(ctx, NoteID(of), nil)
	}
	return r.Notes.KeepAddendumDraft(ctx, NoteID(of), &d)
}

// WriteAddendum keeps what is being written of an addendum to a signed note; an empty one lets go of it.
func (p *Practice) WriteAddendum(id NoteID, text string) {
	p.write(addendumOf(id), AddendumDraft{strings.ToValidUTF8(text, string(utf8.RuneError)), now()})
}

// adding is what was being written of an addendum; "" if nothing was.
func (p *Practice) adding(ctx context.Context, id NoteID) (string, error) {
	d, err := beingWritten(ctx, p, addendumOf(id), func(r *Records) (AddendumDraft, error) { return r.Notes.AddendumDraft(ctx, id) })
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", err
	}
	if strings.TrimSpace(d.Text) == "" {
		return "", nil
	}
	return d.Text, nil
}

// DropAddendum throws away what was being written of an addendum.
func (p *Practice) DropAddendum(ctx context.Context, id NoteID) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	if err := p.instead(ctx, addendumOf(id), func() error { return r.Notes.KeepAddendumDraft(ctx, id, nil) }); err != nil {
		return err
	}
	p.changed(NoteChanged, string(id))
	return nil
}
