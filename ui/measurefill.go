package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/app/measure"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// fill is a measure being filled in by the therapist, question by question. Whatever is skipped
// stays unanswered, and is said before it is kept.
type fill struct {
	c         *caseload
	u         *UI
	life      *scope
	client    app.ClientID
	i         *measure.Instrument
	language  string
	questions []*widget.Question
	body      *fyne.Container
	list      *fyne.Container
	scroll    *widget.VScroll
	left      *widget.Para
	keep      *widget.Button
	warned    bool // that answers are missing
	typing    *typing
	back      *widget.Banner
	root      fyne.CanvasObject
}

// newFill has the answers that were chosen before, unless kept is nil.
func newFill(c *caseload, client app.ClientID, i *measure.Instrument, kept *app.Unsaved[app.Filled]) *fill {
	f := &fill{
		c: c, u: c.u, life: newScope(c.life.ctx), client: client, i: i, language: i.Languages[0],
		body: container.NewStack(), left: widget.NewPara("", widget.Soft), typing: newTyping(c.u, app.FillOf(client, i.ID)),
	}
	if i.Speaks("en") {
		f.language = "en"
	}
	var before measure.Answers
	var at time.Time
	if kept != nil {
		before, at = kept.Form.Answers, kept.At
		if i.Speaks(kept.Form.Language) {
			f.language = kept.Form.Language
		}
	}
	f.back = backAgain(c.u, at)
	f.keep = widget.NewButton("Keep", "check", widget.Primary, f.Submit).Named("Keep this response")
	head := widget.Row(look.S3, widget.Grow(widget.Col(2, widget.NewPara(i.Short, widget.TitleOf), widget.NewPara(i.In(i.Name, "en"), widget.Soft))))
	if len(i.Languages) > 1 {
		var pairs []string
		for _, l := range i.Languages {
			pairs = append(pairs, l, languageWord(l))
		}
		head.Add(widget.NewChoice(f.language, f.speak, pairs...))
	}
	foot := widget.Row(look.S3, widget.Grow(f.left), widget.NewButton("Cancel", "", widget.Secondary, f.Escape), f.keep)
	f.root = widget.Col(0, f.typing.bar,
		widget.On(look.Surface, widget.Pad(look.S4, look.S6, look.S4, look.S6, widget.Measure(860, head))), widget.HLine(),
		widget.Grow(f.body), widget.HLine(),
		widget.On(look.Surface, widget.Pad(look.S3, look.S6, look.S3, look.S6, widget.Measure(860, foot))))
	f.ask(before)
	return f
}

func languageWord(tag string) string {
	switch tag {
	case "en":
		return "English"
	case "es":
		return "Español"
	}
	return tag
}

// speak asks in another language, and keeps what is answered.
func (f *fill) speak(language string) {
	f.language = language
	f.ask(f.answers())
	f.store()
}

// ask lays the questions out, with what was answered before.
func (f *fill) ask(before measure.Answers) {
	i := f.i
	f.questions, f.list = nil, widget.Col(look.S5)
	col := widget.Col(look.S4, f.back)
	if i.Instruction != nil {
		col.Add(widget.NewPara(i.In(i.Instruction, f.language), widget.Plain))
	}
	if i.Stem != nil {
		col.Add(widget.NewPara(i.In(i.Stem, f.language), widget.Strong))
	}
	for n, it := range i.Items {
		var answers []widget.Answer
		for _, c := range it.Scale {
			answers = append(answers, widget.Answer{Value: c.Value, Label: i.In(c.Label, f.language)})
		}
		q := widget.NewQuestion(it.Number, i.In(it.Text, f.language), answers...)
		if v, ok := before[it.Number]; ok {
			q.Choose(v)
		}
		q.OnAnswer = func() { f.count(); f.store() }
		q.OnFocus = func() { f.see(n) }
		q.Go = func(by int) { f.move(n + by) }
		f.questions = append(f.questions, q)
		f.list.Add(q)
	}
	col.Add(widget.Card(f.list))
	col.Add(widget.NewPara(i.In(i.Licence, f.language), widget.Fine))
	f.scroll = widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, widget.Measure(860, col)))
	f.body.Objects = []fyne.CanvasObject{f.scroll}
	f.body.Refresh()
	f.count()
}

func (f *fill) Name() string              { return "fill-in" }
func (f *fill) Object() fyne.CanvasObject { return f.root }
func (f *fill) Changed(e app.Event)       { f.typing.changed(e) }

// Leave forgets what was answered: it is kept.
func (f *fill) Leave() {
	f.life.end()
	f.typing.ended = true
	f.questions, f.body.Objects = nil, nil
}

// Focus goes to the first question.
func (f *fill) Focus() { f.move(0) }

// move takes the keyboard to question n; after the last one it stands at what keeps the response.
func (f *fill) move(n int) {
	switch {
	case n < 0:
	case n < len(f.questions):
		f.u.win.Canvas().Focus(f.questions[n].Focused())
	default:
		f.u.win.Canvas().Focus(f.keep)
	}
}

// see scrolls question n into sight.
func (f *fill) see(n int) {
	if n >= len(f.questions) {
		return
	}
	q, y := f.questions[n], float32(0)
	base := fyne.CurrentApp().Driver()
	y = base.AbsolutePositionForObject(q).Y - base.AbsolutePositionForObject(f.scroll.Content).Y
	const margin = 24
	switch top, bottom := y-margin, y+q.Size().Height+margin; {
	case top < f.scroll.Offset.Y:
		f.scroll.ScrollToOffset(fyne.NewPos(0, max(0, top)))
	case bottom > f.scroll.Offset.Y+f.scroll.Size().Height:
		f.scroll.ScrollToOffset(fyne.NewPos(0, bottom-f.scroll.Size().Height))
	}
}

// answers are what was chosen so far.
func (f *fill) answers() measure.Answers {
	a := measure.Answers{}
	for n, q := range f.questions {
		if v, ok := q.Value(); ok {
			a[f.i.Items[n].Number] = v
		}
	}
	return a
}

// filled is the form as it stands.
func (f *fill) filled() app.Filled {
	return app.Filled{Client: f.client, Measure: f.i.ID, Version: f.i.Version, Language: f.language, Answers: f.answers()}
}

// store keeps the answers, until they are a response or the form is left by its own button.
func (f *fill) store() {
	if !f.typing.ended {
		f.u.p.WriteFilled(f.filled())
	}
}

// open are the questions without an answer.
func (f *fill) open() []int {
	var out []int
	for n, q := range f.questions {
		if _, ok := q.Value(); !ok {
			out = append(out, f.i.Items[n].Number)
		}
	}
	return out
}

func (f *fill) count() {
	f.warned = false
	switch open := f.open(); len(open) {
	case 0:
		f.say("All answered", widget.Soft)
	case len(f.questions):
		f.say("Digits choose, arrows move, Delete takes back. A question may be skipped.", widget.Soft)
	default:
		f.say("Not answered: "+numbers(open), widget.Soft)
	}
}

// say tells at the foot how it stands.
func (f *fill) say(text string, s widget.Style) {
	f.left.SetStyle(s)
	f.left.Set(text)
	if f.root != nil {
		f.root.Refresh()
	}
}

// Escape asks before it throws answers away.
func (f *fill) Escape() {
	leave := func() { f.c.openTab(f.client, tabMeasures) }
	if len(f.answers()) == 0 {
		leave()
		return
	}
	f.u.confirm("Leave without keeping?", "The answers chosen in this "+f.i.Short+" will be lost.", "Leave", widget.Danger, func() {
		f.typing.discard(f.life, leave)
	})
}

// Submit keeps the response. Where answers are missing it says so first.
func (f *fill) Submit() {
	if f.keep.Disabled() {
		return
	}
	if open := f.open(); len(open) > 0 && len(open) < len(f.questions) && !f.warned {
		for _, q := range f.questions {
			q.Point(true)
		}
		f.warned = true
		f.say(strings.Join(slices.DeleteFunc([]string{"Not answered: " + numbers(open) + ".", f.lacks(), "Keep once more to keep it so."},
			func(s string) bool { return s == "" }), " "), widget.Strong.At(look.Small).In(look.Warn))
		return
	}
	f.keep.Disable()
	f.typing.ended = true
	filled := f.filled()
	if s := f.u.p.Running(); s != nil && s.View().Client == f.client {
		filled.Session = s.ID()
	}
	run(f.u, f.life, work[app.ResponseID]{
		what: "Keeping the response", keep: true,
		do: func(ctx context.Context) (app.ResponseID, error) { return f.u.p.RecordResponse(ctx, filled) },
		done: func(id app.ResponseID, err error) {
			f.keep.Enable()
			if f.typing.ended = err == nil; err != nil {
				f.store()
				f.u.complain(err)
				return
			}
			f.u.say("Kept")
			f.c.openResponse(f.client, id)
		},
	})
}

// lacks says what the missing answers mean for the total.
func (f *fill) lacks() string {
	s, err := f.i.Score(f.answers())
	switch {
	case err != nil || len(s.Missing) == 0:
		return ""
	case s.Prorated:
		return "The total will be prorated."
	}
	return "There will be no total."
}
