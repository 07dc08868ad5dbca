package look

import (
	"bytes"
	"fmt"

	"fyne.io/fyne/v2"

	"alcove/assets"
)

// Icon is one of our icons in a token's present colour. Fyne recolours fills alone, and ours
// are strokes: so the colour is written into the drawing, and into its name, by which Fyne
// remembers what it rendered. A widget asks again whenever it is refreshed.
func Icon(name string, c fyne.ThemeColorName) fyne.Resource {
	r, g, b, _ := Color(c).RGBA()
	ink := fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
	svg := bytes.ReplaceAll(assets.Icon(name), []byte("currentColor"), []byte(ink))
	return fyne.NewStaticResource(name+ink[1:]+".svg", svg)
}
