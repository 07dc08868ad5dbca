package app_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"alcove/app"
	"alcove/app/apptest"
)

// What the relay was not told because it was away is told after the next unlock, until it answers.
func TestClosedLinksAreWithdrawnAtTheNextUnlock(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		spent, revoked := invite(t, s, app.InviteSingle, false), invite(t, s, app.InviteStanding, false)
		blocked, open := invite(t, s, app.InviteSingle, true), invite(t, s, app.InviteSingle, false)
		meet(t, s, spent.ID, nil, false)
		must(t, s.RevokeInvite(t.Context(), revoked.ID))
		for range app.MaxWrongPINs {
			knock(t, s, blocked.ID, app.Knock{PIN: "x"})
		}
		want(t, "asked while the line shuts them itself", len(s.Line.Withdrawals()), 0)
		s.Lock()
		anew := app.New(app.Deps{Vault: s.Vault, Line: s.Line, Devices: s.Line})
		again := func() []string {
			must(t, anew.Unlock(t.Context(), apptest.Pass()))
			synctest.Wait()
			anew.Lock()
			return s.Line.Withdrawals()
		}
		asked := again()
		slices.Sort(asked)
		all := []string{string(spent.ID) + " used material 1", string(revoked.ID) + " revoked material 2", string(blocked.ID) + " revoked material 3"}
		slices.Sort(all)
		if !slices.Equal(asked, all) {
			t.Errorf("asked: %v, want %v", asked, all)
		}
		want(t, "asked twice by one line", len(again()), 3)
		s.Line.Withdrawn(spent.ID) // while locked: asked again later
		synctest.Wait()
		want(t, "asked after an answer that could not be noted", len(again()), 4)
		must(t, anew.Unlock(t.Context(), apptest.Pass()))
		for _, id := range []app.InviteID{spent.ID, revoked.ID, blocked.ID} {
			s.Line.Withdrawn(id)
		}
		synctest.Wait()
		anew.Lock()
		want(t, "asked after the answers", len(again()), 4)
		unlock(t, s)
		want(t, "Withdrawn", stateOf(t, s, spent).Withdrawn.IsZero(), false)
		want(t, "an open link", stateOf(t, s, open).Withdrawn.IsZero(), true)
	})
}
