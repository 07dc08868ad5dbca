package storage

import (
	"context"

	"alcove/app"
)

// sessionStore implements app.SessionStore.
type sessionStore struct{ *records }

func (s sessionStore) SaveSession(ctx context.Context, f app.SessionFacts) error {
	return s.exec(ctx, `INSERT INTO sessions (id, client, invite, started, ended, modality, trust, note)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET client = excluded.client, invite = excluded.invite, started = excluded.started,
			ended = excluded.ended, modality = excluded.modality, trust = excluded.trust, note = excluded.note`,
		string(f.ID), string(f.Client), string(f.Invite), stamp(f.Started), stamp(f.Ended), string(f.Modality),
		string(f.Trust), string(f.Note))
}

func (s sessionStore) ClientSessions(ctx context.Context, c app.ClientID) ([]app.SessionFacts, error) {
	all, err := list(ctx, s.store.DB(), func(row scanner) (f app.SessionFacts, err error) {
		err = row.Scan(&f.ID, &f.Client, &f.Invite, when{&f.Started}, when{&f.Ended}, &f.Modality, &f.Trust, &f.Note)
		return f, err
	}, `SELECT id, client, invite, started, ended, modality, trust, note
		FROM sessions WHERE client = ? ORDER BY started DESC, id`, string(c))
	return all, s.fail(ctx, err)
}
