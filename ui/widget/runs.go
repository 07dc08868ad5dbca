package widget

import (
	"strings"

	"fyne.io/fyne/v2"

	"alcove/ui/look"
)

// tint is a stretch of a Para with a ground of its own, perhaps struck through.
type tint struct {
	from, to int // bytes
	fill     fyne.ThemeColorName
	strike   fyne.ThemeColorName // "" for none
}

// Run is a stretch of a text that came, went, or stayed.
type Run struct {
	Text       string
	Came, Went bool
}

// NewRuns is a text with what came on a green ground, and what went on a red one and struck through.
func NewRuns(runs []Run) *Para {
	var b strings.Builder
	p := NewPara("", Plain)
	for _, r := range runs {
		from := b.Len()
		b.WriteString(r.Text)
		switch {
		case r.Came:
			p.tints = append(p.tints, tint{from, b.Len(), look.GoodSoft, ""})
		case r.Went:
			p.tints = append(p.tints, tint{from, b.Len(), look.BadSoft, look.Bad})
		}
	}
	p.text = b.String()
	p.Refresh()
	return p
}
