package app_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

func TestNextGivesEachEventOnceInOrder(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		events(t, s)
		a := addClient(t, s, "Ana")
		b := addClient(t, s, "Ben")
		must(t, setStatus(t, s, a, app.ClientArchived))
		got := events(t, s)
		want := []app.Event{{Kind: app.ClientChanged, ID: string(a)}, {Kind: app.ClientChanged, ID: string(b)}}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		must(t, setStatus(t, s, a, app.ClientActive))
		if got := events(t, s); len(got) != 1 {
			t.Errorf("an event that was read must be told again: %v", got)
		}
		if got := events(t, s); got != nil {
			t.Errorf("nothing changed, but %v", got)
		}
	})
}

func TestNextWaitsAndEndsWithItsContext(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		events(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan error, 2)
		read := func() {
			_, err := s.Next(ctx)
			got <- err
		}
		go read()
		time.Sleep(time.Minute)
		addClient(t, s, "Ana")
		want(t, "Next after an event", <-got, nil)
		go read()
		synctest.Wait()
		cancel()
		wantErr(t, "Next after cancel", <-got, context.Canceled)
	})
}

func TestPublishingNeverWaitsForAReader(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		for range 2000 { // nobody reads
			addClient(t, s, "Ana")
		}
		if n := len(events(t, s)); n < 2000 {
			t.Errorf("%d events came through, want 2000 and more", n)
		}
	})
}
