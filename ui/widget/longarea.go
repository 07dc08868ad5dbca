package widget

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"alcove/ui/look"
)

// LongArea is a text of many paragraphs that stays quick: what a key costs in an Entry grows with the
// square of its text, so a long text lies in several, one beneath the other. Arrow keys, Backspace and
// Delete go across their edges; a selection does not.
type LongArea struct {
	compound
	label, hint string
	rows        int
	parts       []*part
	col         *fyne.Container
	quiet       bool // changes are our own
	// OnChanged gets the whole text.
	OnChanged func(string)
	// Limit says in words why so many bytes more cannot be pasted; "" if they can.
	Limit func(have, more int) string
}

// part is one entry, and what stands between it and the next: "\n", " " where a paragraph was too long,
// or nothing.
type part struct {
	*Entry
	sep string
}

const (
	partWant = 2000 // bytes
	partMost = 4000
	pasteBig = 1000 // what is longer is cut into parts before an entry sees it
)

// NewLongArea is at least rows high while it is short.
func NewLongArea(label, hint, text string, rows int) *LongArea {
	a := &LongArea{label: label, hint: hint, rows: rows, col: Col(look.S1)}
	a.root = a.col
	a.ExtendBaseWidget(a)
	a.SetText(text)
	return a
}

// Text is all of it.
func (a *LongArea) Text() string {
	var b strings.Builder
	for i, p := range a.parts {
		b.WriteString(p.Text)
		if i+1 < len(a.parts) {
			b.WriteString(p.sep)
		}
	}
	return b.String()
}

// SetText replaces it, and tells nobody.
func (a *LongArea) SetText(text string) {
	for _, p := range a.parts {
		p.OnChanged, p.OnEnd, p.OnCursorChanged = nil, nil, nil
		p.SetText("")
	}
	a.parts = nil
	a.replace(0, 0, cut(text))
}

// SetEnabled tells whether it can be typed into.
func (a *LongArea) SetEnabled(on bool) {
	for _, p := range a.parts {
		p.SetEnabled(on)
	}
}

// First is where typing begins.
func (a *LongArea) First() fyne.Focusable { return a.parts[0].Entry }

// End goes to the end of the text.
func (a *LongArea) End() { a.focus(len(a.parts)-1, true) }

// Last is where the text ends.
func (a *LongArea) Last() fyne.Focusable { return a.parts[len(a.parts)-1].Entry }

// piece is a part before it has an entry.
type piece struct{ text, sep string }

// cut parts a text between paragraphs, and inside one that is too long between words.
func cut(text string) []piece {
	var all []piece
	for len(text) > partMost {
		at := strings.LastIndexByte(text[:partWant], '\n')
		sep := "\n"
		if at <= 0 {
			if at = strings.IndexByte(text[partWant:partMost], '\n'); at >= 0 {
				at += partWant
			} else if at, sep = strings.LastIndexByte(text[:partMost], ' '), " "; at <= 0 {
				at, sep = partWant, ""
				for text[at]&0xC0 == 0x80 { // inside a rune
					at--
				}
			}
		}
		all = append(all, piece{text[:at], sep})
		text = text[at+len(sep):]
	}
	return append(all, piece{text, "\n"})
}

// replace puts pieces in the place of parts from..to.
func (a *LongArea) replace(from, to int, pieces []piece) {
	var made []*part
	for _, p := range pieces {
		made = append(made, a.newPart(p))
	}
	a.parts = append(append(append([]*part(nil), a.parts[:from]...), made...), a.parts[to:]...)
	a.col.Objects = nil
	for i, p := range a.parts {
		p.label = a.label
		if i > 0 {
			p.label = fmt.Sprintf("%s, part %d", a.label, i+1)
		}
		rows := 1
		if len(a.parts) == 1 {
			rows = a.rows
		}
		p.SetMinRowsVisible(rows)
		a.col.Add(p.Entry)
	}
	a.Refresh()
}

func (a *LongArea) newPart(from piece) *part {
	p := &part{Entry: NewArea(a.label, from.text, 1), sep: from.sep}
	p.SetPlaceHolder(a.hint)
	p.OnCursorChanged = func() { p.inSight(canvasOf(a)) } // a part may be new, and the canvas has not seen it yet
	p.OnChanged = func(string) { a.changed() }
	p.OnKey = func(k *fyne.KeyEvent) bool { return a.key(p, k) }
	p.OnPaste = func(text string) bool { return a.paste(p, text) }
	p.OnEnd = func() {
		if len(p.Text) > partMost && !a.quiet {
			i := a.place(p)
			a.replace(i, i+1, withSep(cut(p.Text), p.sep))
		}
	}
	return p
}

// withSep ends pieces as the part did that they replace.
func withSep(pieces []piece, sep string) []piece {
	pieces[len(pieces)-1].sep = sep
	return pieces
}

func (a *LongArea) changed() {
	if a.OnChanged != nil && !a.quiet {
		a.OnChanged(a.Text())
	}
}

func (a *LongArea) place(p *part) int {
	for i, q := range a.parts {
		if q == p {
			return i
		}
	}
	return -1
}

// key takes what crosses the edge of a part.
func (a *LongArea) key(p *part, k *fyne.KeyEvent) bool {
	i := a.place(p)
	switch k.Name {
	case fyne.KeyUp, fyne.KeyLeft:
		if i > 0 && a.stays(p, k) {
			a.focus(i-1, true)
		}
		return i > 0
	case fyne.KeyDown, fyne.KeyRight:
		last := i == len(a.parts)-1
		if !last && a.stays(p, k) {
			a.focus(i+1, false)
		}
		return !last
	case fyne.KeyBackspace:
		if i > 0 && p.SelectedText() == "" && p.CursorRow == 0 && p.CursorColumn == 0 {
			a.join(i - 1)
			return true
		}
	case fyne.KeyDelete:
		if i < len(a.parts)-1 && p.SelectedText() == "" && a.atEnd(p) {
			a.join(i)
			return true
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		if len(p.Text) > partWant && p.SelectedText() == "" && a.atEnd(p) {
			a.replace(i+1, i+1, []piece{{"", p.sep}})
			p.sep = "\n"
			a.focus(i+1, false)
			a.changed()
			return true
		}
	}
	return false
}

// stays gives the entry its key, and tells whether the cursor stood at the edge.
func (a *LongArea) stays(p *part, k *fyne.KeyEvent) bool {
	row, col := p.CursorRow, p.CursorColumn
	p.Entry.Entry.TypedKey(k)
	return p.CursorRow == row && (p.CursorColumn == col || k.Name == fyne.KeyUp || k.Name == fyne.KeyDown)
}

func (a *LongArea) atEnd(p *part) bool {
	row, col := p.CursorRow, p.CursorColumn
	p.Entry.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if p.CursorRow == row && p.CursorColumn == col {
		return true
	}
	p.Entry.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	return false
}

// focus goes to a part, to its end or its beginning.
func (a *LongArea) focus(i int, end bool) {
	p := a.parts[i]
	if c := canvasOf(a); c != nil {
		c.Focus(p.Entry)
	}
	p.CursorRow, p.CursorColumn = 0, 0
	if end {
		p.CursorRow = 1 << 20
		p.Entry.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	}
	p.Refresh()
}

// join takes away what stands between part i and the next: the first paragraph of that moves over.
func (a *LongArea) join(i int) {
	p, next := a.parts[i], a.parts[i+1]
	head, rest, more := strings.Cut(next.Text, "\n")
	a.quiet = true
	a.focus(i, true)
	p.SetText(p.Text + head)
	if more {
		next.SetText(rest)
		p.sep = "\n"
	} else {
		p.sep = next.sep
		a.replace(i+1, i+2, nil)
	}
	a.quiet = false
	a.changed()
}

// paste takes a long text: an entry that got all of it at once would stand still.
func (a *LongArea) paste(p *part, text string) bool {
	if a.Limit != nil {
		if words := a.Limit(len(a.Text()), len(text)); words != "" {
			Host.Refused(words)
			return true
		}
	}
	if len(text) < pasteBig {
		return false
	}
	a.quiet = true
	const here = '\ue000' // where the cursor stands; a selection gives way to it
	p.Entry.Entry.TypedRune(here)
	before, after, _ := strings.Cut(p.Text, string(here))
	i := a.place(p)
	front, back := cut(before+text), []piece(nil)
	if after != "" {
		front, back = withSep(front, ""), withSep(cut(after), p.sep)
	} else {
		front = withSep(front, p.sep)
	}
	a.replace(i, i+1, append(front, back...))
	a.focus(i+len(front)-1, true)
	a.quiet = false
	a.changed()
	return true
}
