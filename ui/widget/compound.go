package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// compound is a widget put together from others. A struct that merely embeds a container would
// not be drawn: Fyne knows widgets and containers by their type.
type compound struct {
	widget.BaseWidget
	root *fyne.Container
}

// CreateRenderer implements fyne.Widget.
func (c *compound) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.root) }

func (c *compound) inside() Object { return c.root }

// Refresh implements fyne.CanvasObject.
func (c *compound) Refresh() {
	c.root.Refresh()
	c.BaseWidget.Refresh()
}

// setVisible hides a part or shows it.
func setVisible(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}
