package safety

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Place is where somebody is, as far as numbers go.
type Place struct {
	Country string // ISO 3166-1 alpha-2 where the directory knows it, else as it was typed
	Region  string // its part of ISO 3166-2 where the directory knows it, else as it was typed
}

// Number is one service, to call, to text, or both.
type Number struct {
	Name      string
	Call      string   // as it is dialled there, "" if it cannot be called
	Text      string   // the number to text, "" if it cannot be texted
	Languages []string `json:",omitempty"` // BCP 47; empty: not known
	Hours     string   // in words; "" if not known
	Note      string
	Source    string // where it was looked up, and can be looked up again
}

// Entry is what is known of one place: a country, or a region besides what holds for its country.
type Entry struct {
	Place     Place
	Emergency []Number
	Lines     []Number // crisis lines
	Note      string
	Checked   time.Time // the month of looking it up, or the moment of the practice's own edit
	Ours      bool      // the practice's own, which wins
}

// Numbers answer for one place.
type Numbers struct {
	Place     Place
	Name      string // "Scotland, United Kingdom"; "" if no country is given
	Known     bool   // false: nothing is known of this country, and Emergency is a guess
	Emergency []Number
	Lines     []Number // of the region first
	Notes     []string
	Ours      bool // the practice's own entry is among them
	// Checked is the oldest date among what is shown; zero if nothing is known.
	Checked time.Time
}

const (
	// StaleAfter is how old numbers may be before they are to be checked again.
	StaleAfter = 6 * 30 * 24 * time.Hour
	// Elsewhere holds for every short number.
	Elsewhere = "A short number reaches the services where the caller is. From another country you need the full local number: look it up with the client and write it down."
	unknown   = "Alcove knows no numbers for this country. 112 works in many countries, not in all: look the emergency number up with the client and write it down."
)

// Stale tells whether the numbers should be checked before anybody relies on them.
func (n Numbers) Stale(now time.Time) bool {
	return !n.Checked.IsZero() && now.Sub(n.Checked) > StaleAfter
}

// First is the emergency number to write down, "" if no country is given.
func (n Numbers) First() string {
	if len(n.Emergency) == 0 {
		return ""
	}
	return n.Emergency[0].Call
}

// Country is one that the directory knows.
type Country struct {
	Code, Name string
	Regions    []Region
	also       []string // what else people call it
}

// Region is a part of a country that has numbers of its own.
type Region struct {
	Code, Name string
	also       []string
}

// Directory knows whom to call where. The zero Directory knows nothing.
type Directory struct {
	countries []Country
	entries   map[Place]Entry
}

// Countries are those that are shipped, by name.
func (d *Directory) Countries() []Country { return d.countries }

// Place finds the codes for what was typed: a code, a name, or another name for it, accents and
// case aside. What it does not know stays as it was typed.
func (d *Directory) Place(country, region string) Place {
	p := Place{strings.TrimSpace(country), strings.TrimSpace(region)}
	c := d.country(p.Country)
	if c == nil {
		return p
	}
	p.Country = c.Code
	for _, r := range c.Regions {
		if named(p.Region, r.Code, r.Name, r.also) {
			p.Region = r.Code
		}
	}
	return p
}

func (d *Directory) country(text string) *Country {
	for i, c := range d.countries {
		if named(text, c.Code, c.Name, c.also) {
			return &d.countries[i]
		}
	}
	return nil
}

func named(text, code, name string, also []string) bool {
	is := func(s string) bool { return plain(s) == plain(text) }
	return text != "" && (is(code) || is(name) || slices.ContainsFunc(also, is))
}

// plain leaves letters and digits, in lower case: "Great  Britain" is "great-britain".
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// Suggest gives at most n countries whose name, or another name for it, has a word that begins as
// text does.
func (d *Directory) Suggest(text string, n int) []Country {
	var found []Country
	for _, c := range d.countries {
		if len(found) < n && slices.ContainsFunc(append([]string{c.Code, c.Name}, c.also...), func(name string) bool { return begins(name, text) }) {
			found = append(found, c)
		}
	}
	return found
}

func begins(name, text string) bool {
	if plain(text) == "" {
		return false
	}
	if strings.HasPrefix(plain(name), plain(text)) {
		return true
	}
	return slices.ContainsFunc(strings.Fields(name), func(word string) bool { return strings.HasPrefix(plain(word), plain(text)) })
}

// Names are a place's country and region in words.
func (d *Directory) Names(p Place) (country, region string) {
	country, region = p.Country, p.Region
	if c := d.country(p.Country); c != nil {
		country = c.Name
		for _, r := range c.Regions {
			if r.Code == p.Region {
				region = r.Name
			}
		}
	}
	return country, region
}

// Name is a place in words: "Scotland, United Kingdom".
func (d *Directory) Name(p Place) string {
	country, region := d.Names(p)
	return join(", ", region, country)
}

// Knows tells whether the directory has numbers for a country, by code or name.
func (d *Directory) Knows(country string) bool { return d.country(country) != nil }

// Entry is what is kept for exactly this place; a region's does not include its country's.
func (d *Directory) Entry(p Place) (Entry, bool) {
	e, ok := d.entries[d.Place(p.Country, p.Region)]
	return e, ok
}

// With gives a directory in which the practice's own entries stand in place of what was shipped.
func (d *Directory) With(own []Entry) *Directory {
	all := &Directory{countries: slices.Clone(d.countries), entries: make(map[Place]Entry, len(d.entries)+len(own))}
	maps.Copy(all.entries, d.entries)
	for _, e := range own {
		all.learn(e.Place)
		e.Place, e.Ours = all.Place(e.Place.Country, e.Place.Region), true
		all.entries[e.Place] = e
	}
	slices.SortFunc(all.countries, func(a, b Country) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// learn makes a place known by the name that the practice gave it.
func (d *Directory) learn(p Place) {
	c := d.country(p.Country)
	if c == nil {
		d.countries = append(d.countries, Country{Code: p.Country, Name: p.Country})
		c = &d.countries[len(d.countries)-1]
	}
	if p.Region != "" && !slices.ContainsFunc(c.Regions, func(r Region) bool { return named(p.Region, r.Code, r.Name, r.also) }) {
		c.Regions = append(slices.Clip(c.Regions), Region{Code: p.Region, Name: p.Region})
	}
}

// NumbersFor says whom to call for somebody who is at p: what holds for the region, then what
// holds for the country. For a country that nobody knows it says so.
func (d *Directory) NumbersFor(p Place) Numbers {
	p = d.Place(p.Country, p.Region)
	n := Numbers{Place: p, Name: d.Name(p)}
	if p.Country == "" {
		return n
	}
	places := []Place{p}
	if p.Region != "" {
		places = append(places, Place{Country: p.Country})
	}
	for _, at := range places {
		if e, ok := d.entries[at]; ok {
			n.add(e)
		}
	}
	n.Known = len(n.Emergency) > 0
	if !n.Known {
		n.Emergency = []Number{{Name: "Emergency", Call: "112"}}
		n.Notes = append(n.Notes, unknown)
	}
	return n
}

func (n *Numbers) add(e Entry) {
	n.Emergency = append(n.Emergency, e.Emergency...)
	n.Lines = append(n.Lines, e.Lines...)
	if e.Note != "" {
		n.Notes = append(n.Notes, e.Note)
	}
	for _, one := range e.Emergency {
		if one.Note != "" && !slices.Contains(n.Notes, one.Note) {
			n.Notes = append(n.Notes, one.Note)
		}
	}
	n.Ours = n.Ours || e.Ours
	if n.Checked.IsZero() || e.Checked.Before(n.Checked) {
		n.Checked = e.Checked
	}
}
