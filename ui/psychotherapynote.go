package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// apartNote is one psychotherapy note, to read and write. It is closed when they are locked.
type apartNote struct {
	u     *UI
	life  *scope
	d     *app.Draft
	back  func()
	title *widget.Entry
	part  *sectionField
	state *saveState
	wrong *widget.Banner
	root  fyne.CanvasObject
}

func newApartNote(u *UI, d *app.Draft, who string, back func()) *apartNote {
	v := d.View()
	n := &apartNote{
		u: u, life: newScope(u.open.ctx), d: d, back: back, title: widget.NewEntry("Title", v.Title),
		state: newSaveState(), wrong: widget.NewBanner("", widget.Negative),
	}
	n.title.OnChanged = func(s string) { d.SetTitle(s) }
	n.part = newSectionField(d, v.Sections[0], app.SectionForm{Hint: "What stayed with you, what you wonder about."}, 16)
	lock := widget.NewButton("Lock", "lock", widget.Secondary, func() {
		act(u, n.life, "Locking", func(context.Context) error { u.p.LockApart(); return nil }, func(error) {})
	}).Named("Lock psychotherapy notes")
	head := widget.Aside(300, look.S2, widget.Row(look.S2, widget.IconButton("Back to client", "back", widget.Ghost, n.Escape), widget.Grow(n.title)),
		widget.Row(look.S2, widget.IconButton("Delete psychotherapy note", "delete", widget.Ghost, n.remove), lock))
	under := widget.Row(look.S3, widget.NewPill("Apart from the record", widget.Active), widget.Grow(widget.NewText(who, widget.Strong.At(look.Small)).Cut()), n.state.row)
	n.root = widget.Col(0, widget.On(look.Surface, widget.Pad(look.S3, look.S5, look.S3, look.S4, widget.Col(look.S3, head, widget.Pad(0, 0, 0, 6, under)))),
		widget.HLine(), widget.Grow(widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, widget.Measure(860, widget.Col(look.S4, n.wrong, n.part.card, apartHelp()))))))
	n.show()
	return n
}

// Name is for tests.
func (n *apartNote) Name() string              { return "apart-note" }
func (n *apartNote) Object() fyne.CanvasObject { return n.root }
func (n *apartNote) Focus()                    { n.u.win.Canvas().Focus(n.part.entry()) }
func (n *apartNote) Escape()                   { n.back() }

// Changed shows the saved state, and leaves when they were locked.
func (n *apartNote) Changed(e app.Event) {
	switch {
	case e.Kind == app.ApartChanged:
		read(n.u, n.life, n.u.p.ApartState, func(s app.ApartState, err error) {
			if err == nil && s != app.ApartOpen {
				n.back()
			}
		})
	case e.Kind == app.NoteChanged && e.ID == string(n.d.ID()):
		n.show()
	}
}

func (n *apartNote) show() {
	v := n.d.View()
	n.wrong.Say(v.Problem, widget.Negative)
	n.state.show(v)
	n.root.Refresh()
}

// Leave saves and closes, and lets go of the text.
func (n *apartNote) Leave() {
	n.life.end()
	before, done := n.u.closing, make(chan struct{})
	n.u.closing = done
	d := n.d
	act(n.u, n.u.life, "Saving the note", func(ctx context.Context) error {
		defer close(done)
		<-before
		return d.Close(ctx)
	}, func(err error) { n.u.complain(err) })
	n.part.forget()
	n.title.OnChanged = nil
	n.title.SetText("")
}

func (n *apartNote) remove() {
	n.u.confirm("Delete this psychotherapy note?", "Everything written in it is lost at once. There is no bin for these notes.", "Delete for good", widget.Danger, func() {
		act(n.u, n.life, "Deleting", func(ctx context.Context) error { return n.u.p.DeletePsychotherapyNote(ctx, n.d.ID()) }, func(err error) {
			if err != nil {
				n.u.complain(err)
				return
			}
			n.u.say("Deleted")
			n.back()
		})
	})
}
