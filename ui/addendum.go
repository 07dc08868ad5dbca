package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

const (
	addendumRows   = 14
	addendumHeight = 260 // what is longer is scrolled
)

// addendum writes one. What is typed is kept on the way, until it is signed or thrown away.
type addendum struct {
	n       *note
	area    *widget.LongArea
	sign    *widget.Button
	discard *widget.Button
}

// addendum asks for one, with what was being written.
func (n *note) addendum() {
	a := &addendum{n: n, area: widget.NewLongArea("Addendum", "", n.view.Adding, addendumRows)}
	a.sign = widget.NewButton("Sign addendum", "sign", widget.Primary, a.signIt)
	a.discard = widget.NewButton("Discard", "", widget.Secondary, a.discardIt).Named("Discard addendum")
	a.area.OnChanged, a.area.Limit = a.typed, app.RoomFor
	a.offer(n.view.Adding)
	n.adding = a
	n.u.over(widget.DialogSpec{
		Icon: "sign", Tone: widget.Active, Title: "Add an addendum", Width: 600,
		Text:    "It is dated when you sign it, and cannot be changed afterwards. The note itself stays as it was signed. Until then what you write is kept, also when you close this.",
		Body:    widget.Sized(0, addendumHeight, widget.NewVScroll(widget.Pad(2, look.S3, 2, 2, a.area))),
		Buttons: []fyne.CanvasObject{a.discard, widget.NewButton("Close", "", widget.Secondary, n.u.closeDialog), a.sign},
	}, a.closed)
	a.area.End()
}

func (a *addendum) typed(text string) {
	a.n.u.p.WriteAddendum(a.n.id, text)
	a.offer(text)
}

func (a *addendum) offer(text string) {
	some := strings.TrimSpace(text) != ""
	a.sign.SetEnabled(some)
	a.discard.SetEnabled(some)
}

// closed leaves the words to the note's page, which says that they are there; a lock takes them from both.
func (a *addendum) closed() {
	text := a.area.Text()
	a.area.OnChanged = nil
	a.area.SetText("")
	a.n.adding = nil
	if a.n.life.ctx.Err() == nil {
		a.n.view.Adding = text
		a.n.read()
	}
}

// end sends what ends it, and nothing can be typed meanwhile: it would be neither signed nor kept.
func (a *addendum) end(what, said string, do func(context.Context) error) {
	a.area.SetEnabled(false)
	a.sign.Disable()
	a.discard.Disable()
	act(a.n.u, a.n.life, what, do, func(err error) {
		if err != nil {
			a.area.SetEnabled(true)
			a.offer(a.area.Text())
			a.n.u.complain(err)
			return
		}
		a.area.SetText("")
		a.n.u.closeDialog()
		a.n.u.say(said)
	})
}

func (a *addendum) signIt() {
	text := a.area.Text()
	a.end("Saving", "Addendum signed", func(ctx context.Context) error { return a.n.u.p.AddAddendum(ctx, a.n.id, text) })
}

// discardIt asks before it throws away what was typed.
func (a *addendum) discardIt() {
	a.n.u.over(a.n.u.question("Discard this addendum?", "What you wrote of it is lost. The note, and what was added to it before, stay.", "Discard", widget.Danger, func() {
		a.end("Discarding", "Addendum discarded", func(ctx context.Context) error { return a.n.u.p.DropAddendum(ctx, a.n.id) })
	}), nil)
}
