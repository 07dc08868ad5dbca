package ui

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/widget"
)

// quit asks before it cuts a session off, or loses what is in memory alone.
func (u *UI) quit() {
	if u.p == nil {
		u.win.Close()
		return
	}
	s := u.p.Running()
	if s == nil {
		u.quitUnlessWaiting()
		return
	}
	v, locked := s.View(), u.shell() == nil
	over := v.Phase == app.SessionEnded
	switch {
	case over && (locked || len(v.Chat) == 0):
		u.quitUnlessWaiting()
	case over:
		u.confirm("Close Alcove?", "You are still in the room of a session that is over. Its chat is gone when you close; its draft note is kept.", "Close", widget.Danger, u.quitUnlessWaiting)
	case locked:
		u.askQuit("Close Alcove?", "A session is running, and Alcove is locked. Closing ends it for your client too. How it ended, and its draft note, can only be written once you unlock: they would be lost.",
			"End session and lose its note", func() { u.endAnd(s, u.win.Close) })
	default:
		u.confirm("Close Alcove?", "A session is running. Closing ends it for your client too; its draft note is kept.", "End session and close", widget.Danger,
			func() { u.endAnd(s, u.quitUnlessWaiting) })
	}
}

func (u *UI) endAnd(s *app.Session, then func()) {
	act(u, u.life, "Ending the session", func(ctx context.Context) error {
		_, err := s.End(ctx, false)
		return err
	}, func(error) { then() }) // what failed waits, and is told
}

// quitUnlessWaiting closes the window if nothing is lost by it.
func (u *UI) quitUnlessWaiting() { u.unlessWaiting("Closing", "Close and lose it", u.win.Close) }

// switchPerson closes this person's record for good before another's is opened: it ends the process.
func (u *UI) switchPerson() {
	u.unlessWaiting("Switching", "Switch and lose it", func() {
		u.again = true
		u.win.Close()
	})
}

func (u *UI) unlessWaiting(deed, yes string, do func()) {
	w := u.p.Waiting()
	if w.None() {
		do()
		return
	}
	why := "The last try to save failed; Alcove tries again every few seconds."
	if u.shell() == nil {
		why = "It can be written once you unlock."
	}
	u.askQuit("Something is not saved yet", deed+" now loses "+waitingWords(w)+". "+why, yes, do)
}

// askQuit offers to unlock first where that would help.
func (u *UI) askQuit(title, text, yes string, do func()) {
	lose := widget.NewButton(yes, "", widget.Danger, func() { u.closeDialog(); do() })
	stay := widget.NewButton("Cancel", "", widget.Secondary, u.closeDialog)
	buttons := []fyne.CanvasObject{stay, lose}
	if u.shell() == nil {
		stay = widget.NewButton("Unlock first", "unlock", widget.Primary, func() {
			u.closeDialog()
			if f, ok := u.screen.(focuser); ok {
				f.Focus()
			}
		})
		buttons = []fyne.CanvasObject{lose, stay}
	}
	u.ask(widget.DialogSpec{Icon: "warning", Tone: widget.Caution, Title: title, Text: text, Focus: stay, Buttons: buttons})
}

// waitingWords name what would be lost, without a client's name: the vault may be locked.
func waitingWords(w app.Waiting) string {
	var all []string
	if w.Drafts > 0 {
		all = append(all, "the last changes to "+count(w.Drafts, "note"))
	}
	for _, k := range []struct {
		kind      app.WritingKind
		one, many string
	}{
		{app.AddendumWriting, "the last words of an addendum", "the last words of %d addenda"},
		{app.AnswerWriting, "the last words of what was done about an alert", "the last words of what was done about %d alerts"},
		{app.VoidWriting, "the last words of why a response does not count", "the last words of why %d responses do not count"},
		{app.DeedWriting, "the last words of what was done in an emergency", "the last words of what was done in %d emergencies"},
		{app.PlanWriting, "the last changes to a safety plan", "the last changes to %d safety plans"},
		{app.TemplateWriting, "the last changes to a template", "the last changes to %d templates"},
		{app.ClientWriting, "the last changes to a client’s details", "the last changes to the details of %d clients"},
	} {
		switch n := w.Writing[k.kind]; n {
		case 0:
		case 1:
			all = append(all, k.one)
		default:
			all = append(all, fmt.Sprintf(k.many, n))
		}
	}
	for _, began := range w.Sessions {
		all = append(all, "the end and the draft note of the session that began at "+began.Local().Format("15:04 on 2 January"))
	}
	if n := len(all); n > 1 {
		return strings.Join(all[:n-1], ", ") + " and " + all[n-1]
	}
	return strings.Join(all, "")
}
