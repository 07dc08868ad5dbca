package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"alcove/app"
)

// profileStore implements app.ProfileStore. Settings come and go with every version, so they are
// one JSON value: an unknown one is ignored, a missing one is its zero.
type profileStore struct{ *records }

func (s profileStore) Profile(ctx context.Context) (app.Profile, error) {
	var text string
	var p app.Profile
	err := s.store.DB().QueryRowContext(ctx, "SELECT json FROM profile").Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &p)
	}
	return p, s.fail(ctx, err)
}

func (s profileStore) SaveProfile(ctx context.Context, p app.Profile) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.exec(ctx, `INSERT INTO profile (one, json) VALUES (1, ?)
		ON CONFLICT DO UPDATE SET json = excluded.json`, string(text))
}
