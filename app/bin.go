package app

import (
	"context"
	"errors"
	"time"
)

// BinDays is how long a deleted draft can be brought back.
const BinDays = 30

// What the audit log keeps of the bin.
const (
	ActRestore = "note.restore"
	ActPurge   = "note.purge"
)

// DeletedDraft is a draft in the bin.
type DeletedDraft struct {
	NoteHit
	Deleted time.Time
	Gone    time.Time // when it is deleted for good; the practice sets it
}

// NoteBin keeps deleted drafts until they are purged. No other reader of notes finds them.
type NoteBin interface {
	// DeletedDrafts are a client's, or all for "", the last deleted first.
	DeletedDrafts(ctx context.Context, c ClientID) ([]DeletedDraft, error)
	RestoreDraft(ctx context.Context, id NoteID) error // ErrNotFound
	// PurgeDrafts deletes for good what was deleted before a time, with its versions, and tells whose.
	PurgeDrafts(ctx context.Context, before time.Time) (map[NoteID]ClientID, error)
}

// DeletedDrafts are a client's deleted drafts, or all for "", the last deleted first.
func (p *Practice) DeletedDrafts(ctx context.Context, c ClientID) ([]DeletedDraft, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	if err := p.purge(ctx, r); err != nil && !errors.Is(err, ErrReadOnly) && !errors.Is(err, ErrDiskFull) {
		return nil, err
	}
	all, err := r.Notes.DeletedDrafts(ctx, c)
	for i := range all {
		all[i].ClientName = p.shown(all[i].ClientName)
		all[i].Gone = all[i].Deleted.AddDate(0, 0, BinDays)
	}
	return all, err
}

// RestoreDraft brings a deleted draft back: ErrNotFound if its days are over.
func (p *Practice) RestoreDraft(ctx context.Context, id NoteID) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	if err := r.Notes.RestoreDraft(ctx, id); err != nil {
		return err
	}
	p.changed(NoteChanged, string(id))
	c, err := p.whose(ctx, r.Notes.Note, id)
	return errors.Join(err, p.audit(ctx, AuditEntry{Act: ActRestore, Client: c, About: string(id)}))
}

// purge deletes for good the drafts whose days in the bin are over.
func (p *Practice) purge(ctx context.Context, r *Records) error {
	gone, err := r.Notes.PurgeDrafts(ctx, now().AddDate(0, 0, -BinDays))
	for id, c := range gone {
		err = errors.Join(err, p.audit(ctx, AuditEntry{Act: ActPurge, Client: c, About: string(id)}))
	}
	return err
}
