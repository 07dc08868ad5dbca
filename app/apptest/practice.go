package apptest

import (
	"context"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/measure"
	"alcove/assets"
)

// Passphrase opens the vaults made here.
const Passphrase = "walnut harbour quietly seven"

// Pass is Passphrase as typed.
func Pass() app.Passphrase { return app.NewPassphrase([]byte(Passphrase)) }

// Stage is a practice over fakes, and the fakes behind it.
type Stage struct {
	*app.Practice
	Vault  *Vault
	Line   *Line
	Files  *Files
	People *app.People
	Kit    app.RecoveryKit
	// Ana has notes, signed and not, and invites; Standing and Single are hers, both open,
	// Single with a PIN. Only Practice fills these.
	Ana              app.ClientID
	Standing, Single app.InviteView
}

// Empty is a practice that was set up a moment ago, unlocked. The test's end ends its session
// and locks it.
func Empty(t testing.TB) *Stage {
	t.Helper()
	s := &Stage{Vault: NewVault(), Line: NewLine(), Files: NewFiles(), People: app.NewPeople(NewRegister(""), true, nil)}
	s.Practice = app.New(app.Deps{Vault: s.Vault, Line: s.Line, Devices: s.Line, Numbers: Numbers(), Files: s.Files, Measures: Measures(t), Restorer: s.Vault, People: s.People, Person: app.FirstPerson})
	kit, err := s.SetUp(context.Background(), Pass(), app.Profile{
		Therapist: "Dr. Maren Holt", Credentials: "LCSW 12345, Oregon", PracticeName: "Quiet Harbour",
		Languages: []string{"en", "es"}, TimeZone: "Europe/Dublin", Welcome: "I am glad you are here.",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Kit = kit
	t.Cleanup(func() { s.leave(t) })
	return s
}

// Measures are the instruments that the program ships.
func Measures(t testing.TB) measure.Shelf {
	t.Helper()
	s, err := measure.Load(assets.Measures())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// leave stops every goroutine of the practice.
func (s *Stage) leave(t testing.TB) {
	s.Vault.Memory.Fail(nil)
	ctx := context.Background()
	if phase, err := s.Phase(ctx); err != nil || phase != app.PhaseUnlocked {
		s.Vault.FailOpening(nil)
		if err := s.Unlock(ctx, Pass()); err != nil {
			t.Log(err) // the test changed the passphrase; then it has no session either
		}
	}
	if run := s.Running(); run != nil {
		if _, err := run.End(ctx, false); err != nil {
			t.Error(err)
		}
	}
	s.Lock()
}

// Practice is a practice at work: a caseload, notes, invites. For screens and their pictures.
func Practice(t testing.TB) *Stage {
	t.Helper()
	s := Empty(t)
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.ConfirmKit(ctx))
	for i, c := range caseload {
		id, err := s.SaveClient(ctx, c)
		must(err)
		if i == 0 {
			s.Ana = id
		}
		if c.Status == app.ClientActive {
			writeNote(t, s, id, c.Focus)
		}
	}
	for _, n := range notes {
		d, err := s.NewDraft(ctx, s.Ana, n.format)
		must(err)
		d.SetTitle(n.title)
		for _, sec := range n.sections {
			d.Edit(sec.Key, sec.Text)
		}
		if !n.signed {
			must(d.Close(ctx))
			continue
		}
		must(d.Sign(ctx))
		must(s.AddAddendum(ctx, d.ID(), "Sleep diary received by post the next day; seven nights are filled in."))
	}
	var err error
	s.Standing, err = s.CreateInvite(ctx, app.InviteWish{Client: s.Ana, Kind: app.InviteStanding})
	must(err)
	s.Single, err = s.CreateInvite(ctx, app.InviteWish{Client: s.Ana, Kind: app.InviteSingle, PIN: true})
	must(err)
	must(seeSessions(ctx, s))
	return s
}

func writeNote(t testing.TB, s *Stage, c app.ClientID, about string) {
	t.Helper()
	ctx := context.Background()
	d, err := s.NewDraft(ctx, c, app.FormatFree)
	if err != nil {
		t.Fatal(err)
	}
	d.Edit("text", about+". Agreed on one small step until next week.")
	if err := d.Sign(ctx); err != nil {
		t.Fatal(err)
	}
}

// seeSessions gives the client three past hours.
func seeSessions(ctx context.Context, s *Stage) error {
	r := s.Vault.Memory.Open(nil)
	defer func() { _ = r.Close() }()
	for i, trust := range []app.Trust{app.TrustCode, app.TrustKnown, app.TrustKnown} {
		start := time.Now().AddDate(0, 0, -21+7*i).Truncate(time.Hour)
		err := r.Sessions.SaveSession(ctx, app.SessionFacts{
			ID: app.SessionID(start.Format("S2006-01-02")), Client: s.Ana, Invite: s.Standing.ID,
			Started: start, Ended: start.Add(50 * time.Minute), Modality: app.ModalityVideo, Trust: trust,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var caseload = []app.Client{
	{
		Name: "Ana María Velasco", Pronouns: "she/her", Email: "ana@example.org", Phone: "+1 503 555 0100",
		TimeZone: "America/Los_Angeles", Focus: "CBT for depression, weekly", Tags: []string{"depression", "sleep"},
		Emergency: app.EmergencyContact{Name: "Luis Velasco", Relation: "brother", Phone: "+1 503 555 0101"}, Status: app.ClientActive,
	},
	{Name: "Jonas Weber", Pronouns: "he/him", Focus: "Exposure for panic", Tags: []string{"panic"}, Status: app.ClientActive},
	{Name: "Priya Natarajan", Pronouns: "she/they", Focus: "Grief, every two weeks", Tags: []string{"grief"}, Status: app.ClientActive},
	{Name: "Sam O'Connor", Pronouns: "they/them", Focus: "Social anxiety", Tags: []string{"anxiety", "student"}, Status: app.ClientActive},
	{Name: "Ἑλένη Παππά", Focus: "Couples therapy", Tags: []string{"couple"}, Status: app.ClientActive},
	{Name: "River", Pronouns: "ze/zir", Focus: "First call pending", Status: app.ClientWaitlist},
	{Name: "Thomas Lindqvist", Focus: "Burnout", Tags: []string{"work"}, Status: app.ClientWaitlist},
	{Name: "Miriam Adler", Focus: "Finished in spring", Status: app.ClientArchived},
}

var notes = []struct {
	format   app.NoteFormat
	title    string
	sections []app.Section
	signed   bool
}{
	{
		app.FormatSOAP, "Session 3: sleep", []app.Section{
			{Key: "subjective", Text: "Sleeps five hours; wakes at four and ruminates about work. \"It is quieter on days I walk.\""},
			{Key: "objective", Text: "Alert, tearful once, oriented. Diary filled in on six of seven days."},
			{Key: "assessment", Text: "Mood improving. Rumination remains the main driver of the insomnia."},
			{Key: "plan", Text: "Stimulus control from tonight; worry time at six in the evening. Next session on Monday."},
		}, true,
	},
	{
		app.FormatFree, "Phone call with the GP", []app.Section{
			{Key: "text", Text: "Asked about medication with Ana's consent. Sertraline unchanged; follow-up in four weeks."},
		}, false,
	},
}
