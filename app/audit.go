package app

import (
	"context"
	"slices"
	"time"

	"alcove/app/chain"
)

// What the audit log keeps an entry of. An act that was refused ends in ".failed".
const (
	ActSetUp         = "vault.setup"
	ActUnlock        = "vault.unlock"
	ActRecover       = "vault.recover"
	ActLock          = "vault.lock"
	ActPassphrase    = "vault.passphrase"
	ActDeviceSecret  = "vault.device"
	ActNewKit        = "vault.kit"
	ActSettings      = "practice.settings"
	ActAdmit         = "door.admit"
	ActDeny          = "door.deny"
	ActWrongPIN      = "door.wrongpin"
	ActBlocked       = "door.blocked" // too many wrong PINs
	ActInvite        = "invite.create"
	ActRevoke        = "invite.revoke"
	ActVerified      = "session.verified"
	ActWrongCode     = "session.wrongcode"
	ActUnverified    = "session.unverified"
	ActCutSession    = "session.cut"    // found without an end at an unlock
	ActForget        = "client.devices" // the client's devices are known no more
	ActViewClient    = "client.view"
	ActAddClient     = "client.add"
	ActChangeClient  = "client.change"
	ActViewNote      = "note.view"
	ActSearch        = "note.search" // never what was searched for
	ActWrite         = "note.write"  // a draft was saved
	ActSign          = "note.sign"
	ActAddendum      = "note.addendum"
	ActDelete        = "note.delete"
	ActExport        = "note.export"
	ActExportRecord  = "record.export"
	ActPlan          = "plan.version"
	ActShowPlan      = "plan.show"
	ActViewPlan      = "plan.view"
	ActEmergency     = "emergency.open"
	ActDeed          = "emergency.deed"   // what was done is in the note, never here
	ActNumbers       = "practice.numbers" // whom to call where was changed; About is the place
	ActViewLog       = "audit.view"
	ActExportLog     = "audit.export"
	ActViewMeasures  = "measure.view"
	ActMeasureFile   = "measure.import" // About is the instrument and its version, of these four
	ActMeasureRetire = "measure.retire"
	ActMeasureOffer  = "measure.offer"
	ActMeasureGone   = "measure.remove"
	ActResponse      = "measure.response"
	ActVoid          = "measure.void"
	ActExportChart   = "measure.export"
	ActAlert         = "alert.raise"
	ActAnswerAlert   = "alert.response"
	ActTemplate      = "template.save"
	ActTemplateGone  = "template.delete"
)

// refusals are acts that were refused without being called failed.
var refusals = map[string]bool{ActDeny: true, ActWrongPIN: true, ActBlocked: true, ActWrongCode: true}

// auditAgain is how long looking at the same thing again, or writing on, is the same act: a page that is turned back and
// forth must not bury everything else. A lock ends it.
const auditAgain = 5 * time.Minute

// owedMost bounds what somebody who keeps guessing the passphrase can make us remember.
const owedMost = 1000

// signedActs are the acts that enter a client's chain.
var signedActs = map[chain.Kind]string{
	chain.NoteSigned: ActSign, chain.NoteAddendum: ActAddendum, chain.PlanVersion: ActPlan,
	chain.MeasureResponse: ActResponse, chain.MeasureVoid: ActVoid, chain.AlertResponse: ActAnswerAlert,
}

// SignedAct is what the audit log keeps of an entry of a chain. The store writes both in one step, whatever it is killed in: nothing
// is signed unrecorded, and nothing recorded that was not signed.
func SignedAct(e chain.Entry) AuditEntry {
	return AuditEntry{At: e.At, Act: signedActs[e.Kind], Client: ClientID(e.Client), About: e.ID}
}

// RaisedAct is that of an alert, which comes with its response.
func RaisedAct(a Alert) AuditEntry {
	return AuditEntry{At: a.Raised, Act: ActAlert, Client: a.Client, About: string(a.ID)}
}

// audit writes e, after what is owed. What cannot be written is owed: it is kept, with its own
// time, and written with the next entry. An act that must not happen unrecorded uses
// auditFirst.
func (p *Practice) audit(ctx context.Context, e AuditEntry) error {
	e.At = now()
	p.owe(e)
	r, err := p.open()
	if err != nil {
		return err
	}
	return p.payOwed(ctx, r)
}

// payOwed writes what is owed; what it cannot write stays so.
func (p *Practice) payOwed(ctx context.Context, r *Records) error {
	p.mu.Lock()
	owed := p.owed
	p.owed = nil
	p.mu.Unlock()
	err := r.Audit.Append(ctx, owed...)
	if err != nil {
		p.mu.Lock()
		p.owed = append(owed, p.owed...)
		p.mu.Unlock()
	}
	return err
}

// triedActs are all that is taken from where a shut vault keeps tries: others can write there.
var triedActs = []string{ActUnlock + failed, ActRecover + failed, ActRestored + failed}

// noteTries writes down the unlocks that failed while the vault was shut. What cannot be written is
// written at the next unlock, and what could not be forgotten then is in the log already.
func (p *Practice) noteTries(ctx context.Context, r *Records) {
	tries, err := p.deps.Vault.Tries(ctx)
	if err != nil || len(tries) == 0 {
		return
	}
	known := map[AuditEntry]bool{}
	err = r.Audit.WalkAudit(ctx, AuditFilter{Acts: triedActs}, func(row AuditRow) error {
		known[tried(row.AuditEntry)] = true
		return nil
	})
	if err != nil {
		return
	}
	var fresh []AuditEntry
	for _, e := range tries {
		e = tried(e)
		if !slices.Contains(triedActs, e.Act) || known[e] {
			continue
		}
		known[e] = true
		if at := now(); e.At.After(at) {
			e.At = at // whoever sets the clock on, guesses, and sets it back, is in the log all the same
		}
		fresh = append(fresh, e)
	}
	if r.Audit.Append(ctx, fresh...) == nil {
		_ = p.deps.Vault.ForgetTries(ctx)
	}
}

// tried is what an entry has of a try, as the log keeps it, and so can be compared.
func tried(e AuditEntry) AuditEntry {
	return AuditEntry{At: e.At.UTC().Truncate(time.Millisecond), Act: e.Act}
}

// auditFirst writes e or says why not; the caller then lets the act be.
func (p *Practice) auditFirst(ctx context.Context, r *Records, e AuditEntry) error {
	e.At = now()
	return r.Audit.Append(ctx, e)
}

// auditSeldom writes e unless it has the same entry of the same sitting, younger than auditAgain. What cannot be
// written is owed.
func (p *Practice) auditSeldom(ctx context.Context, e AuditEntry) {
	at := time.Now()
	p.mu.Lock()
	for seen, when := range p.lately {
		if at.Sub(when) >= auditAgain {
			delete(p.lately, seen)
		}
	}
	_, lately := p.lately[e]
	if !lately && p.records != nil {
		p.lately[e] = at
	}
	p.mu.Unlock()
	if !lately {
		_ = p.audit(context.WithoutCancel(ctx), e)
	}
}

func (p *Practice) owe(e AuditEntry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.owed) < owedMost {
		p.owed = append(p.owed, e)
	}
}
