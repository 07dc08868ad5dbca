package ui

import (
	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/safety"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// checklist is what is asked before the work starts. What is typed is in the session at once, which
// keeps it; the screen only shows where each question stands.
type checklist struct {
	r       *room
	items   map[safety.Item]*question
	fields  []*answer
	country *widget.Entry
	region  *widget.Entry
	offers  *countryOffers
	before  *widget.Button
	offer   *fyne.Container // around before
	numbers *fyne.Container
	shownAt string // the place that numbers was built for
	consent *widget.Choice
	drawn   string
	scroll  *widget.VScroll
}

// question is the frame around one item.
type question struct {
	item  safety.Item
	pill  *widget.Pill
	still *widget.Button // as last time
	skip  *widget.Button
}

// answer binds a field to the checklist. What is typed is newer than what the session tells, until
// the focus has left.
type answer struct {
	entry *widget.Entry
	get   func(safety.Checklist) string
	last  string
}

func newChecklist(r *room) *checklist {
	c := &checklist{r: r, items: map[safety.Item]*question{}, numbers: widget.Col(look.S2)}
	c.offers = newCountryOffers(r.u, func(one safety.Country) {
		r.s.SetPlace(one.Code, c.region.Text)
		c.unfocus()
	})
	col := widget.Col(look.S5,
		widget.NewPara("Before the work starts. The answers stand in the note by themselves.", widget.Soft),
		c.item(safety.Identity, c.text(safety.Identity, "How you confirmed it",
			func(c *safety.Checklist) *string { return &c.Identity }), c.quick(safety.Identity, func(c *safety.Checklist) *string { return &c.Identity }, "Face and voice", "Document shown")),
		c.item(safety.Where, c.placeFields()...),
		c.item(safety.Present, c.text(safety.Present, "Who else is present and can hear", func(c *safety.Checklist) *string { return &c.Present }),
			c.quick(safety.Present, func(c *safety.Checklist) *string { return &c.Present }, "Nobody else", "Somebody in the next room")),
		c.item(safety.Emergency, c.text(safety.Emergency, "Emergency number to call for that place", func(c *safety.Checklist) *string { return &c.Emergency })),
		c.item(safety.Support, c.supportFields()...),
		c.item(safety.CallBack, c.text(safety.CallBack, "Number to call if the line drops", func(c *safety.Checklist) *string { return &c.CallBack })))
	c.scroll = widget.NewVScroll(widget.Pad(look.S4, look.S4, look.S6, look.S4, col))
	return c
}

func (c *checklist) object() fyne.CanvasObject { return c.scroll }

func (c *checklist) item(i safety.Item, kids ...fyne.CanvasObject) fyne.CanvasObject {
	q := &question{item: i, pill: widget.NewPill("", widget.Neutral)}
	q.still = widget.NewButton("Still so", "check", widget.LinkTo, func() { c.r.s.Confirm(i) }).Low().Named(i.Heading() + ": still so")
	q.skip = widget.NewButton("Skip", "", widget.LinkTo, func() {
		if c.r.s.View().Checklist.State(i) == safety.Skipped {
			c.r.s.Confirm(i)
			return
		}
		c.r.s.Skip(i)
	}).Low().Named("Skip: " + i.Heading())
	c.items[i] = q
	// As high with a pill alone as with a button: the form must not move under the fingers when an answer comes.
	head := widget.Sized(0, 28, widget.Row(look.S2, widget.Grow(widget.NewText(i.Heading(), widget.Strong).Cut()), q.pill, q.still, q.skip))
	return widget.Col(look.S2, append([]fyne.CanvasObject{head}, kids...)...)
}

// text is a field of one answer.
func (c *checklist) text(i safety.Item, label string, of func(*safety.Checklist) *string) fyne.CanvasObject {
	return c.bind(label, func(v safety.Checklist) string { return *of(&v) }, func(text string) {
		c.r.s.Answer(i, func(v *safety.Checklist) { *of(v) = text })
	})
}

func (c *checklist) bind(label string, get func(safety.Checklist) string, set func(string)) *widget.Entry {
	e := widget.NewEntry(label, "")
	e.SetPlaceHolder(label)
	a := &answer{entry: e, get: get}
	e.OnChanged = func(text string) {
		if text != a.last {
			a.last = text
			set(text)
		}
	}
	c.fields = append(c.fields, a)
	return e
}

// quick are answers by one press.
func (c *checklist) quick(i safety.Item, of func(*safety.Checklist) *string, texts ...string) fyne.CanvasObject {
	row := widget.Row(6)
	for _, text := range texts {
		row.Add(widget.NewChip(text, func() {
			c.r.s.Answer(i, func(v *safety.Checklist) { *of(v) = text })
		}).Named(i.Heading() + ": " + text))
	}
	return row
}

func (c *checklist) placeFields() []fyne.CanvasObject {
	names := func(v safety.Checklist) (string, string) { return c.r.u.p.Directory().Names(v.Place) }
	c.before = widget.NewButton("As last time", "refresh", widget.Secondary, func() { c.r.s.SamePlace(); c.unfocus() }).Low()
	c.country = c.bind("Country", func(v safety.Checklist) string { s, _ := names(v); return s }, c.countryTyped)
	c.region = c.bind("State or region", func(v safety.Checklist) string { _, s := names(v); return s }, func(string) { c.place() })
	c.country.OnEnd, c.country.OnSubmitted = c.place, func(string) { c.place(); c.r.u.win.Canvas().FocusNext() }
	address := c.text(safety.Where, "Address, floor, how to get in", func(v *safety.Checklist) *string { return &v.Address })
	c.offer = widget.ColStart(0, c.before)
	return []fyne.CanvasObject{
		c.offer, pair(c.country, c.region), c.offers.row, address,
		widget.Stack(widget.NewBox(look.Sunken, look.Border, look.RadiusControl), widget.PadAll(look.S3, c.numbers)),
	}
}

// countryTyped takes a country as soon as its name is whole, and offers those that begin so: the
// numbers of half a word would frighten for nothing.
func (c *checklist) countryTyped(text string) {
	c.offers.show(text)
	if c.r.u.p.Directory().Knows(text) {
		c.place()
	}
	c.scroll.Refresh()
}

// place tells the session what stands in the fields.
func (c *checklist) place() {
	if d := c.r.u.p.Directory(); d.Place(c.country.Text, c.region.Text) != c.r.s.View().Checklist.Place {
		c.r.s.SetPlace(c.country.Text, c.region.Text)
	}
}

// unfocus lets the fields take what the session has made of a press.
func (c *checklist) unfocus() { c.r.u.win.Canvas().Unfocus() }

func (c *checklist) supportFields() []fyne.CanvasObject {
	part := func(label string, of func(*safety.Checklist) *string) fyne.CanvasObject {
		return c.text(safety.Support, label, of)
	}
	c.consent = widget.NewChoice("", func(v string) {
		c.r.s.Answer(safety.Support, func(l *safety.Checklist) { l.Consent = safety.Consent(v) })
	}, string(safety.ConsentYes), "May be called", string(safety.ConsentNo), "May not", string(safety.ConsentUnasked), "Not asked")
	return []fyne.CanvasObject{
		pair(part("Support person", func(c *safety.Checklist) *string { return &c.Support.Name }),
			part("Relation", func(c *safety.Checklist) *string { return &c.Support.Relation })),
		part("Support person’s phone", func(c *safety.Checklist) *string { return &c.Support.Phone }),
		widget.ColStart(0, c.consent),
	}
}

func (c *checklist) show(v app.SessionView) {
	l := v.Checklist
	focused := c.r.u.win.Canvas().Focused()
	for _, a := range c.fields {
		if text := a.get(l); text != a.last && focused != fyne.Focusable(a.entry) {
			a.last = text
			a.entry.SetText(text)
		}
	}
	c.consent.Set(string(l.Consent))
	c.showBefore(l)
	d := c.r.u.p.Directory()
	n := d.NumbersFor(l.Place)
	if d.Knows(l.Place.Country) {
		c.offers.clear()
	}
	state := ""
	for _, i := range safety.Items() {
		c.items[i].show(l.State(i))
		state += string(rune('0' + l.State(i)))
	}
	if at := n.Name + n.First() + n.Checked.String(); at != c.shownAt || len(c.numbers.Objects) == 0 {
		c.shownAt = at
		c.numbers.Objects = numbersBox(c.r.u, n, false).Objects
	}
	if now := state + c.shownAt + l.Before.Address; now != c.drawn {
		c.drawn = now
		c.scroll.Refresh()
	}
}

func (c *checklist) showBefore(l safety.Checklist) {
	b := l.Before
	offer := b.Place.Country != "" && l.Place.Country == ""
	setShown(c.offer, offer)
	if offer {
		where := b.Address
		if where == "" {
			where = c.r.u.p.Directory().Name(b.Place)
		}
		c.before.Set("As last time: "+shortened(where, 30), "refresh")
		c.before.Named("As last time: " + where)
	}
}

// shortened is a text of at most n characters.
func shortened(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func (q *question) show(s safety.State) {
	text, tone := "", widget.Neutral
	switch s {
	case safety.Done:
		text, tone = "Asked", widget.Positive
	case safety.LastTime:
		text = "As last time"
	case safety.Skipped:
		text, tone = "Skipped", widget.Caution
	case safety.Open:
	}
	q.pill.Set(text, tone)
	setShown(q.pill, text != "")
	setShown(q.still, s == safety.LastTime)
	word := "Skip"
	if s == safety.Skipped {
		word = "Ask"
	}
	setShown(q.skip, s == safety.Open || s == safety.Skipped)
	q.skip.Set(word, "")
	q.skip.Named(word + ": " + q.item.Heading())
}

func (c *checklist) changed(e app.Event) {
	if e.Kind == app.ProfileChanged { // the practice's own numbers
		c.shownAt = ""
		c.show(c.r.s.View())
	}
}

func (c *checklist) forget() {
	for _, a := range c.fields {
		a.entry.OnChanged, a.entry.OnEnd = nil, nil
		a.entry.SetText("")
	}
	c.numbers.Objects = nil
	c.offers.clear()
	c.before.Set("As last time", "")
}
