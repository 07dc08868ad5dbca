package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// verifyBar stands across the room while nobody has made sure that no one sits between the
// two. It cannot be closed: the code is typed, or the therapist says that they go on without.
type verifyBar struct {
	r     *room
	code  *widget.Code
	text  *widget.Para
	head  *widget.Text
	wrong int
	asked bool // to type the code after all
	root  *fyne.Container
}

func newVerifyBar(r *room) *verifyBar {
	b := &verifyBar{r: r, text: widget.NewPara("", widget.Plain.At(look.Small)), head: widget.NewText("", widget.Header)}
	b.code = widget.NewCode("Spoken code", func(code string) { r.s.TypeCode(code) })
	without := widget.NewButton("Go on unverified", "", widget.Secondary, b.goOn)
	b.root = widget.Stack(widget.NewBox(look.WarnSoft, look.Warn, look.RadiusCard), widget.Pad(look.S3, look.S4, look.S3, look.S4,
		widget.Aside(200, look.S3, widget.Row(look.S4, widget.NewIcon("shield-warn", look.Warn, 30), widget.Grow(widget.Col(2, b.head, b.text))),
			widget.Flow(look.S4, b.code, without))))
	b.root.Hide()
	return b
}

const (
	codeSpoken  = "Ask your client to read the six digits on their screen aloud, and type what you hear."
	codeWritten = "Ask your client for the six digits by phone or in person, not in this chat."
)

func (b *verifyBar) show(v app.SessionView) {
	was := b.root.Visible()
	on := v.CodeNeeded || b.asked && v.Trust == app.TrustAccepted && v.Phase != app.SessionEnded
	setShown(b.root, on)
	if !on {
		return
	}
	b.head.Set("Unverified: is it really your client?")
	if v.WrongCodes == 0 {
		b.text.SetStyle(widget.Plain.At(look.Small))
		if v.Modality == app.ModalityText {
			b.text.Set(codeWritten)
		} else {
			b.text.Set(codeSpoken)
		}
	} else {
		b.text.SetStyle(widget.Style{Size: look.Small, Color: look.Bad, Bold: true})
		b.text.Set(fmt.Sprintf("That is not the code (%s). Ask again. If it stays wrong, somebody may sit between you: end the session.", tries(v.WrongCodes)))
	}
	if v.WrongCodes != b.wrong {
		b.wrong = v.WrongCodes
		b.code.Clear(true)
	}
	if !was && b.r.u.dialog == nil && b.r.u.win.Canvas().Focused() == nil {
		b.r.u.win.Canvas().Focus(b.code)
	}
}

func (b *verifyBar) goOn() {
	if b.asked {
		b.asked = false
		b.r.show()
		return
	}
	b.r.u.confirm("Go on unverified?", "Only you can tell whether voice and face are your client’s. Until the code is typed, nothing proves that nobody listens in between. The audit log keeps that you decided so.",
		"Go on unverified", widget.Danger, b.r.s.GoOnUnverified)
}

// after brings the bar back once the therapist has gone on without the code.
func (b *verifyBar) after() {
	b.asked = true
	b.r.show()
	b.r.u.win.Canvas().Focus(b.code)
}

func tries(n int) string {
	if n == 1 {
		return "1 wrong try"
	}
	return fmt.Sprintf("%d wrong tries", n)
}
