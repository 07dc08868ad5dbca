package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/safety"
)

// fill answers the whole checklist.
func (r room) fill() {
	r.Answer(safety.Identity, func(c *safety.Checklist) { c.Identity = "face and voice" })
	r.SetPlace("usa", "Oregon")
	r.Answer(safety.Where, func(c *safety.Checklist) { c.Address = "12 Elm Street, Portland" })
	r.Answer(safety.Present, func(c *safety.Checklist) { c.Present = "nobody else" })
	r.Answer(safety.Support, func(c *safety.Checklist) {
		c.Support, c.Consent = safety.Person{Name: "Luis", Relation: "brother", Phone: "555 0101"}, safety.ConsentYes
	})
	r.Answer(safety.CallBack, func(c *safety.Checklist) { c.CallBack = "555 0100" })
}

func lastSheet(t *testing.T, s *apptest.Stage, c app.ClientID) app.Sheet {
	t.Helper()
	sheet, err := s.Vault.Memory.Open(nil).Sheets.LastSheet(t.Context(), c)
	if err != nil && !errors.Is(err, app.ErrNotFound) {
		t.Fatal(err)
	}
	return sheet
}

// Today's place moves every number that is shown, at once and while the line is lost.
func TestTodaysPlaceMovesTheNumbers(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		want(t, "before anybody asked", r.Emergency().Numbers.First(), "")
		for _, x := range []struct{ country, region, name, emergency, line string }{
			{"usa", "Oregon", "Oregon, United States", "911", "988"},
			{"UK", "Scotland", "Scotland, United Kingdom", "999", "0800 83 85 87"},
			{"Brazil", "", "Brazil", "112", ""},
			{"Ireland", "", "Ireland", "112", "116 123"},
		} {
			r.SetPlace(x.country, x.region)
			synctest.Wait()
			e := r.Emergency()
			want(t, "place", e.Numbers.Name, x.name)
			want(t, "to call", e.Checklist.Emergency, x.emergency)
			want(t, "offered", e.Offers[0], "Called "+x.emergency+" for the client’s place")
			line := ""
			if len(e.Numbers.Lines) > 0 {
				line = e.Numbers.Lines[0].Call
			}
			want(t, "crisis line", line, x.line)
			r.call.Hear(app.CallLost{})
		}
		must(t, s.SetNumbers(t.Context(), safety.Entry{Place: safety.Place{Country: "IE"}, Emergency: []safety.Number{{Call: "999"}}}))
		want(t, "the practice's own", r.Emergency().Numbers.First(), "999")
	})
}

func TestChecklistStandsInTheNote(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		r.fill()
		r.Skip(safety.Present)
		text := r.end(t, false)
		for _, line := range []string{
			"Identity: face and voice", "Place today: 12 Elm Street, Portland, Oregon, United States", "Who can hear: skipped",
			"Emergency number there: 911", "Support person: Luis (brother), 555 0101; may be called", "Call-back number: 555 0100",
		} {
			if !strings.Contains(text, line) {
				t.Errorf("the note lacks %q:\n%s", line, text)
			}
		}
	})
	inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
		r.call.Connect()
		if text := r.end(t, false); !strings.Contains(text, "the checklist was not gone through") {
			t.Errorf("the note is silent:\n%s", text)
		}
	})
}

func TestChecklistIsKeptAsItIsFilledIn(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		c := r.invite.Client
		r.Answer(safety.Identity, func(c *safety.Checklist) { c.Identity = "voice" })
		time.Sleep(2 * time.Second)
		want(t, "before the two met", lastSheet(t, s, c).Session, "")
		r.call.Connect()
		time.Sleep(2 * time.Second)
		want(t, "a second later", lastSheet(t, s, c).Checklist.Identity, "voice")
		held := r.view()
		r.Answer(safety.Identity, func(c *safety.Checklist) { c.Identity = "voice and face" })
		r.Skip(safety.Support)
		time.Sleep(2 * time.Second)
		want(t, "in the store", lastSheet(t, s, c).Checklist.Identity, "voice and face")
		want(t, "a view is a snapshot", held.Checklist.Identity, "voice")

		writes := s.Vault.Memory.Writes()
		for range 50 {
			r.Answer(safety.Present, func(c *safety.Checklist) { c.Present += "x" })
		}
		time.Sleep(3 * time.Second)
		if n := s.Vault.Memory.Writes() - writes; n != 1 {
			t.Errorf("fifty keys took %d writes", n)
		}

		s.Lock()
		r.Answer(safety.CallBack, func(c *safety.Checklist) { c.CallBack = "555 0109" })
		time.Sleep(2 * time.Second)
		want(t, "while locked", lastSheet(t, s, c).Checklist.CallBack, "")
		unlock(t, s)
		synctest.Wait()
		want(t, "after the lock", lastSheet(t, s, c).Checklist.CallBack, "555 0109")
	})
}

func TestTheNextSessionRemembers(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		r := admit(t, s, app.Knock{})
		r.call.Connect()
		r.fill()
		r.end(t, false)
		d := knock(t, s, r.invite.ID, app.Knock{})
		run, err := s.Admit(t.Context(), d.Knock().ID)
		must(t, err)
		again := room{run, s, r.invite, d.Call(), d}
		c := again.view().Checklist
		want(t, "identity", c.Identity, "face and voice")
		want(t, "it was not gone over", c.State(safety.Identity), safety.LastTime)
		want(t, "the place is asked anew", c.State(safety.Where), safety.Open)
		want(t, "and so is its number", c.Emergency, "")
		want(t, "the place of last time is offered", c.Before.Address, "12 Elm Street, Portland")
		again.SamePlace()
		c = again.view().Checklist
		want(t, "taken", c.Place, safety.Place{Country: "US", Region: "Oregon"})
		want(t, "its number", c.Emergency, "911")
		again.call.Connect()
		if text := again.end(t, false); !strings.Contains(text, "face and voice (as last time, not gone over)") {
			t.Errorf("the note hides that it was not asked:\n%s", text)
		}
	})
}

func TestDeedsGoIntoTheNote(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		wantField(t, r.Deed("  "), "Text")
		wantField(t, r.Deed(strings.Repeat("x ", 1500)), "Text") // and is not cut
		must(t, r.Deed("Called 911\n for the client’s place"))
		synctest.Wait()
		want(t, "kept at once", len(lastSheet(t, s, r.invite.Client).Deeds), 1)
		first := time.Now().In(dublin(t)).Format("15:04") + "  Called 911 for the client’s place"
		time.Sleep(3 * time.Minute)
		r.call.Hear(app.CallLost{})
		must(t, r.Deed("Called the support person"))
		r.call.Hear(app.CallEnded{Why: app.EndLost})
		synctest.Wait()
		time.Sleep(2 * time.Minute)
		must(t, r.Deed("Help has arrived")) // the call is over, the therapist is still in the room
		text := r.end(t, false)
		for _, line := range []string{"In the emergency\n" + first, "  Called the support person", "  Help has arrived"} {
			if strings.Count(text, line) != 1 {
				t.Errorf("the note has %q %d times:\n%s", line, strings.Count(text, line), text)
			}
		}
		wantAct(t, s, app.ActDeed, 3)
	})
}

// A client who was in danger before the two had met leaves no session, and a note all the same.
func TestDeedsBeforeTheyMet(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		must(t, r.Deed("Called 911"))
		r.call.Hear(app.CallEnded{Why: app.EndHandshake})
		synctest.Wait()
		must(t, r.Deed("Help has arrived"))
		synctest.Wait()
		rows, err := s.Notes(t.Context(), r.invite.Client)
		must(t, err)
		want(t, "notes", len(rows), 1)
		text := stored(t, s, rows[0].ID)
		if !strings.Contains(text, "Called 911") || !strings.Contains(text, "Help has arrived") || !strings.HasPrefix(rows[0].Title, "Emergency, ") {
			t.Errorf("%s\n%s", rows[0].Title, text)
		}
	})
}

func TestDeedsWhileLocked(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		r.fill()
		synctest.Wait()
		s.Lock()
		e := r.Emergency()
		want(t, "sealed", e.Sealed, true)
		want(t, "the number", e.Numbers.First(), "911")
		if e.ClientName+e.Address+e.Phone != "" || e.Checklist.Support != (safety.Person{}) {
			t.Errorf("shown while locked: %+v", e)
		}
		must(t, r.Deed("Called 911"))
		synctest.Wait()
		want(t, "kept", len(lastSheet(t, s, r.invite.Client).Deeds), 0)
		unlock(t, s)
		synctest.Wait()
		want(t, "kept after the unlock", len(lastSheet(t, s, r.invite.Client).Deeds), 1)
		want(t, "whole again", r.Emergency().Address, "12 Elm Street, Portland")
	})
}

func TestDeedsWithoutASession(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		c := addClient(t, s, "Ana Lima")
		_, err := s.Deed(ctx, c, "", " ")
		wantField(t, err, "Text")
		s.Vault.Memory.Fail(app.ErrDiskFull)
		_, err = s.Deed(ctx, c, "", "Called 112")
		wantErr(t, "on a full disk", err, app.ErrDiskFull)
		s.Vault.Memory.Fail(nil)
		id, err := s.Deed(ctx, c, "", "Called 112")
		must(t, err)
		wantAct(t, s, app.ActDeed, 1)
		time.Sleep(time.Minute)
		again, err := s.Deed(ctx, c, id, "Called the brother")
		must(t, err)
		want(t, "the same draft", again, id)
		text := stored(t, s, id)
		if !strings.Contains(text, "  Called 112") || !strings.Contains(text, "  Called the brother") {
			t.Error(text)
		}
		d, err := s.OpenDraft(ctx, id)
		must(t, err)
		must(t, d.Sign(ctx))
		_, err = s.Deed(ctx, c, id, "Help has arrived")
		must(t, err)
		n, err := s.Note(ctx, id)
		must(t, err)
		want(t, "after the signature", len(n.Addenda), 1)

		e, err := s.Emergency(ctx, c)
		must(t, err)
		want(t, "nobody asked for a place", e.Today, false)
		want(t, "nothing to call", e.Numbers.First(), "")
	})
}

func TestEmergencyWithoutASessionShowsTheLastPlace(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		r := admit(t, s, app.Knock{})
		r.call.Connect()
		r.fill()
		r.end(t, false)
		e, err := s.Emergency(t.Context(), r.invite.Client)
		must(t, err)
		want(t, "not today's", e.Today, false)
		want(t, "number", e.Numbers.First(), "911")
		want(t, "address", e.Address, "12 Elm Street, Portland")
		want(t, "support", e.Checklist.Support.Name, "Luis")
	})
}

func TestSafetyPlanVersions(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		c := addClient(t, s, "Ana Lima")
		steps := safety.Steps{0: {{Text: " pacing "}, {}}, 3: {{Text: "Luis", Phone: "555 0101"}}}
		wantField(t, func() error { _, err := s.SavePlan(ctx, c, 0, safety.Steps{1: {{Text: " "}}}, 90); return err }(), "Steps")
		wantField(t, func() error { _, err := s.SavePlan(ctx, c, 0, steps, 0); return err }(), "Review")
		long := safety.Steps{0: {{Text: strings.Repeat("x", 40<<10)}}}
		wantField(t, func() error { _, err := s.SavePlan(ctx, c, 0, long, 90); return err }(), "Steps")

		first, err := s.SavePlan(ctx, c, 0, steps, 30)
		must(t, err)
		want(t, "version", first.Version, 1)
		want(t, "tidied", len(first.Steps[0]), 1)
		want(t, "by", first.By, "Dr. Maren Holt, LCSW 12345, Oregon")
		_, err = s.SavePlan(ctx, c, 0, steps, 30)
		wantErr(t, "from an older screen", err, app.ErrPlanMoved)
		steps[0][0].Text = "pacing, no sleep"
		_, err = s.SavePlan(ctx, c, 1, steps, 60)
		must(t, err)
		all, err := s.Plans(ctx, c)
		must(t, err)
		want(t, "versions", len(all), 2)
		want(t, "the first as it was", all[1].Steps[0][0].Text, "pacing")
		want(t, "chained", len(s.Vault.Memory.Entries(c)), 2)
		wantAct(t, s, app.ActPlan, 2) // the refused one is no plan
		wantAct(t, s, app.ActViewPlan, 1)

		due := func() int {
			d, err := s.PlansDue(ctx)
			must(t, err)
			return len(d)
		}
		want(t, "due at once", due(), 0)
		for range 59 {
			time.Sleep(24 * time.Hour)
		}
		unlock(t, s)
		want(t, "the day before", due(), 0)
		time.Sleep(24 * time.Hour)
		unlock(t, s)
		want(t, "on its day", due(), 1)
	})
}

func TestPlanDraftSurvives(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		c := addClient(t, s, "Ana Lima")
		text := func() string {
			d, err := s.UnsavedPlan(ctx, c)
			must(t, err)
			if d == nil {
				return ""
			}
			return d.Form[0][0].Text
		}
		inStore := func() bool { return kept(t, s, app.WritingOf(app.PlanWriting, c)) != "" }
		steps := func(s string) safety.Steps { return safety.Steps{0: {{Text: s}}} }
		mine := steps("a")
		s.WritePlan(c, mine)
		mine[0][0].Text = "changed by the screen"
		want(t, "at once", inStore(), false)
		time.Sleep(3 * time.Second)
		want(t, "after a pause", inStore(), true)
		want(t, "text", text(), "a")
		s.WritePlan(c, steps("ab"))
		want(t, "typed a moment ago", text(), "ab")
		s.WritePlan(c, steps("abc"))
		s.Lock()
		unlock(t, s)
		want(t, "over a lock", text(), "abc")

		s.Vault.Memory.Fail(app.ErrDiskFull)
		s.WritePlan(c, steps("abcd"))
		time.Sleep(4 * time.Second)
		s.Lock()
		s.Vault.Memory.Fail(nil)
		unlock(t, s)
		want(t, "over a full disk and a lock", text(), "abcd")

		must(t, s.LetGo(ctx, app.WritingOf(app.PlanWriting, c)))
		want(t, "dropped", text(), "")
		s.WritePlan(c, steps("last"))
		_, err := s.SavePlan(ctx, c, 0, steps("last"), 90)
		must(t, err)
		time.Sleep(10 * time.Second)
		want(t, "once it is a version", text(), "")
		if slices.Contains(s.Vault.Memory.Acts(), "last") {
			t.Error("the audit log holds what a plan says")
		}
	})
}
