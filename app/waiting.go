package app

import "time"

// Waiting is what stands in memory alone, because the vault was locked or the store failing when
// it was to be written. To end the app loses it.
type Waiting struct {
	Drafts   int                 // notes with changes that the store lacks
	Writing  map[WritingKind]int // texts that were being written
	Sessions []time.Time         // when those began whose end, and draft note, are not written
}

// None: the app can be ended.
func (w Waiting) None() bool { return w.Drafts+len(w.Writing)+len(w.Sessions) == 0 }

// Waiting is what would be lost just now. A draft that is only not saved yet is not in it: a Lock
// saves it.
func (p *Practice) Waiting() Waiting {
	p.mu.Lock()
	w := Waiting{Drafts: len(p.unsaved) + len(p.sealed), Writing: map[WritingKind]int{}}
	drafts := make([]*Draft, 0, len(p.drafts))
	for _, d := range p.drafts {
		drafts = append(drafts, d)
	}
	for of, text := range p.writing {
		if p.records == nil || text.problem != "" {
			w.Writing[of.Kind]++
		}
	}
	sessions := p.unwritten()
	p.mu.Unlock()
	for _, d := range drafts {
		if v := d.View(); v.Dirty && v.Problem != "" {
			w.Drafts++
		}
	}
	for _, s := range sessions {
		if began, owes := s.owed(); owes {
			w.Sessions = append(w.Sessions, began)
		}
	}
	return w
}

// unwritten are the sessions that may still have something for the record; p.mu is held.
func (p *Practice) unwritten() []*Session {
	all := append([]*Session(nil), p.unfiled...)
	if p.running != nil {
		all = append(all, p.running)
	}
	return all
}

// owed tells whether the record lacks something of a session in which the two met.
func (s *Session) owed() (began time.Time, owes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view.Started, s.met && s.owes
}
