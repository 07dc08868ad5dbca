package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"alcove/app/safety"
)

// SetPlace says where the client is today, by code or name. The numbers follow at once.
func (s *Session) SetPlace(country, region string) {
	d := s.p.Directory()
	place := d.Place(country, region)
	s.fill(func(c *safety.Checklist) { c.SetPlace(place, d.NumbersFor(place)) })
}

// SamePlace takes the place of last time: the therapist has asked, and it is the same.
func (s *Session) SamePlace() {
	d := s.p.Directory()
	s.fill(func(c *safety.Checklist) { c.SamePlace(d.NumbersFor(c.Before.Place)) })
}

// Answer answers an item of the checklist by do.
func (s *Session) Answer(i safety.Item, do func(c *safety.Checklist)) {
	s.fill(func(c *safety.Checklist) { c.Set(i, do) })
}

// Confirm: an item is still as it was last time.
func (s *Session) Confirm(i safety.Item) { s.fill(func(c *safety.Checklist) { c.Confirm(i) }) }

// Skip leaves an item of the checklist out, in sight.
func (s *Session) Skip(i safety.Item) { s.fill(func(c *safety.Checklist) { c.Skip(i) }) }

// fill alters the checklist, also once the call is over: the note may not be written yet.
func (s *Session) fill(do func(*safety.Checklist)) {
	s.posts.post(func() {
		s.change(func(v *SessionView) {
			v.Checklist = v.Checklist.Clone() // what a screen holds must not change under it
			do(&v.Checklist)
		})
		s.touched, s.sheetDue = true, true
	})
}

// Deed notes what was done in an emergency, with the time. It is kept at once, and goes into the
// note: with the rest when the session ends, or by itself if that is over.
func (s *Session) Deed(text string) error {
	text, err := deedText(text)
	if err != nil {
		return err
	}
	d := safety.Deed{At: now(), Text: text}
	s.posts.post(func() {
		s.change(func(v *SessionView) { v.Deeds = append(slices.Clip(v.Deeds), d) })
		s.write(s.act(ActDeed))
		s.sheetDue = true
		if s.over() {
			s.write(s.deedEntry(d))
		}
		s.keepSheet()
		s.flush()
	})
	return nil
}

// deedText is what was typed, on one line: *FieldError.
func deedText(text string) (string, error) {
	return reason(strings.Join(strings.Fields(text), " "), "Please write what was done.")
}

// keepSheet puts the sheet on the ledger if it has changed. Before the two have met there is no
// session to keep it with.
func (s *Session) keepSheet() {
	if s.sheetDue && s.met {
		s.sheetDue = false
		s.write(s.saveSheet)
	}
}

// saveSheet keeps the sheet as it is when it is written.
func (s *Session) saveSheet(ctx context.Context, r *Records) error {
	return r.Sheets.SaveSheet(ctx, s.sheet())
}

func (s *Session) sheet() Sheet {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Sheet{
		Session: s.id, Client: s.view.Client, Started: s.view.Started, Touched: s.touched,
		Checklist: s.view.Checklist.Clone(), Deeds: slices.Clone(s.view.Deeds),
	}
}

// note is what the session's note has of the sheet, each part a paragraph.
func (s Sheet) note(d *safety.Directory, loc *time.Location) string {
	text := "At the start: the checklist was not gone through."
	if s.Touched {
		text = strings.Join(s.Checklist.Lines(d.Name), "\n")
	}
	if len(s.Deeds) > 0 {
		text += "\n\n" + deedLines(s.Deeds, loc)
	}
	return text
}

func deedLines(deeds []safety.Deed, loc *time.Location) string {
	lines := []string{"In the emergency"}
	for _, d := range deeds {
		lines = append(lines, deedLine(d, loc))
	}
	return strings.Join(lines, "\n")
}

func deedLine(d safety.Deed, loc *time.Location) string {
	return d.At.In(loc).Format("15:04") + "  " + d.Text
}

// deedEntry puts a deed of after the call into the session's note.
func (s *Session) deedEntry(d safety.Deed) entry {
	added := false
	return func(ctx context.Context, r *Records) error {
		err := s.p.addDeed(ctx, r, s.view.Client, sessionNote(s.id), d, &added)
		if err == nil {
			s.mu.Lock()
			s.view.Note = sessionNote(s.id)
			s.mu.Unlock()
		}
		return err
	}
}

// addDeed writes a deed into a note: through the draft, because it may be open on a screen; as an
// addendum if it is signed; into a new draft if there is none. added keeps a second try from
// writing it twice.
func (p *Practice) addDeed(ctx context.Context, r *Records, c ClientID, id NoteID, d safety.Deed, added *bool) error {
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return err
	}
	line := deedLine(d, pr.location())
	draft, open, err := p.openDraft(ctx, id)
	switch {
	case errors.Is(err, ErrSigned):
		return p.addendum(ctx, id, "In the emergency\n"+line)
	case errors.Is(err, ErrNotFound):
		return p.emergencyNote(ctx, r, c, id, []safety.Deed{d})
	case err != nil:
		return err
	}
	if !*added {
		draft.file(sectionSession, "Session", line)
		*added = true
	}
	if open {
		return draft.Save(ctx)
	}
	return draft.Close(ctx)
}

// emergencyNote makes a draft of what was done where no session's note will have it.
func (p *Practice) emergencyNote(ctx context.Context, r *Records, c ClientID, id NoteID, deeds []safety.Deed) error {
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return err
	}
	at := now()
	n := Note{
		ID: id, Client: c, Format: FormatFree, Status: NotePreliminary, Created: at, Changed: at,
		Title: "Emergency, " + deeds[0].At.In(pr.location()).Format("2 January 2006, 15:04"),
	}
	n.Sections = []Section{{Key: sectionSession, Heading: "Emergency", Text: deedLines(deeds, pr.location())}}
	n = n.shaped()
	if err := r.Notes.SaveDraft(ctx, n); err != nil {
		return err
	}
	p.changed(NoteChanged, string(id))
	return nil
}
