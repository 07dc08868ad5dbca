package app

import (
	"context"
	"time"

	"alcove/app/safety"
)

// writing is a plan that is being written and that the store has not got yet.
type writing struct {
	steps safety.Steps
	timer *time.Timer
}

// WritePlan keeps what is being written of a client's plan, two seconds after the last change. It
// never blocks. A lock keeps it first.
func (p *Practice) WritePlan(c ClientID, steps safety.Steps) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.records == nil {
		return
	}
	if w := p.writing[c]; w != nil {
		w.timer.Stop()
	}
	p.writing[c] = &writing{steps.Clone(), time.AfterFunc(draftPause, func() { p.keepPlan(context.Background(), c) })}
}

// PlanDraft is what was being written of a client's plan, also if it was typed a moment ago.
// ErrNotFound.
func (p *Practice) PlanDraft(ctx context.Context, c ClientID) (PlanDraft, error) {
	p.keepPlan(ctx, c)
	r, err := p.open()
	if err != nil {
		return PlanDraft{}, err
	}
	return r.Plans.PlanDraft(ctx, c)
}

// DropPlanDraft throws away what was being written.
func (p *Practice) DropPlanDraft(ctx context.Context, c ClientID) error {
	p.takeWriting(c)
	r, err := p.open()
	if err != nil {
		return err
	}
	if err := r.Plans.KeepPlanDraft(ctx, c, nil); err != nil {
		return err
	}
	p.changed(PlanChanged, string(c))
	return nil
}

// keepPlan writes what waits of one client.
func (p *Practice) keepPlan(ctx context.Context, c ClientID) {
	if r, err := p.open(); err == nil {
		p.keepPlans(ctx, r, c)
	}
}

// keepPlans writes what waits, of one client or, for "", of all. What the store does not take waits
// again, over a lock too.
func (p *Practice) keepPlans(ctx context.Context, r *Records, only ClientID) {
	p.mu.Lock()
	var clients []ClientID
	for c := range p.writing {
		if only == "" || c == only {
			clients = append(clients, c)
		}
	}
	p.mu.Unlock()
	for _, c := range clients {
		w := p.takeWriting(c)
		if w == nil {
			continue
		}
		if err := r.Plans.KeepPlanDraft(ctx, c, &PlanDraft{Steps: w.steps, Changed: now()}); err != nil {
			p.writeAgain(c, w)
		}
	}
}

// shutPlans is keepPlans for a lock, which waits for a store that hangs no longer than for a draft.
func (p *Practice) shutPlans(r *Records) {
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	upTo(ctx, func() { p.keepPlans(ctx, r, "") })
}

func (p *Practice) takeWriting(c ClientID) *writing {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.writing[c]
	delete(p.writing, c)
	if w != nil {
		w.timer.Stop()
	}
	return w
}

// writeAgain puts back what could not be written, unless something newer was typed.
func (p *Practice) writeAgain(c ClientID, w *writing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writing[c] == nil {
		w.timer = time.AfterFunc(draftRetry, func() { p.keepPlan(context.Background(), c) })
		p.writing[c] = w
	}
}
