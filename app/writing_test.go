package app_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/measure"
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

func addendumTo(id app.NoteID) app.Writing { return app.WritingOf(app.AddendumWriting, id) }

// being is what a practice says is being written, kept what the store has of it.
func being(t *testing.T, p *app.Practice, of app.Writing) string {
	t.Helper()
	w, err := p.Written(t.Context(), of)
	must(t, err)
	return w.Text
}

func kept(t *testing.T, s *apptest.Stage, of app.Writing) string {
	t.Helper()
	w, err := s.Vault.Memory.Open(nil).Writing.Writing(t.Context(), of)
	if err != nil && !errors.Is(err, app.ErrNotFound) {
		t.Fatal(err)
	}
	return w.Text
}

// killed is a practice over the same vault, after the process of this one is gone.
func killed(t *testing.T, s *apptest.Stage) *app.Practice {
	t.Helper()
	next := app.New(app.Deps{Vault: s.Vault, Line: s.Line, Devices: s.Line, Numbers: apptest.Numbers(), Measures: apptest.Measures(t)})
	must(t, next.Unlock(t.Context(), apptest.Pass()))
	return next
}

// TestAddendumIsKeptWhileItIsWritten: two seconds after the last key, at a lock, over a full disk, and when the app is killed.
func TestAddendumIsKeptWhileItIsWritten(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		of := addendumTo(signedNote(t, s))
		s.Write(of, "a")
		want(t, "at once", kept(t, s, of), "")
		want(t, "read a moment later", being(t, s.Practice, of), "a")
		s.Write(of, "ab")
		time.Sleep(3 * time.Second)
		want(t, "after a pause", kept(t, s, of), "ab")
		for range 40 {
			s.Write(of, "never a pause")
			time.Sleep(time.Second)
		}
		want(t, "while typing never pauses", kept(t, s, of), "never a pause")
		s.Write(of, "abc\n")
		s.Lock()
		want(t, "at a lock", kept(t, s, of), "abc\n")
		_, err := s.Written(t.Context(), of)
		wantErr(t, "locked", err, app.ErrLocked)
		unlock(t, s)
		want(t, "unlocked", being(t, s.Practice, of), "abc\n")

		s.Vault.Memory.Fail(app.ErrDiskFull)
		s.Write(of, "abcd")
		want(t, "what a lock will save", s.Waiting().None(), true)
		time.Sleep(3 * time.Second)
		want(t, "on a full disk", being(t, s.Practice, of), "abcd")
		want(t, "it waits", s.Waiting().Writing[app.AddendumWriting], 1)
		s.Lock()
		want(t, "it waits, locked", s.Waiting().Writing[app.AddendumWriting], 1)
		s.Vault.Memory.Fail(nil)
		unlock(t, s)
		want(t, "over a lock with a full disk", kept(t, s, of), "abcd")
		want(t, "nothing waits", s.Waiting().None(), true)

		next := killed(t, s)
		want(t, "killed", being(t, next, of), "abcd")
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
		s.Write(addendumTo(id), "zebra")
		time.Sleep(3 * time.Second)
		want(t, "kept", kept(t, s, addendumTo(id)), "zebra")
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
		s.Write(addendumTo(id), "signed")
		s.Vault.Memory.Fail(app.ErrDiskFull)
		wantErr(t, "signing on a full disk", s.AddAddendum(t.Context(), id, "signed"), app.ErrDiskFull)
		wantErr(t, "throwing away on one", s.LetGo(t.Context(), addendumTo(id)), app.ErrDiskFull)
		s.Vault.Memory.Fail(nil)
		want(t, "still there", being(t, s.Practice, addendumTo(id)), "signed")
		s.Write(addendumTo(id), "signed.")
		must(t, s.AddAddendum(t.Context(), id, "signed."))
		time.Sleep(10 * time.Second)
		want(t, "signed", being(t, s.Practice, addendumTo(id))+kept(t, s, addendumTo(id)), "")

		s.Write(addendumTo(id), "thrown away")
		must(t, s.LetGo(t.Context(), addendumTo(id)))
		time.Sleep(10 * time.Second)
		want(t, "thrown away", being(t, s.Practice, addendumTo(id))+kept(t, s, addendumTo(id)), "")
		s.Write(addendumTo(id), "emptied")
		time.Sleep(3 * time.Second)
		s.Write(addendumTo(id), " \n")
		time.Sleep(3 * time.Second)
		want(t, "emptied", being(t, s.Practice, addendumTo(id))+kept(t, s, addendumTo(id)), "")
	})
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		r.TypeCode(apptest.CallCode)
		r.call.Hear(app.CallChat{ID: "c1", Text: "bye"}, app.CallEnded{Why: app.EndClient})
		d, err := s.OpenDraft(t.Context(), r.view().Note)
		must(t, err)
		must(t, d.Sign(t.Context()))
		s.Write(addendumTo(d.ID()), "half a sen")
		r.end(t, true)
		v, err := s.Note(t.Context(), d.ID())
		must(t, err)
		want(t, "the chat", len(v.Addenda), 1)
		want(t, "one is being written", v.Adding, true)
		want(t, "what the therapist writes", being(t, s.Practice, addendumTo(d.ID())), "half a sen")
	})
}

// TestNothingWrittenComesBackLate: a store that hangs over what was typed does not write it after it was signed.
func TestNothingWrittenComesBackLate(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		id := signedNote(t, s)
		s.Write(addendumTo(id), "slow")
		goOn := s.Vault.Memory.Stall()
		time.Sleep(3 * time.Second)
		s.Vault.Memory.Stall()() // that one write hangs, and no other call
		signed := make(chan error, 1)
		go func() { signed <- s.AddAddendum(t.Context(), id, "slow") }()
		synctest.Wait()
		goOn()
		must(t, <-signed)
		time.Sleep(10 * time.Second)
		want(t, "signed", being(t, s.Practice, addendumTo(id))+kept(t, s, addendumTo(id)), "")

		c := addClient(t, s, "Ben")
		s.Vault.Memory.Fail(app.ErrDiskFull)
		s.WritePlan(c, safety.Steps{0: {{Text: "pacing"}}})
		time.Sleep(3 * time.Second)
		want(t, "a plan waits", s.Waiting().Writing[app.PlanWriting], 1)
		d, err := s.UnsavedPlan(t.Context(), c)
		must(t, err)
		want(t, "and is read", d.Form[0][0].Text, "pacing")
		s.Vault.Memory.Fail(nil)
	})
}

// TestWritingOfEveryKind: over a lock and a kill, and of nothing else; gone when it became what it was to be, when it was
// thrown away, and when it says what is there already.
func TestWritingOfEveryKind(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		note := signedNote(t, s)
		v, err := s.Note(ctx, note)
		must(t, err)
		who, err := s.Client(ctx, v.Client)
		must(t, err)
		response, err := s.RecordResponse(ctx, app.Filled{Client: who.ID, Measure: "phq-9", Answers: measure.Answers{9: 1}})
		must(t, err)
		format, err := s.SaveTemplate(ctx, app.Template{Name: "Week", Sections: []app.SectionForm{{Heading: "Days"}}})
		must(t, err)
		phq := s.Measures()[slices.IndexFunc(s.Measures(), func(i *measure.Instrument) bool { return i.ID == "phq-9" })]
		fill := app.Filled{Client: who.ID, Measure: "phq-9", Version: phq.Version, Language: "en", Answers: measure.Answers{9: 2}}
		steps := safety.Steps{0: {{Text: "pacing"}}}
		form := app.Template{ID: format, Name: "Weeks", Sections: []app.SectionForm{{Key: "k", Heading: "Days", Hint: "all"}, {Heading: "Nights"}}}
		newForm := app.Template{Name: "Month", Sections: []app.SectionForm{{Heading: "Weeks"}}}
		changed := who
		changed.Name, changed.Tags, changed.Direct, changed.Emergency = "Ana L.", []string{"a", "b"}, true, app.EmergencyContact{Name: "Luis", Phone: "1"}
		added := app.Client{Name: "Nils", Email: "nils@example.org", Status: app.ClientWaitlist}
		for _, k := range []struct {
			kind     app.WritingKind
			of, says string
			write    func()
			save     func() error
		}{
			{app.AddendumWriting, string(note), "more", nil, func() error { return s.AddAddendum(ctx, note, "more") }},
			{app.AnswerWriting, string(response), "called", nil, func() error { return s.AnswerAlert(ctx, who.ID, app.AlertID(response), "called") }},
			{app.VoidWriting, string(response), "mistyped", nil, func() error { return s.VoidResponse(ctx, who.ID, response, "mistyped") }},
			{app.FillWriting, string(who.ID) + "/phq-9", `"9":2`, func() { s.WriteFilled(fill) }, func() error {
				_, err := s.RecordResponse(ctx, fill)
				return err
			}},
			{app.PlanWriting, string(who.ID), "pacing", func() { s.WritePlan(who.ID, steps) }, func() error {
				_, err := s.SavePlan(ctx, who.ID, 0, steps, 90)
				return err
			}},
			{app.TemplateWriting, string(format), "Nights", func() { s.WriteTemplate(app.Template{ID: format}, form) }, func() error {
				_, err := s.SaveTemplate(ctx, form)
				return err
			}},
			{app.TemplateWriting, "", "Month", func() { s.WriteTemplate(app.Template{}, newForm) }, func() error {
				_, err := s.SaveTemplate(ctx, newForm)
				return err
			}},
			{app.ClientWriting, string(who.ID), "Ana L.", func() { s.WriteClient(who, changed) }, func() error {
				_, err := s.SaveClient(ctx, changed)
				return err
			}},
			{app.ClientWriting, "", "Nils", func() { s.WriteClient(app.Client{}, added) }, func() error {
				_, err := s.SaveClient(ctx, added)
				return err
			}},
		} {
			of := app.Writing{Kind: k.kind, Of: k.of}
			write := k.write
			if write == nil {
				write = func() { s.Write(of, k.says) }
			}
			says := func(when string, p *app.Practice, yes bool) {
				t.Helper()
				want(t, fmt.Sprintf("%v %s", of, when), strings.Contains(being(t, p, of), k.says), yes)
			}
			acts := len(s.Vault.Memory.Acts())
			write()
			want(t, fmt.Sprintf("%v of another", k.kind), being(t, s.Practice, app.Writing{Kind: k.kind, Of: "another"}), "")
			want(t, "acts", len(s.Vault.Memory.Acts()), acts)
			s.Lock()
			says("killed", killed(t, s), true)
			unlock(t, s)
			says("unlocked", s.Practice, true)
			must(t, s.LetGo(ctx, of))
			says("thrown away", s.Practice, false)
			write()
			must(t, k.save())
			time.Sleep(10 * time.Second)
			says("saved", s.Practice, false)
			want(t, "in the store", kept(t, s, of), "")
		}

		s.WriteFilled(fill)
		f, err := s.UnsavedFilled(ctx, who.ID, phq)
		if err != nil || f == nil || !reflect.DeepEqual(f.Form, fill) {
			t.Errorf("answers: %+v, %v", f, err)
		}
		newer := *phq
		newer.Version = "2099-01-01" // its questions may be others
		if f, err := s.UnsavedFilled(ctx, who.ID, &newer); f != nil || err != nil {
			t.Errorf("answers to a newer version: %+v, %v", f, err)
		}
		fill.Answers = nil
		s.WriteFilled(fill)
		want(t, "answers taken back", being(t, s.Practice, app.FillOf(who.ID, "phq-9")), "")

		got, err := s.Client(ctx, who.ID)
		must(t, err)
		changed = got
		changed.Focus = "sleep"
		s.WriteClient(got, changed)
		must(t, s.SetAsks(ctx, who.ID, nil)) // not by the form: what is typed there stays
		u, err := s.UnsavedClient(ctx, who.ID)
		must(t, err)
		changed.PairKey, changed.Asks, changed.Created, changed.Changed = nil, nil, time.Time{}, time.Time{}
		if u == nil || !reflect.DeepEqual(u.Form, changed) {
			t.Errorf("the client's form: %+v, want %+v", u, changed)
		}
		s.WriteClient(got, got)
		time.Sleep(3 * time.Second)
		want(t, "typed back", kept(t, s, app.WritingOf(app.ClientWriting, who.ID)), "")
		s.WriteTemplate(app.Template{ID: format}, form)
		ut, err := s.UnsavedTemplate(ctx, format)
		must(t, err)
		if ut == nil || !reflect.DeepEqual(ut.Form, form) {
			t.Errorf("the template's form: %+v, want %+v", ut, form)
		}
		must(t, s.DeleteTemplate(ctx, format))
		want(t, "of a template that was deleted", being(t, s.Practice, app.WritingOf(app.TemplateWriting, format)), "")
	})
}

// TestWritingTellsWhatFails: at once, in words, until it is kept.
func TestWritingTellsWhatFails(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		of := app.WritingOf(app.AnswerWriting, app.AlertID("A1"))
		heard := func() bool {
			found := false
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			for {
				all, err := s.Next(ctx)
				if err != nil {
					return found
				}
				found = found || slices.Contains(all, app.Event{Kind: app.WritingChanged, ID: "A1"})
			}
		}
		s.Write(of, "a")
		time.Sleep(3 * time.Second)
		want(t, "told while it is kept", heard(), false)
		s.Vault.Memory.Fail(app.ErrDiskFull)
		s.Write(of, "ab")
		want(t, "before it was tried", s.WritingProblem(of), "")
		time.Sleep(3 * time.Second)
		want(t, "told", heard(), true)
		want(t, "the words", s.WritingProblem(of), app.Explain(app.ErrDiskFull))
		s.Write(of, "abc")
		want(t, "while one types on", s.WritingProblem(of), app.Explain(app.ErrDiskFull))
		time.Sleep(20 * time.Second)
		want(t, "told anew", heard(), false)
		s.Vault.Memory.Fail(nil)
		time.Sleep(6 * time.Second)
		want(t, "told that it is well again", heard(), true)
		want(t, "no words", s.WritingProblem(of), "")
		want(t, "kept", kept(t, s, of), "abc")
	})
}

// TestCalledOffIsNoFailure: whoever goes on to another screen while the last words are being kept is not told that they cannot be.
func TestCalledOffIsNoFailure(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		of := addendumTo(signedNote(t, s))
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for range 20 { // whether the store is asked at all is chance
			s.Write(of, "abc")
			_, err := s.Written(gone, of)
			must(t, err)
			want(t, "told", s.WritingProblem(of), "")
		}
		want(t, "it waits", s.Waiting().None(), true)
		time.Sleep(time.Minute)
		want(t, "and is kept", kept(t, s, of), "abc")
	})
}

// TestTypedDuringALock: a key that falls while the lock writes waits for the unlock.
func TestTypedDuringALock(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		of := app.WritingOf(app.AnswerWriting, app.AlertID("A1"))
		s.Write(of, "a")
		goOn := s.Vault.Memory.Stall()
		locked := make(chan struct{})
		go func() { s.Lock(); close(locked) }()
		synctest.Wait()
		s.Write(of, "ab")
		goOn()
		<-locked
		time.Sleep(10 * time.Second)
		want(t, "locked", kept(t, s, of), "a")
		want(t, "it is named when the app is closed", s.Waiting().Writing[app.AnswerWriting], 1)
		unlock(t, s)
		want(t, "unlocked", kept(t, s, of), "ab")
	})
}
