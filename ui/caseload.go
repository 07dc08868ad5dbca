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
	u      *UI
	life   *scope
	query  *scope // the search that runs
	root   fyne.CanvasObject
	entry  *widget.Entry
	total  *widget.Text
	chips  *widget.Choice
	list   *widget.List
	none   *fyne.Container // over an empty list
	detail *fyne.Container
	aside  *fyne.Container // the list
	side   screen          // what the detail shows

	rows   map[int]app.ClientRow // those read so far
	asked  map[int]bool          // pages on their way
	count  int
	status app.ClientStatus
	chosen app.ClientID
}

const casePage = 100

func newCaseload(u *UI) *caseload {
	c := &caseload{
		u: u, life: newScope(u.open.ctx), status: app.ClientActive,
		entry: widget.NewSearch("Search clients", "Search clients    Ctrl+K"),
		total: widget.NewText("", widget.Soft), none: container.NewStack(), detail: container.NewStack(),
	}
	c.query = newScope(c.life.ctx)
	c.entry.OnChanged = func(string) { c.search() }
	c.entry.OnKey = c.searchKey
	c.list = widget.NewList("Clients", func() int { return c.count }, widget.NewPersonLine, c.fill, c.pick)
	c.chips = widget.NewChoice(string(c.status), func(v string) { c.status = app.ClientStatus(v); c.search() },
		string(app.ClientActive), "Active", string(app.ClientWaitlist), "Waitlist", string(app.ClientArchived), "Archived", "", "All")
	add := widget.IconButton("New client", "person-add", widget.Secondary, c.New)
	top := widget.Pad(look.S4, look.S4, look.S3, look.S4, widget.Col(look.S3,
		widget.Row(look.S2, widget.NewText("Caseload", widget.TitleOf), c.total, widget.Gap(), add), c.entry, c.chips))
	column := widget.On(look.Surface, widget.Col(0, top, widget.HLine(),
		widget.Grow(widget.Stack(widget.Pad(look.S1, look.S1, 0, look.S1, c.list), c.none))))
	c.aside = widget.RowFill(0, widget.Sized(348, 0, column), widget.VLine())
	c.root = widget.RowFill(0, c.aside, widget.Grow(c.detail))
	c.rows = map[int]app.ClientRow{}
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
	c.rows, c.count = nil, 0
	c.detail.Objects = nil
}

func (c *caseload) leaveSide() {
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
	c.query.renew()
	c.asked = map[int]bool{}
	c.page(0, true)
	c.readCounts()
}

// reload reads the page in sight again, and forgets those that are not: they are read when they
// come into sight. The list stays where it is.
func (c *caseload) reload() {
	c.query.renew()
	c.asked = map[int]bool{}
	here := int(c.list.GetScrollOffset()/widget.PersonLineHeight) / casePage
	for i := range c.rows {
		if n := i / casePage; n < here || n > here+1 {
			delete(c.rows, i)
		}
	}
	c.page(here, false)
	if c.count > (here+1)*casePage {
		c.page(here+1, false)
	}
	c.readCounts()
}

func (c *caseload) readCounts() {
	read(c.u, c.query, c.u.p.ClientCounts, func(n map[app.ClientStatus]int, err error) {
		if err == nil {
			c.chips.SetCounts(some(n[app.ClientActive]), some(n[app.ClientWaitlist]), some(n[app.ClientArchived]))
		}
	})
}

// page reads one page; first throws away what an older search found.
func (c *caseload) page(n int, first bool) {
	if c.asked[n] {
		return
	}
	c.asked[n] = true
	q := app.ClientQuery{Text: c.entry.Text, Status: c.status, Limit: casePage, Offset: n * casePage}
	read(c.u, c.query, func(ctx context.Context) (app.ClientPage, error) { return c.u.p.Clients(ctx, q) },
		func(p app.ClientPage, err error) {
			if err != nil {
				c.empty(widget.NewBanner(app.Explain(err), widget.Caution))
				return
			}
			if first {
				c.rows = map[int]app.ClientRow{}
			}
			for i, r := range p.Rows {
				c.rows[n*casePage+i] = r
			}
			c.show(p.Total)
		})
}

func (c *caseload) show(total int) {
	c.count = total
	c.total.Set(count(total, "client"))
	c.none.Objects = nil
	if total == 0 {
		c.nobody()
	}
	c.none.Refresh()
	c.list.Refresh()
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

func (c *caseload) empty(o fyne.CanvasObject) {
	c.none.Objects = []fyne.CanvasObject{widget.PadAll(look.S4, o)}
	c.none.Refresh()
}

// fill shows row i, and asks for its page if it has not been read.
func (c *caseload) fill(i int, l *widget.Line) {
	r, ok := c.rows[i]
	if !ok {
		l.Title.Set("…")
		l.Sub.Set("")
		l.When.Set("")
		l.Avatar.Set("")
		l.SetPill("", widget.Neutral)
		l.Spark.Set("", nil)
		l.SetChosen(false)
		c.page(i/casePage, false)
		return
	}
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

func (c *caseload) pick(i int) {
	if r, ok := c.rows[i]; ok {
		c.open(r.ID)
	}
}

// searchKey moves from the search to the list.
func (c *caseload) searchKey(k *fyne.KeyEvent) bool {
	switch k.Name {
	case fyne.KeyDown:
		c.u.win.Canvas().Focus(c.list)
	case fyne.KeyReturn, fyne.KeyEnter:
		c.pick(0)
	default:
		return false
	}
	return true
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
	c.detail.Objects = []fyne.CanvasObject{widget.Empty("person", "Choose a client", "Notes, invites and details of the client you choose at the left appear here.")}
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
func (c *caseload) edit(cl app.Client) { c.put(newClientForm(c, cl)) }

// openNote shows a note in place of its client.
func (c *caseload) openNote(id app.NoteID) {
	c.put(newNote(c.u, id, func(n app.ClientID) { c.openTab(n, tabNotes) }))
}

// fillIn opens a measure to be filled in.
func (c *caseload) fillIn(id app.ClientID, i *measure.Instrument) { c.put(newFill(c, id, i)) }

// openResponse shows a measure that was filled in.
func (c *caseload) openResponse(client app.ClientID, id app.ResponseID) {
	c.put(newResponse(c, client, id))
}

func (c *caseload) openDraft(d *app.Draft) {
	c.put(newDraftScreen(c.u, d, func(n app.ClientID) { c.openTab(n, tabNotes) }))
}
