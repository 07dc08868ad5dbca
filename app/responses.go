package app

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"alcove/app/measure"
)

const reasonMost = 2000 // runes

// Filled is a measure filled in, as a form hands it over: the therapist's, or the client's page.
type Filled struct {
	ID       ResponseID // "" for a new one; a page that sends twice says the same
	Client   ClientID
	Session  SessionID
	Measure  measure.ID
	Version  string // "" for the newest
	Language string // "" for the instrument's first
	Answers  measure.Answers
}

// ResponseView is a response as it is read.
type ResponseView struct {
	Response
	Instrument *measure.Instrument // as it was asked; nil if its data file is not here
	Score      measure.Score
	// Changes against the first and the last response before it that have a total.
	SinceFirst, SinceLast *measure.Change
	CanVoid               bool
}

// Asked is a question with the answer that was given.
type Asked struct {
	Item     int
	Question string
	Answer   string // "" if it was skipped
	Scored   bool
	Risk     bool
}

// MeasureHistory is all that a client filled in of one instrument.
type MeasureHistory struct {
	Instrument *measure.Instrument // the newest version
	Responses  []ResponseView      // newest first, voided ones too
}

// Counted are the responses that have a total and were not voided, oldest first: what a chart
// shows.
func (h MeasureHistory) Counted() []ResponseView {
	var out []ResponseView
	for _, r := range slices.Backward(h.Responses) {
		if r.Score.Counted && r.Void.At.IsZero() {
			out = append(out, r)
		}
	}
	return out
}

// RecordResponse scores what was filled in and keeps it, with the alert that a risk answer
// raises: *FieldError, *measure.AnswerError, ErrNotFound, ErrResponseTaken. The same twice, of one ID, is one
// response. It is the therapist's: the client's come by their session alone.
func (p *Practice) RecordResponse(ctx context.Context, f Filled) (id ResponseID, err error) {
	r, err := p.open()
	if err != nil {
		return "", err
	}
	of := FillOf(f.Client, f.Measure)
	err = p.instead(ctx, of, func() error {
		id, err = p.recordResponse(ctx, r, f, FromTherapist, now(), of)
		return err
	})
	return id, err
}

// FillOf names the answers that are being given to a client's measure.
func FillOf(c ClientID, m measure.ID) Writing {
	return Writing{FillWriting, string(c) + "/" + string(m)}
}

// WriteFilled keeps the answers that the therapist has chosen so far.
func (p *Practice) WriteFilled(f Filled) {
	none := f
	none.Answers = nil
	if len(f.Answers) == 0 {
		f.Answers = nil
	}
	p.writeForm(FillOf(f.Client, f.Measure), none, f)
}

// UnsavedFilled are the answers that were chosen and not kept; nil if there are none, or the instrument has a newer version.
func (p *Practice) UnsavedFilled(ctx context.Context, c ClientID, i *measure.Instrument) (*Unsaved[Filled], error) {
	u, err := unsaved[Filled](ctx, p, FillOf(c, i.ID))
	if err != nil || u == nil || u.Form.Version != i.Version {
		return nil, err
	}
	return u, nil
}

// recordResponse does it, for a form that was handed in by somebody at a time.
func (p *Practice) recordResponse(ctx context.Context, r *Records, f Filled, by ResponseSource, at time.Time, ends ...Writing) (ResponseID, error) {
	i := p.shelf().offered.Newest(f.Measure)
	if f.Version != "" {
		i = p.shelf().all.Version(f.Measure, f.Version)
	}
	if i == nil {
		return "", ErrNotFound
	}
	score, err := i.Score(f.Answers)
	if err != nil {
		return "", err
	}
	if len(f.Answers) == 0 {
		return "", &FieldError{"Answers", "Nothing is answered yet. Answer at least one question, or leave without keeping it."}
	}
	if _, err := r.Clients.Client(ctx, f.Client); err != nil {
		return "", err
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return "", err
	}
	if !i.Speaks(f.Language) {
		f.Language = i.Languages[0]
	}
	if f.ID == "" {
		f.ID = ResponseID(newID())
	}
	kept := Response{
		ID: f.ID, Client: f.Client, Session: f.Session, Measure: i.ID, Version: i.Version, Language: f.Language,
		Source: by, By: pr.signer(), At: at, Answers: f.Answers,
		Counted: score.Counted, Total: score.Total, Prorated: score.Prorated,
	}
	var raises *Alert
	if len(score.Risk) > 0 {
		// Its ID follows from the response's, so that a second try raises no second alert.
		raises = &Alert{ID: AlertID(f.ID), Client: f.Client, Response: f.ID, Items: score.Risk, Raised: at}
	}
	entry, err := p.viewResponse(kept).entry()
	if err != nil {
		return "", err
	}
	added, err := r.Responses.SaveResponse(ctx, kept, raises, entry, ends...)
	if err != nil {
		return "", err
	}
	if !added {
		return f.ID, nil
	}
	p.changed(ResponseChanged, string(f.Client))
	if raises != nil {
		p.changed(AlertChanged, string(f.Client))
	}
	return f.ID, nil
}

// MeasureHistories are what a client filled in, by instrument, the one filled in last first.
func (p *Practice) MeasureHistories(ctx context.Context, c ClientID) ([]MeasureHistory, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	all, err := r.Responses.ClientResponses(ctx, c)
	if err != nil {
		return nil, err
	}
	if len(all) > 0 {
		p.auditSeldom(ctx, AuditEntry{Act: ActViewMeasures, Client: c, About: string(c)})
	}
	var out []MeasureHistory
	for _, kept := range all {
		n := slices.IndexFunc(out, func(h MeasureHistory) bool { return h.Responses[0].Measure == kept.Measure })
		if n < 0 {
			n = len(out)
			out = append(out, MeasureHistory{Instrument: p.shelf().all.Newest(kept.Measure)})
		}
		out[n].Responses = append(out[n].Responses, p.viewResponse(kept))
	}
	for _, h := range out {
		compare(h)
	}
	return out, nil
}

func (p *Practice) viewResponse(kept Response) ResponseView {
	v := ResponseView{Response: kept, Instrument: p.shelf().all.Version(kept.Measure, kept.Version), CanVoid: kept.Void.At.IsZero()}
	if v.Instrument != nil {
		// The answers were checked when they were kept, by this same version.
		v.Score, _ = v.Instrument.Score(kept.Answers)
	}
	return v
}

// compare fills in the changes, from the oldest on.
func compare(h MeasureHistory) {
	if h.Instrument == nil {
		return
	}
	first, last := -1, -1
	for n := len(h.Responses) - 1; n >= 0; n-- {
		v := &h.Responses[n]
		if !v.Score.Counted || !v.Void.At.IsZero() {
			continue
		}
		if first < 0 {
			first, last = n, n
			continue
		}
		a := h.Instrument.Change(h.Responses[first].Score.Total, v.Score.Total)
		b := h.Instrument.Change(h.Responses[last].Score.Total, v.Score.Total)
		v.SinceFirst, v.SinceLast = &a, &b
		last = n
	}
}

// Asked are the questions and answers of a response, in the language it was given in.
func (v ResponseView) Asked() []Asked {
	if v.Instrument == nil {
		return nil
	}
	var out []Asked
	for _, it := range v.Instrument.Items {
		a := Asked{Item: it.Number, Question: v.Instrument.In(it.Text, v.Language), Scored: it.Scored, Risk: slices.Contains(v.Score.Risk, it.Number)}
		if value, ok := v.Answers[it.Number]; ok {
			c, _ := it.Choice(value)
			a.Answer = v.Instrument.In(c.Label, v.Language)
		}
		out = append(out, a)
	}
	return out
}

// VoidResponse takes a response out of the account, for a reason that stays: *FieldError,
// ErrNotFound, ErrVoided.
func (p *Practice) VoidResponse(ctx context.Context, c ClientID, id ResponseID, why string) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	if why, err = reason(why, "Please write why this response is not to count."); err != nil {
		return err
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return err
	}
	v := Voiding{Why: why, By: pr.signer(), At: now()}
	entry, err := v.entry(c, id)
	if err != nil {
		return err
	}
	of := WritingOf(VoidWriting, id)
	if err := p.instead(ctx, of, func() error { return r.Responses.VoidResponse(ctx, id, v, entry, of) }); err != nil {
		return err
	}
	p.changed(ResponseChanged, string(c))
	return nil
}

// reason tidies what was typed: *FieldError with advice if there is nothing.
func reason(text, advice string) (string, error) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, string(utf8.RuneError)))
	if text == "" {
		return "", &FieldError{"Text", advice}
	}
	if utf8.RuneCountInString(text) > reasonMost {
		return "", &FieldError{"Text", "This is longer than 2,000 characters. Keep it short here, and write the rest into the note."}
	}
	return text, nil
}

// SaveChart writes the picture of a client's chart, a PNG, to a file outside the vault. The log
// has it first, or it does not happen. ErrDiskFull, ErrReadOnly, ErrNoFolder.
func (p *Practice) SaveChart(ctx context.Context, path string, c ClientID, png []byte) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	if err := p.auditFirst(ctx, r, AuditEntry{Act: ActExportChart, Client: c, About: string(c)}); err != nil {
		return err
	}
	return p.deps.Files.WriteFile(ctx, path, func(w io.Writer) error {
		_, err := w.Write(png)
		return err
	})
}
