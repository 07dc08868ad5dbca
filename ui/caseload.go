package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/app/measure"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// caseload lists the clients at the left and shows one at the right.
type caseload struct {
	*paged[app.ClientRow]
	life   *scope
	root   fyne.CanvasObject
	entry  *widget.Entry
	total  *widget.Text
	chips  *widget.Choice
	detail *fyne.Container
	aside  *fyne.Container // the list
	side   screen          // what the detail shows
	coming *scope          // what is to be shown there next
	status app.ClientStatus
	chosen app.ClientID
}

func newCaseload(u *UI) *caseload {
	c := &caseload{
		life: newScope(u.open.ctx), status: app.ClientActive,
		entry: widget.NewSearch("Search clients", "Search clients    Ctrl+K"),
		total: widget.NewText("", widget.Soft), detail: container.NewStack(),
	}
	c.coming = newScope(c.life.ctx)
	c.paged = newPaged(u, c.life, "Clients", widget.NewPersonLine, c.fill, func(r app.ClientRow) { c.open(r.ID) })
	c.ask, c.shown = c.asking, c.show
	c.entry.OnChanged = func(string) { c.search() }
	c.entry.OnKey = intoList(u, c.list, c.paged.open)
	c.chips = widget.NewChoice(string(c.status), func(v string) { c.status = app.ClientStatus(v); c.search() },
		string(app.ClientActive), "Active", string(app.ClientWaitlist), "Waitlist", string(app.ClientArchived), "Archived", "", "All")
	add := widget.IconButton("New client", "person-add", widget.Secondary, c.New)
	top := widget.Pad(look.S4, look.S4, look.S3, look.S4, widget.Col(look.S3,
		widget.Row(look.S2, widget.NewText("Caseload", widget.TitleOf), c.total, widget.Gap(), add), c.entry, c.chips))
	column := widget.On(look.Surface, widget.Col(0, top, widget.HLine(),
		widget.Grow(widget.Stack(widget.Pad(look.S1, look.S1, 0, look.S1, c.list), c.none))))
	c.aside = widget.RowFill(0, widget.Sized(348, 0, column), widget.VLine())
	c.root = widget.RowFill(0, c.aside, widget.Grow(c.detail))
	c.welcome()
	c.search()
	return c
}

func (c *caseload) Name() string {
	if c.side != nil {
		return c.side.Name()
	}
	return "caseload"
}

func (c *caseload) Object() fyne.CanvasObject { return c.root }
func (c *caseload) Focus()                    { c.u.win.Canvas().Focus(c.entry) }
func (c *caseload) searching() bool           { return c.u.win.Canvas().Focused() == fyne.Focusable(c.entry) }

// Leave lets go of every name.
func (c *caseload) Leave() {
	c.leaveSide()
	c.life.end()
	c.entry.OnChanged = nil
	c.entry.SetText("")
	c.forget()
	c.detail.Objects = nil
}

func (c *caseload) leaveSide() {
	c.coming.renew()
	if c.side != nil {
		c.side.Leave()
		c.side = nil
	}
}

// Changed reads the rows in sight again.
func (c *caseload) Changed(e app.Event) {
	switch e.Kind {
	case app.ClientChanged, app.NoteChanged, app.ProfileChanged, app.ResponseChanged, app.AlertChanged:
		c.reload()
	}
	if c.side != nil {
		c.side.Changed(e)
	}
}

// Escape goes one step back.
func (c *caseload) Escape() {
	if e, ok := c.side.(escaper); ok {
		e.Escape()
		return
	}
	if c.entry.Text != "" {
		c.entry.SetText("")
	}
	c.Focus()
}

// Submit is the detail's.
func (c *caseload) Submit() {
	if s, ok := c.side.(submitter); ok {
		s.Submit()
	}
}

// New makes a note where a client is shown, else a client.
func (c *caseload) New() {
	if n, ok := c.side.(creator); ok {
		n.New()
		return
	}
	c.edit(app.Client{})
}

// search begins anew at the first page; the count comes with it.
func (c *caseload) search() {
	c.begin()
	c.readCounts()
}

// reload reads what is in sight again.
func (c *caseload) reload() {
	c.again(widget.PersonLineHeight)
	c.readCounts()
}

func (c *caseload) readCounts() {
	read(c.u, c.query, c.u.p.ClientCounts, func(n map[app.ClientStatus]int, err error) {
		if err == nil {
			c.chips.SetCounts(some(n[app.ClientActive]), some(n[app.ClientWaitlist]), some(n[app.ClientArchived]))
		}
	})
}

func (c *caseload) asking(offset int) func(context.Context) (pageOf[app.ClientRow], error) {
	q := app.ClientQuery{Text: c.entry.Text, Status: c.status, Limit: pageRows, Offset: offset}
	return func(ctx context.Context) (pageOf[app.ClientRow], error) {
		p, err := c.u.p.Clients(ctx, q)
		return pageOf[app.ClientRow]{p.Rows, p.Total}, err
	}
}

func (c *caseload) show() {
	c.total.Set(count(c.count, "client"))
	if c.count == 0 {
		c.nobody()
	}
	if c.side == nil {
		c.hint()
	}
}

// nobody says why the list is empty, and what to do.
func (c *caseload) nobody() {
	switch {
	case c.entry.Text != "":
		c.empty(widget.Empty("search", "Nobody found", "No name, tag or focus begins with these letters in this list.",
			widget.NewButton("Clear the search", "", widget.Secondary, func() { c.entry.SetText("") })))
	case c.status == app.ClientActive || c.status == "":
		c.empty(widget.Empty("people", "No clients yet", "Add the first one. A pseudonym is enough.",
			widget.NewButton("Add a client", "person-add", widget.Primary, func() { c.edit(app.Client{}) })))
	default:
		c.empty(widget.Empty("archive", "Nobody here", "Clients you move to this list appear here."))
	}
}

func (c *caseload) fill(r app.ClientRow, l *widget.Line) {
	l.SetChosen(r.ID == c.chosen)
	l.Avatar.Set(r.Name)
	l.Title.Set(r.Name)
	l.When.Set(day(r.LastSeen, c.u.follow.now()))
	l.Sub.Set(dots(r.Focus, r.Pronouns))
	if l.Sub.Text() == "" {
		l.Sub.Set("No focus noted")
	}
	l.Spark.Set(trendWord(string(r.Measure), r.Trend), r.Trend)
	switch {
	case r.Alerts > 0:
		l.SetPill("Alert", widget.Negative)
	case r.Drafts > 0:
		l.SetPill(count(r.Drafts, "draft"), widget.Caution)
	case c.status == "" && r.Status != app.ClientActive:
		l.SetPill(statusWord(r.Status))
	default:
		l.SetPill("", widget.Neutral)
	}
}

func (c *caseload) put(s screen) {
	c.leaveSide()
	c.side = s
	c.detail.Objects = []fyne.CanvasObject{s.Object()}
	c.detail.Refresh()
	if f, ok := s.(focuser); ok {
		f.Focus()
	}
}

func (c *caseload) welcome() {
	c.leaveSide()
	c.chosen = ""
	c.list.Refresh()
	c.hint()
}

// hint says what can be done while no client is open; where there is none to choose, the list says it.
func (c *caseload) hint() {
	c.detail.Objects = nil
	if c.count > 0 {
		c.detail.Objects = []fyne.CanvasObject{widget.Empty("person", "Choose a client", "Notes, invites and details of the client you choose at the left appear here.")}
	}
	c.detail.Refresh()
}

// open shows a client.
func (c *caseload) open(id app.ClientID) { c.openTab(id, tabOverview) }

func (c *caseload) openTab(id app.ClientID, tab string) {
	c.chosen = id
	c.list.Refresh()
	c.put(newClient(c, id, tab))
}

// edit shows the form; a client without an ID is new.
func (c *caseload) edit(cl app.Client) {
	run(c.u, c.coming.renew(), work[*app.Unsaved[app.Client]]{
		what: "Opening", do: func(ctx context.Context) (*app.Unsaved[app.Client], error) { return c.u.p.UnsavedClient(ctx, cl.ID) },
		done: func(kept *app.Unsaved[app.Client], err error) {
			if err != nil {
				c.u.complain(err)
				return
			}
			c.put(newClientForm(c, cl, kept))
		},
	})
}

// openNote shows a note in place of its client.
func (c *caseload) openNote(id app.NoteID) {
	c.put(newNote(c.u, id, func(n app.ClientID) { c.openTab(n, tabNotes) }))
}

// fillIn opens a measure to be filled in.
func (c *caseload) fillIn(id app.ClientID, i *measure.Instrument) {
	run(c.u, c.coming.renew(), work[*app.Unsaved[app.Filled]]{
		what: "Opening", do: func(ctx context.Context) (*app.Unsaved[app.Filled], error) { return c.u.p.UnsavedFilled(ctx, id, i) },
		done: func(kept *app.Unsaved[app.Filled], err error) {
			if err != nil {
				c.u.complain(err)
				return
			}
			c.put(newFill(c, id, i, kept))
		},
	})
}

// openResponse shows a measure that was filled in.
func (c *caseload) openResponse(client app.ClientID, id app.ResponseID) {
	c.put(newResponse(c, client, id))
}

func (c *caseload) openDraft(d *app.Draft) {
	c.put(newDraftScreen(c.u, d, func(n app.ClientID) { c.openTab(n, tabNotes) }))
}
