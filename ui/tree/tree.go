// Package tree walks what a canvas shows, renderers included. It looks, and never touches. Tests
// and the automation socket use it; nothing that is shipped does, for it leans on Fyne's test
// package.
package tree

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// Node is one object where it is seen.
type Node struct {
	Object fyne.CanvasObject
	Pos    fyne.Position // on the canvas
	Size   fyne.Size
	// From and To bound what a scroll lets be seen of it.
	From, To fyne.Position
}

// Shown tells whether any of it can be seen.
func (n Node) Shown() bool {
	a, b := n.clipped()
	return b.X-a.X > 0.5 && b.Y-a.Y > 0.5
}

// Whole tells whether all of it can be seen.
func (n Node) Whole() bool {
	a, b := n.clipped()
	return b.X-a.X >= n.Size.Width-1 && b.Y-a.Y >= n.Size.Height-1
}

// Middle is a point that can be pressed: the middle of what is seen.
func (n Node) Middle() fyne.Position {
	a, b := n.clipped()
	return fyne.NewPos((a.X+b.X)/2, (a.Y+b.Y)/2)
}

func (n Node) clipped() (from, to fyne.Position) {
	from = fyne.NewPos(max(n.Pos.X, n.From.X), max(n.Pos.Y, n.From.Y))
	to = fyne.NewPos(min(n.Pos.X+n.Size.Width, n.To.X), min(n.Pos.Y+n.Size.Height, n.To.Y))
	return from, to
}

// Walk calls see for every visible object, outermost first.
func Walk(root fyne.CanvasObject, size fyne.Size, see func(Node)) {
	walk(root, fyne.NewPos(0, 0), fyne.NewPos(0, 0), fyne.NewPos(size.Width, size.Height), see)
}

// Top is what a canvas shows on top: its uppermost overlay, or its content.
func Top(c fyne.Canvas) fyne.CanvasObject {
	if o := c.Overlays().Top(); o != nil {
		return o
	}
	return c.Content()
}

func walk(o fyne.CanvasObject, at, from, to fyne.Position, see func(Node)) {
	if o == nil || !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	n := Node{Object: o, Pos: at, Size: o.Size(), From: from, To: to}
	see(n)
	if _, scrolls := o.(interface {
		ScrollToTop()
		ScrollToBottom()
	}); scrolls {
		from, to = n.clipped()
	}
	var kids []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		kids = o.Objects
	case fyne.Widget:
		kids = test.WidgetRenderer(o).Objects()
	}
	for _, k := range kids {
		walk(k, at, from, to, see)
	}
}
