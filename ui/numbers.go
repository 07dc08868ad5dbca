package ui

import (
	"fyne.io/fyne/v2"

	"alcove/app/safety"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// numbersBox shows whom to call for a place: emergency numbers first, then lines, then what is to be
// known about them. large is for a glance from afar.
func numbersBox(u *UI, n safety.Numbers, large bool) *fyne.Container {
	if n.Name == "" {
		return widget.Col(look.S2, widget.NewPara("The emergency and crisis numbers of that place appear here.", widget.Soft))
	}
	figure := widget.Style{Size: look.Heading, Color: look.Ink, Bold: true}
	if large {
		figure.Size = look.Display
	}
	col := widget.Col(look.S2)
	for _, one := range n.Emergency {
		col.Add(widget.Row(look.S3, widget.NewText(one.Call, figure.In(look.Bad)), widget.Grow(widget.NewText(one.Name, widget.Soft).Cut())))
	}
	if large {
		figure.Size = look.Title
	}
	for _, one := range n.Lines {
		col.Add(numberLine(one, figure))
	}
	for _, note := range n.Notes {
		col.Add(widget.NewPara(note, widget.Plain.At(look.Small)))
	}
	if n.Known && len(n.Notes) == 0 {
		col.Add(widget.NewPara(safety.Elsewhere, widget.Fine))
	}
	text, tone := aged(u, n)
	if text != "" {
		col.Add(widget.NewPara(text, tone))
	}
	return col
}

func numberLine(n safety.Number, figure widget.Style) fyne.CanvasObject {
	call := n.Call
	switch {
	case call == "":
		call = n.Text
	case n.Text != "" && n.Text != n.Call:
		call += " · text " + n.Text
	}
	how := ""
	switch n.Text {
	case "":
	case n.Call:
		how = "call or text"
	default:
		if n.Call == "" {
			how = "text"
		}
	}
	return widget.Col(1, widget.NewPara(call, figure), widget.NewPara(dots(n.Name, how, n.Hours), widget.Soft))
}

// aged says how old the numbers are, and in what tone.
func aged(u *UI, n safety.Numbers) (string, widget.Style) {
	whose := "Checked "
	if n.Ours {
		whose = "Your own entry among them. Checked "
	}
	switch {
	case n.Checked.IsZero():
		return "", widget.Fine
	case n.Stale(u.follow.now()):
		return whose + n.Checked.Format("January 2006") + ": that is long ago. Check them before you rely on them.", widget.Fine.In(look.Warn)
	}
	return whose + n.Checked.Format("January 2006") + ".", widget.Fine
}
