package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"alcove/app"
)

func (s noteStore) Note(ctx context.Context, id app.NoteID) (app.Note, error) {
	var n app.Note
	err := s.tx(ctx, func(tx *sql.Tx) (err error) {
		n, err = readNote(ctx, tx, id)
		return err
	})
	return n, err
}

// readNote reads a whole note, the zero Note with an error.
func readNote(ctx context.Context, q querier, id app.NoteID) (app.Note, error) {
	var n app.Note
	var row int64
	var hash []byte
	err := q.QueryRowContext(ctx, `SELECT row, id, client, session, format, form, title, status, created, changed,
			signed_by, signed_at, signed_hash FROM notes WHERE id = ? AND deleted = 0`, string(id)).Scan(
		&row, &n.ID, &n.Client, &n.Session, &n.Format, &n.Form, &n.Title, &n.Status, when{&n.Created}, when{&n.Changed},
		&n.Signed.By, when{&n.Signed.At}, &hash)
	if err != nil {
		return app.Note{}, err
	}
	copy(n.Signed.Hash[:], hash)
	n.Sections, err = list(ctx, q, func(r scanner) (sec app.Section, err error) {
		err = r.Scan(&sec.Key, &sec.Text, &sec.Heading, &sec.Carried)
		return sec, err
	}, "SELECT key, text, heading, carried FROM note_sections WHERE note = ? ORDER BY pos", row)
	if err != nil {
		return app.Note{}, err
	}
	n.Addenda, err = list(ctx, q, func(r scanner) (a app.Addendum, err error) {
		err = r.Scan(&a.Text, &a.By, when{&a.At})
		return a, err
	}, "SELECT text, by, at FROM addenda WHERE note = ? ORDER BY pos", row)
	if err != nil {
		return app.Note{}, err
	}
	return n, nil
}

const noteRowColumns = "n.id, n.client, n.title, n.format, n.form, n.status, n.created, n.changed, n.excerpt"

func noteRowFields(r *app.NoteRow) []any {
	return []any{&r.ID, &r.Client, &r.Title, &r.Format, &r.Form, &r.Status, when{&r.Created}, when{&r.Changed}, &r.Excerpt}
}

func (s noteStore) Notes(ctx context.Context, c app.ClientID) ([]app.NoteRow, error) {
	rows, err := list(ctx, s.store.DB(), func(row scanner) (r app.NoteRow, err error) {
		err = row.Scan(noteRowFields(&r)...)
		return r, err
	}, "SELECT "+noteRowColumns+" FROM notes n WHERE n.client = ? AND n.deleted = 0 ORDER BY n.created DESC, n.id", string(c))
	return rows, s.fail(ctx, err)
}

func scanHit(row scanner) (h app.NoteHit, err error) {
	err = row.Scan(append(noteRowFields(&h.NoteRow), &h.ClientName)...)
	return h, err
}

func (s noteStore) Drafts(ctx context.Context, limit int) ([]app.NoteHit, error) {
	hits, err := list(ctx, s.store.DB(), scanHit, "SELECT "+noteRowColumns+`, c.name
		FROM notes n JOIN clients c ON c.id = n.client WHERE n.status = 'preliminary' AND n.deleted = 0 ORDER BY n.created, n.id LIMIT ?`,
		limitOr(limit, draftsLimit))
	return hits, s.fail(ctx, err)
}

func (s noteStore) ReviewsDue(ctx context.Context, by app.Day, limit int) ([]app.ReviewDue, error) {
	due, err := list(ctx, s.store.DB(), func(row scanner) (p app.ReviewDue, err error) {
		err = row.Scan(append(noteRowFields(&p.NoteRow), &p.ClientName, &p.Review)...)
		return p, err
	}, "SELECT "+noteRowColumns+`, c.name, n.review FROM notes n JOIN clients c ON c.id = n.client
		WHERE n.review <> '' AND n.review <= ? AND n.status <> 'preliminary' AND c.status <> 'archived'
			AND NOT EXISTS (SELECT 1 FROM notes m WHERE m.client = n.client AND m.format = 'plan' AND m.status <> 'preliminary' AND m.created > n.created)
		ORDER BY n.review, n.id LIMIT ?`, string(by), limitOr(limit, draftsLimit))
	return due, s.fail(ctx, err)
}

// found is a hit and the row to read its text from.
type found struct {
	app.NoteHit
	row int64
}

func (s noteStore) SearchNotes(ctx context.Context, q app.NoteQuery) ([]app.NoteHit, error) {
	words := wordsOf(q.Text)
	if len(words) == 0 && !q.Filtered() {
		return nil, s.fail(ctx, s.store.DB().PingContext(ctx))
	}
	var hits []app.NoteHit
	err := s.tx(ctx, func(tx *sql.Tx) error {
		p := prepare(tx)
		defer p.close()
		all, err := findNotes(ctx, p, q, words)
		for _, f := range all {
			if len(words) > 0 {
				texts, err := noteTexts(ctx, p, f.row)
				if err != nil {
					return err
				}
				f.Excerpt, f.Marks = excerpt(f.Title, squeeze(texts...), words)
			}
			hits = append(hits, f.NoteHit)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	// Notes created within one second have neighbouring numbers, in the order of saving.
	slices.SortStableFunc(hits, func(a, b app.NoteHit) int { return b.Created.Compare(a.Created) })
	return hits, nil
}

// findNotes asks the index for all but the times: a search for a common word among rare notes would look at every note that has the word.
func findNotes(ctx context.Context, q querier, n app.NoteQuery, words []string) ([]found, error) {
	terms, err := marks(ctx, q, n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil // there is no such client
	}
	if err != nil {
		return nil, err
	}
	from, row, args := "notes n", "n.row", []any{}
	if len(words) > 0 {
		terms = append(terms, match(words, func(i int) bool { return i == len(words)-1 }))
	}
	where := "n.deleted = 0"
	if len(terms) > 0 {
		from, row = "note_words w CROSS JOIN notes n ON n.row = w.rowid", "w.rowid"
		where += " AND note_words MATCH ?"
		args = append(args, strings.Join(terms, " AND "))
	}
	between, bounds, err := created(ctx, q, n, row)
	if err != nil {
		return nil, err
	}
	return list(ctx, q, func(row scanner) (f found, err error) {
		err = row.Scan(append(noteRowFields(&f.NoteRow), &f.ClientName, &f.row)...)
		return f, err
	}, "SELECT "+noteRowColumns+", c.name, n.row FROM "+from+" JOIN clients c ON c.id = n.client WHERE "+where+between+
		" ORDER BY "+row+" DESC LIMIT ?", append(append(args, bounds...), limitOr(n.Limit, hitsLimit))...)
}

// created is when a query's notes were, and what numbers they can have: those are the second of creation or, if that was taken, a
// later one.
func created(ctx context.Context, q querier, n app.NoteQuery, row string) (where string, args []any, err error) {
	if !n.From.IsZero() {
		where, args = where+" AND n.created >= ? AND "+row+" >= ?", append(args, stamp(n.From), max(1, n.From.Unix()))
	}
	if !n.To.IsZero() {
		moved := int64(0)
		err = q.QueryRowContext(ctx, `SELECT coalesce(max(row - created / 1000000000), 0) FROM notes
			WHERE row > created / 1000000000`).Scan(&moved)
		where, args = where+" AND n.created < ? AND "+row+" <= ?", append(args, stamp(n.To), n.To.Unix()+1+moved)
	}
	return where, args, err
}

// The marks are words that notes have in the index beside their own. No text can hold one, as its first sign is a private one and no letter.
const (
	markClient   = "\ue000%d"
	markFormat   = "\ue001%x"
	markUnsigned = "\ue002"
)

// marks are the terms of an FTS5 query for what narrows it.
func marks(ctx context.Context, q querier, n app.NoteQuery) (terms []string, err error) {
	if n.Unsigned {
		terms = append(terms, `"`+markUnsigned+`"`)
	}
	if n.Client != "" {
		var row int64
		if err := q.QueryRowContext(ctx, "SELECT row FROM clients WHERE id = ?", string(n.Client)).Scan(&row); err != nil {
			return nil, err
		}
		terms = append(terms, fmt.Sprintf(`"`+markClient+`"`, row))
	}
	if n.Format != "" {
		terms = append(terms, fmt.Sprintf(`"`+markFormat+`"`, string(n.Format)))
	}
	return terms, nil
}
