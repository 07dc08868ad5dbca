package app_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

// play runs a test in a bubble of its own time, on a practice that was just set up.
func play(t *testing.T, test func(t *testing.T, s *apptest.Stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := apptest.Empty(t)
		synctest.Wait() // what a start sets going has had its first look
		test(t, s)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var f *app.FieldError
	if !errors.As(err, &f) || f.Field != field || f.Advice == "" {
		t.Errorf("got %v, want advice on %s", err, field)
	}
}

func addClient(t *testing.T, s *apptest.Stage, name string) app.ClientID {
	t.Helper()
	id, err := s.SaveClient(t.Context(), app.Client{Name: name})
	must(t, err)
	return id
}

func pass(text string) app.Passphrase { return app.NewPassphrase([]byte(text)) }

func unlock(t *testing.T, s *apptest.Stage) {
	t.Helper()
	must(t, s.Unlock(t.Context(), apptest.Pass()))
}

func phase(t *testing.T, s *apptest.Stage) app.VaultPhase {
	t.Helper()
	p, err := s.Phase(t.Context())
	must(t, err)
	return p
}

// events are those waiting once everybody has done their part.
func events(t *testing.T, s *apptest.Stage) []app.Event {
	t.Helper()
	synctest.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	batch, err := s.Next(ctx)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	return batch
}

func wantEvent(t *testing.T, s *apptest.Stage, kind app.EventKind, id string) {
	t.Helper()
	if got := events(t, s); !slices.Contains(got, app.Event{Kind: kind, ID: id}) {
		t.Errorf("no event %v of %q among %v", kind, id, got)
	}
}

func setStatus(t *testing.T, s *apptest.Stage, id app.ClientID, to app.ClientStatus) error {
	t.Helper()
	c, err := s.Client(t.Context(), id)
	if err == nil {
		c.Status = to
		_, err = s.SaveClient(t.Context(), c)
	}
	return err
}

func wantAct(t *testing.T, s *apptest.Stage, act string, n int) {
	t.Helper()
	got := 0
	for _, a := range s.Vault.Memory.Acts() {
		if a == act {
			got++
		}
	}
	if got != n {
		t.Errorf("the audit log has %d of %s, want %d: %v", got, act, n, s.Vault.Memory.Acts())
	}
}

// newest are the latest entries of the audit log.
func newest(t *testing.T, r *app.Records, n int) ([]app.AuditRow, error) {
	t.Helper()
	page, err := r.Audit.FindAudit(t.Context(), app.AuditFilter{Limit: n})
	return page.Rows, err
}
