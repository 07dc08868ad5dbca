package app

import (
	"errors"

	"alcove/app/measure"
)

// HandoutID names one form or plan that was put on the client's page. The response to a form bears
// the same name, so that answers which come twice are one response.
type HandoutID string

// FormHandout is a measure for the client's page.
type FormHandout struct {
	ID         HandoutID
	Instrument *measure.Instrument
	Language   string // one that the instrument speaks
	Why        string // why it is asked, at most 400 runes, in the page's language
}

// PlanHandout is a plan for the client's page: at most 12 parts, of at most 16,000 runes each.
type PlanHandout struct {
	ID    HandoutID
	Title string
	Parts []PlanPart
}

// PlanPart is one headed part, with a line for each entry.
type PlanPart struct{ Title, Text string }

// Handouts puts forms and plans on the client's page while a call runs. No method waits for the
// network; what is sent arrives once, across reconnects.
type Handouts interface {
	// Ask sends a form: ErrHandoutTooLong.
	Ask(f FormHandout) error
	// Kept is the answer to CallAnswers: they are in good hands, or were refused. Until then the
	// page keeps them.
	Kept(id HandoutID, ok bool)
	// Show offers a plan to read: ErrHandoutTooLong.
	Show(p PlanHandout) error
}

// ErrHandoutTooLong: it does not fit into one message of the line.
var ErrHandoutTooLong = errors.New("handout: too long for the client's page")

type (
	// CallCame: a form or a plan is on the client's page.
	CallCame struct{ ID HandoutID }
	// CallAnswers: a form came back, once. Nothing is answered where the client left all of it
	// out. The numbers are as the page sent them: whether the measure has them is for us to see.
	CallAnswers struct {
		ID      HandoutID
		Answers measure.Answers
	}
	// CallShown: the client wished to read a plan, or rather not.
	CallShown struct {
		ID  HandoutID
		Yes bool
	}
)

func (CallCame) callEvent()    {}
func (CallAnswers) callEvent() {}
func (CallShown) callEvent()   {}
