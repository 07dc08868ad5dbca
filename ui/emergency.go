package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/safety"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// emergencyKey opens the card, wherever the focus is.
const emergencyKey = fyne.KeyF1

// emergency is the card that one key opens: where the client is, whom to call, what the plan says,
// and a log of what was done. It reads at a glance, needs no line, and calls nobody by itself.
type emergency struct {
	u       *UI
	life    *scope
	s       *app.Session // nil without one
	client  app.ClientID
	note    app.NoteID // the draft that the log goes into, without a session
	noted   []safety.Deed
	facts   *fyne.Container
	plan    *fyne.Container
	log     *fyne.Container
	offers  *fyne.Container
	entry   *widget.Entry
	country *widget.Entry // where nobody has asked yet
	offered string
}

// emergencyFor opens the card of whom the screen is about: the session's, the client's.
func (u *UI) emergencyFor() {
	if u.card != nil {
		return
	}
	if r := u.theRoom(); r != nil {
		u.openEmergency(r.s, r.life, "")
		return
	}
	sh := u.shell()
	if sh == nil {
		return
	}
	if c, life := sh.about(); c != "" {
		u.openEmergency(nil, life, c)
		return
	}
	if s := u.p.Running(); s != nil {
		u.openEmergency(s, u.open, "")
		return
	}
	u.say("Open a client first: the emergency card is theirs.")
}

// about is whom the section is about, "" if nobody; a note that was found is its client's.
func (s *shell) about() (app.ClientID, *scope) {
	switch sec := s.section.(type) {
	case *caseload:
		return sec.chosen, sec.life
	case *search:
		if sec.side != nil {
			return sec.side.view.Client, sec.life
		}
	}
	return "", nil
}

// theRoom is the room on the screen, locked or not; nil if there is none.
func (u *UI) theRoom() *room {
	if r, ok := u.screen.(*room); ok {
		return r
	}
	if sh := u.shell(); sh != nil {
		r, _ := sh.section.(*room)
		return r
	}
	return nil
}

// openEmergency shows what is in memory at once, and the rest as soon as it is read.
func (u *UI) openEmergency(s *app.Session, life *scope, c app.ClientID) {
	e := &emergency{
		u: u, s: s, client: c, life: newScope(life.ctx), facts: widget.Col(look.S4), plan: widget.Col(look.S3),
		log: widget.Col(look.S2), offers: widget.Col(6), entry: widget.NewEntry("What was done", ""), country: widget.NewEntry("Country where the client is", ""),
	}
	e.country.SetPlaceHolder("Country, then Enter")
	e.country.OnSubmitted = func(text string) {
		if s != nil && text != "" {
			s.SetPlace(text, "")
		}
	}
	v := app.Emergency{Client: c}
	if s != nil {
		v = s.Emergency()
		e.client = v.Client
	}
	u.card = e
	e.show(v)
	u.over(widget.DialogSpec{
		Icon: "lifebuoy", Tone: widget.Negative, Title: e.title(v), Width: min(1120, u.win.Canvas().Size().Width-60), Body: e.body(),
		Buttons: []fyne.CanvasObject{widget.NewButton("Close", "", widget.Secondary, u.closeDialog).Named("Close emergency card")},
		Focus:   e.entry,
	}, e.closed)
	e.read(v)
}

func (e *emergency) title(v app.Emergency) string {
	if v.ClientName == "" {
		return "Emergency"
	}
	return "Emergency · " + v.ClientName
}

// body is three columns: whom to call, the plan, what was done.
func (e *emergency) body() fyne.CanvasObject {
	e.entry.SetPlaceHolder("In your own words")
	e.entry.OnSubmitted = func(string) { e.own() }
	add := widget.IconButton("Note what was done", "add", widget.Primary, e.own)
	done := widget.Col(look.S3, widget.NewText("What was done", widget.Header),
		widget.Row(look.S2, widget.Grow(e.entry), add), e.offers, widget.HLine(), e.log)
	height := min(600, e.u.win.Canvas().Size().Height-210)
	column := func(share float32, o fyne.CanvasObject) fyne.CanvasObject {
		return widget.Share(share, widget.Sized(0, height, widget.NewVScroll(widget.Pad(0, look.S3, look.S3, 0, o))))
	}
	return widget.RowTop(look.S4, column(10, e.facts), column(10, e.plan), column(9, done))
}

// closed lets go of what the card showed.
func (e *emergency) closed() {
	e.life.end()
	e.keepUnread()
	e.u.card = nil
	for _, c := range []*fyne.Container{e.facts, e.plan, e.log, e.offers} {
		c.Objects = nil
	}
	for _, field := range []*widget.Entry{e.entry, e.country} {
		field.OnSubmitted, field.OnChanged = nil, nil
		field.SetText("")
	}
}

// keepUnread keeps what was typed before what is kept of the same was read, or where that failed.
func (e *emergency) keepUnread() {
	p, of, text := e.u.p, app.WritingOf(app.DeedWriting, e.client), e.entry.Text
	if e.client == "" || e.entry.OnChanged != nil || text == "" {
		return
	}
	act(e.u, e.u.life, "", func(ctx context.Context) error {
		w, _ := p.Written(ctx, of) // behind a lock these words stand alone
		p.Write(of, strings.TrimSpace(w.Text+" "+text))
		return nil
	}, func(error) {})
}

type emergencyRead struct {
	view  app.Emergency
	plan  []app.SafetyPlan
	typed app.Written // and not noted yet
}

// read brings what only the vault has.
func (e *emergency) read(v app.Emergency) {
	if v.Sealed {
		return
	}
	client, running := e.client, e.s != nil
	p, of := e.u.p, app.WritingOf(app.DeedWriting, e.client)
	read(e.u, e.life, func(ctx context.Context) (emergencyRead, error) {
		p.OpenedEmergency(ctx, client)
		plans, err := p.Plans(ctx, client)
		if err != nil {
			return emergencyRead{}, err
		}
		typed, err := p.Written(ctx, of)
		if err != nil || running {
			return emergencyRead{plan: plans, typed: typed}, err
		}
		view, err := p.Emergency(ctx, client)
		return emergencyRead{view, plans, typed}, err
	}, func(r emergencyRead, err error) {
		if err != nil {
			e.plan.Objects = []fyne.CanvasObject{widget.NewBanner(app.Explain(err), widget.Caution)}
			e.u.reflow()
			return
		}
		if e.s == nil {
			e.show(r.view)
		}
		// Kept from here on: before, it would be kept in the place of what was being read.
		e.entry.OnChanged = func(text string) { p.Write(of, text) }
		e.before(r.typed.Text)
		e.showPlan(r.plan)
		e.u.reflow()
	})
}

// before puts words back before those that were typed meanwhile.
func (e *emergency) before(text string) {
	if typed := e.entry.Text; text != "" {
		e.entry.SetText(strings.TrimSpace(text + " " + typed))
		e.entry.End()
	} else if typed != "" {
		e.entry.OnChanged(typed)
	}
}

// changed keeps the card true while it is open.
func (e *emergency) changed(ev app.Event) {
	if e.s != nil && ev.Kind == app.SessionChanged && ev.ID == string(e.s.ID()) {
		v := e.s.Emergency()
		if now := e.of(v); now != e.offered {
			e.show(v)
			e.u.reflow()
		}
	}
}

// of is what the card was drawn for: the session tells of itself every second.
func (e *emergency) of(v app.Emergency) string {
	return v.Numbers.Name + v.Address + v.Checklist.Emergency + v.Checklist.Support.Words(v.Checklist.Consent) + v.Checklist.CallBack + count(len(v.Deeds), "deed")
}

func (e *emergency) show(v app.Emergency) {
	e.offered = e.of(v)
	e.facts.Objects = []fyne.CanvasObject{e.place(v), e.numbers(v)}
	if e.s == nil { // the title was there before the name was read
		e.facts.Objects = append([]fyne.CanvasObject{widget.NewText(v.ClientName, widget.TitleOf).Cut()}, e.facts.Objects...)
	}
	if v.Sealed {
		e.plan.Objects = []fyne.CanvasObject{widget.NewBanner("Locked. Address, support person and plan are sealed: unlock to see them.", widget.Caution)}
	} else {
		e.facts.Add(widget.HLine())
		e.facts.Add(e.people(v))
	}
	e.offers.Objects = nil
	row := widget.Col(6)
	for _, text := range v.Offers {
		row.Add(widget.NewButton(shortened(text, 38), "", widget.Secondary, func() { e.done(text) }).Low().Named(text))
	}
	e.offers.Objects = []fyne.CanvasObject{widget.ColStart(6, row.Objects...)}
	deeds := v.Deeds
	if e.s == nil {
		deeds = e.noted
	}
	e.showLog(deeds)
}

func (e *emergency) place(v app.Emergency) fyne.CanvasObject {
	pill := widget.NewPill("Asked today", widget.Positive)
	where := v.Numbers.Name
	switch {
	case where == "" && v.Sealed:
		where, pill = "Nobody wrote down where the client is", widget.NewPill("Not asked", widget.Caution)
	case where == "":
		where, pill = "Ask where the client is now", widget.NewPill("Not asked", widget.Caution)
	case !v.Today:
		pill = widget.NewPill("Of last time: ask", widget.Caution)
	}
	col := widget.Col(2, widget.Row(look.S2, widget.Grow(widget.NewText("Where the client is", widget.FieldTag).Cut()), pill))
	if v.Address != "" {
		col.Add(widget.NewPara(v.Address, widget.TitleOf))
	}
	col.Add(widget.NewPara(where, widget.Header))
	if e.s != nil && !v.Today && !v.Sealed {
		col.Add(widget.Space(0, look.S1))
		col.Add(e.country)
	}
	return col
}

// numbers has the one that was written down first, which may be another than the directory's.
func (e *emergency) numbers(v app.Emergency) fyne.CanvasObject {
	box := numbersBox(e.u, v.Numbers, true)
	if own := v.Checklist.Emergency; own != "" && own != v.Numbers.First() {
		all := []fyne.CanvasObject{widget.Col(0, widget.NewPara(own, widget.Huge.In(look.Bad)), widget.NewPara("written down for this place", widget.Soft))}
		return widget.Col(look.S2, append(all, box.Objects...)...)
	}
	return box
}

func (e *emergency) people(v app.Emergency) fyne.CanvasObject {
	c := v.Checklist
	col := widget.Col(look.S4)
	if c.Support == (safety.Person{}) {
		col.Add(widget.Col(2, widget.NewText("Support person", widget.FieldTag), widget.NewPara("Nobody was named.", widget.Soft)))
	} else {
		col.Add(e.person("Support person", dots(c.Support.Name, c.Support.Relation), c.Support.Phone, consentWord(c.Consent)))
	}
	number, whose := c.CallBack, "Call-back number"
	if number == "" {
		number, whose = v.Phone, "Client’s phone"
	}
	if number != "" {
		col.Add(e.person(whose, "", number, ""))
	}
	return col
}

func consentWord(c safety.Consent) string {
	switch c {
	case safety.ConsentYes:
		return "May be called"
	case safety.ConsentNo:
		return "Asked not to be called"
	}
	return "Consent to call was not asked"
}

func (e *emergency) person(head, who, phone, more string) fyne.CanvasObject {
	col := widget.Col(2, widget.NewText(head, widget.FieldTag))
	if who != "" {
		col.Add(widget.NewPara(who, widget.Plain))
	}
	if phone != "" {
		col.Add(widget.NewPara(phone, widget.TitleOf))
	}
	if more != "" {
		col.Add(widget.NewPara(more, widget.Soft))
	}
	return col
}

func (e *emergency) showPlan(all []app.SafetyPlan) {
	e.plan.Objects = []fyne.CanvasObject{widget.NewText("Safety plan", widget.Header)}
	if len(all) == 0 {
		e.plan.Add(widget.NewPara("There is none yet.", widget.Soft))
		return
	}
	e.plan.Add(planPage(all[0].Steps))
}

func (e *emergency) showLog(deeds []safety.Deed) {
	e.log.Objects = nil
	for i := len(deeds) - 1; i >= 0; i-- {
		e.log.Add(widget.RowTop(look.S3, widget.NewText(clockTime(deeds[i].At), widget.Strong.At(look.Small)), widget.Grow(widget.NewPara(deeds[i].Text, widget.Plain.At(look.Small)))))
	}
	if len(deeds) == 0 {
		e.log.Add(widget.NewPara("What you note here is kept with the time and goes into the note.", widget.Soft))
	}
}

// own notes what was typed.
func (e *emergency) own() {
	if text := e.entry.Text; text != "" {
		e.entry.SetText("")
		e.done(text)
	}
}

// done notes what was done: with the session, or at once in a draft of its own.
func (e *emergency) done(text string) {
	if e.s != nil {
		if err := e.s.Deed(text); err != nil {
			e.before(text)
			e.u.dialog.Notice(app.Explain(err))
		}
		return
	}
	client, note := e.client, e.note
	run(e.u, e.u.open, work[app.NoteID]{
		what: "Noting it", keep: true,
		do: func(ctx context.Context) (app.NoteID, error) { return e.u.p.Deed(ctx, client, note, text) },
		done: func(id app.NoteID, err error) {
			if e.u.card != e {
				if err != nil {
					e.u.p.Write(app.WritingOf(app.DeedWriting, client), text)
				}
				e.u.complain(err) // closed meanwhile; nil says nothing
				return
			}
			if err != nil {
				e.before(text)
				e.u.dialog.Notice(app.Explain(err)) // another dialog would take the card away
				return
			}
			e.u.dialog.Notice("")
			e.note = id
			e.noted = append(e.noted, safety.Deed{At: e.u.follow.now(), Text: text})
			e.showLog(e.noted)
			e.u.reflow()
		},
	})
}
