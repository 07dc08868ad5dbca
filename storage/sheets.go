package storage

import (
	"context"
	"encoding/json"

	"alcove/app"
)

// sheetStore implements app.SheetStore.
type sheetStore struct{ *records }

func (s sheetStore) SaveSheet(ctx context.Context, sheet app.Sheet) error {
	text, err := json.Marshal(sheet)
	if err != nil {
		return err
	}
	return s.exec(ctx, `INSERT INTO sheets (session, client, started, json) VALUES (?, ?, ?, ?)
		ON CONFLICT (session) DO UPDATE SET client = excluded.client, started = excluded.started, json = excluded.json`,
		string(sheet.Session), string(sheet.Client), stamp(sheet.Started), string(text))
}

func (s sheetStore) Sheet(ctx context.Context, id app.SessionID) (app.Sheet, error) {
	return s.sheet(ctx, "session = ?", string(id))
}

func (s sheetStore) LastSheet(ctx context.Context, c app.ClientID) (app.Sheet, error) {
	return s.sheet(ctx, "client = ? ORDER BY started DESC, session LIMIT 1", string(c))
}

func (s sheetStore) sheet(ctx context.Context, which, arg string) (sheet app.Sheet, err error) {
	var text string
	err = s.store.DB().QueryRowContext(ctx, "SELECT json FROM sheets WHERE "+which, arg).Scan(&text) // #nosec G202 -- which is of constants
	if err == nil {
		err = json.Unmarshal([]byte(text), &sheet)
	}
	return sheet, s.fail(ctx, err)
}
