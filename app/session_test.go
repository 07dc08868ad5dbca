package app_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

// room is a running session with a new guest on a standing link.
type room struct {
	*app.Session
	s      *apptest.Stage
	invite app.InviteView
	call   *apptest.Call
	door   *apptest.Door
}

func admit(t *testing.T, s *apptest.Stage, k app.Knock) room {
	t.Helper()
	i := invite(t, s, app.InviteStanding, false)
	d := knock(t, s, i.ID, k)
	run, err := s.Admit(t.Context(), d.Knock().ID)
	must(t, err)
	return room{run, s, i, d.Call(), d}
}

// view is the view when the session has done all that was posted.
func (r room) view() app.SessionView {
	synctest.Wait()
	return r.View()
}

func (r room) end(t *testing.T, fileChat bool) string {
	t.Helper()
	id, err := r.End(t.Context(), fileChat)
	must(t, err)
	if id == "" {
		t.Fatal("no note")
	}
	return stored(t, r.s, id)
}

func inRoom(t *testing.T, test func(t *testing.T, s *apptest.Stage, r room)) {
	t.Helper()
	play(t, func(t *testing.T, s *apptest.Stage) { test(t, s, admit(t, s, app.Knock{})) })
}

func TestSessionFromAdmitToNote(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		want(t, "Phase", r.view().Phase, app.SessionConnecting)
		time.Sleep(10 * time.Second)
		want(t, "Elapsed before the two met", r.view().Elapsed, 0)
		r.call.Connect()
		v := r.view()
		want(t, "Phase", v.Phase, app.SessionLive)
		want(t, "CodeNeeded", v.CodeNeeded, true)
		want(t, "ClientName", v.ClientName, "Ana Lima")
		began := time.Now()
		for range 50 {
			time.Sleep(time.Minute)
			s.Touch()
		}
		if got := r.view().Elapsed; got < 50*time.Minute || got > 50*time.Minute+time.Second {
			t.Errorf("Elapsed after 50 minutes: %v", got)
		}
		r.TypeCode(" 314-159 ")
		want(t, "Trust", r.view().Trust, app.TrustCode)
		events(t, s)
		text := r.end(t, false)
		for _, line := range []string{
			"Start: " + began.In(dublin(t)).Format("2 January 2006, 15:04 MST"), "Length: 50 minutes", "Modality: video",
			"End: " + time.Now().In(dublin(t)).Format("15:04 MST"), "code was checked and matched",
		} {
			if !strings.Contains(text, line) {
				t.Errorf("the note lacks %q:\n%s", line, text)
			}
		}
		want(t, "the call", fmt.Sprint(r.call.Ended()), "[therapist]")
		if s.Running() != nil {
			t.Error("still in the room")
		}
		v = r.view()
		want(t, "Phase", v.Phase, app.SessionEnded)
		want(t, "Why", v.Why, app.EndTherapist)
		list, err := s.Sessions(t.Context(), r.invite.Client)
		must(t, err)
		f := list[0]
		want(t, "facts", f, v.SessionFacts)
		want(t, "length", f.Ended.Sub(f.Started).Round(time.Second), 50*time.Minute)
		n, err := s.Note(t.Context(), f.Note)
		must(t, err)
		want(t, "the note's session", n.Session, r.ID())
		want(t, "the note's title", n.Title, "Session, "+f.Started.In(dublin(t)).Format("2 January 2006, 15:04"))
		want(t, "the note is a draft", n.CanEdit, true)
		wantEvent(t, s, app.NoteChanged, string(f.Note))
		id, err := r.End(t.Context(), false) // a second click
		must(t, err)
		want(t, "the same note", id, f.Note)
	})
}

func dublin(t *testing.T) *time.Location {
	loc, err := time.LoadLocation("Europe/Dublin")
	must(t, err)
	return loc
}

func TestLiveSessionTellsEverySecond(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		synctest.Wait()
		for n := range 5 {
			events(t, s)
			time.Sleep(time.Second)
			synctest.Wait()
			if got := events(t, s); !slices.Contains(got, app.Event{Kind: app.SessionChanged, ID: string(r.ID())}) {
				t.Errorf("second %d: %v", n, got)
			}
		}
		r.end(t, false)
		events(t, s)
		time.Sleep(5 * time.Second)
		if got := events(t, s); len(got) != 0 {
			t.Errorf("an ended session tells %v", got)
		}
	})
}

func TestCodes(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.TypeCode(apptest.CallCode)
		v := r.view()
		want(t, "a code before there is one", fmt.Sprint(v.Trust, v.WrongCodes, v.CodeNeeded), "0 false")
		r.call.Hear(app.CallConfirmed{})
		want(t, "CodeNeeded", r.view().CodeNeeded, true)
		r.call.Hear(app.CallConnected{})
		for n, typed := range []string{"314158", "", "31415"} {
			r.TypeCode(typed)
			v := r.view()
			want(t, "WrongCodes", v.WrongCodes, n+1)
			want(t, "Trust", v.Trust, app.TrustNone)
			want(t, "CodeNeeded", v.CodeNeeded, true)
		}
		wantAct(t, s, app.ActWrongCode, 3)
		known := func() bool {
			store := s.Vault.Memory.Open(nil)
			v, err := store.Guests.GuestVerified(t.Context(), r.invite.Client, r.door.Knock().GuestKey)
			must(t, err)
			return v
		}
		want(t, "known before", known(), false)
		r.TypeCode("314 159")
		want(t, "CodeNeeded after", r.view().CodeNeeded, false)
		want(t, "known after", known(), true)
		wantAct(t, s, app.ActVerified, 1)
		r.TypeCode("000000")
		want(t, "a code after the right one", r.view().Trust, app.TrustCode)
		list, err := s.Sessions(t.Context(), r.invite.Client)
		must(t, err)
		want(t, "stored trust", list[0].Trust, app.TrustCode)
	})
}

func TestGoingOnUnverifiedIsAudited(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		r.GoOnUnverified()
		r.GoOnUnverified()
		v := r.view()
		want(t, "Trust", v.Trust, app.TrustAccepted)
		want(t, "CodeNeeded", v.CodeNeeded, false)
		wantAct(t, s, app.ActUnverified, 1)
		log, err := newest(t, s.Vault.Memory.Open(nil), 1)
		must(t, err)
		want(t, "about", log[0].About, string(r.ID()))
		r.TypeCode(apptest.CallCode) // the client finds it after all
		want(t, "Trust", r.view().Trust, app.TrustCode)
	})
	inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
		r.call.Connect()
		r.GoOnUnverified()
		if text := r.end(t, false); !strings.Contains(text, "not checked; the therapist chose to go on") {
			t.Errorf("the note hides it:\n%s", text)
		}
	})
	inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
		r.call.Connect()
		if text := r.end(t, false); !strings.Contains(text, "code was not checked.") {
			t.Errorf("the note hides it:\n%s", text)
		}
	})
}

func TestChat(t *testing.T) {
	inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
		r.call.Connect()
		r.Say("  hello ")
		r.Say(" \n ")
		r.call.Hear(app.CallChat{ID: "c1", Text: "hi", At: time.Now()}, app.CallChat{ID: "c1", Text: "hi", At: time.Now()})
		r.Say(strings.Repeat("ü", 9000))
		v := r.view()
		want(t, "lines", len(v.Chat), 5)
		want(t, "first", v.Chat[0].Text, "hello")
		want(t, "first is mine", v.Chat[0].Mine, true)
		want(t, "first before it arrived", v.Chat[0].Delivered, false)
		want(t, "second", v.Chat[1].Text, "hi")
		want(t, "second is mine", v.Chat[1].Mine, false)
		said := r.call.Said()
		want(t, "lines sent", len(said), 4)
		for _, line := range said {
			if n := len([]rune(line)); n > 4000 {
				t.Errorf("a line of %d characters", n)
			}
		}
		want(t, "nothing is lost by parting", strings.Join(said[1:], ""), strings.Repeat("ü", 9000))
		r.call.Hear(app.CallDelivered{ID: v.Chat[0].ID})
		want(t, "Delivered", r.view().Chat[0].Delivered, true)
		want(t, "a view is a snapshot", v.Chat[0].Delivered, false)
	})
}

func TestChatIsFiledOnlyWhenTrusted(t *testing.T) {
	for _, x := range []struct {
		how   func(r room)
		file  bool
		filed bool
	}{
		{func(room) {}, true, false},                                  // nobody typed the code
		{func(r room) { r.TypeCode("111111") }, true, false},          // wrong
		{func(r room) { r.TypeCode(apptest.CallCode) }, true, true},   // right
		{func(r room) { r.TypeCode(apptest.CallCode) }, false, false}, // not asked for
		{func(r room) { r.GoOnUnverified() }, true, true},             // deliberately
	} {
		inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
			r.call.Connect()
			want(t, "CanFile without chat", r.view().CanFile, false)
			r.Say("how was the week?")
			r.call.Hear(app.CallChat{ID: "c1", Text: "so-so"})
			x.how(r)
			v := r.view()
			want(t, "CanFile", v.CanFile, x.filed || !x.file)
			r.call.Hear(app.CallDelivered{ID: v.Chat[0].ID})
			text := r.end(t, x.file)
			want(t, "filed", strings.Contains(text, "Client: so-so") && strings.Contains(text, "Therapist: how was the week?"), x.filed)
		})
	}
}

func TestUndeliveredLinesAreFiledAsSuch(t *testing.T) {
	inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
		r.call.Connect()
		r.TypeCode(apptest.CallCode)
		r.Say("lost")
		if text := r.end(t, true); !strings.Contains(text, "Therapist (not delivered): lost") {
			t.Errorf("note:\n%s", text)
		}
	})
}

func TestLineLostAndBack(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		time.Sleep(time.Minute)
		r.call.Hear(app.CallLost{})
		want(t, "Phase", r.view().Phase, app.SessionLost)
		r.call.Hear(app.CallConnected{})
		v := r.view()
		want(t, "Phase", v.Phase, app.SessionLive)
		want(t, "the clock went on", v.Elapsed, time.Minute)
		r.call.Hear(app.CallLost{})
		time.Sleep(2 * time.Minute)
		r.call.Hear(app.CallEnded{Why: app.EndLost})
		v = r.view()
		want(t, "Why", v.Why, app.EndLost)
		want(t, "it ended when it was lost", v.Elapsed, time.Minute)
		want(t, "the room stays until it is left", s.Running(), r.Session)
		if text := r.end(t, false); !strings.Contains(text, "Ending: the line was lost") {
			t.Errorf("note:\n%s", text)
		}
	})
}

func TestALossThatWasMendedDoesNotEndTheHour(t *testing.T) {
	inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
		r.call.Connect()
		r.call.Hear(app.CallLost{}, app.CallConnected{})
		time.Sleep(time.Minute)
		r.call.Hear(app.CallEnded{Why: app.EndLost})
		want(t, "Elapsed", r.view().Elapsed, time.Minute)
	})
}

func TestClientLeavesAndTheChatIsFiledAfterwards(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		r.TypeCode(apptest.CallCode)
		r.call.Hear(app.CallChat{ID: "c1", Text: "bye"}, app.CallEnded{Why: app.EndClient}, app.CallChat{ID: "c2", Text: "after the end"})
		v := r.view()
		want(t, "Phase", v.Phase, app.SessionEnded)
		d, err := s.OpenDraft(t.Context(), v.Note) // the note is there at once, and open
		must(t, err)
		d.Edit("text", "Typed meanwhile.")
		text := r.end(t, true)
		for _, part := range []string{"Typed meanwhile.", "Client: bye", "Ending: the client left."} {
			if strings.Count(text, part) != 1 {
				t.Errorf("the note has %q %d times:\n%s", part, strings.Count(text, part), text)
			}
		}
		want(t, "after the end", strings.Contains(text, "after the end"), false)
		want(t, "the open draft shows it", strings.Contains(written(d.View().Note), "Client: bye"), true)
		want(t, "the call is not ended twice", len(r.call.Ended()), 0)
	})
}

func TestChatOfASignedNoteBecomesAnAddendum(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		r.TypeCode(apptest.CallCode)
		r.call.Hear(app.CallChat{ID: "c1", Text: "bye"}, app.CallEnded{Why: app.EndClient})
		d, err := s.OpenDraft(t.Context(), r.view().Note)
		must(t, err)
		must(t, d.Sign(t.Context()))
		r.end(t, true)
		v, err := s.Note(t.Context(), d.ID())
		must(t, err)
		want(t, "addenda", len(v.Addenda), 1)
		want(t, "HashFits", v.HashFits, true)
	})
}

func TestACallThatNeverConnectedLeavesNoSession(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Hear(app.CallEnded{Why: app.EndHandshake})
		want(t, "Why", r.view().Why, app.EndHandshake)
		id, err := r.End(t.Context(), true)
		must(t, err)
		want(t, "note", id, "")
		list, err := s.Sessions(t.Context(), r.invite.Client)
		must(t, err)
		want(t, "sessions", len(list), 0)
		want(t, "Running", s.Running(), nil)
		wantAct(t, s, app.ActAdmit, 1)
	})
}

func TestLockLeavesTheCall(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		other := invite(t, s, app.InviteStanding, false)
		r.call.Connect()
		synctest.Wait()
		s.Lock()
		want(t, "shut", strings.Join(s.Line.Shuts(), ","), string(other.ID)+" locked")
		want(t, "the call", len(r.call.Ended()), 0)
		want(t, "Running", s.Running(), r.Session)
		want(t, "ClientName while locked", r.view().ClientName, "A.L.")
		r.TypeCode(apptest.CallCode)
		r.call.Hear(app.CallChat{ID: "c1", Text: "still here"})
		time.Sleep(30 * time.Minute)
		v := r.view()
		want(t, "Trust", v.Trust, app.TrustCode)
		want(t, "RecordProblem: waiting for the vault is none", v.RecordProblem, "")
		intruder := knock(t, s, r.invite.ID, app.Knock{})
		want(t, "a knock while locked", strings.HasPrefix(intruder.Answer(), "deny "), true)

		ended := time.Now()
		id, err := r.End(t.Context(), true)
		must(t, err)
		want(t, "note while locked", id, "")
		want(t, "Running", s.Running(), nil)
		want(t, "shut at its end", strings.Join(s.Line.Shuts(), ","), string(other.ID)+" locked,"+string(r.invite.ID)+" locked")
		time.Sleep(time.Hour)
		unlock(t, s)
		list, err := s.Sessions(t.Context(), r.invite.Client)
		must(t, err)
		f := list[0]
		want(t, "Ended", f.Ended.Equal(ended.Truncate(time.Millisecond)), true)
		want(t, "Trust in the record", f.Trust, app.TrustCode)
		text := stored(t, s, f.Note)
		for _, part := range []string{"Length: 30 minutes", "Client: still here", "matched"} {
			if !strings.Contains(text, part) {
				t.Errorf("the note lacks %q:\n%s", part, text)
			}
		}
		wantAct(t, s, app.ActVerified, 1)
		want(t, "listening again", len(s.Line.Listening()), 2)
	})
}

func TestUnlockDuringTheCallCatchesUp(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		synctest.Wait()
		s.Lock()
		r.GoOnUnverified()
		synctest.Wait()
		wantAct(t, s, app.ActUnverified, 0)
		unlock(t, s)
		wantAct(t, s, app.ActUnverified, 1)
		want(t, "the invite was not opened twice", len(s.Line.Shuts()), 0)
		want(t, "ClientName", r.view().ClientName, "Ana Lima")
		r.end(t, false)
		want(t, "the link lives on", stateOf(t, s, r.invite).State, app.InviteOpen)
		want(t, "listening", len(s.Line.Listening()), 1)
	})
}

func TestRecordOnAFullDisk(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		synctest.Wait()
		s.Vault.Memory.Fail(app.ErrDiskFull)
		r.call.Connect()
		r.TypeCode(apptest.CallCode)
		r.call.Hear(app.CallChat{ID: "c1", Text: "hi"})
		v := r.view()
		want(t, "the call goes on", v.Phase, app.SessionLive)
		want(t, "RecordProblem", v.RecordProblem, app.Explain(app.ErrDiskFull))
		_, err := r.End(t.Context(), true)
		wantErr(t, "End", err, app.ErrDiskFull)
		want(t, "stays in the room", s.Running(), r.Session)
		s.Vault.Memory.Fail(nil)
		time.Sleep(6 * time.Second) // it tries again by itself
		want(t, "RecordProblem", r.view().RecordProblem, "")
		text := r.end(t, true)
		want(t, "the chat, once", strings.Count(text, "Client: hi"), 1)
		wantAct(t, s, app.ActVerified, 1)
	})
}

func TestTheChatIsFiledOnceThoughTheDiskFillsUp(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		r.TypeCode(apptest.CallCode)
		r.call.Hear(app.CallChat{ID: "c1", Text: "hi"}, app.CallEnded{Why: app.EndClient})
		synctest.Wait() // the note is there
		s.Vault.Memory.Fail(app.ErrDiskFull)
		_, err := r.End(t.Context(), true)
		wantErr(t, "End", err, app.ErrDiskFull)
		time.Sleep(12 * time.Second) // two tries fail
		s.Vault.Memory.Fail(nil)
		want(t, "the chat", strings.Count(r.end(t, true), "Client: hi"), 1)
	})
}

func TestDevicesOfTheCall(t *testing.T) {
	inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
		r.call.Connect()
		v := r.view()
		want(t, "at first", fmt.Sprint(v.Microphone, v.Camera, v.VoiceOnly), "true true false")
		r.SetMicrophone(false)
		r.SetCamera(false)
		r.SetVoiceOnly(true)
		r.Use(app.Devices{Speaker: "speaker2"})
		v = r.view()
		want(t, "after", fmt.Sprint(v.Microphone, v.Camera, v.VoiceOnly), "false false true")
		want(t, "the call heard", strings.Join(r.call.Pictures().Log, ", "), "microphone false, camera false, voice only true, use {  speaker2}")
		r.call.Hear(app.CallRemote{Microphone: true}, app.CallDevice{Kind: "microphone", Problem: "Mic gone."}, app.CallDevice{Kind: "camera", Problem: "Camera gone."})
		v = r.view()
		want(t, "Remote", v.Remote, app.CallRemote{Microphone: true})
		want(t, "DeviceProblem", v.DeviceProblem, "Camera gone. Mic gone.")
		r.call.Hear(app.CallDevice{Kind: "camera"})
		want(t, "DeviceProblem", r.view().DeviceProblem, "Mic gone.")
		img := image.NewRGBA(image.Rect(0, 0, 1, 1))
		r.call.Pictures().ShowRemote(img)
		got, n := r.Remote().Latest()
		want(t, "picture", got, img)
		want(t, "its number", n, uint64(1))
		if got, _ := r.Self().Latest(); got != nil {
			t.Error("a picture of ourselves from nowhere")
		}
	})
}

func TestTextSessionHasNoMedia(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		r := admit(t, s, app.Knock{Wants: app.ModalityText})
		r.call.Connect()
		v := r.view()
		want(t, "media", v.Microphone || v.Camera, false)
		if text := r.end(t, false); !strings.Contains(text, "Modality: text") {
			t.Errorf("note:\n%s", text)
		}
	})
}

func TestEndGivesUpWaitingWithItsContext(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		r.call.Connect()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		id, err := r.End(ctx, false)
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		synctest.Wait()
		want(t, "it ends none the less", r.view().Phase, app.SessionEnded)
		_ = id
	})
}

func TestASessionIsOnRecordFromItsFirstMoment(t *testing.T) {
	inRoom(t, func(t *testing.T, s *apptest.Stage, r room) {
		list, err := s.Sessions(t.Context(), r.invite.Client)
		must(t, err)
		want(t, "before the two met", len(list), 0)
		r.call.Connect()
		synctest.Wait()
		list, err = s.Sessions(t.Context(), r.invite.Client)
		must(t, err)
		want(t, "sessions", len(list), 1)
		want(t, "Ended of a running session", list[0].Ended.IsZero(), true)
	})
}

func TestKnownDeviceIsTrusted(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		i := invite(t, s, app.InviteStanding, false)
		key := apptest.GuestKey()
		meet(t, s, i.ID, key, true)
		d := knock(t, s, i.ID, app.Knock{GuestKey: key})
		run, err := s.Admit(t.Context(), d.Knock().ID)
		must(t, err)
		r := room{run, s, i, d.Call(), d}
		r.Say("are you there?")
		want(t, "CanFile before the two met", r.view().CanFile, false)
		r.call.Connect()
		v := r.view()
		want(t, "Trust", v.Trust, app.TrustKnown)
		want(t, "CodeNeeded", v.CodeNeeded, false)
		r.TypeCode("000000") // none is wanted, so none can be wrong
		r.GoOnUnverified()
		v = r.view()
		want(t, "Trust", v.Trust, app.TrustKnown)
		want(t, "WrongCodes", v.WrongCodes, 0)
		if text := r.end(t, false); !strings.Contains(text, "known from an earlier session") {
			t.Errorf("note:\n%s", text)
		}
	})
}
