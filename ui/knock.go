package ui

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// knocks shows who is at the door, over whatever screen is shown. It takes no focus: a
// therapist who is writing must not press Admit with the next key.
type knocks struct {
	u     *UI
	known map[app.KnockID]bool
	cards map[app.KnockID]*knockCard
	asked bool        // a knock is being answered
	about app.KnockID // whom the open dialog is about
}

type knockCard struct {
	waiting *widget.Text
	view    app.KnockView
}

const knocksShown = 2

func newKnocks(u *UI) *knocks {
	return &knocks{u: u, known: map[app.KnockID]bool{}, cards: map[app.KnockID]*knockCard{}}
}

// clear takes every knock from the screen; the vault is locked.
func (k *knocks) clear() {
	k.known, k.cards, k.asked = map[app.KnockID]bool{}, map[app.KnockID]*knockCard{}, false
	k.u.door.Objects = nil
	k.u.door.Refresh()
	k.u.win.SetTitle(title)
}

// refresh reads who waits, and rings for whom it has not rung yet.
func (k *knocks) refresh() {
	sh := k.u.shell()
	if sh == nil {
		return
	}
	all := k.u.p.Knocks()
	known := map[app.KnockID]bool{}
	for _, v := range all {
		known[v.ID] = true
		if !k.known[v.ID] {
			k.ring()
		}
	}
	k.known = known
	sh.rail["today"].SetCount(len(all))
	if len(all) == 0 {
		k.clear()
	} else {
		k.u.win.SetTitle(fmt.Sprintf("(%d) %s", len(all), title))
		k.show(all)
	}
	k.remind()
}

// ring says nothing about who it is: a notification may stand on a locked screen.
func (k *knocks) ring() {
	if k.u.opt.Chime != nil {
		k.u.opt.Chime()
	}
	note := fyne.NewNotification(title, "Somebody is at the door.")
	act(k.u, k.u.open, "", func(context.Context) error { k.u.app.SendNotification(note); return nil }, func(error) {})
}

// remind tells a dialog, which covers the door, that somebody is there.
func (k *knocks) remind() {
	if d := k.u.dialog; d != nil {
		text := ""
		others := len(k.known)
		if k.known[k.about] {
			others--
		}
		if others > 0 {
			text = "Somebody is at the door. Close this to answer."
		}
		d.Notice(text)
	}
}

func (k *knocks) show(all []app.KnockView) {
	k.cards = map[app.KnockID]*knockCard{}
	col := widget.Col(look.S3)
	for _, v := range all[:min(len(all), knocksShown)] {
		col.Add(k.card(v))
	}
	if more := len(all) - knocksShown; more > 0 {
		col.Add(widget.Stack(widget.NewBox(look.Surface, look.Border, look.RadiusCard),
			widget.PadAll(look.S3, widget.NewText(fmt.Sprintf("and %d more", more), widget.Soft).Centre())))
	}
	k.u.door.Objects = []fyne.CanvasObject{widget.TopRight(420, col)}
	k.u.door.Refresh()
}

func (k *knocks) card(v app.KnockView) fyne.CanvasObject {
	c := &knockCard{view: v, waiting: widget.NewText(timer(v.Waiting), widget.Fine)}
	k.cards[v.ID] = c
	box := widget.NewBox(look.Surface, look.Warn, look.RadiusCard)
	box.Raised = true
	pills := widget.Row(6, widget.NewPill(kindWord(v.Kind), widget.Neutral))
	if v.PIN == app.PINRight {
		pills.Add(widget.NewPill("PIN right", widget.Positive))
	}
	switch {
	case v.OtherKey:
		pills.Add(widget.NewPill("Another device", widget.Negative))
	case v.KnownKey:
		pills.Add(widget.NewPill("Known device", widget.Positive))
	default:
		pills.Add(widget.NewPill("New device", widget.Caution))
	}
	typed := "No name was typed."
	if v.Knock.Name != "" {
		typed = "Typed the name “" + v.Knock.Name + "”."
	}
	body := widget.Col(look.S3,
		widget.Row(look.S3, widget.NewAvatar(v.ClientName, 40), widget.Grow(widget.Col(2,
			widget.NewText(v.ClientName, widget.Header).Cut(), widget.NewText("is at the door · "+modalityWord(v.Wants), widget.Soft).Cut())), c.waiting),
		pills, widget.NewPara(typed, widget.Plain.At(look.Small)).Lines(2))
	if v.OtherKey {
		body.Add(widget.NewPara("This link belongs to a device that was here before, and this is another one. Make sure who it is.", widget.Soft.In(look.Bad)))
	}
	body.Add(widget.Row(look.S2, widget.Grow(widget.NewButton("Deny", "", widget.Secondary, func() { k.deny(v) })),
		widget.Grow(widget.NewButton("Admit", "door", widget.Primary, func() { k.admit(v.ID) }))))
	return widget.Stack(box, widget.PadAll(look.S4, body))
}

// tick counts the waiting.
func (k *knocks) tick() {
	for _, c := range k.cards {
		c.view.Waiting += time.Second
		c.waiting.Set(timer(c.view.Waiting))
	}
}

func (k *knocks) admit(id app.KnockID) {
	if k.asked {
		return
	}
	k.asked = true
	run(k.u, k.u.open, work[*app.Session]{
		what: "Opening the line", keep: true,
		do: func(ctx context.Context) (*app.Session, error) { return k.u.p.Admit(ctx, id) },
		done: func(_ *app.Session, err error) {
			k.asked = false
			if err != nil {
				k.u.complain(err)
			} else if sh := k.u.shell(); sh != nil {
				sh.readRunning()
				sh.room()
			}
			k.refresh()
		},
	})
}

var kindSentences = []string{
	"I am still in another session. Please knock again in ten minutes.",
	"I cannot see you just now. I will write to you today.",
	"This is not our time. Please look at the time we agreed on.",
}

// deny asks for the sentence that the client reads.
func (k *knocks) deny(v app.KnockView) {
	area := widget.NewArea("What the client reads", kindSentences[0], 3).UpTo(8)
	choices := widget.Col(6)
	for _, s := range kindSentences {
		choices.Add(widget.ColStart(0, widget.NewChip(s, func() { area.SetText(s) })))
	}
	cancel := widget.NewButton("Cancel", "", widget.Secondary, k.u.closeDialog)
	send := widget.NewButton("Deny", "", widget.Danger, func() {
		sentence := area.Text
		k.u.closeDialog()
		act(k.u, k.u.open, "", func(ctx context.Context) error { return k.u.p.Deny(ctx, v.ID, sentence) }, func(err error) {
			if err != nil {
				k.u.complain(err)
			}
			k.refresh()
		})
	}).Named("Send and deny")
	k.u.closeDialog()
	k.about = v.ID
	k.u.ask(widget.DialogSpec{
		Icon: "door", Tone: widget.Caution, Title: "Not now", Width: 560,
		Text: "The client reads this sentence. The link stays as it is: they can knock again.",
		Body: widget.Col(look.S3, choices, area), Focus: area, Buttons: []fyne.CanvasObject{cancel, send},
	})
}
