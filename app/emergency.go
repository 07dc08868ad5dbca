package app

import (
	"context"

	"alcove/app/safety"
)

// Emergency is what is needed at a glance when a client is in danger.
type Emergency struct {
	Client     ClientID
	ClientName string // initials in initials-only mode
	Phone      string // the client's own
	Checklist  safety.Checklist
	// Today: the place was asked in this session. Otherwise it is the one of last time.
	Today   bool
	Place   safety.Place
	Address string
	Numbers safety.Numbers
	Deeds   []safety.Deed
	Offers  []string // to be noted by one press
	// Sealed: the vault is locked. Place and numbers are there, names, address and plan are not.
	Sealed bool
}

// Emergency is the running session's card. It never blocks, and needs neither line nor vault.
func (s *Session) Emergency() Emergency {
	v := s.View()
	e := Emergency{Client: v.Client, ClientName: v.ClientName, Deeds: v.Deeds}
	e.fill(s.p.Directory(), v.Checklist)
	if _, err := s.p.open(); err != nil {
		e = Emergency{Sealed: true, Today: e.Today, Place: e.Place, Numbers: e.Numbers, Offers: safety.Deeds(e.Numbers, safety.Checklist{})}
	}
	return e
}

// Emergency is a client's card without a session: the place of last time, said so.
func (p *Practice) Emergency(ctx context.Context, c ClientID) (Emergency, error) {
	r, err := p.open()
	if err != nil {
		return Emergency{}, err
	}
	cl, err := r.Clients.Client(ctx, c)
	if err != nil {
		return Emergency{}, err
	}
	e := Emergency{Client: c, ClientName: p.shown(cl.Name), Phone: cl.Phone}
	e.fill(p.Directory(), beginSheet(ctx, r, c).Checklist)
	return e, nil
}

func (e *Emergency) fill(d *safety.Directory, c safety.Checklist) {
	e.Checklist, e.Today = c, c.Place.Country != ""
	e.Place, e.Address = c.Place, c.Address
	if !e.Today {
		e.Place, e.Address, e.Checklist.Emergency = c.Before.Place, c.Before.Address, c.Before.Emergency
	}
	e.Numbers = d.NumbersFor(e.Place)
	if e.Checklist.Emergency == "" {
		e.Checklist.Emergency = e.Numbers.First()
	}
	e.Offers = safety.Deeds(e.Numbers, e.Checklist)
}

// Deed notes what was done for a client while no session runs: into a new draft, or behind what is
// in it if id names it already. It gives the draft's ID.
func (p *Practice) Deed(ctx context.Context, c ClientID, id NoteID, text string) (NoteID, error) {
	r, err := p.open()
	if err != nil {
		return "", err
	}
	if text, err = deedText(text); err != nil {
		return id, err
	}
	if id == "" {
		id = NoteID(newID())
	}
	if err := p.auditFirst(ctx, r, AuditEntry{Act: ActDeed, Client: c, About: string(id)}); err != nil {
		return "", err // what is not noted is not owed to the log either
	}
	return id, p.addDeed(ctx, r, c, id, safety.Deed{At: now(), Text: text}, new(bool))
}

// OpenedEmergency tells the audit log that somebody looked.
func (p *Practice) OpenedEmergency(ctx context.Context, c ClientID) {
	p.auditSeldom(ctx, AuditEntry{Act: ActEmergency, Client: c, About: string(c)})
}
