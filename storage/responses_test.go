package storage

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/measure"
)

// given is a vault that is open already.
type given struct{ r *app.Records }

func (g given) State(context.Context) (app.VaultState, error) { return app.VaultShut, nil }
func (g given) Create(context.Context, app.Passphrase) (*app.Records, app.RecoveryKit, error) {
	return nil, app.RecoveryKit{}, app.ErrVaultExists
}
func (g given) Unlock(context.Context, app.Passphrase) (*app.Records, error) { return g.r, nil }
func (g given) Recover(context.Context, app.RecoveryKit, app.Passphrase) (*app.Records, error) {
	return g.r, nil
}
func (g given) KeepTry(context.Context, app.AuditEntry) error   { return nil }
func (g given) Tries(context.Context) ([]app.AuditEntry, error) { return nil, nil }
func (g given) ForgetTries(context.Context) error               { return nil }

// offline is a line that nobody can be reached by.
type offline struct{ app.Line }

func (offline) Status() app.LineStatus { return app.LineStatus{} }

// practiceOver is a practice at work over these records.
func practiceOver(t testing.TB, r *app.Records) *app.Practice {
	t.Helper()
	shelf, err := measure.Load(os.DirFS("../assets/measures"))
	must(t, err)
	must(t, r.Profile.SaveProfile(t.Context(), app.Profile{Therapist: "T", TimeZone: "UTC"}))
	p := app.New(app.Deps{Vault: given{r}, Line: offline{}, Measures: shelf})
	must(t, p.Unlock(t.Context(), app.NewPassphrase(nil)))
	return p
}

// measured is a store with responses, one of them voided, and alerts, one of them answered.
func measured(t *testing.T) *app.Records {
	t.Helper()
	r := newRecordsAlone(t)
	fillRecords(t, r)
	fillMeasures(t, r)
	return r
}

// fillMeasures puts the canary into what is written about responses and alerts.
func fillMeasures(t testing.TB, r *app.Records) {
	t.Helper()
	p, ctx := practiceOver(t, r), t.Context()
	answer := func(id app.ResponseID, ninth int) {
		a := measure.Answers{9: ninth}
		for n := 1; n < 9; n++ {
			a[n] = n % 4
		}
		_, err := p.RecordResponse(ctx, app.Filled{ID: id, Client: "C1", Measure: "phq-9", Answers: a})
		must(t, err)
	}
	answer("R1", 0)
	answer("R2", 1)
	answer("R3", 3)
	must(t, p.VoidResponse(ctx, "C1", "R1", "entered twice, "+canary))
	must(t, p.AnswerAlert(ctx, "C1", "R2", "spoke about it, "+canary))
}

// Whatever SQL says, a response, an alert, and what was done about them stay.
func TestTriggersLockMeasures(t *testing.T) {
	r := measured(t)
	db := recordsOf(r).store.DB()
	_, err := db.Exec("INSERT INTO measures SELECT DISTINCT measure, version, x'7b7d', 1, 0 FROM responses") // as an own one would stand there
	must(t, err)
	for _, q := range []string{
		"UPDATE measures SET file = x'00'",
		"UPDATE measures SET version = '2001-01-01'",
		"DELETE FROM measures",
		"REPLACE INTO measures SELECT measure, version, x'00', 1, 0 FROM measures",
		"UPDATE responses SET total = 0",
		"UPDATE responses SET answers = '{}' WHERE id = 'R1'",
		"DELETE FROM responses",
		"DELETE FROM responses WHERE id = 'R1'",
		"REPLACE INTO responses SELECT seq, id, client, session, measure, version, language, source, by, at, '{}', total, prorated FROM responses WHERE id = 'R1'",
		"REPLACE INTO responses SELECT seq, 'R9', client, session, measure, version, language, source, by, at, '{}', total, prorated FROM responses WHERE id = 'R1'",
		"UPDATE voided SET why = ''",
		"DELETE FROM voided",
		"REPLACE INTO voided VALUES ('R1', 'x', 'x', 1)",
		"UPDATE alerts SET items = '[]'",
		"DELETE FROM alerts",
		"REPLACE INTO alerts SELECT seq, id, client, response, '[]', raised FROM alerts WHERE id = 'R2'",
		"UPDATE alert_answers SET done = ''",
		"DELETE FROM alert_answers",
		"REPLACE INTO alert_answers VALUES ('R2', 'x', 'x', 1)",
		"INSERT INTO alert_answers VALUES ('none', 'x', 'x', 1)",
		"DELETE FROM clients",
	} {
		if _, err := db.Exec(q); err == nil {
			t.Errorf("went through: %s", q)
		}
	}
	must(t, Check(t.Context(), r))
}

// Check sees each way in which chain and measures can part, were the triggers gone.
func TestCheckSeesMeasuresApartFromTheChain(t *testing.T) {
	must(t, Check(t.Context(), measured(t)))
	for _, q := range []string{
		"UPDATE responses SET answers = replace(answers, '\"9\":1', '\"9\":0')",
		"UPDATE responses SET total = 1 WHERE id = 'R2'",
		"UPDATE responses SET total = NULL WHERE id = 'R2'",
		"UPDATE responses SET by = 'X' WHERE id = 'R3'",
		"UPDATE voided SET why = 'never'",
		"DELETE FROM voided",
		"UPDATE alert_answers SET done = 'nothing'",
		"DELETE FROM alert_answers",
		"DELETE FROM voided; DELETE FROM responses WHERE id = 'R1'",
		"INSERT INTO responses SELECT 99, 'R9', client, session, measure, version, language, source, by, at, answers, total, prorated FROM responses WHERE id = 'R2'",
		"UPDATE chain SET body = replace(body, 'Nearly every day', 'Not at all')",
	} {
		isDamage(t, measured(t), q)
	}
}

// A stranger reads in the record file what was asked, what was answered, and what was done.
func TestRecordFileHoldsResponses(t *testing.T) {
	var words []string
	for _, e := range entries(t, measured(t), "C1") {
		words = append(words, string(e.Kind)+" "+string(e.Body))
	}
	all := strings.Join(words, "\n")
	for _, want := range []string{
		`measure.response {"alert":[9],"answers":{"1":1,`, `"band":"Moderate"`, `"total":13`, `"version":"2026-11-25"`,
		`{"heading":"Thoughts that you would be better off dead or of hurting yourself in some way","key":"9","text":"Several days"}`,
		`"key":"10","text":"(not answered)"`, `measure.void {"sections":[{"heading":"Why","key":"why","text":"entered twice, ` + canary,
		`alert.response {"sections":[{"heading":"What was done","key":"done","text":"spoke about it, ` + canary,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the chain lacks %s", want)
		}
	}
}

// BenchmarkOpenClient is all that a client's page reads: 2,000 entries, among 10,000 clients.
func BenchmarkOpenClient(b *testing.B) {
	bothFiles(b, 10_000, 10_000, func(b *testing.B, r *app.Records) {
		ctx := b.Context()
		p := practiceOver(b, r)
		at := time.Date(2024, 1, 1, 9, 0, 0, 0, time.UTC)
		rec := recordsOf(r)
		tx, err := rec.store.DB().Begin()
		must(b, err)
		for i := range 500 {
			at = at.Add(26 * time.Hour)
			for j := range 2 {
				_, err := tx.Exec(`INSERT INTO notes (row, id, client, session, format, title, status, excerpt, created, changed, signed_by, signed_at)
					VALUES (?, ?, 'C1', '', 'free', 'Note', 'final', ?, ?, ?, 'T', 1)`,
					at.Unix()+int64(j), fmt.Sprint("O", i, j), strings.Repeat("word ", 28), at.UnixNano(), at.UnixNano())
				must(b, err)
			}
			_, err := tx.Exec(`INSERT INTO sessions (id, client, invite, started, ended, modality, trust, note) VALUES (?, 'C1', '', ?, ?, 'video', 'known', '')`, fmt.Sprint("S", i), at.UnixNano(), at.Add(50*time.Minute).UnixNano())
			must(b, err)
			_, err = tx.Exec(`INSERT INTO responses (id, client, session, measure, version, language, source, by, at, answers, total, prorated)
				VALUES (?, 'C1', '', ?, '2026-11-25', 'en', 'client', 'T', ?, ?, 9, 0)`, fmt.Sprint("R", i),
				[]string{"phq-9", "gad-7"}[i%2], at.UnixNano(), `{"1":3,"2":3,"3":3,"4":0,"5":0,"6":0,"7":0}`)
			must(b, err)
		}
		must(b, tx.Commit())
		for b.Loop() {
			_, err := p.Client(ctx, "C1")
			must(b, err)
			notes, err := p.Notes(ctx, "C1")
			must(b, err)
			sessions, err := p.Sessions(ctx, "C1")
			must(b, err)
			h, err := p.MeasureHistories(ctx, "C1")
			must(b, err)
			_, err = p.ClientAlerts(ctx, "C1")
			must(b, err)
			if n := len(notes) + len(sessions) + len(h[0].Responses) + len(h[1].Responses); n < 2000 {
				b.Fatalf("%d entries", n)
			}
		}
	})
}
