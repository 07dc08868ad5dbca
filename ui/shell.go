package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// shell is the unlocked window: the rail, and beside it one section.
type shell struct {
	u       *UI
	section screen
	holder  *fyne.Container
	aside   *fyne.Container // the rail
	root    fyne.CanvasObject
	rail    map[string]*widget.RailItem
	me      *widget.Avatar
}

func newShell(u *UI) *shell {
	s := &shell{u: u, holder: container.NewStack(), rail: map[string]*widget.RailItem{}, me: widget.NewAvatar("", 36)}
	item := func(name, label, icon string, tap func()) *widget.RailItem {
		i := widget.NewRailItem(label, icon, tap)
		s.rail[name] = i
		return i
	}
	rail := widget.Col(6,
		widget.Pad(0, 0, look.S3, 0, widget.ColMid(0, widget.IconTile("mark", look.RailText, look.RailOn, 40))),
		item("today", "Today", "today", func() { s.today() }),
		item("caseload", "Caseload", "people", func() { s.caseload() }),
		item("search", "Notes", "note-search", func() { s.search() }),
		item("room", "Session", "camera", func() { s.room() }),
		widget.Gap(),
		item("lock", "Lock", "lock", func() { s.lock() }),
		item("settings", "Settings", "settings", func() { s.settings(tabGeneral) }),
		widget.Pad(look.S2, 0, 0, 0, widget.ColMid(0, s.me)),
	)
	s.aside = widget.On(look.Rail, widget.Pad(look.S4, look.S2, look.S4, look.S2, rail))
	s.root = widget.RowFill(0, s.aside, widget.Grow(s.holder))
	s.readProfile()
	s.readRunning()
	s.readAlerts()
	s.today()
	return s
}

func (s *shell) Name() string {
	if s.section == nil {
		return "shell"
	}
	return s.section.Name()
}

func (s *shell) Object() fyne.CanvasObject { return s.root }

// Leave lets go of the section and all it shows.
func (s *shell) Leave() {
	s.leave()
	s.holder.Objects = nil
	s.me.Set("")
}

func (s *shell) leave() {
	s.u.leaveWide()
	if s.section != nil {
		s.section.Leave()
		s.section = nil
	}
}

// Changed hands the event to the section.
func (s *shell) Changed(e app.Event) {
	switch e.Kind {
	case app.ProfileChanged:
		s.readProfile()
	case app.SessionChanged:
		s.readRunning()
	case app.AlertChanged:
		s.readAlerts()
	}
	if s.section != nil {
		s.section.Changed(e)
	}
}

// Escape, create and Submit are the section's.
func (s *shell) Escape() {
	if e, ok := s.section.(escaper); ok {
		e.Escape()
	}
}

// Submit is Ctrl+Enter.
func (s *shell) Submit() {
	if e, ok := s.section.(submitter); ok {
		e.Submit()
	}
}

func (s *shell) create() {
	if c, ok := s.section.(creator); ok {
		c.New()
		return
	}
	s.caseload().New()
}

func (s *shell) readProfile() {
	read(s.u, s.u.open, s.u.p.Profile, func(p app.Profile, err error) {
		if err == nil {
			s.me.Set(p.Therapist)
		}
	})
}

// readRunning shows the way to the session while there is one.
func (s *shell) readRunning() {
	item := s.rail["room"]
	if (s.u.p.Running() != nil) != item.Visible() {
		if item.Visible() {
			item.Hide()
		} else {
			item.Show()
		}
		s.root.Refresh()
	}
}

// readAlerts counts the open alerts beside Today, which shows them.
func (s *shell) readAlerts() {
	read(s.u, s.u.open, s.u.p.OpenAlerts, func(open []app.AlertView, err error) {
		if err == nil {
			s.rail["today"].SetCount(len(open))
		}
	})
}

// open shows a section; name is its place in the rail.
func (s *shell) open(name string, sec screen) {
	s.leave()
	s.section = sec
	for n, i := range s.rail {
		i.SetOn(n == name)
	}
	s.u.win.Canvas().Unfocus()
	s.holder.Objects = []fyne.CanvasObject{sec.Object()}
	s.holder.Refresh()
	if f, ok := sec.(focuser); ok {
		f.Focus()
	}
}

func (s *shell) today() { s.open("today", newToday(s.u)) }

func (s *shell) caseload() *caseload {
	if c, ok := s.section.(*caseload); ok {
		return c
	}
	c := newCaseload(s.u)
	s.open("caseload", c)
	return c
}

// search is Ctrl+K: it searches clients where clients are listed, else notes.
func (s *shell) search() {
	if c, ok := s.section.(*caseload); ok && !c.searching() {
		c.Focus()
		return
	}
	if _, ok := s.section.(*search); !ok {
		s.open("search", newSearch(s.u))
		return
	}
	s.section.(*search).Focus()
}

// searchClient searches the notes of one client.
func (s *shell) searchClient(id app.ClientID, name string) {
	n := newSearch(s.u)
	s.open("search", n)
	n.filter.setClient(id, name)
}

// openApart shows a psychotherapy note in the caseload.
func (s *shell) openApart(c app.ClientID, id app.NoteID) {
	cl := s.caseload()
	cl.openTab(c, tabApart)
	cl.side.(*client).openApart(id)
}

func (s *shell) templates() { s.open("settings", newTemplates(s.u)) }

// settings shows a tab of the settings.
func (s *shell) settings(tab string) { s.open("settings", newSettings(s.u, tab)) }

func (s *shell) instruments() { s.open("settings", newInstruments(s.u)) }

func (s *shell) backups() { s.open("settings", newBackups(s.u)) }

func (s *shell) audit() { s.open("settings", newAudit(s.u)) }

// lock waits for a draft that is being saved, so it is not for the Loop to do.
func (s *shell) lock() {
	act(s.u, s.u.life, "Saving and locking", func(context.Context) error { s.u.p.Lock(); return nil }, func(error) {})
}

func (s *shell) room() {
	if r := s.u.p.Running(); r != nil {
		s.open("room", newRoom(s.u, r))
	}
}

// openClient shows a client in the caseload.
func (s *shell) openClient(id app.ClientID) { s.caseload().open(id) }

// openNote shows a note in the caseload, beside its client.
func (s *shell) openNote(c app.ClientID, id app.NoteID) {
	cl := s.caseload()
	cl.open(c)
	cl.openNote(id)
}
