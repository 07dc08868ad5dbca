package app_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"alcove/app"
	"alcove/app/apptest"
)

// relayChoice remembers what it was told last.
type relayChoice struct {
	kept app.RelaySettings
	err  error
}

func (r *relayChoice) KeepRelay(s app.RelaySettings) error {
	r.kept = s
	return r.err
}

func TestTheChoiceOfRelayOutlivesALock(t *testing.T) {
	vault, line, choice := apptest.NewVault(), apptest.NewLine(), &relayChoice{}
	p := app.New(app.Deps{Vault: vault, Line: line, Devices: line, Relay: choice})
	_, err := p.SetUp(t.Context(), apptest.Pass(), app.Profile{Therapist: "Ada"})
	must(t, err)
	defer p.Lock()
	must(t, p.SaveProfile(t.Context(), app.Profile{Therapist: "Ada", Relay: app.RelaySettings{URL: "https://relay.example/", LAN: true}}))
	want(t, "kept", choice.kept, app.RelaySettings{URL: "https://relay.example", LAN: true})
	choice.err = app.ErrDiskFull
	wantErr(t, "a choice that cannot be kept", p.SaveProfile(t.Context(), app.Profile{Therapist: "Ada"}), app.ErrDiskFull)
}

const clinic = "https://relay.clinic.example"

// A token leaves the vault for the line alone, and only while there is work for it.
func TestTheRelaysTokenIsHeldWhileUnlocked(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		pr, err := s.Profile(t.Context())
		must(t, err)
		pr.Relay.URL, pr.RelayToken = clinic+"/", app.NewRelayToken(" correct-horse-battery\n")
		must(t, s.SaveProfile(t.Context(), pr))
		const held = clinic + " correct-horse-battery"
		want(t, "saved", s.Line.Token(), held)
		s.Lock()
		want(t, "locked", s.Line.Token(), "")
		unlock(t, s)
		want(t, "unlocked", s.Line.Token(), held)

		i := invite(t, s, app.InviteStanding, false)
		d := knock(t, s, i.ID, app.Knock{})
		_, err = s.Admit(t.Context(), d.Knock().ID)
		must(t, err)
		d.Call().Connect()
		synctest.Wait()
		s.Lock()
		want(t, "locked in a session, which may need its relay again", s.Line.Token(), held)
		d.Call().Hear(app.CallEnded{Why: app.EndClient})
		synctest.Wait()
		want(t, "locked, and the session over", s.Line.Token(), "")
		unlock(t, s)
		s.Lock()
		want(t, "locked again, with the room not left", s.Line.Token(), "")
	})
}

func TestATokenIsLookedAt(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		pr, err := s.Profile(t.Context())
		must(t, err)
		const good = "correct-horse-battery"
		for _, c := range []struct{ url, token, field string }{
			{clinic, good, ""},
			{"http://127.0.0.1:8460", good, ""},
			{"http://[::1]:8460", good, ""},
			{"http://localhost:8460", good, ""},
			{"http://relay.clinic.example", good, "RelayToken"}, // everybody on the way would read it
			{"http://localhost.clinic.example", good, "RelayToken"},
			{"", good, "RelayToken"},
			{clinic, "short", "RelayToken"},
			{clinic, good + "\nX: y", "RelayToken"},
			{clinic, strings.Repeat("x", 401), "RelayToken"},
			{"clinic", good, "Relay"},
			{clinic, "", ""},
		} {
			pr.Relay.URL, pr.RelayToken = c.url, app.NewRelayToken(c.token)
			switch err := s.SaveProfile(t.Context(), pr); {
			case c.field != "":
				wantField(t, err, c.field)
			case err != nil:
				t.Errorf("%s with %q: %v", c.url, c.token, err)
			}
		}
	})
}

func TestATokenIsNotPrinted(t *testing.T) {
	const secret = "correct-horse-battery"
	pr := app.Profile{RelayToken: app.NewRelayToken(secret)}
	for _, text := range []string{fmt.Sprint(pr), fmt.Sprintf("%+v %#v %s %q", pr, pr.RelayToken, pr.RelayToken, pr.RelayToken), fmt.Errorf("x: %v", pr).Error()} {
		if strings.Contains(text, secret) {
			t.Errorf("printed: %s", text)
		}
	}
	b, err := json.Marshal(pr.Relay)
	if must(t, err); strings.Contains(string(b), secret) {
		t.Errorf("what is kept beside the vault: %s", b)
	}
}
