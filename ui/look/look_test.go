package look

import (
	"image/color"
	"io/fs"
	"math"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		f := float64(v) / 65535
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast holds every pair that carries text to WCAG 2.2, 1.4.3 (4.5 to 1), and the
// focus ring and the line around a field to 1.4.11 (3 to 1).
func TestContrast(t *testing.T) {
	text := [][2]fyne.ThemeColorName{
		{Ink, Background},
		{Ink, Surface},
		{Ink, Sunken},
		{Ink, Selected},
		{Ink, Mark},
		{Muted, Background},
		{Muted, Surface},
		{Muted, Sunken},
		{Muted, Selected},
		{Faint, Surface},
		{Faint, Sunken},
		{Accent, Surface},
		{Accent, AccentSoft},
		{OnAccent, Accent},
		{Good, GoodSoft},
		{Warn, WarnSoft},
		{Bad, BadSoft},
		{Good, Surface},
		{Good, Bands[0]},
		{Good, Bands[1]},
		{Good, Bands[2]},
		{Bad, Bands[2]},
		{Bad, Bands[3]},
		{Bad, Bands[4]},
		{Bad, Surface},
		{Ink, WarnSoft},
		{Ink, BadSoft},
		{OnBad, Bad},
		{RailIcon, Rail},
		{RailText, RailOn},
		{OnBadge, Badge},
		{StageText, Stage},
		{StageMuted, Stage},
		{StageText, StageControl},
		{StageText, HangUp},
		{OnMine, Mine},
		{theme.ColorNamePlaceHolder, theme.ColorNameInputBackground},
	}
	for v, name := range map[fyne.ThemeVariant]string{theme.VariantLight: "light", theme.VariantDark: "dark"} {
		th := New("")
		for _, p := range text {
			if c := contrast(th.Color(p[0], v), th.Color(p[1], v)); c < 4.5 {
				t.Errorf("%s: %s on %s is %.2f", name, p[0], p[1], c)
			}
		}
		for _, ground := range []fyne.ThemeColorName{Surface, Background, Rail, Stage} {
			if c := contrast(th.Color(Ring, v), th.Color(ground, v)); c < 3 {
				t.Errorf("%s: the focus ring on %s is %.2f", name, ground, c)
			}
		}
		for _, ground := range []fyne.ThemeColorName{theme.ColorNameInputBackground, Surface, Background, WarnSoft} {
			if c := contrast(th.Color(theme.ColorNameInputBorder, v), th.Color(ground, v)); c < 3 {
				t.Errorf("%s: the line around a field on %s is %.2f", name, ground, c)
			}
		}
		for i, tint := range tints {
			if contrast(tint.letter.light, tint.ground.light) < 4.5 || contrast(tint.letter.dark, tint.ground.dark) < 4.5 {
				t.Errorf("tint %d cannot be read", i)
			}
		}
	}
}

// TestIcons draws every icon of the folder in a colour and looks for it.
func TestIcons(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(New("light"))
	files, err := fs.Glob(os.DirFS("../../assets/icons"), "*.svg")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d icons, %v", len(files), err)
	}
	for _, f := range files {
		r := Icon(strings.TrimSuffix(f, ".svg"), Accent)
		if strings.Contains(string(r.Content()), "currentColor") || !strings.Contains(string(r.Content()), "#1d6b62") {
			t.Errorf("%s keeps its colour to itself", f)
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Amara Nwosu": "AN", "łucja  maria zielińska": "ŁZ", "": "?", "Jo": "J", "A. N.": "AN", "A.M.V.": "AV", "Dr. Maren Holt": "MH", "Prof. Dr. Ada Bo": "AB", "Sam O'Connor Jr.": "SO", "Dr.": "D", "🙂 Smith": "🙂S",
	} {
		if got := Initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
