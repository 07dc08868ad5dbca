package app

import (
	"context"
	"time"

	"alcove/app/safety"
)

// Sheet is what is written down for safety's sake in a session: the start checklist, and what was
// done in an emergency. It is kept while it is being filled in, and stands in the session's note.
type Sheet struct {
	Session   SessionID
	Client    ClientID
	Started   time.Time // the session's
	Touched   bool      // somebody went over the checklist
	Checklist safety.Checklist
	Deeds     []safety.Deed
}

// SheetStore keeps sheets.
type SheetStore interface {
	// SaveSheet adds or replaces the session's.
	SaveSheet(ctx context.Context, s Sheet) error
	Sheet(ctx context.Context, id SessionID) (Sheet, error) // ErrNotFound
	// LastSheet is that of the client's latest session. ErrNotFound.
	LastSheet(ctx context.Context, c ClientID) (Sheet, error)
}

// beginSheet is the sheet of a session that begins: last time's answers, or what the record knows.
// A store that fails leaves it empty: nobody waits at the door for that.
func beginSheet(ctx context.Context, r *Records, c ClientID) Sheet {
	var last *safety.Checklist
	if s, err := r.Sheets.LastSheet(ctx, c); err == nil {
		last = &s.Checklist
	}
	contact, phone := safety.Person{}, ""
	if cl, err := r.Clients.Client(ctx, c); err == nil {
		contact, phone = safety.Person(cl.Emergency), cl.Phone
	}
	return Sheet{Client: c, Checklist: safety.NewChecklist(last, contact, phone)}
}
