package widget

import (
	"fyne.io/fyne/v2"

	"alcove/ui/look"
)

// Bubble is one chat line: what was said, and under it when, and whether it arrived.
type Bubble struct {
	compound
	meta *Text
}

// NewBubble is on the right for mine, on the left for theirs.
func NewBubble(text, meta string, mine bool) *Bubble {
	ink, box := look.Ink, NewBox(look.Sunken, look.Border, 0)
	box.Square = [4]float32{13, 13, 4, 13}
	if mine {
		ink, box = look.OnMine, NewBox(look.Mine, "", 0)
		box.Square = [4]float32{13, 13, 13, 4}
	}
	para := NewPara(text, Style{Size: look.Small, Color: ink})
	para.hug = true
	b := &Bubble{meta: NewText(meta, Fine.At(look.Micro))}
	if mine {
		b.meta.Right()
	}
	b.root = &fyne.Container{Layout: bubbleLayout{mine, para}, Objects: []Object{box, para, b.meta}}
	b.ExtendBaseWidget(b)
	return b
}

// SetMeta changes the line beneath.
func (b *Bubble) SetMeta(meta string) { b.meta.Set(meta) }

type bubbleLayout struct {
	mine bool
	para *Para
}

const bubblePadX, bubblePadY, bubbleMeta = 12, 8, 18

func (l bubbleLayout) MinSize([]Object) fyne.Size {
	return fyne.NewSize(120, l.para.MinSize().Height+2*bubblePadY+bubbleMeta)
}

func (l bubbleLayout) Layout(kids []Object, s fyne.Size) {
	most := s.Width*0.86 - 2*bubblePadX
	l.para.Resize(fyne.NewSize(most, 0))
	m := l.para.MinSize()
	w, h := m.Width+2*bubblePadX, m.Height+2*bubblePadY
	x := float32(0)
	if l.mine {
		x = s.Width - w
	}
	kids[0].Move(fyne.NewPos(x, 0))
	kids[0].Resize(fyne.NewSize(w, h))
	l.para.Move(fyne.NewPos(x+bubblePadX, bubblePadY))
	l.para.Resize(fyne.NewSize(most, m.Height))
	kids[2].Move(fyne.NewPos(2, h+2))
	kids[2].Resize(fyne.NewSize(s.Width-4, 15))
}
