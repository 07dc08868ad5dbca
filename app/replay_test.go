package app_test

import (
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

// The relay can keep a knock and send it again: after a lock, and to an app that was started anew.
func TestAKnockSentAgainDoesNothing(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteStanding, true)
		right := knock(t, s, i.ID, app.Knock{PIN: i.PIN})
		must(t, s.Deny(t.Context(), right.Knock().ID, ""))
		wrong := knock(t, s, i.ID, app.Knock{PIN: "x"})
		before := stateOf(t, s, i)
		want(t, "Knocks", before.Knocks, 2)
		replay := func(p *app.Practice) {
			t.Helper()
			events(t, &apptest.Stage{Practice: p})
			for _, d := range []*apptest.Door{right.Again(), wrong.Again()} {
				s.Line.Doorstep(i.ID).Knocked(d)
				synctest.Wait()
				want(t, "answer", d.Answer(), "")
			}
			want(t, "waiting", len(p.Knocks()), 0)
			want(t, "events", len(events(t, &apptest.Stage{Practice: p})), 0)
			list, err := p.Invites(t.Context(), i.Client)
			must(t, err)
			want(t, "Knocks", list[0].Knocks, 2)
			want(t, "WrongPINs", list[0].WrongPINs, 1)
			want(t, "LastKnock", list[0].LastKnock, before.LastKnock)
		}
		replay(s.Practice)
		s.Lock()
		time.Sleep(23 * time.Hour)
		unlock(t, s)
		replay(s.Practice)
		s.Lock()
		anew := app.New(app.Deps{Vault: s.Vault, Line: s.Line, Devices: s.Line})
		must(t, anew.Unlock(t.Context(), apptest.Pass()))
		defer anew.Lock()
		replay(anew)
	})
}

// What came while nothing could be noted is remembered until the app ends.
func TestAKnockThatCouldNotBeNotedIsRemembered(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteStanding, false)
		s.Vault.Memory.Fail(app.ErrDiskFull)
		full := knock(t, s, i.ID, app.Knock{})
		s.Vault.Memory.Fail(nil)
		must(t, s.Deny(t.Context(), full.Knock().ID, ""))
		step := s.Line.Doorstep(i.ID)
		s.Lock()
		late := s.Line.NewDoor(i.ID, app.Knock{})
		step.Knocked(late)
		synctest.Wait()
		unlock(t, s)
		for _, d := range []*apptest.Door{full, late} {
			s.Line.Doorstep(i.ID).Knocked(d.Again())
		}
		synctest.Wait()
		want(t, "waiting", len(s.Knocks()), 0)
	})
}
