package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"alcove/app/measure"
	"alcove/app/safety"
)

// AskState is how far a measure that the client's page asks has come.
type AskState string

const (
	AskSent    AskState = "sent"
	AskCame    AskState = "came" // it is on the page
	AskSkipped AskState = "skipped"
	AskKept    AskState = "kept" // in the record, or on the ledger of a locked one
	AskRefused AskState = "refused"
	AskTooLong AskState = "too long"
)

// AskedMeasure is a measure on the client's page.
type AskedMeasure struct {
	ID       HandoutID
	Measure  measure.ID
	Version  string
	Short    string
	Language string
	State    AskState
	Score    string // when kept: "12, Moderate"

	form *measure.Instrument // as it was asked, which a lock seals in the vault
}

// Words are what the therapist reads of it.
func (a AskedMeasure) Words() string {
	switch a.State {
	case AskSkipped:
		return a.Short + ": the client preferred not to answer."
	case AskKept:
		return a.Short + ", filled in by the client: " + a.Score + "."
	case AskRefused:
		return a.Short + ": answers came that it does not have, or before the code was checked. Nothing of them was kept."
	case AskTooLong:
		return a.Short + " is too long for the client’s page. Fill it in together."
	case AskCame:
		return a.Short + " is on the client’s page."
	}
	return a.Short + " is on its way to the client’s page."
}

// whyAsked is what the client reads above the questions.
var whyAsked = map[string]string{
	"en": "Your therapist asks so that you both can see how you have been lately, and how that changes over time.",
	"es": "Su terapeuta pregunta para que ambos puedan ver cómo se ha sentido últimamente y cómo va cambiando con el tiempo.",
}

// asks makes the form of an instrument for a page that speaks a language.
func asks(i *measure.Instrument, language string) (AskedMeasure, FormHandout) {
	spoken, _, _ := strings.Cut(language, "-")
	why, ok := whyAsked[spoken]
	if !ok {
		why = whyAsked["en"]
	}
	if !i.Speaks(spoken) {
		spoken = i.Languages[0]
	}
	id := HandoutID(newID())
	return AskedMeasure{ID: id, Measure: i.ID, Version: i.Version, Short: i.Short, Language: spoken, State: AskSent, form: i},
		FormHandout{ID: id, Instrument: i, Language: spoken, Why: why}
}

// askAtDoor puts a client's standing questions on the page of who has just knocked.
func (p *Practice) askAtDoor(k *knock, ids []measure.ID) {
	for _, id := range ids {
		if i := p.shelf().offered.Newest(id); i != nil {
			a, f := asks(i, k.Language)
			if k.door.Ask(f) != nil {
				a.State = AskTooLong
			}
			k.asked = append(k.asked, a)
		}
	}
}

// SetAsks chooses what a client's page asks in the waiting room, from the next knock on. ErrNotFound.
func (p *Practice) SetAsks(ctx context.Context, id ClientID, measures []measure.ID) error {
	p.rewriting.Lock()
	defer p.rewriting.Unlock()
	r, err := p.open()
	if err != nil {
		return err
	}
	c, err := r.Clients.Client(ctx, id)
	if err != nil {
		return err
	}
	before := c.Asks
	c.Asks = nil
	for _, m := range measures {
		switch {
		case p.shelf().offered.Newest(m) != nil:
			if !slices.Contains(c.Asks, m) {
				c.Asks = append(c.Asks, m)
			}
		case !slices.Contains(before, m): // one that is offered no longer is dropped
			return ErrNotFound
		}
	}
	c.Changed = now()
	if err := r.Clients.SaveClient(ctx, c); err != nil {
		return err
	}
	p.changed(ClientChanged, string(id))
	_ = p.audit(ctx, AuditEntry{Act: ActChangeClient, Client: id})
	return nil
}

// certain tells that the client's page takes, and sends, what nobody else may see.
func (v *SessionView) certain() bool { return v.Trust == TrustCode || v.Trust == TrustKnown }

// AskMeasure puts a measure on the client's page, if View said CanAsk.
func (s *Session) AskMeasure(id measure.ID) {
	s.posts.post(func() {
		i := s.p.shelf().offered.Newest(id)
		if i == nil || s.over() || !s.met || !s.view.certain() {
			return
		}
		a, f := asks(i, s.language)
		if s.call.Handouts().Ask(f) != nil {
			a.State = AskTooLong
		}
		s.change(func(v *SessionView) { v.Asked = append(slices.Clip(v.Asked), a) })
	})
}

// setAsked changes one of the questions, in a list of its own: a screen may hold the old one.
func (s *Session) setAsked(id HandoutID, do func(*AskedMeasure)) {
	s.change(func(v *SessionView) {
		v.Asked = slices.Clone(v.Asked)
		for n := range v.Asked {
			if v.Asked[n].ID == id {
				do(&v.Asked[n])
			}
		}
	})
}

func (s *Session) came(id HandoutID) {
	s.setAsked(id, func(a *AskedMeasure) {
		if a.State == AskSent {
			a.State = AskCame
		}
	})
}

// answered records what the client's page sent: once, whole, and only what was asked.
func (s *Session) answered(e CallAnswers) {
	n := slices.IndexFunc(s.view.Asked, func(a AskedMeasure) bool { return a.ID == e.ID })
	if n < 0 {
		s.call.Handouts().Kept(e.ID, false)
		return
	}
	a := s.view.Asked[n]
	settle := func(state AskState, score string) {
		s.setAsked(e.ID, func(a *AskedMeasure) { a.State, a.Score = state, score })
		s.call.Handouts().Kept(e.ID, state != AskRefused)
	}
	score, err := a.form.Score(e.Answers)
	switch {
	case a.State == AskKept || a.State == AskSkipped || a.State == AskRefused:
		return // answered before
	case err != nil || !s.view.certain():
		settle(AskRefused, "")
		return
	case len(e.Answers) == 0:
		settle(AskSkipped, "")
		return
	}
	at := now()
	f := Filled{
		ID: ResponseID(e.ID), Client: s.view.Client, Session: s.id, Measure: a.Measure, Version: a.Version,
		Language: a.Language, Answers: e.Answers,
	}
	s.write(func(ctx context.Context, r *Records) error {
		_, err := s.p.recordResponse(ctx, r, f, FromClient, at)
		if errors.Is(err, ErrNotFound) || errors.Is(err, ErrResponseTaken) { // so it will always be
			settle(AskRefused, "")
			return nil
		}
		if err == nil {
			settle(AskKept, scoreWords(score))
		}
		return err
	})
	if errors.Is(s.flush(), ErrLocked) {
		settle(AskKept, scoreWords(score)) // it stands on the ledger, and nothing but its unlocking is missing
	}
}

func scoreWords(s measure.Score) string {
	switch {
	case !s.Counted && len(s.Missing) == 1:
		return "one answer is missing, so there is no total"
	case !s.Counted:
		return fmt.Sprintf("%d answers are missing, so there is no total", len(s.Missing))
	case s.Prorated:
		return fmt.Sprintf("%d, prorated, %s", s.Total, s.Band.Label)
	}
	return fmt.Sprintf("%d, %s", s.Total, s.Band.Label)
}

// asked is what the session's note has of them.
func asked(all []AskedMeasure) string {
	var lines []string
	for _, a := range all {
		if a.State == AskKept || a.State == AskSkipped {
			lines = append(lines, a.Words())
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n\nMeasures\n" + strings.Join(lines, "\n")
}

// PlanOnPage is what became of a plan that was offered to the client's page.
type PlanOnPage string

const (
	PlanOffered  PlanOnPage = "offered"
	PlanRead     PlanOnPage = "read" // the client wished to see it
	PlanDeclined PlanOnPage = "declined"
)

// planWords name a plan and its steps to the client, in their page's language.
var planWords = map[string][1 + safety.StepCount]string{
	"es": {
		"Plan de seguridad", "Señales de aviso", "Lo que puedo hacer por mi cuenta", "Personas y lugares que me distraen",
		"Personas a las que puedo pedir ayuda", "Profesionales y servicios", "Hacer más seguro lo que me rodea",
	},
}

// ShowPlan offers the client's latest safety plan to their page, if View said CanAsk; they decide whether
// it is shown. ErrNotFound if there is none, ErrHandoutTooLong.
func (s *Session) ShowPlan(ctx context.Context) error {
	r, err := s.p.open()
	if err != nil {
		return err
	}
	all, err := r.Plans.Plans(ctx, s.View().Client)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return ErrNotFound
	}
	if !s.View().CanAsk {
		return nil
	}
	plan := planHandout(all[0], s.language)
	if err := s.call.Handouts().Show(plan); err != nil {
		return err
	}
	s.posts.post(func() {
		s.change(func(v *SessionView) { v.PlanOnPage = PlanOffered })
	})
	return s.p.audit(ctx, AuditEntry{Act: ActShowPlan, Client: s.View().Client, About: string(all[0].ID)})
}

// planHandout is a plan without its empty steps.
func planHandout(p SafetyPlan, language string) PlanHandout {
	spoken, _, _ := strings.Cut(language, "-")
	words, ok := planWords[spoken]
	if !ok {
		words[0] = "Safety plan"
		for i, form := range safety.Forms() {
			words[1+i] = form.Heading
		}
	}
	out := PlanHandout{ID: HandoutID(newID()), Title: words[0]}
	for i, lines := range p.Steps {
		var text []string
		for _, l := range lines {
			text = append(text, l.Words())
		}
		if len(text) > 0 {
			out.Parts = append(out.Parts, PlanPart{Title: words[1+i], Text: strings.Join(text, "\n")})
		}
	}
	return out
}
