package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// SectionMost is what a section of a note holds, in bytes: about forty pages.
const SectionMost = 100_000

// RoomFor says in words why so many bytes more do not go into a section; "" if they do.
func RoomFor(have, more int) string {
	if have+more <= SectionMost {
		return ""
	}
	return fmt.Sprintf("The clipboard holds %d KB of text, and a section holds %d KB, about forty pages. Nothing was pasted and nothing is lost: the clipboard still has it. Paste it in parts, into several notes.",
		(more+999)/1000, SectionMost/1000)
}

// NoteView is a note as it is read: ui holds no rule, it asks these.
type NoteView struct {
	Note     // every section with its heading
	CanEdit  bool
	CanSign  bool
	CanAdd   bool     // an addendum
	Adding   bool     // one is being written
	HashFits bool     // signed, and the text is what was signed
	Carried  []string // headings of what was carried forward and never touched
}

func viewNote(n Note) NoteView {
	draft := n.Status == NotePreliminary
	v := NoteView{
		Note: n.shaped(), CanEdit: draft, CanSign: draft && !n.empty() && n.Format != FormatPsychotherapy, CanAdd: !draft,
		HashFits: !draft && SignedHash(n, n.Signed.By, n.Signed.At) == n.Signed.Hash,
	}
	for _, s := range v.Sections {
		if s.Carried {
			v.Carried = append(v.Carried, s.Heading)
		}
	}
	return v
}

// Notes are a client's notes, newest first.
func (p *Practice) Notes(ctx context.Context, c ClientID) ([]NoteRow, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	return r.Notes.Notes(ctx, c)
}

// Note is one note as it was last saved. ErrNotFound.
func (p *Practice) Note(ctx context.Context, id NoteID) (NoteView, error) {
	r, err := p.open()
	if err != nil {
		return NoteView{}, err
	}
	n, err := r.Notes.Note(ctx, id)
	if err != nil {
		return NoteView{}, err
	}
	p.auditSeldom(ctx, AuditEntry{Act: ActViewNote, Client: n.Client, About: string(id)})
	v := viewNote(n)
	if v.CanAdd {
		var w Written
		w, err = p.Written(ctx, WritingOf(AddendumWriting, id))
		v.Adding = w.Text != ""
	}
	return v, err
}

// UnsignedNotes are the drafts, oldest first; limit 0 for 50.
func (p *Practice) UnsignedNotes(ctx context.Context, limit int) ([]NoteHit, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	hits, err := r.Notes.Drafts(ctx, limit)
	return p.shownHits(hits), err
}

// SearchNotes searches all notes as one types.
func (p *Practice) SearchNotes(ctx context.Context, q NoteQuery) ([]NoteHit, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	p.auditSeldom(ctx, AuditEntry{Act: ActSearch, Client: q.Client})
	hits, err := r.Notes.SearchNotes(ctx, q)
	return p.shownHits(hits), err
}

// ReviewsDue are the treatment plans to be reviewed by today, the most overdue first; limit 0 for 50.
func (p *Practice) ReviewsDue(ctx context.Context, limit int) ([]ReviewDue, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return nil, err
	}
	plans, err := r.Notes.ReviewsDue(ctx, DayOf(now(), pr.location()), limit)
	for i := range plans {
		plans[i].ClientName = p.shown(plans[i].ClientName)
	}
	return plans, err
}

func (p *Practice) shownHits(hits []NoteHit) []NoteHit {
	for i := range hits {
		hits[i].ClientName = p.shown(hits[i].ClientName)
	}
	return hits
}

// whose is the client of a note that is written just now, or else read: an entry of the audit log without one is not
// found among theirs.
func (p *Practice) whose(ctx context.Context, read func(context.Context, NoteID) (Note, error), id NoteID) (ClientID, error) {
	if d := p.openedDraft(id); d != nil {
		return d.View().Client, nil
	}
	n, err := read(ctx, id)
	return n.Client, err
}

// AddAddendum dates, signs and appends to a signed note what was being written: ErrNotSigned, *FieldError.
func (p *Practice) AddAddendum(ctx context.Context, id NoteID, text string) error {
	of := WritingOf(AddendumWriting, id)
	return p.instead(ctx, of, func() error { return p.addendum(ctx, id, text, of) })
}

// addendum adds one. What a session tells ends nothing: what is being written of another stays.
func (p *Practice) addendum(ctx context.Context, id NoteID, text string, ends ...Writing) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	text = strings.TrimSpace(strings.ToValidUTF8(text, string(utf8.RuneError)))
	if text == "" {
		return &FieldError{"Addendum", "Please write what is to be added."}
	}
	if len(text) > SectionMost {
		return &FieldError{"Addendum", fmt.Sprintf("An addendum holds %d KB, about forty pages. Shorten it, or sign it in two.", SectionMost/1000)}
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return err
	}
	if err := r.Notes.AddAddendum(ctx, id, Addendum{Text: text, By: pr.signer(), At: now()}, ends...); err != nil {
		return err
	}
	p.changed(NoteChanged, string(id))
	return nil
}

// DeleteDraft puts an unsigned note into the bin, open or not: ErrSigned, ErrNotFound. What was typed
// into it last goes with it.
func (p *Practice) DeleteDraft(ctx context.Context, id NoteID) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	onlyHere := false
	if n, unsaved := p.takeUnsaved(id); unsaved {
		if err := r.Notes.SaveDraft(ctx, n); err != nil {
			p.putUnsaved(n)
			return err
		}
	}
	c, err := p.whose(ctx, r.Notes.Note, id)
	if err != nil {
		return err
	}
	if d := p.openedDraft(id); d != nil && !d.apart {
		if onlyHere, err = d.discard(ctx); err != nil {
			return err
		}
	}
	err = r.Notes.DeleteDraft(ctx, id, now())
	if err != nil && !(onlyHere && errors.Is(err, ErrNotFound)) {
		return err
	}
	p.changed(NoteChanged, string(id))
	return p.audit(ctx, AuditEntry{Act: ActDelete, Client: c, About: string(id)})
}
