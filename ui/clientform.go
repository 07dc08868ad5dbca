package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// clientForm adds a client or changes one.
type clientForm struct {
	c      *caseload
	u      *UI
	life   *scope
	data   app.Client // as it is saved
	fields map[string]*widget.Field
	status *widget.Choice
	direct *widget.Switch
	save   *widget.Button
	typing *typing
	root   fyne.CanvasObject
}

// newClientForm shows what was typed into the form before, unless kept is nil.
func newClientForm(c *caseload, data app.Client, kept *app.Unsaved[app.Client]) *clientForm {
	head, done := "Edit client", "Save"
	if data.ID == "" {
		head, done, data.Status = "New client", "Add client", app.ClientActive
	}
	f := &clientForm{
		c: c, u: c.u, life: newScope(c.life.ctx), data: data, fields: map[string]*widget.Field{},
		typing: newTyping(c.u, app.WritingOf(app.ClientWriting, data.ID)),
	}
	var at time.Time
	if kept != nil {
		data, at = kept.Form, kept.At
	}
	field := func(key, label, value, hint string) fyne.CanvasObject {
		e := widget.NewEntry(label, value)
		e.OnSubmitted, e.OnChanged = func(string) { f.Submit() }, func(string) { f.keep() }
		f.fields[key] = widget.NewField(e, hint)
		return f.fields[key]
	}
	f.status = widget.NewChoice(string(data.Status), func(string) { f.keep() }, string(app.ClientActive), "Active", string(app.ClientWaitlist), "Waitlist", string(app.ClientArchived), "Archived")
	f.direct = widget.NewSwitch("Allow a direct line", data.Direct, func(bool) { f.keep() })
	f.save = widget.NewButton(done, "check", widget.Primary, f.Submit)
	form := widget.Col(look.S4,
		widget.RowTop(look.S4, widget.Share(2, field("Name", "Name or pseudonym", data.Name, "")), widget.Share(1, field("Pronouns", "Pronouns", data.Pronouns, ""))),
		field("Focus", "Focus", data.Focus, "One line under the name: “CBT for depression, weekly”."),
		widget.Col(look.S2, widget.NewText("List", widget.FieldTag), widget.ColStart(0, f.status)),
		widget.HLine(),
		pair(field("Email", "Email", data.Email, ""), field("Phone", "Phone", data.Phone, "")),
		pair(field("TimeZone", "Time zone", data.TimeZone, "Empty for your own."), field("Tags", "Tags", strings.Join(data.Tags, ", "), "Separated by commas.")),
		widget.HLine(),
		widget.NewText("Emergency contact", widget.Header),
		pair(field("EmergencyName", "Contact’s name", data.Emergency.Name, ""),
			field("EmergencyRelation", "Relation", data.Emergency.Relation, ""), field("EmergencyPhone", "Contact’s phone", data.Emergency.Phone, "")),
		widget.HLine(),
		widget.Row(look.S4, f.direct, widget.Grow(widget.Col(2, widget.NewText("Allow a direct line", widget.Strong),
			widget.NewPara("Faster, but shows each side the other’s IP address, and so roughly where you are. Off: everything goes through the relay, which can read none of it.", widget.Soft)))),
	)
	cancel := widget.NewButton("Cancel", "", widget.Secondary, f.Escape)
	f.root = widget.Col(0, f.typing.bar, widget.Grow(widget.NewVScroll(widget.Pad(look.S6, look.S6, look.S6, look.S6, widget.Measure(760, widget.Col(look.S4,
		widget.Row(look.S3, widget.Grow(widget.NewText(head, widget.TitleOf)), cancel, f.save), backAgain(c.u, at), widget.Card(form)))))))
	return f
}

// pair lays fields side by side, all as wide as each other.
func pair(fields ...fyne.CanvasObject) fyne.CanvasObject {
	for i, f := range fields {
		fields[i] = widget.Share(1, f)
	}
	return widget.RowTop(look.S4, fields...)
}

func (f *clientForm) Name() string              { return "client-form" }
func (f *clientForm) Object() fyne.CanvasObject { return f.root }
func (f *clientForm) Changed(e app.Event)       { f.typing.changed(e) }
func (f *clientForm) Focus()                    { f.u.win.Canvas().Focus(f.fields["Name"].Entry) }

// Leave forgets what was typed: it is kept.
func (f *clientForm) Leave() {
	f.life.end()
	f.typing.ended = true
	for _, field := range f.fields {
		field.Entry.SetText("")
	}
}

func (f *clientForm) text(key string) string { return f.fields[key].Entry.Text }

// keep keeps what is typed, until it is saved or the form is left by its own button.
func (f *clientForm) keep() {
	if !f.typing.ended {
		f.u.p.WriteClient(f.data, f.typed())
	}
}

// typed is the client as the form now has it.
func (f *clientForm) typed() app.Client {
	c := f.data
	c.Name, c.Pronouns, c.Focus = f.text("Name"), f.text("Pronouns"), f.text("Focus")
	c.Email, c.Phone, c.TimeZone = f.text("Email"), f.text("Phone"), f.text("TimeZone")
	c.Emergency = app.EmergencyContact{Name: f.text("EmergencyName"), Relation: f.text("EmergencyRelation"), Phone: f.text("EmergencyPhone")}
	c.Tags = nil
	for _, t := range strings.Split(f.text("Tags"), ",") {
		if t = strings.TrimSpace(t); t != "" {
			c.Tags = append(c.Tags, t)
		}
	}
	c.Status, c.Direct = app.ClientStatus(f.status.Value()), f.direct.On()
	return c
}

// Escape asks before it throws away what was typed.
func (f *clientForm) Escape() {
	leave := func() {
		if f.data.ID == "" {
			f.c.welcome()
			f.c.Focus()
			return
		}
		f.c.open(f.data.ID)
	}
	if !f.changed() {
		leave()
		return
	}
	f.u.confirm("Leave without saving?", "What you typed into this form will be lost.", "Leave", widget.Danger, func() {
		f.typing.discard(f.life, leave)
	})
}

func (f *clientForm) changed() bool {
	a, b := f.typed(), f.data
	return a.Name != b.Name || a.Pronouns != b.Pronouns || a.Focus != b.Focus || a.Email != b.Email || a.Phone != b.Phone ||
		a.TimeZone != b.TimeZone || a.Emergency != b.Emergency || strings.Join(a.Tags, ",") != strings.Join(b.Tags, ",") ||
		a.Direct != b.Direct || a.Status != b.Status
}

// enable: while it is saved nothing can be typed, which would be neither saved nor kept.
func (f *clientForm) enable(on bool) {
	f.save.SetEnabled(on)
	for _, field := range f.fields {
		field.Entry.SetEnabled(on)
	}
}

// Submit saves.
func (f *clientForm) Submit() {
	if f.save.Disabled() {
		return
	}
	f.enable(false)
	f.typing.ended = true
	c := f.typed()
	run(f.u, f.life, work[app.ClientID]{
		what: "Saving", keep: true,
		do: func(ctx context.Context) (app.ClientID, error) { return f.u.p.SaveClient(ctx, c) },
		done: func(id app.ClientID, err error) {
			f.enable(true)
			if f.typing.ended = err == nil; err != nil {
				f.keep()
			}
			for _, field := range f.fields {
				field.Advise("")
			}
			var bad *app.FieldError
			switch {
			case errors.As(err, &bad) && f.fields[bad.Field] != nil:
				f.fields[bad.Field].Advise(bad.Advice)
				f.u.reflow()
				f.u.win.Canvas().Focus(f.fields[bad.Field].Entry)
			case err != nil:
				f.u.complain(err)
			default:
				f.u.say("Saved")
				f.c.open(id)
			}
		},
	})
}
