package apptest

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"alcove/app"
	"alcove/app/chain"
)

// Memory keeps records in memory, and keeps the contract of app's stores. Open gives the
// stores over it; several openings, one after the other, see the same records.
type Memory struct {
	Disk *Disk // where backups go

	mu       sync.Mutex
	fail     error         // what every write answers
	stall    chan struct{} // what every call waits for
	writes   int           // attempts, failed ones too
	profile  app.Profile
	clients  map[app.ClientID]app.Client
	notes    map[app.NoteID]app.Note
	invites  map[app.InviteID]app.Invite
	sessions map[app.SessionID]app.SessionFacts
	guests   map[app.ClientID][][]byte
	knocks   map[seenKnock]time.Time
	apart    apartMemory
	versions map[app.NoteID][]app.Version
	bin      map[app.NoteID]binned
	forms    map[app.NoteFormat]app.Template
	audit    []app.AuditEntry
	chain    map[string][]chain.Entry // by client
	heads    map[string]chain.Head
	chainKey *chain.Key
	measures map[measureFile]app.OwnMeasure
	sheets   map[app.SessionID]app.Sheet
	plans    map[app.ClientID][]app.SafetyPlan // oldest first

	writing     map[app.Writing]app.Written
	brokenAudit []int64
	responses   []app.Response
	alerts      []app.Alert
}

// seenKnock is one knock at one invite.
type seenKnock struct {
	invite app.InviteID
	knock  app.KnockID
}

// NewMemory has no records.
func NewMemory() *Memory {
	return &Memory{
		Disk:     &Disk{},
		clients:  map[app.ClientID]app.Client{},
		notes:    map[app.NoteID]app.Note{},
		invites:  map[app.InviteID]app.Invite{},
		sessions: map[app.SessionID]app.SessionFacts{},
		guests:   map[app.ClientID][][]byte{},
		knocks:   map[seenKnock]time.Time{},
		versions: map[app.NoteID][]app.Version{},
		bin:      map[app.NoteID]binned{},
		forms:    map[app.NoteFormat]app.Template{},
		measures: map[measureFile]app.OwnMeasure{},
		sheets:   map[app.SessionID]app.Sheet{},
		plans:    map[app.ClientID][]app.SafetyPlan{},

		writing:  map[app.Writing]app.Written{},
		chain:    map[string][]chain.Entry{},
		heads:    map[string]chain.Head{},
		chainKey: chain.GenerateKey(),
	}
}

// Open gives the stores. keys may be nil where a test never changes them.
func (m *Memory) Open(keys app.VaultKeys) *app.Records {
	s := &store{m: m}
	return &app.Records{
		Keys: keys, Profile: s, Clients: s, Notes: s, Forms: s, Apart: s, Invites: s, Guests: s, Sessions: s, Sheets: s, Plans: s, Audit: s, Chain: s, Responses: s, Alerts: s, Measures: s, Writing: s,
		Close:   s.close,
		Backups: m.Disk, Aside: m.Disk,
	}
}

// Fail lets every write answer err, until Fail(nil).
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// Stall lets every call hang, as a disk that went away does, until the function it returns is
// called.
func (m *Memory) Stall() (goOn func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	stall := make(chan struct{})
	m.stall = stall
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.stall = nil
		close(stall)
	}
}

// Writes counts the writes tried so far.
func (m *Memory) Writes() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.writes
}

// Acts lists what the audit log holds, oldest first.
func (m *Memory) Acts() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var acts []string
	for _, e := range m.audit {
		acts = append(acts, e.Act)
	}
	return acts
}

// store is one opening of a Memory.
type store struct {
	m      *Memory
	closed bool // under m.mu
	apart  bool // psychotherapy notes are open; under m.mu
}

func (s *store) close() error {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	s.closed = true
	return nil
}

// read and write take the lock, which the caller gives back by the function they return.
func (s *store) read(ctx context.Context) (func(), error) {
	s.m.mu.Lock()
	stall := s.m.stall
	s.m.mu.Unlock()
	if stall != nil {
		<-stall
	}
	s.m.mu.Lock()
	err := ctx.Err()
	if s.closed {
		err = app.ErrLocked
	}
	if err != nil {
		s.m.mu.Unlock()
		return nil, err
	}
	return s.m.mu.Unlock, nil
}

func (s *store) write(ctx context.Context) (func(), error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	s.m.writes++
	if fail := s.m.fail; fail != nil {
		unlock()
		return nil, fail
	}
	return unlock, nil
}

func (s *store) Profile(ctx context.Context) (app.Profile, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return app.Profile{}, err
	}
	defer unlock()
	p := s.m.profile
	p.Languages, p.Numbers = slices.Clone(p.Languages), slices.Clone(p.Numbers)
	return p, nil
}

func (s *store) SaveProfile(ctx context.Context, p app.Profile) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	p.Languages, p.Numbers = slices.Clone(p.Languages), slices.Clone(p.Numbers)
	s.m.profile = p
	return nil
}

func (s *store) SaveClient(ctx context.Context, c app.Client, ends ...app.Writing) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	c.Tags, c.Asks, c.PairKey = slices.Clone(c.Tags), slices.Clone(c.Asks), bytes.Clone(c.PairKey)
	s.m.clients[c.ID] = c
	s.m.letGo(ends)
	return nil
}

func (s *store) Client(ctx context.Context, id app.ClientID) (app.Client, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return app.Client{}, err
	}
	defer unlock()
	c, ok := s.m.clients[id]
	if !ok {
		return app.Client{}, app.ErrNotFound
	}
	c.Tags, c.Asks, c.PairKey = slices.Clone(c.Tags), slices.Clone(c.Asks), bytes.Clone(c.PairKey)
	return c, nil
}

func (s *store) FindClients(ctx context.Context, q app.ClientQuery) (app.ClientPage, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return app.ClientPage{}, err
	}
	defer unlock()
	var rows []app.ClientRow
	for _, c := range s.m.clients {
		if q.Status != "" && c.Status != q.Status {
			continue
		}
		if wordsBegin(q.Text, c.Name, strings.Join(c.Tags, "\n"), c.Focus) {
			rows = append(rows, s.m.row(c))
		}
	}
	slices.SortFunc(rows, func(a, b app.ClientRow) int {
		if n := strings.Compare(fold(a.Name), fold(b.Name)); n != 0 {
			return n
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	page := app.ClientPage{Total: len(rows)}
	rows = rows[min(max(q.Offset, 0), len(rows)):]
	page.Rows = rows[:min(len(rows), limit(q.Limit, 200))]
	return page, nil
}

func (m *Memory) row(c app.Client) app.ClientRow {
	r := app.ClientRow{
		ID: c.ID, Name: c.Name, Pronouns: c.Pronouns, Focus: c.Focus,
		Tags: slices.Clone(c.Tags), Status: c.Status,
	}
	for _, s := range m.sessions {
		if s.Client == c.ID && s.Started.After(r.LastSeen) {
			r.LastSeen = s.Started
		}
	}
	for _, n := range m.notes {
		if n.Client == c.ID && n.Status == app.NotePreliminary {
			r.Drafts++
		}
	}
	m.trend(&r)
	return r
}

func (s *store) CountClients(ctx context.Context) (map[app.ClientStatus]int, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	counts := map[app.ClientStatus]int{}
	for _, c := range s.m.clients {
		counts[c.Status]++
	}
	return counts, nil
}

func (s *store) SaveInvite(ctx context.Context, i app.Invite) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	i.PinnedKey, i.Material = bytes.Clone(i.PinnedKey), bytes.Clone(i.Material)
	s.m.invites[i.ID] = i
	return nil
}

func (s *store) Invite(ctx context.Context, id app.InviteID) (app.Invite, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return app.Invite{}, err
	}
	defer unlock()
	i, ok := s.m.invites[id]
	if !ok {
		return app.Invite{}, app.ErrNotFound
	}
	return i, nil
}

func (s *store) ClientInvites(ctx context.Context, c app.ClientID) ([]app.Invite, error) {
	return s.pickInvites(ctx, func(i app.Invite) bool { return i.Client == c })
}

func (s *store) OpenInvites(ctx context.Context, now time.Time) ([]app.Invite, error) {
	return s.pickInvites(ctx, func(i app.Invite) bool {
		return i.Spent.IsZero() && i.Revoked.IsZero() && i.WrongPINs < app.MaxWrongPINs && now.Before(i.Expires)
	})
}

func (s *store) SeenKnock(ctx context.Context, i app.InviteID, k app.KnockID, at time.Time) (bool, error) {
	unlock, err := s.write(ctx)
	if err != nil {
		return false, err
	}
	defer unlock()
	for id, since := range s.m.knocks {
		if at.Sub(since) > app.KnockLife {
			delete(s.m.knocks, id)
		}
	}
	id := seenKnock{i, k}
	if _, again := s.m.knocks[id]; again {
		return true, nil
	}
	s.m.knocks[id] = at
	return false, nil
}

func (s *store) ClosedInvites(ctx context.Context, now time.Time) ([]app.Invite, error) {
	return s.pickInvites(ctx, func(i app.Invite) bool {
		closed := !i.Spent.IsZero() || !i.Revoked.IsZero() || i.WrongPINs >= app.MaxWrongPINs
		return closed && i.Withdrawn.IsZero() && now.Before(i.Expires)
	})
}

func (s *store) pickInvites(ctx context.Context, want func(app.Invite) bool) ([]app.Invite, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var out []app.Invite
	for _, i := range s.m.invites {
		if want(i) {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b app.Invite) int { return b.Created.Compare(a.Created) })
	return out, nil
}

func (s *store) GuestVerified(ctx context.Context, c app.ClientID, key []byte) (bool, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return false, err
	}
	defer unlock()
	return slices.ContainsFunc(s.m.guests[c], func(k []byte) bool { return bytes.Equal(k, key) }), nil
}

func (s *store) SaveVerifiedGuest(ctx context.Context, c app.ClientID, key []byte, _ time.Time) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	s.m.guests[c] = append(s.m.guests[c], bytes.Clone(key))
	return nil
}

func (s *store) ForgetGuests(ctx context.Context, c app.ClientID) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	delete(s.m.guests, c)
	return nil
}

// limit gives the contract's default for a limit of 0.
func limit(n, def int) int {
	if n <= 0 {
		return def
	}
	return n
}
