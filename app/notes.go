package app

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"
)

// SectionForm is one section that a format asks for.
type SectionForm struct{ Key, Heading string }

// Formats are the formats a note can have, in the order they are offered.
func Formats() []NoteFormat { return []NoteFormat{FormatFree, FormatSOAP} }

// Sections are the sections of a format, in their order.
func (f NoteFormat) Sections() []SectionForm {
	if f == FormatSOAP {
		return []SectionForm{
			{"subjective", "Subjective"},
			{"objective", "Objective"},
			{"assessment", "Assessment"},
			{"plan", "Plan"},
		}
	}
	return []SectionForm{{"text", "Note"}}
}

// heading of a section; a key of an unknown format stands for itself.
func (f NoteFormat) heading(key string) string {
	for _, s := range f.Sections() {
		if s.Key == key {
			return s.Heading
		}
	}
	return key
}

// shaped gives n every section of its format, in order; what else it holds comes after.
func (n Note) shaped() Note {
	forms := n.Format.Sections()
	sections := make([]Section, len(forms), len(forms)+len(n.Sections))
	place := map[string]int{}
	for i, f := range forms {
		sections[i].Key, place[f.Key] = f.Key, i
	}
	for _, s := range n.Sections {
		if i, ok := place[s.Key]; ok {
			sections[i].Text = s.Text
		} else {
			sections = append(sections, s)
		}
	}
	n.Sections = sections
	return n
}

// reshaped gives n another format and keeps its text: sections become headed paragraphs of a
// free note, and such paragraphs sections again. Text under no heading of the new format goes
// to its first section.
func (n Note) reshaped(f NoteFormat) Note {
	if n.Format == f {
		return n
	}
	var text strings.Builder
	for _, s := range n.Sections {
		if strings.TrimSpace(s.Text) == "" {
			continue
		}
		if text.Len() > 0 {
			text.WriteString("\n\n")
		}
		if len(n.Format.Sections()) > 1 {
			text.WriteString(n.Format.heading(s.Key) + "\n")
		}
		text.WriteString(s.Text)
	}
	n.Format, n.Sections = f, nil
	n = n.shaped()
	at := 0
	parts := make([][]string, len(n.Sections))
	for line := range strings.SplitSeq(text.String(), "\n") {
		if i := f.headed(line); i >= 0 && len(n.Sections) > 1 {
			at = i
			continue
		}
		parts[at] = append(parts[at], line)
	}
	for i, lines := range parts {
		n.Sections[i].Text = strings.Trim(strings.Join(lines, "\n"), "\n")
	}
	return n
}

// headed finds the section whose heading is all that a line says, or -1.
func (f NoteFormat) headed(line string) int {
	for i, s := range f.Sections() {
		if strings.TrimSpace(line) == s.Heading {
			return i
		}
	}
	return -1
}

// empty: nothing was written into it.
func (n Note) empty() bool {
	for _, s := range n.Sections {
		if strings.TrimSpace(s.Text) != "" {
			return false
		}
	}
	return true
}

// NoteView is a note as it is read: ui holds no rule, it asks these.
type NoteView struct {
	Note
	Headings []string // one a section
	CanEdit  bool
	CanSign  bool
	CanAdd   bool // an addendum
	HashFits bool // signed, and the text is what was signed
}

func viewNote(n Note) NoteView {
	n = n.shaped()
	draft := n.Status == NotePreliminary
	v := NoteView{
		Note: n, CanEdit: draft, CanSign: draft && !n.empty(), CanAdd: !draft,
		HashFits: !draft && SignedHash(n, n.Signed.By, n.Signed.At) == n.Signed.Hash,
	}
	for _, s := range n.Sections {
		v.Headings = append(v.Headings, n.Format.heading(s.Key))
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
	return viewNote(n), nil
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

func (p *Practice) shownHits(hits []NoteHit) []NoteHit {
	for i := range hits {
		hits[i].ClientName = p.shown(hits[i].ClientName)
	}
	return hits
}

// AddAddendum dates, signs and appends to a signed note: ErrNotSigned, *FieldError.
func (p *Practice) AddAddendum(ctx context.Context, id NoteID, text string) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	text = strings.TrimSpace(strings.ToValidUTF8(text, string(utf8.RuneError)))
	if text == "" {
		return &FieldError{"Addendum", "Please write what is to be added."}
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return err
	}
	if err := r.Notes.AddAddendum(ctx, id, Addendum{Text: text, By: pr.signer(), At: now()}); err != nil {
		return err
	}
	p.changed(NoteChanged, string(id))
	return p.audit(ctx, AuditEntry{Act: ActAddendum, About: string(id)})
}

// DeleteDraft removes an unsigned note, open or not: ErrSigned, ErrNotFound.
func (p *Practice) DeleteDraft(ctx context.Context, id NoteID) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	_, onlyHere := p.takeUnsaved(id)
	if d := p.openedDraft(id); d != nil {
		if onlyHere, err = d.discard(ctx); err != nil {
			return err
		}
	}
	err = r.Notes.DeleteDraft(ctx, id)
	if err != nil && !(onlyHere && errors.Is(err, ErrNotFound)) {
		return err
	}
	p.changed(NoteChanged, string(id))
	return p.audit(ctx, AuditEntry{Act: ActDelete, About: string(id)})
}
