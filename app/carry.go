package app

import (
	"context"
	"errors"
	"strings"
)

// ErrNothingToCarry: no earlier note of the client holds a text for a section that is still empty.
var ErrNothingToCarry = errors.New("note: nothing to carry forward")

// CarryForward fills the empty sections of a draft from the client's last note: the last in the
// same format, else the last of all. What came over is marked until it is touched. It tells which
// note it was. ErrNothingToCarry, ErrDraftClosed.
func (d *Draft) CarryForward(ctx context.Context) (NoteRow, error) {
	v := d.View()
	if d.apart { // what belongs to the record stays in it
		return NoteRow{}, ErrNothingToCarry
	}
	from, err := d.lastNote(ctx, v.Note)
	if err != nil {
		return NoteRow{}, err
	}
	last, err := d.store.Notes.Note(ctx, from.ID)
	if err != nil {
		return NoteRow{}, err
	}
	carried := false
	d.change(func(n *Note) bool {
		to := Form{Format: n.Format}
		for _, s := range n.Sections {
			if !s.ofTheHour() {
				to.Sections = append(to.Sections, SectionForm{Key: s.Key, Heading: s.Heading})
			}
		}
		had := n.version(VersionCarry)
		carried = n.carry(last.shaped().reshaped(to))
		if carried && !had.empty() {
			d.before = append(d.before, had)
		}
		return carried
	})
	switch {
	case carried:
		return from, nil
	case d.isClosed():
		return NoteRow{}, ErrDraftClosed
	}
	return NoteRow{}, ErrNothingToCarry
}

// lastNote is the client's newest note but n in which something is written: in the same format if
// there is one.
func (d *Draft) lastNote(ctx context.Context, n Note) (NoteRow, error) {
	rows, err := d.store.Notes.Notes(ctx, n.Client)
	if err != nil {
		return NoteRow{}, err
	}
	var any *NoteRow
	for i, row := range rows {
		switch {
		case row.ID == n.ID || row.Excerpt == "" || row.Created.After(n.Created):
		case row.Format == n.Format:
			return row, nil
		case any == nil:
			any = &rows[i]
		}
	}
	if any == nil {
		return NoteRow{}, ErrNothingToCarry
	}
	return *any, nil
}

// carry fills the empty sections of n, and tells whether there were any.
func (n *Note) carry(last Note) bool {
	texts := map[string]string{}
	for _, s := range last.Sections {
		if !s.ofTheHour() && s.Key != SectionReview { // a review date is set anew each time
			texts[s.Key] = s.Text
		}
	}
	any := false
	for i := range n.Sections {
		s := &n.Sections[i]
		if text := texts[s.Key]; strings.TrimSpace(s.Text) == "" && strings.TrimSpace(text) != "" {
			s.Text, s.Carried = text, true
			any = true
		}
	}
	return any
}
