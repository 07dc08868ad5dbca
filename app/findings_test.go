package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

func TestFindingWords(t *testing.T) {
	for words, all := range map[string][]app.Finding{
		"": nil,
		"One signed entry of one client is not as it was signed.":       {{Kind: app.FoundEntry, Client: "A", Count: 1}},
		"5 signed entries of 2 clients are not as they were signed.":    {{Kind: app.FoundEntry, Client: "A", Count: 2}, {Kind: app.FoundEntry, Client: "B", Count: 3}},
		"At one place an entry in the proof of one client does not":     {{Kind: app.FoundOrder, Client: "A", Count: 1}},
		"The signed end of the proof of 2 clients is not what":          {{Kind: app.FoundEnd, Client: "A", Count: 1}, {Kind: app.FoundEnd, Client: "B", Count: 1}},
		"One thing that was signed does not agree with the proof.":      {{Kind: app.FoundRecord, Count: 1}},
		"One line of the record belongs to something that is no longer": {{Kind: app.FoundLoose, Count: 1}},
		"The audit log was altered at one entry. The index for ":        {{Kind: app.FoundIndex, Count: 1}, {Kind: app.FoundLog, Count: 1}},
	} {
		if got := app.FindingWords(all); !strings.HasPrefix(got, words) || words == "" && got != "" {
			t.Errorf("%q, want %q", got, words)
		}
	}
}

// What a restore wrote into the log stands in the view, whoever opens the vault, until it was read; a later restore tells its own.
func TestFindingsUntilTheyAreRead(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		log := s.Vault.Memory.Open(nil).Audit
		restored := func(found ...app.Finding) {
			for _, f := range found {
				must(t, log.Append(t.Context(), f.Entry(time.Now())))
			}
		}
		unread := func() (kinds []string) {
			v, err := s.KeepingDue(t.Context())
			must(t, err)
			for _, f := range v.Findings {
				kinds = append(kinds, string(f.Kind)+" "+string(f.Client))
			}
			slices.Sort(kinds)
			return kinds
		}
		restored(app.Finding{Kind: app.FoundEntry, Client: "A", Count: 30, Places: make([]int64, 30)}, app.Finding{Kind: app.FoundLog, Count: 1, Places: []int64{7}})
		s.Lock()
		unlock(t, s)
		if got := strings.Join(unread(), ", "); got != "entry A, log " {
			t.Error(got)
		}
		v, err := s.KeepingDue(t.Context())
		must(t, err)
		if got := app.FindingWords(v.Findings); !strings.HasPrefix(got, "30 signed entries of one client") {
			t.Error(got)
		}
		must(t, s.FindingsRead(t.Context()))
		want(t, "unread once it was read", len(unread()), 0)
		restored(app.Finding{Kind: app.FoundIndex, Count: 1})
		want(t, "after another restore", strings.Join(unread(), ", "), "index ")
	})
}

// A record has what it was restored with, and so have its backups; anything more is news.
func TestUntoldFindings(t *testing.T) {
	s := apptest.Practice(t)
	log := s.Vault.Memory.Open(nil).Audit
	told := []app.Finding{
		{Kind: app.FoundEntry, Client: "A", Count: 2, Places: []int64{7, 9}},
		{Kind: app.FoundEntry, Client: "B", Count: 25, Places: slices.Repeat([]int64{3}, 25)},
		{Kind: app.FoundRecord, Count: 2},
	}
	for _, f := range told {
		must(t, log.Append(t.Context(), f.Entry(time.Now())))
	}
	for name, c := range map[string]struct {
		f     app.Finding
		known bool
	}{
		"the same":             {told[0], true},
		"less":                 {app.Finding{Kind: app.FoundEntry, Client: "A", Count: 1, Places: []int64{9}}, true},
		"another place":        {app.Finding{Kind: app.FoundEntry, Client: "A", Count: 1, Places: []int64{8}}, false},
		"another client":       {app.Finding{Kind: app.FoundEntry, Client: "C", Count: 1, Places: []int64{7}}, false},
		"another kind":         {app.Finding{Kind: app.FoundOrder, Client: "A", Count: 1, Places: []int64{7}}, false},
		"too many to be named": {told[1], true},
		"a count":              {told[2], true},
		"a count of more":      {app.Finding{Kind: app.FoundRecord, Count: 3}, false},
	} {
		untold, err := app.Untold(t.Context(), log, []app.Finding{c.f})
		must(t, err)
		want(t, name, len(untold) == 0, c.known)
	}
}
