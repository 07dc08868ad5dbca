package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// kitForm is a front page for a recovery kit and a new passphrase.
type kitForm struct {
	u    *UI
	life *scope
	root fyne.CanvasObject
	kit  *widget.Field
	pass *newPassphrase
	open *widget.Button
}

// newKitForm has more above its own fields; open sets it to work.
func newKitForm(u *UI, head, text string, open *widget.Button, more ...fyne.CanvasObject) kitForm {
	f := kitForm{u: u, life: newScope(u.life.ctx), kit: kitEntry(), open: open.Tall()}
	f.pass = newNewPassphrase(func() []string { return nil }, f.open.SetEnabled)
	back := widget.NewButton("Back", "back", widget.Secondary, u.enter).Tall()
	f.root = front(panel(head, text, append(more, f.kit, f.pass.body, widget.Row(look.S3, back, widget.Gap(), f.open))...))
	return f
}

func (f *kitForm) Object() fyne.CanvasObject { return f.root }
func (f *kitForm) Changed(app.Event)         {}
func (f *kitForm) Escape()                   { f.u.enter() }

// Leave forgets what was typed.
func (f *kitForm) Leave() {
	f.life.end()
	f.kit.Entry.SetText("")
	f.pass.forget()
}

// typed is the kit, if it is one and nothing is under way; else what is wrong with it stands beneath.
func (f *kitForm) typed() (kit app.RecoveryKit, ok bool) {
	if f.open.Disabled() {
		return kit, false
	}
	kit, err := app.ParseKit(f.kit.Entry.Text)
	f.kit.Advise(app.Explain(err))
	f.u.reflow()
	return kit, err == nil
}

// recovery opens a vault with the kit and sets a new passphrase.
type recovery struct{ kitForm }

func newRecover(u *UI) *recovery {
	r := &recovery{}
	r.kitForm = newKitForm(u, "Use the recovery kit", "The kit opens the vault without the old passphrase, on this computer or a new one. A new passphrase and a new device secret are set; the old ones open nothing from then on.",
		widget.NewButton("Open the vault", "unlock", widget.Primary, r.Submit))
	return r
}

func (r *recovery) Name() string { return "recover" }
func (r *recovery) Focus()       { r.u.win.Canvas().Focus(r.kit.Entry) }

// Submit opens it.
func (r *recovery) Submit() {
	kit, ok := r.typed()
	if !ok {
		return
	}
	r.open.Disable()
	pass := r.pass.passphrase()
	act(r.u, r.life, "Opening the vault", func(ctx context.Context) error {
		defer kit.Wipe()
		defer pass.Wipe()
		return r.u.p.Recover(ctx, kit, pass)
	}, func(err error) {
		r.open.Enable()
		r.u.complain(err)
	})
}
