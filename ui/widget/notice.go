package widget

import (
	"fyne.io/fyne/v2"

	"alcove/ui/look"
)

// Banner is a sentence across a screen that stays until the reason is gone, with what can be
// done about it at its end.
type Banner struct {
	compound
	icon *Icon
	text *Para
	box  *Box
}

// NewBanner says text in a tone.
func NewBanner(text string, tone Tone, kids ...Object) *Banner {
	fg, bg := tone.colors()
	b := &Banner{icon: NewIcon(tone.icon(), fg, 20), text: NewPara(text, Plain.At(look.Small)), box: NewBox(bg, "", look.RadiusControl)}
	all := append([]Object{b.icon, Grow(b.text)}, kids...)
	b.ExtendBaseWidget(b)
	b.root = Stack(b.box, Pad(9, 14, 9, 14, Row(look.S3, all...)))
	return b
}

func (t Tone) icon() string {
	switch t {
	case Positive:
		return "check"
	case Caution, Negative:
		return "warning"
	}
	return "info"
}

// Say changes sentence and tone, and hides the banner for "".
func (b *Banner) Say(text string, tone Tone) {
	fg, bg := tone.colors()
	b.icon.Set(tone.icon(), fg)
	b.box.SetFill(bg)
	b.text.Set(text)
	setVisible(b, text != "")
	b.Refresh()
}

// Text is what it says.
func (b *Banner) Text() string { return b.text.Text() }

// Empty is what stands where there is nothing yet, with what to do next.
func Empty(icon, title, text string, kids ...Object) *fyne.Container {
	all := []Object{
		ColMid(0, IconTile(icon, look.Accent, look.AccentSoft, 56)), Space(0, look.S1),
		NewText(title, Header).Cut().Centre(), NewPara(text, Soft).Centre(),
	}
	if len(kids) > 0 {
		all = append(all, Space(0, look.S2), ColMid(0, Row(look.S2, kids...)))
	}
	return MiddleWide(380, Col(look.S2, all...))
}

// TopRight lays o in the upper right corner, w wide, over a screen.
func TopRight(w float32, o Object) *fyne.Container {
	return &fyne.Container{Layout: atRight{w: w}, Objects: []Object{o}}
}

// BottomRight lays o in the lower right corner, above where a screen has what is pressed.
func BottomRight(w float32, o Object) *fyne.Container {
	return &fyne.Container{Layout: atRight{w: w, low: true}, Objects: []Object{o}}
}

type atRight struct {
	w   float32
	low bool
}

func (atRight) MinSize([]Object) fyne.Size { return fyne.NewSize(0, 0) }

func (l atRight) Layout(kids []Object, s fyne.Size) {
	w := min(l.w, s.Width-32)
	kids[0].Resize(fyne.NewSize(w, kids[0].Size().Height))
	high := kids[0].MinSize().Height
	kids[0].Resize(fyne.NewSize(w, high))
	y := float32(20)
	if l.low {
		y = s.Height - high - 76
	}
	kids[0].Move(fyne.NewPos(s.Width-w-20, y))
}
