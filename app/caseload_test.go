package app_test

import (
	"slices"
	"strings"
	"testing"

	"alcove/app"
	"alcove/app/apptest"
)

func TestInitials(t *testing.T) {
	for name, initials := range map[string]string{
		"Ana María Velasco": "A.M.V.", "Jonas": "J.", "sam o'connor": "S.O.", "Ἑλένη Παππά": "Ἑ.Π.",
		"Anne-Marie": "A.M.", "a b c d e": "A.B.C.", "": "–", " ?! ": "–", "(Kiki) 7": "K.7.", "éa": "É.",
	} {
		want(t, name, app.Initials(name), initials)
	}
}

func TestClientFields(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		for field, c := range map[string]app.Client{
			"Name":     {Name: " \t"},
			"Email":    {Name: "A", Email: "not an address"},
			"TimeZone": {Name: "A", TimeZone: "Nowhere"},
			"Status":   {Name: "A", Status: "gone"},
		} {
			_, err := s.SaveClient(t.Context(), c)
			wantField(t, err, field)
		}
		_, err := s.SaveClient(t.Context(), app.Client{Name: strings.Repeat("ß", 201)})
		wantField(t, err, "Name")
		page, err := s.Clients(t.Context(), app.ClientQuery{})
		must(t, err)
		want(t, "clients after refusals", page.Total, 0)

		id, err := s.SaveClient(t.Context(), app.Client{
			Name: " Ana ", Email: "a@b.example", Tags: []string{" sleep", "", "sleep", "grief "}, PairKey: []byte("forged"),
		})
		must(t, err)
		wantEvent(t, s, app.ClientChanged, string(id))
		c, err := s.Client(t.Context(), id)
		must(t, err)
		want(t, "Name", c.Name, "Ana")
		want(t, "Status", c.Status, app.ClientActive)
		want(t, "PairKey", string(c.PairKey), "")
		if !slices.Equal(c.Tags, []string{"sleep", "grief"}) || c.Created.IsZero() || !c.Created.Equal(c.Changed) {
			t.Errorf("client: %+v", c)
		}
	})
}

func TestAFormCannotChangeWhatIsNotItsOwn(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		id := addClient(t, s, "Ana")
		stale, err := s.Client(t.Context(), id)
		must(t, err)
		_, err = s.CreateInvite(t.Context(), app.InviteWish{Client: id}) // gives the client a key
		must(t, err)
		stale.Name = "Ana Lima"
		stale.Created = stale.Created.AddDate(-1, 0, 0)
		_, err = s.SaveClient(t.Context(), stale)
		must(t, err)
		c, err := s.Client(t.Context(), id)
		must(t, err)
		want(t, "Name", c.Name, "Ana Lima")
		want(t, "PairKey", string(c.PairKey), "pair 1")
		want(t, "Created", c.Created.Equal(stale.Created), false)
		_, err = s.SaveClient(t.Context(), app.Client{ID: "unknown", Name: "X"})
		wantErr(t, "an ID that nobody gave out", err, app.ErrNotFound)
	})
}

func TestInitialsOnlyEverywhere(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		id := addClient(t, s, "Ana Lima")
		d, err := s.NewDraft(t.Context(), id, app.FormatFree)
		must(t, err)
		d.Edit("text", "word")
		must(t, d.Close(t.Context()))
		i, err := s.CreateInvite(t.Context(), app.InviteWish{Client: id})
		must(t, err)
		door := knock(t, s, i.ID, app.Knock{})
		names := func() []string {
			t.Helper()
			page, err := s.Clients(t.Context(), app.ClientQuery{Text: "lima"})
			must(t, err)
			drafts, err := s.UnsignedNotes(t.Context(), 0)
			must(t, err)
			hits, err := s.SearchNotes(t.Context(), app.NoteQuery{Text: "word"})
			must(t, err)
			out := []string{page.Rows[0].Name, drafts[0].ClientName, hits[0].ClientName}
			for _, k := range s.Knocks() {
				out = append(out, k.ClientName)
			}
			if run := s.Running(); run != nil {
				out = append(out, run.View().ClientName)
			}
			return out
		}
		all := func(name string) {
			t.Helper()
			for i, got := range names() {
				want(t, "name "+string(rune('0'+i)), got, name)
			}
		}
		all("Ana Lima")
		pr, err := s.Profile(t.Context())
		must(t, err)
		pr.InitialsOnly = true
		must(t, s.SaveProfile(t.Context(), pr))
		all("A.L.")
		_, err = s.Admit(t.Context(), door.Knock().ID)
		must(t, err)
		all("A.L.")
		c, err := s.Client(t.Context(), id)
		must(t, err)
		want(t, "Client is whole", c.Name, "Ana Lima")
	})
}

func TestStatusAndCounts(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		a, b := addClient(t, s, "Ana"), addClient(t, s, "Ben")
		must(t, setStatus(t, s, a, app.ClientArchived))
		wantErr(t, "nobody", setStatus(t, s, "nobody", app.ClientArchived), app.ErrNotFound)
		wantField(t, setStatus(t, s, b, "elsewhere"), "Status")
		counts, err := s.ClientCounts(t.Context())
		must(t, err)
		want(t, "active", counts[app.ClientActive], 1)
		want(t, "archived", counts[app.ClientArchived], 1)
	})
}
