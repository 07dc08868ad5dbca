package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"alcove/app"
	"alcove/ui/widget"
)

// say shows a sentence that goes by itself.
func (u *UI) say(text string) {
	u.unsay()
	u.toast.Say(text)
	aside := u.follow.every(progressLook, u.toast.StepAside) // what it speaks of often opens another screen beneath it
	gone := u.follow.after(3500*time.Millisecond, func() { u.unsay() })
	u.unsay = func() {
		aside()
		gone()
		u.toast.Say("")
		u.toast.Hide()
	}
}

// complain shows an error in words. Errors never vanish by themselves.
func (u *UI) complain(err error) {
	if err == nil || errors.Is(err, context.Canceled) { // called off by the one who would read it
		return
	}
	ok := widget.NewButton("Close", "", widget.Secondary, u.closeDialog)
	u.over(widget.DialogSpec{
		Icon: "warning", Tone: widget.Caution, Title: "That did not work", Text: app.Explain(err),
		Buttons: []fyne.CanvasObject{ok}, Focus: ok,
	}, nil)
}

// refuse says why something was not done.
func (u *UI) refuse(words string) {
	ok := widget.NewButton("Close", "", widget.Secondary, u.closeDialog)
	u.over(widget.DialogSpec{
		Icon: "warning", Tone: widget.Caution, Title: "That is too much at once", Text: words,
		Buttons: []fyne.CanvasObject{ok}, Focus: ok,
	}, nil)
}

// ask shows a dialog; there is one at a time.
func (u *UI) ask(s widget.DialogSpec) {
	u.clearDialogs()
	u.dialog = widget.NewDialog(u.win.Canvas(), s)
	u.dialog.Show()
	u.knocks.remind()
}

// over shows a dialog over the one that is open and gives that back: what was typed there must not be lost. closed, unless it is
// nil, is called when it goes.
func (u *UI) over(s widget.DialogSpec, closed func()) {
	under := u.dialog
	if under != nil {
		under.Aside()
		u.dialog = nil
	}
	u.ask(s)
	u.dialog.Closed = func() {
		if closed != nil {
			closed()
		}
		switch {
		case under == nil:
		case u.clearing:
			under.Hide()
		default:
			u.dialog = under
			under.Show()
		}
	}
}

// clearDialogs takes away every dialog, and what they were opened over.
func (u *UI) clearDialogs() {
	u.clearing = true
	u.closeDialog()
	u.clearing = false
}

func (u *UI) closeDialog() {
	if d := u.dialog; d != nil {
		u.dialog = nil
		u.knocks.about = ""
		d.Hide()
	}
}

// closeMenus takes away what is popped up: it may name what a lock hides.
func (u *UI) closeMenus() {
	for o := u.win.Canvas().Overlays().Top(); o != nil; o = u.win.Canvas().Overlays().Top() {
		u.win.Canvas().Overlays().Remove(o)
	}
	u.forgetFolder() // of a window for files, which was not closed but taken away
}

// confirm asks before something is lost. yes names the deed.
func (u *UI) confirm(title, text, yes string, kind widget.Kind, do func()) {
	u.ask(u.question(title, text, yes, kind, do))
}

func (u *UI) question(title, text, yes string, kind widget.Kind, do func()) widget.DialogSpec {
	no := widget.NewButton("Cancel", "", widget.Secondary, u.closeDialog)
	return widget.DialogSpec{
		Icon: "warning", Tone: widget.Caution, Title: title, Text: text, Focus: no,
		Buttons: []fyne.CanvasObject{no, widget.NewButton(yes, "", kind, func() { u.closeDialog(); do() })},
	}
}

func (u *UI) showBusy(what string, cancel func()) (b *widget.Busy, hide func()) {
	b = widget.NewBusy(what, cancel)
	u.busy.Add(b)
	u.corner.Refresh()
	return b, func() {
		b.Stop()
		u.busy.Remove(b)
		u.corner.Refresh()
	}
}

// chooseFile lets a file be found by looking, to be named.
func (u *UI) chooseFile(named func(path string)) {
	d := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if err == nil && f != nil {
			named(f.URI().Path())
			_ = f.Close()
		}
	}, u.win)
	u.findFile(d)
}

// findFile shows the toolkit's window for files and folders. To size it before it is shown would end the program (Fyne 2.8.1).
func (u *UI) findFile(d *dialog.FileDialog) {
	d.SetOnClosed(u.forgetFolder)
	d.Show()
	d.Resize(fyne.NewSize(900, 620))
}

// lastFolder is under which the toolkit keeps the folder that was last looked into: in a plain file, the same for everybody on
// this computer. A folder may have a client's name.
const lastFolder = "fyne:fileDialogLastFolder"

func (u *UI) forgetFolder() { u.app.Preferences().RemoveValue(lastFolder) }
