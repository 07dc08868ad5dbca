package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// chooser asks whose record is to be opened, where several people use one computer.
type chooser struct {
	u     *UI
	life  *scope
	root  *fyne.Container
	label *widget.Field // while a new person is asked what they want to be called
}

func newChooser(u *UI) *chooser {
	c := &chooser{u: u, life: newScope(u.life.ctx), root: container.NewStack(front(panel("Whose record?", "")))}
	c.list()
	return c
}

func (c *chooser) Name() string              { return "people" }
func (c *chooser) Object() fyne.CanvasObject { return c.root }
func (c *chooser) Changed(app.Event)         {}
func (c *chooser) Leave()                    { c.life.end() }

func (c *chooser) Submit() {
	if c.label != nil {
		c.add()
	}
}

func (c *chooser) Escape() {
	if c.label != nil {
		c.list()
	}
}

func (c *chooser) page(focus fyne.Focusable, body fyne.CanvasObject) {
	c.root.Objects = []fyne.CanvasObject{front(body)}
	c.root.Refresh()
	c.u.win.Canvas().Focus(focus)
}

// list shows who has a record here.
func (c *chooser) list() {
	c.label = nil
	read(c.u, c.life, c.u.people.List, func(all []app.Person, err error) {
		if err != nil {
			c.u.show(newProblem(c.u, err))
			return
		}
		other := widget.NewButton("Someone else on this computer", "person-add", widget.Secondary, c.newcomer).Tall()
		var focus fyne.Focusable = other
		cards := widget.Col(look.S3)
		for i, p := range all {
			card := c.card(p)
			if cards.Add(card); i == 0 {
				focus = card
			}
		}
		cards.Add(other)
		c.page(focus, panel("Whose record?", "Each person on this computer has a record of their own, sealed under their own passphrase. None of them opens another’s.", cards))
	})
}

func (c *chooser) card(p app.Person) *widget.CardButton {
	return widget.NewCardButton(p.Name(), func() {
		c.open("Opening", func(ctx context.Context) (*app.Practice, error) { return c.u.people.Enter(ctx, p.ID) })
	}, widget.Row(look.S3, widget.NewAvatar(p.Name(), 38), widget.Grow(widget.NewText(p.Name(), widget.Strong).Cut()), widget.NewIcon("forward", look.Muted, 20)))
}

// newcomer asks what the list is to say.
func (c *chooser) newcomer() {
	c.label = widget.NewField(widget.NewEntry("Name in the list", ""), "Initials will do. It is not encrypted: whoever opens Alcove on this computer reads it.")
	c.label.Entry.OnSubmitted = func(string) { c.add() }
	c.page(c.label.Entry, panel("A new person here", "You get a record of your own, with your own passphrase, recovery kit, backups and relay. Nothing of it is shared.",
		c.label, widget.Row(look.S3, widget.NewButton("Back", "back", widget.Secondary, c.list).Tall(), widget.Gap(), widget.NewButton("Continue", "", widget.Primary, c.add).Tall()),
		widget.NewPara("Who signs in to this computer by the same account as you can delete or copy your files, though not read them. Where you can, use an account of your own.", widget.Fine)))
}

func (c *chooser) add() {
	label := c.label.Entry.Text
	c.open("Making room", func(ctx context.Context) (*app.Practice, error) { return c.u.people.Add(ctx, label) })
}

// open goes on with the practice of whom was chosen.
func (c *chooser) open(what string, enter func(context.Context) (*app.Practice, error)) {
	if c.u.underway > 0 { // the second of two clicks
		return
	}
	run(c.u, c.life, work[*app.Practice]{what: what, keep: true, do: enter, done: func(p *app.Practice, err error) {
		var bad *app.FieldError
		switch {
		case errors.As(err, &bad) && c.label != nil:
			c.label.Advise(bad.Advice)
			c.u.reflow()
			c.u.win.Canvas().Focus(c.label.Entry)
		case err != nil:
			c.u.complain(err)
		default:
			c.u.p = p
			c.u.begin()
		}
	}})
}

// switchLink leads from somebody's shut record to the list.
func switchLink(u *UI) fyne.CanvasObject {
	link := widget.ColStart(0, widget.NewButton("Someone else on this computer", "people", widget.LinkTo, u.switchPerson))
	link.Hidden = !u.person.CanSwitch
	return link
}

// whose says whose record is shut, where there are several.
func whose(u *UI) fyne.CanvasObject {
	name := u.person.Name
	row := widget.Row(look.S3, widget.NewAvatar(name, 38), widget.Grow(widget.NewPara(name, widget.Strong)))
	row.Hidden = name == ""
	return row
}

// personCard is what others on this computer see of this person, where there is a list.
func (s *settings) personCard() fyne.CanvasObject {
	label := s.field("Label", "Name in the list of people", s.u.person.Label, "Initials will do. It is not encrypted: whoever opens Alcove on this computer reads it. Empty for a number.")
	label.Entry.OnSubmitted = func(string) { s.saveLabel() }
	card := settingCard(widget.CardHead("On this computer"),
		widget.NewPara("Others can have a record of their own here. Lock Alcove, and choose “Someone else on this computer”.", widget.Soft), label,
		widget.Row(look.S3, widget.Gap(), widget.NewButton("Save name", "check", widget.Secondary, s.saveLabel)))
	if !s.u.person.CanSwitch {
		card.Hide()
	}
	return card
}

func (s *settings) saveLabel() {
	field := s.fields["Label"]
	text := field.Entry.Text
	run(s.u, s.life, work[app.PersonView]{what: "Saving", keep: true, do: func(ctx context.Context) (app.PersonView, error) {
		if err := s.u.p.SaveLabel(ctx, text); err != nil {
			return app.PersonView{}, err
		}
		return s.u.p.Person(ctx)
	}, done: func(v app.PersonView, err error) {
		var bad *app.FieldError
		switch {
		case errors.As(err, &bad):
			field.Advise(bad.Advice)
		case err != nil:
			s.u.complain(err)
		default:
			s.u.person = v
			field.Advise("")
			s.u.say("Saved")
		}
		s.u.reflow()
	}})
}
