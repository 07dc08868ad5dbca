package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// search finds notes by what is written in them, while it is typed.
type search struct {
	u      *UI
	life   *scope
	query  *scope
	entry  *widget.Entry
	found  *widget.Text
	list   *widget.List
	none   *fyne.Container
	detail *fyne.Container
	aside  *fyne.Container // the list
	side   *note
	bin    bool // deleted drafts are shown, which no search finds
	filter *searchFilter
	hits   []app.NoteHit
	root   fyne.CanvasObject
}

const hitsShown = 50

func newSearch(u *UI) *search {
	s := &search{
		u: u, life: newScope(u.open.ctx), entry: widget.NewSearch("Search notes", "Words in any note    Ctrl+K"),
		found: widget.NewText("", widget.Soft), none: container.NewStack(), detail: container.NewStack(),
	}
	s.query = newScope(s.life.ctx)
	s.entry.OnChanged = func(string) { s.search() }
	s.filter = newSearchFilter(u, s.life, s.search)
	s.list = widget.NewList("Found notes", func() int { return len(s.hits) }, widget.NewHitLine, s.fill, s.open)
	s.entry.OnKey = intoList(u, s.list, s.open)
	top := widget.Pad(look.S4, look.S4, look.S3, look.S4, widget.Col(look.S3,
		widget.Row(look.S2, widget.NewText("Notes", widget.TitleOf), widget.Gap(), s.found), s.entry, s.filter.row))
	column := widget.On(look.Surface, widget.Col(0, top, widget.HLine(),
		widget.Grow(widget.Stack(widget.Pad(look.S1, look.S1, 0, look.S1, s.list), s.none)), widget.HLine(),
		widget.Pad(look.S2, look.S2, look.S2, look.S2, widget.ColStart(0, widget.NewButton("Deleted drafts", "delete", widget.Ghost, s.showBin)))))
	s.aside = widget.RowFill(0, widget.Sized(400, 0, column), widget.VLine())
	s.root = widget.RowFill(0, s.aside, widget.Grow(s.detail))
	s.clear()
	s.search()
	s.readApart()
	return s
}

// Name is the note's while one is open beside the hits.
func (s *search) Name() string {
	if s.side != nil {
		return s.side.Name()
	}
	return "search"
}

func (s *search) Object() fyne.CanvasObject { return s.root }
func (s *search) Focus()                    { s.u.win.Canvas().Focus(s.entry) }

// Leave lets go of every hit.
func (s *search) Leave() {
	s.leaveSide()
	s.life.end()
	s.hits = nil
	s.entry.OnChanged = nil
	s.entry.SetText("")
	s.detail.Objects = nil
}

// readApart offers psychotherapy notes while they are open, and takes their hits away when they shut.
func (s *search) readApart() {
	read(s.u, s.life, s.u.p.ApartState, func(state app.ApartState, err error) {
		if err == nil {
			s.filter.showApart(state == app.ApartOpen)
		}
	})
}

func (s *search) leaveSide() {
	if s.side != nil {
		s.side.Leave()
		s.side = nil
	}
}

// Changed searches again when a note changed, and tells the open one.
func (s *search) Changed(e app.Event) {
	if s.side != nil {
		s.side.Changed(e)
	}
	switch e.Kind {
	case app.NoteChanged, app.ProfileChanged:
		s.search()
	case app.ApartChanged:
		s.readApart()
	}
}

// showBin lists deleted drafts: of one client, if the search is narrowed to one.
func (s *search) showBin() {
	s.leaveSide()
	s.bin = true
	s.list.Refresh()
	bin{s.u, s.life, s.filter.of, widget.IconButton("Back to the search", "back", widget.Ghost, s.Escape), s.put, s.showBin}.show()
}

func (s *search) put(o fyne.CanvasObject) {
	s.detail.Objects = []fyne.CanvasObject{o}
	s.detail.Refresh()
}

// Escape closes the note, then empties the search.
func (s *search) Escape() {
	if s.side == nil && !s.bin {
		s.entry.SetText("")
	}
	s.clear()
	s.Focus()
}

// Submit signs the draft that is open.
func (s *search) Submit() {
	if s.side != nil {
		s.side.Submit()
	}
}

func (s *search) clear() {
	s.leaveSide()
	s.bin = false
	s.list.Refresh()
	s.hint()
}

// hint says what can be done while no note is open.
func (s *search) hint() {
	o := widget.Empty("note-search", "Search every note", "Type a word, or the beginning of one. All words must occur; addenda are searched too.")
	if len(s.hits) > 0 {
		o = widget.Empty("note", "Choose a note", "The note you choose at the left opens here.")
	}
	s.put(o)
}

func (s *search) search() {
	q, find := s.filter.query(s.entry.Text), s.u.p.SearchNotes
	if s.filter.apart.On() {
		find = s.u.p.SearchPsychotherapy
	}
	if q.Text == "" && !q.Filtered() {
		s.query.renew()
		s.show(nil)
		return
	}
	read(s.u, s.query.renew(), func(ctx context.Context) ([]app.NoteHit, error) { return find(ctx, q) },
		func(hits []app.NoteHit, err error) {
			if err != nil {
				s.hits = nil
				s.say(widget.NewBanner(app.Explain(err), widget.Caution))
				return
			}
			s.show(hits)
		})
}

func (s *search) show(hits []app.NoteHit) {
	s.hits = hits[:min(len(hits), hitsShown)]
	if s.side == nil && !s.bin {
		s.hint()
	}
	s.none.Objects = nil
	switch {
	case s.entry.Text == "" && len(hits) == 0 && !s.filter.query("").Filtered():
		s.found.Set("")
	case len(hits) == 0 && s.entry.Text == "":
		s.found.Set("nothing found")
		s.say(widget.Empty("search", "Nothing found", "No note passes these filters."))
	case len(hits) == 0:
		s.found.Set("nothing found")
		s.say(widget.Empty("search", "Nothing found", "No note has all of these words. Try fewer, or only how they begin."))
	case len(hits) > hitsShown:
		s.found.Set("the newest 50")
	default:
		s.found.Set(count(len(hits), "note"))
	}
	s.none.Refresh()
	s.list.Refresh()
	s.root.Refresh()
}

func (s *search) say(o fyne.CanvasObject) {
	s.none.Objects = []fyne.CanvasObject{widget.PadAll(look.S4, o)}
	s.none.Refresh()
	s.list.Refresh()
}

func (s *search) fill(i int, l *widget.Line) {
	if i >= len(s.hits) {
		return
	}
	h := s.hits[i]
	l.SetChosen(s.side != nil && s.side.id == h.ID)
	fillNote(l, h.NoteRow, s.u)
	l.Title.Set(h.ClientName)
	l.Sub.Set(dots(titleOf(h.Title), h.FormName()))
	l.Hit.SetMarked(h.Excerpt, h.Marks)
	if h.Format == app.FormatPsychotherapy {
		l.Icon.Set("lock", look.Muted)
		l.Sub.Set(titleOf(h.Title))
		l.SetPill("Apart", widget.Neutral)
	}
}

func (s *search) open(i int) {
	if i >= len(s.hits) {
		return
	}
	h := s.hits[i]
	if h.Format == app.FormatPsychotherapy {
		s.u.shell().openApart(h.Client, h.ID)
		return
	}
	s.leaveSide()
	s.bin = false
	s.side = newNote(s.u, h.ID, func(c app.ClientID) { s.u.shell().openClient(c) })
	s.list.Refresh()
	s.put(s.side.Object())
}
