package ui

import (
	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// problem says in words why the app cannot go on, and what can be done.
type problem struct {
	u    *UI
	text string
	root fyne.CanvasObject
}

func newProblem(u *UI, err error) *problem {
	p := &problem{u: u, text: app.Explain(err)}
	p.root = front(panel("Alcove cannot start", "Nothing was changed or overwritten.",
		widget.NewBanner(p.text, widget.Caution),
		widget.NewPara("Profile: "+u.opt.Profile, widget.Fine),
		widget.Row(look.S3, widget.Gap(), widget.NewButton("Close Alcove", "", widget.Primary, u.app.Quit).Tall())))
	return p
}

func (p *problem) Name() string              { return "problem" }
func (p *problem) Object() fyne.CanvasObject { return p.root }
func (p *problem) Changed(app.Event)         {}
func (p *problem) Leave()                    {}
