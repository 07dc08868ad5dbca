package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"alcove/app"
)

// apartMemory is where psychotherapy notes are. Its box protects nothing.
type apartMemory struct {
	pass, kit []byte
	notes     map[app.NoteID]app.SealedNote
}

func (s *store) ApartState(ctx context.Context) (app.ApartState, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	switch {
	case s.m.apart.pass == nil:
		return app.ApartAbsent, nil
	case s.apart:
		return app.ApartOpen, nil
	}
	return app.ApartShut, nil
}

func (s *store) SetUpApart(ctx context.Context, p app.Passphrase) (app.RecoveryKit, error) {
	unlock, err := s.write(ctx)
	if err != nil {
		return app.RecoveryKit{}, err
	}
	defer unlock()
	if s.m.apart.pass != nil {
		return app.RecoveryKit{}, app.ErrVaultExists
	}
	s.m.apart = apartMemory{bytes.Clone(p.Bytes()), bytes.Repeat([]byte{0xa9}, 20), map[app.NoteID]app.SealedNote{}}
	s.apart = true
	return app.NewRecoveryKit(bytes.Clone(s.m.apart.kit)), nil
}

func (s *store) UnlockApart(ctx context.Context, p app.Passphrase) error {
	unlock, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if s.m.apart.pass == nil {
		return app.ErrNoVault
	}
	if !bytes.Equal(s.m.apart.pass, p.Bytes()) {
		return app.ErrWrongPassphrase
	}
	s.apart = true
	return nil
}

func (s *store) RecoverApart(ctx context.Context, kit app.RecoveryKit, p app.Passphrase) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if s.m.apart.pass == nil {
		return app.ErrNoVault
	}
	if !bytes.Equal(s.m.apart.kit, kit.Bytes()) {
		return app.ErrWrongRecoveryKit
	}
	s.m.apart.pass = bytes.Clone(p.Bytes())
	s.apart = true
	return nil
}

func (s *store) LockApart() {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	s.apart = false
}

func (s *store) ApartNotes(ctx context.Context, c app.ClientID) ([]app.Note, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if !s.apart {
		return nil, app.ErrApartLocked
	}
	var all []app.Note
	for _, sealed := range s.m.apart.notes {
		if c == "" || sealed.Client == c {
			all = append(all, openBox(sealed))
		}
	}
	slices.SortFunc(all, func(a, b app.Note) int { return b.Created.Compare(a.Created) })
	return all, nil
}

func openBox(s app.SealedNote) (n app.Note) {
	if err := json.Unmarshal(s.Box, &n); err != nil {
		panic(err) // Seal wrote it
	}
	return n
}

func (s *store) ApartNote(ctx context.Context, id app.NoteID) (app.Note, error) {
	all, err := s.ApartNotes(ctx, "")
	if err != nil {
		return app.Note{}, err
	}
	for _, n := range all {
		if n.ID == id {
			return n, nil
		}
	}
	return app.Note{}, app.ErrNotFound
}

func (s *store) SearchApart(ctx context.Context, q app.NoteQuery) ([]app.NoteHit, error) {
	all, err := s.ApartNotes(ctx, q.Client)
	if err != nil {
		return nil, err
	}
	var hits []app.NoteHit
	for _, n := range all {
		if _, ok := search(q.Text, fullText(n)); !ok {
			continue
		}
		hit := app.NoteHit{NoteRow: rowOf(n), ClientName: s.m.clients[n.Client].Name}
		hit.Excerpt, hit.Marks = excerptOf(q.Text, n)
		hits = append(hits, hit)
	}
	return hits[:min(len(hits), limit(q.Limit, hitsLimit))], nil
}

func (s *store) Seal(n app.Note) (app.SealedNote, error) {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if !s.apart || s.closed {
		return app.SealedNote{}, app.ErrApartLocked
	}
	box, err := json.Marshal(n)
	return app.SealedNote{ID: n.ID, Client: n.Client, Created: n.Created, Changed: n.Changed, Box: box}, err
}

func (s *store) KeepSealed(ctx context.Context, n app.SealedNote) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if s.m.apart.notes == nil {
		return app.ErrNoVault
	}
	s.m.apart.notes[n.ID] = n
	return nil
}

func (s *store) DeleteApart(ctx context.Context, id app.NoteID) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if _, ok := s.m.apart.notes[id]; !ok {
		return app.ErrNotFound
	}
	delete(s.m.apart.notes, id)
	return nil
}
