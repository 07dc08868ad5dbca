package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Colours of our own beside Fyne's. Every one has a light and a dark value in palette.
const (
	Background = theme.ColorNameBackground
	Surface    = fyne.ThemeColorName("alcoveSurface")  // cards, columns
	Sunken     = fyne.ThemeColorName("alcoveSunken")   // a field inside a card
	Border     = fyne.ThemeColorName("alcoveBorder")   // hairlines
	Outline    = fyne.ThemeColorName("alcoveOutline")  // around what its word alone would show, a button or a chip
	Ink        = theme.ColorNameForeground             // what is read
	Muted      = fyne.ThemeColorName("alcoveMuted")    // what explains
	Faint      = fyne.ThemeColorName("alcoveFaint")    // what dates and counts
	Accent     = theme.ColorNamePrimary                // what can be done
	OnAccent   = theme.ColorNameForegroundOnPrimary    // text on Accent
	AccentSoft = fyne.ThemeColorName("alcoveAccSoft")  // a chosen chip
	Selected   = fyne.ThemeColorName("alcoveSelected") // a chosen row

	Good     = theme.ColorNameSuccess
	GoodSoft = fyne.ThemeColorName("alcoveGoodSoft")
	Warn     = theme.ColorNameWarning
	WarnSoft = fyne.ThemeColorName("alcoveWarnSoft")
	Bad      = theme.ColorNameError
	OnBad    = theme.ColorNameForegroundOnError
	BadSoft  = fyne.ThemeColorName("alcoveBadSoft")
	Mark     = fyne.ThemeColorName("alcoveMark") // behind a search hit

	Rail     = fyne.ThemeColorName("alcoveRail")
	RailIcon = fyne.ThemeColorName("alcoveRailIcon")
	RailOn   = fyne.ThemeColorName("alcoveRailOn")
	RailText = fyne.ThemeColorName("alcoveRailText")
	Badge    = fyne.ThemeColorName("alcoveBadge")
	OnBadge  = fyne.ThemeColorName("alcoveOnBadge")

	// The stage is dark in both variants: a picture is judged against dark.
	Stage        = fyne.ThemeColorName("alcoveStage")
	StagePicture = fyne.ThemeColorName("alcoveStagePicture")
	StageControl = fyne.ThemeColorName("alcoveStageControl")
	StageOff     = fyne.ThemeColorName("alcoveStageOff") // a control that is switched off
	StageText    = fyne.ThemeColorName("alcoveStageText")
	StageMuted   = fyne.ThemeColorName("alcoveStageMuted")
	StageGlass   = fyne.ThemeColorName("alcoveStageGlass")
	HangUp       = fyne.ThemeColorName("alcoveHangUp")

	Mine   = fyne.ThemeColorName("alcoveMine") // our own chat bubble
	OnMine = fyne.ThemeColorName("alcoveOnMine")
	Ring   = fyne.ThemeColorName("alcoveRing") // the focus ring: seen on every ground
)

// Bands are the grounds of a chart, from the best to the worst.
var Bands = [5]fyne.ThemeColorName{"alcoveBand0", "alcoveBand1", "alcoveBand2", "alcoveBand3", "alcoveBand4"}

// Sizes of text.
const (
	Micro   = fyne.ThemeSizeName("alcoveMicro")   // 11
	Caption = theme.SizeNameCaptionText           // 12
	Small   = fyne.ThemeSizeName("alcoveSmall")   // 13
	Body    = theme.SizeNameText                  // 14
	Heading = theme.SizeNameSubHeadingText        // 16
	Title   = theme.SizeNameHeadingText           // 21
	Display = fyne.ThemeSizeName("alcoveDisplay") // 28
)

// Space between things, in units of 4.
const (
	S1 float32 = 4
	S2 float32 = 8
	S3 float32 = 12
	S4 float32 = 16
	S5 float32 = 20
	S6 float32 = 24
	S8 float32 = 32
)

// Paper is white in both variants: the ground of what a camera must read.
var Paper = hex(0xFFFFFF)

// Radii of corners.
const (
	RadiusControl float32 = 8
	RadiusCard    float32 = 12
	RadiusPanel   float32 = 18
)

func hex(v uint32) color.NRGBA { return veil(v, 255) }

// veil is a colour with an opacity from 0 to 255.
func veil(v uint32, a uint8) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16 & 255), G: uint8(v >> 8 & 255), B: uint8(v & 255), A: a}
}

type shade struct{ light, dark color.NRGBA }

var palette = map[fyne.ThemeColorName]shade{
	Background: {hex(0xF4F3EF), hex(0x111615)},
	Surface:    {hex(0xFFFFFF), hex(0x19201F)},
	Sunken:     {hex(0xF8F7F4), hex(0x141A19)},
	Border:     {hex(0xE4E2DB), hex(0x2B3533)},
	Outline:    {hex(0xC9CFCB), hex(0x3A4744)},
	Ink:        {hex(0x1B2422), hex(0xE9EEEC)},
	Muted:      {hex(0x55625F), hex(0xA7B4B0)},
	Faint:      {hex(0x626E6B), hex(0x8A9894)},
	Accent:     {hex(0x1D6B62), hex(0x62C2B3)},
	OnAccent:   {hex(0xFFFFFF), hex(0x06261F)},
	AccentSoft: {hex(0xE0EFEB), hex(0x1B3733)},
	Selected:   {hex(0xE9F2EF), hex(0x1E302D)},

	Good:     {hex(0x1F7546), hex(0x62C493)},
	GoodSoft: {hex(0xE2F2E8), hex(0x17332A)},
	Warn:     {hex(0x8A5206), hex(0xE8B45C)},
	WarnSoft: {hex(0xFBEFD8), hex(0x3A2E18)},
	Bad:      {hex(0xB1352C), hex(0xF28D84)},
	OnBad:    {hex(0xFFFFFF), hex(0x2C0805)},
	BadSoft:  {hex(0xFBE8E5), hex(0x3E2321)},
	Mark:     {hex(0xFCE9A9), hex(0x6A5314)},

	Rail:     {hex(0x15302C), hex(0x0B0F0E)},
	RailIcon: {hex(0xA4BDB7), hex(0x8B9B97)},
	RailOn:   {hex(0x28504A), hex(0x1D2C29)},
	RailText: {hex(0xFFFFFF), hex(0xE6F4F1)},
	Badge:    {hex(0xF2B441), hex(0xF2B441)},
	OnBadge:  {hex(0x2B1D00), hex(0x2B1D00)},

	Stage:        {hex(0x0E1514), hex(0x080B0B)},
	StagePicture: {hex(0x1A2523), hex(0x141C1B)},
	StageControl: {hex(0x2A3835), hex(0x222D2B)},
	StageOff:     {hex(0xF3F6F5), hex(0xE9EEEC)},
	StageText:    {hex(0xF3F6F5), hex(0xF3F6F5)},
	StageMuted:   {hex(0xAEBCB8), hex(0xAEBCB8)},
	StageGlass:   {veil(0x0A100F, 190), veil(0x0A100F, 190)},
	HangUp:       {hex(0xC8402F), hex(0xC8402F)},

	Mine:   {hex(0x1D6B62), hex(0x23564F)},
	OnMine: {hex(0xFFFFFF), hex(0xF0FAF7)},
	Ring:   {hex(0x2A7FC4), hex(0x6FB7F0)},

	Bands[0]: {hex(0xE6F3EA), hex(0x17291F)},
	Bands[1]: {hex(0xE8F0FA), hex(0x17232F)},
	Bands[2]: {hex(0xFBF4DF), hex(0x2D281A)},
	Bands[3]: {hex(0xFBEAE0), hex(0x33231B)},
	Bands[4]: {hex(0xF9E1DE), hex(0x3B1F1E)},

	theme.ColorNameHyperlink:           {hex(0x1D6B62), hex(0x62C2B3)},
	theme.ColorNameForegroundOnSuccess: {hex(0xFFFFFF), hex(0x062616)},
	theme.ColorNameForegroundOnWarning: {hex(0xFFFFFF), hex(0x2B1C02)},
	theme.ColorNameButton:              {hex(0xFFFFFF), hex(0x232C2A)},
	theme.ColorNameDisabledButton:      {hex(0xEEEDE8), hex(0x1C2422)},
	theme.ColorNameDisabled:            {hex(0x98A29F), hex(0x64716D)},
	theme.ColorNameHover:               {veil(0x1B2422, 12), veil(0xFFFFFF, 14)},
	theme.ColorNamePressed:             {veil(0x1B2422, 28), veil(0xFFFFFF, 28)},
	theme.ColorNameFocus:               {veil(0x3A93D8, 60), veil(0x6FB7F0, 70)},
	theme.ColorNameSelection:           {veil(0x1D6B62, 34), veil(0x62C2B3, 52)},
	theme.ColorNameInputBackground:     {hex(0xFFFFFF), hex(0x131918)},
	theme.ColorNameInputBorder:         {hex(0x818D89), hex(0x6E7C78)},
	theme.ColorNamePlaceHolder:         {hex(0x626E6B), hex(0x8A9894)},
	theme.ColorNameSeparator:           {hex(0xE4E2DB), hex(0x2B3533)},
	theme.ColorNameScrollBar:           {veil(0x1B2422, 76), veil(0xFFFFFF, 66)},
	theme.ColorNameScrollBarBackground: {veil(0, 0), veil(0, 0)},
	theme.ColorNameMenuBackground:      {hex(0xFFFFFF), hex(0x212A28)},
	theme.ColorNameOverlayBackground:   {hex(0xFFFFFF), hex(0x1B2321)},
	theme.ColorNameHeaderBackground:    {hex(0xF8F7F4), hex(0x1D2523)},
	theme.ColorNameShadow:              {veil(0x0B1A17, 44), veil(0, 120)},
}

var sizes = map[fyne.ThemeSizeName]float32{
	Micro: 11, Caption: 12, Small: 13, Body: 14, Heading: 16, Title: 21, Display: 28,
	theme.SizeNamePadding: 4, theme.SizeNameInnerPadding: 8, theme.SizeNameLineSpacing: 5,
	theme.SizeNameInputRadius: RadiusControl, theme.SizeNameButtonRadius: RadiusControl,
	theme.SizeNameSelectionRadius: RadiusControl, theme.SizeNameInputBorder: 1,
	theme.SizeNameDialogRadius: RadiusPanel, theme.SizeNameCardRadius: RadiusCard,
	theme.SizeNamePopupRadius: RadiusCard, theme.SizeNameMenuRadius: RadiusControl,
	theme.SizeNameScrollBar: 10, theme.SizeNameScrollBarSmall: 4, theme.SizeNameScrollBarRadius: 4,
	theme.SizeNameInlineIcon: 18,
}
