package ui

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/safety"
	"alcove/ui/widget"
)

// field is an entry by its label.
func (r *rig) field(label string) *widget.Entry {
	r.t.Helper()
	var e *widget.Entry
	r.until("the field "+label, func() (ok bool) { e, ok = r.find(label).(*widget.Entry); return ok })
	return e
}

// TestChecklistMovesTheNumbers: what is typed as today's place changes what is shown to call, by
// keyboard alone, and what was typed stays as it was typed.
func TestChecklistMovesTheNumbers(t *testing.T) {
	r := newRig(t, full(t), "")
	r.verified(kim)
	r.shortcut(fyne.Key2)
	r.typed("Country", "Irel")
	r.sees("Country: Ireland")
	if got := r.stage.Running().View().Checklist.Place; got != (safety.Place{}) {
		t.Errorf("half a word was taken for a country: %v", got)
	}
	r.typed("Country", "and")
	r.reads("116 123")
	r.until("the number to call", func() bool { return r.field("Emergency number to call for that place").Text == "112" })
	if got := r.field("Country").Text; got != "Ireland" {
		t.Errorf("the field has %q", got)
	}
	r.field("Country").SetText("")
	r.typed("Country", "usa")
	r.reads("988 Lifeline")
	r.until("the other number", func() bool { return r.field("Emergency number to call for that place").Text == "911" })
	if strings.Contains(r.written(), "116 123") {
		t.Error("the old place's line is still shown")
	}
	r.press("Skip: Who can hear")
	r.sees("Ask: Who can hear")
	r.reads("Skipped")
	r.press("Identity: Face and voice")
	r.until("an answer by one press", func() bool { return r.field("How you confirmed it").Text == "Face and voice" })
}

// TestChecklistOffersTheLastPlace: one press takes it, and nothing takes it by itself.
func TestChecklistOffersTheLastPlace(t *testing.T) {
	r := newRig(t, full(t), "")
	r.again()
	r.press("Checklist")
	if got := r.field("Address, floor, how to get in").Text; got != "" {
		t.Errorf("the place of last time stands there already: %q", got)
	}
	r.press("As last time: 12 Elm Street, flat 3, Portland")
	r.until("the address", func() bool {
		return r.field("Address, floor, how to get in").Text == "12 Elm Street, flat 3, Portland" && r.field("State or region").Text == "Oregon"
	})
	r.reads("988 Lifeline")
}

// TestUnreadChat: a line that comes while another tab is open is counted, once.
func TestUnreadChat(t *testing.T) {
	r := newRig(t, full(t), "")
	d := r.verified(kim)
	news := func() string {
		room := r.shell().section.(*room)
		return some(unread(room.s.View().Chat, room.side.read))
	}
	r.shortcut(fyne.Key3)
	d.Call().Hear(app.CallChat{ID: "u1", Text: "one"}, app.CallChat{ID: "u2", Text: "two"})
	r.until("two unread lines", func() bool { return news() == "2" })
	r.shortcut(fyne.Key1)
	r.until("none once they were shown", func() bool { return news() == "" })
}

// TestEmergencyByOneKey: the card opens while something else has the focus, and what is noted in it
// stands in the session's note.
func TestEmergencyByOneKey(t *testing.T) {
	r := newRig(t, planned(t), "")
	d := r.verified(kim)
	r.filled()
	d.Call().Hear(app.CallLost{})
	r.typed("Message", "half a sen")
	r.key(emergencyKey)
	for _, text := range []string{"12 Elm Street, flat 3, Portland", "911", "+1 503 555 0101", "Pacing, and no sleep for two nights"} {
		r.reads(text)
	}
	r.press("Called 911 for the client’s place")
	r.typed("What was done", "The neighbour is at the door")
	r.key(fyne.KeyReturn)
	r.until("both in the log", func() bool { return len(r.stage.Running().View().Deeds) == 2 })
	r.reads("The neighbour is at the door")
	r.key(fyne.KeyEscape)
	r.until("the card is gone", func() bool { return r.card == nil && r.dialog == nil })
	if got := r.field("Message").Text; got != "half a sen" {
		t.Errorf("what was being typed: %q", got)
	}
	id, err := r.stage.Running().End(context.Background(), false)
	if err != nil {
		t.Fatal(err)
	}
	n, err := r.stage.Note(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	if text := n.Sections[0].Text; !strings.Contains(text, "Called 911") || !strings.Contains(text, "The neighbour") || !strings.Contains(text, "12 Elm Street") {
		t.Errorf("the note: %s", text)
	}
}

// TestEmergencyOverADialog: what was being written in a dialog is still there when the card closes.
func TestEmergencyOverADialog(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openNote(true)
	r.press("Add addendum")
	r.typed("Addendum", "To be add")
	r.key(emergencyKey)
	r.sees("Close emergency card")
	r.press("Close emergency card")
	if got := r.field("Addendum").Text; got != "To be add" {
		t.Errorf("the dialog has %q", got)
	}
	r.key(emergencyKey)
	r.sees("Close emergency card")
	r.stage.Lock()
	r.at("unlock")
	if r.dialog != nil || r.card != nil || strings.Contains(r.written(), "To be add") {
		t.Error("the lock left something on the screen")
	}
}

// TestEmergencyWithoutASession goes at once into a draft of its own.
func TestEmergencyWithoutASession(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openClient(tabOverview)
	r.key(emergencyKey)
	r.press("Somebody is with the client")
	r.reads(clockTime(r.follow.now()))
	r.press("Help has arrived")
	r.until("two lines in the log", func() bool { return r.card != nil && len(r.card.noted) == 2 })
	rows, err := r.stage.Notes(context.Background(), r.stage.Ana)
	if err != nil || !strings.HasPrefix(rows[0].Title, "Emergency, ") || !strings.Contains(rows[0].Excerpt, "Help has arrived") {
		t.Fatalf("%+v %v", rows[0], err)
	}
}

// TestEmergencyWhereNobodyAsked: the place can be written down in the card.
func TestEmergencyWhereNobodyAsked(t *testing.T) {
	r := newRig(t, full(t), "")
	r.verified(kim)
	r.key(emergencyKey)
	r.typed("Country where the client is", "uk")
	r.key(fyne.KeyReturn)
	r.reads("999")
}

// TestPlanIsWrittenBesideASession: what was typed is there after the tab, the room and a lock, and
// becomes a version when it is saved.
func TestPlanIsWrittenBesideASession(t *testing.T) {
	r := newRig(t, full(t), "")
	r.verified(kim)
	r.press("Plan")
	r.press("Write the plan")
	r.typed("Warning signs", "Pacing")
	r.typed("People I can ask for help, 1: who", "Luis")
	r.typed("People I can ask for help, 1: phone", "555 0101")
	r.press("Chat")
	r.press("Plan")
	if got := r.field("Warning signs").Text; got != "Pacing" {
		t.Errorf("after another tab: %q", got)
	}
	r.stage.Lock()
	r.at("room-locked")
	if strings.Contains(r.written(), "Pacing") {
		t.Error("the plan is on the screen of a locked app")
	}
	r.typed("Passphrase", "walnut harbour quietly seven")
	r.press("Unlock")
	r.at("room")
	r.press("Plan")
	r.press("Go on writing")
	r.until("what was typed", func() bool { return r.field("Warning signs").Text == "Pacing" })
	r.saves("People I can ask for help, 1: who", "Save as version 1")
	r.reads("Version 1, written")
	r.reads("555 0101")
	all, err := r.stage.Plans(context.Background(), r.stage.Ana)
	if err != nil || len(all) != 1 || all[0].Steps[3][0] != (safety.Line{Text: "Luis", Phone: "555 0101"}) {
		t.Errorf("%+v %v", all, err)
	}
	r.press("Plan is still right")
	r.press("Still right")
	r.reads("Version 2, written")
	r.press("What changed")
	r.reads("nothing was changed")
}

// TestNumbersOfThePractice: what is put in in the settings is what a session shows.
func TestNumbersOfThePractice(t *testing.T) {
	r := newRig(t, full(t), "")
	r.at("today")
	r.press("Settings")
	r.press("Safety")
	r.typed("Country", "Ireland")
	r.reads("116 123")
	r.press("Put in your own")
	r.field("Emergency number 1: call").SetText("nine nine nine")
	r.press("Save numbers")
	r.reads("cannot be dialled")
	r.field("Emergency number 1: call").SetText("01 999 9999")
	r.field("Emergency number 1: name").SetText("Garda station")
	r.press("Save numbers")
	r.reads("Your own entry among them")
	r.press("Today")
	r.verified(kim)
	r.press("Checklist")
	r.typed("Country", "Ireland")
	r.until("the practice's own number", func() bool { return r.field("Emergency number to call for that place").Text == "01 999 9999" })
	r.reads("Garda station")

	r.press("Settings")
	r.press("Safety")
	r.press("Remove numbers of Ireland")
	r.press("Remove")
	r.until("gone", func() bool { return strings.Contains(r.written(), "None yet.") })
}

// TestPlansDueOnToday: a plan to be gone over leads to its client.
func TestPlansDueOnToday(t *testing.T) {
	r := newRig(t, duePlans(1)(t), "")
	r.at("today")
	r.press("Client 0")
	r.at("client-plan")
	r.reads("Review due")
}

// BenchmarkEmergencyCard opens the card in a room and waits until the plan stands in it; drawing is
// not in it.
func BenchmarkEmergencyCard(b *testing.B) {
	r := newRig(b, planned(b), "")
	r.verified(kim)
	r.filled()
	for b.Loop() {
		r.key(emergencyKey)
		r.until("the plan", func() bool { return r.card != nil && len(r.card.plan.Objects) > 1 })
		r.key(fyne.KeyEscape)
	}
}
