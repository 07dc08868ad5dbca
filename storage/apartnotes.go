package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"alcove/app"
	"alcove/storage/sealed"
)

// apartBody is what a box holds.
type apartBody struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// apartAbout binds a box to its row: it opens nowhere else, and not beside another time.
func apartAbout(n app.SealedNote) []byte {
	return fmt.Appendf(nil, "alcove psychotherapy 1 note|%s|%s|%d|%d", n.ID, n.Client, stamp(n.Created), stamp(n.Changed))
}

const (
	apartForm    = "Psychotherapy note"
	apartSection = "text"
)

func (s apartStore) Seal(n app.Note) (app.SealedNote, error) {
	out := app.SealedNote{ID: n.ID, Client: n.Client, Created: n.Created, Changed: n.Changed}
	if s.closed.Load() {
		return out, app.ErrLocked
	}
	body := apartBody{Title: n.Title}
	for _, sec := range n.Sections {
		body.Text += sec.Text
	}
	text, err := json.Marshal(body)
	if err != nil {
		return out, err
	}
	defer clear(text)
	err = s.apart.use(func(key *sealed.Key) error {
		aead, err := gcm(key.Bytes())
		if err == nil {
			out.Box = aead.Seal(nil, nil, text, apartAbout(out)) // #nosec G407 -- gcm draws a nonce of its own
		}
		return err
	})
	return out, err
}

// openBox is app.ErrDamaged for a box that belongs elsewhere.
func openBox(key *sealed.Key, s app.SealedNote) (app.Note, error) {
	aead, err := gcm(key.Bytes())
	if err != nil {
		return app.Note{}, err
	}
	text, err := aead.Open(nil, nil, s.Box, apartAbout(s))
	if err != nil {
		return app.Note{}, fmt.Errorf("%w: a psychotherapy note", app.ErrDamaged)
	}
	defer clear(text)
	var body apartBody
	if err := json.Unmarshal(text, &body); err != nil {
		return app.Note{}, fmt.Errorf("%w: a psychotherapy note", app.ErrDamaged)
	}
	return app.Note{
		ID: s.ID, Client: s.Client, Format: app.FormatPsychotherapy, Form: apartForm, Title: body.Title, Status: app.NotePreliminary,
		Created: s.Created, Changed: s.Changed, Sections: []app.Section{{Key: apartSection, Heading: apartForm, Text: body.Text}},
	}, nil
}

func (s apartStore) KeepSealed(ctx context.Context, n app.SealedNote) error {
	return s.exec(ctx, `INSERT INTO apart_notes (id, client, created, changed, box) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET client = excluded.client, created = excluded.created, changed = excluded.changed, box = excluded.box`,
		string(n.ID), string(n.Client), stamp(n.Created), stamp(n.Changed), n.Box)
}

func (s apartStore) DeleteApart(ctx context.Context, id app.NoteID) error {
	res, err := s.store.DB().ExecContext(ctx, "DELETE FROM apart_notes WHERE id = ?", string(id))
	if err != nil {
		return s.fail(ctx, err)
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		return app.ErrNotFound
	}
	return s.fail(ctx, err)
}

func (s apartStore) read(ctx context.Context, where string, args ...any) ([]app.Note, error) {
	boxes, err := list(ctx, s.store.DB(), func(r scanner) (n app.SealedNote, err error) {
		err = r.Scan(&n.ID, &n.Client, when{&n.Created}, when{&n.Changed}, &n.Box)
		return n, err
	}, "SELECT id, client, created, changed, box FROM apart_notes WHERE "+where+" ORDER BY created DESC, id", args...)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	var all []app.Note
	err = s.apart.use(func(key *sealed.Key) error {
		for _, b := range boxes {
			n, err := openBox(key, b)
			if err != nil {
				return err
			}
			all = append(all, n)
		}
		return nil
	})
	return all, err
}

func (s apartStore) ApartNotes(ctx context.Context, c app.ClientID) ([]app.Note, error) {
	return s.read(ctx, "?1 = '' OR client = ?1", string(c))
}

func (s apartStore) ApartNote(ctx context.Context, id app.NoteID) (app.Note, error) {
	all, err := s.read(ctx, "id = ?", string(id))
	if err == nil && len(all) == 0 {
		err = app.ErrNotFound
	}
	if err != nil {
		return app.Note{}, err
	}
	return all[0], nil
}

// SearchApart opens and reads all of them: an index of their words would tell what they say.
func (s apartStore) SearchApart(ctx context.Context, q app.NoteQuery) ([]app.NoteHit, error) {
	all, err := s.ApartNotes(ctx, q.Client)
	if err != nil {
		return nil, err
	}
	words := wordsOf(q.Text)
	var hits []app.NoteHit
	for _, n := range all {
		text := squeeze(body(n.Sections))
		if len(words) == 0 || !holds(squeeze(n.Title, text), words) || len(hits) == limitOr(q.Limit, hitsLimit) {
			continue
		}
		hit := app.NoteHit{NoteRow: app.NoteRow{
			ID: n.ID, Client: n.Client, Title: n.Title, Format: n.Format, Form: n.Form, Status: n.Status, Created: n.Created, Changed: n.Changed,
		}}
		hit.Excerpt, hit.Marks = excerpt(n.Title, text, words)
		if err := s.store.DB().QueryRowContext(ctx, "SELECT name FROM clients WHERE id = ?", string(n.Client)).Scan(&hit.ClientName); err != nil {
			return nil, s.fail(ctx, err)
		}
		hits = append(hits, hit)
	}
	return hits, nil
}

// holds tells whether all words occur in a text, the last one as a beginning: what match asks of the index.
func holds(text string, words []string) bool {
	missing := map[string]bool{}
	for _, w := range words[:len(words)-1] {
		missing[w] = true
	}
	last, found := words[len(words)-1], false
	eachWord(text, func(w word) bool {
		delete(missing, w.folded)
		found = found || len(w.folded) >= len(last) && w.folded[:len(last)] == last
		return !found || len(missing) > 0
	})
	return found && len(missing) == 0
}
