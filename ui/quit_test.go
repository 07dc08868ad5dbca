package ui

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/safety"
)

// closing is a rig whose window is about to be closed.
func closing(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, apptest.Practice(t), "")
	r.at("today")
	return r
}

func (r *rig) reads(text string) {
	r.t.Helper()
	r.until("“"+text+"”", func() bool { return strings.Contains(strings.Join(r.labels(), "|"), text) })
}

func TestClosingWithNothingToLose(t *testing.T) {
	r := closing(t)
	r.quit()
	if !r.closed {
		t.Error("it asks for nothing")
	}
}

// TestClosingLocked: what stands in memory alone is named, unlocking is offered, and writes it.
func TestClosingLocked(t *testing.T) {
	r := closing(t)
	ctx := context.Background()
	d := r.verified(kim)
	n, err := r.stage.NewDraft(ctx, r.stage.Ana, app.FormatFree)
	if err != nil {
		t.Fatal(err)
	}
	n.Edit("text", "not saved yet")
	r.stage.Vault.Memory.Fail(app.ErrDiskFull)
	r.stage.Lock()
	r.stage.Vault.Memory.Fail(nil)
	r.at("room-locked")

	r.quit()
	r.reads("A session is running, and Alcove is locked.")
	r.press("Unlock first")
	if f, ok := r.win.Canvas().Focused().(fyne.CanvasObject); !ok || f != r.find("Passphrase") {
		t.Error("the passphrase is not asked for")
	}
	d.Call().Hear(app.CallEnded{Why: app.EndClient})
	r.until("the session is over", func() bool { return len(r.stage.Waiting().Sessions) == 1 })
	r.quit()
	r.reads("Closing now loses the last changes to 1 note and the end and the draft note of the session that began at ")
	if strings.Contains(strings.Join(r.labels(), "|"), "Ana") {
		t.Error("a locked screen names the client")
	}
	r.press("Unlock first")
	if r.closed {
		t.Fatal("closed although something would be lost")
	}
	r.typed("Passphrase", apptest.Passphrase)
	r.press("Unlock")
	r.until("all is written", func() bool { return r.stage.Waiting().None() })
	r.at("room")
	r.quit()
	r.reads("Its chat is gone when you close")
	r.press("Close")
	r.until("it closes", func() bool { return r.closed })
}

// TestClosingOnWhatIsBeingWritten: an addendum and a plan that a full disk would not take are named.
func TestClosingOnWhatIsBeingWritten(t *testing.T) {
	r := closing(t)
	r.openNote(true)
	r.press("Add addendum")
	r.stage.Vault.Memory.Fail(app.ErrDiskFull)
	r.typed("Addendum", "Half a sen")
	r.stage.WritePlan(r.stage.Ana, safety.Steps{0: {{Text: "Pacing"}}})
	r.stage.Lock()
	r.at("unlock")
	r.quit()
	r.reads("Closing now loses the last words of an addendum and the last changes to a safety plan.")
	r.stage.Vault.Memory.Fail(nil)
}

// TestClosingAllTheSame: whoever wants to lose it can, by a button that says so.
func TestClosingAllTheSame(t *testing.T) {
	r := closing(t)
	n, err := r.stage.NewDraft(context.Background(), r.stage.Ana, app.FormatFree)
	if err != nil {
		t.Fatal(err)
	}
	n.Edit("text", "not saved")
	r.stage.Vault.Memory.Fail(app.ErrDiskFull)
	if n.Save(context.Background()) == nil {
		t.Fatal("saved on a full disk")
	}
	r.quit()
	r.reads("The last try to save failed")
	r.press("Cancel")
	r.quit()
	r.press("Close and lose it")
	r.until("it closes", func() bool { return r.closed })
}

func TestCutSessionLeadsToItsNote(t *testing.T) {
	r := newRig(t, cutOff(1)(t), "")
	r.at("today")
	r.until("the word", func() bool { return strings.Contains(r.written(), "A session was cut off") })
	all, err := r.stage.CutSessions(context.Background())
	if err != nil || len(all) != 1 {
		t.Fatalf("%v %v", all, err)
	}
	r.press("Open the note of " + all[0].ClientName + ", " + dayTime(all[0].Started, r.follow.now()))
	r.at("draft")
	r.press("Sign note")
	r.press("Sign and lock")
	r.until("signed", func() bool {
		n, err := r.stage.Note(context.Background(), all[0].Note)
		return err == nil && !n.CanEdit
	})
	r.press("Today")
	r.at("today")
	r.rest()
	if strings.Contains(r.written(), "cut off") {
		t.Error("it is signed, and Today speaks of it still")
	}
}
