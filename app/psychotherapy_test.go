package app_test

import (
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

const apartPass = "copper lantern slowly nine"

func setUpApart(t *testing.T, s *apptest.Stage) {
	t.Helper()
	_, err := s.SetUpApart(t.Context(), pass(apartPass))
	must(t, err)
}

func apartState(t *testing.T, s *apptest.Stage) app.ApartState {
	t.Helper()
	state, err := s.ApartState(t.Context())
	must(t, err)
	return state
}

// What is written there is in no list, search, count or export of the record.
func TestPsychotherapyNotesAreApart(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		c := addClient(t, s, "Ana")
		_, err := s.NewPsychotherapyNote(ctx, c)
		wantErr(t, "before they are set up", err, app.ErrApartLocked)
		_, err = s.SetUpApart(ctx, pass("password12"))
		wantErr(t, "a weak passphrase", err, app.ErrWeakPassphrase)
		setUpApart(t, s)
		wantEvent(t, s, app.ApartChanged, "")

		signed, err := s.NewDraft(ctx, c, app.FormatFree)
		must(t, err)
		signed.Edit("text", "in the record")
		must(t, signed.Sign(ctx))

		d, err := s.NewPsychotherapyNote(ctx, c)
		must(t, err)
		d.Edit("text", "hypothesis")
		time.Sleep(3 * time.Second) // autosave
		want(t, "Dirty", d.View().Dirty, false)
		want(t, "CanSign", d.View().CanSign, false)
		wantErr(t, "Sign", d.Sign(ctx), app.ErrEmptyNote)
		d.SetForm(form(t, s, app.FormatSOAP))
		want(t, "another format", d.View().Format, app.FormatPsychotherapy)
		_, err = d.CarryForward(ctx)
		wantErr(t, "carrying the record into it", err, app.ErrNothingToCarry)

		rows, err := s.Notes(ctx, c)
		must(t, err)
		want(t, "notes", len(rows), 1)
		drafts, err := s.UnsignedNotes(ctx, 0)
		must(t, err)
		want(t, "drafts", len(drafts), 0)
		hits, err := s.SearchNotes(ctx, app.NoteQuery{Text: "hypothesis"})
		must(t, err)
		want(t, "hits", len(hits), 0)
		page, err := s.Clients(ctx, app.ClientQuery{})
		must(t, err)
		want(t, "drafts counted", page.Rows[0].Drafts, 0)
		_, err = s.Note(ctx, d.ID())
		wantErr(t, "as a note", err, app.ErrNotFound)
		_, err = s.ExportNote(ctx, d.ID())
		wantErr(t, "exported as a note", err, app.ErrNotFound)
		_, err = s.OpenDraft(ctx, d.ID())
		wantErr(t, "opened as a draft of the record", err, app.ErrNotFound)
		must(t, s.ExportRecord(ctx, c, "/out/record.json"))
		file, _ := s.Files.Read("/out/record.json")
		if !strings.Contains(file, "in the record") || strings.Contains(file, "hypothesis") {
			t.Errorf("the record file: %s", file)
		}
		next, err := s.NewDraft(ctx, c, app.FormatFree)
		must(t, err)
		_, err = next.CarryForward(ctx)
		must(t, err)
		want(t, "carried into the record", next.View().Sections[0].Text, "in the record")

		own, err := s.PsychotherapyNotes(ctx, c)
		must(t, err)
		want(t, "asked for", len(own), 1)
		want(t, "Excerpt", own[0].Excerpt, "hypothesis")
		hits, err = s.SearchPsychotherapy(ctx, app.NoteQuery{Text: "hypo"})
		must(t, err)
		want(t, "searched for", len(hits), 1)
		wantAct(t, s, app.ActApartView, 2) // of one client, and of all

		must(t, s.DeletePsychotherapyNote(ctx, d.ID()))
		own, err = s.PsychotherapyNotes(ctx, c)
		must(t, err)
		want(t, "after deleting it", len(own), 0)
		log, err := newest(t, s.Vault.Memory.Open(nil), 1)
		must(t, err)
		want(t, "the log says whose", log[0].Act+" "+string(log[0].Client), app.ActApartDelete+" "+string(c))
	})
}

func TestPsychotherapyNotesLock(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		c := addClient(t, s, "Ana")
		setUpApart(t, s)
		d, err := s.NewPsychotherapyNote(ctx, c)
		must(t, err)
		d.Edit("text", "typed a moment ago")
		s.LockApart()
		want(t, "text left in memory", written(d.View().Note), "")
		want(t, "by hand", apartState(t, s), app.ApartShut)
		_, err = s.PsychotherapyNotes(ctx, c)
		wantErr(t, "reading", err, app.ErrApartLocked)
		wantErr(t, "a wrong passphrase", s.UnlockApart(ctx, pass("not this one at all")), app.ErrWrongPassphrase)
		wantAct(t, s, app.ActApartUnlock+".failed", 1)
		must(t, s.UnlockApart(ctx, pass(apartPass)))
		d, err = s.OpenPsychotherapyNote(ctx, d.ID())
		must(t, err)
		want(t, "kept", written(d.View().Note), "typed a moment ago")

		// Other work does not keep them open; writing them does.
		for range 4 {
			time.Sleep(time.Minute)
			s.Touch()
		}
		want(t, "after four minutes", apartState(t, s), app.ApartOpen)
		d.Edit("text", "still at it")
		time.Sleep(4 * time.Minute)
		s.Touch()
		want(t, "after four more", apartState(t, s), app.ApartOpen)
		time.Sleep(2 * time.Minute)
		want(t, "after their own idle minutes", apartState(t, s), app.ApartShut)
		want(t, "the vault", phase(t, s), app.PhaseUnlocked)

		must(t, s.UnlockApart(ctx, pass(apartPass)))
		s.Lock()
		unlock(t, s)
		want(t, "after the vault was locked", apartState(t, s), app.ApartShut)
	})
}

// Their idle time is a setting of its own, and counts at once for notes that are open.
func TestPsychotherapyNotesIdleTime(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		set := func(minutes int) {
			t.Helper()
			pr, err := s.Profile(t.Context())
			must(t, err)
			pr.IdleMinutes, pr.ApartMinutes = 60, minutes
			must(t, s.SaveProfile(t.Context(), pr))
		}
		setUpApart(t, s)
		set(15)
		time.Sleep(14 * time.Minute)
		want(t, "before", apartState(t, s), app.ApartOpen)
		time.Sleep(61 * time.Second)
		want(t, "after", apartState(t, s), app.ApartShut)
		want(t, "the vault", phase(t, s), app.PhaseUnlocked)
		must(t, s.UnlockApart(t.Context(), pass(apartPass)))
		set(1)
		time.Sleep(61 * time.Second)
		want(t, "shorter", apartState(t, s), app.ApartShut)
		wantAct(t, s, app.ActApartLock, 2)
	})
}

// A full disk at the lock: nothing is lost, and nothing waits in the clear.
func TestPsychotherapyNoteOnAFullDisk(t *testing.T) {
	for _, how := range []string{"their own lock", "the vault's lock"} {
		t.Run(how, func(t *testing.T) {
			play(t, func(t *testing.T, s *apptest.Stage) {
				ctx := t.Context()
				c := addClient(t, s, "Ana")
				setUpApart(t, s)
				d, err := s.NewPsychotherapyNote(ctx, c)
				must(t, err)
				d.Edit("text", "must not be lost")
				s.Vault.Memory.Fail(app.ErrDiskFull)
				if how == "their own lock" {
					s.LockApart()
					want(t, "closing would lose", s.Waiting().Drafts, 1)
					s.Vault.Memory.Fail(nil)
				} else {
					s.Lock()
					want(t, "closing would lose", s.Waiting().Drafts, 1)
					s.Vault.Memory.Fail(nil)
					unlock(t, s)
				}
				want(t, "in the record's store", stored(t, s, d.ID()), "")
				must(t, s.UnlockApart(ctx, pass(apartPass)))
				d, err = s.OpenPsychotherapyNote(ctx, d.ID())
				must(t, err)
				want(t, "kept", written(d.View().Note), "must not be lost")
				want(t, "closing would lose nothing", s.Waiting().None(), true)
			})
		})
	}
}

func TestPsychotherapyKit(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		kit, err := s.SetUpApart(ctx, pass(apartPass))
		must(t, err)
		groups := app.KitGroups(kit)
		s.LockApart()
		wantErr(t, "the vault's own kit", s.RecoverApart(ctx, s.Kit, pass("another meadow under glass")), app.ErrWrongRecoveryKit)
		typed, err := app.ParseKit(strings.Join(groups, " "))
		must(t, err)
		wantErr(t, "a weak passphrase", s.RecoverApart(ctx, typed, pass("aaaaaaaaaaaa")), app.ErrWeakPassphrase)
		must(t, s.RecoverApart(ctx, typed, pass("another meadow under glass")))
		s.LockApart()
		must(t, s.UnlockApart(ctx, pass("another meadow under glass")))
	})
}
