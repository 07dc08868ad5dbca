package app

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const nameMost = 200 // runes

// FieldError points at the field of a form that needs another look.
type FieldError struct{ Field, Advice string }

func (e *FieldError) Error() string { return e.Field + ": " + e.Advice }

// Initials is a name for when somebody looks over the shoulder: "A.M." for Ana Maria, at most
// three letters.
func Initials(name string) string {
	var b strings.Builder
	n := 0
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '-' }) {
		first := strings.IndexFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
		if first < 0 || n == 3 {
			continue
		}
		r, _ := utf8.DecodeRuneInString(word[first:])
		b.WriteRune(unicode.ToUpper(r))
		b.WriteByte('.')
		n++
	}
	if n == 0 {
		return "–"
	}
	return b.String()
}

// Clients is one page of the caseload, with initials for names in initials-only mode.
func (p *Practice) Clients(ctx context.Context, q ClientQuery) (ClientPage, error) {
	r, err := p.open()
	if err != nil {
		return ClientPage{}, err
	}
	page, err := r.Clients.FindClients(ctx, q)
	if err != nil {
		return ClientPage{}, err
	}
	for i := range page.Rows {
		page.Rows[i].Name = p.shown(page.Rows[i].Name)
	}
	return page, nil
}

// ClientCounts counts the caseload by status.
func (p *Practice) ClientCounts(ctx context.Context) (map[ClientStatus]int, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	return r.Clients.CountClients(ctx)
}

// Client is one client, whole, as somebody looks at it. ErrNotFound.
func (p *Practice) Client(ctx context.Context, id ClientID) (Client, error) {
	r, err := p.open()
	if err != nil {
		return Client{}, err
	}
	c, err := r.Clients.Client(ctx, id)
	if err == nil {
		p.auditSeldom(ctx, AuditEntry{Act: ActViewClient, Client: id})
	}
	return c, err
}

// ClientName is the name alone, as a screen may show it. ErrNotFound.
func (p *Practice) ClientName(ctx context.Context, id ClientID) (string, error) {
	r, err := p.open()
	if err != nil {
		return "", err
	}
	c, err := r.Clients.Client(ctx, id)
	return p.shown(c.Name), err
}

// SaveClient adds a client, if its ID is empty, or changes one: *FieldError, ErrNotFound. When
// it was made, the key of its links and what its page asks are not the form's to change.
func (p *Practice) SaveClient(ctx context.Context, c Client) (id ClientID, err error) {
	p.rewriting.Lock()
	defer p.rewriting.Unlock()
	of := WritingOf(ClientWriting, c.ID)
	err = p.instead(ctx, of, func() error {
		id, err = p.saveClient(ctx, c, of)
		return err
	})
	return id, err
}

// WriteClient keeps what is typed into a client's form, who has no ID if the form adds one.
func (p *Practice) WriteClient(was, is Client) {
	p.writeForm(WritingOf(ClientWriting, was.ID), was, is)
}

// UnsavedClient is what was typed into a client's form, or, for "", into that of a new one; nil if nothing was.
func (p *Practice) UnsavedClient(ctx context.Context, id ClientID) (*Unsaved[Client], error) {
	u, err := unsaved[Client](ctx, p, WritingOf(ClientWriting, id))
	if u != nil {
		u.Form.ID = id
	}
	return u, err
}

// saveClient does it; p.rewriting is held.
func (p *Practice) saveClient(ctx context.Context, c Client, ends Writing) (ClientID, error) {
	r, err := p.open()
	if err != nil {
		return "", err
	}
	if err := c.check(); err != nil {
		return "", err
	}
	c.Changed = now()
	act := ActChangeClient
	if c.ID == "" {
		act = ActAddClient
		c.ID, c.Created, c.PairKey, c.Asks = ClientID(newID()), c.Changed, nil, nil
	} else {
		old, err := r.Clients.Client(ctx, c.ID)
		if err != nil {
			return "", err
		}
		c.Created, c.PairKey, c.Asks = old.Created, old.PairKey, old.Asks
	}
	if err := r.Clients.SaveClient(ctx, c, ends); err != nil {
		return "", err
	}
	p.changed(ClientChanged, string(c.ID))
	_ = p.audit(ctx, AuditEntry{Act: act, Client: c.ID}) // owed if it fails: the client is saved
	return c.ID, nil
}

// Sessions are a client's sessions, newest first.
func (p *Practice) Sessions(ctx context.Context, id ClientID) ([]SessionFacts, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	all, err := r.Sessions.ClientSessions(ctx, id)
	return slices.DeleteFunc(all, SessionFacts.pending), err
}

// check tells which field needs another look, and tidies what was typed.
func (c *Client) check() error {
	for _, s := range []*string{
		&c.Name, &c.Pronouns, &c.Email, &c.Phone, &c.TimeZone, &c.Focus,
		&c.Emergency.Name, &c.Emergency.Relation, &c.Emergency.Phone,
	} {
		*s = strings.TrimSpace(strings.ToValidUTF8(*s, ""))
	}
	var tags []string
	for _, t := range c.Tags {
		if t = strings.TrimSpace(t); t != "" && !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	c.Tags = tags
	if c.Status == "" {
		c.Status = ClientActive
	}
	switch {
	case c.Name == "":
		return &FieldError{"Name", "Please fill in a name, or a pseudonym."}
	case utf8.RuneCountInString(c.Name) > nameMost:
		return &FieldError{"Name", "This name is too long; 200 characters fit."}
	case c.Email != "" && !looksLikeEmail(c.Email):
		return &FieldError{"Email", "An email address looks like name@example.org."}
	case c.Status != ClientActive && c.Status != ClientWaitlist && c.Status != ClientArchived:
		return &FieldError{"Status", "Choose active, waitlist or archived."}
	}
	if _, err := time.LoadLocation(c.TimeZone); err != nil {
		return &FieldError{"TimeZone", "This time zone is not known; one looks like Europe/Dublin."}
	}
	return nil
}

func looksLikeEmail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && strings.Trim(host, ".") == host && host != "" && !strings.ContainsAny(s, " \t\n,;") && !strings.Contains(host, "@")
}
