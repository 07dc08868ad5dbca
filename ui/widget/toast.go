package widget

import (
	"fyne.io/fyne/v2"

	"alcove/ui/look"
)

// Toast is a short sentence that goes by itself. It takes no focus, and lies where nothing is that
// can be used: low in the middle, or else higher or at the right.
type Toast struct {
	compound
	text  *Para
	aside bool    // at the right, not in the middle
	up    float32 // from where it is lowest
}

// NewToast is hidden at first; lay it over a screen.
func NewToast() *Toast {
	t := &Toast{text: NewPara("", Style{Size: look.Small, Color: look.StageText, Bold: true})}
	t.text.hug = true
	box := NewBox(look.StageControl, "", 20)
	box.Raised = true
	t.root = &fyne.Container{Layout: toastLayout{t}, Objects: []Object{Stack(box, Pad(10, 20, 10, 20, t.text))}}
	t.ExtendBaseWidget(t)
	t.Hide()
	return t
}

// Say shows text.
func (t *Toast) Say(text string) {
	t.text.Set(text)
	t.aside, t.up = false, 0
	t.Show()
	t.Refresh()
	t.StepAside()
}

const (
	toastMost  = 560 // wide, before it is wrapped
	toastEdge  = 28  // from the window's
	toastStep  = 8
	toastApart = 6   // from what can be used
	toastAside = 200 // what it rises before it goes to the right
)

// StepAside moves it, if it lies over what can be used, to where it covers nothing, or else as little as can be. What is
// free stays where it is: a sentence that moves is hard to read.
func (t *Toast) StepAside() {
	c := canvasOf(t)
	if c == nil || !t.Visible() {
		return
	}
	used, box, window := controls(c.Content()), t.root.Objects[0].Size(), t.root.Size()
	over := func() (sum float32) {
		p := t.place(box, window)
		for _, u := range used {
			sum += u.shared(p.SubtractXY(toastApart, toastApart), box.AddWidthHeight(2*toastApart, 2*toastApart))
		}
		return sum
	}
	least := over()
	if least == 0 {
		return
	}
	aside, up, far := t.aside, t.up, float32(0)
	for _, t.aside = range []bool{false, true} {
		for t.up = 0; t.up < window.Height-box.Height-toastEdge; t.up += toastStep {
			way := t.up
			if t.aside {
				way += toastAside
			}
			if o := over(); o < least || o == least && way < far {
				least, aside, up, far = o, t.aside, t.up, way
			}
		}
	}
	t.aside, t.up = aside, up
	t.Refresh()
}

// place is where its upper left corner is.
func (t *Toast) place(box, window fyne.Size) fyne.Position {
	x := (window.Width - box.Width) / 2
	if t.aside {
		x = window.Width - box.Width - toastEdge
	}
	return fyne.NewPos(max(0, x), max(0, window.Height-box.Height-toastEdge-t.up))
}

type toastLayout struct{ t *Toast }

func (toastLayout) MinSize([]Object) fyne.Size { return fyne.NewSize(0, 0) }

func (l toastLayout) Layout(kids []Object, s fyne.Size) {
	kids[0].Resize(fyne.NewSize(min(toastMost, s.Width-2*toastEdge), 10))
	m := kids[0].MinSize().AddWidthHeight(1, 0) // of the longest line, which must not be wrapped for what was rounded
	kids[0].Resize(m)
	kids[0].Move(l.t.place(m, s))
}

// area is what is seen of something, from and to.
type area struct{ from, to fyne.Position }

// shared is how much of it lies in a rectangle.
func (a area) shared(p fyne.Position, s fyne.Size) float32 {
	w := min(a.to.X, p.X+s.Width) - max(a.from.X, p.X)
	h := min(a.to.Y, p.Y+s.Height) - max(a.from.Y, p.Y)
	return max(0, w) * max(0, h)
}

// controls are the places of all that can be used in o. As around does, this looks through what this package puts together.
func controls(o Object) []area {
	return seek(o, o.Position(), area{to: fyne.NewPos(o.Size().Width, o.Size().Height)}, nil)
}

func seek(o Object, at fyne.Position, in area, all []area) []area {
	if !o.Visible() {
		return all
	}
	end := at.AddXY(o.Size().Width, o.Size().Height)
	seen := area{fyne.NewPos(max(at.X, in.from.X), max(at.Y, in.from.Y)), fyne.NewPos(min(end.X, in.to.X), min(end.Y, in.to.Y))}
	var kids []Object
	switch o := o.(type) {
	case *fyne.Container:
		kids = o.Objects
	case *VScroll:
		kids, in = []Object{o.Content}, seen
	case interface{ inside() Object }:
		kids = []Object{o.inside()}
	case fyne.Focusable:
		return append(all, seen)
	}
	for _, k := range kids {
		all = seek(k, at.Add(k.Position()), in, all)
	}
	return all
}
