package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// What charts are drawn with: each is placed once, and thrown away when the chart is drawn anew.

func stroke(a, b fyne.Position, width float32, c color.Color) *canvas.Line {
	l := canvas.NewLine(c)
	l.StrokeWidth, l.Position1, l.Position2 = width, a, b
	return l
}

func disc(at fyne.Position, radius float32, fill, line color.Color, width float32) *canvas.Circle {
	c := canvas.NewCircle(fill)
	c.StrokeColor, c.StrokeWidth = line, width
	c.Move(at.SubtractXY(radius, radius))
	c.Resize(fyne.NewSquareSize(2 * radius))
	return c
}

func slab(x, y, w, h float32, fill color.Color) *canvas.Rectangle {
	r := canvas.NewRectangle(fill)
	r.Move(fyne.NewPos(x, y))
	r.Resize(fyne.NewSize(w, h))
	return r
}

// letters is a text in a style, with the size it takes.
func letters(text string, s Style, c color.Color) (*canvas.Text, fyne.Size) {
	t := canvas.NewText(text, c)
	t.TextSize, t.TextStyle = fyne.CurrentApp().Settings().Theme().Size(s.Size), s.text()
	m := t.MinSize()
	t.Resize(m)
	return t, m
}
