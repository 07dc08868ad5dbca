package apptest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"alcove/app"
	"alcove/app/chain"
	"alcove/app/measure"
)

func (s *store) SaveResponse(ctx context.Context, r app.Response, raises *app.Alert, e chain.Entry, ends ...app.Writing) (added bool, err error) {
	unlock, err := s.write(ctx)
	if err != nil {
		return false, err
	}
	defer unlock()
	if there := s.m.response(r.ID); there != nil {
		if !there.Same(r) {
			return false, app.ErrResponseTaken
		}
		return false, nil
	}
	r.Answers, r.Void = maps.Clone(r.Answers), app.Voiding{}
	s.m.responses = append(s.m.responses, r)
	s.m.letGo(ends)
	if err := s.m.enter(e, nil); err != nil || raises == nil {
		return true, err
	}
	a := *raises
	a.Items, a.Answer = slices.Clone(a.Items), app.AlertAnswer{}
	s.m.alerts = append(s.m.alerts, a)
	s.m.audit = append(s.m.audit, app.RaisedAct(a))
	return true, nil
}

// response is the one of that ID, nil if there is none.
func (m *Memory) response(id app.ResponseID) *app.Response {
	for i := range m.responses {
		if m.responses[i].ID == id {
			return &m.responses[i]
		}
	}
	return nil
}

func (s *store) VoidResponse(ctx context.Context, id app.ResponseID, v app.Voiding, e chain.Entry, ends ...app.Writing) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	r := s.m.response(id)
	switch {
	case r == nil || string(r.Client) != e.Client:
		return app.ErrNotFound
	case !r.Void.At.IsZero():
		return app.ErrVoided
	}
	r.Void = v
	s.m.letGo(ends)
	return s.m.enter(e, nil)
}

func (s *store) ClientResponses(ctx context.Context, c app.ClientID) ([]app.Response, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return s.m.clientResponses(c), nil
}

func (m *Memory) clientResponses(c app.ClientID) []app.Response {
	var out []app.Response
	for _, r := range m.responses {
		if r.Client == c {
			r.Answers = maps.Clone(r.Answers)
			out = append(out, r)
		}
	}
	slices.Reverse(out) // of one moment, the one entered last comes first
	slices.SortStableFunc(out, func(a, b app.Response) int { return b.At.Compare(a.At) })
	return out
}

// trend fills in what a row of the caseload shows of measures and alerts.
func (m *Memory) trend(r *app.ClientRow) {
	for _, a := range m.alerts {
		if a.Client == r.ID && a.Open() {
			r.Alerts++
		}
	}
	for _, k := range m.clientResponses(r.ID) {
		if !k.Counted || !k.Void.At.IsZero() || r.Measure != "" && k.Measure != r.Measure || len(r.Trend) == app.TrendMost {
			continue
		}
		r.Measure = k.Measure
		r.Trend = append(r.Trend, k.Total)
	}
	slices.Reverse(r.Trend)
}

func (s *store) AnswerAlert(ctx context.Context, id app.AlertID, answer app.AlertAnswer, e chain.Entry, ends ...app.Writing) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	for i := range s.m.alerts {
		a := &s.m.alerts[i]
		if a.ID != id || string(a.Client) != e.Client {
			continue
		}
		if !a.Open() {
			return app.ErrAlertClosed
		}
		a.Answer = answer
		s.m.letGo(ends)
		return s.m.enter(e, nil)
	}
	return app.ErrNotFound
}

func (s *store) OpenAlerts(ctx context.Context) ([]app.AlertRow, error) {
	rows, err := s.pickAlerts(ctx, func(a app.Alert) bool { return a.Open() })
	slices.Reverse(rows)
	return rows, err
}

func (s *store) ClientAlerts(ctx context.Context, c app.ClientID) ([]app.AlertRow, error) {
	return s.pickAlerts(ctx, func(a app.Alert) bool { return a.Client == c })
}

// pickAlerts gives the newest first.
func (s *store) pickAlerts(ctx context.Context, want func(app.Alert) bool) ([]app.AlertRow, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var out []app.AlertRow
	for _, a := range s.m.alerts {
		if want(a) {
			filled := *s.m.response(a.Response)
			filled.Answers, a.Items = maps.Clone(filled.Answers), slices.Clone(a.Items)
			out = append(out, app.AlertRow{Alert: a, ClientName: s.m.clients[a.Client].Name, Filled: filled})
		}
	}
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b app.AlertRow) int { return b.Raised.Compare(a.Raised) })
	return out, nil
}

// measureFile names an instrument of the practice's own.
type measureFile struct {
	id      measure.ID
	version string
}

func (m *Memory) used(f measureFile) bool {
	return slices.ContainsFunc(m.responses, func(r app.Response) bool { return r.Measure == f.id && r.Version == f.version })
}

func (s *store) OwnMeasures(ctx context.Context) ([]app.OwnMeasure, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var all []app.OwnMeasure
	for f, m := range s.m.measures {
		m.File, m.Used = bytes.Clone(m.File), s.m.used(f)
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b app.OwnMeasure) int {
		return cmp.Or(cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Version, b.Version))
	})
	return all, nil
}

var errMeasureThere = errors.New("apptest: measures are not changed")

func (s *store) AddMeasure(ctx context.Context, m app.OwnMeasure) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	f := measureFile{m.Measure, m.Version}
	if _, there := s.m.measures[f]; there {
		return errMeasureThere
	}
	m.File = bytes.Clone(m.File)
	s.m.measures[f] = m
	return nil
}

func (s *store) RetireMeasure(ctx context.Context, id measure.ID, version string, retired bool) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	f := measureFile{id, version}
	m, there := s.m.measures[f]
	if !there {
		return app.ErrNotFound
	}
	m.Retired = retired
	s.m.measures[f] = m
	return nil
}

func (s *store) RemoveMeasure(ctx context.Context, id measure.ID, version string) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	f := measureFile{id, version}
	if _, there := s.m.measures[f]; !there {
		return app.ErrNotFound
	}
	if s.m.used(f) {
		return app.ErrMeasureUsed
	}
	delete(s.m.measures, f)
	return nil
}
