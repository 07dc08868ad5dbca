package ui

import (
	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// newPassphrase asks for a new passphrase twice, and says how good it is while it is typed.
type newPassphrase struct {
	first, again *widget.Entry
	bar          *widget.Bar
	word         *widget.Text
	advice       *widget.Para
	body         *fyne.Container
	hints        func() []string
	ready        func(bool)
}

// newNewPassphrase calls ready whenever it becomes good enough, or no longer is.
func newNewPassphrase(hints func() []string, ready func(bool)) *newPassphrase {
	n := &newPassphrase{
		first: widget.NewSecret("New passphrase", ""), again: widget.NewSecret("The same once more", ""),
		bar: widget.NewBar(), word: widget.NewText("", widget.Fine),
		advice: widget.NewPara("", widget.Fine), hints: hints, ready: ready,
	}
	n.first.OnChanged = func(string) { n.judge() }
	n.again.OnChanged = func(string) { n.judge() }
	n.body = widget.Col(look.S4,
		widget.Col(look.S1, widget.NewText("New passphrase", widget.FieldTag), n.first,
			widget.Row(look.S3, widget.Grow(n.bar), widget.Sized(80, 0, n.word.Right())), n.advice),
		widget.Col(look.S1, widget.NewText("The same once more", widget.FieldTag), n.again),
	)
	n.judge()
	return n
}

var strengthWords = []struct {
	word string
	tone widget.Tone
}{{"Very weak", widget.Negative}, {"Weak", widget.Negative}, {"Fair", widget.Caution}, {"Good", widget.Positive}, {"Strong", widget.Positive}}

func (n *newPassphrase) judge() {
	if n.first.Text == "" {
		n.bar.Set(0, widget.Neutral)
		n.word.Set("")
		n.advice.Set("Four or five unrelated words are strong and can be remembered. It cannot be reset by anyone.")
		n.ready(false)
		return
	}
	p := n.passphrase()
	defer p.Wipe()
	s := app.JudgePassphrase(p, n.hints()...)
	w := strengthWords[min(max(s.Score, 0), 4)]
	n.bar.Set(float32(s.Score+1)/5, w.tone)
	n.word.Set(w.word)
	switch {
	case !s.OK:
		n.advice.Set(s.Advice)
	case n.again.Text == "":
		n.advice.Set("Good. Now type it once more below.")
	case n.again.Text != n.first.Text:
		n.advice.Set("The two are not the same yet.")
	default:
		n.advice.Set("Both are the same.")
	}
	n.body.Refresh()
	n.ready(s.OK && n.again.Text == n.first.Text)
}

// passphrase is a fresh copy of what was typed. Fyne keeps a field's text in strings, which
// cannot be wiped: forget lets go of them at least.
func (n *newPassphrase) passphrase() app.Passphrase { return app.NewPassphrase([]byte(n.first.Text)) }

func (n *newPassphrase) forget() {
	n.first.SetText("")
	n.again.SetText("")
}
