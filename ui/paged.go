package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// paged is a list whose rows are read a page at a time, as they come into sight.
type paged[R any] struct {
	u     *UI
	query *scope // what is being read
	list  *widget.List
	none  *fyne.Container // over an empty list
	rows  map[int]R       // those read so far
	asked map[int]bool    // pages on their way
	count int
	pick  func(R)
	// ask makes the reading of a page, by what the screen asks for just now.
	ask func(offset int) func(context.Context) (pageOf[R], error)
	// shown follows a count that is new.
	shown func()
}

type pageOf[R any] struct {
	rows  []R
	total int
}

const pageRows = 100

func newPaged[R any](u *UI, life *scope, label string, line func() *widget.Line, fill func(R, *widget.Line), pick func(R)) *paged[R] {
	p := &paged[R]{u: u, query: newScope(life.ctx), none: container.NewStack(), rows: map[int]R{}, pick: pick}
	p.list = widget.NewList(label, func() int { return p.count }, line, func(i int, l *widget.Line) {
		if r, ok := p.rows[i]; ok {
			fill(r, l)
			return
		}
		l.Blank()
		p.page(i/pageRows, nil)
	}, p.open)
	return p
}

func (p *paged[R]) open(i int) {
	if r, ok := p.rows[i]; ok {
		p.pick(r)
	}
}

// begin reads anew from the first page; what an older search found stays until that is there.
func (p *paged[R]) begin() {
	p.query.renew()
	p.asked = map[int]bool{}
	p.page(0, func(total int) {
		p.rows = map[int]R{}
		p.list.ScrollToTop()
		p.count = total
	})
}

// again reads the pages in sight anew, and forgets those that are not: they are read when they come into sight. The list, whose
// rows are of that height, stays where it is.
func (p *paged[R]) again(height float32) {
	p.query.renew()
	p.asked = map[int]bool{}
	here := int(p.list.GetScrollOffset()/height) / pageRows
	for i := range p.rows {
		if n := i / pageRows; n < here || n > here+1 {
			delete(p.rows, i)
		}
	}
	counted := func(total int) { p.count = total }
	p.page(here, counted)
	if p.count > (here+1)*pageRows {
		p.page(here+1, counted)
	}
}

// page reads one page, once. counted takes the new count; nil keeps the old one, because a list that grows while it is
// scrolled would move under the hand.
func (p *paged[R]) page(n int, counted func(total int)) {
	if p.asked[n] {
		return
	}
	p.asked[n] = true
	read(p.u, p.query, p.ask(n*pageRows), func(got pageOf[R], err error) {
		if err != nil {
			p.empty(widget.NewBanner(app.Explain(err), widget.Caution))
			return
		}
		if counted != nil {
			counted(got.total)
			p.none.Objects = nil
			p.shown()
			p.none.Refresh()
		}
		for i, r := range got.rows {
			p.rows[n*pageRows+i] = r
		}
		p.list.Refresh()
	})
}

// empty says why there is nothing in the list.
func (p *paged[R]) empty(o fyne.CanvasObject) {
	p.none.Objects = []fyne.CanvasObject{widget.PadAll(look.S4, o)}
	p.none.Refresh()
}

// forget lets go of every row.
func (p *paged[R]) forget() { p.rows, p.count = nil, 0 }

// intoList leads from a search to what it found: Down goes there, Enter opens the first.
func intoList(u *UI, list *widget.List, open func(i int)) func(*fyne.KeyEvent) bool {
	return func(k *fyne.KeyEvent) bool {
		switch k.Name {
		case fyne.KeyDown:
			u.win.Canvas().Focus(list)
		case fyne.KeyReturn, fyne.KeyEnter:
			open(0)
		default:
			return false
		}
		return true
	}
}
