package storage

import (
	"context"
	"database/sql"

	"alcove/app"
)

// sessionStore implements app.SessionStore.
type sessionStore struct{ *records }

func (s sessionStore) SaveSession(ctx context.Context, f app.SessionFacts) error {
	return s.exec(ctx, `INSERT INTO sessions (id, client, invite, started, ended, alive, modality, trust, note)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET client = excluded.client, invite = excluded.invite, started = excluded.started,
			ended = excluded.ended, alive = excluded.alive, modality = excluded.modality, trust = excluded.trust, note = excluded.note`,
		string(f.ID), string(f.Client), string(f.Invite), stamp(f.Started), stamp(f.Ended), stamp(f.Alive), string(f.Modality),
		string(f.Trust), string(f.Note))
}

func (s sessionStore) ClientSessions(ctx context.Context, c app.ClientID) ([]app.SessionFacts, error) {
	return s.sessions(ctx, "client = ?", string(c))
}

func (s sessionStore) DropSession(ctx context.Context, id app.SessionID) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		for _, forget := range []string{"DELETE FROM sheets WHERE session = ?", "DELETE FROM sessions WHERE id = ?"} {
			if _, err := tx.ExecContext(ctx, forget, string(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s sessionStore) CutSessions(ctx context.Context) ([]app.SessionFacts, error) {
	return s.sessions(ctx, `ended = 0 AND (note = '' OR EXISTS (
		SELECT 1 FROM notes n WHERE n.id = sessions.note AND n.status = 'preliminary' AND n.deleted = 0))`)
}

func (s sessionStore) sessions(ctx context.Context, which string, args ...any) ([]app.SessionFacts, error) {
	all, err := list(ctx, s.store.DB(), func(row scanner) (f app.SessionFacts, err error) {
		err = row.Scan(&f.ID, &f.Client, &f.Invite, when{&f.Started}, when{&f.Ended}, when{&f.Alive}, &f.Modality, &f.Trust, &f.Note)
		return f, err
	}, `SELECT id, client, invite, started, ended, alive, modality, trust, note
		FROM sessions WHERE `+which+` ORDER BY started DESC, id`, args...) // #nosec G202 -- which is of constants
	return all, s.fail(ctx, err)
}
