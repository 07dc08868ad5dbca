package app

import "context"

// What the audit log keeps an entry of. An act that was refused ends in ".failed".
const (
	ActSetUp        = "vault.setup"
	ActUnlock       = "vault.unlock"
	ActRecover      = "vault.recover"
	ActLock         = "vault.lock"
	ActPassphrase   = "vault.passphrase"
	ActDeviceSecret = "vault.device"
	ActNewKit       = "vault.kit"
	ActAdmit        = "door.admit"
	ActDeny         = "door.deny"
	ActBlocked      = "door.blocked" // too many wrong PINs
	ActInvite       = "invite.create"
	ActRevoke       = "invite.revoke"
	ActVerified     = "session.verified"
	ActWrongCode    = "session.wrongcode"
	ActUnverified   = "session.unverified"
	ActForget       = "client.devices" // the client's devices are known no more
	ActSign         = "note.sign"
	ActAddendum     = "note.addendum"
	ActDelete       = "note.delete"
	ActExport       = "note.export"
	ActExportRecord = "record.export"
	ActNumbers      = "practice.numbers" // whom to call where was changed; About is the place
)

// owedMost bounds what somebody who keeps guessing the passphrase can make us remember.
const owedMost = 1000

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
	p.mu.Lock()
	owed := p.owed
	p.owed = nil
	p.mu.Unlock()
	for i, e := range owed {
		if err := r.Audit.Append(ctx, e); err != nil {
			p.mu.Lock()
			p.owed = append(owed[i:], p.owed...)
			p.mu.Unlock()
			return err
		}
	}
	return nil
}

// auditFirst writes e or says why not; the caller then lets the act be.
func (p *Practice) auditFirst(ctx context.Context, r *Records, e AuditEntry) error {
	e.At = now()
	return r.Audit.Append(ctx, e)
}

func (p *Practice) owe(e AuditEntry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.owed) < owedMost {
		p.owed = append(p.owed, e)
	}
}
