package ui

import (
	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// saveState tells the truth about what the store has of a draft.
type saveState struct {
	row  *fyne.Container
	icon *widget.Icon
	text *widget.Text
}

func newSaveState() *saveState {
	s := &saveState{icon: widget.NewIcon("edit", look.Faint, 16), text: widget.NewText("", widget.Soft)}
	s.row = widget.Row(6, s.icon, s.text)
	return s
}

func (s *saveState) show(v app.DraftView) {
	switch {
	case v.Problem != "":
		s.say("Not saved", "warning", look.Bad)
	case v.Dirty:
		s.say("Writing…", "edit", look.Faint)
	case v.Saved.IsZero():
		s.say("Nothing written yet", "edit", look.Faint)
	default:
		s.say("Saved "+clockTime(v.Saved), "check", look.Good)
	}
}

func (s *saveState) say(text, icon string, ink fyne.ThemeColorName) {
	s.text.Set(text)
	s.icon.Set(icon, ink)
}
