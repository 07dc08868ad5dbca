package app

import (
	"context"
	"time"
)

// withdrawAll takes up what a shut link may have left undone: its blob is deleted at the relay,
// and the relay may have been away until the app was ended. A line that cannot is let be, and so is
// a store that cannot tell: the links are dead here in any case.
func (p *Practice) withdrawAll(ctx context.Context, r *Records) {
	line, ok := p.deps.Line.(Withdrawer)
	if !ok {
		return
	}
	invites, err := r.Invites.ClosedInvites(ctx, time.Now())
	if err != nil {
		return
	}
	for _, i := range invites {
		p.mu.Lock()
		begun := p.leaving[i.ID]
		p.leaving[i.ID] = true
		p.mu.Unlock()
		if !begun {
			line.Withdraw(LineInvite{ID: i.ID, Material: i.Material, Expires: i.Expires}, i.shutReason(), func() {
				p.arrived.post(func() { p.withdrawn(context.Background(), i.ID) })
			})
		}
	}
}

// withdrawn notes that the relay has let go of a link. While the vault is locked it cannot be
// noted: the next unlock asks the relay again, which is no harm.
func (p *Practice) withdrawn(ctx context.Context, id InviteID) {
	p.mu.Lock()
	delete(p.leaving, id)
	p.mu.Unlock()
	if r, err := p.open(); err == nil {
		_, _ = p.changeInvite(ctx, r, id, func(i *Invite) { i.Withdrawn = now() })
	}
}

// shutReason is what the page of a closed link tells.
func (i Invite) shutReason() ShutReason {
	if i.StateAt(i.Created) == InviteUsed {
		return ShutUsed
	}
	return ShutRevoked
}
