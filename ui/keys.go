package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// keysCard changes what opens the vault.
func (s *settings) keysCard() fyne.CanvasObject {
	state := widget.NewPill("Kit checked", widget.Positive)
	if !s.data.KitConfirmed {
		state = widget.NewPill("Kit not checked", widget.Caution)
	}
	return settingCard(widget.CardHead("What opens the vault", state), settingList(
		setting("Passphrase", "Change it if somebody may have seen you type it.", widget.NewButton("Change", "key", widget.Secondary, s.changePassphrase).Named("Change passphrase")),
		setting("Device secret", "The half of the key in this computer’s keychain. A new one makes older copies of the keychain useless.",
			widget.NewButton("Renew", "refresh", widget.Secondary, s.rotate).Named("Renew device secret")),
		setting("Recovery kit", "A new kit makes the old paper useless.", widget.NewButton("New kit", "print", widget.Secondary, s.newKit).Named("New kit for recovery"))))
}

func (s *settings) changePassphrase() {
	old := widget.NewSecret("Present passphrase", "")
	cancel := widget.NewButton("Cancel", "", widget.Secondary, s.u.closeDialog)
	wrong := widget.NewBanner("", widget.Negative)
	wrong.Hide()
	var change *widget.Button
	var pass *newPassphrase
	change = widget.NewButton("Change passphrase", "key", widget.Primary, func() {
		change.Disable()
		was, next := app.NewPassphrase([]byte(old.Text)), pass.passphrase()
		act(s.u, s.life, "Changing the passphrase", func(ctx context.Context) error {
			defer was.Wipe()
			defer next.Wipe()
			return s.u.p.ChangePassphrase(ctx, was, next)
		}, func(err error) {
			change.Enable()
			if err != nil {
				wrong.Say(app.Explain(err), widget.Negative)
				s.u.reflow()
				return
			}
			pass.forget()
			old.SetText("")
			s.u.closeDialog()
			s.u.say("Passphrase changed")
		})
	})
	pass = newNewPassphrase(func() []string { return []string{s.data.Therapist, s.data.PracticeName} }, change.SetEnabled)
	s.u.ask(widget.DialogSpec{
		Icon: "key", Tone: widget.Active, Title: "Change the passphrase", Width: 520, Focus: old,
		Body:    widget.Col(look.S4, wrong, widget.Col(look.S1, widget.NewText("Present passphrase", widget.FieldTag), old), pass.body),
		Buttons: []fyne.CanvasObject{cancel, change},
	})
}

func (s *settings) rotate() {
	s.u.confirm("Renew the device secret?", "The vault opens on this computer as before. Copies of the keychain made until now open nothing any more.",
		"Renew", widget.Primary, func() {
			act(s.u, s.life, "Renewing the device secret", s.u.p.RotateDeviceSecret, func(err error) {
				if err != nil {
					s.u.complain(err)
					return
				}
				s.u.say("Device secret renewed")
			})
		})
}

func (s *settings) newKit() {
	s.u.confirm("Make a new recovery kit?", "The kit you have on paper opens nothing any more as soon as the new one is shown. Have a pen or a printer ready.",
		"Make a new kit", widget.Danger, func() {
			run(s.u, s.life, work[[]string]{
				what: "Making a recovery kit", keep: true,
				do: func(ctx context.Context) ([]string, error) {
					kit, err := s.u.p.NewRecoveryKit(ctx)
					if len(kit.Bytes()) == 0 {
						return nil, err
					}
					defer kit.Wipe()
					return app.KitGroups(kit), nil // with an error it is the vault's none the less
				},
				done: func(groups []string, err error) {
					if groups == nil {
						s.u.complain(err)
						return
					}
					s.showKit(groups)
				},
			})
		})
}

func (s *settings) showKit(groups []string) {
	next := widget.NewButton("I have it on paper", "check", widget.Primary, func() { s.checkKit(groups) })
	s.u.ask(widget.DialogSpec{
		Icon: "key", Tone: widget.Active, Title: "Your new recovery kit", Width: 560,
		Text: "Write it down or print it. It is shown only now.", Body: kitCard(s.u, groups, kitOfVault), Buttons: []fyne.CanvasObject{next}, Focus: next,
	})
}

func (s *settings) checkKit(groups []string) {
	check := newKitCheck(groups, func(ok bool) {
		s.u.reflow()
		if !ok {
			return
		}
		act(s.u, s.life, "", s.u.p.ConfirmKit, func(err error) {
			if err != nil {
				s.u.complain(err)
				return
			}
			s.u.closeDialog()
			s.u.say("Recovery kit checked")
		})
	})
	again := widget.NewButton("Show it again", "", widget.Secondary, func() { s.showKit(groups) })
	s.u.ask(widget.DialogSpec{
		Icon: "key", Tone: widget.Active, Title: "Type two groups back", Width: 520, Focus: check.entries[0].Entry,
		Text: "So that you know that what is on paper is right.", Body: check.body, Buttons: []fyne.CanvasObject{again, check.button},
	})
}
