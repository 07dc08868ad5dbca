package ui

import (
	"testing"

	"alcove/app/apptest"
	"alcove/ui/widget"
)

// TestRelayToken: it is typed hidden, shown when asked, kept, and given to the line.
func TestRelayToken(t *testing.T) {
	r := newRig(t, apptest.Practice(t), "")
	r.at("today")
	r.press("Settings")
	r.press("Line")
	const field = "Token of that relay"
	r.typed("Another relay", "https://relay.clinic.example")
	r.typed(field, "correct-horse-battery")
	hidden := func() bool { return r.find(field).(*widget.Entry).Password }
	if !hidden() {
		t.Error("the token is shown while it is typed")
	}
	r.press("Show: " + field)
	if hidden() {
		t.Error("the token cannot be read")
	}
	r.press("Hide: " + field)
	if !hidden() {
		t.Error("the token stays shown")
	}
	r.press("Save relay")
	const held = "https://relay.clinic.example correct-horse-battery"
	r.until("the line has it", func() bool { return r.stage.Line.Token() == held })
	entry := r.find(field).(*widget.Entry)
	r.press("Today")
	if entry.Text != "" {
		t.Error("a screen that was left still has the token")
	}
	r.press("Settings")
	r.press("Line")
	r.sees(field)
	if got := r.find(field).(*widget.Entry).Text; got != "correct-horse-battery" {
		t.Errorf("the field has %q", got)
	}

	// What was refused does not stand in the way of the next choice.
	r.find(field).(interface{ SetText(string) }).SetText("short")
	r.press("Save relay")
	r.rest()
	r.press("General")
	r.press("Initials only")
	r.rest()
	if p, err := r.stage.Profile(t.Context()); err != nil || !p.InitialsOnly || r.stage.Line.Token() != held {
		t.Errorf("the choice was not kept: %v", err)
	}
}
