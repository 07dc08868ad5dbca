package ui

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// setup is the first start: welcome, who you are, passphrase, recovery kit shown, kit typed back.
type setup struct {
	u    *UI
	life *scope
	root *fyne.Container
	step int
	next func()

	name, practice, licence, zone *widget.Field
	pass                          *newPassphrase
	groups                        []string // of the kit, while it is shown
}

var setupSteps = []string{"Welcome", "You", "Passphrase", "Recovery kit", "Check"}

func newSetup(u *UI) *setup {
	s := &setup{u: u, life: newScope(u.life.ctx), root: container.NewStack()}
	s.welcome()
	return s
}

func (s *setup) Name() string              { return "setup" }
func (s *setup) Object() fyne.CanvasObject { return s.root }
func (s *setup) Changed(app.Event)         {}
func (s *setup) Submit()                   { s.forward() }

// Leave forgets the kit and the passphrase.
func (s *setup) Leave() {
	s.life.end()
	s.groups = nil
	if s.pass != nil {
		s.pass.forget()
	}
	s.root.Objects = nil
}

// busyWithKit: the vault is open, but its recovery kit is still to be shown and typed back.
func (s *setup) busyWithKit() bool { return s.groups != nil }

func (s *setup) forward() {
	if s.next != nil {
		s.next()
	}
}

// page shows a step. The next button is the only primary one.
func (s *setup) page(step int, body fyne.CanvasObject, next func(), focus fyne.Focusable) {
	s.step, s.next = step, next
	s.root.Objects = []fyne.CanvasObject{front(widget.Col(look.S8, steps(step, setupSteps...), body))}
	s.root.Refresh()
	if focus != nil {
		s.u.win.Canvas().Focus(focus)
	}
}

func (s *setup) welcome() {
	begin := widget.NewButton("Set up a new practice", "forward", widget.Primary, s.forward).Tall()
	recover := widget.NewButton("I have a recovery kit", "key", widget.Secondary, func() { s.u.show(newRecover(s.u)) }).Tall()
	restore := widget.NewButton("I have a backup", "archive", widget.Secondary, func() { s.u.show(newRestore(s.u)) }).Tall()
	s.page(0, panel("Welcome", "Setting up takes about three minutes. You need a pen or a printer at the end: a recovery kit is shown once, and it is the only way back in if this computer or your passphrase is lost.",
		widget.Col(look.S3, begin, recover, restore), switchLink(s.u),
		widget.NewPara("Everything stays in "+s.u.person.Folder, widget.Fine)), s.you, nil)
}

func (s *setup) you() {
	if s.name == nil {
		s.name = widget.NewField(widget.NewEntry("Your name", ""), "As your clients see it.")
		s.practice = widget.NewField(widget.NewEntry("Practice", ""), "Optional.")
		s.licence = widget.NewField(widget.NewEntry("Licence", ""), "Optional, as clients see it: “LCSW 12345, Oregon”.")
		s.zone = widget.NewField(widget.NewEntry("Time zone", localZone()), "As in “Europe/Warsaw” or “America/Chicago”.")
		for _, f := range []*widget.Field{s.name, s.practice, s.licence, s.zone} {
			f.Entry.OnSubmitted = func(string) { s.forward() }
		}
	}
	s.page(1, panel("About you", "Your clients read this before they knock.",
		s.name, pair(s.practice, s.licence), s.zone,
		s.buttons(s.welcome, widget.NewButton("Continue", "", widget.Primary, s.forward).Tall())),
		func() {
			if strings.TrimSpace(s.name.Entry.Text) == "" {
				s.name.Advise("Your clients need a name to know whom they visit.")
				s.u.reflow()
				s.u.win.Canvas().Focus(s.name.Entry)
				return
			}
			s.name.Advise("")
			s.passphrase()
		}, s.name.Entry)
}

func (s *setup) buttons(back func(), next fyne.CanvasObject) fyne.CanvasObject {
	return widget.Row(look.S3, widget.NewButton("Back", "back", widget.Secondary, back).Tall(), widget.Gap(), next)
}

func (s *setup) passphrase() {
	create := widget.NewButton("Create the vault", "lock", widget.Primary, s.forward).Tall()
	s.pass = newNewPassphrase(func() []string { return []string{s.name.Entry.Text, s.practice.Entry.Text} }, create.SetEnabled)
	s.pass.again.OnSubmitted = func(string) { s.forward() }
	s.page(2, panel("Choose a passphrase", "It opens the vault here. Nobody else has it, so nobody can reset it.",
		s.pass.body, s.buttons(s.you, create)),
		func() {
			if !create.Disabled() {
				create.Disable()
				s.create(create)
			}
		}, s.pass.first)
}

func (s *setup) create(button *widget.Button) {
	pass, profile := s.pass.passphrase(), app.Profile{
		Therapist: strings.TrimSpace(s.name.Entry.Text), PracticeName: strings.TrimSpace(s.practice.Entry.Text),
		Credentials: strings.TrimSpace(s.licence.Entry.Text), TimeZone: strings.TrimSpace(s.zone.Entry.Text),
		Languages: []string{"en"}, Theme: s.u.opt.Theme,
	}
	s.groups = []string{} // from here on an unlocked vault is ours to finish
	run(s.u, s.life, work[[]string]{
		what: "Making the keys and the sealed store", keep: true,
		do: func(ctx context.Context) ([]string, error) {
			defer pass.Wipe()
			kit, err := s.u.p.SetUp(ctx, pass, profile)
			if len(kit.Bytes()) == 0 {
				return nil, err
			}
			defer kit.Wipe()
			return app.KitGroups(kit), err // a kit beside an error is the vault's none the less
		},
		done: func(groups []string, err error) {
			button.Enable()
			s.groups = groups
			if groups == nil {
				s.refused(err)
				return
			}
			s.pass.forget()
			s.kit()
			s.u.complain(err)
		},
	})
}

// refused goes back to the field that needs another look.
func (s *setup) refused(err error) {
	var field *app.FieldError
	if !errors.As(err, &field) {
		s.u.complain(err)
		return
	}
	s.you()
	s.fieldOf(field.Field).Advise(field.Advice)
	s.u.reflow()
}

func (s *setup) fieldOf(name string) *widget.Field {
	switch name {
	case "TimeZone":
		return s.zone
	case "PracticeName":
		return s.practice
	case "Credentials":
		return s.licence
	}
	return s.name
}

func (s *setup) kit() {
	s.page(3, panel("Your recovery kit", "Write it down or print it, and keep it where you keep other valuables. It opens the vault without the passphrase and on any computer. It is shown only now.",
		kitCard(s.u, s.groups, kitOfVault),
		widget.Row(look.S3, widget.Gap(), widget.NewButton("I have it on paper", "check", widget.Primary, s.forward).Tall())),
		s.check, nil)
}

func (s *setup) check() {
	check := newKitCheck(s.groups, func(ok bool) {
		s.u.reflow()
		if !ok {
			return
		}
		act(s.u, s.life, "", s.u.p.ConfirmKit, func(err error) {
			if err != nil {
				s.u.complain(err)
				return
			}
			s.groups = nil
			s.u.unlocked()
		})
	})
	s.page(4, panel("Type two groups back", "So that you know that what is on paper is right.",
		check.body, s.buttons(s.kit, check.button)), check.submit, check.entries[0].Entry)
}
