package ui

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/app/safety"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// planBook is a client's safety plan with all its versions: beside a session, and on the client.
type planBook struct {
	u      *UI
	life   *scope
	client app.ClientID
	narrow bool

	versions []app.SafetyPlan           // newest first
	draft    *app.Unsaved[safety.Steps] // what is being written of the next one
	at       int                        // of versions, which one is read
	changes  bool                       // what became of it since the one before, instead of the page
	editor   *planEditor
	root     *fyne.Container
}

func newPlanBook(u *UI, life *scope, c app.ClientID, narrow bool) *planBook {
	b := &planBook{u: u, life: life, client: c, narrow: narrow, root: container.NewStack()}
	b.read()
	return b
}

type planRead struct {
	versions []app.SafetyPlan
	draft    *app.Unsaved[safety.Steps]
}

func readPlans(p *app.Practice, c app.ClientID) func(context.Context) (planRead, error) {
	return func(ctx context.Context) (planRead, error) {
		all, err := p.Plans(ctx, c)
		if err != nil {
			return planRead{}, err
		}
		d, err := p.UnsavedPlan(ctx, c)
		return planRead{all, d}, err
	}
}

func (b *planBook) read() {
	read(b.u, b.life, readPlans(b.u.p, b.client), func(r planRead, err error) {
		if err != nil {
			b.put(widget.PadAll(look.S4, widget.NewBanner(app.Explain(err), widget.Caution)))
			return
		}
		b.versions, b.draft = r.versions, r.draft
		b.at = min(b.at, max(0, len(b.versions)-1))
		if b.editor == nil {
			b.show()
		}
	})
}

// changed reads again what another place has written.
func (b *planBook) changed(e app.Event) {
	switch {
	case b.editor != nil:
		b.editor.typing.changed(e)
	case e.Kind == app.PlanChanged && e.ID == string(b.client):
		b.read()
	}
}

func (b *planBook) latest() safety.Steps {
	if len(b.versions) == 0 {
		return safety.Steps{}
	}
	return b.versions[0].Steps
}

// edit opens the fields with what was being written, or with the latest version.
func (b *planBook) edit() {
	steps, after := b.latest(), 0
	if len(b.versions) > 0 {
		after = b.versions[0].Version
	}
	if b.draft != nil {
		steps = b.draft.Form
	}
	b.editor = newPlanEditor(b, after, steps.Clone())
	b.put(b.editor.root)
}

// close leaves the fields and reads what there is now.
func (b *planBook) close() {
	b.letGo()
	b.at, b.changes = 0, false
	b.read()
}

func (b *planBook) letGo() {
	if b.editor != nil {
		b.editor.forget()
		b.editor = nil
	}
}

func (b *planBook) forget() {
	b.letGo()
	b.versions, b.draft, b.root.Objects = nil, nil, nil
}

func (b *planBook) put(o fyne.CanvasObject) {
	b.root.Objects = []fyne.CanvasObject{o}
	b.root.Refresh()
}

// page lays a column as wide as it is read well.
func (b *planBook) page(o fyne.CanvasObject) fyne.CanvasObject {
	if b.narrow {
		return widget.Pad(look.S4, look.S4, look.S6, look.S4, o)
	}
	return widget.Pad(look.S5, look.S6, look.S6, look.S6, widget.Measure(820, widget.Card(widget.PadAll(look.S3, o))))
}

func (b *planBook) show() {
	if len(b.versions) == 0 {
		b.showNone()
		return
	}
	p := b.versions[b.at]
	body := planPage(p.Steps)
	if b.changes && b.at+1 < len(b.versions) {
		body = planChanges(b.versions[b.at+1].Steps, p.Steps)
	}
	col := widget.Col(look.S4)
	if b.draft != nil {
		col.Add(widget.NewBanner("The next version is being written.", widget.Active))
	}
	col.Add(b.head(p))
	col.Add(b.bar())
	col.Add(widget.HLine())
	col.Add(body)
	b.put(widget.NewVScroll(b.page(col)))
}

func (b *planBook) head(p app.SafetyPlan) fyne.CanvasObject {
	title := "Safety plan"
	if b.at > 0 {
		title = "Safety plan, version " + strconv.Itoa(p.Version)
	}
	text := widget.Col(2, widget.NewText(title, widget.TitleOf).Cut(),
		widget.NewPara("Version "+strconv.Itoa(p.Version)+", written "+p.At.Local().Format("2 January 2006, 15:04")+" by "+p.By, widget.Fine))
	if b.at > 0 {
		return widget.Row(look.S3, widget.Grow(text), widget.NewPill("Not the latest", widget.Caution))
	}
	if b.narrow {
		return widget.Col(look.S2, text, widget.ColStart(0, widget.NewPill(reviewWord(b.u, p))))
	}
	return widget.Row(look.S3, widget.Grow(text), widget.NewPill(reviewWord(b.u, p)))
}

// bar is what can be done: write the next version, say that nothing has changed, look back.
func (b *planBook) bar() fyne.CanvasObject {
	word := "Write the next version"
	if b.draft != nil {
		word = "Go on writing"
	}
	row := widget.Flow(look.S2, widget.NewButton(word, "edit", widget.Secondary, b.edit).Low())
	if b.draft == nil && b.at == 0 {
		row.Add(widget.NewButton("Still right", "check", widget.Secondary, b.stillRight).Low().Named("Plan is still right"))
	}
	if len(b.versions) < 2 {
		return row
	}
	var pairs []string
	for i, p := range b.versions {
		pairs = append(pairs, strconv.Itoa(i), "Version "+strconv.Itoa(p.Version)+", "+day(p.At, b.u.follow.now()))
	}
	back := widget.Row(look.S2, widget.NewPick("Versions", strconv.Itoa(b.at), func(v string) {
		b.at, _ = strconv.Atoi(v) // the choices are numbers
		b.show()
	}, pairs...))
	if b.at+1 < len(b.versions) {
		chip := widget.NewChip("What changed", func() { b.changes = !b.changes; b.show() })
		chip.SetOn(b.changes)
		back.Add(chip)
	}
	return widget.Aside(300, look.S2, row, back)
}

func (b *planBook) stillRight() {
	p, client := b.versions[0], b.client
	b.u.confirm("Is every step still right?", "The plan is kept as a version of today, word for word, and comes up again in "+strconv.Itoa(app.ReviewDays)+" days.", "Still right", widget.Primary, func() {
		act(b.u, b.life, "Saving the plan", func(ctx context.Context) error {
			_, err := b.u.p.SavePlan(ctx, client, p.Version, p.Steps, app.ReviewDays)
			return err
		}, func(err error) {
			b.u.complain(err)
			b.read()
		})
	})
}

func (b *planBook) showNone() {
	word := "Write the plan"
	if b.draft != nil {
		word = "Go on writing"
	}
	b.put(widget.PadAll(look.S4, widget.Empty("lifebuoy", "No safety plan yet",
		"Six steps in the client’s own words, from noticing that a crisis is coming to whom they call. Best written together, before it is needed.",
		widget.NewButton(word, "edit", widget.Primary, b.edit))))
}

// planPanel is the book beside a session.
type planPanel struct{ *planBook }

func newPlanPanel(r *room) planPanel {
	return planPanel{newPlanBook(r.u, r.life, r.s.View().Client, true)}
}

func (p planPanel) object() fyne.CanvasObject { return p.root }
func (p planPanel) show(app.SessionView)      {}
