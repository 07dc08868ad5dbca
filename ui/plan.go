package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/safety"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// planPage is a version to be read: six steps, as on a page.
func planPage(steps safety.Steps) *fyne.Container {
	page := widget.Col(look.S5)
	for i, form := range safety.Forms() {
		lines := widget.Col(look.S2)
		for _, l := range steps[i] {
			lines.Add(planLine(l, widget.Plain))
		}
		if len(steps[i]) == 0 {
			lines.Add(widget.NewPara("Nothing yet.", widget.Soft))
		}
		page.Add(planStep(i, form.Heading, lines))
	}
	return page
}

func planStep(i int, heading string, body fyne.CanvasObject) fyne.CanvasObject {
	mark := widget.Sized(28, 28, widget.Stack(widget.NewBox(look.AccentSoft, "", 14), widget.NewText(strconv.Itoa(i+1), widget.Strong.In(look.Accent)).Centre()))
	return widget.RowTop(look.S3, mark, widget.Grow(widget.Pad(3, 0, 0, 0, widget.Col(look.S2, widget.NewPara(heading, widget.Strong), body))))
}

// planLine is a line; a number stands under its name, where the thumb looks for it.
func planLine(l safety.Line, style widget.Style) fyne.CanvasObject {
	if l.Phone == "" {
		return widget.NewPara(l.Text, style)
	}
	phone := widget.NewPara(l.Phone, widget.Style{Size: look.Heading, Color: style.Color, Bold: true})
	if l.Text == "" {
		return phone
	}
	return widget.Col(1, widget.NewPara(l.Text, style), phone)
}

// planChanges shows what became of each line from one version to the next.
func planChanges(before, after safety.Steps) *fyne.Container {
	page := widget.Col(look.S5)
	all := safety.Diff(before, after)
	if before.Same(after) {
		page.Add(widget.NewBanner("Gone over, and nothing was changed.", widget.Positive))
	}
	for i, form := range safety.Forms() {
		lines := widget.Col(look.S2)
		for _, l := range all[i] {
			lines.Add(changedLine(l))
		}
		if len(all[i]) == 0 {
			lines.Add(widget.NewPara("Nothing in either.", widget.Soft))
		}
		page.Add(planStep(i, form.Heading, lines))
	}
	return page
}

// changedLine says in words what the colour says too.
func changedLine(l safety.DiffLine) fyne.CanvasObject {
	word, style, ground := "", widget.Plain, fyne.ThemeColorName("")
	switch l.Change {
	case safety.Added:
		word, ground = "New", look.GoodSoft
	case safety.Removed:
		word, style, ground = "Taken out", widget.Plain.In(look.Muted), look.BadSoft
	case safety.Kept:
		return planLine(l.Line, style)
	}
	return widget.Stack(widget.NewBox(ground, "", 6), widget.Pad(6, 10, 6, 10, widget.Col(1, widget.NewText(word, widget.Fine.In(look.Muted)), planLine(l.Line, style))))
}

// reviewWord says when the plan is to be gone over again.
func reviewWord(u *UI, p app.SafetyPlan) (string, widget.Tone) {
	if p.Due(u.follow.now()) {
		return "Review due", widget.Caution
	}
	return "Review by " + p.Review.Local().Format("2 Jan 2006"), widget.Neutral
}
