package app_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/safety"
)

// signedNote is a note to which something can be added.
func signedNote(t *testing.T, s *apptest.Stage) app.NoteID {
	t.Helper()
	d, err := s.NewDraft(t.Context(), addClient(t, s, "Ana"), app.FormatFree)
	must(t, err)
	d.Edit("text", "as said")
	must(t, d.Sign(t.Context()))
	return d.ID()
}

func adding(t *testing.T, p *app.Practice, id app.NoteID) string {
	t.Helper()
	v, err := p.Note(t.Context(), id)
	must(t, err)
	return v.Adding
}

func kept(t *testing.T, s *apptest.Stage, id app.NoteID) string {
	t.Helper()
	d, err := s.Vault.Memory.Open(nil).Notes.AddendumDraft(t.Context(), id)
	if err != nil && !errors.Is(err, app.ErrNotFound) {
		t.Fatal(err)
	}
	return d.Text
}

// TestAddendumIsKeptWhileItIsWritten: two seconds after the last key, at a lock, over a full disk, and when the app is killed.
func TestAddendumIsKeptWhileItIsWritten(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		id := signedNote(t, s)
		s.WriteAddendum(id, "a")
		want(t, "at once", kept(t, s, id), "")
		want(t, "read a moment later", adding(t, s.Practice, id), "a")
		s.WriteAddendum(id, "ab")
		time.Sleep(3 * time.Second)
		want(t, "after a pause", kept(t, s, id), "ab")
		for range 40 {
			s.WriteAddendum(id, "never a pause")
			time.Sleep(time.Second)
		}
		want(t, "while typing never pauses", kept(t, s, id), "never a pause")
		s.WriteAddendum(id, "abc\n")
		s.Lock()
		want(t, "at a lock", kept(t, s, id), "abc\n")
		_, err := s.Note(t.Context(), id)
		wantErr(t, "locked", err, app.ErrLocked)
		unlock(t, s)
		want(t, "unlocked", adding(t, s.Practice, id), "abc\n")

		s.Vault.Memory.Fail(app.ErrDiskFull)
		s.WriteAddendum(id, "abcd")
		want(t, "what a lock will save", s.Waiting().None(), true)
		time.Sleep(3 * time.Second)
		want(t, "on a full disk", adding(t, s.Practice, id), "abcd")
		want(t, "it waits", s.Waiting().Addenda, 1)
		s.Lock()
		want(t, "it waits, locked", s.Waiting().Addenda, 1)
		s.Vault.Memory.Fail(nil)
		unlock(t, s)
		want(t, "over a lock with a full disk", kept(t, s, id), "abcd")
		want(t, "nothing waits", s.Waiting().None(), true)

		next := app.New(app.Deps{Vault: s.Vault, Line: s.Line, Devices: s.Line, Numbers: apptest.Numbers(), Measures: apptest.Measures(t)})
		must(t, next.Unlock(t.Context(), apptest.Pass()))
		want(t, "killed", adding(t, next, id), "abcd")
		next.Lock()
	})
}

// TestAddendumBeingWrittenStandsNowhere: not in search, lists, exports or the chain.
func TestAddendumBeingWrittenStandsNowhere(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		id := signedNote(t, s)
		v, err := s.Note(t.Context(), id)
		must(t, err)
		chained := len(s.Vault.Memory.Entries(v.Client))
		s.WriteAddendum(id, "zebra")
		time.Sleep(3 * time.Second)
		want(t, "kept", kept(t, s, id), "zebra")
		hits, err := s.SearchNotes(t.Context(), app.NoteQuery{Text: "zebra"})
		must(t, err)
		want(t, "hits", len(hits), 0)
		drafts, err := s.UnsignedNotes(t.Context(), 0)
		must(t, err)
		want(t, "unsigned notes", len(drafts), 0)
		rows, err := s.Notes(t.Context(), v.Client)
		must(t, err)
		want(t, "status in the list", rows[0].Status, app.NoteFinal)
		text, err := s.ExportNote(t.Context(), id)
		must(t, err)
		must(t, s.ExportRecord(t.Context(), v.Client, "/out/ana.json"))
		record, written := s.Files.Read("/out/ana.json")
		if !written || strings.Contains(text+record, "zebra") {
			t.Error("it is in an export")
		}
		want(t, "chain", len(s.Vault.Memory.Entries(v.Client)), chained)
	})
}

// TestAddendumEnds: signed it is gone, also what was typed last; not signed or not thrown away, it stays; what a session
// adds to the note is another.
func TestAddendumEnds(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		id := signedNote(t, s)
		s.WriteAddendum(id, "signed")
		s.Vault.Memory.Fail(app.ErrDiskFull)
		wantErr(t, "signing on a full disk", s.AddAddendum(t.Context(), id, "signed"), app.ErrDiskFull)
		wantErr(t, "throwing away on one", s.DropAddendum(t.Context(), id), app.ErrDiskFull)
		s.Vault.Memory.Fail(nil)
		want(t, "still there", adding(t, s.Practice, id), "signed")
		s.WriteAddendum(id, "signed.")
		must(t, s.AddAddendum(t.Context(), id, "signed."))
		time.Sleep(10 * time.Second)
		want(t, "signed", adding(t, s.Practice, id)+kept(t, s, id), "")

		s.WriteAddendum(id, "thrown away")
		must(t, s.DropAddendum(t.Context(), id))
		time.Sleep(10 * time.Second)
		want(t, "thrown away", adding(t, s.Practice, id)+kept(t, s, id), "")
		s.WriteAddendum(id, "emptied")
		time.Sleep(3 * time.Second)
		s.WriteAddendum(id, " \n")
		time.Sleep(3 * time.Second)
		want(t, "emptied", adding(t, s.Practice, id)+kept(t, s, id), "")
	})
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		r.TypeCode(apptest.CallCode)
		r.call.Hear(app.CallChat{ID: "c1", Text: "bye"}, app.CallEnded{Why: app.EndClient})
		d, err := s.OpenDraft(t.Context(), r.view().Note)
		must(t, err)
		must(t, d.Sign(t.Context()))
		s.WriteAddendum(d.ID(), "half a sen")
		r.end(t, true)
		v, err := s.Note(t.Context(), d.ID())
		must(t, err)
		want(t, "the chat", len(v.Addenda), 1)
		want(t, "what the therapist writes", v.Adding, "half a sen")
	})
}

// TestNothingWrittenComesBackLate: a store that hangs over what was typed does not write it after it was signed.
func TestNothingWrittenComesBackLate(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		id := signedNote(t, s)
		s.WriteAddendum(id, "slow")
		goOn := s.Vault.Memory.Stall()
		time.Sleep(3 * time.Second)
		s.Vault.Memory.Stall()() // that one write hangs, and no other call
		signed := make(chan error, 1)
		go func() { signed <- s.AddAddendum(t.Context(), id, "slow") }()
		synctest.Wait()
		goOn()
		must(t, <-signed)
		time.Sleep(10 * time.Second)
		want(t, "signed", adding(t, s.Practice, id)+kept(t, s, id), "")

		c := addClient(t, s, "Ben")
		s.Vault.Memory.Fail(app.ErrDiskFull)
		s.WritePlan(c, safety.Steps{0: {{Text: "pacing"}}})
		time.Sleep(3 * time.Second)
		want(t, "a plan waits", s.Waiting().Plans, 1)
		d, err := s.PlanDraft(t.Context(), c)
		must(t, err)
		want(t, "and is read", d.Steps[0][0].Text, "pacing")
		s.Vault.Memory.Fail(nil)
	})
}
