package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// typing is a text while it is typed and kept on the way: it says why that fails, for as long as it does.
type typing struct {
	u      *UI
	of     app.Writing
	banner *widget.Banner
	bar    *fyne.Container // the same over a page, where no scrolling hides it
	ended  bool            // nothing more is kept: it is being saved, or goes
}

func newTyping(u *UI, of app.Writing) *typing {
	t := &typing{u: u, of: of, banner: widget.NewBanner("", widget.Negative)}
	t.bar = widget.Pad(look.S3, look.S6, look.S3, look.S6, t.banner)
	t.say()
	return t
}

func (t *typing) say() {
	t.banner.Say(t.u.p.WritingProblem(t.of), widget.Negative)
	t.bar.Hidden = !t.banner.Visible()
}

func (t *typing) changed(e app.Event) {
	if e.Kind == app.WritingChanged && e.ID == t.of.Of {
		t.say()
		t.u.reflow()
	}
}

// discard throws away what was typed.
func (t *typing) discard(life *scope, then func()) {
	t.ended = true
	act(t.u, life, "Discarding", func(ctx context.Context) error { return t.u.p.LetGo(ctx, t.of) }, func(err error) {
		if t.ended = err == nil; err != nil {
			t.u.complain(err)
			return
		}
		then()
	})
}

// backAgain stands over a form that was left without saving at a time; the zero time hides it.
func backAgain(u *UI, at time.Time) *widget.Banner {
	b := widget.NewBanner("", widget.Active)
	if at.IsZero() {
		b.Hide()
		return b
	}
	day, near := dayInside(at, u.follow.now())
	if !near {
		day = "on " + day
	}
	b.Say("What you began here "+day+" at "+clockTime(at)+" was not saved yet. It is back as you left it.", widget.Active)
	return b
}

// keptMeanwhile is said under every field of such a question.
const keptMeanwhile = "Until then what you write is kept, also when you close this."

// wordingSpec is a question that is answered with words of one's own.
type wordingSpec struct {
	of          app.Writing
	icon        string
	tone        widget.Tone
	title, text string
	above       []fyne.CanvasObject // what the words are about
	label, hint string
	rows        int    // at first; it grows
	long        bool   // it may be of many pages
	lost        string // by throwing it away
	yes, deed   string // the button, and its icon
	kind        widget.Kind
	doing, said string
	do          func(context.Context, string) error
	closed      func() // nil for nothing
}

// words is a field of either length.
type words interface {
	fyne.CanvasObject
	Text() string
	SetText(string)
	SetEnabled(bool)
	End()
}

type shortWords struct{ *widget.Entry }

func (s shortWords) Text() string { return s.Entry.Text }

// wording asks it. What is typed is kept on the way: closing the question or a lock leaves it for the next time, until it is
// what it was to be, or thrown away by name.
type wording struct {
	wordingSpec
	u       *UI
	area    words
	under   *widget.Para // the hint, or what needs another look
	send    *widget.Button
	discard *widget.Button
	typing  *typing
}

// askWords asks with what was being written.
func (u *UI) askWords(s wordingSpec) {
	run(u, u.open, work[app.Written]{
		what: "Opening", do: func(ctx context.Context) (app.Written, error) { return u.p.Written(ctx, s.of) },
		done: func(w app.Written, err error) {
			switch {
			case err != nil:
				u.complain(err)
			case u.wording == nil: // else the second of two clicks
				newWording(u, s, w.Text)
			}
		},
	})
}

func newWording(u *UI, s wordingSpec, text string) {
	w := &wording{wordingSpec: s, u: u, under: widget.NewPara(s.hint, widget.Fine), typing: newTyping(u, s.of)}
	u.wording = w
	field := w.field(text)
	w.discard = widget.NewButton("Discard", "", widget.Secondary, w.throwAway).Named("Discard: " + s.label)
	w.send = widget.NewButton(s.yes, s.deed, s.kind, w.answer)
	w.enable(true)
	u.over(widget.DialogSpec{
		Icon: s.icon, Tone: s.tone, Title: s.title, Text: s.text, Width: 600,
		Body: widget.Col(look.S3, append(s.above, w.typing.banner, widget.Col(look.S1, widget.NewText(s.label, widget.FieldTag),
			field, w.under))...),
		Buttons: []fyne.CanvasObject{w.discard, widget.NewButton("Close", "", widget.Secondary, u.closeDialog), w.send},
	}, w.leave)
	w.area.End()
}

// field makes the area; what grows longer than fits is scrolled.
func (w *wording) field(text string) fyne.CanvasObject {
	if w.long {
		a := widget.NewLongArea(w.label, "", text, w.rows)
		a.OnChanged, a.Limit = w.typed, app.RoomFor
		w.area = a
		return widget.Sized(0, 240, widget.NewVScroll(widget.Pad(2, look.S3, 2, 2, a)))
	}
	e := widget.NewArea(w.label, text, w.rows).UpTo(8)
	e.OnChanged = w.typed
	w.area = shortWords{e}
	return e
}

func (w *wording) typed(text string) {
	if w.typing.ended {
		return
	}
	w.u.p.Write(w.of, text)
	w.advise(w.hint, widget.Fine)
	w.discard.SetEnabled(strings.TrimSpace(text) != "")
}

func (w *wording) advise(text string, style widget.Style) {
	if text != w.under.Text() {
		w.under.SetStyle(style)
		w.under.Set(text)
		w.u.reflow()
	}
}

// leave lets go of the words: they are kept.
func (w *wording) leave() {
	w.typing.ended = true
	w.area.SetText("")
	w.u.wording = nil
	if w.closed != nil {
		w.closed()
	}
}

func (w *wording) enable(on bool) {
	w.area.SetEnabled(on)
	w.send.SetEnabled(on)
	w.discard.SetEnabled(on && strings.TrimSpace(w.area.Text()) != "")
}

// end sends what ends it, and nothing can be typed meanwhile: it would be neither sent nor kept.
func (w *wording) end(what, said string, do func(context.Context) error) {
	w.enable(false)
	act(w.u, w.u.open, what, do, func(err error) {
		w.enable(true)
		var bad *app.FieldError
		switch {
		case errors.As(err, &bad):
			w.advise(bad.Advice, widget.Fine.In(look.Bad))
		case err != nil:
			w.u.complain(err)
		default:
			if w.u.wording == w {
				w.u.closeDialog()
			}
			w.u.say(said)
		}
	})
}

func (w *wording) answer() {
	text := w.area.Text()
	w.end(w.doing, w.said, func(ctx context.Context) error { return w.do(ctx, text) })
}

// throwAway asks before it does.
func (w *wording) throwAway() {
	w.u.over(w.u.question("Discard what you wrote?", w.lost, "Discard", widget.Danger, func() {
		w.end("Discarding", "Discarded", func(ctx context.Context) error { return w.u.p.LetGo(ctx, w.of) })
	}), nil)
}
