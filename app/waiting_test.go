package app_test

import (
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

func TestWhatWaitsInMemoryIsTold(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		want(t, "nothing", s.Waiting().None(), true)
		d, err := s.NewDraft(t.Context(), addClient(t, s, "Ana"), app.FormatFree)
		must(t, err)
		d.Edit("text", "typed a moment ago")
		want(t, "what a lock will save", s.Waiting().Drafts, 0)
		s.Vault.Memory.Fail(app.ErrDiskFull)
		time.Sleep(3 * time.Second)
		want(t, "what could not be saved", s.Waiting().Drafts, 1)
		s.Lock()
		want(t, "the same, locked", s.Waiting().Drafts, 1)
		s.Vault.Memory.Fail(nil)
		unlock(t, s)
		want(t, "unlocked", s.Waiting().None(), true)
	})
}

func TestASessionThatEndsWhileLockedWaits(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		began := r.view().Started
		time.Sleep(time.Minute)
		s.Lock()
		want(t, "locked, and running", s.Waiting().None(), true)
		r.call.Hear(app.CallEnded{Why: app.EndClient})
		synctest.Wait()
		waits := func(what string) {
			t.Helper()
			w := s.Waiting()
			want(t, what, len(w.Sessions) == 1 && w.Sessions[0].Equal(began), true)
		}
		waits("over, still in the room")
		_, err := r.End(t.Context(), false)
		must(t, err)
		synctest.Wait()
		waits("over, and left")
		unlock(t, s)
		synctest.Wait()
		want(t, "unlocked", s.Waiting().None(), true)
	})
}
