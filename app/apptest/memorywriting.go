package apptest

import (
	"context"

	"alcove/app"
)

func (s *store) KeepWriting(ctx context.Context, of app.Writing, w app.Written) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if w.Text == "" {
		delete(s.m.writing, of)
	} else {
		s.m.writing[of] = w
	}
	return nil
}

func (s *store) Writing(ctx context.Context, of app.Writing) (app.Written, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return app.Written{}, err
	}
	defer unlock()
	w, ok := s.m.writing[of]
	if !ok {
		return app.Written{}, app.ErrNotFound
	}
	return w, nil
}

func (m *Memory) letGo(ends []app.Writing) {
	for _, of := range ends {
		delete(m.writing, of)
	}
}
