package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"alcove/app/chain"
	"alcove/app/safety"
)

// PlanID names one version of one client's safety plan.
type PlanID string

// SafetyPlan is one version of a client's plan. Versions follow each other and none is ever
// changed.
type SafetyPlan struct {
	ID     PlanID
	Client ClientID
	safety.Plan
}

// PlanDue is a client whose plan should be gone over again.
type PlanDue struct {
	Client     ClientID
	ClientName string
	Version    int
	Review     time.Time
}

// PlanStore keeps safety plans.
type PlanStore interface {
	// AddPlan adds the client's next version and enters it in their chain, in one transaction. ErrPlanMoved
	// if it is not the next.
	AddPlan(ctx context.Context, p SafetyPlan, ends ...Writing) error
	Plans(ctx context.Context, c ClientID) ([]SafetyPlan, error) // newest first
	// PlansDue are the latest versions to be reviewed by then, the longest due first, of clients who are
	// not archived.
	PlansDue(ctx context.Context, by time.Time) ([]PlanDue, error)
}

// ErrPlanMoved: another version was written meanwhile.
var ErrPlanMoved = errors.New("plan: not the next version")

const (
	// ReviewDays is how long a plan is good for if nobody says otherwise.
	ReviewDays = 90
	planMost   = 32 << 10 // bytes of all lines
)

// Entry is the chain's entry for a version. Its hash is over the lines as the store has them, so that
// another wording of the headings leaves it standing.
func (p SafetyPlan) Entry() (chain.Entry, error) {
	lines, err := json.Marshal(p.Steps)
	if err != nil {
		return chain.Entry{}, err
	}
	hash := sha256.Sum256(lines)
	var sections []map[string]string
	for i, form := range safety.Forms() {
		var text []string
		for _, l := range p.Steps[i] {
			text = append(text, l.Words())
		}
		sections = append(sections, map[string]string{"heading": form.Heading, "text": strings.Join(text, "\n")})
	}
	body, err := chain.Body(map[string]any{
		"title": fmt.Sprintf("Safety plan, version %d", p.Version), "version": p.Version, "review": p.Review.UnixMilli(),
		"sections": sections, "sha256": hex.EncodeToString(hash[:]),
	})
	return chain.Entry{Client: string(p.Client), Kind: chain.PlanVersion, ID: string(p.ID), At: p.At, By: p.By, Body: body}, err
}

// Plans are a client's versions, newest first. The audit log has that they were read.
func (p *Practice) Plans(ctx context.Context, c ClientID) ([]SafetyPlan, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	all, err := r.Plans.Plans(ctx, c)
	if err == nil && len(all) > 0 {
		p.auditSeldom(ctx, AuditEntry{Act: ActViewPlan, Client: c, About: string(all[0].ID)})
	}
	return all, err
}

// PlansDue are the plans to be gone over again today.
func (p *Practice) PlansDue(ctx context.Context) ([]PlanDue, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	all, err := r.Plans.PlansDue(ctx, now())
	for i := range all {
		all[i].ClientName = p.shown(all[i].ClientName)
	}
	return all, err
}

// SavePlan writes the next version after version after, which is 0 for the first, to be reviewed in
// so many days. ErrPlanMoved, *FieldError.
func (p *Practice) SavePlan(ctx context.Context, c ClientID, after int, steps safety.Steps, days int) (SafetyPlan, error) {
	r, err := p.open()
	if err != nil {
		return SafetyPlan{}, err
	}
	steps = steps.Tidy()
	if err := checkSteps(steps); err != nil {
		return SafetyPlan{}, err
	}
	if days < 1 || days > 366 {
		return SafetyPlan{}, &FieldError{"Review", "Choose a day within a year: a plan that nobody looks at again grows old."}
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return SafetyPlan{}, err
	}
	at := now()
	here := at.In(pr.location())
	plan := SafetyPlan{ID: PlanID(newID()), Client: c, Plan: safety.Plan{
		Version: after + 1, Steps: steps, By: pr.signer(), At: at,
		Review: time.Date(here.Year(), here.Month(), here.Day()+days, 0, 0, 0, 0, here.Location()).UTC(),
	}}
	of := WritingOf(PlanWriting, c)
	if err := p.instead(ctx, of, func() error { return r.Plans.AddPlan(ctx, plan, of) }); err != nil {
		return SafetyPlan{}, err
	}
	p.changed(PlanChanged, string(c))
	return plan, nil
}

// WritePlan keeps what is being written of a client's plan.
func (p *Practice) WritePlan(c ClientID, steps safety.Steps) {
	p.writeForm(WritingOf(PlanWriting, c), nil, steps)
}

// UnsavedPlan is what was being written of the next version; nil if nothing was.
func (p *Practice) UnsavedPlan(ctx context.Context, c ClientID) (*Unsaved[safety.Steps], error) {
	return unsaved[safety.Steps](ctx, p, WritingOf(PlanWriting, c))
}

func checkSteps(s safety.Steps) error {
	if s.Empty() {
		return &FieldError{"Steps", "Please write something into at least one step."}
	}
	size := 0
	for _, lines := range s {
		for _, l := range lines {
			size += len(l.Text) + len(l.Phone)
			if utf8.RuneCountInString(l.Phone) > 60 {
				return &FieldError{"Steps", "A telephone number is too long; what else there is to say belongs beside the name."}
			}
		}
	}
	if size > planMost {
		return &FieldError{"Steps", "This is too long for a plan that is read in a crisis. Keep the words that the client would look for."}
	}
	return nil
}
