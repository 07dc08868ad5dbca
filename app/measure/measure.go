// Package measure knows instruments: what they ask, how answers become a total, and what a total
// says. An instrument is a data file (assets/measures, or the practice's own), so a new one needs no code:
//
//	data file ──Load──▶ Instrument ──Score(Answers)──▶ Score: total and band, or why there is none
//	             │
//	             └─ *datafile.Fault: the line at fault, in words
//
// It calculates alone. A question that was not answered never counts as 0.
package measure

import "slices"

// ID names an instrument: "phq-9".
type ID string

// Text is one wording in each language of its instrument, by BCP 47 tag.
type Text map[string]string

// Instrument is one questionnaire, exactly as its data file has it. A file is never changed: a new
// edition is a new file with a new Version, so that an old response is still read as it was asked.
type Instrument struct {
	ID        ID
	Version   string // the date of its data file, 2006-01-02
	Short     string // "PHQ-9"
	Name      Text
	Source    string // where wording, scoring and bands come from
	Licence   Text   // shown wherever the instrument is
	Languages []string
	// Instruction stands above the questions, Stem before each of them; either may be nil.
	Instruction, Stem Text
	Items             []Item
	HigherIsBetter    bool
	Multiply          int // raw sum to total: 4 for WHO-5
	// Prorate is how many answers may be missing for a total that is still prorated; 0 where the
	// manual does not allow it.
	Prorate  int
	Bands    []Band // they cover every total, lowest first
	Cutoffs  []Cutoff
	Reliable int // the least change that is more than chance; 0 if none is established
	Risks    []Risk
}

// Item is one question.
type Item struct {
	Number int
	Text   Text
	Scored bool
	Scale  []Choice // as they are offered
}

// Choice is one answer that can be given.
type Choice struct {
	Value int
	Label Text
}

// Band is a range of totals, both ends included.
type Band struct {
	From, To int
	Label    string
}

// Cutoff is a total from which on a screen is positive, for those whom Label names.
type Cutoff struct {
	At    int
	Label string
}

// Risk is an answer that needs a response whatever the total: any above Above.
type Risk struct{ Item, Above int }

// In is the wording in a language, or in the first language of the instrument that has one.
func (i *Instrument) In(t Text, language string) string {
	if s, ok := t[language]; ok || len(i.Languages) == 0 {
		return s
	}
	return t[i.Languages[0]]
}

// Speaks tells whether there is an official wording in a language.
func (i *Instrument) Speaks(language string) bool { return slices.Contains(i.Languages, language) }

// Item is the one of that number.
func (i *Instrument) Item(number int) (Item, bool) {
	n := slices.IndexFunc(i.Items, func(it Item) bool { return it.Number == number })
	if n < 0 {
		return Item{}, false
	}
	return i.Items[n], true
}

// Choice is the answer of that value.
func (it Item) Choice(value int) (Choice, bool) {
	n := slices.IndexFunc(it.Scale, func(c Choice) bool { return c.Value == value })
	if n < 0 {
		return Choice{}, false
	}
	return it.Scale[n], true
}

// Range is the lowest and the highest total.
func (i *Instrument) Range() (low, high int) {
	for _, it := range i.Items {
		if it.Scored {
			values := it.values()
			low, high = low+slices.Min(values)*i.Multiply, high+slices.Max(values)*i.Multiply
		}
	}
	return low, high
}

// Comparable tells whether totals of two versions mean the same: they are drawn in one chart, and the change between them is told.
func (i *Instrument) Comparable(o *Instrument) bool {
	low, high := i.Range()
	from, to := o.Range()
	return low == from && high == to && i.HigherIsBetter == o.HigherIsBetter
}

func (it Item) values() []int {
	v := make([]int, len(it.Scale))
	for n, c := range it.Scale {
		v[n] = c.Value
	}
	return v
}
