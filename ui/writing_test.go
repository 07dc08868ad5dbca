package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/ui/widget"
)

// holds waits for a field to hold a text.
func (r *rig) holds(label, text string) {
	r.t.Helper()
	r.until("“"+text+"” in "+label, func() bool {
		e, ok := r.find(label).(*widget.Entry)
		return ok && e.Text == text
	})
}

// saves presses what saves a form, and types on: the form takes nothing that it would neither save nor keep.
func (r *rig) saves(field, save string) {
	r.t.Helper()
	e := r.find(field).(*widget.Entry)
	text := e.Text
	r.press(save)
	if e.TypedRune('!'); e.Text != text {
		r.t.Errorf("%s took %q while it was saved", field, e.Text)
	}
}

// lockAndUnlock locks under the hands of who is typing, looks that nothing of it is on the screen, and unlocks.
func (r *rig) lockAndUnlock(typed string) {
	r.t.Helper()
	r.stage.Lock()
	r.at("unlock")
	if strings.Contains(r.written(), typed) {
		r.t.Errorf("%q is on the locked screen", typed)
	}
	r.typed("Passphrase", apptest.Passphrase)
	r.press("Unlock")
	r.at("today")
}

// TestWordsOfAnAlertAndAVoidingAreThereAgain: over a lock and a closed question, until they are sent or thrown away by name.
func TestWordsOfAnAlertAndAVoidingAreThereAgain(t *testing.T) {
	r := newRig(t, risky(t), "")
	for _, q := range []struct {
		open              func()
		label, send, done string
	}{
		{func() { r.press("Today"); r.press("Record what was done for Ana María Velasco") }, "What was done", "Record", "Recorded"},
		{func() { r.press("Today"); r.openResponse(); r.press("Void this response") }, "Why it does not count", "Void", "Response voided"},
	} {
		q.open()
		r.typed(q.label, "Half a sen")
		r.lockAndUnlock("Half a sen")
		q.open()
		r.holds(q.label, "Half a sen")
		r.typed(q.label, "tence")
		r.key(fyne.KeyEscape)
		r.until("closed", func() bool { return r.dialog == nil })
		q.open()
		r.holds(q.label, "Half a sentence")
		r.press("Discard: " + q.label)
		r.press("Cancel")
		r.holds(q.label, "Half a sentence")
		r.press("Discard: " + q.label)
		r.press("Discard")
		r.until("closed", func() bool { return r.dialog == nil })
		q.open()
		r.holds(q.label, "")
		r.press(q.send)
		r.until("what is missing", func() bool { return strings.Contains(r.written(), "Please write w") })
		r.typed(q.label, "All of it.")
		r.press(q.send)
		r.until("sent", func() bool { return r.dialog == nil && r.toast.Visible() && strings.Contains(r.written(), q.done) })
	}
}

// TestAClientsFormIsThereAgain: a new client's and an old one's, each in its own form alone, until it is saved or left by name.
func TestAClientsFormIsThereAgain(t *testing.T) {
	r := newRig(t, full(t), "")
	edit := func(id app.ClientID) {
		r.shell().caseload().open(id)
		r.press("Edit client")
		r.at("client-form")
	}
	back := func(yes bool) {
		t.Helper()
		if got := strings.Contains(r.written(), "was not saved yet"); got != yes {
			t.Errorf("told that it is back: %v", got)
		}
	}
	other, err := r.stage.Clients(t.Context(), app.ClientQuery{})
	if err != nil || other.Rows[1].ID == r.stage.Ana {
		t.Fatal(other, err)
	}
	r.at("today")
	edit(r.stage.Ana)
	focus := r.field("Focus").Text
	back(false)
	r.typed("Focus", "Sleep, and ")
	r.press("Allow a direct line")
	r.lockAndUnlock("Sleep, and ")
	r.press("Caseload")
	r.press("New client")
	r.at("client-form")
	r.holds("Focus", "")
	back(false)
	r.typed("Name or pseudonym", "Nils")
	r.press("Today") // which asks nothing
	edit(other.Rows[1].ID)
	back(false)
	edit(r.stage.Ana)
	r.holds("Focus", "Sleep, and "+focus)
	back(true)
	if !r.find("Allow a direct line").(*widget.Switch).On() {
		t.Error("what was switched is not")
	}
	r.key(fyne.KeyEscape)
	r.press("Leave")
	r.at("client-overview")
	edit(r.stage.Ana)
	r.holds("Focus", focus)
	back(false)

	r.press("Today")
	r.press("Caseload")
	r.press("New client")
	r.holds("Name or pseudonym", "Nils")
	back(true)
	r.saves("Name or pseudonym", "Add client")
	r.at("client-overview")
	r.press("Today")
	r.press("Caseload")
	r.press("New client")
	r.holds("Name or pseudonym", "")
}

// TestATemplatesFormIsThereAgain: with its sections in the order they were put into.
func TestATemplatesFormIsThereAgain(t *testing.T) {
	r := newRig(t, full(t), "")
	r.at("today")
	begin := func() {
		r.shell().templates()
		r.press("New template")
		r.at("template-form")
	}
	begin()
	r.typed("Name", "Week")
	r.typed("Heading 1", "Days")
	r.press("Add section")
	r.typed("Heading 2", "Nights")
	r.typed("Hint 2", "How it was slept")
	r.press("Move section 2 up")
	r.lockAndUnlock("Nights")
	begin()
	r.holds("Heading 1", "Nights")
	r.holds("Hint 1", "How it was slept")
	r.holds("Heading 2", "Days")
	r.reads("was not saved yet")
	r.press("Cancel")
	r.press("Leave")
	r.at("templates")
	begin()
	r.holds("Name", "")
	r.typed("Name", "Week")
	r.typed("Heading 1", "Days")
	r.saves("Heading 1", "Save template")
	r.at("templates")
	r.press("Edit Week")
	r.holds("Heading 1", "Days")
	r.typed("Heading 1", "!")
	r.lockAndUnlock("!Days")
	r.shell().templates()
	r.press("New template")
	r.holds("Name", "")
	r.press("Cancel")
	r.press("Edit Week")
	r.holds("Heading 1", "!Days")
}

// TestTheNextLineOfAnEmergencyIsThereAgain: on that client's card alone, until it is noted; and one that could not be noted is
// not taken from who wrote it.
func TestTheNextLineOfAnEmergencyIsThereAgain(t *testing.T) {
	r := newRig(t, full(t), "")
	r.openClient(tabOverview)
	r.key(emergencyKey)
	r.typed("What was done", "The neighbour is at")
	r.lockAndUnlock("The neighbour")
	other, err := r.stage.Clients(t.Context(), app.ClientQuery{})
	if err != nil || other.Rows[1].ID == r.stage.Ana {
		t.Fatal(other, err)
	}
	r.shell().caseload().open(other.Rows[1].ID)
	r.key(emergencyKey)
	r.reads("There is none yet.")
	r.holds("What was done", "")
	r.press("Close emergency card")
	r.press("Today")
	r.openClient(tabOverview)
	r.key(emergencyKey)
	r.holds("What was done", "The neighbour is at")
	r.press("Close emergency card")
	r.key(emergencyKey)
	r.card.entry.SetText("the") // before what was kept is read
	r.closeDialog()
	r.rest()
	r.key(emergencyKey)
	r.card.entry.SetText("door")
	r.holds("What was done", "The neighbour is at the door")
	r.stage.Vault.Memory.Fail(app.ErrDiskFull)
	r.key(fyne.KeyReturn)
	r.card.entry.SetText("Next")
	r.reads("The disk is full")
	r.holds("What was done", "The neighbour is at the door Next")
	r.stage.Vault.Memory.Fail(nil)
	r.key(fyne.KeyReturn)
	r.holds("What was done", "")
	r.reads("The neighbour is at the door Next")
	r.press("Close emergency card")
	r.key(emergencyKey)
	r.reads("There is none yet.")
	r.holds("What was done", "")
}

// TestWhatCannotBeKeptIsTold: at once, while one types, and no longer than it is so.
func TestWhatCannotBeKeptIsTold(t *testing.T) {
	r := newRig(t, risky(t), "")
	told := func() bool { return strings.Contains(r.written(), "The disk is full") }
	plan := func() {
		r.openClient(tabPlan)
		r.press("Write the plan")
	}
	alerts, err := r.stage.OpenAlerts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []struct {
		open  func()
		label string
		of    app.Writing
		close string
	}{
		{func() { r.openNote(true); r.press("Add addendum") }, "Addendum", app.WritingOf(app.AddendumWriting, r.noteOf(true)), "Close"},
		{func() { r.press("Today"); r.press("Record what was done for Ana María Velasco") }, "What was done", app.WritingOf(app.AnswerWriting, alerts[0].ID), "Close"},
		{plan, "Warning signs", app.WritingOf(app.PlanWriting, r.stage.Ana), "Today"},
		{func() { r.openClient(tabOverview); r.press("Edit client") }, "Focus", app.WritingOf(app.ClientWriting, r.stage.Ana), "Today"},
		{func() { r.shell().templates(); r.press("New template") }, "Name", app.WritingOf(app.TemplateWriting, app.NoteFormat("")), "Today"},
	} {
		r.at("today")
		form.open()
		r.field(form.label)
		r.stage.Vault.Memory.Fail(app.ErrDiskFull)
		r.typed(form.label, "x")
		try := func() { // as its own timer does
			if _, err := r.stage.Written(t.Context(), form.of); err != nil {
				t.Fatal(err)
			}
		}
		try()
		r.until("the words at "+form.label, told)
		r.stage.Vault.Memory.Fail(nil)
		try()
		r.until("kept at "+form.label, func() bool { return !told() })
		r.press(form.close)
		r.press("Today")
	}
}

// TestAnswersOfAMeasureAreThereAgain: each measure's own, in the language they were asked in, until they are kept or left by name.
func TestAnswersOfAMeasureAreThereAgain(t *testing.T) {
	r := newRig(t, full(t), "")
	fills := func(short string, answers int) {
		t.Helper()
		if r.where() != "today" {
			r.press("Today") // which asks nothing
		}
		r.fillIn(short)
		got := r.shell().caseload().side.(*fill).answers()
		if len(got) != answers || strings.Contains(r.written(), "was not saved yet") != (answers > 0) {
			t.Errorf("%d answers are there, and not %d: %s", len(got), answers, r.written())
		}
	}
	fills("PHQ-9", 0)
	r.runes("12")
	r.press("Español")
	r.lockAndUnlock("Not answered")
	fills("GAD-7", 0)
	fills("PHQ-9", 2)
	r.sees("Poco interés o placer en hacer cosas")
	r.key(fyne.KeyEscape)
	r.press("Leave")
	r.at("client-measures")
	fills("PHQ-9", 0)
	r.runes("3")
	fills("PHQ-9", 1)
	r.press("Keep this response")
	r.press("Keep this response")
	r.at("response")
	fills("PHQ-9", 0)
}
