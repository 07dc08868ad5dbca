package apptest

import (
	"context"
	"slices"
	"time"

	"alcove/app"
)

// binned is a deleted draft.
type binned struct {
	app.Note
	at time.Time
}

// keepVersions puts versions behind those of a note, and thins them. The caller holds the lock.
func (m *Memory) keepVersions(id app.NoteID, add []app.Version) {
	all := slices.Clone(m.versions[id])
	for _, v := range add {
		v.Number = 1
		if n := len(all); n > 0 {
			v.Number = all[n-1].Number + 1
		}
		v.Sections = slices.Clone(v.Sections)
		all = append(all, v)
	}
	var at []time.Time
	for _, v := range all {
		at = append(at, v.At)
	}
	gone := app.ThinVersions(at)
	slices.Reverse(gone)
	for _, i := range gone {
		all = slices.Delete(all, i, i+1)
	}
	m.versions[id] = all
}

func (s *store) Versions(ctx context.Context, id app.NoteID) ([]app.Version, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if _, ok := s.m.notes[id]; !ok {
		return nil, app.ErrNotFound
	}
	all := slices.Clone(s.m.versions[id])
	for i := range all {
		all[i].Sections = slices.Clone(all[i].Sections)
	}
	return all, nil
}

func (s *store) DeletedDrafts(ctx context.Context, c app.ClientID) ([]app.DeletedDraft, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var all []app.DeletedDraft
	for _, b := range s.m.bin {
		if c == "" || b.Client == c {
			all = append(all, app.DeletedDraft{NoteHit: app.NoteHit{NoteRow: rowOf(b.Note), ClientName: s.m.clients[b.Client].Name}, Deleted: b.at})
		}
	}
	slices.SortFunc(all, func(a, b app.DeletedDraft) int { return b.Deleted.Compare(a.Deleted) })
	return all, nil
}

func (s *store) RestoreDraft(ctx context.Context, id app.NoteID) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	b, ok := s.m.bin[id]
	if !ok {
		return app.ErrNotFound
	}
	delete(s.m.bin, id)
	s.m.notes[id] = b.Note
	return nil
}

func (s *store) PurgeDrafts(ctx context.Context, before time.Time) (map[app.NoteID]app.ClientID, error) {
	unlock, err := s.read(ctx) // nothing to purge writes nothing
	if err != nil {
		return nil, err
	}
	defer unlock()
	gone := map[app.NoteID]app.ClientID{}
	for id, b := range s.m.bin {
		if b.at.Before(before) {
			gone[id] = b.Client
		}
	}
	if s.m.fail != nil && len(gone) > 0 {
		return nil, s.m.fail
	}
	for id := range gone {
		delete(s.m.bin, id)
		delete(s.m.versions, id)
	}
	return gone, nil
}
