package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"alcove/app"
	"alcove/app/chain"
)

// responseStore implements app.ResponseStore.
type responseStore struct{ *records }

func (s responseStore) SaveResponse(ctx context.Context, r app.Response, raises *app.Alert, e chain.Entry, ends ...app.Writing) (added bool, err error) {
	answers, err := json.Marshal(r.Answers)
	if err != nil {
		return false, err
	}
	err = s.tx(ctx, func(tx *sql.Tx) error {
		there, err := responses(ctx, tx, "r.id = ?", string(r.ID))
		switch {
		case err != nil || len(there) > 0 && there[0].Same(r):
			return err
		case len(there) > 0:
			return app.ErrResponseTaken
		}
		added = true
		_, err = tx.ExecContext(ctx, `INSERT INTO responses (id, client, session, measure, version, language, source, by, at, answers, total, prorated)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			string(r.ID), string(r.Client), string(r.Session), string(r.Measure), r.Version, r.Language, string(r.Source), r.By,
			stamp(r.At), string(answers), sql.NullInt64{Int64: int64(r.Total), Valid: r.Counted}, r.Prorated)
		if err == nil {
			err = letGo(ctx, tx, ends)
		}
		if err != nil {
			return err
		}
		if err := enter(ctx, tx, e); err != nil || raises == nil {
			return err
		}
		return saveAlert(ctx, tx, *raises)
	})
	return added && err == nil, err
}

func (s responseStore) VoidResponse(ctx context.Context, id app.ResponseID, v app.Voiding, e chain.Entry, ends ...app.Writing) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		if err := mustExist(ctx, tx, "SELECT 1 FROM responses WHERE id = ? AND client = ?", string(id), e.Client); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO voided (response, why, by, at) VALUES (?, ?, ?, ?)", string(id), v.Why, v.By, stamp(v.At))
		if err == nil {
			err = letGo(ctx, tx, ends)
		}
		if err != nil {
			return err
		}
		return enter(ctx, tx, e)
	})
}

// mustExist is sql.ErrNoRows where a query finds nothing.
func mustExist(ctx context.Context, q querier, query string, args ...any) error {
	var one int
	return q.QueryRowContext(ctx, query, args...).Scan(&one)
}

// counts picks the responses r that a chart shows.
const counts = "r.total IS NOT NULL AND NOT EXISTS (SELECT 1 FROM voided WHERE response = r.id)"

const responseColumns = `r.id, r.client, r.session, r.measure, r.version, r.language, r.source, r.by, r.at, r.answers, r.total, r.prorated,
	coalesce(v.why, ''), coalesce(v.by, ''), coalesce(v.at, 0)`

// responseFields are what responseColumns are scanned into; finish then reads what stands in them.
func responseFields(r *app.Response) (fields []any, finish func() error) {
	var answers string
	var total sql.NullInt64
	fields = []any{
		&r.ID, &r.Client, &r.Session, &r.Measure, &r.Version, &r.Language, &r.Source, &r.By, &when{&r.At}, &answers, &total, &r.Prorated,
		&r.Void.Why, &r.Void.By, &when{&r.Void.At},
	}
	return fields, func() error {
		r.Counted, r.Total = total.Valid, int(total.Int64)
		return json.Unmarshal([]byte(answers), &r.Answers)
	}
}

func (s responseStore) ClientResponses(ctx context.Context, c app.ClientID) ([]app.Response, error) {
	all, err := responses(ctx, s.store.DB(), "r.client = ?", string(c))
	return all, s.fail(ctx, err)
}

// responses are those that which picks, newest first.
func responses(ctx context.Context, q querier, which, arg string) ([]app.Response, error) {
	return list(ctx, q, func(row scanner) (r app.Response, err error) {
		fields, finish := responseFields(&r)
		if err := row.Scan(fields...); err != nil {
			return r, err
		}
		return r, finish()
	}, "SELECT "+responseColumns+" FROM responses r LEFT JOIN voided v ON v.response = r.id WHERE "+which+" ORDER BY r.at DESC, r.seq DESC", arg) // #nosec G202 -- which is of constants
}

// alertStore implements app.AlertStore.
type alertStore struct{ *records }

func saveAlert(ctx context.Context, tx *sql.Tx, a app.Alert) error {
	items, err := json.Marshal(a.Items)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO alerts (id, client, response, items, raised) VALUES (?, ?, ?, ?, ?)",
		string(a.ID), string(a.Client), string(a.Response), string(items), stamp(a.Raised)); err != nil {
		return err
	}
	return logIn(ctx, tx, app.RaisedAct(a))
}

func (s alertStore) AnswerAlert(ctx context.Context, id app.AlertID, a app.AlertAnswer, e chain.Entry, ends ...app.Writing) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		if err := mustExist(ctx, tx, "SELECT 1 FROM alerts WHERE id = ? AND client = ?", string(id), e.Client); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO alert_answers (alert, done, by, at) VALUES (?, ?, ?, ?)", string(id), a.Done, a.By, stamp(a.At))
		if err == nil {
			err = letGo(ctx, tx, ends)
		}
		if err != nil {
			return err
		}
		return enter(ctx, tx, e)
	})
}

func (s alertStore) OpenAlerts(ctx context.Context) ([]app.AlertRow, error) {
	return s.alerts(ctx, "n.alert IS NULL ORDER BY a.raised, a.seq")
}

func (s alertStore) ClientAlerts(ctx context.Context, c app.ClientID) ([]app.AlertRow, error) {
	return s.alerts(ctx, "a.client = ? ORDER BY a.raised DESC, a.seq DESC", string(c))
}

func (s alertStore) alerts(ctx context.Context, which string, args ...any) ([]app.AlertRow, error) {
	all, err := list(ctx, s.store.DB(), func(row scanner) (a app.AlertRow, err error) {
		var items string
		fields, finish := responseFields(&a.Filled)
		err = row.Scan(append([]any{
			&a.ID, &a.Client, &a.Response, &items, when{&a.Raised}, &a.Answer.Done, &a.Answer.By, when{&a.Answer.At}, &a.ClientName,
		}, fields...)...)
		if err != nil {
			return a, err
		}
		return a, errors.Join(finish(), json.Unmarshal([]byte(items), &a.Items))
	}, `SELECT a.id, a.client, a.response, a.items, a.raised, coalesce(n.done, ''), coalesce(n.by, ''), coalesce(n.at, 0), c.name, `+responseColumns+`
		FROM alerts a JOIN clients c ON c.id = a.client JOIN responses r ON r.id = a.response
		LEFT JOIN voided v ON v.response = r.id LEFT JOIN alert_answers n ON n.alert = a.id WHERE `+which, args...) // #nosec G202 -- which is of constants
	return all, s.fail(ctx, err)
}
