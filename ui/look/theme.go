// Package look is how Alcove looks: its colours, sizes, letters and icons, in a light and a
// dark variant. Screens name a token and never a colour.
package look

import (
	"image/color"

	"eliasnaur.com/font/roboto/robotobolditalic"
	"eliasnaur.com/font/roboto/robotoitalic"
	"eliasnaur.com/font/roboto/robotomedium"
	"eliasnaur.com/font/roboto/robotoregular"
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

var (
	regular    = fyne.NewStaticResource("Roboto-Regular.ttf", robotoregular.TTF)
	medium     = fyne.NewStaticResource("Roboto-Medium.ttf", robotomedium.TTF)
	italic     = fyne.NewStaticResource("Roboto-Italic.ttf", robotoitalic.TTF)
	boldItalic = fyne.NewStaticResource("Roboto-BoldItalic.ttf", robotobolditalic.TTF)
)

// Theme is Alcove's own. The zero value follows the desktop's variant.
type Theme struct{ force string }

// New makes the theme of a profile's setting: "light", "dark", or "" to follow the desktop.
func New(setting string) *Theme { return &Theme{force: setting} }

func (t *Theme) variant(v fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.force {
	case "light":
		return theme.VariantLight
	case "dark":
		return theme.VariantDark
	}
	return v
}

// Color implements fyne.Theme.
func (t *Theme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	v = t.variant(v)
	s, ok := palette[n]
	switch {
	case !ok:
		return theme.DefaultTheme().Color(n, v)
	case v == theme.VariantDark:
		return s.dark
	}
	return s.light
}

// Font implements fyne.Theme. Bold is Roboto Medium: at these sizes 700 shouts. Because the
// letters come through the theme, Fyne adds its emoji and system fallbacks to them, which it
// does not for a text that carries its own font.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace, s.Symbol:
		return theme.DefaultTheme().Font(s)
	case s.Bold && s.Italic:
		return boldItalic
	case s.Bold:
		return medium
	case s.Italic:
		return italic
	}
	return regular
}

// Icon implements fyne.Theme, for the few stock parts that name an icon of Fyne's.
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource {
	switch n {
	case theme.IconNameVisibility:
		return Icon("eye", Muted)
	case theme.IconNameVisibilityOff:
		return Icon("eye-off", Muted)
	case theme.IconNameArrowDropDown:
		return Icon("down", Muted)
	}
	return theme.DefaultTheme().Icon(n)
}

// Size implements fyne.Theme.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	if s, ok := sizes[n]; ok {
		return s
	}
	return theme.DefaultTheme().Size(n)
}

// Dark tells which variant is shown just now.
func Dark() bool { return Color(Background) == palette[Background].dark }

// Color is a token's value in the variant shown just now.
func Color(n fyne.ThemeColorName) color.Color { return theme.Color(n) }
