package apptest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"alcove/app"
)

// draftsLimit and hitsLimit are what a limit of 0 means.
const (
	draftsLimit  = 50
	hitsLimit    = 50
	excerptRunes = 140
)

func (s *store) Note(ctx context.Context, id app.NoteID) (app.Note, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return app.Note{}, err
	}
	defer unlock()
	n, ok := s.m.notes[id]
	if !ok {
		return app.Note{}, app.ErrNotFound
	}
	n.Sections, n.Addenda = slices.Clone(n.Sections), slices.Clone(n.Addenda)
	return n, nil
}

func (s *store) Notes(ctx context.Context, c app.ClientID) ([]app.NoteRow, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var rows []app.NoteRow
	for _, n := range s.m.notes {
		if n.Client == c {
			rows = append(rows, rowOf(n))
		}
	}
	slices.SortFunc(rows, func(a, b app.NoteRow) int { // two of one millisecond must not change places from read to read
		return cmp.Or(b.Created.Compare(a.Created), strings.Compare(string(a.ID), string(b.ID)))
	})
	return rows, nil
}

func (s *store) Drafts(ctx context.Context, n int) ([]app.NoteHit, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var hits []app.NoteHit
	for _, n := range s.m.notes {
		if n.Status == app.NotePreliminary {
			hits = append(hits, app.NoteHit{NoteRow: rowOf(n), ClientName: s.m.clients[n.Client].Name})
		}
	}
	slices.SortFunc(hits, func(a, b app.NoteHit) int { return a.Created.Compare(b.Created) })
	return hits[:min(len(hits), limit(n, draftsLimit))], nil
}

func (s *store) SearchNotes(ctx context.Context, q app.NoteQuery) ([]app.NoteHit, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var hits []app.NoteHit
	for _, n := range s.m.notes {
		if !passes(n, q) {
			continue
		}
		if _, ok := search(q.Text, fullText(n)); !ok && (len(words(q.Text)) > 0 || !q.Filtered()) {
			continue
		}
		hit := app.NoteHit{NoteRow: rowOf(n), ClientName: s.m.clients[n.Client].Name}
		if len(words(q.Text)) > 0 {
			hit.Excerpt, hit.Marks = excerptOf(q.Text, n)
		}
		hits = append(hits, hit)
	}
	slices.SortFunc(hits, func(a, b app.NoteHit) int { return b.Created.Compare(a.Created) })
	return hits[:min(len(hits), limit(q.Limit, hitsLimit))], nil
}

// passes tells whether the filters of a query let a note through.
func passes(n app.Note, q app.NoteQuery) bool {
	return (q.Client == "" || n.Client == q.Client) && (q.Format == "" || n.Format == q.Format) &&
		(!q.Unsigned || n.Status == app.NotePreliminary) &&
		(q.From.IsZero() || !n.Created.Before(q.From)) && (q.To.IsZero() || n.Created.Before(q.To))
}

func (s *store) SaveDraft(ctx context.Context, n app.Note, before ...app.Version) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if old, ok := s.m.notes[n.ID]; ok && old.Status != app.NotePreliminary {
		return app.ErrSigned
	}
	if _, deleted := s.m.bin[n.ID]; deleted {
		return app.ErrNotFound
	}
	s.m.keepVersions(n.ID, before)
	n.Sections, n.Addenda = slices.Clone(n.Sections), nil
	n.Status, n.Signed = app.NotePreliminary, app.Signature{}
	s.m.notes[n.ID] = n
	return nil
}

func (s *store) SignNote(ctx context.Context, id app.NoteID, sig app.Signature) error {
	return s.change(ctx, id, func(n *app.Note) error {
		if n.Status != app.NotePreliminary {
			return app.ErrSigned
		}
		n.Status, n.Signed = app.NoteFinal, sig
		return s.m.enter(n.Entry())
	})
}

func (s *store) AddAddendum(ctx context.Context, id app.NoteID, a app.Addendum, ends ...app.Writing) error {
	return s.change(ctx, id, func(n *app.Note) error {
		if n.Status == app.NotePreliminary {
			return app.ErrNotSigned
		}
		n.Status = app.NoteAmended
		n.Addenda = append(slices.Clone(n.Addenda), a)
		if err := s.m.enter(n.AddendumEntry(len(n.Addenda) - 1)); err != nil {
			return err
		}
		s.m.letGo(ends)
		return nil
	})
}

func (s *store) change(ctx context.Context, id app.NoteID, do func(*app.Note) error) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	n, ok := s.m.notes[id]
	if !ok {
		return app.ErrNotFound
	}
	if err := do(&n); err != nil {
		return err
	}
	s.m.notes[id] = n
	return nil
}

func (s *store) DeleteDraft(ctx context.Context, id app.NoteID, at time.Time) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	n, ok := s.m.notes[id]
	if !ok {
		return app.ErrNotFound
	}
	if n.Status != app.NotePreliminary {
		return app.ErrSigned
	}
	delete(s.m.notes, id)
	s.m.bin[id] = binned{n, at}
	return nil
}

func rowOf(n app.Note) app.NoteRow {
	return app.NoteRow{
		ID: n.ID, Client: n.Client, Title: n.Title, Format: n.Format, Form: n.Form, Status: n.Status,
		Created: n.Created, Changed: n.Changed, Excerpt: cut(body(n), excerptRunes),
	}
}

// body is what the note says, without its title.
func body(n app.Note) string {
	var parts []string
	for _, s := range n.Sections {
		parts = append(parts, s.Text)
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

func fullText(n app.Note) string { return n.Title + "\n" + untitled(n) }

func untitled(n app.Note) string {
	text := body(n)
	for _, a := range n.Addenda {
		text += "\n" + a.Text
	}
	return text
}

// excerptOf is of the text, beside which its title is shown; where nothing matches in it, of both.
func excerptOf(query string, n app.Note) (string, [][2]int) {
	if text, marks := excerptAround(query, untitled(n)); len(marks) > 0 {
		return text, marks
	}
	return excerptAround(query, fullText(n))
}

// excerptAround cuts out what stands around the first match, from a whole word on, and marks the matches in it.
func excerptAround(query, text string) (string, [][2]int) {
	marks, _ := search(query, text)
	if len(marks) == 0 {
		return "", nil
	}
	before := []rune(text[:marks[0][0]])
	from := len(string(before[:max(0, len(before)-excerptRunes/3)]))
	lead := ""
	if from > 0 {
		from += strings.IndexByte(text[from:marks[0][0]], ' ') + 1
		lead = "…"
	}
	excerpt := cut(text[from:], excerptRunes-1)
	var inside [][2]int
	for _, m := range marks {
		if m[1]-from <= len(strings.TrimSuffix(excerpt, "…")) {
			inside = append(inside, [2]int{len(lead) + m[0] - from, len(lead) + m[1] - from})
		}
	}
	return lead + excerpt, inside
}
