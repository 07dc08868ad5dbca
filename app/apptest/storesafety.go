package apptest

import (
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/safety"
)

func plan(id app.PlanID, c app.ClientID, version int, text string, review time.Time) app.SafetyPlan {
	return app.SafetyPlan{ID: id, Client: c, Plan: safety.Plan{
		Version: version, Review: review, By: "T", At: hour(version),
		Steps: safety.Steps{0: {{Text: text}}, 3: {{Text: "Luis", Phone: "+1 503 555 0101"}, {Phone: "112"}}},
	}}
}

func testPlans(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	none, err := r.Plans.Plans(ctx, "C1")
	ok(t, err)
	want(t, "plans at first", len(none), 0)

	first, second := plan("P1", "C1", 1, "pacing", hour(100)), plan("P2", "C1", 2, "pacing, and no sleep", hour(200))
	ok(t, r.Plans.AddPlan(ctx, first))
	wantErr(t, "the same version", r.Plans.AddPlan(ctx, plan("P9", "C1", 1, "other", hour(1))), app.ErrPlanMoved)
	wantErr(t, "a version too far", r.Plans.AddPlan(ctx, plan("P9", "C1", 3, "other", hour(1))), app.ErrPlanMoved)
	ok(t, r.Plans.AddPlan(ctx, second))
	ok(t, r.Plans.AddPlan(ctx, plan("P3", "C2", 1, "of another client", hour(50))))

	all, err := r.Plans.Plans(ctx, "C1")
	ok(t, err)
	if len(all) != 2 {
		t.Fatalf("%d versions", len(all))
	}
	for i, saved := range []app.SafetyPlan{second, first} {
		got := all[i]
		wantTime(t, "Review", got.Review, saved.Review)
		wantTime(t, "At", got.At, saved.At)
		got.Review, got.At = saved.Review, saved.At
		if !reflect.DeepEqual(got, saved) {
			t.Errorf("version %d: got %+v, want %+v", saved.Version, got, saved)
		}
	}

	f := readRecord(t, r, "C1")
	if len(f.Entries) != 2 || f.Entries[1].Kind != "plan.version" || f.Entries[1].ID != "P2" || f.Entries[1].Body.Sections[3].Text != "Luis · +1 503 555 0101\n112" {
		t.Errorf("the chain: %+v", f.Entries)
	}
}

func testPlansDue(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Zoe")
	addClient(t, r, "C2", "ábel")
	addClient(t, r, "C3", "Carl")
	ok(t, r.Clients.SaveClient(ctx, app.Client{ID: "C4", Name: "Gone", Status: app.ClientArchived, Created: day, Changed: day}))
	ok(t, r.Plans.AddPlan(ctx, plan("P1", "C1", 1, "x", hour(5))))
	ok(t, r.Plans.AddPlan(ctx, plan("P2", "C2", 1, "x", hour(5))))
	ok(t, r.Plans.AddPlan(ctx, plan("P3", "C3", 1, "x", hour(1))))
	ok(t, r.Plans.AddPlan(ctx, plan("P4", "C3", 2, "x", hour(9)))) // reviewed
	ok(t, r.Plans.AddPlan(ctx, plan("P5", "C4", 1, "x", hour(1))))
	for _, x := range []struct {
		by   time.Time
		want string
	}{{hour(4), ""}, {hour(5), "ábel Zoe "}, {hour(9), "ábel Zoe Carl "}} {
		due, err := r.Plans.PlansDue(ctx, x.by)
		ok(t, err)
		names := ""
		for _, d := range due {
			names += d.ClientName + " "
			if d.Client == "C3" {
				want(t, "the latest version", d.Version, 2)
				wantTime(t, "Review", d.Review, hour(9))
			}
		}
		want(t, "due", names, x.want)
	}
}

// Of many who write the next version at once, one does.
func testPlansAtOnce(t *testing.T, r *app.Records) {
	addClient(t, r, "C1", "Ana")
	var done atomic.Int32
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			switch err := r.Plans.AddPlan(t.Context(), plan(app.PlanID(rune('a'+i)), "C1", 1, "x", day)); err {
			case nil:
				done.Add(1)
			default:
				wantErr(t, "the others", err, app.ErrPlanMoved)
			}
		})
	}
	all.Wait()
	want(t, "written", done.Load(), 1)
}

func testSessions(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	ok(t, r.Invites.SaveInvite(ctx, app.Invite{ID: "I1", Client: "C1", Kind: app.InviteSingle, Created: day, Expires: hour(9)}))
	running := app.SessionFacts{ID: "S1", Client: "C1", Invite: "I1", Started: hour(1), Modality: app.ModalityVideo}
	ok(t, r.Sessions.SaveSession(ctx, running))
	ok(t, r.Sessions.SaveSession(ctx, app.SessionFacts{ID: "S2", Client: "C1", Invite: "I1", Started: hour(3), Alive: hour(4), Modality: app.ModalityText, Trust: app.TrustKnown}))
	ok(t, r.Sessions.SaveSession(ctx, app.SessionFacts{ID: "S3", Client: "C2", Invite: "I1", Started: hour(2), Modality: app.ModalityVoice}))

	// The end of a session: its draft first, then the facts that point at it.
	ok(t, r.Notes.SaveDraft(ctx, app.Note{ID: "N1", Client: "C1", Session: "S1", Format: app.FormatFree, Status: app.NotePreliminary, Created: hour(2), Changed: hour(2)}))
	ended := running
	ended.Ended, ended.Trust, ended.Note = hour(2), app.TrustCode, "N1"
	ok(t, r.Sessions.SaveSession(ctx, ended))

	list, err := r.Sessions.ClientSessions(ctx, "C1")
	ok(t, err)
	if len(list) != 2 || list[0].ID != "S2" || list[1].ID != "S1" {
		t.Fatalf("a client's sessions, newest first: %+v", list)
	}
	wantTime(t, "Ended of a running session", list[0].Ended, time.Time{})
	wantTime(t, "Alive", list[0].Alive, hour(4))
	got := list[1]
	wantTime(t, "Started", got.Started, ended.Started)
	wantTime(t, "Ended", got.Ended, ended.Ended)
	got.Started, got.Ended = ended.Started, ended.Ended
	want(t, "facts", got, ended)
	n, err := r.Notes.Note(ctx, "N1")
	ok(t, err)
	want(t, "the note's session", n.Session, "S1")

	ok(t, r.Sheets.SaveSheet(ctx, app.Sheet{Session: "S3", Client: "C2", Started: hour(2)}))
	ok(t, r.Sessions.DropSession(ctx, "S3"))
	ok(t, r.Sessions.DropSession(ctx, "S3"))
	list, err = r.Sessions.ClientSessions(ctx, "C2")
	ok(t, err)
	want(t, "dropped", len(list), 0)
	_, err = r.Sheets.Sheet(ctx, "S3")
	wantErr(t, "and its sheet", err, app.ErrNotFound)
	list, err = r.Sessions.ClientSessions(ctx, "C1")
	ok(t, err)
	want(t, "the others", len(list), 2)
}

func testCutSessions(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	save := func(id app.SessionID, start time.Time, note app.NoteID) {
		t.Helper()
		ok(t, r.Sessions.SaveSession(ctx, app.SessionFacts{ID: id, Client: "C1", Started: start, Note: note}))
	}
	draft := func(id app.NoteID) {
		t.Helper()
		ok(t, r.Notes.SaveDraft(ctx, app.Note{ID: id, Client: "C1", Format: app.FormatFree, Status: app.NotePreliminary, Created: day, Changed: day}))
	}
	draft("draft")
	draft("signed")
	ok(t, r.Notes.SignNote(ctx, "signed", app.Signature{By: "T", At: day}))
	draft("deleted")
	ok(t, r.Notes.DeleteDraft(ctx, "deleted", day))
	save("none", hour(1), "")
	save("draft", hour(2), "draft")
	save("signed", hour(3), "signed")
	save("deleted", hour(4), "deleted")
	ok(t, r.Sessions.SaveSession(ctx, app.SessionFacts{ID: "ended", Client: "C1", Started: hour(5), Ended: hour(6)}))
	all, err := r.Sessions.CutSessions(ctx)
	ok(t, err)
	var ids []app.SessionID
	for _, f := range all {
		ids = append(ids, f.ID)
	}
	if !slices.Equal(ids, []app.SessionID{"draft", "none"}) {
		t.Errorf("cut: %v", ids)
	}
}

func testSheets(t *testing.T, r *app.Records) {
	ctx := t.Context()
	addClient(t, r, "C1", "Ana")
	addClient(t, r, "C2", "Ben")
	_, err := r.Sheets.LastSheet(ctx, "C1")
	wantErr(t, "none", err, app.ErrNotFound)
	sheet := app.Sheet{
		Session: "S2", Client: "C1", Started: hour(5), Touched: true,
		Checklist: safety.Checklist{
			Identity: "face", Place: safety.Place{Country: "US", Region: "OR"}, Address: "Elm 1", Present: "nobody", Emergency: "911",
			Support: safety.Person{Name: "Luis", Relation: "brother", Phone: "1"}, Consent: safety.ConsentYes, CallBack: "2",
			Skipped: []safety.Item{safety.Present}, LastTime: []safety.Item{safety.CallBack}, Before: safety.Before{Address: "Oak 2"},
		},
		Deeds: []safety.Deed{{At: hour(6), Text: "Called 911"}},
	}
	ok(t, r.Sheets.SaveSheet(ctx, app.Sheet{Session: "S2", Client: "C1", Started: hour(5)}))
	ok(t, r.Sheets.SaveSheet(ctx, sheet))
	ok(t, r.Sheets.SaveSheet(ctx, app.Sheet{Session: "S1", Client: "C1", Started: hour(4)}))
	ok(t, r.Sheets.SaveSheet(ctx, app.Sheet{Session: "S3", Client: "C2", Started: hour(9)}))
	got, err := r.Sheets.LastSheet(ctx, "C1")
	ok(t, err)
	wantTime(t, "Started", got.Started, sheet.Started)
	wantTime(t, "a deed", got.Deeds[0].At, hour(6))
	got.Started, got.Deeds[0].At = sheet.Started, sheet.Deeds[0].At
	if !reflect.DeepEqual(got, sheet) {
		t.Errorf("got %+v, want %+v", got, sheet)
	}
	got, err = r.Sheets.Sheet(ctx, "S3")
	ok(t, err)
	want(t, "a session's own", got.Client, "C2")
	_, err = r.Sheets.Sheet(ctx, "S9")
	wantErr(t, "a session without one", err, app.ErrNotFound)
}
