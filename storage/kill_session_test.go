//go:build unix

package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/safety"
)

// sessionKills is how often an app is killed in a session, or at its end.
const sessionKills = 10

// overLine is a practice over real records, with a line whose other end is played here.
func overLine(r *app.Records) (*app.Practice, *apptest.Line, error) {
	line := apptest.NewLine()
	p := app.New(app.Deps{Vault: given{r}, Line: line, Devices: line, Numbers: apptest.Numbers()})
	return p, line, p.Unlock(context.Background(), app.NewPassphrase(nil))
}

// letIn lets a client in at that line.
func letIn(r *app.Records) (*app.Practice, *app.Session, *apptest.Door, error) {
	ctx := context.Background()
	p, line, err := overLine(r)
	if err != nil {
		return nil, nil, nil, err
	}
	i, err := p.CreateInvite(ctx, app.InviteWish{Client: "C1", Kind: app.InviteSingle})
	if err != nil {
		return nil, nil, nil, err
	}
	d := line.Knock(i.ID, app.Knock{})
	for len(p.Knocks()) == 0 {
		time.Sleep(time.Millisecond)
	}
	s, err := p.Admit(ctx, d.Knock().ID)
	return p, s, d, err
}

// playSession holds one session, and says it when the record has its beginning, and again when it has its end.
func playSession(r *app.Records) error {
	ctx := context.Background()
	_, s, d, err := letIn(r)
	if err != nil {
		return err
	}
	d.Call().Connect()
	s.Answer(safety.Identity, func(c *safety.Checklist) { c.Identity = canary })
	if err := s.Deed("Called the support person"); err != nil { // which is kept at once, and the sheet with it
		return err
	}
	for {
		if _, err := r.Sheets.Sheet(ctx, s.ID()); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	fmt.Println("began", s.ID())
	time.Sleep(20 * time.Millisecond)
	if _, err := s.End(ctx, false); err != nil {
		return err
	}
	fmt.Println("ended", s.ID())
	select {} // the app goes on
}

// playLocked lets somebody in, locks, and then has the two meet; it says it when they have met.
func playLocked(r *app.Records) error {
	p, s, d, err := letIn(r)
	if err != nil {
		return err
	}
	s.Answer(safety.Identity, func(c *safety.Checklist) { c.Identity = canary })
	p.Lock()
	d.Call().Connect()
	for s.View().Phase != app.SessionLive {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("met", s.ID())
	select {} // the app goes on
}

// Killed in a session of which the record, locked before the two had met, could hear nothing more: it has a note all the same.
func TestKilledBehindALock(t *testing.T) {
	path := storeToKill(t)
	lines := killed(t, overStore(path, "locked"), time.Millisecond)
	r, err := openFixture(t.Context(), path)
	must(t, err)
	p, _, err := overLine(r)
	must(t, err)
	defer p.Lock()
	must(t, Check(t.Context(), r))
	all, err := p.CutSessions(t.Context())
	must(t, err)
	if len(all) != 1 || "met "+string(all[0].ID) != lines[0] || !all[0].Alive.IsZero() {
		t.Fatalf("%q was said, and the record has %+v", lines, all)
	}
	n, err := r.Notes.Note(t.Context(), all[0].Note)
	must(t, err)
	if text := n.Sections[0].Text; !strings.Contains(text, "Let in: ") || !strings.Contains(text, "Identity: "+canary) {
		t.Errorf("its note is %q", text)
	}
}

// Killed at any moment of a session or of its end: the next start of the app has one note of it, with what was known, and never two.
func TestKilledSessionLeavesItsNote(t *testing.T) {
	path := storeToKill(t)
	random := rand.New(rand.NewPCG(7, 8))
	began, ended := map[app.SessionID]bool{}, map[app.SessionID]bool{}
	for range sessionKills {
		for _, line := range killed(t, overStore(path, "session"), time.Duration(random.IntN(50_000))*time.Microsecond) {
			id, over := strings.CutPrefix(line, "ended ")
			id = strings.TrimPrefix(id, "began ")
			began[app.SessionID(id)], ended[app.SessionID(id)] = true, over
		}
	}
	r, err := openFixture(t.Context(), path)
	must(t, err)
	p, _, err := overLine(r)
	must(t, err)
	defer p.Lock()
	must(t, Check(t.Context(), r))

	notes := map[app.SessionID]app.Note{}
	rows, err := r.Notes.Notes(t.Context(), "C1")
	must(t, err)
	for _, row := range rows {
		n, err := r.Notes.Note(t.Context(), row.ID)
		must(t, err)
		if _, twice := notes[n.Session]; twice && n.Session != "" {
			t.Error("two notes of one session")
		}
		notes[n.Session] = n
	}
	sessions, err := r.Sessions.ClientSessions(t.Context(), "C1")
	must(t, err)
	cut := 0
	for _, f := range sessions {
		if !began[f.ID] {
			continue
		}
		n, text := notes[f.ID], ""
		if len(n.Sections) > 0 {
			text = n.Sections[0].Text
		}
		if f.Note == "" || f.Note != n.ID || !strings.Contains(text, "Identity: "+canary) || !strings.Contains(text, "Called the support person") {
			t.Errorf("session %s, ended %t: its note is %q", f.ID, ended[f.ID], text)
		}
		if ended[f.ID] && f.Ended.IsZero() {
			t.Error("an end that was acknowledged is lost")
		}
		if f.Ended.IsZero() {
			cut++
		}
	}
	if len(began) != sessionKills || cut == 0 {
		t.Errorf("%d sessions began, %d were cut: this proves nothing", len(began), cut)
	}
	all, err := p.CutSessions(t.Context())
	if err != nil || len(all) != cut {
		t.Errorf("%d are offered, %d were cut, %v", len(all), cut, err)
	}
	t.Logf("%d kills: %d sessions cut, %d ended", sessionKills, cut, len(began)-cut)
}
