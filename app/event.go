package app

// EventKind says which kind of thing changed.
type EventKind int

const (
	VaultChanged   EventKind = iota // locked, unlocked, set up
	ClientChanged                   // ID: ClientID
	NoteChanged                     // ID: NoteID; also a draft's saved state
	InviteChanged                   // ID: ClientID of the invite
	KnockChanged                    // ID: KnockID; arrived, or gone
	SessionChanged                  // ID: SessionID; at least once a second while it is live
	LineChanged                     // the relay was reached or lost
	ProfileChanged
	PlanChanged     // ID: ClientID; of the safety plan, or of what is being written of it
	ResponseChanged // ID: ClientID of the response
	AlertChanged    // ID: ClientID of the alert; raised, or answered
	TemplateChanged // ID: NoteFormat
	MeasuresChanged // the instruments on offer
	KeepingChanged  // a backup or a drill began, went on or ended
	WritingChanged  // ID: Writing.Of; what is being written can no longer be kept, or can again
)

// Event says what changed; the reader fetches the snapshot again.
type Event struct {
	Kind EventKind
	ID   string
}
