package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// Tabs of the room's side panel.
const (
	sideChat      = "Chat"
	sideChecklist = "Checklist"
	sidePlan      = "Plan"
)

// sidePanel is one tab of the side panel. It is kept while another is shown.
type sidePanel interface {
	object() fyne.CanvasObject
	show(v app.SessionView) // the session as it now is
	changed(e app.Event)
	forget() // lets go of what was typed and read
}

// side is what stands beside the picture: one tab of it at a time.
type side struct {
	r      *room
	names  []string
	tabs   map[string]*widget.Chip
	panels map[string]sidePanel
	at     string
	read   int // lines of chat that were on the screen
	counts string
	holder *fyne.Container
	root   fyne.CanvasObject
}

func newSide(r *room) *side {
	s := &side{
		r: r, names: []string{sideChat, sideChecklist, sidePlan}, tabs: map[string]*widget.Chip{}, holder: container.NewStack(),
		panels: map[string]sidePanel{sideChat: newChat(r), sideChecklist: newChecklist(r), sidePlan: newPlanPanel(r)},
	}
	row := widget.Row(look.S5)
	for _, name := range s.names {
		s.tabs[name] = widget.NewTab(name, func() { s.open(name) })
		row.Add(s.tabs[name])
	}
	s.root = widget.On(look.Surface, widget.Col(0, widget.Pad(look.S2, look.S4, 0, look.S4, row), widget.HLine(), widget.Grow(s.holder)))
	s.open(sideChat)
	return s
}

func (s *side) open(name string) {
	s.at = name
	for n, t := range s.tabs {
		t.SetOn(n == name)
	}
	s.holder.Objects = []fyne.CanvasObject{s.panels[name].object()}
	s.holder.Refresh()
	s.show(s.r.s.View())
}

// number opens the tab of that number, from 1: Ctrl with a digit.
func (s *side) number(n int) {
	if n >= 1 && n <= len(s.names) {
		s.open(s.names[n-1])
	}
}

func (s *side) show(v app.SessionView) {
	for _, p := range s.panels {
		p.show(v)
	}
	if s.at == sideChat {
		s.read = len(v.Chat)
	}
	news, left := some(unread(v.Chat, s.read)), some(v.Checklist.Left())
	s.tabs[sideChat].SetNews(news)
	s.tabs[sideChecklist].SetCount(left)
	if now := news + "," + left; now != s.counts {
		s.counts = now
		s.root.Refresh()
	}
}

// unread counts the client's lines after the first read ones.
func unread(lines []app.ChatLine, read int) int {
	n := 0
	for _, l := range lines[min(read, len(lines)):] {
		if !l.Mine {
			n++
		}
	}
	return n
}

func (s *side) changed(e app.Event) {
	for _, p := range s.panels {
		p.changed(e)
	}
}

func (s *side) forget() {
	for _, p := range s.panels {
		p.forget()
	}
	s.holder.Objects = nil
}
