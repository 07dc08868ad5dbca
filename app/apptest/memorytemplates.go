package apptest

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"alcove/app"
)

func (s *store) Templates(ctx context.Context) ([]app.Template, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	all := slices.Collect(maps.Values(s.m.forms))
	slices.SortFunc(all, func(a, b app.Template) int {
		return cmp.Or(cmp.Compare(fold(a.Name), fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	for i := range all {
		all[i].Sections = slices.Clone(all[i].Sections)
	}
	return all, nil
}

func (s *store) SaveTemplate(ctx context.Context, t app.Template, ends ...app.Writing) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	t.Sections = slices.Clone(t.Sections)
	s.m.forms[t.ID] = t
	s.m.letGo(ends)
	return nil
}

func (s *store) DeleteTemplate(ctx context.Context, id app.NoteFormat, ends ...app.Writing) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if _, ok := s.m.forms[id]; !ok {
		return app.ErrNotFound
	}
	delete(s.m.forms, id)
	s.m.letGo(ends)
	return nil
}

func (s *store) ReviewsDue(ctx context.Context, by app.Day, n int) ([]app.ReviewDue, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	newest := map[app.ClientID]app.Note{}
	for _, n := range s.m.notes {
		if n.Format == app.FormatPlan && n.Status != app.NotePreliminary && n.Created.After(newest[n.Client].Created) {
			newest[n.Client] = n
		}
	}
	var due []app.ReviewDue
	for _, n := range newest {
		c := s.m.clients[n.Client]
		if day := n.Review(); day != "" && day <= by && c.Status != app.ClientArchived {
			due = append(due, app.ReviewDue{NoteHit: app.NoteHit{NoteRow: rowOf(n), ClientName: c.Name}, Review: day})
		}
	}
	slices.SortFunc(due, func(a, b app.ReviewDue) int {
		return cmp.Or(cmp.Compare(a.Review, b.Review), cmp.Compare(a.ID, b.ID))
	})
	return due[:min(len(due), limit(n, draftsLimit))], nil
}
