package measure

import (
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"alcove/app/datafile"
)

// Shelf holds instruments, every version of each.
type Shelf struct {
	all []*Instrument // by ID, the newest version first
}

// Load reads every data file of a folder. What is wrong in one is a *datafile.Fault, and none is
// taken.
func Load(folder fs.FS) (Shelf, error) {
	var s Shelf
	err := datafile.Read(folder, func(root *datafile.Value) {
		i := &Instrument{Multiply: 1}
		i.read(root)
		s = s.With(i)
	})
	if err != nil {
		return Shelf{}, err
	}
	return s, nil
}

// Parse reads one data file: *datafile.Fault. Unless it is nil, check then says what else is wrong with it.
func Parse(name string, data []byte, check func(root *datafile.Value, i *Instrument)) (*Instrument, error) {
	i := &Instrument{Multiply: 1}
	err := datafile.Parse(name, data, func(root *datafile.Value) {
		if i.read(root); root.Err() == nil && check != nil {
			check(root, i)
		}
	})
	if err != nil {
		return nil, err
	}
	return i, nil
}

// With is the shelf and one more; it takes the place of one of the same ID and version.
func (s Shelf) With(i *Instrument) Shelf {
	all := slices.DeleteFunc(slices.Clone(s.all), func(o *Instrument) bool { return o.ID == i.ID && o.Version == i.Version })
	all = append(all, i)
	slices.SortFunc(all, func(a, b *Instrument) int {
		if n := strings.Compare(string(a.ID), string(b.ID)); n != 0 {
			return n
		}
		return strings.Compare(b.Version, a.Version)
	})
	return Shelf{all}
}

// Newest is the newest version of an instrument, nil if there is none.
func (s Shelf) Newest(id ID) *Instrument {
	for _, i := range s.all {
		if i.ID == id {
			return i
		}
	}
	return nil
}

// Called is the newest version of an instrument whose short name reads like that one, nil if there is none: to whoever
// chooses from a list, "PHQ 9" is PHQ-9.
func (s Shelf) Called(short string) *Instrument {
	n := slices.IndexFunc(s.all, func(i *Instrument) bool { return bare(i.Short) == bare(short) })
	if n < 0 {
		return nil
	}
	return s.all[n]
}

// bare is a name without what is easily overlooked in it.
func bare(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// Version is one version of an instrument, nil if it is not there.
func (s Shelf) Version(id ID, version string) *Instrument {
	for _, i := range s.all {
		if i.ID == id && i.Version == version {
			return i
		}
	}
	return nil
}

// Offered are the newest versions, by short name.
func (s Shelf) Offered() []*Instrument {
	var out []*Instrument
	for n, i := range s.all {
		if n == 0 || s.all[n-1].ID != i.ID {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b *Instrument) int { return strings.Compare(a.Short, b.Short) })
	return out
}
