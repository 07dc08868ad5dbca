package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// history shows what a note said before, and what changed from one version to the next.
type history struct {
	n    *note
	back func()
	all  []app.Version
	list *widget.List
	page *fyne.Container
	at   int
	root fyne.CanvasObject
}

// openHistory reads the versions and shows them in place of the note; back brings the note again. A
// draft is saved first, so that the last version is what is on the screen.
func (n *note) openHistory(back func()) {
	save := func(context.Context) error { return nil }
	if n.edit != nil {
		save = n.edit.d.Save
	}
	run(n.u, n.life, work[[]app.Version]{
		what: "Reading the history",
		do: func(ctx context.Context) ([]app.Version, error) {
			if err := save(ctx); err != nil {
				return nil, err
			}
			return n.u.p.History(ctx, n.id)
		},
		done: func(all []app.Version, err error) {
			if err != nil {
				n.u.complain(err)
				return
			}
			n.past = newHistory(n, all, back)
			n.put(n.past.root)
			n.u.win.Canvas().Focus(n.past.list)
		},
	})
}

func newHistory(n *note, all []app.Version, back func()) *history {
	h := &history{n: n, back: back, all: all, page: container.NewStack(), at: len(all) - 1}
	h.list = widget.NewList("Versions", func() int { return len(h.all) }, widget.NewNoteLine, h.fill, func(i int) { h.show(len(h.all) - 1 - i) })
	head := widget.Row(look.S2, widget.IconButton("Back to the note", "back", widget.Ghost, n.Escape),
		widget.Grow(widget.Col(2, widget.NewText("History", widget.TitleOf).Cut(), widget.NewText(h.summary(), widget.Soft).Cut())))
	h.root = widget.Col(0, bar(head), widget.HLine(), widget.Grow(widget.RowFill(0,
		widget.Share(2, widget.On(look.Surface, widget.PadAll(look.S1, h.list))), widget.VLine(), widget.Share(3, h.page))))
	h.show(h.at)
	return h
}

func (h *history) summary() string {
	if len(h.all) == 1 {
		return "There is no earlier version. One is kept when the draft is opened again and changed, and before its format changes."
	}
	return count(len(h.all), "version") + ". Of the older ones the last of each day is kept."
}

// fill shows the newest at the top.
func (h *history) fill(i int, l *widget.Line) {
	at := len(h.all) - 1 - i
	if at < 0 {
		return
	}
	v := h.all[at]
	l.SetChosen(at == h.at)
	l.Icon.Set("history", look.Muted)
	l.Title.Set(dayTime(v.At, h.n.u.follow.now()))
	l.Sub.Set(dots(h.why(at), v.FormName()))
	l.When.Set("")
	l.SetPill("", widget.Neutral)
}

func (h *history) why(at int) string {
	switch h.all[at].Why {
	case app.VersionOpened:
		return "Before it was opened again"
	case app.VersionFormat:
		return "Before another format"
	case app.VersionCarry:
		return "Before carrying forward"
	}
	if h.n.view.CanEdit {
		return "Now"
	}
	return "As signed"
}

// show is one version, with what changed since the one before it.
func (h *history) show(at int) {
	h.at = at
	h.list.Refresh()
	v := h.all[at]
	if at == 0 {
		col := widget.Col(look.S5)
		for _, c := range app.Changes(v, v) {
			col.Add(widget.Col(look.S2, widget.NewText(c.Heading, widget.Header).Cut(), runs(c.Runs)))
		}
		title := "The first version that was kept"
		if len(h.all) == 1 {
			title = "As it stands"
		}
		h.put(title, col)
		return
	}
	col := widget.Col(look.S5)
	before := h.all[at-1]
	compare := widget.NewBusy("Comparing", nil)
	h.put("", widget.ColStart(0, compare))
	read(h.n.u, h.n.life, func(context.Context) ([]app.SectionChange, error) { return app.Changes(before, v), nil },
		func(all []app.SectionChange, _ error) {
			compare.Stop()
			if h.at != at {
				return
			}
			for _, c := range all {
				head := widget.Row(look.S3, widget.NewText(c.Heading, widget.Header).Cut())
				if !c.Changed {
					head.Add(widget.NewPill("Unchanged", widget.Neutral))
				}
				col.Add(widget.Col(look.S2, widget.Lead(head), runs(c.Runs)))
			}
			h.put("What changed since "+dayTime(before.At, h.n.u.follow.now()), col)
		})
}

func (h *history) put(title string, o fyne.CanvasObject) {
	h.page.Objects = []fyne.CanvasObject{widget.NewVScroll(widget.Pad(look.S5, look.S4, look.S6, look.S4,
		widget.Measure(820, widget.Col(look.S4, widget.NewPara(title, widget.Soft), widget.Card(o)))))}
	h.page.Refresh()
}

func runs(all []app.Run) *widget.Para {
	var out []widget.Run
	for _, r := range all {
		out = append(out, widget.Run{Text: r.Text, Came: r.Kind == app.RunAdded, Went: r.Kind == app.RunGone})
	}
	return widget.NewRuns(out)
}
