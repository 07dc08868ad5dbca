package app_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

func TestSetUpMakesAVault(t *testing.T) {
	vault, line := apptest.NewVault(), apptest.NewLine()
	p := app.New(app.Deps{Vault: vault, Line: line, Devices: line})
	ph, err := p.Phase(t.Context())
	must(t, err)
	want(t, "before", ph, app.PhaseAbsent)

	_, err = p.SetUp(t.Context(), apptest.Pass(), app.Profile{})
	wantField(t, err, "Therapist")
	_, err = p.SetUp(t.Context(), pass("password1"), app.Profile{Therapist: "Ada"})
	wantErr(t, "a weak passphrase", err, app.ErrWeakPassphrase)
	ph, err = p.Phase(t.Context())
	must(t, err)
	want(t, "after refusals", ph, app.PhaseAbsent)

	kit, err := p.SetUp(t.Context(), apptest.Pass(), app.Profile{Therapist: " Ada ", KitConfirmed: true})
	must(t, err)
	defer p.Lock()
	want(t, "the kit's bytes", len(kit.Bytes()), 20)
	pr, err := p.Profile(t.Context())
	must(t, err)
	want(t, "Therapist", pr.Therapist, "Ada")
	want(t, "KitConfirmed before it was typed back", pr.KitConfirmed, false)
	must(t, p.ConfirmKit(t.Context()))
	pr, err = p.Profile(t.Context())
	must(t, err)
	want(t, "KitConfirmed", pr.KitConfirmed, true)
}

func TestPassphraseWithTheTherapistsNameIsWeak(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		wantErr(t, "the practice's own words", s.ChangePassphrase(t.Context(), apptest.Pass(), pass("maren holt quiet harbour")), app.ErrWeakPassphrase)
		if !app.JudgePassphrase(pass("maren holt quiet harbour")).OK {
			t.Error("without the hints the same words pass, or this test proves nothing")
		}
	})
}

func TestUnlockAndLock(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		want(t, "set up", phase(t, s), app.PhaseUnlocked)
		events(t, s)
		s.Lock()
		want(t, "locked", phase(t, s), app.PhaseShut)
		wantEvent(t, s, app.VaultChanged, "")
		_, err := s.Clients(t.Context(), app.ClientQuery{})
		wantErr(t, "reading while locked", err, app.ErrLocked)
		s.Lock() // twice does nothing
		wantErr(t, "a wrong passphrase", s.Unlock(t.Context(), pass("walnut harbour quietly eight")), app.ErrWrongPassphrase)
		want(t, "after a wrong one", phase(t, s), app.PhaseShut)
		unlock(t, s)
		wantEvent(t, s, app.VaultChanged, "")
		unlock(t, s) // the second of two clicks
		wantAct(t, s, app.ActUnlock, 1)
		wantAct(t, s, app.ActLock, 1)
	})
}

func TestPassphrasesAreWiped(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		s.Lock()
		typed := []byte("not the right one at all")
		wantErr(t, "Unlock", s.Unlock(t.Context(), app.NewPassphrase(typed)), app.ErrWrongPassphrase)
		want(t, "what is left of it", strings.Trim(string(typed), "\x00"), "")
		typed = []byte(apptest.Passphrase)
		must(t, s.Unlock(t.Context(), app.NewPassphrase(typed)))
		want(t, "what is left of the right one", strings.Trim(string(typed), "\x00"), "")
	})
}

func TestFailedUnlocksAreAuditedLater(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		s.Lock()
		for range 3 {
			_ = s.Unlock(t.Context(), pass("wrong"))
			time.Sleep(time.Minute)
		}
		tried := time.Now().Add(-time.Minute)
		wantAct(t, s, app.ActUnlock+".failed", 0)
		unlock(t, s)
		wantAct(t, s, app.ActUnlock+".failed", 3)
		r := s.Vault.Memory.Open(nil)
		log, err := newest(t, r, 2)
		must(t, err)
		want(t, "newest entry", log[0].Act, app.ActUnlock)
		if !log[1].At.Equal(tried.Truncate(time.Millisecond)) {
			t.Errorf("the failed try is dated %v, was at %v", log[1].At, tried)
		}
	})
}

// TestFailedUnlocksOutliveTheProgram: whoever guesses, and ends the program, is in the log all the
// same. What others wrote where tries are kept is not.
func TestFailedUnlocksOutliveTheProgram(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		s.Lock()
		_ = s.Unlock(t.Context(), pass("wrong"))
		_ = s.Recover(t.Context(), app.NewRecoveryKit(make([]byte, 20)), pass("walnut harbour quietly nine"))
		must(t, s.Vault.KeepTry(t.Context(), app.AuditEntry{At: time.Now(), Act: app.ActExport, About: "forged"}))
		must(t, s.Vault.KeepTry(t.Context(), app.AuditEntry{At: time.Now().Add(time.Hour), Act: app.ActRestored + ".failed"})) // the clock was set on
		next := app.New(app.Deps{Vault: s.Vault, Line: s.Line, Devices: s.Line, Numbers: apptest.Numbers(), Measures: apptest.Measures(t)})
		s.Vault.Memory.Fail(app.ErrDiskFull)
		must(t, next.Unlock(t.Context(), apptest.Pass()))
		wantAct(t, s, app.ActUnlock+".failed", 0)
		s.Vault.Memory.Fail(nil)
		next.Lock()
		must(t, next.Unlock(t.Context(), apptest.Pass()))
		for range 2 {
			wantAct(t, s, app.ActUnlock+".failed", 1)
			wantAct(t, s, app.ActRecover+".failed", 1)
			wantAct(t, s, app.ActRestored+".failed", 1)
			wantAct(t, s, app.ActExport, 0)
			next.Lock()
			must(t, next.Unlock(t.Context(), apptest.Pass()))
		}
		next.Lock()
	})
}

// keeping is a vault whose tries cannot be deleted.
type keeping struct{ *apptest.Vault }

func (keeping) ForgetTries(context.Context) error { return app.ErrDiskFull }

// What stays where tries are kept, though it is in the log, does not enter it again.
func TestFailedUnlocksAreAuditedOnce(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		s.Lock()
		p := app.New(app.Deps{Vault: keeping{s.Vault}, Line: s.Line, Devices: s.Line, Numbers: apptest.Numbers(), Measures: apptest.Measures(t)})
		for n := range 3 {
			_ = p.Unlock(t.Context(), pass("wrong"))
			must(t, p.Unlock(t.Context(), apptest.Pass()))
			wantAct(t, s, app.ActUnlock+".failed", n+1)
			p.Lock()
			time.Sleep(time.Minute)
		}
	})
}

func TestUnlockOnAFullDiskStillReads(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		s.Lock()
		s.Vault.Memory.Fail(app.ErrDiskFull)
		unlock(t, s)
		_, err := s.Clients(t.Context(), app.ClientQuery{})
		must(t, err)
		wantAct(t, s, app.ActUnlock, 0)
		s.Vault.Memory.Fail(nil)
		c := addClient(t, s, "Ana")
		_, err = s.CreateInvite(t.Context(), app.InviteWish{Client: c}) // the next thing that is audited
		must(t, err)
		wantAct(t, s, app.ActUnlock, 1)
	})
}

func TestUnlockTellsWhatStopsIt(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		s.Lock()
		for _, e := range []error{
			app.ErrDeviceSecretMissing, app.ErrKeychainUnavailable, app.ErrDamagedKeyFile, app.ErrDamaged,
			app.ErrNewerFormat, app.ErrDiskFull, app.ErrReadOnly, app.ErrProfileInUse,
		} {
			s.Vault.FailOpening(fmt.Errorf("wrapped: %w", e))
			wantErr(t, "Unlock", s.Unlock(t.Context(), apptest.Pass()), e)
			want(t, "phase", phase(t, s), app.PhaseShut)
		}
	})
}

func TestRecoverSetsANewPassphrase(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		const next = "violet engine drums october"
		defer func() { _ = s.ChangePassphrase(t.Context(), pass(next), apptest.Pass()) }()
		s.Lock()
		wrong := app.NewRecoveryKit(make([]byte, 20))
		wantErr(t, "another vault's kit", s.Recover(t.Context(), wrong, pass(next)), app.ErrWrongRecoveryKit)
		wantErr(t, "a weak passphrase", s.Recover(t.Context(), s.Kit, pass("abc123")), app.ErrWeakPassphrase)
		must(t, s.Recover(t.Context(), s.Kit, pass(next)))
		wantAct(t, s, app.ActRecover, 1)
		wantAct(t, s, app.ActRecover+".failed", 1)
		s.Lock()
		wantErr(t, "the old passphrase", s.Unlock(t.Context(), apptest.Pass()), app.ErrWrongPassphrase)
		must(t, s.Unlock(t.Context(), pass(next)))
	})
}

func TestNewKitMustBeConfirmedAgain(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		must(t, s.ConfirmKit(t.Context()))
		pr, _ := s.Profile(t.Context())
		pr.KitConfirmed = false
		must(t, s.SaveProfile(t.Context(), pr))
		pr, _ = s.Profile(t.Context())
		want(t, "KitConfirmed is not the settings form's", pr.KitConfirmed, true)
		kit, err := s.NewRecoveryKit(t.Context())
		must(t, err)
		pr, _ = s.Profile(t.Context())
		want(t, "KitConfirmed of a new kit", pr.KitConfirmed, false)
		s.Lock()
		wantErr(t, "the old kit", s.Recover(t.Context(), s.Kit, apptest.Pass()), app.ErrWrongRecoveryKit)
		must(t, s.Recover(t.Context(), kit, apptest.Pass()))
	})
}

func TestIdleLock(t *testing.T) {
	for _, minutes := range []int{0, 3} {
		t.Run(fmt.Sprint(minutes), func(t *testing.T) {
			play(t, func(t *testing.T, s *apptest.Stage) {
				pr, err := s.Profile(t.Context())
				must(t, err)
				pr.IdleMinutes = minutes
				must(t, s.SaveProfile(t.Context(), pr))
				idle := time.Duration(minutes) * time.Minute
				if minutes == 0 {
					idle = app.DefaultIdleMinutes * time.Minute
				}
				for range 5 { // work keeps it open
					time.Sleep(idle - time.Second)
					s.Touch()
				}
				synctest.Wait()
				want(t, "at work", phase(t, s), app.PhaseUnlocked)
				time.Sleep(idle - time.Second)
				want(t, "a second before", phase(t, s), app.PhaseUnlocked)
				time.Sleep(2 * time.Second)
				want(t, "a second after", phase(t, s), app.PhaseShut)
				s.Touch()
				want(t, "a touch does not unlock", phase(t, s), app.PhaseShut)
			})
		})
	}
}

func TestShorterIdleTimeCountsAtOnce(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		pr, err := s.Profile(t.Context())
		must(t, err)
		pr.IdleMinutes = 1
		must(t, s.SaveProfile(t.Context(), pr))
		time.Sleep(61 * time.Second)
		want(t, "phase", phase(t, s), app.PhaseShut)
	})
}

func TestProfileFields(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		good, err := s.Profile(t.Context())
		must(t, err)
		for field, change := range map[string]func(*app.Profile){
			"Therapist":    func(p *app.Profile) { p.Therapist = "  " },
			"TimeZone":     func(p *app.Profile) { p.TimeZone = "Mars/Olympus" },
			"IdleMinutes":  func(p *app.Profile) { p.IdleMinutes = -1 },
			"ApartMinutes": func(p *app.Profile) { p.ApartMinutes = 241 },
			"Relay":        func(p *app.Profile) { p.Relay.URL = "ftp://relay" },
		} {
			bad := good
			change(&bad)
			wantField(t, s.SaveProfile(t.Context(), bad), field)
		}
		good.Relay.URL = " https://relay.example/ "
		must(t, s.SaveProfile(t.Context(), good))
		wantEvent(t, s, app.ProfileChanged, "")
		got, err := s.Profile(t.Context())
		must(t, err)
		want(t, "Relay", got.Relay.URL, "https://relay.example")
	})
}

func TestDevicesAndLineArePassedOn(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		list, err := s.DeviceList(t.Context())
		must(t, err)
		want(t, "cameras", len(list.Cameras), 2)
		c := addClient(t, s, "Ana")
		_, err = s.CreateInvite(t.Context(), app.InviteWish{Client: c})
		must(t, err)
		events(t, s)
		s.Line.SetStatus(app.LineStatus{Problem: "away"})
		wantEvent(t, s, app.LineChanged, "")
		want(t, "Problem", s.LineStatus().Problem, "away")
	})
}

func TestAuditFailingIsToldButNotLost(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		s.Lock()
		s.Vault.Memory.Fail(errors.New("no room"))
		for range 3 {
			unlock(t, s)
			s.Lock()
		}
		s.Vault.Memory.Fail(nil)
		unlock(t, s)
		wantAct(t, s, app.ActUnlock, 4)
		wantAct(t, s, app.ActLock, 4)
	})
}

// A lock may be the last that this process does, or come before another record: what is owed is written first.
func TestALockWritesWhatIsOwed(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		c := addClient(t, s, "Ana")
		s.Vault.Memory.Fail(app.ErrDiskFull)
		_, err := s.Client(t.Context(), c)
		must(t, err)
		wantAct(t, s, app.ActViewClient, 0)
		s.Vault.Memory.Fail(nil)
		s.Lock()
		acts := s.Vault.Memory.Acts()
		if got := acts[len(acts)-2:]; !slices.Equal(got, []string{app.ActViewClient, app.ActLock}) {
			t.Error(got)
		}
	})
}

func TestAMachineThatSleptIsLockedAtTheFirstKey(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		s.Slept(time.Hour)
		s.Touch()
		synctest.Wait()
		want(t, "phase", phase(t, s), app.PhaseShut)
	})
}

func TestAMachineThatSleptIsLockedWithoutAKey(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		s.Slept(time.Hour)
		time.Sleep(21 * time.Second)
		want(t, "phase", phase(t, s), app.PhaseShut)
	})
}

func TestKeysAreChanged(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		const next = "violet engine drums october"
		wantErr(t, "a wrong old one", s.ChangePassphrase(t.Context(), pass("nonsense"), pass(next)), app.ErrWrongPassphrase)
		must(t, s.ChangePassphrase(t.Context(), apptest.Pass(), pass(next)))
		must(t, s.RotateDeviceSecret(t.Context()))
		wantAct(t, s, app.ActPassphrase, 1)
		wantAct(t, s, app.ActDeviceSecret, 1)
		must(t, s.ChangePassphrase(t.Context(), pass(next), apptest.Pass()))
	})
}
