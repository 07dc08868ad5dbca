package storage

import (
	"context"
	"database/sql"
	"time"

	"alcove/app"
)

// inviteStore implements app.InviteStore.
type inviteStore struct{ *records }

const inviteColumns = `id, client, kind, link, pin, relay_only, created, expires, knocks, last_knock, wrong_pins,
	admitted, spent, revoked, withdrawn, pinned_key, material`

func (s inviteStore) SaveInvite(ctx context.Context, i app.Invite) error {
	return s.exec(ctx, `INSERT INTO invites (`+inviteColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET client = excluded.client, kind = excluded.kind, link = excluded.link,
			pin = excluded.pin, relay_only = excluded.relay_only, created = excluded.created, expires = excluded.expires,
			knocks = excluded.knocks, last_knock = excluded.last_knock, wrong_pins = excluded.wrong_pins,
			admitted = excluded.admitted, spent = excluded.spent, revoked = excluded.revoked,
			withdrawn = excluded.withdrawn, pinned_key = excluded.pinned_key, material = excluded.material`,
		string(i.ID), string(i.Client), string(i.Kind), i.Link, i.PIN, i.RelayOnly, stamp(i.Created), stamp(i.Expires),
		i.Knocks, stamp(i.LastKnock), i.WrongPINs, stamp(i.Admitted), stamp(i.Spent), stamp(i.Revoked),
		stamp(i.Withdrawn), i.PinnedKey, i.Material)
}

func scanInvite(row scanner) (i app.Invite, err error) {
	err = row.Scan(&i.ID, &i.Client, &i.Kind, &i.Link, &i.PIN, &i.RelayOnly, when{&i.Created}, when{&i.Expires},
		&i.Knocks, when{&i.LastKnock}, &i.WrongPINs, when{&i.Admitted}, when{&i.Spent}, when{&i.Revoked},
		when{&i.Withdrawn}, &i.PinnedKey, &i.Material)
	return i, err
}

func (s inviteStore) Invite(ctx context.Context, id app.InviteID) (app.Invite, error) {
	i, err := scanInvite(s.store.DB().QueryRowContext(ctx, "SELECT "+inviteColumns+" FROM invites WHERE id = ?", string(id)))
	return i, s.fail(ctx, err)
}

func (s inviteStore) ClientInvites(ctx context.Context, c app.ClientID) ([]app.Invite, error) {
	all, err := list(ctx, s.store.DB(), scanInvite,
		"SELECT "+inviteColumns+" FROM invites WHERE client = ? ORDER BY created DESC, id", string(c))
	return all, s.fail(ctx, err)
}

func (s inviteStore) OpenInvites(ctx context.Context, now time.Time) ([]app.Invite, error) {
	all, err := list(ctx, s.store.DB(), scanInvite, "SELECT "+inviteColumns+` FROM invites
		WHERE spent = 0 AND revoked = 0 AND expires > ? AND wrong_pins < ? ORDER BY created DESC, id`,
		stamp(now), app.MaxWrongPINs)
	return all, s.fail(ctx, err)
}

func (s inviteStore) ClosedInvites(ctx context.Context, now time.Time) ([]app.Invite, error) {
	all, err := list(ctx, s.store.DB(), scanInvite, "SELECT "+inviteColumns+` FROM invites
		WHERE withdrawn = 0 AND expires > ? AND (spent <> 0 OR revoked <> 0 OR wrong_pins >= ?) ORDER BY created DESC, id`,
		stamp(now), app.MaxWrongPINs)
	return all, s.fail(ctx, err)
}

func (s inviteStore) SeenKnock(ctx context.Context, i app.InviteID, k app.KnockID, at time.Time) (again bool, err error) {
	err = s.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM knocks WHERE at < ?", stamp(at.Add(-app.KnockLife))); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, "INSERT INTO knocks (invite, knock, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			string(i), string(k), stamp(at))
		if err != nil {
			return err
		}
		added, err := done.RowsAffected()
		again = added == 0
		return err
	})
	return again, err
}

// guestStore implements app.GuestStore.
type guestStore struct{ *records }

func (s guestStore) GuestVerified(ctx context.Context, c app.ClientID, key []byte) (bool, error) {
	var known bool
	err := s.store.DB().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM guests WHERE client = ? AND key = ?)",
		string(c), key).Scan(&known)
	return known, s.fail(ctx, err)
}

func (s guestStore) SaveVerifiedGuest(ctx context.Context, c app.ClientID, key []byte, at time.Time) error {
	return s.exec(ctx, `INSERT INTO guests (client, key, at) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET at = excluded.at`, string(c), key, stamp(at))
}

func (s guestStore) ForgetGuests(ctx context.Context, c app.ClientID) error {
	return s.exec(ctx, "DELETE FROM guests WHERE client = ?", string(c))
}
