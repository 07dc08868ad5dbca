package app

import (
	"context"
	"time"
)

// heardMost bounds what is remembered of knocks that no store noted.
const heardMost = 10_000

// replayed tells whether a knock came before. A relay, or whoever took it over, can keep a sealed
// knock and send it again while its clock is good: without the client it would ring the bell, and
// with a PIN of yesterday it would use up today's tries.
//
// Such a knock is not answered at all: whoever plays it again learns nothing of who is in.
//
// r is nil while the vault is locked. What no store can note now is remembered until the app ends.
func (p *Practice) replayed(ctx context.Context, r *Records, k Knock) bool {
	at := time.Now()
	p.mu.Lock()
	_, again := p.heard[k.ID]
	p.mu.Unlock()
	if again {
		return true
	}
	if r != nil {
		again, err := r.Invites.SeenKnock(ctx, k.Invite, k.ID, at)
		if err == nil {
			return again
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, since := range p.heard {
		if at.Sub(since) > KnockLife {
			delete(p.heard, id)
		}
	}
	if len(p.heard) < heardMost {
		p.heard[k.ID] = at
	}
	return false
}
