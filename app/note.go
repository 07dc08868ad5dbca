package app

import (
	"context"
	"errors"
	"time"
)

// NoteID names one note.
type NoteID string

// NoteFormat names what a note is: one of our own formats (format.go), or a template's ID.
type NoteFormat string

// NoteStatus uses FHIR's words: preliminary (draft), final (signed), amended (final with an
// addendum).
type NoteStatus string

const (
	NotePreliminary NoteStatus = "preliminary"
	NoteFinal       NoteStatus = "final"
	NoteAmended     NoteStatus = "amended"
)

// Section is one headed part of a note. Key is stable ("subjective"); Heading is the one it was
// written under, "" in notes of before headings were kept.
type Section struct {
	Key, Heading, Text string
	Carried            bool // from an earlier note, and not touched since
}

// Note is a progress note. It belongs to the record.
type Note struct {
	ID       NoteID
	Client   ClientID
	Session  SessionID // "" if it was not written for a session
	Format   NoteFormat
	Form     string // the name of the format when it was written; "" for one of our own
	Title    string
	Sections []Section
	Status   NoteStatus
	Created  time.Time
	Changed  time.Time
	Signed   Signature // zero while it is a draft
	Addenda  []Addendum
}

// Signature locks a note: who, when, and the SHA-256 over what was signed.
type Signature struct {
	By   string
	At   time.Time
	Hash [32]byte
}

// Addendum is the only change to what is read of a signed note.
type Addendum struct {
	Text string
	By   string
	At   time.Time
}

// NoteRow is one line in a list of notes.
type NoteRow struct {
	ID      NoteID
	Client  ClientID
	Title   string
	Format  NoteFormat
	Form    string // as in Note
	Status  NoteStatus
	Created time.Time
	Changed time.Time
	Excerpt string // the first words, at most 140 runes
}

// NoteQuery searches the full text of notes: title, sections and addenda. Text: every word must
// occur, the last one as a prefix, accents and case aside; it is no query language, so quotes,
// stars and "OR" are nothing but text. A text without a word finds nothing, or all that the filters let
// through.
type NoteQuery struct {
	Text     string
	Client   ClientID   // "" for all
	Format   NoteFormat // "" for all
	From, To time.Time  // created at From or later, and before To; zero for no bound
	Unsigned bool       // drafts alone
	Limit    int        // 0 for 50
}

// Filtered: something but its words narrows the query. It then finds notes without a word, too.
func (q NoteQuery) Filtered() bool {
	return q.Client != "" || q.Format != "" || q.Unsigned || !q.From.IsZero() || !q.To.IsZero()
}

// NoteHit is a note with the sentence it was found in. Marks are byte ranges of Excerpt.
type NoteHit struct {
	NoteRow
	ClientName string
	Marks      [][2]int
}

// NoteReader reads notes.
type NoteReader interface {
	Note(ctx context.Context, id NoteID) (Note, error)               // ErrNotFound
	Notes(ctx context.Context, client ClientID) ([]NoteRow, error)   // newest first, by Created
	Drafts(ctx context.Context, limit int) ([]NoteHit, error)        // unsigned, oldest first; limit 0 for 50
	SearchNotes(ctx context.Context, q NoteQuery) ([]NoteHit, error) // newest first, by Created
}

// NoteWriter writes notes. Each call is one transaction, durable when it returns.
type NoteWriter interface {
	// SaveDraft adds or replaces, and keeps what the draft said before in the same step; ThinVersions
	// says which of its older versions go. ErrSigned if it is signed by now, ErrNotFound if it is in the bin.
	SaveDraft(ctx context.Context, n Note, before ...Version) error
	SignNote(ctx context.Context, id NoteID, s Signature) error                    // ErrSigned
	AddAddendum(ctx context.Context, id NoteID, a Addendum, ends ...Writing) error // ErrNotSigned
	// DeleteDraft puts a draft into the bin, see NoteBin. ErrSigned.
	DeleteDraft(ctx context.Context, id NoteID, at time.Time) error
}

// ReviewReader finds treatment plans by their review date, Note.Review.
type ReviewReader interface {
	// ReviewsDue are the signed plans to be reviewed by a day, of clients who are not archived, the
	// most overdue first; limit 0 for 50. A newer signed plan of the client takes the place of theirs.
	ReviewsDue(ctx context.Context, by Day, limit int) ([]ReviewDue, error)
}

// ReviewDue is a treatment plan that is to be reviewed.
type ReviewDue struct {
	NoteHit
	Review Day
}

// NoteStore keeps notes.
type NoteStore interface {
	NoteReader
	NoteWriter
	VersionStore
	NoteBin
	ReviewReader
}

var (
	ErrSigned    = errors.New("note: signed, only an addendum can follow")
	ErrNotSigned = errors.New("note: not signed")
)
