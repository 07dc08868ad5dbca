package apptest

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/measure"
)

func testClient(t *testing.T, r *app.Records) {
	ctx := t.Context()
	_, err := r.Clients.Client(ctx, "none")
	wantErr(t, "a missing client", err, app.ErrNotFound)

	saved := app.Client{
		ID: "C1", Name: "Ágnes Ó Briain 👋", Pronouns: "she/her", Email: "a@example.org", Phone: "+353 1 234",
		TimeZone: "Europe/Dublin", Emergency: app.EmergencyContact{Name: "Seán", Relation: "brother", Phone: "112"},
		Tags: []string{"grief", "50 % fee", "it's \"quoted\""}, Focus: "CBT; DROP TABLE clients", Status: app.ClientWaitlist,
		Direct: true, Asks: []measure.ID{"phq-9", "who-5"}, PairKey: []byte{0, 1, 254, 255}, Created: hour(1), Changed: hour(2),
	}
	ok(t, r.Clients.SaveClient(ctx, saved))
	wantClient(t, r, saved)

	saved.Name, saved.Tags, saved.Asks, saved.PairKey, saved.Direct = "Agnes", nil, nil, nil, false
	saved.Emergency, saved.Status, saved.Changed = app.EmergencyContact{}, app.ClientArchived, hour(3)
	ok(t, r.Clients.SaveClient(ctx, saved))
	wantClient(t, r, saved)

	page, err := r.Clients.FindClients(ctx, app.ClientQuery{})
	ok(t, err)
	want(t, "a replaced client counts once", page.Total, 1)
}

func wantClient(t *testing.T, r *app.Records, saved app.Client) {
	t.Helper()
	got, err := r.Clients.Client(t.Context(), saved.ID)
	ok(t, err)
	wantTime(t, "Created", got.Created, saved.Created)
	wantTime(t, "Changed", got.Changed, saved.Changed)
	if !slices.Equal(got.Tags, saved.Tags) {
		t.Errorf("Tags: got %q, want %q", got.Tags, saved.Tags)
	}
	if !slices.Equal(got.Asks, saved.Asks) {
		t.Errorf("Asks: got %q, want %q", got.Asks, saved.Asks)
	}
	if !bytes.Equal(got.PairKey, saved.PairKey) {
		t.Errorf("PairKey: got %v, want %v", got.PairKey, saved.PairKey)
	}
	want(t, "Name", got.Name, saved.Name)
	want(t, "Pronouns", got.Pronouns, saved.Pronouns)
	want(t, "Email", got.Email, saved.Email)
	want(t, "Phone", got.Phone, saved.Phone)
	want(t, "TimeZone", got.TimeZone, saved.TimeZone)
	want(t, "Emergency", got.Emergency, saved.Emergency)
	want(t, "Focus", got.Focus, saved.Focus)
	want(t, "Status", got.Status, saved.Status)
	want(t, "Direct", got.Direct, saved.Direct)
}

func testFindClients(t *testing.T, r *app.Records) {
	ctx := t.Context()
	for _, c := range []app.Client{
		{ID: "C1", Name: "Zoe Brandt", Tags: []string{"grief", "couples therapy"}, Focus: "EMDR, weekly"},
		{ID: "C2", Name: "bela Árvai", Focus: "Panic", Status: app.ClientWaitlist},
		{ID: "C3", Name: "Ágnes O'Brien-Díaz", Tags: []string{"Depression"}},
		{ID: "C4", Name: "Иван Петров", Status: app.ClientArchived},
		{ID: "C5", Name: "100% Anna_B"},
	} {
		if c.Status == "" {
			c.Status = app.ClientActive
		}
		c.Created, c.Changed = day, day
		ok(t, r.Clients.SaveClient(ctx, c))
	}
	all := []app.ClientID{"C5", "C3", "C2", "C1", "C4"}
	for _, x := range []struct {
		text   string
		status app.ClientStatus
		want   []app.ClientID
	}{
		{"", "", all},
		{"   ", "", all},
		{"", app.ClientWaitlist, []app.ClientID{"C2"}},
		{"zo", "", []app.ClientID{"C1"}},
		{"BRA", "", []app.ClientID{"C1"}},                   // any word, case aside
		{"andt", "", nil},                                   // its beginning only
		{"agnes", "", []app.ClientID{"C3"}},                 // typed without the accent
		{"ÁRV", "", []app.ClientID{"C2"}},                   // typed with it, in capitals
		{"arva", app.ClientActive, nil},                     // filtered by status
		{"diaz", "", []app.ClientID{"C3"}},                  // a hyphen parts words
		{"grie", "", []app.ClientID{"C1"}},                  // a tag
		{"ther", "", []app.ClientID{"C1"}},                  // the second word of a tag
		{"pani", "", []app.ClientID{"C2"}},                  // focus
		{"zoe emdr", "", []app.ClientID{"C1"}},              // across name and focus
		{"em zo", "", []app.ClientID{"C1"}},                 // each word a beginning, in any order
		{"zoe panic", "", nil},                              // each must match
		{"иВа", "", []app.ClientID{"C4"}},                   // not only Latin has capitals
		{"100%", "", []app.ClientID{"C5"}},                  // a percent sign is no wildcard
		{"a", "", []app.ClientID{"C5", "C3", "C2"}},         // by name, accents and case aside
		{"\"zoe", "", []app.ClientID{"C1"}},                 // an open quote is no syntax
		{"zoe OR bela", "", nil},                            // nor is OR
		{"o'brien", app.ClientActive, []app.ClientID{"C3"}}, // nor an apostrophe
	} {
		page, err := r.Clients.FindClients(ctx, app.ClientQuery{Text: x.text, Status: x.status})
		if err != nil {
			t.Errorf("%q: %v", x.text, err)
			continue
		}
		if got := clientIDs(page); !slices.Equal(got, x.want) {
			t.Errorf("%q %q: got %v, want %v", x.text, x.status, got, x.want)
		}
		want(t, "Total of "+x.text, page.Total, len(x.want))
	}
	// The index follows a change of name.
	ok(t, r.Clients.SaveClient(ctx, app.Client{ID: "C1", Name: "Yusuf", Status: app.ClientActive, Created: day, Changed: day}))
	for text, n := range map[string]int{"zoe": 0, "grief": 0, "yus": 1} {
		page, err := r.Clients.FindClients(ctx, app.ClientQuery{Text: text})
		ok(t, err)
		want(t, text+" after the change", page.Total, n)
	}
}

func clientIDs(p app.ClientPage) []app.ClientID {
	var ids []app.ClientID
	for _, r := range p.Rows {
		ids = append(ids, r.ID)
	}
	return ids
}

func testFindClientsPages(t *testing.T, r *app.Records) {
	ctx := t.Context()
	const n = 205
	for i := range n {
		addClient(t, r, app.ClientID(fmt.Sprintf("C%03d", i)), fmt.Sprintf("Client %03d", n-1-i))
	}
	for _, x := range []struct {
		q     app.ClientQuery
		first string
		rows  int
	}{
		{app.ClientQuery{}, "Client 000", 200},
		{app.ClientQuery{Limit: 10}, "Client 000", 10},
		{app.ClientQuery{Limit: 10, Offset: 10}, "Client 010", 10},
		{app.ClientQuery{Limit: 10, Offset: 200}, "Client 200", 5},
		{app.ClientQuery{Offset: 204}, "Client 204", 1},
		{app.ClientQuery{Offset: 400}, "", 0},
		{app.ClientQuery{Text: "cli", Limit: 3, Offset: 100}, "Client 100", 3},
	} {
		page, err := r.Clients.FindClients(ctx, x.q)
		ok(t, err)
		want(t, fmt.Sprintf("Total of %+v", x.q), page.Total, n)
		want(t, fmt.Sprintf("rows of %+v", x.q), len(page.Rows), x.rows)
		if len(page.Rows) > 0 {
			want(t, fmt.Sprintf("first of %+v", x.q), page.Rows[0].Name, x.first)
		}
	}
}

func testClientRow(t *testing.T, r *app.Records) {
	ctx := t.Context()
	ok(t, r.Clients.SaveClient(ctx, app.Client{
		ID: "C1", Name: "Ana", Pronouns: "they/them", Focus: "Sleep", Tags: []string{"a", "b"},
		Status: app.ClientActive, Created: day, Changed: day,
	}))
	addClient(t, r, "C2", "Ben")
	ok(t, r.Invites.SaveInvite(ctx, app.Invite{ID: "I1", Client: "C1", Kind: app.InviteStanding, Created: day, Expires: hour(9)}))
	for id, started := range map[app.SessionID]time.Time{"S1": hour(1), "S2": hour(5), "S3": hour(3)} {
		ok(t, r.Sessions.SaveSession(ctx, app.SessionFacts{ID: id, Client: "C1", Invite: "I1", Started: started, Ended: started.Add(time.Hour)}))
	}
	addNote(t, r, "N1", "C1", hour(1), "one")
	addNote(t, r, "N2", "C1", hour(2), "two")
	addNote(t, r, "N3", "C1", hour(3), "three")
	ok(t, r.Notes.SignNote(ctx, "N2", app.Signature{By: "T", At: hour(4)}))

	page, err := r.Clients.FindClients(ctx, app.ClientQuery{})
	ok(t, err)
	if len(page.Rows) != 2 {
		t.Fatalf("%d rows, want 2", len(page.Rows))
	}
	ana, ben := page.Rows[0], page.Rows[1]
	wantTime(t, "LastSeen", ana.LastSeen, hour(5))
	wantTime(t, "LastSeen without a session", ben.LastSeen, time.Time{})
	want(t, "Drafts", ana.Drafts, 2)
	want(t, "Drafts of Ben", ben.Drafts, 0)
	want(t, "Pronouns", ana.Pronouns, "they/them")
	want(t, "Focus", ana.Focus, "Sleep")
	want(t, "Status", ana.Status, app.ClientActive)
	if !slices.Equal(ana.Tags, []string{"a", "b"}) {
		t.Errorf("Tags: %q", ana.Tags)
	}
}

func testCountClients(t *testing.T, r *app.Records) {
	ctx := t.Context()
	counts, err := r.Clients.CountClients(ctx)
	ok(t, err)
	want(t, "active in an empty caseload", counts[app.ClientActive], 0)
	for i, s := range []app.ClientStatus{app.ClientActive, app.ClientActive, app.ClientArchived} {
		ok(t, r.Clients.SaveClient(ctx, app.Client{ID: app.ClientID(fmt.Sprint(i)), Name: "x", Status: s, Created: day, Changed: day}))
	}
	counts, err = r.Clients.CountClients(ctx)
	ok(t, err)
	want(t, "active", counts[app.ClientActive], 2)
	want(t, "waitlist", counts[app.ClientWaitlist], 0)
	want(t, "archived", counts[app.ClientArchived], 1)
}
