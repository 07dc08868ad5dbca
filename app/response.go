package app

import (
	"context"
	"errors"
	"maps"
	"time"

	"alcove/app/chain"
	"alcove/app/measure"
)

// ResponseID names one measure that was filled in.
type ResponseID string

// ResponseSource says who gave the answers.
type ResponseSource string

const (
	FromTherapist ResponseSource = "therapist"
	FromClient    ResponseSource = "client" // on their own page
)

// Response is one instrument filled in. It is never changed; one that was entered wrongly is
// voided, with a reason, and stays to be read.
type Response struct {
	ID       ResponseID
	Client   ClientID
	Session  SessionID // "" outside one
	Measure  measure.ID
	Version  string // of the instrument
	Language string
	Source   ResponseSource
	By       string // the therapist who entered or received it
	At       time.Time
	Answers  measure.Answers // what was skipped is not in it
	// Counted, Total and Prorated are as it was scored then: the record keeps what was acted on.
	Counted  bool
	Total    int
	Prorated bool
	Void     Voiding // zero: it counts
}

// Same tells whether two responses are one that was handed in twice.
func (r Response) Same(o Response) bool {
	return r.ID == o.ID && r.Client == o.Client && r.Session == o.Session && r.Measure == o.Measure && r.Version == o.Version &&
		r.Language == o.Language && r.Source == o.Source && maps.Equal(r.Answers, o.Answers)
}

// Voiding takes a response out of the account.
type Voiding struct {
	Why, By string
	At      time.Time
}

// AlertID names one alert.
type AlertID string

// Alert is raised by a risk answer, whatever the total, and is open until somebody recorded what
// was done. Voiding the response does not close it: that the question came up is a fact.
type Alert struct {
	ID       AlertID
	Client   ClientID
	Response ResponseID
	Items    []int // the answers that raised it, by item number
	Raised   time.Time
	Answer   AlertAnswer // zero: open
}

// AlertAnswer is what was done about an alert.
type AlertAnswer struct {
	Done, By string
	At       time.Time
}

// Open tells that nobody has recorded a response yet.
func (a Alert) Open() bool { return a.Answer.At.IsZero() }

// AlertRow is an alert with what raised it and whom it is about.
type AlertRow struct {
	Alert
	ClientName string
	Filled     Response
}

// ResponseStore keeps responses. Each write is one transaction, which enters e in the client's
// chain too, durable when it returns.
type ResponseStore interface {
	// SaveResponse adds a response and, unless it is nil, the alert it raises: both or neither.
	// One that is there already, and is the Same, is left alone, so that a write may be tried again: added
	// is false. ErrResponseTaken if another has its ID.
	SaveResponse(ctx context.Context, r Response, raises *Alert, e chain.Entry, ends ...Writing) (added bool, err error)
	VoidResponse(ctx context.Context, id ResponseID, v Voiding, e chain.Entry, ends ...Writing) error // ErrNotFound, ErrVoided
	ClientResponses(ctx context.Context, c ClientID) ([]Response, error)                              // newest first, voided ones too
}

// AlertStore keeps alerts; AnswerAlert enters e in the chain in the same transaction.
type AlertStore interface {
	AnswerAlert(ctx context.Context, id AlertID, a AlertAnswer, e chain.Entry, ends ...Writing) error // ErrNotFound, ErrAlertClosed
	OpenAlerts(ctx context.Context) ([]AlertRow, error)                                               // of all clients, oldest first
	ClientAlerts(ctx context.Context, c ClientID) ([]AlertRow, error)                                 // newest first, answered ones too
}

var (
	ErrResponseTaken = errors.New("response: another has this ID")
	ErrVoided        = errors.New("response: voided already")
	ErrAlertClosed   = errors.New("alert: answered already")
)
