package apptest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"alcove/app"
)

func (s *store) AddPlan(ctx context.Context, p app.SafetyPlan, ends ...app.Writing) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if p.Version != len(s.m.plans[p.Client])+1 {
		return app.ErrPlanMoved
	}
	if err := s.m.enter(p.Entry()); err != nil {
		return err
	}
	p.Steps = p.Steps.Clone()
	s.m.plans[p.Client] = append(s.m.plans[p.Client], p)
	s.m.letGo(ends)
	return nil
}

func (s *store) Plans(ctx context.Context, c app.ClientID) ([]app.SafetyPlan, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var out []app.SafetyPlan
	for _, p := range s.m.plans[c] {
		p.Steps = p.Steps.Clone()
		out = append(out, p)
	}
	slices.Reverse(out)
	return out, nil
}

func (s *store) PlansDue(ctx context.Context, by time.Time) ([]app.PlanDue, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var out []app.PlanDue
	for c, all := range s.m.plans {
		last, client := all[len(all)-1], s.m.clients[c]
		if !last.Review.After(by) && client.Status != app.ClientArchived {
			out = append(out, app.PlanDue{Client: c, ClientName: client.Name, Version: last.Version, Review: last.Review})
		}
	}
	slices.SortFunc(out, func(a, b app.PlanDue) int {
		return cmp.Or(a.Review.Compare(b.Review), cmp.Compare(fold(a.ClientName), fold(b.ClientName)), cmp.Compare(a.Client, b.Client))
	})
	return out, nil
}

func (s *store) SaveSession(ctx context.Context, f app.SessionFacts) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	s.m.sessions[f.ID] = f
	return nil
}

func (s *store) DropSession(ctx context.Context, id app.SessionID) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	delete(s.m.sessions, id)
	delete(s.m.sheets, id)
	return nil
}

func (s *store) ClientSessions(ctx context.Context, c app.ClientID) ([]app.SessionFacts, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var out []app.SessionFacts
	for _, f := range s.m.sessions {
		if f.Client == c {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b app.SessionFacts) int { return b.Started.Compare(a.Started) })
	return out, nil
}

func (s *store) CutSessions(ctx context.Context) ([]app.SessionFacts, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var out []app.SessionFacts
	for _, f := range s.m.sessions {
		if f.Ended.IsZero() && (f.Note == "" || s.m.notes[f.Note].Status == app.NotePreliminary) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b app.SessionFacts) int { return b.Started.Compare(a.Started) })
	return out, nil
}

func (s *store) SaveSheet(ctx context.Context, sheet app.Sheet) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	s.m.sheets[sheet.Session] = cloneSheet(sheet)
	return nil
}

func (s *store) Sheet(ctx context.Context, id app.SessionID) (app.Sheet, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return app.Sheet{}, err
	}
	defer unlock()
	sheet, ok := s.m.sheets[id]
	if !ok {
		return app.Sheet{}, app.ErrNotFound
	}
	return cloneSheet(sheet), nil
}

func (s *store) LastSheet(ctx context.Context, c app.ClientID) (app.Sheet, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return app.Sheet{}, err
	}
	defer unlock()
	var last app.Sheet
	for _, sheet := range s.m.sheets {
		if sheet.Client == c && (last.Session == "" || sheet.Started.After(last.Started)) {
			last = sheet
		}
	}
	if last.Session == "" {
		return app.Sheet{}, app.ErrNotFound
	}
	return cloneSheet(last), nil
}

func cloneSheet(s app.Sheet) app.Sheet {
	s.Checklist, s.Deeds = s.Checklist.Clone(), slices.Clone(s.Deeds)
	return s
}
