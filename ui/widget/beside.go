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

func (a *aside) fits(last Object) bool { return a.width-a.gap-last.MinSize().Width >= a.least }

func (a *aside) MinSize(kids []Object) fyne.Size {
	one, two := kids[0].MinSize(), kids[1].MinSize()
	if a.fits(kids[1]) {
		return fyne.NewSize(120, max(one.Height, two.Height))
	}
	return fyne.NewSize(120, one.Height+a.gap+two.Height)
}

func (a *aside) Layout(kids []Object, s fyne.Size) {
	a.width = s.Width
	last := kids[1].MinSize()
	if !a.fits(kids[1]) {
		kids[0].Move(fyne.NewPos(0, 0))
		kids[0].Resize(fyne.NewSize(s.Width, kids[0].Size().Height))
		kids[0].Resize(fyne.NewSize(s.Width, kids[0].MinSize().Height))
		kids[1].Move(fyne.NewPos(0, kids[0].Size().Height+a.gap))
		kids[1].Resize(fyne.NewSize(s.Width, last.Height))
		return
	}
	w := s.Width - a.gap - last.Width
	kids[0].Resize(fyne.NewSize(w, kids[0].Size().Height))
	first := kids[0].MinSize().Height
	kids[0].Resize(fyne.NewSize(w, first))
	kids[0].Move(fyne.NewPos(0, (s.Height-first)/2))
	kids[1].Move(fyne.NewPos(w+a.gap, (s.Height-last.Height)/2))
	kids[1].Resize(last)
}
