package ui

import (
	"context"
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
	areas  []*widget.Entry
	fields *fyne.Container
	state  *widget.Text
	icon   *widget.Icon
	wrong  *widget.Banner
	signIt *widget.Button
	format *widget.Choice
	root   fyne.CanvasObject
}

func newEditor(n *note, d *app.Draft) *editor {
	v := d.View()
	e := &editor{
		n: n, u: n.u, d: d, title: widget.NewEntry("Title", v.Title), fields: container.NewStack(),
		state: widget.NewText("", widget.Soft), icon: widget.NewIcon("edit", look.Faint, 16), wrong: widget.NewBanner("", widget.Negative),
	}
	e.title.SetPlaceHolder("Title")
	e.title.OnChanged = func(s string) { d.SetTitle(s) }
	e.format = widget.NewChoice(string(v.Format), func(f string) {
		d.SetFormat(app.NoteFormat(f))
		e.sections()
	}, formatPairs()...)
	e.signIt = widget.NewButton("Sign", "sign", widget.Primary, e.sign).Named("Sign note")
	remove := widget.IconButton("Delete draft", "delete", widget.Ghost, e.remove)
	head := widget.Row(look.S2, widget.IconButton("Back to client", "back", widget.Ghost, n.Escape),
		widget.Grow(e.title), remove, e.signIt)
	under := widget.Row(look.S4, e.format, widget.Grow(n.who), widget.Row(6, e.icon, e.state))
	e.root = widget.Col(0, widget.On(look.Surface, widget.Pad(look.S3, look.S5, look.S3, look.S4, widget.Col(look.S3, head, widget.Pad(0, 0, 0, 6, under)))),
		widget.HLine(), widget.Grow(widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, widget.Measure(860, widget.Col(look.S4, e.wrong, e.fields))))))
	e.sections()
	e.showState()
	return e
}

func formatPairs() []string {
	var pairs []string
	for _, f := range app.Formats() {
		pairs = append(pairs, string(f), formatWord(f))
	}
	return pairs
}

// sections makes a field for each section of the draft's format.
func (e *editor) sections() {
	v := e.d.View()
	rows := 5
	if len(v.Sections) == 1 {
		rows = 16
	}
	e.areas = nil
	col := widget.Col(look.S4)
	for i, s := range v.Sections {
		heading := v.Headings[i]
		if heading == "" {
			heading = "Note"
		}
		a := widget.NewArea(heading, s.Text, rows)
		a.OnChanged = func(text string) { e.d.Edit(s.Key, text) }
		e.areas = append(e.areas, a)
		col.Add(widget.Card(widget.NewText(heading, widget.Header), a))
	}
	e.fields.Objects = []fyne.CanvasObject{col}
	e.fields.Refresh()
}

func (e *editor) focus() {
	if len(e.areas) > 0 {
		e.u.win.Canvas().Focus(e.areas[0])
	}
}

// showState tells the truth about what the store has.
func (e *editor) showState() {
	v := e.d.View()
	e.n.view = v.NoteView
	e.signIt.SetEnabled(v.CanSign)
	e.wrong.Say(v.Problem, widget.Negative)
	switch {
	case v.Problem != "":
		e.say("Not saved", "warning", look.Bad)
	case v.Dirty:
		e.say("Writing…", "edit", look.Faint)
	case v.Saved.IsZero():
		e.say("Nothing written yet", "edit", look.Faint)
	default:
		e.say("Saved "+clockTime(v.Saved), "check", look.Good)
	}
	e.root.Refresh()
}

func (e *editor) say(text, icon string, ink fyne.ThemeColorName) {
	e.state.Set(text)
	e.icon.Set(icon, ink)
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
	for _, a := range append(e.areas, e.title) {
		a.OnChanged = nil
		a.SetText("")
	}
}

func (e *editor) sign() {
	if !e.d.View().CanSign {
		e.u.say("There is nothing to sign yet")
		return
	}
	e.u.confirm("Sign this note?", "Signing locks it for good. After that only a dated addendum can be added; nothing can be changed or removed.",
		"Sign and lock", widget.Primary, func() {
			act(e.u, e.n.life, "Signing", e.d.Sign, func(err error) {
				if err != nil {
					e.u.complain(err)
					return
				}
				e.n.edit = nil
				e.u.say("Signed")
				e.n.read()
			})
		})
}

func (e *editor) remove() {
	what := "this draft"
	if t := strings.TrimSpace(e.title.Text); t != "" {
		what = "“" + t + "”"
	}
	client := e.n.view.Client
	e.u.confirm("Delete "+what+"?", "Everything written in it is lost and cannot be brought back.", "Delete draft", widget.Danger, func() {
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
