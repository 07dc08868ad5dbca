package apptest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"alcove/app"
	"alcove/app/chain"
)

// testValuesNotShared: what a caller changes in a value afterwards is not the store's.
func testValuesNotShared(t *testing.T, r *app.Records) {
	ctx := t.Context()
	c := app.Client{ID: "C1", Name: "Ana", Status: app.ClientActive, Tags: []string{"tag"}, PairKey: []byte{1}, Created: day, Changed: day}
	ok(t, r.Clients.SaveClient(ctx, c))
	c.Tags[0], c.PairKey[0] = "changed", 9
	n := app.Note{ID: "N1", Client: "C1", Format: app.FormatFree, Status: app.NotePreliminary, Sections: []app.Section{{Key: "text", Text: "kept"}}, Created: day, Changed: day}
	ok(t, r.Notes.SaveDraft(ctx, n))
	n.Sections[0].Text = "changed"

	got, err := r.Clients.Client(ctx, "C1")
	ok(t, err)
	if got.Tags[0] != "tag" || got.PairKey[0] != 1 {
		t.Errorf("the store shares its caller's slices: %q %v", got.Tags, got.PairKey)
	}
	note, err := r.Notes.Note(ctx, "N1")
	ok(t, err)
	want(t, "section", note.Sections[0].Text, "kept")
}

// testManyAtOnce: a screen searches while drafts and sessions save.
func testManyAtOnce(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	const writers, each = 8, 20
	var wg sync.WaitGroup
	errs := make(chan error, 4*writers*each)
	for w := range writers {
		wg.Go(func() {
			id := app.NoteID(fmt.Sprint("N", w))
			for i := range each {
				errs <- r.Notes.SaveDraft(ctx, app.Note{
					ID: id, Client: "C1", Format: app.FormatFree, Status: app.NotePreliminary,
					Sections: []app.Section{{Key: "text", Text: fmt.Sprint("version ", i)}}, Created: hour(w), Changed: hour(w + i),
				})
				errs <- r.Audit.Append(ctx, app.AuditEntry{At: hour(i), Act: "test", About: string(id)})
				_, err := r.Notes.SearchNotes(ctx, app.NoteQuery{Text: "version"})
				errs <- err
				_, err = r.Clients.FindClients(ctx, app.ClientQuery{Text: "a"})
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		ok(t, err)
	}
	rows, err := r.Notes.Notes(ctx, "C1")
	ok(t, err)
	want(t, "notes", len(rows), writers)
	for _, row := range rows {
		want(t, "last version", row.Excerpt, fmt.Sprint("version ", each-1))
	}
	proof, err := r.Audit.VerifyAudit(ctx, nil)
	ok(t, err)
	want(t, "audit entries", proof.Entries, writers*each)
	want(t, "entry that does not follow", len(proof.Broken), 0)
}

func testContextDone(t *testing.T, r *app.Records) {
	addClient(t, r, "C1", "Ana")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantErr(t, "saving", r.Clients.SaveClient(ctx, app.Client{ID: "C1", Name: "Zoe", Status: app.ClientActive, Created: day, Changed: day}), context.Canceled)
	_, err := r.Clients.Client(ctx, "C1")
	wantErr(t, "reading", err, context.Canceled)
	c, err := r.Clients.Client(t.Context(), "C1")
	ok(t, err)
	want(t, "Name", c.Name, "Ana")
}

func testClosed(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addNote(t, r, "N1", "C1", day, "text")
	ok(t, r.Close())
	ok(t, r.Close()) // idle lock and a click may both close it
	second := func(_ any, err error) error { return err }
	for what, err := range map[string]error{
		"Profile":           second(r.Profile.Profile(ctx)),
		"SaveProfile":       r.Profile.SaveProfile(ctx, app.Profile{}),
		"SaveClient":        r.Clients.SaveClient(ctx, app.Client{ID: "C2", Name: "Ben"}),
		"Client":            second(r.Clients.Client(ctx, "C1")),
		"FindClients":       second(r.Clients.FindClients(ctx, app.ClientQuery{})),
		"CountClients":      second(r.Clients.CountClients(ctx)),
		"Note":              second(r.Notes.Note(ctx, "N1")),
		"Notes":             second(r.Notes.Notes(ctx, "C1")),
		"Drafts":            second(r.Notes.Drafts(ctx, 1)),
		"SearchNotes":       second(r.Notes.SearchNotes(ctx, app.NoteQuery{Text: "text"})),
		"SaveDraft":         r.Notes.SaveDraft(ctx, app.Note{ID: "N1", Client: "C1"}),
		"SignNote":          r.Notes.SignNote(ctx, "N1", app.Signature{}),
		"AddAddendum":       r.Notes.AddAddendum(ctx, "N1", app.Addendum{}),
		"DeleteDraft":       r.Notes.DeleteDraft(ctx, "N1", day),
		"SaveInvite":        r.Invites.SaveInvite(ctx, app.Invite{ID: "I1", Client: "C1"}),
		"Invite":            second(r.Invites.Invite(ctx, "I1")),
		"ClientInvites":     second(r.Invites.ClientInvites(ctx, "C1")),
		"OpenInvites":       second(r.Invites.OpenInvites(ctx, day)),
		"ClosedInvites":     second(r.Invites.ClosedInvites(ctx, day)),
		"SeenKnock":         second(r.Invites.SeenKnock(ctx, "I1", "aa", day)),
		"GuestVerified":     second(r.Guests.GuestVerified(ctx, "C1", []byte{1})),
		"SaveVerifiedGuest": r.Guests.SaveVerifiedGuest(ctx, "C1", []byte{1}, day),
		"ForgetGuests":      r.Guests.ForgetGuests(ctx, "C1"),
		"SaveSession":       r.Sessions.SaveSession(ctx, app.SessionFacts{ID: "S1", Client: "C1"}),
		"DropSession":       r.Sessions.DropSession(ctx, "S1"),
		"ClientSessions":    second(r.Sessions.ClientSessions(ctx, "C1")),
		"CutSessions":       second(r.Sessions.CutSessions(ctx)),
		"Sheet":             second(r.Sheets.Sheet(ctx, "S1")),
		"SaveSheet":         r.Sheets.SaveSheet(ctx, app.Sheet{Session: "S1", Client: "C1"}),
		"LastSheet":         second(r.Sheets.LastSheet(ctx, "C1")),
		"AddPlan":           r.Plans.AddPlan(ctx, plan("P1", "C1", 1, "x", day)),
		"Plans":             second(r.Plans.Plans(ctx, "C1")),
		"PlansDue":          second(r.Plans.PlansDue(ctx, day)),
		"SaveResponse":      save(t, r, response("R1", "C1", 1, 1), nil),
		"VoidResponse":      void(t, r, "R1", app.Voiding{}),
		"ClientResponses":   second(r.Responses.ClientResponses(ctx, "C1")),
		"AnswerAlert":       answerAlert(t, r, "A1", app.AlertAnswer{}),
		"OpenAlerts":        second(r.Alerts.OpenAlerts(ctx)),
		"ClientAlerts":      second(r.Alerts.ClientAlerts(ctx, "C1")),
		"OwnMeasures":       second(r.Measures.OwnMeasures(ctx)),
		"AddMeasure":        r.Measures.AddMeasure(ctx, app.OwnMeasure{Measure: "m", Version: "v"}),
		"RetireMeasure":     r.Measures.RetireMeasure(ctx, "m", "v", true),
		"RemoveMeasure":     r.Measures.RemoveMeasure(ctx, "m", "v"),
		"KeepWriting":       r.Writing.KeepWriting(ctx, app.Writing{}, app.Written{}),
		"Writing":           second(r.Writing.Writing(ctx, app.Writing{})),
		"Append":            r.Audit.Append(ctx, app.AuditEntry{At: day, Act: "x"}),
		"RecordFile":        second(r.Chain.RecordFile(ctx, chain.Facts{Client: "C1"})),
		"ChainKey":          second(r.Chain.ChainKey(ctx)),
		"FindAudit":         second(r.Audit.FindAudit(ctx, app.AuditFilter{})),
		"WalkAudit":         r.Audit.WalkAudit(ctx, app.AuditFilter{}, nil),
		"VerifyAudit":       second(r.Audit.VerifyAudit(ctx, nil)),
	} {
		wantErr(t, what+" after Close", err, app.ErrLocked)
	}
}
