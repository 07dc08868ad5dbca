package app

import (
	"context"
	"errors"
	"time"

	"alcove/app/measure"
	"alcove/app/safety"
)

// ClientID names one client; 128 random bits in base32.
type ClientID string

// Client is the person. Never software. While the form is filled in it is kept under the names of its fields; what is not the form's
// is left out.
type Client struct {
	ID        ClientID `json:"-"`
	Name      string   // name or pseudonym, the only field that must be filled in
	Pronouns  string
	Email     string
	Phone     string
	TimeZone  string // IANA name, "" for the practice's own
	Emergency EmergencyContact
	Tags      []string
	Focus     string // one line under the name: "CBT for depression, weekly"
	Status    ClientStatus
	// Direct allows a direct connection, which shows each side the other's IP address.
	Direct bool
	// Asks are the measures that the client's page asks in the waiting room: SetAsks.
	Asks    []measure.ID `json:"-"`
	PairKey []byte       `json:"-"` // the therapist's signing key for this client alone; opaque to app
	Created time.Time    `json:"-"`
	Changed time.Time    `json:"-"`
}

// EmergencyContact is whom to call when the client is in danger.
type EmergencyContact struct{ Name, Relation, Phone string }

// ClientStatus orders the caseload.
type ClientStatus string

const (
	ClientActive   ClientStatus = "active"
	ClientWaitlist ClientStatus = "waitlist"
	ClientArchived ClientStatus = "archived"
)

// ClientRow is one line of the caseload.
type ClientRow struct {
	ID       ClientID
	Name     string
	Pronouns string
	Focus    string
	Tags     []string
	Status   ClientStatus
	LastSeen time.Time // start of the latest session, zero if none
	Drafts   int       // unsigned notes
	Alerts   int       // open ones
	// Trend are the last totals of the measure filled in last, oldest first, at most TrendMost.
	Measure measure.ID
	Trend   []int
}

// TrendMost is how many totals a row of the caseload shows.
const TrendMost = 8

// ClientQuery filters the caseload. Text matches the beginning of any word of name, tags and
// focus, accents and case aside; of several words each must match; empty matches all.
type ClientQuery struct {
	Text   string
	Status ClientStatus // "" for every status
	Limit  int          // 0 for 200
	Offset int
}

// ClientPage is one page of the caseload, by name, accents and case aside; Total counts all
// that match.
type ClientPage struct {
	Rows  []ClientRow
	Total int
}

// ClientStore keeps the caseload.
type ClientStore interface {
	// SaveClient adds or replaces. Durable when it returns.
	SaveClient(ctx context.Context, c Client, ends ...Writing) error
	Client(ctx context.Context, id ClientID) (Client, error) // ErrNotFound
	FindClients(ctx context.Context, q ClientQuery) (ClientPage, error)
	CountClients(ctx context.Context) (map[ClientStatus]int, error)
}

// Profile is the practice: who works here, and how the app behaves for them.
type Profile struct {
	Therapist    string
	Credentials  string // licence as clients see it: "LCSW 12345, Oregon"
	PracticeName string
	Languages    []string // BCP 47
	TimeZone     string   // IANA name
	Welcome      string   // shown to a client on the first screen
	IdleMinutes  int      // 0 for the default of 10
	ApartMinutes int      // of psychotherapy notes; 0 for the default of 5
	InitialsOnly bool
	KitConfirmed bool   // part of the recovery kit was typed back
	Theme        string // "", "light", "dark"
	Devices      Devices
	Relay        RelaySettings
	RelayToken   RelayToken     // of Relay.URL; "" where that is open to everybody
	Numbers      []safety.Entry // the practice's own emergency numbers and crisis lines
	Backup       BackupSettings
}

// ProfileStore keeps the practice's own settings.
type ProfileStore interface {
	Profile(ctx context.Context) (Profile, error) // the zero Profile before the first save
	SaveProfile(ctx context.Context, p Profile) error
}

// ErrNotFound: no such record.
var ErrNotFound = errors.New("no such record")
