package app

import "time"

// Slept makes the wall clock of the idle lock run ahead of its timers, as a machine does that
// slept.
func (p *Practice) Slept(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idleAt = p.idleAt.Add(-d)
}

// SetBack makes the wall clock of a session that runs stand so much earlier than when it began.
func (s *Session) SetBack(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view.Started, s.view.Alive = s.view.Started.Add(d), s.view.Alive.Add(d)
}
