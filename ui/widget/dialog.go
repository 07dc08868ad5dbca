package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"alcove/ui/look"
)

// Dialog is a question over the screen. Tab stays inside it.
type Dialog struct {
	pop    *widget.PopUp
	on     fyne.Canvas
	focus  fyne.Focusable
	notice *Banner
	Closed func()
}

// DialogSpec is what a dialog shows.
type DialogSpec struct {
	Icon  string
	Tone  Tone
	Title string
	// Text says what will happen and names what will be lost.
	Text  string
	Body  Object // more, or nil
	Width float32
	// Buttons, the one that changes nothing first.
	Buttons []Object
	Focus   fyne.Focusable
}

// NewDialog makes a dialog on a canvas; Show shows it.
func NewDialog(c fyne.Canvas, s DialogSpec) *Dialog {
	d := &Dialog{on: c, focus: s.Focus, notice: NewBanner("", Caution)}
	d.notice.Hide()
	fg, bg := s.Tone.colors()
	head := Row(look.S3, Grow(NewText(s.Title, Style{Size: look.Title, Color: look.Ink, Bold: true}).Cut()))
	if s.Icon != "" {
		head = Row(look.S3, IconTile(s.Icon, fg, bg, 40), Grow(NewText(s.Title, Style{Size: look.Title, Color: look.Ink, Bold: true}).Cut()))
	}
	col := Col(look.S4, d.notice, head)
	if s.Text != "" {
		col.Add(NewPara(s.Text, Plain.In(look.Muted)))
	}
	if s.Body != nil {
		col.Add(s.Body)
	}
	if len(s.Buttons) > 0 {
		col.Add(Row(look.S2, append([]Object{Gap()}, s.Buttons...)...))
	}
	w := s.Width
	if w == 0 {
		w = 460
	}
	d.pop = widget.NewModalPopUp(newFitted(w, PadAll(look.S6, col)), c)
	return d
}

// shown are the dialogs that lie over a window: a canvas does not tell what its overlays hold.
var shown []*Dialog

// Show shows it.
func (d *Dialog) Show() {
	d.pop.Show()
	shown = append(shown, d)
	if d.focus != nil {
		d.on.Focus(d.focus)
	}
}

// Aside takes it from the window, to be shown again as it was.
func (d *Dialog) Aside() {
	d.pop.Hide()
	shown = slices.DeleteFunc(shown, func(o *Dialog) bool { return o == d })
}

// Hide takes it away.
func (d *Dialog) Hide() {
	d.Aside()
	if d.Closed != nil {
		d.Closed()
	}
}

// Notice says something above the question, such as that somebody knocks; "" takes it back.
func (d *Dialog) Notice(text string) {
	d.notice.Say(text, Caution)
	d.pop.Refresh()
}

// Refresh lays it out again after its body grew, or shrank: a popup by itself only grows.
func (d *Dialog) Refresh() {
	d.pop.Refresh()
	d.pop.Resize(d.pop.MinSize())
}

// fitted is a content of a fixed width that knows its height before it is first laid out.
type fitted struct{ w float32 }

func newFitted(w float32, o Object) *fyne.Container {
	o.Resize(fyne.NewSize(w, 10))
	return &fyne.Container{Layout: fitted{w}, Objects: []Object{o}}
}

func (f fitted) MinSize(kids []Object) fyne.Size {
	if kids[0].Size().Width != f.w {
		kids[0].Resize(fyne.NewSize(f.w, kids[0].Size().Height))
	}
	return fyne.NewSize(f.w, kids[0].MinSize().Height)
}

func (f fitted) Layout(kids []Object, s fyne.Size) {
	kids[0].Move(fyne.NewPos(0, 0))
	kids[0].Resize(s)
}
