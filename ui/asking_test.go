package ui

import (
	"testing"
	"time"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/measure"
)

// TestAskFromTheRoom: a measure goes to the client's page, and a risk answer is shouted in the room
// at once.
func TestAskFromTheRoom(t *testing.T) {
	r := newRig(t, apptest.Practice(t), "")
	d := r.verified(app.Knock{Name: "Ana"})
	r.press("Ask")
	r.press("Ask PHQ-9")
	var forms []app.FormHandout
	for limit := time.Now().Add(soon); len(forms) == 0 && time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
		forms, _ = d.Call().OnPage()
	}
	if len(forms) != 1 || forms[0].Instrument.ID != "phq-9" {
		t.Fatalf("the page asks %+v", forms)
	}
	d.Call().Hear(app.CallCame{ID: forms[0].ID}, app.CallAnswers{ID: forms[0].ID, Answers: measure.Answers{9: 1}})
	r.sees("Record what was done")
}

// TestAskInTheWaitingRoom is the standing choice, kept.
func TestAskInTheWaitingRoom(t *testing.T) {
	r := newRig(t, apptest.Practice(t), "")
	r.openClient(tabMeasures)
	r.press("Ask PHQ-9 in the waiting room")
	for limit := time.Now().Add(soon); ; time.Sleep(10 * time.Millisecond) {
		c, err := r.stage.Client(t.Context(), r.stage.Ana)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Asks) == 1 && c.Asks[0] == "phq-9" {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("asked are %v", c.Asks)
		}
	}
}
