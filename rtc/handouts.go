package rtc

import (
	"alcove/app"
	"alcove/rtc/wire"
)

// handout is a form or a plan that was put on the guest's page. The call's goroutine owns it.
type handout struct {
	plan    bool
	heard   bool  // answers came, and app was told
	verdict *bool // what became of them
}

// handouts puts them there. It implements app.Handouts.
type handouts struct{ c *call }

var _ app.Handouts = handouts{}

// Handouts is the guest's page as a place for forms and plans.
func (c *call) Handouts() app.Handouts { return handouts{c} }

// wireForm is a form in its one language.
func wireForm(f app.FormHandout) wire.Form {
	i := f.Instrument
	w := wire.Form{
		ID: string(f.ID), Lang: f.Language, Title: i.In(i.Name, f.Language), Why: f.Why,
		How: i.In(i.Instruction, f.Language), Stem: i.In(i.Stem, f.Language), Licence: i.In(i.Licence, f.Language),
	}
	for _, it := range i.Items {
		q := wire.Item{N: it.Number, Text: i.In(it.Text, f.Language)}
		for _, c := range it.Scale {
			q.Choices = append(q.Choices, wire.Choice{Value: c.Value, Label: i.In(c.Label, f.Language)})
		}
		w.Items = append(w.Items, q)
	}
	for _, r := range i.Risks {
		w.Help = append(w.Help, wire.Help{N: r.Item, Above: r.Above})
	}
	return w
}

// Ask sends a form, and again after a break until it is there.
func (s handouts) Ask(f app.FormHandout) error {
	w := wireForm(f)
	if !w.Fits() {
		return app.ErrHandoutTooLong
	}
	s.c.post(func() { s.put(w.ID, &handout{}, wire.Ask{Form: w}) })
	return nil
}

// Show offers a plan.
func (s handouts) Show(p app.PlanHandout) error {
	w := wire.Plan{ID: string(p.ID), Title: p.Title}
	for _, part := range p.Parts {
		w.Parts = append(w.Parts, wire.Part(part))
	}
	if !w.Fits() {
		return app.ErrHandoutTooLong
	}
	s.c.post(func() { s.put(w.ID, &handout{plan: true}, wire.Show{Plan: w}) })
	return nil
}

func (s handouts) put(id string, one *handout, m wire.Data) {
	s.c.handouts[id] = one
	s.c.out.add(id, m)
	if !s.c.lost {
		s.c.say(m)
	}
}

// Kept tells the page, now and whenever it asks again.
func (s handouts) Kept(id app.HandoutID, ok bool) {
	s.c.post(func() {
		if one := s.c.handouts[string(id)]; one != nil {
			one.verdict = &ok
			s.c.say(wire.Kept{ID: string(id), OK: ok})
		}
	})
}

// answered hands answers on, once. A page that did not hear what became of them sends them again;
// answers to what nobody asked are refused and go no further.
func (c *call) answered(m wire.Answers) {
	one := c.handouts[m.ID]
	switch {
	case one == nil || one.plan:
		c.say(wire.Kept{ID: m.ID})
	case one.verdict != nil:
		c.say(wire.Kept{ID: m.ID, OK: *one.verdict})
	case !one.heard:
		one.heard = true
		c.out.got(m.ID)
		c.tell(app.CallAnswers{ID: app.HandoutID(m.ID), Answers: m.Given})
	}
}

func (c *call) shown(m wire.Shown) {
	if one := c.handouts[m.ID]; one != nil && one.plan {
		c.tell(app.CallShown{ID: app.HandoutID(m.ID), Yes: m.Yes})
	}
}

// Ask puts a form on the page of a guest who waits.
func (d *door) Ask(f app.FormHandout) error {
	w := wireForm(f)
	if !w.Fits() {
		return app.ErrHandoutTooLong
	}
	d.host.mu.Lock()
	defer d.host.mu.Unlock()
	if d.knock != nil { // else they are gone
		d.asked = append(d.asked, w.ID)
		d.host.lobby(d, wire.LobbyForm{Form: w})
	}
	return nil
}
