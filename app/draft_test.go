package app_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

func newDraft(t *testing.T, s *apptest.Stage) *app.Draft {
	t.Helper()
	d, err := s.NewDraft(t.Context(), addClient(t, s, "Ana"), app.FormatFree)
	must(t, err)
	return d
}

// stored is what the store has of a note, "" if nothing.
func stored(t *testing.T, s *apptest.Stage, id app.NoteID) string {
	t.Helper()
	r := s.Vault.Memory.Open(nil)
	n, err := r.Notes.Note(t.Context(), id)
	if errors.Is(err, app.ErrNotFound) {
		return ""
	}
	must(t, err)
	return written(n)
}

// written is all that a note says.
func written(n app.Note) string {
	var texts []string
	for _, s := range n.Sections {
		if s.Text != "" {
			texts = append(texts, s.Text)
		}
	}
	return strings.Join(texts, "\n\n")
}

func TestAutosaveTwoSecondsAfterTheLastKey(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		want(t, "a new note", d.View().Dirty, false)
		for _, text := range []string{"a", "ab", "abc"} {
			d.Edit("text", text)
			want(t, "seen at once", d.View().Sections[0].Text, text)
			want(t, "dirty", d.View().Dirty, true)
			time.Sleep(1900 * time.Millisecond)
			want(t, "stored while typing", stored(t, s, d.ID()), "")
		}
		events(t, s)
		time.Sleep(99 * time.Millisecond)
		synctest.Wait()
		want(t, "stored a moment before", stored(t, s, d.ID()), "")
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		want(t, "stored two seconds after the last key", stored(t, s, d.ID()), "abc")
		v := d.View()
		want(t, "Dirty", v.Dirty, false)
		if age := time.Since(v.Saved); age < 0 || age > 2*time.Millisecond {
			t.Errorf("Saved %v ago", age)
		}
		wantEvent(t, s, app.NoteChanged, string(d.ID()))
	})
}

func TestTypingWithoutAPauseIsSavedToo(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		for i := range 25 {
			d.Edit("text", strings.Repeat("x", i+1))
			time.Sleep(time.Second)
		}
		if stored(t, s, d.ID()) == "" {
			t.Error("25 seconds of typing, and nothing is stored")
		}
	})
}

func TestTheFirstKeySaysDirty(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		events(t, s)
		d.Edit("text", "a")
		wantEvent(t, s, app.NoteChanged, string(d.ID()))
		writes := s.Vault.Memory.Writes()
		must(t, d.Save(t.Context()))
		d.Edit("text", "a") // nothing new
		d.Edit("no such section", "x")
		want(t, "Dirty after nothing new", d.View().Dirty, false)
		must(t, d.Save(t.Context()))
		want(t, "writes: the draft, and once the audit log", s.Vault.Memory.Writes(), writes+2)
	})
}

func TestAFailingStoreKeepsTheText(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		d.Edit("text", "before")
		must(t, d.Save(t.Context()))
		saved := d.View().Saved
		s.Vault.Memory.Fail(app.ErrDiskFull)
		d.Edit("text", "kept")
		time.Sleep(3 * time.Second)
		v := d.View()
		want(t, "text", v.Sections[0].Text, "kept")
		want(t, "Dirty", v.Dirty, true)
		want(t, "Problem", v.Problem, app.Explain(app.ErrDiskFull))
		want(t, "Saved is still the old time", v.Saved, saved)
		want(t, "CanEdit", v.CanEdit, true)
		d.Edit("text", "kept, and typed on")
		wantErr(t, "Save", d.Save(t.Context()), app.ErrDiskFull)
		wantErr(t, "Sign", d.Sign(t.Context()), app.ErrDiskFull)
		wantErr(t, "Close", d.Close(t.Context()), app.ErrDiskFull)
		want(t, "open after all that", d.View().Sections[0].Text, "kept, and typed on")
		s.Vault.Memory.Fail(nil)
		time.Sleep(6 * time.Second) // it tries again by itself
		v = d.View()
		want(t, "Problem when it works again", v.Problem, "")
		want(t, "Dirty when it works again", v.Dirty, false)
		want(t, "stored", stored(t, s, d.ID()), "kept, and typed on")
	})
}

func TestLockSavesAndClosesDrafts(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		d.Edit("text", "typed a moment ago")
		s.Lock()
		want(t, "stored", stored(t, s, d.ID()), "typed a moment ago")
		want(t, "text left in memory", d.View().Sections[0].Text, "")
		d.Edit("text", "typed after")
		wantErr(t, "Save after the lock", d.Save(t.Context()), app.ErrDraftClosed)
		unlock(t, s)
		again, err := s.OpenDraft(t.Context(), d.ID())
		must(t, err)
		want(t, "opened again", again.View().Sections[0].Text, "typed a moment ago")
	})
}

func TestLockWithAFailingStoreLosesNothing(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d, other := newDraft(t, s), newDraft(t, s)
		d.Edit("text", "must not be lost")
		other.Edit("text", "nor this")
		s.Vault.Memory.Fail(app.ErrDiskFull)
		s.Lock()
		unlock(t, s) // still full
		want(t, "stored", stored(t, s, d.ID()), "")
		again, err := s.OpenDraft(t.Context(), d.ID())
		must(t, err)
		want(t, "opened", again.View().Sections[0].Text, "must not be lost")
		want(t, "Dirty", again.View().Dirty, true)
		s.Vault.Memory.Fail(nil)
		time.Sleep(10 * time.Second)
		want(t, "saved by itself", stored(t, s, d.ID()), "must not be lost")
		s.Lock()
		unlock(t, s)
		want(t, "the other, which nobody opened", stored(t, s, other.ID()), "nor this")
	})
}

func TestDraftIsOneWhileItIsOpen(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		d.Edit("text", "x")
		same, err := s.OpenDraft(t.Context(), d.ID())
		must(t, err)
		want(t, "opened twice", same, d)
		must(t, d.Close(t.Context()))
		must(t, d.Close(t.Context()))
		other, err := s.OpenDraft(t.Context(), d.ID())
		must(t, err)
		if other == d {
			t.Error("a closed draft was handed out")
		}
		want(t, "Saved of a stored note", other.View().Saved.IsZero(), false)
		_, err = s.OpenDraft(t.Context(), "none")
		wantErr(t, "no such note", err, app.ErrNotFound)
		_, err = s.NewDraft(t.Context(), "nobody", app.FormatFree)
		wantErr(t, "no such client", err, app.ErrNotFound)
	})
}

func TestUntouchedNewNoteLeavesNothing(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		c := d.View().Client
		time.Sleep(time.Minute)
		must(t, d.Close(t.Context()))
		rows, err := s.Notes(t.Context(), c)
		must(t, err)
		want(t, "notes", len(rows), 0)
		d, err = s.NewDraft(t.Context(), c, app.FormatFree)
		must(t, err)
		d.Edit("text", "x")
		must(t, d.Close(t.Context()))
		rows, err = s.Notes(t.Context(), c)
		must(t, err)
		want(t, "notes after writing", len(rows), 1)
	})
}

func TestSignLocksTheNote(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		wantErr(t, "an empty note", d.Sign(t.Context()), app.ErrEmptyNote)
		want(t, "CanSign of an empty note", d.View().CanSign, false)
		d.Edit("text", "   \n")
		want(t, "CanSign of blanks", d.View().CanSign, false)
		d.Edit("text", "as said")
		want(t, "CanSign", d.View().CanSign, true)
		wantErr(t, "an addendum before", s.AddAddendum(t.Context(), d.ID(), "x"), app.ErrNotFound)
		must(t, d.Sign(t.Context()))
		wantAct(t, s, app.ActSign, 1)
		wantErr(t, "signing twice", d.Sign(t.Context()), app.ErrSigned)
		d.Edit("text", "altered")
		d.SetTitle("altered")
		d.SetForm(form(t, s, app.FormatSOAP))
		v, err := s.Note(t.Context(), d.ID())
		must(t, err)
		want(t, "text", v.Sections[0].Text, "as said")
		want(t, "Status", v.Status, app.NoteFinal)
		want(t, "Signed.By", v.Signed.By, "Dr. Maren Holt, LCSW 12345, Oregon")
		want(t, "HashFits", v.HashFits, true)
		want(t, "CanEdit, CanSign", v.CanEdit || v.CanSign || d.View().CanEdit, false)
		want(t, "CanAdd", v.CanAdd, true)
		_, err = s.OpenDraft(t.Context(), d.ID())
		wantErr(t, "opening it to edit", err, app.ErrSigned)
		wantErr(t, "deleting it", s.DeleteDraft(t.Context(), d.ID()), app.ErrSigned)

		wantField(t, s.AddAddendum(t.Context(), d.ID(), " \n"), "Addendum")
		must(t, s.AddAddendum(t.Context(), d.ID(), " later "))
		v, err = s.Note(t.Context(), d.ID())
		must(t, err)
		want(t, "Status", v.Status, app.NoteAmended)
		want(t, "addendum", v.Addenda[0].Text, "later")
		want(t, "HashFits after an addendum", v.HashFits, true)
		wantAct(t, s, app.ActAddendum, 1)
	})
}

func TestNothingIsSignedOrExportedUnrecorded(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		d.Edit("text", "x")
		must(t, d.Save(t.Context()))
		s.Vault.Memory.Fail(app.ErrReadOnly)
		wantErr(t, "Sign", d.Sign(t.Context()), app.ErrReadOnly)
		_, err := s.ExportNote(t.Context(), d.ID())
		wantErr(t, "ExportNote", err, app.ErrReadOnly)
		s.Vault.Memory.Fail(nil)
		want(t, "Status", d.View().Status, app.NotePreliminary)
		text, err := s.ExportNote(t.Context(), d.ID())
		must(t, err)
		wantAct(t, s, app.ActExport, 1)
		for _, part := range []string{"Client: Ana", "Status: preliminary", "\nx\n"} {
			if !strings.Contains(text, part) {
				t.Errorf("the export lacks %q:\n%s", part, text)
			}
		}
	})
}

func TestDeleteDraft(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		fresh := newDraft(t, s)
		must(t, s.DeleteDraft(t.Context(), fresh.ID())) // was never stored
		d := newDraft(t, s)
		d.Edit("text", "x")
		must(t, d.Save(t.Context()))
		d.Edit("text", "xy")
		must(t, s.DeleteDraft(t.Context(), d.ID()))
		time.Sleep(time.Minute) // an open draft must not save it again
		want(t, "stored", stored(t, s, d.ID()), "")
		wantErr(t, "again", s.DeleteDraft(t.Context(), d.ID()), app.ErrNotFound)
		wantAct(t, s, app.ActDelete, 2)
	})
}

func TestSetFormatKeepsTheText(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d, err := s.NewDraft(t.Context(), addClient(t, s, "Ana"), app.FormatSOAP)
		must(t, err)
		texts := map[string]string{"subjective": "s1\n\ns2", "assessment": "a"}
		for key, text := range texts {
			d.Edit(key, text)
		}
		want(t, "headings", headings(d.View().Note), "Subjective Objective Assessment Plan")
		d.SetForm(form(t, s, app.FormatFree))
		want(t, "free", d.View().Sections[0].Text, "Subjective\ns1\n\ns2\n\nAssessment\na")
		want(t, "free sections", len(d.View().Sections), 1)
		d.SetForm(form(t, s, app.FormatSOAP))
		for _, sec := range d.View().Sections {
			want(t, sec.Key, sec.Text, texts[sec.Key])
		}
		d.SetForm(form(t, s, app.FormatFree))
		d.Edit("text", "no headings\nat all")
		d.SetForm(form(t, s, app.FormatSOAP))
		want(t, "text without headings", d.View().Sections[0].Text, "no headings\nat all")
		d.SetTitle("T")
		must(t, d.Close(t.Context()))
		v, err := s.Note(t.Context(), d.ID())
		must(t, err)
		want(t, "Title", v.Title, "T")
		want(t, "Format", v.Format, app.FormatSOAP)
	})
}

func TestLockDoesNotWaitForADiskThatHangs(t *testing.T) {
	for _, when := range []string{"while it saves by itself", "when the lock saves"} {
		t.Run(when, func(t *testing.T) {
			play(t, func(t *testing.T, s *apptest.Stage) {
				d := newDraft(t, s)
				d.Edit("text", "must not be lost")
				goOn := s.Vault.Memory.Stall()
				if when == "while it saves by itself" {
					time.Sleep(3 * time.Second)
				}
				start := time.Now()
				s.Lock()
				want(t, "waited", time.Since(start) <= 10*time.Second, true)
				want(t, "phase", phase(t, s), app.PhaseShut)
				want(t, "text left in memory", d.View().Sections[0].Text, "")
				goOn()
				synctest.Wait()
				unlock(t, s)
				want(t, "stored", stored(t, s, d.ID()), "must not be lost")
			})
		})
	}
}

func TestSearchWithoutAWordFindsNothing(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		d.Edit("text", "word")
		must(t, d.Close(t.Context()))
		hits, err := s.SearchNotes(t.Context(), app.NoteQuery{Text: " "})
		must(t, err)
		want(t, "hits", len(hits), 0)
	})
}

func TestAutosaveTriesAgainByItself(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		s.Vault.Memory.Fail(app.ErrDiskFull)
		d.Edit("text", "x")
		time.Sleep(20 * time.Second)
		want(t, "Dirty", d.View().Dirty, true)
		s.Vault.Memory.Fail(nil)
		time.Sleep(6 * time.Second)
		want(t, "stored", stored(t, s, d.ID()), "x")
	})
}

func TestSavedIsNotSaidOfWhatWasTypedMeanwhile(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		d.Edit("text", "a")
		goOn := s.Vault.Memory.Stall()
		time.Sleep(3 * time.Second)
		d.Edit("text", "ab") // while the store writes "a"
		goOn()
		synctest.Wait()
		want(t, "stored", stored(t, s, d.ID()), "a")
		v := d.View()
		want(t, "Saved", v.Saved.IsZero(), true)
		want(t, "Dirty", v.Dirty, true)
		time.Sleep(3 * time.Second)
		want(t, "stored then", stored(t, s, d.ID()), "ab")
		want(t, "Dirty then", d.View().Dirty, false)
	})
}

func TestDraftOpenedTwiceAtOnceIsOne(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		d.Edit("text", "x")
		must(t, d.Close(t.Context()))
		goOn := s.Vault.Memory.Stall()
		got := make(chan *app.Draft, 2)
		for range 2 { // both read the note before either has opened it
			go func() {
				d, err := s.OpenDraft(t.Context(), d.ID())
				if err != nil {
					t.Error(err)
				}
				got <- d
			}()
		}
		synctest.Wait()
		goOn()
		if a, b := <-got, <-got; a != b {
			t.Error("two drafts of one note: the later would overwrite the earlier")
		}
	})
}
