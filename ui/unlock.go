package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// unlock asks for the passphrase.
type unlock struct {
	u    *UI
	form *unlockForm
	root fyne.CanvasObject
}

func newUnlock(u *UI) *unlock {
	n := &unlock{u: u, form: newUnlockForm(u)}
	ways := widget.ColStart(0, widget.NewButton("Use the recovery kit", "key", widget.LinkTo, func() { u.show(newRecover(u)) }),
		widget.NewButton("Restore a backup", "archive", widget.LinkTo, func() { u.show(newRestore(u)) }), switchLink(u))
	n.root = front(panel("Locked", "Your records are sealed until you unlock them.",
		whose(u), n.form.body, ways, widget.NewPara("Profile: "+u.person.Folder, widget.Fine)))
	return n
}

func (n *unlock) Name() string              { return "unlock" }
func (n *unlock) Object() fyne.CanvasObject { return n.root }
func (n *unlock) Changed(app.Event)         {}
func (n *unlock) Leave()                    { n.form.leave() }
func (n *unlock) Submit()                   { n.form.submit() }
func (n *unlock) Focus()                    { n.u.win.Canvas().Focus(n.form.entry) }

// unlockForm is the field and the button, on the unlock screen and beside a call that outlived
// the lock.
type unlockForm struct {
	u      *UI
	life   *scope
	entry  *widget.Entry
	button *widget.Button
	wrong  *widget.Banner
	body   *fyne.Container
}

func newUnlockForm(u *UI) *unlockForm {
	f := &unlockForm{u: u, life: newScope(u.life.ctx), entry: widget.NewSecret("Passphrase", ""), wrong: widget.NewBanner("", widget.Negative)}
	f.entry.OnSubmitted = func(string) { f.submit() }
	f.button = widget.NewButton("Unlock", "unlock", widget.Primary, f.submit).Tall()
	f.wrong.Hide()
	f.body = widget.Col(look.S3, f.wrong,
		widget.Col(look.S1, widget.NewText("Passphrase", widget.FieldTag), f.entry), f.button)
	return f
}

func (f *unlockForm) leave() {
	f.life.end()
	f.entry.SetText("")
}

func (f *unlockForm) submit() {
	if f.button.Disabled() {
		return
	}
	if f.entry.Text == "" {
		f.u.win.Canvas().Focus(f.entry)
		return
	}
	pass := app.NewPassphrase([]byte(f.entry.Text))
	f.button.Disable()
	// It can be called off: a locked keychain waits for its own password without a limit.
	run(f.u, f.life, work[struct{}]{
		what: "Unlocking",
		do: func(ctx context.Context) (struct{}, error) {
			defer pass.Wipe()
			return struct{}{}, f.u.p.Unlock(ctx, pass)
		},
		done: func(_ struct{}, err error) { f.opened(err) },
	})
}

func (f *unlockForm) opened(err error) {
	f.button.Enable()
	f.entry.SetText("")
	if err == nil || errors.Is(err, context.Canceled) {
		f.wrong.Say("", widget.Negative)
		return
	}
	f.wrong.Say(app.Explain(err), widget.Negative)
	f.u.reflow()
	f.u.win.Canvas().Focus(f.entry)
}
