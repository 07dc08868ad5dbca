package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/safety"
)

// planned has a client with a safety plan in its second version.
func planned(t testing.TB) *apptest.Stage {
	s := full(t)
	plan := safety.Steps{
		{{Text: "Pacing, and no sleep for two nights"}, {Text: "Thinking that I am a burden"}},
		{{Text: "Walk down to the river and back"}, {Text: "The playlist called Thursday"}},
		{{Text: "Café Marlow, by the window"}, {Text: "Football with Dara on Sundays"}},
		{{Text: "Luis, my brother", Phone: "+1 503 555 0101"}, {Text: "Dara", Phone: "+1 503 555 0133"}},
		{{Text: "Dr. Holt, weekdays", Phone: "+353 1 555 0100"}, {Text: "988 Lifeline, call or text", Phone: "988"}},
		{{Text: "Luis keeps the key of the cabinet until we say otherwise"}},
	}
	first := plan.Clone()
	first[0], first[3], first[5] = first[0][:1], first[3][:1], nil
	for i, steps := range []safety.Steps{first, plan} {
		if _, err := s.SavePlan(context.Background(), s.Ana, i, steps, app.ReviewDays); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// longPlan has lines longer than any page is wide.
func longPlan(t testing.TB) *apptest.Stage {
	s := planned(t)
	var long safety.Steps
	for i := range long {
		for n := range 6 {
			long[i] = append(long[i], safety.Line{Text: strings.Repeat("a very long line ", 3+3*n) + strings.Repeat("w", 90), Phone: strings.Repeat("+1 503 ", 8)})
		}
	}
	if _, err := s.SavePlan(context.Background(), s.Ana, 2, long, 7); err != nil {
		t.Fatal(err)
	}
	return s
}

// duePlans has n clients whose safety plan should have been gone over.
func duePlans(n int) func(testing.TB) *apptest.Stage {
	return func(t testing.TB) *apptest.Stage {
		s := full(t)
		ctx := context.Background()
		r := s.Vault.Memory.Open(nil)
		for i := range n {
			c := app.Client{Name: fmt.Sprintf("Client %d %s", i, strings.Repeat("Longname ", i))}
			id, err := s.SaveClient(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			at := time.Now().AddDate(0, -4, -i)
			p := safety.Plan{Version: 1, By: "Dr. Maren Holt", At: at, Review: at.AddDate(0, 3, 0), Steps: safety.Steps{0: {{Text: "Pacing"}}}}
			if err := r.Plans.AddPlan(ctx, app.SafetyPlan{ID: app.PlanID(fmt.Sprint("P", i)), Client: id, Plan: p}); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
}

// dueReviews has n more, whose treatment plan is to be reviewed.
func dueReviews(n int) func(testing.TB) *apptest.Stage {
	return func(t testing.TB) *apptest.Stage {
		s := duePlans(n)(t)
		ctx := context.Background()
		for i := range n {
			id, err := s.SaveClient(ctx, app.Client{Name: fmt.Sprintf("Other %d %s", i, strings.Repeat("Longname ", i))})
			if err != nil {
				t.Fatal(err)
			}
			d, err := s.NewDraft(ctx, id, app.FormatPlan)
			if err != nil {
				t.Fatal(err)
			}
			d.SetTitle("Treatment plan" + strings.Repeat(", and a long title", i))
			d.Edit("goals", "To sleep")
			d.Edit(app.SectionReview, time.Now().AddDate(0, 0, -i).Format(time.DateOnly))
			if err := d.Sign(ctx); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
}

// ownNumbers puts in the practice's own for two places.
func (r *rig) ownNumbers() {
	for _, e := range []safety.Entry{
		{Place: safety.Place{Country: "US", Region: "Oregon"}, Emergency: []safety.Number{{Name: "Portland dispatch", Call: "+1 503 823 0000"}}, Note: "Asked by phone on Monday."},
		{Place: safety.Place{Country: "Brazil"}, Emergency: []safety.Number{{Name: "SAMU", Call: "192"}}, Lines: []safety.Number{{Name: "CVV", Call: "188"}}},
	} {
		if err := r.stage.SetNumbers(context.Background(), e); err != nil {
			r.t.Fatal(err)
		}
	}
}

// initials shows names as initials from here on.
func (r *rig) initials() {
	p, err := r.stage.Profile(context.Background())
	p.InitialsOnly = true
	if err == nil {
		err = r.stage.SaveProfile(context.Background(), p)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// filled answers the checklist of the running session.
func (r *rig) filled() {
	s := r.stage.Running()
	s.Answer(safety.Identity, func(c *safety.Checklist) { c.Identity = "Face and voice" })
	s.SetPlace("US", "Oregon")
	s.Answer(safety.Where, func(c *safety.Checklist) { c.Address = "12 Elm Street, flat 3, Portland" })
	s.Skip(safety.Present)
	s.Answer(safety.Support, func(c *safety.Checklist) { c.Consent = safety.ConsentYes })
	s.Confirm(safety.CallBack)
	r.rest()
}

// again is a second session of a client whose checklist was filled in at the first.
func (r *rig) again() *apptest.Door {
	r.verified(kim)
	r.filled()
	if _, err := r.stage.Running().End(context.Background(), false); err != nil {
		r.t.Fatal(err)
	}
	r.press("Today")
	return r.live(kim)
}
