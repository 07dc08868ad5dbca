package ui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// templateForm makes or changes one template: a name, and sections that move up and down.
type templateForm struct {
	t      *templates
	u      *UI
	was    app.Template // as it is saved
	data   app.Template // without what is in the fields since it was last taken
	name   *widget.Field
	heads  []*widget.Field
	hints  []*widget.Entry
	wrong  *widget.Banner
	again  *widget.Banner // what was typed before is back
	typing *typing
}

// newTemplateForm shows what was typed into the form before, unless kept is nil.
func newTemplateForm(t *templates, x app.Template, kept *app.Unsaved[app.Template]) *templateForm {
	f := &templateForm{t: t, u: t.u, was: x, data: x, wrong: widget.NewBanner("", widget.Negative), typing: newTyping(t.u, app.WritingOf(app.TemplateWriting, x.ID))}
	var at time.Time
	if kept != nil {
		at, f.data, f.data.Changed = kept.At, kept.Form, x.Changed
	}
	f.again = backAgain(t.u, at)
	f.data.Sections = append([]app.SectionForm(nil), f.data.Sections...)
	return f
}

// keep keeps what is typed, until it is saved or the form is left.
func (f *templateForm) keep() {
	f.take()
	if !f.typing.ended {
		f.u.p.WriteTemplate(f.was, f.data)
	}
}

// take reads what is in the fields.
func (f *templateForm) take() {
	if f.name == nil {
		return
	}
	f.data.Name = f.name.Entry.Text
	for i := range f.heads {
		f.data.Sections[i].Heading, f.data.Sections[i].Hint = f.heads[i].Entry.Text, f.hints[i].Text
	}
}

// show draws the form anew, and puts the focus on a section; -1 for the name.
func (f *templateForm) show(at int) {
	f.name = widget.NewField(f.entry("Name", f.data.Name), "As the menu of formats shows it.")
	f.heads, f.hints = nil, nil
	rows := widget.Col(look.S4)
	for i, s := range f.data.Sections {
		rows.Add(f.row(i, s))
	}
	f.wrong.Say("", widget.Negative)
	title, n := "New template", len(f.data.Sections)
	if f.data.ID != "" {
		title = "Edit template"
	}
	page := settingPage(title, f.leave, f.again, f.wrong, widget.Card(f.name),
		widget.Card(widget.CardHead(count(n, "section"), widget.NewButton("Add section", "add", widget.Secondary, f.add).Low()), rows),
		widget.Row(look.S2, widget.Gap(), widget.NewButton("Cancel", "", widget.Secondary, f.leave), widget.NewButton("Save template", "check", widget.Primary, f.save)))
	f.t.put(widget.Col(0, f.typing.bar, widget.Grow(page)))
	focus := f.name.Entry
	if f.data.Name != "" && at >= 0 && at < n {
		focus = f.heads[at].Entry
	}
	f.u.win.Canvas().Focus(focus)
}

func (f *templateForm) entry(label, text string) *widget.Entry {
	e := widget.NewEntry(label, text)
	e.OnChanged = func(string) { f.keep() }
	return e
}

func (f *templateForm) row(i int, s app.SectionForm) fyne.CanvasObject {
	n := strconv.Itoa(i + 1)
	head := widget.NewField(f.entry("Heading "+n, s.Heading), "")
	hint := f.entry("Hint "+n, s.Hint)
	hint.SetPlaceHolder("What belongs there, shown while it is empty")
	f.heads, f.hints = append(f.heads, head), append(f.hints, hint)
	up := widget.IconButton("Move section "+n+" up", "up", widget.Ghost, func() { f.move(i, i-1) })
	down := widget.IconButton("Move section "+n+" down", "down", widget.Ghost, func() { f.move(i, i+1) })
	up.SetEnabled(i > 0)
	down.SetEnabled(i < len(f.data.Sections)-1)
	remove := widget.IconButton("Remove section "+n, "close", widget.Ghost, func() { f.remove(i) })
	return widget.RowTop(look.S2, widget.Share(2, head), widget.Share(3, widget.NewField(hint, "")),
		widget.Pad(16, 0, 0, 0, widget.Row(0, up, down, remove)))
}

// anew shows the sections as they lie now, and keeps that.
func (f *templateForm) anew(at int) {
	f.show(at)
	f.keep()
}

func (f *templateForm) add() {
	f.take()
	f.data.Sections = append(f.data.Sections, app.SectionForm{})
	f.anew(len(f.data.Sections) - 1)
}

func (f *templateForm) move(from, to int) {
	f.take()
	s := f.data.Sections
	s[from], s[to] = s[to], s[from]
	f.anew(to)
}

func (f *templateForm) remove(i int) {
	f.take()
	f.data.Sections = append(f.data.Sections[:i:i], f.data.Sections[i+1:]...)
	f.anew(min(i, len(f.data.Sections)-1))
}

// leave asks before it loses what was typed.
func (f *templateForm) leave() {
	f.take()
	if fmt.Sprint(f.data) == fmt.Sprint(f.was) {
		f.t.read()
		return
	}
	f.u.confirm("Leave without saving?", "What you changed in this template is lost.", "Leave", widget.Danger, func() {
		f.typing.discard(f.t.life, f.t.read)
	})
}

// enable: while it is saved nothing can be typed, which would be neither saved nor kept.
func (f *templateForm) enable(on bool) {
	f.name.Entry.SetEnabled(on)
	for i, head := range f.heads {
		head.Entry.SetEnabled(on)
		f.hints[i].SetEnabled(on)
	}
}

func (f *templateForm) save() {
	f.take()
	f.enable(false)
	f.typing.ended = true
	x := f.data
	x.Sections = append([]app.SectionForm(nil), x.Sections...)
	act(f.u, f.t.life, "Saving", func(ctx context.Context) error { _, err := f.u.p.SaveTemplate(ctx, x); return err }, func(err error) {
		if err == nil {
			f.u.say("Template saved")
			f.t.read()
			return
		}
		f.enable(true)
		f.typing.ended = false
		f.keep()
		f.advise(err)
	})
}

// advise points at what needs another look.
func (f *templateForm) advise(err error) {
	f.name.Advise("")
	for _, h := range f.heads {
		h.Advise("")
	}
	f.wrong.Say("", widget.Negative)
	var bad *app.FieldError
	if !errors.As(err, &bad) {
		f.u.complain(err)
		return
	}
	if i, no := strconv.Atoi(bad.Field); no == nil && i < len(f.heads) {
		f.heads[i].Advise(bad.Advice)
		f.u.win.Canvas().Focus(f.heads[i].Entry)
	} else if bad.Field == "Name" {
		f.name.Advise(bad.Advice)
		f.u.win.Canvas().Focus(f.name.Entry)
	} else {
		f.wrong.Say(bad.Advice, widget.Negative)
	}
	f.u.reflow()
}
