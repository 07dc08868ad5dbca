package ui

import (
	"fyne.io/fyne/v2"

	"alcove/ui/look"
	"alcove/ui/widget"
)

// front is the page of a shut vault: on the left what Alcove is, on the right what to do now.
func front(body fyne.CanvasObject) fyne.CanvasObject {
	return widget.RowFill(0, widget.Sized(400, 0, brand()), widget.Grow(widget.NewVScroll(
		widget.Pad(104, look.S8, look.S8, look.S8, widget.Measure(480, body)))))
}

func brand() fyne.CanvasObject {
	line := func(icon, head, text string) fyne.CanvasObject {
		return widget.RowTop(look.S3, widget.NewIcon(icon, look.RailText, 22), widget.Grow(widget.Col(2,
			widget.NewText(head, widget.Strong.In(look.RailText)),
			widget.NewPara(text, widget.Soft.In(look.RailIcon)))))
	}
	return widget.On(look.Rail, widget.Pad(44, 40, 32, 40, widget.Col(look.S6,
		widget.Row(look.S3, widget.IconTile("mark", look.RailText, look.RailOn, 44),
			widget.NewText(title, widget.Huge.In(look.RailText))),
		widget.NewPara("A private room for therapy: your caseload, your notes and the line to your clients, on your own machine.",
			widget.Plain.In(look.RailText).At(look.Heading)),
		widget.Space(0, look.S2),
		line("lock", "Sealed", "Every record is encrypted on this machine. Opening it takes your passphrase and a secret in this computer’s keychain."),
		line("shield", "Between two people", "Voice, picture and chat go straight from you to your client, end to end encrypted. Nobody in between can read them."),
		line("door", "They knock, you admit", "A client opens a link in any browser. Nobody comes in before you say so."),
		widget.Gap(),
	)))
}

// panel is one step of a front page.
func panel(head, text string, kids ...fyne.CanvasObject) fyne.CanvasObject {
	top := widget.Col(look.S2, widget.NewText(head, widget.Huge).Cut(), widget.NewPara(text, widget.Plain.In(look.Muted)))
	return widget.Col(look.S5, append([]fyne.CanvasObject{top}, kids...)...)
}

// steps shows how far set-up has come.
func steps(at int, names ...string) fyne.CanvasObject {
	var kids []fyne.CanvasObject
	for i, n := range names {
		style, fill := widget.Fine, look.Border
		if i <= at {
			fill = look.Accent
		}
		if i == at {
			style = widget.Style{Size: look.Caption, Color: look.Accent, Bold: true}
		}
		kids = append(kids, widget.Grow(widget.Col(6, widget.Sized(0, 3, widget.NewBox(fill, "", 1.5)), widget.NewText(n, style).Cut())))
	}
	return widget.Row(look.S2, kids...)
}
