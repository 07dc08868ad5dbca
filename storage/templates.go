package storage

import (
	"context"
	"database/sql"
	"encoding/json"

	"alcove/app"
)

// templateStore implements app.TemplateStore.
type templateStore struct{ *records }

// templateSection is a section as the table keeps it: the names stay when app's change.
type templateSection struct {
	Key     string `json:"key"`
	Heading string `json:"heading"`
	Hint    string `json:"hint,omitempty"`
}

func (s templateStore) Templates(ctx context.Context) ([]app.Template, error) {
	all, err := list(ctx, s.store.DB(), func(r scanner) (t app.Template, err error) {
		var sections []byte
		if err := r.Scan(&t.ID, &t.Name, &sections, when{&t.Changed}); err != nil {
			return t, err
		}
		var kept []templateSection
		err = json.Unmarshal(sections, &kept)
		for _, x := range kept {
			t.Sections = append(t.Sections, app.SectionForm{Key: x.Key, Heading: x.Heading, Hint: x.Hint})
		}
		return t, err
	}, "SELECT id, name, sections, changed FROM templates ORDER BY name_key, id")
	return all, s.fail(ctx, err)
}

func (s templateStore) SaveTemplate(ctx context.Context, t app.Template, ends ...app.Writing) error {
	kept := []templateSection{}
	for _, x := range t.Sections {
		kept = append(kept, templateSection{x.Key, x.Heading, x.Hint})
	}
	sections, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return s.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO templates (id, name, name_key, sections, changed) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key,
				sections = excluded.sections, changed = excluded.changed`,
			string(t.ID), t.Name, fold(t.Name), string(sections), stamp(t.Changed))
		if err != nil {
			return err
		}
		return letGo(ctx, tx, ends)
	})
}

func (s templateStore) DeleteTemplate(ctx context.Context, id app.NoteFormat, ends ...app.Writing) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		if err := mustExist(ctx, tx, "DELETE FROM templates WHERE id = ? RETURNING 1", string(id)); err != nil {
			return err
		}
		return letGo(ctx, tx, ends)
	})
}
