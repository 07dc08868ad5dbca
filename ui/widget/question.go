package widget

import (
	"fmt"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"alcove/ui/look"
)

// Question is one item of a questionnaire: its wording, and a row of answers of which one can be
// chosen, or none. A digit chooses the answer of that value and goes on; Left and Right move
// between answers, Up and Down between questions; Delete takes the answer back.
type Question struct {
	compound
	options []*option
	mark    *Text
	number  int
	// OnAnswer hears of every change.
	OnAnswer func()
	// OnFocus hears that the keyboard came here, so that the question can be scrolled into sight.
	OnFocus func()
	// Go moves to the question that many places on.
	Go func(by int)
}

// Answer is one that can be given.
type Answer struct {
	Value int
	Label string
}

// NewQuestion asks.
func NewQuestion(number int, text string, answers ...Answer) *Question {
	q := &Question{number: number, mark: NewText("", Fine).Right()}
	var kids []Object
	for _, a := range answers {
		o := &option{q: q, value: a.Value, text: NewPara(a.Label, Style{Size: look.Caption, Color: look.Ink}).Centre()}
		o.label = fmt.Sprintf("Question %d, %s", number, a.Label)
		o.tap = func() { q.choose(o, !o.on) }
		o.extend(o)
		q.options = append(q.options, o)
		kids = append(kids, o)
	}
	num := Sized(22, 0, NewText(strconv.Itoa(number), Style{Size: look.Body, Color: look.Faint, Bold: true}))
	q.root = Col(look.S2, RowTop(look.S2, num, Grow(NewPara(text, Plain)), Sized(92, 0, q.mark)),
		Pad(0, 0, 0, 30, &fyne.Container{Layout: &answerRow{}, Objects: kids}))
	q.ExtendBaseWidget(q)
	return q
}

// Value is the value that was chosen, false if none was.
func (q *Question) Value() (int, bool) {
	for _, o := range q.options {
		if o.on {
			return o.value, true
		}
	}
	return 0, false
}

// Focused is what takes the keyboard: the chosen answer, or the first.
func (q *Question) Focused() fyne.Focusable {
	for _, o := range q.options {
		if o.on {
			return o
		}
	}
	return q.options[0]
}

// Point marks the question as not answered yet.
func (q *Question) Point(on bool) {
	text := ""
	if _, ok := q.Value(); on && !ok {
		text = "Not answered"
	}
	q.mark.SetStyle(Style{Size: look.Caption, Color: look.Warn, Bold: true})
	q.mark.Set(text)
}

// choose sets an answer, or takes it back.
func (q *Question) choose(chosen *option, on bool) {
	for _, o := range q.options {
		if was := o.on; was != (on && o == chosen) {
			o.on = !was
			o.Refresh()
		}
	}
	q.mark.Set("")
	if q.OnAnswer != nil {
		q.OnAnswer()
	}
}

func (q *Question) digit(r rune) {
	for _, o := range q.options {
		if r == rune('0'+o.value) && o.value < 10 {
			q.choose(o, true)
			q.move(1)
			return
		}
	}
}

func (q *Question) move(by int) {
	if q.Go != nil {
		q.Go(by)
	}
}

// option is one answer.
type option struct {
	press
	q     *Question
	value int
	text  *Para
	on    bool
}

// FocusGained implements fyne.Focusable.
func (o *option) FocusGained() {
	o.press.FocusGained()
	if o.q.OnFocus != nil {
		o.q.OnFocus()
	}
}

// TypedRune implements fyne.Focusable.
func (o *option) TypedRune(r rune) { Host.Worked(); o.q.digit(r) }

// TypedKey implements fyne.Focusable.
func (o *option) TypedKey(k *fyne.KeyEvent) {
	Host.Worked()
	at := 0
	for i, other := range o.q.options {
		if other == o {
			at = i
		}
	}
	switch k.Name {
	case fyne.KeyLeft:
		o.to(at - 1)
	case fyne.KeyRight:
		o.to(at + 1)
	case fyne.KeyUp:
		o.q.move(-1)
	case fyne.KeyDown:
		o.q.move(1)
	case fyne.KeyDelete, fyne.KeyBackspace:
		o.q.choose(nil, false)
	default:
		o.press.TypedKey(k)
	}
}

func (o *option) to(i int) {
	if c := canvasOf(o); c != nil && i >= 0 && i < len(o.q.options) {
		c.Focus(o.q.options[i])
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (o *option) AccessibilityLabel() string {
	if o.on {
		return o.label + ", chosen"
	}
	return o.label
}

// AccessibilityRole implements fyne.Accessible.
func (o *option) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

const optionPad = 8

// tall is how high the answer is at a width.
func (o *option) tall(w float32) float32 {
	o.text.Resize(fyne.NewSize(w-2*optionPad, o.text.Size().Height))
	return max(34, o.text.MinSize().Height+2*optionPad)
}

// CreateRenderer implements fyne.Widget.
func (o *option) CreateRenderer() fyne.WidgetRenderer {
	r := &optionRenderer{o: o, bg: canvas.NewRectangle(nil), ring: newRing()}
	r.apply()
	return r
}

type optionRenderer struct {
	o        *option
	bg, ring *canvas.Rectangle
}

func (r *optionRenderer) apply() {
	r.bg.CornerRadius, r.bg.StrokeWidth = look.RadiusControl, 1
	r.bg.StrokeColor, r.bg.FillColor = look.Color(look.Outline), look.Color(theme.ColorNameInputBackground)
	style := Style{Size: look.Caption, Color: look.Ink}
	switch {
	case r.o.on:
		r.bg.FillColor, r.bg.StrokeColor = look.Color(look.Accent), look.Color(look.Accent)
		style = Style{Size: look.Caption, Color: look.OnAccent, Bold: true}
	case r.o.hover:
		r.bg.FillColor = look.Color(look.AccentSoft)
	}
	r.o.text.SetStyle(style)
	drawRing(r.ring, r.o.focused)
}

func (r *optionRenderer) Layout(s fyne.Size) {
	r.bg.Resize(s)
	layRing(r.ring, s, look.RadiusControl)
	h := r.o.text.MinSize().Height
	r.o.text.Resize(fyne.NewSize(s.Width-2*optionPad, h))
	r.o.text.Move(fyne.NewPos(optionPad, (s.Height-h)/2))
}

func (r *optionRenderer) MinSize() fyne.Size { return fyne.NewSize(40, 34) }
func (r *optionRenderer) Refresh()           { r.apply(); r.Layout(r.o.Size()); canvas.Refresh(r.o) }
func (r *optionRenderer) Destroy()           {}

func (r *optionRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.bg, r.o.text, r.ring}
}

// answerRow lays answers side by side, all of one width and height, and under each other where
// that would leave them too narrow to read.
type answerRow struct {
	h float32 // at the last width
}

const (
	answerGap   float32 = 6
	answerLeast float32 = 88
)

func (l *answerRow) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(120, max(34, l.h))
}

func (l *answerRow) Layout(kids []fyne.CanvasObject, s fyne.Size) {
	n := float32(len(kids))
	w := (s.Width - answerGap*(n-1)) / n
	beside := w >= answerLeast
	if !beside {
		w = s.Width
	}
	h := float32(0)
	for _, k := range kids {
		h = max(h, k.(*option).tall(w))
	}
	for i, k := range kids {
		at := fyne.NewPos(float32(i)*(w+answerGap), 0)
		if !beside {
			at = fyne.NewPos(0, float32(i)*(h+answerGap))
		}
		k.Move(at)
		k.Resize(fyne.NewSize(w, h))
	}
	l.h = h
	if !beside {
		l.h = n*(h+answerGap) - answerGap
	}
}

// Choose sets the answer of that value without telling.
func (q *Question) Choose(value int) {
	for _, o := range q.options {
		o.on = o.value == value
		o.Refresh()
	}
}
