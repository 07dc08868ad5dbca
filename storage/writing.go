package storage

import (
	"context"

	"alcove/app"
)

// writingStore implements app.WritingStore.
type writingStore struct{ *records }

func (s writingStore) KeepWriting(ctx context.Context, of app.Writing, w app.Written) error {
	if w.Text == "" {
		return s.fail(ctx, letGo(ctx, s.store.DB(), []app.Writing{of}))
	}
	return s.exec(ctx, `INSERT INTO writing (kind, of, text, changed) VALUES (?, ?, ?, ?)
		ON CONFLICT (kind, of) DO UPDATE SET text = excluded.text, changed = excluded.changed`,
		string(of.Kind), of.Of, w.Text, stamp(w.At))
}

func (s writingStore) Writing(ctx context.Context, of app.Writing) (w app.Written, err error) {
	err = s.store.DB().QueryRowContext(ctx, "SELECT text, changed FROM writing WHERE kind = ? AND of = ?", string(of.Kind), of.Of).
		Scan(&w.Text, when{&w.At})
	return w, s.fail(ctx, err)
}

// letGo takes away what was being written of what a write ends.
func letGo(ctx context.Context, q querier, ends []app.Writing) error {
	for _, of := range ends {
		if _, err := q.ExecContext(ctx, "DELETE FROM writing WHERE kind = ? AND of = ?", string(of.Kind), of.Of); err != nil {
			return err
		}
	}
	return nil
}
