package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

func (k *client) setUpApart() {
	k.newApartPassphrase("Set up psychotherapy notes", "They open with this passphrase and with a recovery kit of their own, and with nothing else.", nil,
		func(p app.Passphrase) {
			run(k.u, k.life, work[[]string]{
				what: "Setting up", keep: true,
				do: func(ctx context.Context) ([]string, error) {
					kit, err := k.u.p.SetUpApart(ctx, p)
					if len(kit.Bytes()) == 0 {
						return nil, err
					}
					defer kit.Wipe()
					return app.KitGroups(kit), nil
				},
				done: func(groups []string, err error) {
					if groups == nil {
						k.u.complain(err)
						return
					}
					k.showApartKit(groups)
				},
			})
		})
}

// newApartPassphrase asks for a new passphrase, with something above it.
func (k *client) newApartPassphrase(title, text string, above fyne.CanvasObject, done func(app.Passphrase)) {
	var pass *newPassphrase
	cancel := widget.NewButton("Cancel", "", widget.Secondary, k.u.closeDialog)
	set := widget.NewButton("Set passphrase", "key", widget.Primary, func() {
		p := pass.passphrase()
		pass.forget()
		k.u.closeDialog()
		done(p)
	})
	pass = newNewPassphrase(func() []string { return nil }, set.SetEnabled)
	focus := fyne.Focusable(pass.first)
	if f, ok := above.(*widget.Field); ok {
		focus = f.Entry
	}
	k.u.ask(widget.DialogSpec{
		Icon: "lock", Tone: widget.Active, Title: title, Text: text, Width: 520, Focus: focus,
		Body: widget.Col(look.S4, above, pass.body), Buttons: []fyne.CanvasObject{cancel, set},
	})
}

func (k *client) showApartKit(groups []string) {
	next := widget.NewButton("I have it on paper", "check", widget.Primary, func() { k.checkApartKit(groups) })
	k.u.ask(widget.DialogSpec{
		Icon: "key", Tone: widget.Active, Title: "Recovery kit of psychotherapy notes", Width: 560,
		Text: "It is another one than the vault’s. Write it down or print it: it is shown only now, and without it a lost passphrase means that they are lost.",
		Body: kitCard(k.u, groups, kitOfApart), Buttons: []fyne.CanvasObject{next}, Focus: next,
	})
}

func (k *client) checkApartKit(groups []string) {
	check := newKitCheck(groups, func(ok bool) {
		k.u.reflow()
		if ok {
			k.u.closeDialog()
			k.u.say("Psychotherapy notes are set up")
			k.show()
		}
	})
	again := widget.NewButton("Show it again", "", widget.Secondary, func() { k.showApartKit(groups) })
	k.u.ask(widget.DialogSpec{
		Icon: "key", Tone: widget.Active, Title: "Type two groups back", Width: 520, Focus: check.entries[0].Entry,
		Text: "So that you know that what is on paper is right.", Body: check.body, Buttons: []fyne.CanvasObject{again, check.button},
	})
}

func (k *client) recoverApart() {
	typed := widget.NewField(widget.NewEntry("Recovery kit of psychotherapy notes", ""), "All nine groups.")
	k.newApartPassphrase("Open with their recovery kit", "", typed, func(p app.Passphrase) {
		kit, err := app.ParseKit(typed.Entry.Text)
		typed.Entry.SetText("")
		if err != nil {
			p.Wipe()
			k.u.complain(err)
			return
		}
		act(k.u, k.life, "Opening", func(ctx context.Context) error { return k.u.p.RecoverApart(ctx, kit, p) }, func(err error) {
			if err != nil {
				k.u.complain(err)
				return
			}
			k.u.say("Opened. The new passphrase is in force.")
			k.show()
		})
	})
}
