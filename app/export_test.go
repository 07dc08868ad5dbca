package app

import "time"

// Slept makes the wall clock of the idle lock run ahead of its timers, as a machine does that
// slept.
func (p *Practice) Slept(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idleAt = p.idleAt.Add(-d)
}
