package app

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// Writing names a text that is being written beside the drafts. It stands in no list, search, export or chain. The store has it
// two seconds after the last key and at a lock, and it is gone in the write that makes of it what it becomes, or once it is thrown away:
//
//	Write ──▶ WritingStore ──▶ SavePlan, AddAddendum …  or  LetGo
//
// Nothing of a psychotherapy note is ever one: this is under the main key.
type Writing struct {
	Kind WritingKind
	Of   string // the ID of what it belongs to; "" for what is new
}

// WritingKind is what a text becomes.
type WritingKind string

const (
	PlanWriting     WritingKind = "plan"     // of a ClientID: the next version
	AddendumWriting WritingKind = "addendum" // of a NoteID
	AnswerWriting   WritingKind = "answer"   // of an AlertID: what was done
	VoidWriting     WritingKind = "void"     // of a ResponseID: why it is not to count
	TemplateWriting WritingKind = "template" // of a NoteFormat
	ClientWriting   WritingKind = "client"   // of a ClientID: the form
	FillWriting     WritingKind = "fill"     // of a ClientID, "/" and a measure.ID: the answers so far
	DeedWriting     WritingKind = "deed"     // of a ClientID: the next line of what was done in an emergency
)

// WritingOf is a text of what has that ID.
func WritingOf[ID ~string](k WritingKind, id ID) Writing { return Writing{k, string(id)} }

// Written is such a text. Of a form it is JSON.
type Written struct {
	Text string
	At   time.Time // the last change
}

// WritingStore keeps what is being written. A write of another store that ends a text takes its name, and lets go of it in
// its own transaction: else a kill between the two would have it written twice.
type WritingStore interface {
	// KeepWriting adds or replaces; one without a text lets go of it.
	KeepWriting(ctx context.Context, of Writing, w Written) error
	Writing(ctx context.Context, of Writing) (Written, error) // ErrNotFound
}

// unkept is a text that the store has not got yet.
type unkept struct {
	Written
	timer   *time.Timer
	since   time.Time // the first change that the store has not
	problem string    // why the store would not take it, in words
}

// Write keeps a text two seconds after the last change; an empty one lets go of it. It never blocks. A lock keeps it first, and
// what is typed while that happens waits in memory for the next unlock.
func (p *Practice) Write(of Writing, text string) {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	if strings.TrimSpace(text) == "" {
		text = ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	w := &unkept{Written: Written{text, now()}, since: time.Now()}
	if before := p.writing[of]; before != nil {
		before.timer.Stop()
		w.since, w.problem = before.since, before.problem
	}
	w.timer = time.AfterFunc(pauseSince(w.since), func() { p.keepLater(of) })
	p.writing[of] = w
}

// keepLater keeps what waits, unless a lock has done it.
func (p *Practice) keepLater(of Writing) {
	if r, err := p.open(); err == nil {
		p.keepWriting(context.Background(), r, of)
	}
}

// keepWriting writes what waits. What the store does not take waits again, over a lock too.
func (p *Practice) keepWriting(ctx context.Context, r *Records, of Writing) {
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
	err := r.Writing.KeepWriting(ctx, of, w.Written)
	problem := Explain(err)
	p.mu.Lock()
	said := w.problem
	if err != nil && ctx.Err() != nil {
		problem = said // whoever read it has gone on to another screen: that is no fault of the store's
	}
	last := p.writing[of]
	switch {
	case last != w: // something newer was typed, and has its own timer
		last.problem = problem
	case err == nil:
		delete(p.writing, of)
	default:
		w.problem = problem
		w.timer = time.AfterFunc(draftRetry, func() { p.keepLater(of) })
	}
	p.mu.Unlock()
	if problem != said {
		p.changed(WritingChanged, of.Of)
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
	var all []Writing
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
func (p *Practice) instead(ctx context.Context, of Writing, do func() error) error {
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

// Written is what was typed last, also if the store would not take it, or else what the store has. Its text is "" if
// nothing is being written.
func (p *Practice) Written(ctx context.Context, of Writing) (Written, error) {
	r, err := p.open()
	if err != nil {
		return Written{}, err
	}
	p.keepWriting(ctx, r, of)
	p.mu.Lock()
	waits := p.writing[of]
	p.mu.Unlock()
	if waits != nil {
		return waits.Written, nil
	}
	w, err := r.Writing.Writing(ctx, of)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return w, err
}

// WritingProblem is why the last try to keep a text failed, in words; "" if it did not. It never blocks.
func (p *Practice) WritingProblem(of Writing) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.writing[of]; w != nil {
		return w.problem
	}
	return ""
}

// LetGo throws away what was being written.
func (p *Practice) LetGo(ctx context.Context, of Writing) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	return p.instead(ctx, of, func() error { return r.Writing.KeepWriting(ctx, of, Written{}) })
}

// Unsaved is a form as it was being filled in.
type Unsaved[T any] struct {
	Form T
	At   time.Time // the last change
}

// writeForm is Write for a form; one that is as it was lets go of it.
func (p *Practice) writeForm(of Writing, was, is any) {
	a, _ := json.Marshal(was) // texts and numbers always can be
	b, _ := json.Marshal(is)
	if string(a) == string(b) {
		b = nil
	}
	p.Write(of, string(b))
}

// unsaved is a form that is being filled in; nil if it is not.
func unsaved[T any](ctx context.Context, p *Practice, of Writing) (*Unsaved[T], error) {
	w, err := p.Written(ctx, of)
	if err != nil || w.Text == "" {
		return nil, err
	}
	u := &Unsaved[T]{At: w.At}
	return u, json.Unmarshal([]byte(w.Text), &u.Form)
}
