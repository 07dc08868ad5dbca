package app

import (
	"context"
	"errors"
	"slices"
)

// CutSession is one whose end nobody wrote down, because the app was closed in it. A draft note
// holds what is known.
type CutSession struct {
	SessionFacts
	ClientName string // initials in initials-only mode
}

// CutSessions are those whose notes are not signed yet, newest first.
func (p *Practice) CutSessions(ctx context.Context) ([]CutSession, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	all, err := r.Sessions.CutSessions(ctx)
	if err != nil {
		return nil, err
	}
	var out []CutSession
	for _, f := range p.dead(all) {
		if f.Note == "" {
			continue
		}
		c, err := r.Clients.Client(ctx, f.Client)
		if err != nil {
			return nil, err
		}
		out = append(out, CutSession{f, p.shown(c.Name)})
	}
	return out, nil
}

// pending: admitted when the vault was locked. Whether they meet, this app or the next unlock will tell.
func (f SessionFacts) pending() bool { return f.Alive.IsZero() && f.Ended.IsZero() && f.Note == "" }

// dead leaves out the sessions that this very app still runs, or still has to write.
func (p *Practice) dead(all []SessionFacts) []SessionFacts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(all, func(f SessionFacts) bool {
		return p.running != nil && p.running.id == f.ID ||
			slices.ContainsFunc(p.unfiled, func(s *Session) bool { return s.id == f.ID })
	})
}

// mendSessions makes the draft note of every session that was cut before the act that opened the vault.
func (p *Practice) mendSessions(ctx context.Context, r *Records, act string) error {
	why := EndClosed
	if act == ActRestored {
		why = EndCopied
	}
	all, err := r.Sessions.CutSessions(ctx)
	for _, f := range p.dead(all) {
		if f.Note == "" {
			err = errors.Join(err, p.mendSession(ctx, r, f, why))
		}
	}
	return err
}

func (p *Practice) mendSession(ctx context.Context, r *Records, f SessionFacts, why EndReason) error {
	sheet, err := r.Sheets.Sheet(ctx, f.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	asked, err := p.askedIn(ctx, r, f)
	if err != nil {
		return err
	}
	// Written by an end that was cut itself, and perhaps worked on or thrown away since: it stays so.
	id := sessionNote(f.ID)
	if _, err = r.Notes.Note(ctx, id); errors.Is(err, ErrNotFound) {
		err = p.openNote(ctx, r, f, why, sheet, asked)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	f.Note = id
	if err := r.Sessions.SaveSession(ctx, f); err != nil {
		return err
	}
	p.changed(ClientChanged, string(f.Client))
	return p.audit(ctx, AuditEntry{Act: ActCutSession, Client: f.Client, About: string(f.ID)})
}

// askedIn is what the client's page answered in a session, as the record has it.
func (p *Practice) askedIn(ctx context.Context, r *Records, f SessionFacts) (asked []AskedMeasure, err error) {
	all, err := r.Responses.ClientResponses(ctx, f.Client)
	for _, kept := range slices.Backward(all) {
		v := p.viewResponse(kept)
		if kept.Session == f.ID && kept.Source == FromClient && v.Instrument != nil {
			asked = append(asked, AskedMeasure{Short: v.Instrument.Short, State: AskKept, Score: scoreWords(v.Score)})
		}
	}
	return asked, err
}
