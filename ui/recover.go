package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// recovery opens a vault with the kit and sets a new passphrase.
type recovery struct {
	u    *UI
	life *scope
	root fyne.CanvasObject
	kit  *widget.Field
	pass *newPassphrase
	open *widget.Button
}

func newRecover(u *UI) *recovery {
	r := &recovery{u: u, life: newScope(u.life.ctx), kit: kitEntry()}
	r.open = widget.NewButton("Open the vault", "unlock", widget.Primary, r.Submit).Tall()
	r.pass = newNewPassphrase(func() []string { return nil }, r.open.SetEnabled)
	back := widget.NewButton("Back", "back", widget.Ghost, u.enter).Tall()
	r.root = front(panel("Use the recovery kit", "The kit opens the vault without the old passphrase, on this computer or a new one. A new passphrase and a new device secret are set; the old ones open nothing from then on.",
		r.kit, r.pass.body, widget.Row(look.S3, back, widget.Gap(), r.open)))
	return r
}

func (r *recovery) Name() string              { return "recover" }
func (r *recovery) Object() fyne.CanvasObject { return r.root }
func (r *recovery) Changed(app.Event)         {}
func (r *recovery) Escape()                   { r.u.enter() }
func (r *recovery) Focus()                    { r.u.win.Canvas().Focus(r.kit.Entry) }

// Leave forgets what was typed.
func (r *recovery) Leave() {
	r.life.end()
	r.kit.Entry.SetText("")
	r.pass.forget()
}

// Submit opens it.
func (r *recovery) Submit() {
	if r.open.Disabled() {
		return
	}
	kit, err := app.ParseKit(r.kit.Entry.Text)
	if err != nil {
		r.kit.Advise(app.Explain(err))
		r.u.reflow()
		return
	}
	r.kit.Advise("")
	r.open.Disable()
	pass := r.pass.passphrase()
	act(r.u, r.life, "Opening the vault", func(ctx context.Context) error {
		defer kit.Wipe()
		defer pass.Wipe()
		return r.u.p.Recover(ctx, kit, pass)
	}, func(err error) {
		r.open.Enable()
		if err != nil {
			r.u.complain(err)
		}
	})
}
