package app_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"

	"alcove/app"
	"alcove/app/apptest"
)

func TestAdmitSpendsASingleLink(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteSingle, false)
		step := s.Line.Doorstep(i.ID)
		pr, _ := s.Profile(t.Context())
		pr.Devices = app.Devices{Camera: "camera2"}
		must(t, s.SaveProfile(t.Context(), pr))
		first := knock(t, s, i.ID, app.Knock{Wants: app.ModalityVoice})
		second := knock(t, s, i.ID, app.Knock{})
		run, err := s.Admit(t.Context(), first.Knock().ID)
		must(t, err)
		synctest.Wait()
		want(t, "Running", s.Running(), run)
		want(t, "admission", first.Admission(), app.Admission{
			Session: run.ID(), Code: true, Modality: app.ModalityVoice, Devices: app.Devices{Camera: "camera2"},
		})
		now := stateOf(t, s, i)
		want(t, "State", now.State, app.InviteUsed)
		want(t, "Admitted", now.Admitted.IsZero(), false)
		want(t, "shut", strings.Join(s.Line.Shuts(), ","), string(i.ID)+" used")
		want(t, "the other one who waited", strings.HasPrefix(second.Answer(), "deny "), true)
		wantAct(t, s, app.ActAdmit, 1)
		late := s.Line.NewDoor(i.ID, app.Knock{})
		step.Knocked(late)
		synctest.Wait()
		want(t, "a knock at a used link", strings.HasPrefix(late.Answer(), "deny "), true)
	})
}

// A crash right behind the admit must find the link spent: nothing is left for a second guest.
func TestTheLinkIsSpentBeforeTheAdmitLeaves(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		single, standing := invite(t, s, app.InviteSingle, false), invite(t, s, app.InviteStanding, false)
		for _, i := range []app.InviteView{single, standing} {
			d := knock(t, s, i.ID, app.Knock{})
			d.OnAdmit(func() {
				now := stateOf(t, s, i)
				want(t, "spent", now.Spent.IsZero(), i.Kind == app.InviteStanding)
				want(t, "pinned", bytes.Equal(now.PinnedKey, d.Knock().GuestKey), i.Kind == app.InviteStanding)
				want(t, "admitted", now.Admitted.IsZero(), false)
			})
			d.FailAdmit(app.ErrRelayAway)
			_, err := s.Admit(t.Context(), d.Knock().ID)
			wantErr(t, "Admit", err, app.ErrRelayAway)
			now := stateOf(t, s, i)
			want(t, "after a failed admit: spent", now.Spent.IsZero(), true)
			want(t, "admitted", now.Admitted.IsZero(), true)
			want(t, "pinned", len(now.PinnedKey), 0)
		}
		d := knock(t, s, single.ID, app.Knock{})
		d.OnAdmit(func() { t.Error("an admit left that could not be noted") })
		s.Vault.Memory.Fail(app.ErrDiskFull)
		_, err := s.Admit(t.Context(), d.Knock().ID)
		wantErr(t, "Admit on a full disk", err, app.ErrDiskFull)
		want(t, "who waits", len(s.Knocks()), 3)
	})
}

func TestOneSessionAtATime(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		a, b := invite(t, s, app.InviteStanding, false), invite(t, s, app.InviteStanding, false)
		da := knock(t, s, a.ID, app.Knock{})
		db := knock(t, s, b.ID, app.Knock{})
		_, err := s.Admit(t.Context(), da.Knock().ID)
		must(t, err)
		_, err = s.Admit(t.Context(), db.Knock().ID)
		wantErr(t, "a second", err, app.ErrInSession)
		want(t, "who still waits", len(s.Knocks()), 1)
		da.Call().Connect()
		da.Call().Hear(app.CallEnded{Why: app.EndClient})
		synctest.Wait()
		second, err := s.Admit(t.Context(), db.Knock().ID) // the first is over, if not closed
		must(t, err)
		want(t, "Running", s.Running(), second)
		list, err := s.Sessions(t.Context(), a.Client)
		must(t, err)
		want(t, "the first has its note", len(list) == 1 && list[0].Note != "", true)
	})
}

func TestAdmitOfAGuestWhoWentAway(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteSingle, false)
		d := knock(t, s, i.ID, app.Knock{})
		d.FailAdmit(app.ErrKnockGone)
		_, err := s.Admit(t.Context(), d.Knock().ID)
		wantErr(t, "Admit", err, app.ErrKnockGone)
		want(t, "State: nothing is spent", stateOf(t, s, i).State, app.InviteOpen)
		if s.Running() != nil {
			t.Error("a session runs with nobody")
		}
		again := knock(t, s, i.ID, app.Knock{})
		_, err = s.Admit(t.Context(), again.Knock().ID)
		must(t, err)
	})
}

func TestAFailedAdmitKeepsTheKnock(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteSingle, false)
		d := knock(t, s, i.ID, app.Knock{})
		d.FailAdmit(app.ErrRelayAway)
		_, err := s.Admit(t.Context(), d.Knock().ID)
		wantErr(t, "Admit", err, app.ErrRelayAway)
		want(t, "who waits", len(s.Knocks()), 1)
		d.FailAdmit(nil)
		run, err := s.Admit(t.Context(), d.Knock().ID)
		must(t, err)
		want(t, "Running", s.Running(), run)
		want(t, "who waits", len(s.Knocks()), 0)
	})
}

// Who leaves while the relay is asked is not put back.
func TestAGuestWhoLeavesDuringTheAdmitIsGone(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteSingle, false)
		for _, fail := range []error{app.ErrRelayAway, app.ErrKnockGone} {
			d := knock(t, s, i.ID, app.Knock{})
			if fail == app.ErrRelayAway {
				d.OnAdmit(func() { d.Leave(); synctest.Wait() })
			}
			d.FailAdmit(fail)
			_, err := s.Admit(t.Context(), d.Knock().ID)
			wantErr(t, "Admit", err, fail)
			want(t, "who waits", len(s.Knocks()), 0)
		}
	})
}
