package app_test

import (
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/safety"
)

func TestThePracticesOwnNumbers(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		first := func(country, region string) string {
			return s.Directory().NumbersFor(safety.Place{Country: country, Region: region}).First()
		}
		want(t, "shipped", first("US", "Oregon"), "911")
		time.Sleep(24 * time.Hour)
		unlock(t, s) // it locked meanwhile
		must(t, s.SetNumbers(ctx, safety.Entry{
			Place:     safety.Place{Country: "usa", Region: "Oregon"},
			Emergency: []safety.Number{{Call: " 503 555 0100 "}, {}},
		}))
		synctest.Wait()
		want(t, "their own", first("US", "Oregon"), "503 555 0100")
		want(t, "elsewhere", first("US", ""), "911")
		n := s.Directory().NumbersFor(safety.Place{Country: "US", Region: "Oregon"})
		want(t, "shown as theirs", n.Ours, true)
		want(t, "a row without a name", n.Emergency[0].Name, "Emergency")
		wantAct(t, s, app.ActNumbers, 1)

		pr, err := s.Profile(ctx)
		must(t, err)
		want(t, "dated by the edit", pr.Numbers[0].Checked.Equal(time.Now()), true)
		pr.Numbers, pr.PracticeName = nil, "Other" // a settings screen that was opened before
		must(t, s.SaveProfile(ctx, pr))
		want(t, "after another change of the settings", first("US", "Oregon"), "503 555 0100")

		s.Lock()
		want(t, "while locked", first("US", "Oregon"), "911")
		unlock(t, s)
		must(t, s.ForgetNumbers(ctx, safety.Place{Country: "US", Region: "oregon"}))
		want(t, "shipped again", first("US", "Oregon"), "911")
		wantAct(t, s, app.ActNumbers, 2)
	})
}

func TestNumbersThatCannotBeKept(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		us := safety.Place{Country: "US"}
		for field, e := range map[string]safety.Entry{
			"Country":   {Emergency: []safety.Number{{Call: "112"}}},
			"Emergency": {Place: us, Lines: []safety.Number{{Call: "988"}}},
			"Lines":     {Place: safety.Place{Country: "US", Region: "Oregon"}, Lines: []safety.Number{{}}},
		} {
			wantField(t, s.SetNumbers(t.Context(), e), field)
		}
		wantField(t, s.SetNumbers(t.Context(), safety.Entry{Place: us, Emergency: []safety.Number{{Call: "nine one one"}}}), "Emergency")
		wantField(t, s.SetNumbers(t.Context(), safety.Entry{Place: us, Emergency: []safety.Number{{Name: "Dispatch", Text: "911"}}}), "Emergency")
		wantField(t, s.SetNumbers(t.Context(), safety.Entry{Place: us, Emergency: []safety.Number{{Call: "911"}}, Lines: []safety.Number{{Name: "Line"}}}), "Lines")
		wantAct(t, s, app.ActNumbers, 0)
	})
}
