package app

import (
	"context"
	"errors"
	"time"
)

// VaultPhase is where the app stands: what the first screen must be.
type VaultPhase string

const (
	PhaseAbsent   VaultPhase = "absent"
	PhaseShut     VaultPhase = "shut"
	PhaseUnlocked VaultPhase = "unlocked"
)

const (
	// DefaultIdleMinutes locks when nobody has been at work for so long.
	DefaultIdleMinutes = 10
	// idleLook is how often the wall clock is read. A timer alone would stand still while the
	// machine sleeps, and a laptop opened the next morning would be unlocked.
	idleLook = 20 * time.Second
	// lockPatience is how long a lock waits for a draft that is being saved.
	lockPatience = 5 * time.Second
)

// Phase tells what the first screen must be.
func (p *Practice) Phase(ctx context.Context) (VaultPhase, error) {
	if _, err := p.open(); err == nil {
		return PhaseUnlocked, nil
	}
	state, err := p.deps.Vault.State(ctx)
	if err != nil {
		return "", err
	}
	if state == VaultAbsent {
		return PhaseAbsent, nil
	}
	return PhaseShut, nil
}

// SetUp creates the vault, saves the profile and leaves the vault open. The kit must then be
// shown, and ConfirmKit called with two of its groups typed back. A kit that comes with an
// error is none the less the vault's; without one nothing was made. pass is wiped.
func (p *Practice) SetUp(ctx context.Context, pass Passphrase, profile Profile) (RecoveryKit, error) {
	defer pass.Wipe()
	profile.KitConfirmed = false
	if err := profile.check(); err != nil {
		return RecoveryKit{}, err
	}
	if !JudgePassphrase(pass, profile.Therapist, profile.PracticeName).OK {
		return RecoveryKit{}, ErrWeakPassphrase
	}
	var kit RecoveryKit
	err := p.enter(ctx, ActSetUp, func() (*Records, error) {
		r, k, err := p.deps.Vault.Create(ctx, pass)
		if err != nil {
			return nil, err
		}
		kit = k
		if err := r.Profile.SaveProfile(ctx, profile); err != nil {
			return nil, errors.Join(err, r.Close())
		}
		return r, nil
	})
	return kit, err
}

// Unlock opens the vault, and the line for every open invite. pass is wiped.
func (p *Practice) Unlock(ctx context.Context, pass Passphrase) error {
	defer pass.Wipe()
	return p.enter(ctx, ActUnlock, func() (*Records, error) { return p.deps.Vault.Unlock(ctx, pass) })
}

// Recover opens the vault with the kit and sets a new passphrase. pass is wiped; the kit once
// it has opened the vault.
func (p *Practice) Recover(ctx context.Context, kit RecoveryKit, pass Passphrase) error {
	defer pass.Wipe()
	if !JudgePassphrase(pass).OK {
		return ErrWeakPassphrase
	}
	err := p.enter(ctx, ActRecover, func() (*Records, error) { return p.deps.Vault.Recover(ctx, kit, pass) })
	if err == nil {
		kit.Wipe()
	}
	return err
}

// enter opens the vault by unlock and sets the practice to work. Already open, it does
// nothing: the second of two clicks.
func (p *Practice) enter(ctx context.Context, act string, unlock func() (*Records, error)) error {
	select {
	case p.turning <- struct{}{}:
		defer func() { <-p.turning }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if _, err := p.open(); err == nil {
		return nil
	}
	r, err := unlock()
	if err != nil {
		if errors.Is(err, ErrWrongPassphrase) || errors.Is(err, ErrWrongRecoveryKit) {
			e := AuditEntry{At: now(), Act: act + failed}
			if p.deps.Vault.KeepTry(context.WithoutCancel(ctx), e) != nil {
				p.owe(e)
			}
		}
		return err
	}
	ctx = context.WithoutCancel(ctx) // what is open, or restored, is entered: called off now, it would be done and said not to be
	profile, err := r.Profile.Profile(ctx)
	if err != nil {
		return errors.Join(err, r.Close())
	}
	measures, err := p.readShelves(ctx, r)
	if err != nil {
		return errors.Join(err, r.Close())
	}
	p.mu.Lock()
	p.records, p.profile, p.measures = r, profile, measures
	p.windLocked()
	p.mu.Unlock()
	p.holdToken()
	p.changed(VaultChanged, "")

	p.noteTries(ctx, r)
	// A disk that is full must not keep the therapist from reading: the entry is owed.
	_ = p.audit(ctx, AuditEntry{Act: act})
	p.settle(ctx, r)
	_ = p.mendSessions(ctx, r, act) // the next unlock tries again
	_ = p.purge(ctx, r)             // what cannot go today goes another day
	p.listenAll(ctx)
	p.withdrawAll(ctx, r)
	go p.lookBackups(r) // #nosec G118 -- outlives the unlock; a lock ends it
	return nil
}

// settle writes what could not be written while the vault was locked.
func (p *Practice) settle(ctx context.Context, r *Records) {
	p.mu.Lock()
	unsaved := p.unsaved
	p.unsaved = nil
	sessions := p.unwritten()
	p.mu.Unlock()
	p.keepSealed(ctx, r)
	for _, n := range unsaved {
		err := r.Notes.SaveDraft(ctx, n)
		if err != nil && !errors.Is(err, ErrSigned) {
			p.putUnsaved(n)
		}
		p.changed(NoteChanged, string(n.ID))
	}
	for _, s := range sessions {
		s.vaultOpened(ctx)
	}
	p.keepAllWriting(ctx, r)
}

// Lock saves and closes the drafts, stops listening at the door and wipes the keys. A running
// session goes on: its record waits for the next unlock.
func (p *Practice) Lock() {
	p.turning <- struct{}{}
	defer func() { <-p.turning }()
	p.mu.Lock()
	r := p.records
	if r == nil {
		p.mu.Unlock()
		return
	}
	if p.idle != nil {
		p.idle.Stop()
	}
	if p.apartIdle != nil {
		p.apartIdle.Stop()
	}
	p.records = nil // from here nobody else begins anything
	clear(p.lately)
	if p.keep.timer != nil {
		p.keep.timer.Stop()
	}
	drafts := p.drafts
	p.drafts = map[NoteID]*Draft{}
	knocks := p.knocks
	p.knocks = nil
	running := p.running
	// A call may need its relay again, and so the token.
	calling := running != nil && running.phase() != SessionEnded
	var shut []InviteID
	for id := range p.listening {
		if running == nil || running.invite != id {
			shut = append(shut, id)
			delete(p.listening, id)
		}
	}
	p.mu.Unlock()

	for _, k := range knocks {
		k.door.Deny(sayAway)
		p.changed(KnockChanged, string(k.ID))
	}
	for _, id := range shut {
		p.deps.Line.Shut(id, ShutLocked)
	}
	if !calling {
		p.holdToken()
	}
	p.shutDrafts(r, drafts)
	p.shutWriting(r)
	if calling {
		running.vaultShuts(r)
	}
	p.mu.Lock()
	p.profile, p.measures = Profile{}, shelves{}
	p.mu.Unlock()
	p.auditLock(r)
	// Whatever it says, the stores answer ErrLocked from here.
	_ = r.Close()
	p.changed(VaultChanged, "")
}

func (p *Practice) auditLock(r *Records) {
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	p.owe(AuditEntry{At: now(), Act: ActLock})
	upTo(ctx, func() { _ = p.payOwed(ctx, r) })
}

// upTo waits for do, but no longer than ctx: a disk that hangs must not keep the keys in memory.
func upTo(ctx context.Context, do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func (p *Practice) shutDrafts(r *Records, drafts map[NoteID]*Draft) {
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	for _, d := range drafts {
		n, kept := d.shut(ctx)
		switch {
		case kept:
		case !d.apart:
			p.putUnsaved(n)
		default: // while its key is there: it must not wait in the clear
			if sealed, err := r.Apart.Seal(n); err == nil {
				p.putSealed(sealed)
			}
		}
	}
}

// Touch tells that the therapist is at work: it winds the idle lock up again.
func (p *Practice) Touch() {
	p.mu.Lock()
	// The first key after a night's sleep must meet the lock, not wind it up.
	late := p.records != nil && wall(time.Now()).After(p.idleAt)
	if p.records != nil && !late {
		p.windLocked()
	}
	p.mu.Unlock()
	if late {
		go p.Lock() // it saves drafts, and whoever typed must not wait for that
	}
}

// windLocked sets the idle lock anew; p.mu is held.
func (p *Practice) windLocked() {
	wait := idleTime(p.profile.IdleMinutes, DefaultIdleMinutes)
	p.idleAt = wall(time.Now()).Add(wait)
	if p.idle != nil {
		p.idle.Stop()
	}
	p.idle = time.AfterFunc(min(wait, idleLook), p.lookIdle)
}

func idleTime(minutes, usual int) time.Duration {
	if minutes <= 0 {
		minutes = usual
	}
	return time.Duration(minutes) * time.Minute
}

func (p *Practice) lookIdle() {
	p.mu.Lock()
	left := p.idleAt.Sub(wall(time.Now()))
	if p.records == nil {
		p.mu.Unlock()
		return
	}
	if left > 0 {
		p.idle = time.AfterFunc(min(left, idleLook), p.lookIdle)
	}
	p.mu.Unlock()
	if left <= 0 {
		p.Lock()
	}
}

// wall drops the monotonic reading, which stands still in a sleeping machine.
func wall(t time.Time) time.Time { return t.Round(0) }

// ChangePassphrase needs the old one. Both are wiped.
func (p *Practice) ChangePassphrase(ctx context.Context, old, new Passphrase) error {
	defer old.Wipe()
	defer new.Wipe()
	r, err := p.open()
	if err != nil {
		return err
	}
	p.mu.Lock()
	hints := []string{p.profile.Therapist, p.profile.PracticeName}
	p.mu.Unlock()
	if !JudgePassphrase(new, hints...).OK {
		return ErrWeakPassphrase
	}
	if err := r.Keys.ChangePassphrase(ctx, old, new); err != nil {
		return err
	}
	return p.audit(ctx, AuditEntry{Act: ActPassphrase})
}

// RotateDeviceSecret replaces the half of the key that the system's keychain holds.
func (p *Practice) RotateDeviceSecret(ctx context.Context) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	if err := r.Keys.RotateDeviceSecret(ctx); err != nil {
		return err
	}
	return p.audit(ctx, AuditEntry{Act: ActDeviceSecret})
}
