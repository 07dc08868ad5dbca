package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"time"

	"alcove/app"
)

// planStore implements app.PlanStore. That no version is changed is kept by triggers too.
type planStore struct{ *records }

func (s planStore) AddPlan(ctx context.Context, p app.SafetyPlan, ends ...app.Writing) error {
	steps, err := json.Marshal(p.Steps)
	if err != nil {
		return err
	}
	e, err := p.Entry()
	if err != nil {
		return err
	}
	return s.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO plans (id, client, version, steps, review, by, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			string(p.ID), string(p.Client), p.Version, string(steps), stamp(p.Review), p.By, stamp(p.At)); err != nil {
			return err
		}
		if err := letGo(ctx, tx, ends); err != nil {
			return err
		}
		return enter(ctx, tx, e)
	})
}

func (s planStore) Plans(ctx context.Context, c app.ClientID) ([]app.SafetyPlan, error) {
	all, err := list(ctx, s.store.DB(), func(row scanner) (p app.SafetyPlan, err error) {
		var steps string
		err = row.Scan(&p.ID, &p.Client, &p.Version, &steps, when{&p.Review}, &p.By, when{&p.At})
		if err == nil {
			err = json.Unmarshal([]byte(steps), &p.Steps)
		}
		return p, err
	}, "SELECT id, client, version, steps, review, by, at FROM plans WHERE client = ? ORDER BY version DESC", string(c))
	return all, s.fail(ctx, err)
}

func (s planStore) PlansDue(ctx context.Context, by time.Time) ([]app.PlanDue, error) {
	all, err := list(ctx, s.store.DB(), func(row scanner) (d app.PlanDue, err error) {
		err = row.Scan(&d.Client, &d.ClientName, &d.Version, when{&d.Review})
		return d, err
	}, `SELECT p.client, c.name, p.version, p.review FROM plans p JOIN clients c ON c.id = p.client
		WHERE p.review <= ? AND c.status <> 'archived' AND p.version = (SELECT max(version) FROM plans WHERE client = p.client)
		ORDER BY p.review, c.name_key, c.id`, stamp(by))
	return all, s.fail(ctx, err)
}

// plansDiffer counts the versions of plans that chain and record do not have alike, with the same lines.
func plansDiffer(ctx context.Context, tx *sql.Tx) (n int64, err error) {
	type version struct{ id, steps, hash string }
	all, err := list(ctx, tx, func(row scanner) (v version, err error) {
		err = row.Scan(&v.id, &v.steps, &v.hash)
		return v, err
	}, `SELECT p.id, p.steps, coalesce((SELECT c.body ->> 'sha256' FROM chain c WHERE c.id = p.id AND c.kind = 'plan.version'
		AND c.client = p.client AND c.body ->> 'version' = p.version AND c.by = p.by), '') FROM plans p`)
	if err != nil {
		return 0, err
	}
	for _, v := range all {
		if hash := sha256.Sum256([]byte(v.steps)); v.hash != hex.EncodeToString(hash[:]) {
			n++
		}
	}
	var entered int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM chain WHERE kind = 'plan.version'").Scan(&entered); err != nil {
		return 0, err
	}
	return n + max(0, int64(entered-len(all))), nil
}
