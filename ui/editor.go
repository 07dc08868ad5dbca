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

// editor is an open draft: one field a section, because a long field is slow and a headed one is
// the better form anyway. It never asks the draft for its text: what is in the fields is newer.
type editor struct {
	n      *note
	u      *UI
	d      *app.Draft
	title  *widget.Entry
	parts  []*sectionField
	fields *fyne.Container
	state  *saveState
	wrong  *widget.Banner
	signIt *widget.Button
	format *widget.MenuButton
	root   fyne.CanvasObject
}

func newEditor(n *note, d *app.Draft) *editor {
	v := d.View()
	e := &editor{
		n: n, u: n.u, d: d, title: widget.NewEntry("Title", v.Title), fields: container.NewStack(),
		state: newSaveState(), wrong: widget.NewBanner("", widget.Negative),
	}
	e.title.SetPlaceHolder("Title")
	e.title.OnChanged = func(s string) { d.SetTitle(s) }
	e.format = newFormButton(e.u, n.life, v.FormName(), widget.Secondary, v.Format, func(f app.Form) {
		d.SetForm(f)
		e.format.Say(f.Name)
		e.sections()
		e.focus()
	}).Named("Format")
	carry := widget.NewButton("Carry forward", "carry", widget.Ghost, e.carry)
	e.signIt = widget.NewButton("Sign", "sign", widget.Primary, e.sign).Named("Sign note")
	past := widget.IconButton("History", "history", widget.Ghost, func() {
		n.openHistory(func() { n.put(e.root); e.focus() })
	})
	wide := widget.IconButton("Full screen (F11)", "expand", widget.Ghost, e.u.toggleWide)
	remove := widget.IconButton("Delete draft", "delete", widget.Ghost, e.remove)
	head := widget.Aside(260, look.S2, widget.Row(look.S2, widget.IconButton("Back to client", "back", widget.Ghost, n.Escape), widget.Grow(e.title)),
		widget.Row(look.S2, past, wide, remove, e.signIt))
	under := widget.Aside(320, look.S2, widget.Row(look.S3, e.format, carry, widget.Grow(n.who)), e.state.row)
	e.root = widget.Col(0, widget.On(look.Surface, widget.Pad(look.S3, look.S5, look.S3, look.S4, widget.Col(look.S3, head, widget.Pad(0, 0, 0, 6, under)))),
		widget.HLine(), widget.Grow(widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, widget.Measure(860, widget.Col(look.S4, e.wrong, e.fields))))))
	e.sections()
	e.showState()
	return e
}

// sections makes a field for each section of the draft.
func (e *editor) sections() {
	v := e.d.View()
	rows := 4
	if len(v.Sections) == 1 {
		rows = 16
	}
	e.forget()
	col := widget.Col(look.S4)
	for i, s := range v.Sections {
		p := newSectionField(e.d, s, v.Forms[i], rows)
		e.parts = append(e.parts, p)
		col.Add(p.card)
	}
	e.fields.Objects = []fyne.CanvasObject{col}
	e.fields.Refresh()
}

// forget lets go of the text in the fields.
func (e *editor) forget() {
	for _, p := range e.parts {
		p.forget()
	}
	e.parts = nil
}

// focus goes to the first section in which nothing is written, else to the first.
func (e *editor) focus() {
	for _, p := range e.parts {
		if p.empty() {
			e.u.win.Canvas().Focus(p.entry())
			return
		}
	}
	if len(e.parts) > 0 {
		e.u.win.Canvas().Focus(e.parts[0].entry())
	}
}

// carry fills what is empty from the client's last note.
func (e *editor) carry() {
	run(e.u, e.n.life, work[app.NoteRow]{
		what: "Reading the last note", do: e.d.CarryForward,
		done: func(from app.NoteRow, err error) {
			if err != nil {
				e.u.complain(err)
				return
			}
			e.sections()
			e.showState()
			e.u.say("Carried forward from “" + clipTitle(titleOf(from.Title)) + "”")
		},
	})
}

// showState tells the truth about what the store has.
func (e *editor) showState() {
	v := e.d.View()
	e.n.view = v.NoteView
	e.signIt.SetEnabled(v.CanSign)
	if len(v.Sections) != len(e.parts) { // the chat of a session was filed meanwhile
		e.sections()
	}
	for i, p := range e.parts {
		p.show(v.Sections[i])
	}
	e.wrong.Say(v.Problem, widget.Negative)
	e.state.show(v)
	e.root.Refresh()
}

// leave saves and closes. The next note waits for it, see UI.closing.
func (e *editor) leave() {
	before, done := e.u.closing, make(chan struct{})
	e.u.closing = done
	d := e.d
	act(e.u, e.u.life, "Saving the note", func(ctx context.Context) error {
		defer close(done)
		<-before
		return d.Close(ctx)
	}, func(err error) { e.u.complain(err) })
	e.forget()
	e.title.OnChanged = nil
	e.title.SetText("")
}

func (e *editor) sign() {
	v := e.d.View()
	if !v.CanSign {
		e.u.say("There is nothing to sign yet")
		return
	}
	title, text, yes := "Sign this note?", "Signing locks it for good. After that only a dated addendum can be added; nothing can be changed or removed.", "Sign and lock"
	if len(v.Carried) > 0 {
		title, yes = "Sign what was carried forward?", "Sign it as it is"
		text = "Carried forward from an earlier note and not touched since: " + strings.Join(v.Carried, ", ") + ". It will say so in the signed note. " + text
	}
	e.u.confirm(title, text,
		yes, widget.Primary, func() {
			act(e.u, e.n.life, "Signing", e.d.Sign, func(err error) {
				if err != nil {
					e.showAdvice(err)
					e.u.complain(err)
					return
				}
				e.n.edit = nil
				e.u.say("Signed")
				e.n.read()
			})
		})
}

// showAdvice leads to the section that an error speaks of.
func (e *editor) showAdvice(err error) {
	var f *app.FieldError
	if !errors.As(err, &f) {
		return
	}
	for _, p := range e.parts {
		if p.key == f.Field {
			p.advise(f.Advice)
			e.u.reflow()
			e.u.win.Canvas().Focus(p.entry())
		}
	}
}

func (e *editor) remove() {
	what := "this draft"
	if t := strings.TrimSpace(e.title.Text); t != "" {
		what = "“" + t + "”"
	}
	client := e.n.view.Client
	e.u.confirm("Delete "+what+"?", "It goes to the client’s deleted drafts and can be brought back from there for 30 days. Then it is gone for good.", "Delete draft", widget.Danger, func() {
		act(e.u, e.n.life, "Deleting", func(ctx context.Context) error { return e.u.p.DeleteDraft(ctx, e.n.id) }, func(err error) {
			if err != nil {
				e.u.complain(err)
				return
			}
			e.u.say("Draft deleted")
			e.n.back(client)
		})
	})
}
