package measure

import (
	"fmt"
	"slices"
)

// Answers are the values chosen, by item number. An item that is not in it was not answered.
type Answers map[int]int

// AnswerError is an answer that nobody can give: no such item, or no such value. It comes from a
// page that is not ours.
type AnswerError struct{ Item, Value int }

func (e *AnswerError) Error() string {
	return fmt.Sprintf("measure: item %d cannot be answered with %d", e.Item, e.Value)
}

// Score is what a set of answers amounts to.
type Score struct {
	// Counted says that there is a total. Without it Total and Band mean nothing.
	Counted  bool
	Total    int
	Prorated bool // Missing answers were made up for, as the manual allows
	Band     Band
	Reached  []Cutoff
	Missing  []int // scored items that were not answered
	Risk     []int // items whose answer needs a response, total or not
}

// Score scores answers: *AnswerError.
func (i *Instrument) Score(a Answers) (Score, error) {
	if err := i.Check(a); err != nil {
		return Score{}, err
	}
	var s Score
	for _, r := range i.Risks {
		if v, ok := a[r.Item]; ok && v > r.Above && !slices.Contains(s.Risk, r.Item) {
			s.Risk = append(s.Risk, r.Item)
		}
	}
	sum, scored := 0, 0
	for _, it := range i.Items {
		if !it.Scored {
			continue
		}
		scored++
		if v, ok := a[it.Number]; ok {
			sum += v
		} else {
			s.Missing = append(s.Missing, it.Number)
		}
	}
	missing := len(s.Missing)
	if missing > i.Prorate {
		return s, nil
	}
	s.Counted, s.Prorated = true, missing > 0
	answered := scored - missing // at least one: read sees to it
	// The mean of what was answered, for all; half goes up.
	s.Total = (2*sum*scored + answered) / (2 * answered) * i.Multiply
	s.Band = i.band(s.Total)
	for _, c := range i.Cutoffs {
		if s.Total >= c.At {
			s.Reached = append(s.Reached, c)
		}
	}
	return s, nil
}

// Check tells an answer that nobody can give: *AnswerError, for the lowest such item.
func (i *Instrument) Check(a Answers) error {
	var wrong []int
	for number, value := range a {
		it, known := i.Item(number)
		if _, ok := it.Choice(value); !known || !ok {
			wrong = append(wrong, number)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	n := slices.Min(wrong)
	return &AnswerError{n, a[n]}
}

func (i *Instrument) band(total int) Band {
	n := slices.IndexFunc(i.Bands, func(b Band) bool { return b.From <= total && total <= b.To })
	return i.Bands[n] // they cover every total: read sees to it
}

// Severity is where a band stands, from 0, the best, to 1, the worst.
func (i *Instrument) Severity(b Band) float64 {
	n := slices.Index(i.Bands, b)
	if n < 0 || len(i.Bands) < 2 {
		return 0
	}
	at := float64(n) / float64(len(i.Bands)-1)
	if i.HigherIsBetter {
		return 1 - at
	}
	return at
}

// Change is how one total differs from an earlier one.
type Change struct {
	By       int
	Better   bool // false for no change, too
	Reliable bool // more than chance explains
}

// Change compares two totals.
func (i *Instrument) Change(from, to int) Change {
	by := to - from
	return Change{
		By: by, Better: by != 0 && (by > 0) == i.HigherIsBetter,
		Reliable: i.Reliable > 0 && max(by, -by) >= i.Reliable,
	}
}
