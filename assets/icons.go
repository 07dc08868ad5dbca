package assets

import "embed"

//go:embed icons/*.svg
var icons embed.FS

// Icon is the SVG of that name, drawn on a 24-unit grid in currentColor. It panics for a name
// that is not in the folder: names are written in code, never read.
func Icon(name string) []byte {
	b, err := icons.ReadFile("icons/" + name + ".svg")
	if err != nil {
		panic("assets: no icon " + name)
	}
	return b
}

//go:embed icon.png
var appIcon []byte

// AppIcon is the program's own icon, a PNG: what a window shows in a task bar.
func AppIcon() []byte { return appIcon }
