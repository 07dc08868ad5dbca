package app_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

func invite(t *testing.T, s *apptest.Stage, kind app.InviteKind, pin bool) app.InviteView {
	t.Helper()
	i, err := s.CreateInvite(t.Context(), app.InviteWish{Client: addClient(t, s, "Ana Lima"), Kind: kind, PIN: pin})
	must(t, err)
	return i
}

// knock knocks and waits until the practice has made up its mind.
func knock(t *testing.T, s *apptest.Stage, id app.InviteID, k app.Knock) *apptest.Door {
	t.Helper()
	d := s.Line.Knock(id, k)
	if d == nil {
		t.Fatal("nobody listens")
	}
	synctest.Wait()
	return d
}

func stateOf(t *testing.T, s *apptest.Stage, i app.InviteView) app.InviteView {
	t.Helper()
	list, err := s.Invites(t.Context(), i.Client)
	must(t, err)
	for _, v := range list {
		if v.ID == i.ID {
			return v
		}
	}
	t.Fatal("the invite is gone")
	return app.InviteView{}
}

func TestInviteIsMadeAndListenedAt(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteSingle, false)
		wantEvent(t, s, app.InviteChanged, string(i.Client))
		want(t, "State", i.State, app.InviteOpen)
		want(t, "RelayOnly", i.RelayOnly, true)
		want(t, "life", i.Expires.Sub(i.Created), 7*24*time.Hour)
		want(t, "PIN", i.PIN, "")
		want(t, "Material left out", len(i.Material), 0)
		want(t, "listens", slices.Contains(s.Line.Listening(), i.ID), true)
		card := s.Line.Card(i.ID)
		want(t, "card", card, app.Card{Therapist: "Dr. Maren Holt", Practice: "LCSW 12345, Oregon · Quiet Harbour", Welcome: "I am glad you are here."})
		second, err := s.CreateInvite(t.Context(), app.InviteWish{Client: i.Client, Kind: app.InviteStanding, PIN: true})
		must(t, err)
		want(t, "standing life", second.Expires.Sub(second.Created), 90*24*time.Hour)
		specs := s.Line.Specs()
		want(t, "first pair key", string(specs[0].PairKey), "")
		want(t, "pair key of the second link", string(specs[1].PairKey), "pair 1")
		want(t, "PINWanted", specs[1].PINWanted, true)
		_, err = s.CreateInvite(t.Context(), app.InviteWish{Client: i.Client, Kind: app.InviteStanding})
		wantErr(t, "a second standing link", err, app.ErrStandingExists)
		s.Line.Fail(app.ErrRelayAway)
		_, err = s.CreateInvite(t.Context(), app.InviteWish{Client: i.Client})
		wantErr(t, "no relay", err, app.ErrRelayAway)
		_, err = s.CreateInvite(t.Context(), app.InviteWish{Client: "nobody"})
		wantErr(t, "nobody", err, app.ErrNotFound)
	})
}

func TestDirectClientsGetDirectLinks(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		id, err := s.SaveClient(t.Context(), app.Client{Name: "Ana", Direct: true})
		must(t, err)
		i, err := s.CreateInvite(t.Context(), app.InviteWish{Client: id})
		must(t, err)
		want(t, "RelayOnly", i.RelayOnly || s.Line.Specs()[0].RelayOnly, false)
		d := knock(t, s, i.ID, app.Knock{})
		_, err = s.Admit(t.Context(), d.Knock().ID)
		must(t, err)
		want(t, "Direct", d.Admission().Direct, true)
	})
}

func TestPINsAreSixDigitsAndDiffer(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		c := addClient(t, s, "Ana")
		seen := map[string]bool{}
		first := map[byte]bool{}
		for range 200 {
			i, err := s.CreateInvite(t.Context(), app.InviteWish{Client: c, PIN: true})
			must(t, err)
			if len(i.PIN) != 6 || strings.Trim(i.PIN, "0123456789") != "" {
				t.Fatalf("PIN %q", i.PIN)
			}
			seen[i.PIN], first[i.PIN[0]] = true, true
		}
		// 200 of a million: that more than two pairs meet has a chance of one in 10^6.
		if len(seen) < 197 || len(first) != 10 {
			t.Errorf("%d different PINs of 200, %d first digits", len(seen), len(first))
		}
	})
}

func TestKnockIsShown(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteSingle, true)
		events(t, s)
		d := knock(t, s, i.ID, app.Knock{Name: "Ana at home", PIN: i.PIN, Wants: app.ModalityText})
		wantEvent(t, s, app.KnockChanged, string(d.Knock().ID))
		time.Sleep(90 * time.Second)
		v := s.Knocks()[0]
		want(t, "Name", v.Name, "Ana at home")
		want(t, "ClientName", v.ClientName, "Ana Lima")
		want(t, "Client", v.Client, i.Client)
		want(t, "Kind", v.Kind, app.InviteSingle)
		want(t, "PIN", v.PIN, app.PINRight)
		want(t, "the typed digits", v.Knock.PIN, "")
		want(t, "KnownKey", v.KnownKey, false)
		want(t, "OtherKey", v.OtherKey, false)
		want(t, "Waiting", v.Waiting, 90*time.Second)
		now := stateOf(t, s, i)
		want(t, "Knocks", now.Knocks, 1)
		want(t, "LastKnock", now.LastKnock.IsZero(), false)
		want(t, "State: a knock spends nothing", now.State, app.InviteOpen)

		d.Leave()
		synctest.Wait()
		want(t, "knocks after leaving", len(s.Knocks()), 0)
		_, err := s.Admit(t.Context(), d.Knock().ID)
		wantErr(t, "Admit", err, app.ErrKnockGone)
		wantErr(t, "Deny", s.Deny(t.Context(), d.Knock().ID, ""), app.ErrKnockGone)
		want(t, "State", stateOf(t, s, i).State, app.InviteOpen)
	})
}

func TestWrongPINsCloseTheLink(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteStanding, true)
		wrong := "000000"
		if i.PIN == wrong {
			wrong = "000001"
		}
		step := s.Line.Doorstep(i.ID)
		for n, typed := range []string{wrong, "", i.PIN + "0", i.PIN[:5]} {
			d := knock(t, s, i.ID, app.Knock{PIN: typed})
			want(t, "answer", d.Answer(), fmt.Sprint("pin ", 4-n))
			want(t, "shown", len(s.Knocks()), 0)
		}
		waiting := knock(t, s, i.ID, app.Knock{PIN: i.PIN})
		want(t, "a right one between", waiting.Answer(), "")
		// The count outlives a restart.
		want(t, "stored", stateOf(t, s, i).WrongPINs, 4)
		d := knock(t, s, i.ID, app.Knock{PIN: wrong})
		want(t, "the fifth", d.Answer(), "pin 0")
		want(t, "State", stateOf(t, s, i).State, app.InviteBlocked)
		want(t, "who waited", strings.HasPrefix(waiting.Answer(), "deny "), true)
		want(t, "listening", len(s.Line.Listening()), 0)
		wantAct(t, s, app.ActBlocked, 1)
		late := s.Line.NewDoor(i.ID, app.Knock{PIN: i.PIN})
		step.Knocked(late)
		synctest.Wait()
		want(t, "the right PIN now", strings.HasPrefix(late.Answer(), "deny "), true)
		s.Lock()
		unlock(t, s)
		want(t, "listening after unlock", len(s.Line.Listening()), 0)
	})
}

func TestATryThatCannotBeCountedIsNotAnswered(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteSingle, true)
		open := invite(t, s, app.InviteSingle, false)
		s.Vault.Memory.Fail(app.ErrDiskFull)
		wrong := knock(t, s, i.ID, app.Knock{PIN: "x"})
		right := knock(t, s, i.ID, app.Knock{PIN: i.PIN})
		want(t, "the right PIN is told nothing else than the wrong one", right.Answer(), wrong.Answer())
		want(t, "denied", strings.HasPrefix(right.Answer(), "deny "), true)
		knock(t, s, open.ID, app.Knock{})
		want(t, "without a PIN the door still opens", len(s.Knocks()), 1)
	})
}

func TestDenyIsKindAndAudited(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteStanding, false)
		a, b := knock(t, s, i.ID, app.Knock{}), knock(t, s, i.ID, app.Knock{})
		must(t, s.Deny(t.Context(), a.Knock().ID, " Give me five minutes. "))
		want(t, "own words", a.Answer(), "deny Give me five minutes.")
		must(t, s.Deny(t.Context(), b.Knock().ID, ""))
		want(t, "ours", len(b.Answer()) > len("deny ")+20, true)
		wantAct(t, s, app.ActDeny, 2)
		c := knock(t, s, i.ID, app.Knock{})
		must(t, s.Deny(t.Context(), c.Knock().ID, strings.Repeat("ü", 1000)))
		want(t, "runes", len([]rune(c.Answer())), len("deny ")+400)
	})
}

func TestRevokeShutsTheLink(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteStanding, false)
		d := knock(t, s, i.ID, app.Knock{})
		must(t, s.RevokeInvite(t.Context(), i.ID))
		want(t, "State", stateOf(t, s, i).State, app.InviteRevoked)
		want(t, "who waited", strings.HasPrefix(d.Answer(), "deny "), true)
		want(t, "shut", strings.Join(s.Line.Shuts(), ","), string(i.ID)+" revoked")
		wantAct(t, s, app.ActRevoke, 1)
		_, err := s.CreateInvite(t.Context(), app.InviteWish{Client: i.Client, Kind: app.InviteStanding})
		must(t, err) // now there may be another
		wantErr(t, "none", s.RevokeInvite(t.Context(), "none"), app.ErrNotFound)
	})
}

func TestLinksExpire(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteSingle, false)
		step := s.Line.Doorstep(i.ID)
		s.Lock()
		time.Sleep(app.SingleLife - time.Minute)
		unlock(t, s)
		want(t, "a minute before", len(s.Line.Listening()), 1)
		time.Sleep(time.Minute)
		want(t, "State", stateOf(t, s, i).State, app.InviteExpired)
		d := s.Line.NewDoor(i.ID, app.Knock{})
		step.Knocked(d)
		synctest.Wait()
		want(t, "a knock", strings.HasPrefix(d.Answer(), "deny "), true)
		s.Lock()
		unlock(t, s)
		want(t, "listening", len(s.Line.Listening()), 0)
	})
}

func TestLockShutsTheDoorAndUnlockOpensIt(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		a, b := invite(t, s, app.InviteStanding, false), invite(t, s, app.InviteSingle, false)
		d := knock(t, s, a.ID, app.Knock{})
		step := s.Line.Doorstep(a.ID)
		s.Lock()
		want(t, "who waited", strings.HasPrefix(d.Answer(), "deny "), true)
		want(t, "knocks", len(s.Knocks()), 0)
		shuts := s.Line.Shuts()
		slices.Sort(shuts)
		both := []string{string(a.ID) + " locked", string(b.ID) + " locked"}
		slices.Sort(both)
		if !slices.Equal(shuts, both) {
			t.Errorf("shut: %v, want %v", shuts, both)
		}
		late := s.Line.NewDoor(a.ID, app.Knock{})
		step.Knocked(late) // was on its way
		synctest.Wait()
		want(t, "a late knock", strings.HasPrefix(late.Answer(), "deny "), true)
		unlock(t, s)
		want(t, "listening again", len(s.Line.Listening()), 2)
	})
}

func TestWelcomeIsPublishedAnew(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteStanding, false)
		pr, _ := s.Profile(t.Context())
		pr.Theme = "dark"
		must(t, s.SaveProfile(t.Context(), pr))
		want(t, "shut for a theme", len(s.Line.Shuts()), 0)
		d := knock(t, s, i.ID, app.Knock{})
		pr.Welcome = "Come in."
		must(t, s.SaveProfile(t.Context(), pr))
		want(t, "cut off who waits", len(s.Line.Shuts()), 0)
		must(t, s.Deny(t.Context(), d.Knock().ID, ""))
		must(t, s.SaveProfile(t.Context(), pr))
		want(t, "Welcome", s.Line.Card(i.ID).Welcome, "Come in.")
	})
}

func TestWaitingRoomIsBounded(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteStanding, false)
		for range 50 {
			knock(t, s, i.ID, app.Knock{})
		}
		want(t, "knocks shown", len(s.Knocks()), 20)
		other := invite(t, s, app.InviteSingle, false)
		knock(t, s, other.ID, app.Knock{})
		want(t, "another client is not kept out", len(s.Knocks()), 21)
	})
}

// admitted lets a guest in with a key, types the code if asked to, and ends.
func meet(t *testing.T, s *apptest.Stage, i app.InviteID, key []byte, code bool) (app.KnockView, app.Admission) {
	t.Helper()
	d := knock(t, s, i, app.Knock{GuestKey: bytes.Clone(key)})
	v := s.Knocks()[0]
	run, err := s.Admit(t.Context(), d.Knock().ID)
	must(t, err)
	d.Call().Connect()
	if code {
		run.TypeCode(apptest.CallCode)
	}
	time.Sleep(time.Minute)
	_, err = run.End(t.Context(), false)
	must(t, err)
	return v, d.Admission()
}

func TestKeysOfAStandingLink(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteStanding, false)
		first, second := apptest.GuestKey(), apptest.GuestKey()
		expect := func(what string, v app.KnockView, a app.Admission, known, other, code bool) {
			t.Helper()
			want(t, what+": KnownKey", v.KnownKey, known)
			want(t, what+": OtherKey", v.OtherKey, other)
			want(t, what+": Code", a.Code, code)
		}
		v, a := meet(t, s, i.ID, first, true)
		expect("first contact", v, a, false, false, true)
		want(t, "pinned", bytes.Equal(stateOf(t, s, i).PinnedKey, first), true)
		v, a = meet(t, s, i.ID, first, false)
		expect("the known device", v, a, true, false, false)
		v, a = meet(t, s, i.ID, second, false)
		expect("another device", v, a, false, true, true)
		want(t, "no code, no new pin", bytes.Equal(stateOf(t, s, i).PinnedKey, first), true)
		v, a = meet(t, s, i.ID, second, true)
		expect("another device again", v, a, false, true, true)
		v, a = meet(t, s, i.ID, second, false)
		expect("after its code was typed", v, a, true, false, false)
		v, a = meet(t, s, i.ID, first, false)
		expect("the first, verified once but no longer the link's", v, a, true, true, true)
	})
}

func TestKnownKeyNeedsNoCodeOnASingleLink(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteSingle, false)
		key := apptest.GuestKey()
		meet(t, s, i.ID, key, true)
		next, err := s.CreateInvite(t.Context(), app.InviteWish{Client: i.Client})
		must(t, err)
		v, a := meet(t, s, next.ID, key, false)
		want(t, "KnownKey", v.KnownKey, true)
		want(t, "Code", a.Code, false)
		other := invite(t, s, app.InviteSingle, false) // another client's link
		v, a = meet(t, s, other.ID, key, false)
		want(t, "KnownKey of another client", v.KnownKey, false)
		want(t, "Code of another client", a.Code, true)
	})
}

// A phone that was lost must not pass for its owner for ever.
func TestForgottenDevicesAreStrangers(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteStanding, false)
		lost, other := apptest.GuestKey(), apptest.GuestKey()
		meet(t, s, i.ID, lost, true)
		v, a := meet(t, s, i.ID, lost, false)
		want(t, "known before", v.KnownKey && !a.Code, true)
		waiting := knock(t, s, i.ID, app.Knock{GuestKey: bytes.Clone(lost)})
		events(t, s)
		must(t, s.ForgetDevices(t.Context(), i.Client))
		wantEvent(t, s, app.KnockChanged, string(waiting.Knock().ID))
		want(t, "who waits is known", s.Knocks()[0].KnownKey, false)
		_, err := s.Admit(t.Context(), waiting.Knock().ID)
		must(t, err)
		want(t, "who waits: Code", waiting.Admission().Code, true)
		_, err = s.Running().End(t.Context(), false)
		must(t, err)

		must(t, s.ForgetDevices(t.Context(), i.Client)) // the admit has pinned it again
		want(t, "pinned", len(stateOf(t, s, i).PinnedKey), 0)
		v, a = meet(t, s, i.ID, other, false)
		want(t, "the new one is a stranger, not an intruder", !v.KnownKey && !v.OtherKey && a.Code, true)
		v, a = meet(t, s, i.ID, lost, false)
		want(t, "the lost one", !v.KnownKey && v.OtherKey && a.Code, true)
		wantAct(t, s, app.ActForget, 2)

		s.Vault.Memory.Fail(app.ErrDiskFull)
		wantErr(t, "unrecorded", s.ForgetDevices(t.Context(), i.Client), app.ErrDiskFull)
		s.Vault.Memory.Fail(nil)
		wantErr(t, "nobody", s.ForgetDevices(t.Context(), "none"), app.ErrNotFound)
		s.Lock()
		wantErr(t, "locked", s.ForgetDevices(t.Context(), i.Client), app.ErrLocked)
	})
}
