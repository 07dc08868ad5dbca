package widget

import "fyne.io/fyne/v2"

// Beside lays two columns side by side, the first with that share of the width, and under each
// other where less than least is there.
func Beside(share, least, gap float32, first, second Object) *fyne.Container {
	return &fyne.Container{Layout: &beside{share: share, least: least, gap: gap}, Objects: []Object{first, second}}
}

type beside struct {
	share, least, gap float32
	width             float32 // at the last layout
}

func (b *beside) MinSize(kids []Object) fyne.Size {
	one, two := kids[0].MinSize(), kids[1].MinSize()
	if b.width >= b.least {
		return fyne.NewSize(120, max(one.Height, two.Height))
	}
	return fyne.NewSize(120, one.Height+b.gap+two.Height)
}

func (b *beside) Layout(kids []Object, s fyne.Size) {
	b.width = s.Width
	w := [2]float32{s.Width, s.Width}
	if s.Width >= b.least {
		w[0] = (s.Width - b.gap) * b.share
		w[1] = s.Width - b.gap - w[0]
	}
	at := fyne.NewPos(0, 0)
	for i, k := range kids {
		k.Resize(fyne.NewSize(w[i], k.Size().Height))
		k.Resize(fyne.NewSize(w[i], k.MinSize().Height))
		k.Move(at)
		if s.Width >= b.least {
			at.X += w[i] + b.gap
		} else {
			at.Y += k.Size().Height + b.gap
		}
	}
}

// Aside lays what is of its own width at the end of a row, centred on it, and under it where the
// first would be left with less than least.
func Aside(least, gap float32, first, last Object) *fyne.Container {
	return &fyne.Container{Layout: &aside{least: least, gap: gap}, Objects: []Object{first, last}}
}

type aside struct {
	least, gap float32
	width      float32
}

func (a *aside) fits(last Object) bool { return a.width-a.gap-natural(last) >= a.least }

func (a *aside) MinSize(kids []Object) fyne.Size {
	one, two := kids[0].MinSize(), kids[1].MinSize()
	if a.fits(kids[1]) {
		return fyne.NewSize(120, max(one.Height, two.Height))
	}
	return fyne.NewSize(120, one.Height+a.gap+two.Height)
}

func (a *aside) Layout(kids []Object, s fyne.Size) {
	a.width = s.Width
	wide := [2]float32{s.Width, s.Width}
	fits := a.fits(kids[1])
	if fits {
		wide[1] = natural(kids[1])
		wide[0] -= a.gap + wide[1]
	}
	for i, k := range kids {
		k.Resize(fyne.NewSize(wide[i], k.Size().Height))
		k.Resize(fyne.NewSize(wide[i], k.MinSize().Height))
	}
	one, two := kids[0].Size().Height, kids[1].Size().Height
	if !fits {
		kids[0].Move(fyne.NewPos(0, 0))
		kids[1].Move(fyne.NewPos(0, one+a.gap))
		return
	}
	kids[0].Move(fyne.NewPos(0, (s.Height-one)/2))
	kids[1].Move(fyne.NewPos(wide[0]+a.gap, (s.Height-two)/2))
}

// Flow lays children side by side, and on further lines what one line has no room for.
func Flow(gap float32, kids ...Object) *fyne.Container {
	return &fyne.Container{Layout: &flow{gap: gap}, Objects: kids}
}

// FlowMid is a Flow with its lines in the middle.
func FlowMid(gap float32, kids ...Object) *fyne.Container {
	return &fyne.Container{Layout: &flow{gap: gap, align: 0.5}, Objects: kids}
}

type flow struct{ gap, align, width float32 }

const flowLines = 8 // between lines

func (f *flow) line(kids []Object) float32 {
	row := flex{gap: f.gap}
	return row.MinSize(kids).Width
}

// lines are the children that are seen, line by line.
func (f *flow) lines(kids []Object, width float32) (all [][]Object) {
	for _, k := range kids {
		if !k.Visible() {
			continue
		}
		if n := len(all); n > 0 && f.line(append(all[n-1][:len(all[n-1]):len(all[n-1])], k)) <= width+0.5 {
			all[n-1] = append(all[n-1], k)
		} else {
			all = append(all, []Object{k})
		}
	}
	return all
}

func (f *flow) MinSize(kids []Object) (m fyne.Size) {
	width := f.width
	if width == 0 { // not laid out yet
		width = f.line(kids)
	}
	for i, line := range f.lines(kids, width) {
		if i > 0 {
			m.Height += flowLines
		}
		high := float32(0)
		for _, k := range line {
			m.Width, high = max(m.Width, k.MinSize().Width), max(high, k.MinSize().Height)
		}
		m.Height += high
	}
	return m
}

func (f *flow) Layout(kids []Object, s fyne.Size) {
	f.width = s.Width
	row, y := flex{gap: f.gap, align: 0.5}, float32(0)
	for _, line := range f.lines(kids, s.Width) {
		m := row.MinSize(line)
		row.Layout(line, m)
		for _, k := range line {
			k.Move(k.Position().AddXY(max(0, s.Width-m.Width)*f.align, y))
		}
		y += m.Height + flowLines
	}
}

// Cells lays children side by side, all of one size and none under least wide, and on further lines what one has no room
// for. One alone leaves the place of a second empty.
func Cells(least, gap float32, kids ...Object) *fyne.Container {
	return &fyne.Container{Layout: &cells{least: least, gap: gap}, Objects: kids}
}

type cells struct{ least, gap, width float32 }

// grid is how many stand in a line, and how large each is.
func (c *cells) grid(kids []Object) (n int, cell fyne.Size) {
	n = min(max(1, int((c.width+c.gap)/(c.least+c.gap))), max(2, len(kids)))
	cell.Width = (c.width+c.gap)/float32(n) - c.gap
	for _, k := range kids {
		cell.Height = max(cell.Height, k.MinSize().Height)
	}
	return n, cell
}

func (c *cells) MinSize(kids []Object) fyne.Size {
	n, cell := c.grid(kids)
	lines := (len(kids) + n - 1) / n
	return fyne.NewSize(c.least, float32(lines)*(cell.Height+c.gap)-c.gap)
}

func (c *cells) Layout(kids []Object, s fyne.Size) {
	c.width = s.Width
	_, cell := c.grid(kids)
	for _, k := range kids {
		k.Resize(fyne.NewSize(cell.Width, k.Size().Height)) // the height of wrapped text is known only then
	}
	n, cell := c.grid(kids)
	for i, k := range kids {
		k.Resize(cell)
		k.Move(fyne.NewPos(float32(i%n)*(cell.Width+c.gap), float32(i/n)*(cell.Height+c.gap)))
	}
}
