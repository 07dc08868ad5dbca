package ui

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// settings is the practice and how the app behaves. Choices take effect at once; what is typed,
// when it is saved.
type settings struct {
	u       *UI
	life    *scope
	data    app.Profile
	tab     string
	tabs    map[string]*widget.Chip
	body    *fyne.Container
	fields  map[string]*widget.Field
	devices *fyne.Container
	line    *widget.Para
	numbers *numbersSettings // while its tab is open
	root    *fyne.Container
}

// Tabs of the settings.
const (
	tabGeneral  = "General"
	tabLine     = "Line"
	tabSafety   = "Safety"
	tabSecurity = "Security"
)

func newSettings(u *UI, tab string) *settings {
	s := &settings{
		u: u, life: newScope(u.open.ctx), fields: map[string]*widget.Field{}, root: container.NewStack(),
		tab: tab, tabs: map[string]*widget.Chip{}, body: container.NewStack(),
		devices: container.NewStack(widget.NewText("Looking for devices…", widget.Soft)), line: widget.NewPara("", widget.Soft),
	}
	read(u, s.life, u.p.Profile, func(p app.Profile, err error) {
		if err != nil {
			s.root.Objects = []fyne.CanvasObject{widget.PadAll(look.S6, widget.ColStart(0, widget.NewBanner(app.Explain(err), widget.Caution)))}
			s.root.Refresh()
			return
		}
		s.data = p
		s.build()
	})
	return s
}

func (s *settings) Name() string              { return "settings" }
func (s *settings) Object() fyne.CanvasObject { return s.root }
func (s *settings) Submit()                   { s.savePractice() }

// Leave forgets what was typed, and the relay's token.
func (s *settings) Leave() {
	s.life.end()
	s.data = app.Profile{}
	s.forget()
	s.root.Objects = nil
}

// forget drops what was typed and not saved.
func (s *settings) forget() {
	for _, f := range s.fields {
		f.Entry.SetText("")
	}
	s.fields = map[string]*widget.Field{}
}

// Changed keeps up with what other places save.
func (s *settings) Changed(e app.Event) {
	switch e.Kind {
	case app.LineChanged:
		s.showLine()
	case app.ProfileChanged:
		read(s.u, s.life, s.u.p.Profile, func(p app.Profile, err error) {
			if err == nil {
				s.data = p
				if s.tab == tabSafety {
					s.numbers.show()
				}
			}
		})
	}
}

func (s *settings) build() {
	tabs := widget.Row(look.S6)
	for _, name := range []string{tabGeneral, tabLine, tabSafety, tabSecurity} {
		s.tabs[name] = widget.NewTab(name, func() { s.open(name) })
		tabs.Add(s.tabs[name])
	}
	s.root.Objects = []fyne.CanvasObject{widget.Col(0,
		widget.On(look.Surface, widget.Pad(look.S5, look.S6, 0, look.S6, widget.Measure(1080, widget.Col(look.S3, widget.NewText("Settings", widget.Huge), tabs)))),
		widget.HLine(), widget.Grow(s.body))}
	s.open(s.tab)
	s.root.Refresh()
}

func (s *settings) open(tab string) {
	s.forget()
	s.tab = tab
	for n, t := range s.tabs {
		t.SetOn(n == tab)
	}
	var page fyne.CanvasObject
	switch tab {
	case tabLine:
		page = cards(s.lineCard(), s.deviceCard())
		s.readDevices()
	case tabSafety:
		s.numbers = newNumbersSettings(s)
		page = cards(s.numbers.finder(), s.numbers.mine())
	case tabSecurity:
		page = cards(s.keysCard(), widget.Col(look.S4, s.lockCard(), s.keepingCard()), s.proofCard())
	default:
		page = cards(s.practiceCard(), widget.Col(look.S4, s.lookCard(), s.templatesCard(), s.personCard()))
	}
	s.body.Objects = []fyne.CanvasObject{widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, widget.Measure(1080, page)))}
	s.body.Refresh()
}

// cards lays the cards of a page in two columns, in turn.
func cards(all ...fyne.CanvasObject) fyne.CanvasObject {
	columns := []*fyne.Container{widget.Col(look.S4), widget.Col(look.S4)}
	for i, c := range all {
		columns[i%2].Add(c)
	}
	return widget.RowTop(look.S5, widget.Share(1, columns[0]), widget.Share(1, columns[1]))
}

func (s *settings) field(key, label, value, hint string) *widget.Field {
	e := widget.NewEntry(label, value)
	s.fields[key] = widget.NewField(e, hint)
	return s.fields[key]
}

func (s *settings) practiceCard() fyne.CanvasObject {
	p := s.data
	welcome := widget.NewField(widget.NewArea("Welcome text", p.Welcome, 3), "Clients read it on the first screen.")
	s.fields["Welcome"] = welcome
	return settingCard(widget.CardHead("Practice"),
		s.field("Therapist", "Your name", p.Therapist, ""), s.field("Credentials", "Licence", p.Credentials, "As clients see it: “LCSW 12345, Oregon”."),
		s.field("PracticeName", "Practice", p.PracticeName, ""), welcome,
		s.field("Languages", "Languages", strings.Join(p.Languages, ", "), "As in “en, es”."),
		s.field("TimeZone", "Time zone", p.TimeZone, ""),
		widget.Row(look.S3, widget.Gap(), widget.NewButton("Save practice", "check", widget.Primary, s.savePractice)))
}

func (s *settings) savePractice() {
	if s.tab != tabGeneral || len(s.fields) == 0 {
		return
	}
	p := s.data
	text := func(k string) string { return strings.TrimSpace(s.fields[k].Entry.Text) }
	p.Therapist, p.Credentials, p.PracticeName = text("Therapist"), text("Credentials"), text("PracticeName")
	p.Welcome, p.TimeZone, p.Languages = text("Welcome"), text("TimeZone"), nil
	for _, l := range strings.Split(text("Languages"), ",") {
		if l = strings.TrimSpace(l); l != "" {
			p.Languages = append(p.Languages, l)
		}
	}
	s.save(p, "Practice saved")
}

// save keeps the whole profile, and points at the field that needs another look.
func (s *settings) save(p app.Profile, said string) {
	before := s.data
	s.data = p
	act(s.u, s.life, "Saving", func(ctx context.Context) error { return s.u.p.SaveProfile(ctx, p) }, func(err error) {
		for _, f := range s.fields {
			f.Advise("")
		}
		if err != nil {
			s.data = before // or the next choice would fail for what is wrong in this one
		}
		var bad *app.FieldError
		switch {
		case errors.As(err, &bad) && s.fields[bad.Field] != nil:
			s.fields[bad.Field].Advise(bad.Advice)
			s.u.reflow()
		case err != nil:
			s.u.complain(err)
		default:
			s.u.say(said)
		}
	})
}

func (s *settings) lookCard() fyne.CanvasObject {
	theme := widget.NewChoice(s.data.Theme, func(v string) {
		p := s.data
		p.Theme = v
		s.save(p, "Appearance changed")
	}, "", "Like the system", "light", "Light", "dark", "Dark")
	initials := widget.NewSwitch("Initials only", s.data.InitialsOnly, func(on bool) {
		p := s.data
		p.InitialsOnly = on
		s.save(p, "Saved")
	})
	return settingCard(widget.CardHead("Appearance"),
		widget.Col(look.S2, widget.NewText("Theme", widget.FieldTag), widget.ColStart(0, theme)),
		setting("Initials only", "Names are shown as initials, for when somebody can see your screen.", initials))
}

func (s *settings) lockCard() fyne.CanvasObject {
	return settingCard(widget.CardHead("Locking"), settingList(
		setting("Lock when idle", "A running session is not cut.",
			s.idlePick("Lock after", app.DefaultIdleMinutes, func(p *app.Profile) *int { return &p.IdleMinutes })),
		setting("Psychotherapy notes", "Shut when none was read or written for so long, and whenever Alcove locks.",
			s.idlePick("Lock psychotherapy notes after", app.DefaultApartMinutes, func(p *app.Profile) *int { return &p.ApartMinutes }))))
}

// idlePick chooses one of the profile's minutes; 0 there are the usual ones.
func (s *settings) idlePick(name string, usual int, of func(*app.Profile) *int) fyne.CanvasObject {
	minutes := *of(&s.data)
	if minutes == 0 {
		minutes = usual
	}
	chosen := strconv.Itoa(minutes)
	return widget.NewPick(name, chosen, func(v string) {
		p := s.data
		*of(&p), _ = strconv.Atoi(v) // the choices are numbers
		s.save(p, "Saved")
	}, idlePairs(chosen)...)
}

func idlePairs(chosen string) []string {
	var pairs []string
	seen := false
	for _, m := range []string{"1", "2", "5", "10", "15", "30", "60"} {
		seen = seen || m == chosen
		pairs = append(pairs, m, m+" min")
	}
	if !seen {
		pairs = append(pairs, chosen, chosen+" min")
	}
	return pairs
}

// settingCard has the space of a form between its parts.
func settingCard(head fyne.CanvasObject, kids ...fyne.CanvasObject) *fyne.Container {
	return widget.Card(widget.Col(look.S4, append([]fyne.CanvasObject{head}, kids...)...))
}

// settingList lays settings under each other.
func settingList(all ...fyne.CanvasObject) fyne.CanvasObject {
	col := widget.Col(look.S3)
	for i, o := range all {
		if i > 0 {
			col.Add(widget.HLine())
		}
		col.Add(o)
	}
	return col
}

func setting(name, about string, control fyne.CanvasObject) fyne.CanvasObject {
	return widget.Row(look.S4, widget.Grow(widget.Col(2, widget.NewText(name, widget.Strong), widget.NewPara(about, widget.Soft))), control)
}

// settingPage is a place of its own behind a setting.
func settingPage(title string, back func(), cards ...fyne.CanvasObject) fyne.CanvasObject {
	head := widget.Row(look.S2, widget.IconButton("Back", "back", widget.Ghost, back), widget.Grow(widget.NewText(title, widget.TitleOf).Cut()))
	return widget.Col(0, bar(head), widget.HLine(), widget.Grow(widget.NewVScroll(widget.Pad(look.S6, look.S8, look.S8, look.S8,
		widget.Measure(820, widget.Col(look.S4, cards...))))))
}

func (s *settings) deviceCard() fyne.CanvasObject {
	return settingCard(widget.CardHead("Devices", widget.NewButton("Look again", "refresh", widget.LinkTo, s.readDevices).Low()), s.devices)
}

func (s *settings) readDevices() {
	read(s.u, s.life, readDevices(s.u), func(d deviceRead, err error) {
		var o fyne.CanvasObject
		if err != nil {
			o = widget.NewBanner(app.Explain(err), widget.Caution)
		} else {
			o = newDevicePicks(d.list, d.chosen, func(chosen app.Devices) {
				p := s.data
				p.Devices = chosen
				s.save(p, "Saved")
			}).body
		}
		s.devices.Objects = []fyne.CanvasObject{o}
		s.root.Refresh()
	})
}

func (s *settings) lineCard() fyne.CanvasObject {
	lan := widget.NewSwitch("Local network", s.data.Relay.LAN, func(on bool) {
		p := s.data
		p.Relay.LAN = on
		s.save(p, "Saved. It is used from the next start.")
	})
	s.showLine()
	relay := s.field("Relay", "Another relay", s.data.Relay.URL, "Its address, as in “https://relay.example”. Empty for the one inside Alcove.")
	token := widget.NewField(widget.NewSecret("Token of that relay", s.data.RelayToken.Text()),
		"Only if whoever runs it gave you one. It is kept in your sealed record, and shown to that relay alone.")
	s.fields["RelayToken"] = token
	return settingCard(widget.CardHead("The line"), s.line,
		setting("Local network", "Lets the relay inside Alcove answer other machines near you.", lan), relay, token,
		widget.Row(look.S3, widget.Gap(), widget.NewButton("Save relay", "check", widget.Secondary, func() {
			p := s.data
			p.Relay.URL, p.RelayToken = strings.TrimSpace(relay.Entry.Text), app.NewRelayToken(token.Entry.Text)
			said := "Saved"
			if p.Relay.URL != s.data.Relay.URL {
				said = "Saved. It is used from the next start."
			}
			s.save(p, said)
		})))
}

func (s *settings) showLine() {
	l := s.u.p.LineStatus()
	switch {
	case l.Reached && l.Problem == "":
		s.line.Set("Links begin with " + l.Origin + ". The relay carries sealed messages and can read none of them.")
	case l.Problem != "":
		s.line.Set(l.Problem)
	default:
		s.line.Set("The relay is not reached yet.")
	}
}
