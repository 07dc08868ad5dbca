package safety_test

import (
	"slices"
	"strings"
	"testing"

	"alcove/app/safety"
)

var luis = safety.Person{Name: "Luis", Relation: "brother", Phone: "555 01"}

func filled(t *testing.T, d *safety.Directory) safety.Checklist {
	t.Helper()
	c := safety.NewChecklist(nil, luis, "555 02")
	c.Set(safety.Identity, func(c *safety.Checklist) { c.Identity = "face and voice" })
	p := safety.Place{Country: "US", Region: "OR"}
	c.SetPlace(p, d.NumbersFor(p))
	c.Set(safety.Where, func(c *safety.Checklist) { c.Address = "12 Elm Street" })
	c.Set(safety.Present, func(c *safety.Checklist) { c.Present = "nobody" })
	c.Set(safety.Support, func(c *safety.Checklist) { c.Consent = safety.ConsentYes })
	c.Confirm(safety.CallBack)
	return c
}

func states(c safety.Checklist) string {
	var s strings.Builder
	for _, i := range safety.Items() {
		s.WriteByte("-ds~"[map[safety.State]int{safety.Open: 0, safety.Done: 1, safety.Skipped: 2, safety.LastTime: 3}[c.State(i)]])
	}
	return s.String()
}

func TestChecklistRemembersAllButThePlace(t *testing.T) {
	d := directory(t)
	fresh := safety.NewChecklist(nil, luis, "555 02")
	if states(fresh) != "----~~" || fresh.Left() != 4 {
		t.Errorf("a client who was never asked: %s", states(fresh))
	}
	first := filled(t, d)
	if states(first) != "dddddd" || first.Left() != 0 || first.Emergency != "911" {
		t.Errorf("filled: %s, %q", states(first), first.Emergency)
	}
	next := safety.NewChecklist(&first, safety.Person{}, "")
	if states(next) != "~-~-~~" || next.Place != (safety.Place{}) || next.Address != "" || next.Emergency != "" {
		t.Errorf("the next time: %s, %+v", states(next), next)
	}
	if next.Before.Place != first.Place || next.Before.Address != "12 Elm Street" || next.Consent != safety.ConsentYes {
		t.Errorf("what is offered: %+v", next.Before)
	}
	skipped := next
	skipped.Skip(safety.Where)
	if third := safety.NewChecklist(&skipped, luis, ""); third.Before != next.Before {
		t.Errorf("a place not asked for is forgotten: %+v", third.Before)
	}
}

// A number that was typed for one place must not be called for another.
func TestTheNumberFollowsThePlace(t *testing.T) {
	d := directory(t)
	c := filled(t, d)
	c.Set(safety.Emergency, func(c *safety.Checklist) { c.Emergency = "503 823 0000" })
	oregon := safety.Place{Country: "US", Region: "OR"}
	c.SetPlace(oregon, d.NumbersFor(oregon))
	if c.Emergency != "503 823 0000" {
		t.Errorf("the same place again: %q", c.Emergency)
	}
	ireland := safety.Place{Country: "IE"}
	c.SetPlace(ireland, d.NumbersFor(ireland))
	if c.Emergency != "112" {
		t.Errorf("in Ireland: %q", c.Emergency)
	}

	c = filled(t, d)
	c.Set(safety.Emergency, func(c *safety.Checklist) { c.Emergency = "503 823 0000" })
	next := safety.NewChecklist(&c, luis, "")
	next.SamePlace(d.NumbersFor(oregon))
	if next.Emergency != "503 823 0000" || next.Address != "12 Elm Street" || next.State(safety.Where) != safety.Done {
		t.Errorf("the place of last time: %+v", next)
	}
}

func TestSkippedStaysInSight(t *testing.T) {
	d := directory(t)
	c := filled(t, d)
	c.Skip(safety.Present)
	c.Skip(safety.Present)
	if states(c) != "ddsddd" || len(c.Skipped) != 1 {
		t.Errorf("%s %v", states(c), c.Skipped)
	}
	c.Set(safety.Present, func(c *safety.Checklist) { c.Present = "a sister" })
	if states(c) != "dddddd" {
		t.Errorf("answered after all: %s", states(c))
	}
}

func TestChecklistInTheNote(t *testing.T) {
	d := directory(t)
	c := filled(t, d)
	c.Skip(safety.Present)
	c.LastTime = []safety.Item{safety.CallBack}
	c.Identity = ""
	want := []string{
		"At the start", "Identity: not asked", "Place today: 12 Elm Street, Oregon, United States", "Who can hear: skipped",
		"Emergency number there: 911", "Support person: Luis (brother), 555 01; may be called", "Call-back number: 555 02 (as last time, not gone over)",
	}
	if got := c.Lines(d.Name); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	c.Address = ""
	if got := c.Lines(d.Name)[2]; got != "Place today: Oregon, United States (not complete)" {
		t.Error(got)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	c := filled(t, directory(t))
	c.Skip(safety.Where)
	d := c.Clone()
	d.Skip(safety.Present)
	d.Skipped[0] = safety.Support
	if len(c.Skipped) != 1 || c.Skipped[0] != safety.Where {
		t.Errorf("%v", c.Skipped)
	}
}

func TestDeeds(t *testing.T) {
	d := directory(t)
	c := filled(t, d)
	all := safety.Deeds(d.NumbersFor(c.Place), c)
	if all[0] != "Called 911 for the client’s place" || !slices.Contains(all, "Called the support person") {
		t.Errorf("%q", all)
	}
	if all := safety.Deeds(safety.Numbers{}, safety.Checklist{}); len(all) != 3 {
		t.Errorf("nothing known: %q", all)
	}
}
