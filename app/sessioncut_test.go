package app_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/measure"
)

// restarted is the practice of another start of the app on the same vault: nothing of the first one's memory is in it.
func restarted(t *testing.T, s *apptest.Stage) *app.Practice {
	t.Helper()
	line := apptest.NewLine()
	p := app.New(app.Deps{Vault: s.Vault, Line: line, Devices: line, Numbers: apptest.Numbers(), Files: s.Files, Measures: apptest.Measures(t), Restorer: s.Vault})
	t.Cleanup(p.Lock)
	must(t, p.Unlock(t.Context(), apptest.Pass()))
	synctest.Wait()
	return p
}

func TestCutSessionGetsItsDraft(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		r := admit(t, s, app.Knock{})
		r.call.Connect()
		began := time.Now()
		r.fill()
		must(t, r.Deed("Called the support person"))
		r.TypeCode(apptest.CallCode)
		synctest.Wait()
		r.AskMeasure("gad-7")
		synctest.Wait()
		r.call.Hear(app.CallAnswers{ID: r.View().Asked[0].ID, Answers: measure.Answers{1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2}})
		time.Sleep(7*time.Minute + 30*time.Second)
		synctest.Wait()
		if all, err := s.CutSessions(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("called cut while it runs: %v %v", all, err)
		}
		s.Lock() // finds the session again, which still runs
		unlock(t, s)
		want(t, "no draft while it runs", r.view().Note, "")

		p := restarted(t, s)
		all, err := p.CutSessions(t.Context())
		must(t, err)
		want(t, "cut", len(all), 1)
		want(t, "whose", all[0].ClientName, "Ana Lima")
		n, err := p.Note(t.Context(), all[0].Note)
		must(t, err)
		want(t, "a draft", n.CanEdit, true)
		want(t, "its session", n.Session, r.ID())
		for _, line := range []string{
			"Start: " + began.In(dublin(t)).Format("2 January 2006, 15:04 MST"), "End: not known. The record last heard of it at " + began.Add(7*time.Minute).In(dublin(t)).Format("15:04 MST"),
			"Modality: video", "spoken code was checked and matched", "Ending: the app was closed before the session ended.",
			"Identity: face and voice", "Called the support person", "GAD-7, filled in by the client: 14, Moderate",
		} {
			if !strings.Contains(n.Sections[0].Text, line) {
				t.Errorf("the note lacks %q:\n%s", line, n.Sections[0].Text)
			}
		}
		if strings.Contains(n.Sections[0].Text, "Length") {
			t.Error("a length that nobody knows")
		}
		hits, err := p.UnsignedNotes(t.Context(), 0)
		must(t, err)
		want(t, "to be signed", hits[0].ID, n.ID)
		wantAct(t, s, app.ActCutSession, 1)

		d, err := p.OpenDraft(t.Context(), n.ID)
		must(t, err)
		d.Edit("session", "my own words")
		must(t, d.Close(t.Context()))
		p = restarted(t, s)
		again, err := p.Note(t.Context(), n.ID)
		must(t, err)
		want(t, "not written anew", again.Sections[0].Text, "my own words")
		wantAct(t, s, app.ActCutSession, 1)
	})
}

// Killed while the vault is locked, before the record could hear that the two had met: it tells what it knows, and no more.
func TestSessionCutBehindALock(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		r := admit(t, s, app.Knock{})
		admitted := time.Now()
		r.fill()
		must(t, r.Deed("Called the support person"))
		synctest.Wait()
		s.Lock()
		time.Sleep(time.Minute)
		r.call.Connect()
		time.Sleep(20 * time.Minute)
		synctest.Wait()

		p := restarted(t, s)
		all, err := p.CutSessions(t.Context())
		must(t, err)
		want(t, "cut", len(all), 1)
		n, err := p.Note(t.Context(), all[0].Note)
		must(t, err)
		text := n.Sections[0].Text
		for _, line := range []string{
			"Let in: " + admitted.In(dublin(t)).Format("2 January 2006, 15:04 MST"), "not known. The record was locked before the two of you were connected.",
			"Ending: the app was closed before", "Identity: face and voice", "Called the support person",
		} {
			if !strings.Contains(text, line) {
				t.Errorf("the note lacks %q:\n%s", line, text)
			}
		}
		if strings.Contains(text, "Length") || strings.Contains(text, "not checked") {
			t.Errorf("it says what nobody knows:\n%s", text)
		}
		wantAct(t, s, app.ActCutSession, 1)
		p.Lock()
	})
}

// Admitted, and locked before the two had met: no session before they have, and none if they never do.
func TestSessionAdmittedBeforeALock(t *testing.T) {
	for _, met := range []bool{true, false} {
		play(t, func(t *testing.T, s *apptest.Stage) {
			r := admit(t, s, app.Knock{})
			r.fill()
			synctest.Wait()
			s.Lock()
			unlock(t, s)
			list, err := s.Sessions(t.Context(), r.invite.Client)
			must(t, err)
			want(t, "sessions of two who have not met", len(list), 0)
			s.Lock()
			if met {
				r.call.Connect()
			} else {
				r.call.Hear(app.CallEnded{Why: app.EndHandshake})
			}
			synctest.Wait()
			unlock(t, s)
			list, err = s.Sessions(t.Context(), r.invite.Client)
			must(t, err)
			want(t, "one session if they met", len(list) == 1, met)
			_, err = s.Vault.Memory.Open(nil).Sheets.LastSheet(t.Context(), r.invite.Client)
			want(t, "and a sheet", err == nil, met)
			if !met {
				id, err := r.End(t.Context(), false)
				must(t, err)
				want(t, "a note", id, "")
			}
			p := restarted(t, s)
			all, err := p.CutSessions(t.Context())
			must(t, err)
			want(t, "cut if it ran", len(all) == 1, met)
			p.Lock()
		})
	}
}

// The record goes on hearing of a session whose clock is set back.
func TestCutSessionOfAClockSetBack(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		r := admit(t, s, app.Knock{})
		r.call.Connect()
		synctest.Wait()
		r.SetBack(time.Hour)
		time.Sleep(10*time.Minute + 30*time.Second)
		heard := time.Now()
		synctest.Wait()
		p := restarted(t, s)
		all, err := p.CutSessions(t.Context())
		must(t, err)
		if late := heard.Sub(all[0].Alive); late < 0 || late > 2*time.Minute {
			t.Errorf("last heard of %v before", late)
		}
		n, err := p.Note(t.Context(), all[0].Note)
		must(t, err)
		if text := n.Sections[0].Text; !strings.Contains(text, "by a clock that had been set back") {
			t.Errorf("it says:\n%s", text)
		}
	})
}

// What a backup of a running session has lost is not called a crash.
func TestSessionCutByARestoreSaysSo(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		r := admit(t, s, app.Knock{})
		r.call.Connect()
		synctest.Wait()
		s.Vault.Memory.Disk.Put(app.BackupFile{Path: "/backup"})
		line := apptest.NewLine()
		p := app.New(app.Deps{Vault: s.Vault, Line: line, Devices: line, Numbers: apptest.Numbers(), Restorer: s.Vault})
		t.Cleanup(p.Lock)
		must(t, p.Restore(t.Context(), app.RestoreOrder{Path: "/backup", Replace: true, Kit: s.Kit, Pass: pass(apptest.Passphrase)}, nil))
		all, err := p.CutSessions(t.Context())
		must(t, err)
		n, err := p.Note(t.Context(), all[0].Note)
		must(t, err)
		if text := n.Sections[0].Text; !strings.Contains(text, "restored from a backup") || strings.Contains(text, "was closed") {
			t.Errorf("it says:\n%s", text)
		}
	})
}
