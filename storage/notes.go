package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"alcove/app"
	"alcove/app/chain"
)

// noteStore implements app.NoteStore. What a signature locks is locked by triggers of the schema
// too, so that no later line of SQL can forget it.
type noteStore struct{ *records }

const (
	draftsLimit = 50
	hitsLimit   = 50
)

func (s noteStore) SaveDraft(ctx context.Context, n app.Note, before ...app.Version) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		row, err := putDraft(ctx, tx, n)
		if err != nil {
			return err
		}
		if err := keepVersions(ctx, tx, row, before); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM note_sections WHERE note = ?", row); err != nil {
			return err
		}
		for pos, sec := range n.Sections {
			if _, err := tx.ExecContext(ctx, "INSERT INTO note_sections (note, pos, key, text, heading, carried) VALUES (?, ?, ?, ?, ?, ?)",
				row, pos, sec.Key, sec.Text, sec.Heading, sec.Carried); err != nil {
				return err
			}
		}
		return indexNote(ctx, tx, row)
	})
}

// putDraft writes the note's own row and returns its number.
func putDraft(ctx context.Context, tx *sql.Tx, n app.Note) (int64, error) {
	var row, created, deleted int64
	var status app.NoteStatus
	err := tx.QueryRowContext(ctx, "SELECT row, created, status, deleted FROM notes WHERE id = ?", string(n.ID)).Scan(&row, &created, &status, &deleted)
	isNew := errors.Is(err, sql.ErrNoRows)
	switch {
	case err != nil && !isNew:
		return 0, err
	case !isNew && status != app.NotePreliminary:
		return 0, app.ErrSigned
	case deleted != 0:
		return 0, app.ErrNotFound
	}
	before := row
	if isNew || created != stamp(n.Created) {
		if row, err = freeRow(ctx, tx, n, before); err != nil {
			return 0, err
		}
	}
	if !isNew && row != before { // the index knows it by the old number
		if _, err := tx.ExecContext(ctx, "DELETE FROM note_words WHERE rowid = ?", before); err != nil {
			return 0, err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO notes (row, id, client, session, format, form, title, status, excerpt, review, created, changed)
		VALUES (?, ?, ?, ?, ?, ?, ?, 'preliminary', ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET row = excluded.row, client = excluded.client, session = excluded.session,
			format = excluded.format, form = excluded.form, title = excluded.title, excerpt = excluded.excerpt,
			review = excluded.review, created = excluded.created, changed = excluded.changed`,
		row, string(n.ID), string(n.Client), string(n.Session), string(n.Format), n.Form, n.Title,
		firstRunes(body(n.Sections), excerptRunes), string(n.Review()), stamp(n.Created), stamp(n.Changed))
	return row, err
}

// freeRow is the second in which the note was created, or the next one that no other note has.
// The word index lists its rows by number, so the newest notes come first without a sort.
func freeRow(ctx context.Context, q querier, n app.Note, own int64) (int64, error) {
	row := max(1, n.Created.Unix())
	for ; ; row++ {
		var taken bool
		err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM notes WHERE row = ? AND row <> ?)", row, own).Scan(&taken)
		if err != nil || !taken {
			return row, err
		}
	}
}

// body is what a note says, without its title.
func body(sections []app.Section) string {
	texts := make([]string, len(sections))
	for i, s := range sections {
		texts[i] = s.Text
	}
	return squeeze(texts...)
}

// indexNote writes the note's words and marks into the index.
func indexNote(ctx context.Context, q querier, row int64) error {
	var title, format string
	var client int64
	var draft bool
	err := q.QueryRowContext(ctx, `SELECT n.title, n.format, n.status = 'preliminary', c.row
		FROM notes n JOIN clients c ON c.id = n.client WHERE n.row = ?`, row).Scan(&title, &format, &draft, &client)
	if err != nil {
		return err
	}
	texts, err := noteTexts(ctx, q, row)
	if err != nil {
		return err
	}
	words := fmt.Sprintf(markClient+" "+markFormat+" ", client, format) + indexed(append(texts, title)...)
	if draft {
		words += markUnsigned
	}
	return index(ctx, q, "note_words", row, words)
}

// noteTexts are a note's sections and then its addenda.
func noteTexts(ctx context.Context, q querier, row int64) ([]string, error) {
	return list(ctx, q, func(r scanner) (text string, err error) {
		err = r.Scan(&text)
		return text, err
	}, `SELECT text FROM (SELECT 0 AS kind, pos, text FROM note_sections WHERE note = ?1
		UNION ALL SELECT 1, pos, text FROM addenda WHERE note = ?1) ORDER BY kind, pos`, row)
}

func (s noteStore) SignNote(ctx context.Context, id app.NoteID, sig app.Signature) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		row, status, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		if status != app.NotePreliminary {
			return app.ErrSigned
		}
		if _, err = tx.ExecContext(ctx, "UPDATE notes SET status = 'final', signed_by = ?, signed_at = ?, signed_hash = ? WHERE row = ?",
			sig.By, stamp(sig.At), sig.Hash[:], row); err != nil {
			return err
		}
		if err := indexNote(ctx, tx, row); err != nil {
			return err
		}
		return enterNote(ctx, tx, id, app.Note.Entry)
	})
}

// find is a note that is not in the bin.
func find(ctx context.Context, q querier, id app.NoteID) (row int64, status app.NoteStatus, err error) {
	err = q.QueryRowContext(ctx, "SELECT row, status FROM notes WHERE id = ? AND deleted = 0", string(id)).Scan(&row, &status)
	return row, status, err
}

func (s noteStore) AddAddendum(ctx context.Context, id app.NoteID, a app.Addendum, ends ...app.Writing) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		row, status, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		if status == app.NotePreliminary {
			return app.ErrNotSigned
		}
		if err := letGo(ctx, tx, ends); err != nil {
			return err
		}
		return addAddendum(ctx, tx, id, row, a)
	})
}

func addAddendum(ctx context.Context, tx *sql.Tx, id app.NoteID, row int64, a app.Addendum) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO addenda (note, pos, text, by, at)
		VALUES (?1, (SELECT count(*) FROM addenda WHERE note = ?1), ?, ?, ?)`, row, a.Text, a.By, stamp(a.At)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE notes SET status = 'amended' WHERE row = ?", row); err != nil {
		return err
	}
	if err := indexNote(ctx, tx, row); err != nil {
		return err
	}
	return enterNote(ctx, tx, id, func(n app.Note) (chain.Entry, error) { return n.AddendumEntry(len(n.Addenda) - 1) })
}

func (s noteStore) DeleteDraft(ctx context.Context, id app.NoteID, at time.Time) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		row, status, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		if status != app.NotePreliminary {
			return app.ErrSigned
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM note_words WHERE rowid = ?", row); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE notes SET deleted = ? WHERE row = ?", stamp(at), row)
		return err
	})
}
