package apptest

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/safety"
)

// TestStores holds a store to the contract of app. open gives a fresh store without records,
// which it closes when its test is over; every part of the suite opens its own.
func TestStores(t *testing.T, open func(t *testing.T) *app.Records) {
	for _, part := range []struct {
		name string
		test func(*testing.T, *app.Records)
	}{
		{"Profile", testProfile},
		{"Client", testClient},
		{"FindClients", testFindClients},
		{"FindClientsPages", testFindClientsPages},
		{"ClientRow", testClientRow},
		{"CountClients", testCountClients},
		{"Note", testNote},
		{"NoteOrder", testNoteOrder},
		{"NoteExcerpt", testNoteExcerpt},
		{"NoteLong", testNoteLong},
		{"NoteSigned", testNoteSigned},
		{"AddendumDrafts", testAddendumDrafts},
		{"NoteDeleted", testNoteDeleted},
		{"NoteMissing", testNoteMissing},
		{"Drafts", testDrafts},
		{"ReviewsDue", testReviewsDue},
		{"Apart", testApart},
		{"Versions", testVersions},
		{"Bin", testBin},
		{"Templates", testTemplates},
		{"SearchWords", testSearchWords},
		{"SearchIsNoLanguage", testSearchIsNoLanguage},
		{"SearchFollowsChanges", testSearchFollowsChanges},
		{"SearchFilters", testSearchFilters},
		{"SearchMarks", testSearchMarks},
		{"SearchLimit", testSearchLimit},
		{"Invite", testInvite},
		{"OpenInvites", testOpenInvites},
		{"ClosedInvites", testClosedInvites},
		{"SeenKnock", testSeenKnock},
		{"Guests", testGuests},
		{"Sessions", testSessions},
		{"CutSessions", testCutSessions},
		{"Sheets", testSheets},
		{"Plans", testPlans},
		{"PlanDrafts", testPlanDrafts},
		{"PlansDue", testPlansDue},
		{"PlansAtOnce", testPlansAtOnce},
		{"Audit", testAudit},
		{"Chain", testChain},
		{"ChainManyAtOnce", testChainManyAtOnce},
		{"AuditFilter", testAuditFilter},
		{"Responses", testResponses},
		{"Alerts", testAlerts},
		{"Measures", testMeasures},
		{"Trend", testTrend},
		{"ValuesNotShared", testValuesNotShared},
		{"ManyAtOnce", testManyAtOnce},
		{"ContextDone", testContextDone},
		{"Closed", testClosed},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, open(t)) })
	}
}

// day is when the suite's records were made; hours are counted from it.
var day = time.Date(2026, 11, 2, 8, 30, 0, int(250*time.Millisecond), time.UTC)

func hour(n int) time.Time { return day.Add(time.Duration(n) * time.Hour) }

// ok fails the test at the first error.
func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want compares, and says what differs.
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

func wantTime(t *testing.T, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) || got.IsZero() != want.IsZero() {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// addClient saves a client by name and gives their ID.
func addClient(t *testing.T, r *app.Records, id app.ClientID, name string) app.ClientID {
	t.Helper()
	ok(t, r.Clients.SaveClient(context.Background(), app.Client{
		ID: id, Name: name, Status: app.ClientActive, Created: day, Changed: day,
	}))
	return id
}

// addNote saves a free note of one section.
func addNote(t *testing.T, r *app.Records, id app.NoteID, c app.ClientID, created time.Time, text string) {
	t.Helper()
	ok(t, r.Notes.SaveDraft(context.Background(), app.Note{
		ID: id, Client: c, Format: app.FormatFree, Title: "Note", Status: app.NotePreliminary,
		Sections: []app.Section{{Key: "text", Text: text}}, Created: created, Changed: created,
	}))
}

func testProfile(t *testing.T, r *app.Records) {
	ctx := t.Context()
	p, err := r.Profile.Profile(ctx)
	ok(t, err)
	if p.Therapist != "" || p.KitConfirmed || len(p.Languages) != 0 || p.IdleMinutes != 0 {
		t.Errorf("a new store's profile is not zero: %+v", p)
	}
	for _, saved := range []app.Profile{
		{
			Therapist: "Zoë Ångström", Credentials: "LCSW 12345, Oregon", PracticeName: "Stille · 静か",
			Languages: []string{"en", "es-MX"}, TimeZone: "America/Los_Angeles", Welcome: "Hello.\nBe welcome.",
			IdleMinutes: 7, InitialsOnly: true, KitConfirmed: true, Theme: "dark",
			Devices: app.Devices{Camera: "cam", Microphone: "mic", Speaker: "ear"},
			Relay:   app.RelaySettings{URL: "https://relay.example", LAN: true}, RelayToken: app.NewRelayToken("of the clinic's relay"),
			Numbers: []safety.Entry{{
				Place: safety.Place{Country: "US", Region: "OR"}, Note: "asked the sheriff", Checked: day, Ours: true,
				Emergency: []safety.Number{{Name: "Dispatch", Call: "503 555 0100"}},
				Lines:     []safety.Number{{Name: "Line", Text: "741741", Languages: []string{"en"}, Hours: "at night", Source: "x"}},
			}},
		},
		{Therapist: "Only a name"},
	} {
		ok(t, r.Profile.SaveProfile(ctx, saved))
		got, err := r.Profile.Profile(ctx)
		ok(t, err)
		if !slices.Equal(got.Languages, saved.Languages) {
			t.Errorf("Languages: got %q, want %q", got.Languages, saved.Languages)
		}
		if !reflect.DeepEqual(got.Numbers, saved.Numbers) {
			t.Errorf("Numbers: got %+v, want %+v", got.Numbers, saved.Numbers)
		}
		got.Languages, saved.Languages = nil, nil
		if !sameProfile(got, saved) {
			t.Errorf("profile: got %+v, want %+v", got, saved)
		}
	}
}

func sameProfile(a, b app.Profile) bool {
	return a.Therapist == b.Therapist && a.Credentials == b.Credentials && a.PracticeName == b.PracticeName &&
		a.TimeZone == b.TimeZone && a.Welcome == b.Welcome && a.IdleMinutes == b.IdleMinutes &&
		a.InitialsOnly == b.InitialsOnly && a.KitConfirmed == b.KitConfirmed && a.Theme == b.Theme &&
		a.Devices == b.Devices && a.Relay == b.Relay && a.RelayToken.Text() == b.RelayToken.Text()
}

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

func testGuests(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	key, other := bytes.Repeat([]byte{4}, 65), bytes.Repeat([]byte{5}, 65)
	verified := func(c app.ClientID, k []byte) bool {
		t.Helper()
		v, err := r.Guests.GuestVerified(ctx, c, k)
		ok(t, err)
		return v
	}
	want(t, "before", verified("C1", key), false)
	ok(t, r.Guests.SaveVerifiedGuest(ctx, "C1", key, day))
	ok(t, r.Guests.SaveVerifiedGuest(ctx, "C1", key, hour(1))) // a second session verifies it again
	want(t, "after", verified("C1", key), true)
	want(t, "another key of the same client", verified("C1", other), false)
	want(t, "the same key of another client", verified("C2", key), false)
	want(t, "a key cut short", verified("C1", key[:64]), false)
	ok(t, r.Guests.SaveVerifiedGuest(ctx, "C1", other, day))
	want(t, "the first of two", verified("C1", key), true)
	want(t, "the second of two", verified("C1", other), true)

	ok(t, r.Guests.SaveVerifiedGuest(ctx, "C2", key, day))
	ok(t, r.Guests.ForgetGuests(ctx, "C1"))
	ok(t, r.Guests.ForgetGuests(ctx, "C1")) // there is none
	want(t, "the first, forgotten", verified("C1", key), false)
	want(t, "the second, forgotten", verified("C1", other), false)
	want(t, "another client's", verified("C2", key), true)
	ok(t, r.Guests.SaveVerifiedGuest(ctx, "C1", key, hour(2)))
	want(t, "verified anew", verified("C1", key), true)
}

func testAudit(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	entries := []app.AuditEntry{
		{At: hour(2), Act: "unlock"},
		{At: hour(1), Act: "clock was set back"}, // the log's order is that of appending
		{At: hour(1), Act: "session.unverified", Client: "C1", About: "S1"},
	}
	for _, e := range entries {
		ok(t, r.Audit.Append(ctx, e))
	}
	page, err := r.Audit.FindAudit(ctx, app.AuditFilter{})
	ok(t, err)
	if len(page.Rows) != 3 || page.Total != 3 {
		t.Fatalf("%d entries of %d, want 3", len(page.Rows), page.Total)
	}
	for i, got := range page.Rows {
		saved := entries[2-i]
		wantTime(t, "At", got.At, saved.At)
		got.At = saved.At
		want(t, "entry", got.AuditEntry, saved)
		want(t, "number", got.Seq, int64(3-i))
		want(t, "length of the chain", len(got.Chain), 32)
	}
	want(t, "its client's name", page.Rows[0].ClientName, "Ana")
	proof, err := r.Audit.VerifyAudit(ctx, nil)
	ok(t, err)
	want(t, "entries that follow", proof.Entries, 3)
	want(t, "entry that does not", proof.Broken, 0)
}

func testAuditFilter(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana-María Ónega")
	addClient(t, r, "C2", "Boris Petrov")
	for i, e := range []app.AuditEntry{
		{Act: "unlock"}, {Act: "view", Client: "C1"}, {Act: "view", Client: "C2"}, {Act: "sign", Client: "C1"}, {Act: "export", Client: "C9"},
	} {
		e.At = hour(i)
		ok(t, r.Audit.Append(ctx, e))
	}
	view := app.AuditWord{Text: "v", Acts: []string{"view"}}
	for name, c := range map[string]struct {
		f    app.AuditFilter
		want []int64
	}{
		"all":                  {app.AuditFilter{}, []int64{5, 4, 3, 2, 1}},
		"acts":                 {app.AuditFilter{Acts: []string{"view", "sign"}}, []int64{4, 3, 2}},
		"no act":               {app.AuditFilter{Acts: []string{}}, nil},
		"client":               {app.AuditFilter{Client: "C1"}, []int64{4, 2}},
		"a client that is not": {app.AuditFilter{Client: "C9"}, []int64{5}},
		"from":                 {app.AuditFilter{From: hour(3)}, []int64{5, 4}},
		"to":                   {app.AuditFilter{To: hour(1)}, []int64{1}},
		"act's word":           {app.AuditFilter{Words: []app.AuditWord{view}}, []int64{3, 2}},
		"name, accents aside":  {app.AuditFilter{Words: []app.AuditWord{{Text: "mari"}}}, []int64{4, 2}},
		"inside a name":        {app.AuditFilter{Words: []app.AuditWord{{Text: "na"}}}, nil},
		"both words":           {app.AuditFilter{Words: []app.AuditWord{view, {Text: "one"}}}, []int64{2}},
		"page":                 {app.AuditFilter{Limit: 2, Offset: 1}, []int64{4, 3}},
		"past the end":         {app.AuditFilter{Offset: 9}, nil},
	} {
		page, err := r.Audit.FindAudit(ctx, c.f)
		ok(t, err)
		var got []int64
		for _, row := range page.Rows {
			got = append(got, row.Seq)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if c.f.Limit == 0 && c.f.Offset == 0 && page.Total != len(c.want) {
			t.Errorf("%s: total %d", name, page.Total)
		}
		var walked []int64
		if err := r.Audit.WalkAudit(ctx, c.f, func(row app.AuditRow) error { walked = append(walked, row.Seq); return nil }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		slices.Reverse(walked)
		if c.f.Limit == 0 && c.f.Offset == 0 && !slices.Equal(walked, c.want) {
			t.Errorf("%s: walked %v, want %v", name, walked, c.want)
		}
	}
	stop := errors.New("enough")
	wantErr(t, "a walk that is stopped", r.Audit.WalkAudit(ctx, app.AuditFilter{}, func(app.AuditRow) error { return stop }), stop)
}
