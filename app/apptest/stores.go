package apptest

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
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
		{"Writing", testWriting},
		{"WritingEnds", testWritingEnds},
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
			IdleMinutes: 7, ApartMinutes: 3, InitialsOnly: true, KitConfirmed: true, Theme: "dark",
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
		a.TimeZone == b.TimeZone && a.Welcome == b.Welcome && a.IdleMinutes == b.IdleMinutes && a.ApartMinutes == b.ApartMinutes &&
		a.InitialsOnly == b.InitialsOnly && a.KitConfirmed == b.KitConfirmed && a.Theme == b.Theme &&
		a.Devices == b.Devices && a.Relay == b.Relay && a.RelayToken.Text() == b.RelayToken.Text()
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
	ok(t, r.Audit.Append(ctx, entries[0]))
	ok(t, r.Audit.Append(ctx, entries[1:]...))
	ok(t, r.Audit.Append(ctx))
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
	want(t, "entry that does not", len(proof.Broken), 0)
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
