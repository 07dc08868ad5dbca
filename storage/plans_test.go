package storage

import (
	"testing"
	"time"

	"alcove/app"
	"alcove/app/safety"
)

// planned is a store with two versions of a plan.
func planned(t *testing.T) *app.Records {
	t.Helper()
	r := signed(t)
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	for n, id := range []app.PlanID{"P1", "P2"} {
		must(t, r.Plans.AddPlan(t.Context(), app.SafetyPlan{ID: id, Client: "C1", Plan: safety.Plan{
			Version: n + 1, By: "T", At: at, Review: at, Steps: safety.Steps{0: {{Text: canary + string(id)}}},
		}}))
	}
	return r
}

// Whatever SQL says, a version stays as it was written.
func TestTriggersLockAPlan(t *testing.T) {
	r := planned(t)
	for _, q := range []string{
		"UPDATE plans SET steps = '[]'",
		"UPDATE plans SET version = 7 WHERE id = 'P2'",
		"DELETE FROM plans",
		"REPLACE INTO plans SELECT id, client, version, '[]', review, by, at FROM plans WHERE id = 'P1'",
		"REPLACE INTO plans SELECT 'P9', client, version, '[]', review, by, at FROM plans WHERE id = 'P2'",
		"INSERT INTO plans SELECT 'P9', client, 5, '[]', review, by, at FROM plans WHERE id = 'P2'",
		"REPLACE INTO plans (rowid, id, client, version, steps, review, by, at) SELECT rowid, 'P9', client, 3, '[]', review, by, at FROM plans WHERE id = 'P1'",
	} {
		if _, err := recordsOf(r).store.DB().Exec(q); err == nil {
			t.Errorf("went through: %s", q)
		}
	}
	must(t, Check(t.Context(), r))
}

// Check sees a plan and the chain apart, were the triggers gone.
func TestCheckSeesPlansApart(t *testing.T) {
	must(t, Check(t.Context(), planned(t)))
	for _, q := range []string{
		"UPDATE plans SET steps = replace(steps, '" + canary + "', 'x') WHERE id = 'P1'",
		"UPDATE plans SET by = 'X' WHERE id = 'P1'",
		"DELETE FROM plans WHERE id = 'P2'",
		"UPDATE plans SET id = 'P9' WHERE id = 'P2'",
		"INSERT INTO plans SELECT 'P9', client, 3, steps, review, by, at FROM plans WHERE id = 'P2'",
	} {
		isDamage(t, planned(t), q)
	}
}

// A failure between a version and its entry leaves neither, and what was being written is still there.
func TestAPlanWithoutItsEntryCannotBe(t *testing.T) {
	r := planned(t)
	db := recordsOf(r).store.DB()
	of := app.Writing{Kind: app.PlanWriting, Of: "C1"}
	must(t, r.Writing.KeepWriting(t.Context(), of, app.Written{Text: "[]"}))
	_, err := db.Exec("CREATE TRIGGER full BEFORE INSERT ON chain BEGIN SELECT raise(ABORT, 'no room'); END")
	must(t, err)
	if r.Plans.AddPlan(t.Context(), app.SafetyPlan{ID: "P3", Client: "C1", Plan: safety.Plan{Version: 3, By: "T"}}, of) == nil {
		t.Fatal("went through")
	}
	_, err = db.Exec("DROP TRIGGER full")
	must(t, err)
	all, err := r.Plans.Plans(t.Context(), "C1")
	if err != nil || len(all) != 2 {
		t.Errorf("%d versions, %v", len(all), err)
	}
	_, err = r.Writing.Writing(t.Context(), of)
	must(t, err)
	must(t, Check(t.Context(), r))
}
