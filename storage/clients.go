package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"alcove/app"
)

// clientStore implements app.ClientStore.
type clientStore struct{ *records }

// clientsLimit is the page that a query gets without asking.
const clientsLimit = 200

func (s clientStore) SaveClient(ctx context.Context, c app.Client, ends ...app.Writing) error {
	tags, err := json.Marshal(c.Tags)
	if err != nil {
		return err
	}
	asks, err := json.Marshal(c.Asks)
	if err != nil {
		return err
	}
	return s.tx(ctx, func(tx *sql.Tx) error {
		var row int64
		err := tx.QueryRowContext(ctx, `INSERT INTO clients (id, name, name_key, pronouns, email, phone, time_zone,
				emergency_name, emergency_relation, emergency_phone, tags, focus, status, direct, asks, pair_key, created, changed)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, pronouns = excluded.pronouns,
				email = excluded.email, phone = excluded.phone, time_zone = excluded.time_zone,
				emergency_name = excluded.emergency_name, emergency_relation = excluded.emergency_relation,
				emergency_phone = excluded.emergency_phone, tags = excluded.tags, focus = excluded.focus,
				status = excluded.status, direct = excluded.direct, asks = excluded.asks, pair_key = excluded.pair_key,
				created = excluded.created, changed = excluded.changed
			RETURNING row`,
			string(c.ID), c.Name, fold(c.Name), c.Pronouns, c.Email, c.Phone, c.TimeZone,
			c.Emergency.Name, c.Emergency.Relation, c.Emergency.Phone, string(tags), c.Focus, string(c.Status), c.Direct, string(asks),
			c.PairKey, stamp(c.Created), stamp(c.Changed)).Scan(&row)
		if err == nil {
			err = letGo(ctx, tx, ends)
		}
		if err != nil {
			return err
		}
		return index(ctx, tx, "client_words", row, indexed(c.Name, strings.Join(c.Tags, "\n"), c.Focus))
	})
}

// indexClients writes the words of all clients into an index that is empty.
func indexClients(ctx context.Context, q querier) error {
	type client struct {
		row   int64
		words string
	}
	all, err := list(ctx, q, func(row scanner) (c client, err error) {
		var name, tags, focus string
		err = row.Scan(&c.row, &name, &tags, &focus)
		c.words = indexed(name, tags, focus)
		return c, err
	}, "SELECT row, name, (SELECT coalesce(group_concat(value, char(10)), '') FROM json_each(tags)), focus FROM clients")
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := index(ctx, q, "client_words", c.row, c.words); err != nil {
			return err
		}
	}
	return nil
}

// index replaces what a word index keeps of one row.
func index(ctx context.Context, q querier, table string, row int64, words string) error {
	if _, err := q.ExecContext(ctx, "DELETE FROM "+table+" WHERE rowid = ?", row); err != nil {
		return err
	}
	_, err := q.ExecContext(ctx, "INSERT INTO "+table+" (rowid, words) VALUES (?, ?)", row, words)
	return err
}

func (s clientStore) Client(ctx context.Context, id app.ClientID) (app.Client, error) {
	var c app.Client
	var tags, asks string
	err := s.store.DB().QueryRowContext(ctx, `SELECT id, name, pronouns, email, phone, time_zone, emergency_name,
			emergency_relation, emergency_phone, tags, focus, status, direct, asks, pair_key, created, changed
		FROM clients WHERE id = ?`, string(id)).Scan(
		&c.ID, &c.Name, &c.Pronouns, &c.Email, &c.Phone, &c.TimeZone, &c.Emergency.Name,
		&c.Emergency.Relation, &c.Emergency.Phone, &tags, &c.Focus, &c.Status, &c.Direct, &asks, &c.PairKey,
		when{&c.Created}, when{&c.Changed})
	if err == nil {
		err = errors.Join(json.Unmarshal([]byte(tags), &c.Tags), json.Unmarshal([]byte(asks), &c.Asks))
	}
	return c, s.fail(ctx, err)
}

func (s clientStore) FindClients(ctx context.Context, q app.ClientQuery) (app.ClientPage, error) {
	where, args := "TRUE", []any(nil)
	if q.Status != "" {
		where, args = "status = ?", append(args, string(q.Status))
	}
	if words := wordsOf(q.Text); len(words) > 0 {
		where += " AND row IN (SELECT rowid FROM client_words WHERE client_words MATCH ?)"
		args = append(args, match(words, func(int) bool { return true }))
	} else if strings.TrimSpace(q.Text) != "" {
		return app.ClientPage{}, nil // signs alone begin no word
	}
	var page app.ClientPage
	err := s.tx(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM clients WHERE "+where, args...).Scan(&page.Total); err != nil { // #nosec G202 -- where is of constants
			return err
		}
		var err error
		// The page first: what is counted of sessions and drafts is counted for its rows alone.
		page.Rows, err = list(ctx, tx, scanClientRow, `
			SELECT c.id, name, pronouns, focus, tags, status,
				coalesce((SELECT max(started) FROM sessions WHERE client = c.id), 0),
				(SELECT count(*) FROM notes WHERE client = c.id AND status = 'preliminary' AND deleted = 0),
				(SELECT count(*) FROM alerts a WHERE a.client = c.id AND NOT EXISTS (SELECT 1 FROM alert_answers WHERE alert = a.id)),
				`+trend+`
			FROM (SELECT k.*, (SELECT measure FROM responses r WHERE r.client = k.id AND `+counts+` ORDER BY at DESC, seq DESC LIMIT 1) AS measure
				FROM (SELECT row FROM clients WHERE `+where+` ORDER BY name_key, id LIMIT ? OFFSET ?) JOIN clients k USING (row)) c
			ORDER BY name_key, id`,
			append(args, limitOr(q.Limit, clientsLimit), max(0, q.Offset))...)
		return err
	})
	if err != nil {
		return app.ClientPage{}, err
	}
	return page, nil
}

// trend is the measure filled in last, and its last totals, oldest first.
var trend = fmt.Sprintf(`coalesce(c.measure, ''), (SELECT json_group_array(total) FROM (SELECT total FROM
	(SELECT total, at, seq FROM responses r WHERE r.client = c.id AND r.measure = c.measure AND %s ORDER BY at DESC, seq DESC LIMIT %d)
	ORDER BY at, seq))`, counts, app.TrendMost)

func scanClientRow(row scanner) (c app.ClientRow, err error) {
	var tags, trend string
	err = row.Scan(&c.ID, &c.Name, &c.Pronouns, &c.Focus, &tags, &c.Status, when{&c.LastSeen}, &c.Drafts, &c.Alerts, &c.Measure, &trend)
	return c, errors.Join(err, json.Unmarshal([]byte(tags), &c.Tags), json.Unmarshal([]byte(trend), &c.Trend))
}

func (s clientStore) CountClients(ctx context.Context) (map[app.ClientStatus]int, error) {
	type count struct {
		status app.ClientStatus
		n      int
	}
	all, err := list(ctx, s.store.DB(), func(row scanner) (c count, err error) {
		err = row.Scan(&c.status, &c.n)
		return c, err
	}, "SELECT status, count(*) FROM clients GROUP BY status")
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	counts := map[app.ClientStatus]int{}
	for _, c := range all {
		counts[c.status] = c.n
	}
	return counts, nil
}
