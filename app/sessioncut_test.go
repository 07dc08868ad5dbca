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
		r.Deed("Called the support person")
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
