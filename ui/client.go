package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/app/measure"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// Tabs of a client.
const (
	tabOverview = "Overview"
	tabNotes    = "Notes"
	tabPlan     = "Plan"
	tabInvites  = "Invites"
	tabMeasures = "Measures"
	tabApart    = "Private"
)

// client is one client: a header, and a tab beneath.
type client struct {
	c    *caseload
	u    *UI
	life *scope
	id   app.ClientID
	tab  string

	data     app.Client
	plain    bool // initials only
	head     *fyne.Container
	tabs     map[string]*widget.Chip
	body     *fyne.Container
	sub      *scope // of the tab
	invite   *invites
	measures *measures
	plan     *planBook   // while its tab is open
	strip    *alertStrip // of the overview
	write    *widget.Button
	binned   bool // deleted drafts are shown in place of the notes
	root     fyne.CanvasObject
}

func newClient(c *caseload, id app.ClientID, tab string) *client {
	k := &client{
		c: c, u: c.u, life: newScope(c.life.ctx), id: id, tab: tab,
		head: container.NewStack(), body: container.NewStack(), tabs: map[string]*widget.Chip{},
	}
	k.sub = newScope(k.life.ctx)
	k.write = widget.NewButton("New note", "note", writeKind(tab), k.New)
	row := widget.Row(look.S5)
	for _, name := range []string{tabOverview, tabNotes, tabMeasures, tabPlan, tabInvites, tabApart} {
		k.tabs[name] = widget.NewTab(name, func() { k.open(name) })
		row.Add(k.tabs[name])
	}
	k.root = widget.Col(0,
		widget.On(look.Surface, widget.Pad(look.S5, look.S6, 0, look.S6, widget.Col(look.S2, k.head, row))),
		widget.HLine(), widget.Grow(k.body))
	k.read()
	return k
}

func (k *client) Name() string              { return "client-" + strings.ToLower(k.tab) }
func (k *client) Object() fyne.CanvasObject { return k.root }

// Leave lets go of all it shows.
func (k *client) Leave() {
	k.life.end()
	k.closePlan()
	k.head.Objects, k.body.Objects = nil, nil
}

func (k *client) closePlan() {
	if k.plan != nil {
		k.plan.forget()
		k.plan = nil
	}
}

func (k *client) Escape() { k.c.welcome(); k.c.Focus() }

// New begins a note.
func (k *client) New() { k.newNote("") } // also where psychotherapy notes are shown: those are begun there alone

// Changed reads again what the event touches.
func (k *client) Changed(e app.Event) {
	if k.strip != nil {
		k.strip.changed(e)
	}
	if k.measures != nil {
		k.measures.changed(e)
		return
	}
	switch {
	case e.Kind == app.ResponseChanged && e.ID == string(k.id) && k.tab == tabOverview:
		k.show()
	case e.Kind == app.ClientChanged && e.ID == string(k.id), e.Kind == app.ProfileChanged:
		k.read()
	case (e.Kind == app.PlanChanged || e.Kind == app.WritingChanged) && k.plan != nil:
		k.plan.changed(e)
	case e.Kind == app.NoteChanged && (k.tab == tabNotes || k.tab == tabOverview), e.Kind == app.SessionChanged && k.tab == tabOverview && k.u.p.Running() == nil:
		k.show()
	case e.Kind == app.InviteChanged && k.invite != nil && k.tab == tabInvites, e.Kind == app.KnockChanged && k.invite != nil && k.tab == tabInvites:
		k.invite.read()
	case e.Kind == app.ApartChanged && k.tab == tabApart:
		k.show()
	}
}

type clientRead struct {
	client  app.Client
	profile app.Profile
}

func (k *client) read() {
	read(k.u, k.life, func(ctx context.Context) (clientRead, error) {
		c, err := k.u.p.Client(ctx, k.id)
		if err != nil {
			return clientRead{}, err
		}
		p, err := k.u.p.Profile(ctx)
		return clientRead{c, p}, err
	}, func(r clientRead, err error) {
		if err != nil {
			k.put(widget.PadAll(look.S6, widget.ColStart(0, widget.NewBanner(app.Explain(err), widget.Caution))))
			return
		}
		k.data, k.plain = r.client, r.profile.InitialsOnly
		k.header()
		k.open(k.tab)
	})
}

// shownName is the name as this screen may show it.
func (k *client) shownName() string {
	if k.plain {
		return app.Initials(k.data.Name)
	}
	return k.data.Name
}

func (k *client) header() {
	c := k.data
	name := widget.Row(look.S3, widget.NewText(k.shownName(), widget.TitleOf).Cut())
	if c.Pronouns != "" {
		name.Add(widget.NewText(c.Pronouns, widget.Soft).Cut())
	}
	name.Add(widget.NewPill(statusWord(c.Status)))
	about := dots(c.Focus, since(c.Created, k.u.follow.now()))
	if c.Focus == "" {
		about = upper(about)
	}
	who := widget.Row(look.S4, widget.NewAvatar(k.shownName(), 52),
		widget.Grow(widget.Col(3, widget.Lead(name), widget.NewText(about, widget.Soft).Cut())))
	k.head.Objects = []fyne.CanvasObject{widget.Aside(300, look.S4, who, widget.Row(look.S4,
		widget.IconButton("Emergency card", "lifebuoy", widget.Secondary, k.u.emergencyFor),
		widget.NewButton("Edit", "edit", widget.Secondary, func() { k.c.edit(k.data) }).Named("Edit client"),
		widget.NewButton("Invite", "link", widget.Secondary, func() { k.open(tabInvites) }).Named("Invite client"),
		k.write))}
	k.root.Refresh()
}

// writeKind: where a tab has a first thing of its own to press, that asks alone.
func writeKind(tab string) widget.Kind {
	switch tab {
	case tabPlan, tabInvites, tabApart:
		return widget.Secondary
	}
	return widget.Primary
}

func (k *client) open(tab string) {
	k.tab = tab
	for n, t := range k.tabs {
		t.SetOn(n == tab)
	}
	k.write.SetKind(writeKind(tab))
	k.binned = false
	k.show()
}

func (k *client) show() {
	if k.tab == tabPlan && k.plan != nil {
		return // what is being written there must not be read anew under the fingers
	}
	k.sub.renew()
	k.closePlan()
	if k.tab != tabInvites {
		k.invite = nil
	}
	k.measures, k.strip = nil, nil
	switch k.tab {
	case tabPlan:
		k.plan = newPlanBook(k.u, k.sub, k.id, false)
		k.put(k.plan.root)
	case tabNotes:
		if k.binned {
			back := func() { k.showBin(false) }
			bin{k.u, k.sub, k.id, widget.IconButton("Back to notes", "back", widget.Ghost, back), k.put, back}.show()
			return
		}
		k.showNotes()
	case tabApart:
		k.showApart()
	case tabInvites:
		if k.invite == nil {
			k.invite = newInvites(k)
		}
		k.put(k.invite.root)
		k.invite.read()
	case tabMeasures:
		k.measures = newMeasures(k)
		k.put(k.measures.root)
	default:
		k.showOverview()
	}
}

// openMeasure shows the course of a measure.
func (k *client) openMeasure(id measure.ID) {
	k.open(tabMeasures)
	k.measures.which = id
}

func (k *client) put(o fyne.CanvasObject) {
	k.body.Objects = []fyne.CanvasObject{o}
	k.root.Refresh() // the head folds with the width, and gives back its place here
}

func (k *client) newNote(f app.NoteFormat) {
	run(k.u, k.life, work[*app.Draft]{
		what: "Opening a note", keep: true,
		do: func(ctx context.Context) (*app.Draft, error) { return k.u.p.NewDraft(ctx, k.id, f) },
		done: func(d *app.Draft, err error) {
			if err != nil {
				k.u.complain(err)
				return
			}
			k.c.openDraft(d)
		},
	})
}

func (k *client) readNotes(done func([]app.NoteRow)) {
	read(k.u, k.sub, func(ctx context.Context) ([]app.NoteRow, error) { return k.u.p.Notes(ctx, k.id) },
		func(rows []app.NoteRow, err error) {
			if err != nil {
				k.put(widget.PadAll(look.S6, widget.ColStart(0, widget.NewBanner(app.Explain(err), widget.Caution))))
				return
			}
			k.tabs[tabNotes].SetCount(some(len(rows)))
			k.root.Refresh()
			done(rows)
		})
}

func (k *client) showBin(on bool) {
	k.binned = on
	k.show()
}

func (k *client) showNotes() {
	k.readNotes(func(rows []app.NoteRow) {
		as := newFormButton(k.u, k.life, "New note as", widget.Secondary, "", func(f app.Form) { k.newNote(f.Format) })
		bin := widget.NewButton("Deleted drafts", "delete", widget.Ghost, func() { k.showBin(true) })
		if len(rows) == 0 {
			k.put(widget.Empty("note", "No notes yet", "Write the first one. It is saved while you type, and yours to change until you sign it.", as, bin))
			return
		}
		list := widget.NewList("Notes", func() int { return len(rows) }, widget.NewNoteLine,
			func(i int, l *widget.Line) { fillNote(l, rows[i], k.u) }, func(i int) { k.c.openNote(rows[i].ID) })
		find := widget.NewButton("Search", "search", widget.Ghost, func() { k.u.shell().searchClient(k.id, k.shownName()) }).Named("Search this client’s notes")
		head := widget.Aside(120, look.S2, widget.NewText(count(len(rows), "note"), widget.Header), widget.Flow(look.S2, find, bin, as))
		k.put(widget.Pad(look.S5, look.S6, look.S5, look.S6, widget.Col(look.S4, head,
			widget.Grow(widget.Stack(widget.NewBox(look.Surface, look.Border, look.RadiusCard), widget.PadAll(6, list))))))
	})
}

// fillNote shows a note in a list.
func fillNote(l *widget.Line, n app.NoteRow, u *UI) {
	l.Title.Set(titleOf(n.Title))
	l.When.Set(day(n.Created, u.follow.now()))
	l.Sub.Set(dots(n.FormName(), n.Excerpt))
	icon, ink := "note", look.Muted
	if n.Status == app.NotePreliminary {
		icon, ink = "edit", look.Warn
	}
	l.Icon.Set(icon, ink)
	l.SetPill(noteWord(n.Status))
}
