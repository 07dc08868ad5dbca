package apptest

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alcove/app"
)

func testInvite(t *testing.T, r *app.Records) {
	ctx := t.Context()
	c := addClient(t, r, "C1", "Ana")
	full := app.Invite{
		ID: "I1", Client: c, Kind: app.InviteStanding, Link: "https://h/j#1abc", PIN: "004211", RelayOnly: true,
		Created: hour(0), Expires: hour(5), Knocks: 3, LastKnock: hour(1), WrongPINs: 2, Admitted: hour(2),
		Spent: hour(3), Revoked: hour(4), Withdrawn: hour(5), PinnedKey: []byte{4, 0, 255}, Material: []byte{0, 1, 2},
	}
	bare := app.Invite{ID: "I2", Client: c, Kind: app.InviteSingle, Link: "https://h/j#1def", Created: hour(1), Expires: hour(9)}
	for _, saved := range []app.Invite{full, bare} {
		ok(t, r.Invites.SaveInvite(ctx, saved))
		got, err := r.Invites.Invite(ctx, saved.ID)
		ok(t, err)
		wantInvite(t, got, saved)
	}
	full.Knocks, full.PinnedKey = 4, []byte{9}
	ok(t, r.Invites.SaveInvite(ctx, full))
	got, err := r.Invites.Invite(ctx, full.ID)
	ok(t, err)
	wantInvite(t, got, full)

	_, err = r.Invites.Invite(ctx, "none")
	wantErr(t, "a missing invite", err, app.ErrNotFound)

	addClient(t, r, "C2", "Ben")
	ok(t, r.Invites.SaveInvite(ctx, app.Invite{ID: "I3", Client: "C2", Kind: app.InviteSingle, Created: hour(2), Expires: hour(9)}))
	list, err := r.Invites.ClientInvites(ctx, c)
	ok(t, err)
	if len(list) != 2 || list[0].ID != "I2" || list[1].ID != "I1" {
		t.Errorf("a client's invites, newest first: %v", inviteIDs(list))
	}
	list, err = r.Invites.ClientInvites(ctx, "nobody")
	ok(t, err)
	want(t, "invites of nobody", len(list), 0)
}

func wantInvite(t *testing.T, got, saved app.Invite) {
	t.Helper()
	for _, x := range []struct {
		what string
		a, b time.Time
	}{
		{"Created", got.Created, saved.Created},
		{"Expires", got.Expires, saved.Expires},
		{"LastKnock", got.LastKnock, saved.LastKnock},
		{"Admitted", got.Admitted, saved.Admitted},
		{"Spent", got.Spent, saved.Spent},
		{"Revoked", got.Revoked, saved.Revoked},
		{"Withdrawn", got.Withdrawn, saved.Withdrawn},
	} {
		wantTime(t, x.what, x.a, x.b)
	}
	if !bytes.Equal(got.PinnedKey, saved.PinnedKey) || !bytes.Equal(got.Material, saved.Material) {
		t.Errorf("keys: got %v %v, want %v %v", got.PinnedKey, got.Material, saved.PinnedKey, saved.Material)
	}
	if got.ID != saved.ID || got.Client != saved.Client || got.Kind != saved.Kind || got.Link != saved.Link ||
		got.PIN != saved.PIN || got.RelayOnly != saved.RelayOnly || got.Knocks != saved.Knocks || got.WrongPINs != saved.WrongPINs {
		t.Errorf("invite: got %+v, want %+v", got, saved)
	}
}

func inviteIDs(list []app.Invite) []app.InviteID {
	var ids []app.InviteID
	for _, i := range list {
		ids = append(ids, i.ID)
	}
	return ids
}

func testOpenInvites(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	base := app.Invite{Client: "C1", Kind: app.InviteSingle, Created: day, Expires: hour(10)}
	for id, change := range map[app.InviteID]func(*app.Invite){
		"open":      func(*app.Invite) {},
		"other":     func(i *app.Invite) { i.Client = "C2" },
		"nearly":    func(i *app.Invite) { i.WrongPINs = app.MaxWrongPINs - 1 },
		"admitted":  func(i *app.Invite) { i.Kind, i.Admitted = app.InviteStanding, hour(1) },
		"lasttick":  func(i *app.Invite) { i.Expires = hour(5).Add(time.Millisecond) },
		"x-blocked": func(i *app.Invite) { i.WrongPINs = app.MaxWrongPINs },
		"x-spent":   func(i *app.Invite) { i.Spent = hour(1) },
		"x-revoked": func(i *app.Invite) { i.Revoked = hour(1) },
		"x-expired": func(i *app.Invite) { i.Expires = hour(4) },
		"x-now":     func(i *app.Invite) { i.Expires = hour(5) },
	} {
		i := base
		i.ID = id
		change(&i)
		ok(t, r.Invites.SaveInvite(ctx, i))
	}
	list, err := r.Invites.OpenInvites(ctx, hour(5))
	ok(t, err)
	got := inviteIDs(list)
	slices.Sort(got)
	if !slices.Equal(got, []app.InviteID{"admitted", "lasttick", "nearly", "open", "other"}) {
		t.Errorf("open invites: %v", got)
	}
}

func testClosedInvites(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	for id, change := range map[app.InviteID]func(*app.Invite){
		"spent":       func(i *app.Invite) { i.Spent = hour(1) },
		"revoked":     func(i *app.Invite) { i.Revoked = hour(1) },
		"blocked":     func(i *app.Invite) { i.WrongPINs = app.MaxWrongPINs },
		"x-open":      func(*app.Invite) {},
		"x-withdrawn": func(i *app.Invite) { i.Spent, i.Withdrawn = hour(1), hour(2) },
		"x-expired":   func(i *app.Invite) { i.Revoked, i.Expires = hour(1), hour(5) },
	} {
		i := app.Invite{ID: id, Client: "C1", Kind: app.InviteSingle, Created: day, Expires: hour(10), Material: []byte{7}}
		change(&i)
		ok(t, r.Invites.SaveInvite(ctx, i))
	}
	list, err := r.Invites.ClosedInvites(ctx, hour(5))
	ok(t, err)
	got := inviteIDs(list)
	slices.Sort(got)
	if !slices.Equal(got, []app.InviteID{"blocked", "revoked", "spent"}) {
		t.Errorf("closed invites: %v", got)
	}
	for _, i := range list {
		want(t, "the line's keys of "+string(i.ID), string(i.Material), "\x07")
	}
}

func testSeenKnock(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	for _, id := range []app.InviteID{"I1", "I2"} {
		ok(t, r.Invites.SaveInvite(ctx, app.Invite{ID: id, Client: "C1", Kind: app.InviteSingle, Created: day, Expires: hour(99)}))
	}
	for _, x := range []struct {
		what   string
		invite app.InviteID
		knock  app.KnockID
		at     time.Time
		again  bool
	}{
		{"the first", "I1", "aa", hour(0), false},
		{"at once again", "I1", "aa", hour(0), true},
		{"another", "I1", "ab", hour(1), false},
		{"at another link", "I2", "aa", hour(1), false},
		{"a day later", "I1", "aa", hour(24), true},
		{"to the last moment", "I1", "aa", day.Add(app.KnockLife), true}, // and a replay does not prolong it
		{"forgotten", "I1", "aa", day.Add(app.KnockLife + time.Second), false},
		{"the younger one is not", "I1", "ab", day.Add(app.KnockLife + time.Second), true},
	} {
		again, err := r.Invites.SeenKnock(ctx, x.invite, x.knock, x.at)
		ok(t, err)
		want(t, x.what, again, x.again)
	}
	var first atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			again, err := r.Invites.SeenKnock(ctx, "I1", "race", hour(40))
			if err != nil {
				t.Error(err)
			}
			if !again {
				first.Add(1)
			}
		})
	}
	all.Wait()
	want(t, "of eight at once, told to be the first", first.Load(), int32(1))
}
