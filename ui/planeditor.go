package ui

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/safety"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// planEditor writes the next version of a plan. What is typed is kept on the way, so a lock loses
// nothing; it becomes a version when it is saved as one.
type planEditor struct {
	b      *planBook
	after  int // the version that it follows
	areas  [safety.StepCount]*widget.LongArea
	rows   [safety.StepCount][]*phoneRow
	lists  [safety.StepCount]*fyne.Container
	review *widget.Choice
	typing *typing
	scroll *widget.VScroll
	root   fyne.CanvasObject
}

type phoneRow struct{ who, phone *widget.Entry }

func newPlanEditor(b *planBook, after int, steps safety.Steps) *planEditor {
	e := &planEditor{b: b, after: after, typing: newTyping(b.u, app.WritingOf(app.PlanWriting, b.client))}
	col := widget.Col(look.S5)
	for i, form := range safety.Forms() {
		body := widget.Col(look.S2, widget.NewPara(form.Help, widget.Soft))
		if form.Phones {
			e.lists[i] = widget.Col(look.S2)
			for _, l := range append(steps[i], safety.Line{}) {
				e.addRow(i, l)
			}
			body.Add(e.lists[i])
			body.Add(widget.ColStart(0, widget.NewButton("Another", "add", widget.LinkTo, func() {
				e.addRow(i, safety.Line{})
				e.scroll.Refresh()
			}).Low().Named("Another line: "+form.Heading)))
		} else {
			e.areas[i] = widget.NewLongArea(form.Heading, "One a line", joined(steps[i]), 3)
			e.areas[i].OnChanged = func(string) { e.typed() }
			body.Add(e.areas[i])
		}
		col.Add(planStep(i, form.Heading, body))
	}
	e.review = widget.NewChoice(strconv.Itoa(app.ReviewDays), nil, "7", "7 days", "30", "30 days", "90", "90 days", "180", "180 days")
	col.Add(widget.HLine())
	col.Add(widget.Col(look.S2, widget.NewText("Go over it again in", widget.FieldTag), widget.ColStart(0, e.review)))
	save := widget.NewButton("Save as version "+strconv.Itoa(after+1), "check", widget.Primary, e.save)
	col.Add(widget.Row(look.S2, widget.NewButton("Discard", "", widget.Secondary, e.discard).Named("Discard plan"), widget.Gap(), save))
	e.scroll = widget.NewVScroll(b.page(col))
	e.root = widget.Col(0, e.typing.bar, widget.Grow(e.scroll))
	return e
}

func joined(lines []safety.Line) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Text)
	}
	return strings.Join(all, "\n")
}

func (e *planEditor) addRow(i int, l safety.Line) {
	n := strconv.Itoa(len(e.rows[i]) + 1)
	heading := safety.Forms()[i].Heading
	r := &phoneRow{widget.NewEntry(heading+", "+n+": who", l.Text), widget.NewEntry(heading+", "+n+": phone", l.Phone)}
	r.who.SetPlaceHolder("Who")
	r.phone.SetPlaceHolder("Phone")
	r.who.OnChanged, r.phone.OnChanged = func(string) { e.typed() }, func(string) { e.typed() }
	e.rows[i] = append(e.rows[i], r)
	if e.b.narrow {
		e.lists[i].Add(widget.Pad(0, 0, look.S2, 0, widget.Col(look.S1, r.who, r.phone)))
		return
	}
	e.lists[i].Add(widget.RowTop(look.S2, widget.Share(3, r.who), widget.Share(2, r.phone)))
}

// steps are what stands in the fields.
func (e *planEditor) steps() safety.Steps {
	var s safety.Steps
	for i := range s {
		if e.areas[i] != nil {
			for _, text := range strings.Split(e.areas[i].Text(), "\n") {
				s[i] = append(s[i], safety.Line{Text: text})
			}
			continue
		}
		for _, r := range e.rows[i] {
			s[i] = append(s[i], safety.Line{Text: r.who.Text, Phone: r.phone.Text})
		}
	}
	return s
}

func (e *planEditor) typed() {
	if !e.typing.ended {
		e.b.u.p.WritePlan(e.b.client, e.steps().Tidy())
	}
}

// enable: while it is saved nothing can be typed, which would be neither saved nor kept.
func (e *planEditor) enable(on bool) {
	for i, a := range e.areas {
		if a != nil {
			a.SetEnabled(on)
		}
		for _, r := range e.rows[i] {
			r.who.SetEnabled(on)
			r.phone.SetEnabled(on)
		}
	}
}

func (e *planEditor) save() {
	steps, after, client := e.steps(), e.after, e.b.client
	e.enable(false)
	days, _ := strconv.Atoi(e.review.Value()) // the choices are numbers
	e.typing.ended = true
	run(e.b.u, e.b.life, work[app.SafetyPlan]{
		what: "Saving the plan", keep: true,
		do: func(ctx context.Context) (app.SafetyPlan, error) {
			return e.b.u.p.SavePlan(ctx, client, after, steps, days)
		},
		done: func(p app.SafetyPlan, err error) {
			if e.typing.ended = err == nil; err != nil {
				e.enable(true)
				e.typed()
				e.b.u.complain(err)
				return
			}
			e.b.u.say("Version " + strconv.Itoa(p.Version) + " saved")
			e.b.close()
		},
	})
}

// discard asks before it throws away what was typed.
func (e *planEditor) discard() {
	drop := func() { e.typing.discard(e.b.life, e.b.close) }
	if e.steps().Tidy().Same(e.b.latest()) {
		drop()
		return
	}
	e.b.u.confirm("Discard what you wrote?", "The words that are not in a saved version yet are lost. Saved versions stay.", "Discard", widget.Danger, drop)
}

func (e *planEditor) forget() {
	for i := range e.areas {
		if a := e.areas[i]; a != nil {
			a.OnChanged = nil
			a.SetText("")
		}
		for _, r := range e.rows[i] {
			r.who.OnChanged, r.phone.OnChanged = nil, nil
			r.who.SetText("")
			r.phone.SetText("")
		}
	}
}
