//go:build linux

package main_test

// What the room has for a session that turns serious: where the client is today, the plan, the emergency card.

const (
	rose     = "14 Rose Lane, second floor"
	distract = "The garden, with the radio on"
	deed     = "Stayed with the client on the line"
)

// place asks where the client is, and the numbers follow: the same client is somewhere else today.
func (s *story) place() {
	d := s.desk
	d.press("Checklist")
	d.press("Identity: Face and voice")
	d.fill("Country", "United States")
	d.reads("988 Lifeline")
	d.fill("Country", "United Kingdom")
	d.reads("Samaritans")
	d.notReads("988 Lifeline")
	d.fill("Address, floor, how to get in", rose)
	d.press("Who can hear: Nobody else")
	d.fill("Support person", "Chidi")
	d.fill("Relation", "brother")
	d.fill("Support person’s phone", "020 7946 0018")
	d.press("May be called")
	d.press("Skip: Call-back number")
	d.reads("Skipped")
}

// plan is written beside the session, and shown to the client, who wants to see it.
func (s *story) plan() {
	d, g := s.desk, s.guest
	d.press("Plan")
	d.press("Write the plan")
	d.fill("Warning signs", "Not answering the phone")
	d.fill("What I can do by myself", distract)
	d.fill("People I can ask for help, 1: who", "Chidi")
	d.fill("People I can ask for help, 1: phone", "020 7946 0018")
	d.press("Save as version 1")
	d.reads("Version 1")
	d.press("Ask")
	d.press("Show Safety plan")
	g.reads("would like to show you a plan")
	d.reads("The safety plan is offered")
	g.press("Plan")
	g.press("Show it")
	g.reads(distract)
	d.reads("The client sees the safety plan")
	s.show("the plan on the client's page")
	g.press("Back")
	d.press("Chat")
}

// emergency is one key away, and what was done goes into the note.
func (s *story) emergency() {
	d := s.desk
	d.key("F1")
	for _, fact := range []string{"Emergency · " + client, rose, "999", "Chidi", "May be called", distract} {
		d.reads(fact)
	}
	d.press(deed)
	d.fill("What was done", "Chidi is on his way")
	d.key("Return")
	s.show("emergency card")
	d.press("Close emergency card")
	d.gone("Close emergency card")
}
