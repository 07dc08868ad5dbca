package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
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
	switch {
	case len(words) == 0 && q.Filtered():
		return s.filtered(ctx, q)
	case len(words) == 0:
		return nil, s.fail(ctx, s.store.DB().PingContext(ctx))
	}
	query := match(words, func(i int) bool { return i == len(words)-1 })
	where, args := filters(q)
	var hits []app.NoteHit
	err := s.tx(ctx, func(tx *sql.Tx) error {
		if q.Client != "" {
			var row int64
			err := tx.QueryRowContext(ctx, "SELECT row FROM clients WHERE id = ?", string(q.Client)).Scan(&row)
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			query += ` AND "` + clientMark(row) + `"`
		}
		all, err := list(ctx, tx, func(row scanner) (f found, err error) {
			err = row.Scan(append(noteRowFields(&f.NoteRow), &f.ClientName, &f.row)...)
			return f, err
		}, "SELECT "+noteRowColumns+`, c.name, n.row
			FROM note_words w CROSS JOIN notes n ON n.row = w.rowid JOIN clients c ON c.id = n.client
			WHERE note_words MATCH ?`+where+` ORDER BY w.rowid DESC LIMIT ?`, append(append([]any{query}, args...), limitOr(q.Limit, hitsLimit))...)
		if err != nil {
			return err
		}
		for _, f := range all {
			texts, err := noteTexts(ctx, tx, f.row)
			if err != nil {
				return err
			}
			f.Excerpt, f.Marks = excerpt(squeeze(append([]string{f.Title}, texts...)...), words)
			hits = append(hits, f.NoteHit)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Notes created within one second have neighbouring numbers, in the order of saving.
	slices.SortStableFunc(hits, func(a, b app.NoteHit) int { return b.Created.Compare(a.Created) })
	return hits, nil
}

// filters are what a query asks beside its words and its client.
func filters(q app.NoteQuery) (where string, args []any) {
	add := func(cond string, arg any) {
		where += " AND " + cond
		args = append(args, arg)
	}
	if q.Format != "" {
		add("n.format = ?", string(q.Format))
	}
	if !q.From.IsZero() {
		add("n.created >= ?", stamp(q.From))
		add("n.row >= ?", max(1, q.From.Unix())) // rows are numbered by the second of creation, or later
	}
	if !q.To.IsZero() {
		add("n.created < ?", stamp(q.To))
	}
	if q.Unsigned {
		where += " AND n.status = 'preliminary'"
	}
	return where, args
}

// filtered lists notes without a word to look for.
func (s noteStore) filtered(ctx context.Context, q app.NoteQuery) ([]app.NoteHit, error) {
	where, args := filters(q)
	if q.Client != "" {
		where += " AND n.client = ?"
		args = append(args, string(q.Client))
	}
	hits, err := list(ctx, s.store.DB(), scanHit, "SELECT "+noteRowColumns+`, c.name FROM notes n JOIN clients c ON c.id = n.client
		WHERE n.deleted = 0`+where+` ORDER BY n.row DESC LIMIT ?`, append(args, limitOr(q.Limit, hitsLimit))...)
	slices.SortStableFunc(hits, func(a, b app.NoteHit) int { return b.Created.Compare(a.Created) })
	return hits, s.fail(ctx, err)
}

// clientMark is the word that each note of a client has in the index beside its own: a search
// within one client then reads no other's notes. No text can hold it, as its first sign is a
// private one and no letter.
func clientMark(row int64) string {
	return strings.Join([]string{"\ue000", strconv.FormatInt(row, 10)}, "")
}
