package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"alcove/app"
)

// versionBody is what a version said, as the table keeps it: the names stay when app's change.
type versionBody struct {
	Format   string           `json:"format"`
	Form     string           `json:"form,omitempty"`
	Title    string           `json:"title"`
	Sections []versionSection `json:"sections"`
}

type versionSection struct {
	Key     string `json:"key"`
	Heading string `json:"heading,omitempty"`
	Text    string `json:"text"`
	Carried bool   `json:"carried,omitempty"`
}

// keepVersions puts versions behind those of a note, and thins them by app's rule.
func keepVersions(ctx context.Context, tx *sql.Tx, row int64, add []app.Version) error {
	if len(add) == 0 {
		return nil
	}
	for _, v := range add {
		body := versionBody{Format: string(v.Format), Form: v.Form, Title: v.Title}
		for _, s := range v.Sections {
			body.Sections = append(body.Sections, versionSection(s))
		}
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO note_versions (note, pos, at, why, body)
			VALUES (?1, 1 + coalesce((SELECT max(pos) FROM note_versions WHERE note = ?1), 0), ?2, ?3, ?4)`,
			row, stamp(v.At), v.Why, string(text)); err != nil {
			return err
		}
	}
	type kept struct {
		pos int
		at  time.Time
	}
	all, err := list(ctx, tx, func(r scanner) (k kept, err error) { err = r.Scan(&k.pos, when{&k.at}); return k, err },
		"SELECT pos, at FROM note_versions WHERE note = ? ORDER BY pos", row)
	if err != nil {
		return err
	}
	at := make([]time.Time, len(all))
	for i, k := range all {
		at[i] = k.at
	}
	for _, i := range app.ThinVersions(at) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM note_versions WHERE note = ? AND pos = ?", row, all[i].pos); err != nil {
			return err
		}
	}
	return nil
}

func (s noteStore) Versions(ctx context.Context, id app.NoteID) ([]app.Version, error) {
	var all []app.Version
	err := s.tx(ctx, func(tx *sql.Tx) error {
		row, _, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		all, err = list(ctx, tx, scanVersion, "SELECT pos, at, why, body FROM note_versions WHERE note = ? ORDER BY pos", row)
		return err
	})
	return all, err
}

func scanVersion(r scanner) (v app.Version, err error) {
	var text []byte
	if err := r.Scan(&v.Number, when{&v.At}, &v.Why, &text); err != nil {
		return v, err
	}
	var body versionBody
	if err := json.Unmarshal(text, &body); err != nil {
		return v, err
	}
	v.Format, v.Form, v.Title = app.NoteFormat(body.Format), body.Form, body.Title
	for _, s := range body.Sections {
		v.Sections = append(v.Sections, app.Section(s))
	}
	return v, nil
}

func (s noteStore) DeletedDrafts(ctx context.Context, c app.ClientID) ([]app.DeletedDraft, error) {
	all, err := list(ctx, s.store.DB(), func(row scanner) (d app.DeletedDraft, err error) {
		err = row.Scan(append(noteRowFields(&d.NoteRow), &d.ClientName, when{&d.Deleted})...)
		return d, err
	}, "SELECT "+noteRowColumns+`, c.name, n.deleted FROM notes n JOIN clients c ON c.id = n.client
		WHERE n.deleted <> 0 AND (?1 = '' OR n.client = ?1) ORDER BY n.deleted DESC, n.id`, string(c))
	return all, s.fail(ctx, err)
}

func (s noteStore) RestoreDraft(ctx context.Context, id app.NoteID) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		var row int64
		if err := tx.QueryRowContext(ctx, "SELECT row FROM notes WHERE id = ? AND deleted <> 0", string(id)).Scan(&row); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE notes SET deleted = 0 WHERE row = ?", row); err != nil {
			return err
		}
		return indexNote(ctx, tx, row)
	})
}

func (s noteStore) PurgeDrafts(ctx context.Context, before time.Time) (map[app.NoteID]app.ClientID, error) {
	const old = "deleted <> 0 AND deleted < ?"
	gone := map[app.NoteID]app.ClientID{}
	err := s.tx(ctx, func(tx *sql.Tx) error {
		_, err := list(ctx, tx, func(r scanner) (id app.NoteID, err error) {
			var c app.ClientID
			err = r.Scan(&id, &c)
			gone[id] = c
			return id, err
		}, "SELECT id, client FROM notes WHERE "+old, stamp(before))
		if err != nil || len(gone) == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM notes WHERE "+old, stamp(before))
		return err
	})
	if err != nil {
		return nil, err
	}
	return gone, nil
}
