package safety

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Item is one question that is asked before the work starts (HHS, APA and ATA ask the same six).
type Item string

// The items, in the order in which they are asked.
const (
	Identity  Item = "identity"
	Where     Item = "where"
	Present   Item = "present"
	Emergency Item = "emergency"
	Support   Item = "support"
	CallBack  Item = "callback"
)

// Items are all of them.
func Items() []Item { return []Item{Identity, Where, Present, Emergency, Support, CallBack} }

// Heading is an item as a list names it.
func (i Item) Heading() string {
	return map[Item]string{
		Identity: "Identity", Where: "Place today", Present: "Who can hear", Emergency: "Emergency number there",
		Support: "Support person", CallBack: "Call-back number",
	}[i]
}

// State is where an item stands.
type State int

// States.
const (
	Open State = iota
	Done
	LastTime // answered as last time, and not gone over today
	Skipped
)

// Consent is whether the support person may be called.
type Consent string

// Consents.
const (
	ConsentUnasked Consent = ""
	ConsentYes     Consent = "yes"
	ConsentNo      Consent = "no"
)

// Person is somebody to call.
type Person struct{ Name, Relation, Phone string }

// Checklist is what was answered at the start of a session.
type Checklist struct {
	Identity  string // how it was confirmed
	Place     Place
	Address   string
	Present   string // who is there and can hear
	Emergency string // the number to call for today's place
	Support   Person
	Consent   Consent
	CallBack  string

	Skipped  []Item
	LastTime []Item // not gone over today
	// Before is where the client was last time: offered, never taken for granted.
	Before Before
}

// Before is a place of an earlier session, with the number that went with it.
type Before struct {
	Place     Place
	Address   string
	Emergency string
}

// NewChecklist begins with the answers of last time, nil if there was none, except the place: that
// is asked anew. contact and phone are the record's, for a client who was never asked.
func NewChecklist(last *Checklist, contact Person, phone string) Checklist {
	if last == nil {
		c := Checklist{Support: contact, CallBack: phone}
		c.LastTime = c.answered(Support, CallBack)
		return c
	}
	c := Checklist{
		Identity: last.Identity, Present: last.Present, Support: last.Support, Consent: last.Consent, CallBack: last.CallBack,
		Before: Before{last.Place, last.Address, last.Emergency},
	}
	if last.Place == (Place{}) {
		c.Before = last.Before
	}
	if c.Support == (Person{}) {
		c.Support, c.Consent = contact, ConsentUnasked
	}
	c.CallBack = cmp.Or(c.CallBack, phone)
	c.LastTime = c.answered(Identity, Present, Support, CallBack)
	return c
}

func (c Checklist) answered(items ...Item) []Item {
	var out []Item
	for _, i := range items {
		if c.has(i) {
			out = append(out, i)
		}
	}
	return out
}

func (c Checklist) has(i Item) bool {
	switch i {
	case Identity:
		return c.Identity != ""
	case Where:
		return c.Place.Country != "" && c.Address != ""
	case Present:
		return c.Present != ""
	case Emergency:
		return c.Emergency != ""
	case Support:
		return c.Support.Name != "" || c.Support.Phone != ""
	}
	return c.CallBack != ""
}

// State is where an item stands.
func (c Checklist) State(i Item) State {
	switch {
	case slices.Contains(c.Skipped, i):
		return Skipped
	case !c.has(i):
		return Open
	case slices.Contains(c.LastTime, i):
		return LastTime
	}
	return Done
}

// Left counts what is still open.
func (c Checklist) Left() int {
	n := 0
	for _, i := range Items() {
		if c.State(i) == Open {
			n++
		}
	}
	return n
}

// Clone shares nothing with c.
func (c Checklist) Clone() Checklist {
	c.Skipped, c.LastTime = slices.Clone(c.Skipped), slices.Clone(c.LastTime)
	return c
}

// Set answers an item by do, which alters c. It is then neither skipped nor as last time.
func (c *Checklist) Set(i Item, do func(c *Checklist)) {
	do(c)
	for _, s := range []*string{
		&c.Identity, &c.Place.Country, &c.Place.Region, &c.Address, &c.Present, &c.Emergency,
		&c.Support.Name, &c.Support.Relation, &c.Support.Phone, &c.CallBack,
	} {
		*s = cut(strings.ToValidUTF8(*s, "\uFFFD"), answerMost)
	}
	c.Confirm(i)
}

// answerMost is how many characters an answer has at most: a page of text is a slip of the clipboard.
const answerMost = 500

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// Confirm: gone over today.
func (c *Checklist) Confirm(i Item) {
	is := func(x Item) bool { return x == i }
	c.Skipped, c.LastTime = slices.DeleteFunc(slices.Clone(c.Skipped), is), slices.DeleteFunc(slices.Clone(c.LastTime), is)
}

// Skip leaves an item out; it stays in sight, and the note says so. What was known of it is kept
// for the next time.
func (c *Checklist) Skip(i Item) {
	c.Confirm(i)
	c.Skipped = append(c.Skipped, i)
}

// SetPlace says where the client is today. Another country or region has another emergency number:
// one that was typed for the old place must not stay.
func (c *Checklist) SetPlace(p Place, n Numbers) {
	moved := p != c.Place
	c.Set(Where, func(c *Checklist) { c.Place = p })
	if moved {
		c.Set(Emergency, func(c *Checklist) { c.Emergency = n.First() })
	}
}

// SamePlace takes the place of last time, with its number if one was typed for it.
func (c *Checklist) SamePlace(n Numbers) {
	before := c.Before
	c.SetPlace(before.Place, n)
	c.Address = before.Address
	c.Emergency = cmp.Or(before.Emergency, c.Emergency)
}

// Lines are the checklist as a note has it: each item, and what was not asked. place gives a place
// its name.
func (c Checklist) Lines(place func(Place) string) []string {
	lines := []string{"At the start"}
	for _, i := range Items() {
		text := c.words(i, place)
		switch c.State(i) {
		case Skipped:
			text = "skipped"
		case Open:
			text = strings.TrimPrefix(text+" (not complete)", " ")
			if strings.HasPrefix(text, "(") {
				text = "not asked"
			}
		case LastTime:
			text += " (as last time, not gone over)"
		case Done:
		}
		lines = append(lines, i.Heading()+": "+text)
	}
	return lines
}

func (c Checklist) words(i Item, place func(Place) string) string {
	switch i {
	case Identity:
		return c.Identity
	case Where:
		return join(", ", c.Address, place(c.Place))
	case Present:
		return c.Present
	case Emergency:
		return c.Emergency
	case Support:
		return c.Support.Words(c.Consent)
	}
	return c.CallBack
}

// Words are a support person in a line: "Luis Velasco (brother), +1 503 555 0101; may be called".
func (p Person) Words(c Consent) string {
	who := p.Name
	if p.Relation != "" {
		who = join(" ", who, "("+p.Relation+")")
	}
	who = join(", ", who, p.Phone)
	if who == "" {
		return ""
	}
	return who + map[Consent]string{ConsentYes: "; may be called", ConsentNo: "; may not be called", ConsentUnasked: "; consent not asked"}[c]
}

func join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" }), sep)
}

// Deed is something that was done in an emergency.
type Deed struct {
	At   time.Time
	Text string
}

// Deeds are what a hand under pressure may want to note with one press, for who is to be called.
func Deeds(n Numbers, c Checklist) []string {
	var all []string
	if call := cmp.Or(c.Emergency, n.First()); call != "" {
		all = append(all, "Called "+call+" for the client’s place")
	}
	if len(n.Lines) > 0 {
		all = append(all, "Gave the client the crisis line")
	}
	if c.has(Support) {
		all = append(all, "Called the support person")
	}
	if c.has(CallBack) {
		all = append(all, "Called the client back by phone")
	}
	return append(all, "Stayed with the client on the line", "Somebody is with the client", "Help has arrived")
}
