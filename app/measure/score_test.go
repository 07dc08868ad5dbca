package measure_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"alcove/app/measure"
)

// fill answers every scored item so that the raw sum is sum, from the first item on.
func fill(t *testing.T, i *measure.Instrument, sum int) measure.Answers {
	t.Helper()
	a := measure.Answers{}
	for _, it := range i.Items {
		if !it.Scored {
			continue
		}
		most := 0
		for _, c := range it.Scale {
			most = max(most, c.Value)
		}
		a[it.Number] = min(sum, most)
		sum -= a[it.Number]
	}
	if sum != 0 {
		t.Fatalf("%s cannot be that high", i.ID)
	}
	return a
}

func score(t *testing.T, i *measure.Instrument, a measure.Answers) measure.Score {
	t.Helper()
	s, err := i.Score(a)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every total of every instrument has the band that the table on paper gives it.
func TestBands(t *testing.T) {
	type edge struct {
		from, to int // of the total
		label    string
	}
	for id, edges := range map[measure.ID][]edge{
		"phq-9":   {{0, 4, "Minimal"}, {5, 9, "Mild"}, {10, 14, "Moderate"}, {15, 19, "Moderately severe"}, {20, 27, "Severe"}},
		"gad-7":   {{0, 4, "Minimal"}, {5, 9, "Mild"}, {10, 14, "Moderate"}, {15, 21, "Severe"}},
		"pcl-5":   {{0, 30, "Below the provisional cut"}, {31, 33, "Provisional cut, 31–33"}, {34, 80, "Above the provisional cut"}},
		"audit-c": {{0, 2, "Below both cut-offs"}, {3, 3, "At the cut-off for women"}, {4, 12, "At or above both cut-offs"}},
		"who-5":   {{0, 50, "Poor well-being"}, {51, 100, "Above the cut-off"}},
	} {
		i := instrument(t, id)
		_, high := i.Range()
		for total := 0; total <= high; total += i.Multiply {
			s := score(t, i, fill(t, i, total/i.Multiply))
			n := slices.IndexFunc(edges, func(e edge) bool { return e.from <= total && total <= e.to })
			if !s.Counted || s.Prorated || s.Total != total || s.Band.Label != edges[n].label || len(s.Missing) != 0 {
				t.Errorf("%s %d: %+v, want %q", id, total, s, edges[n].label)
			}
		}
	}
}

// Sums worked by hand, answer by answer.
func TestTotals(t *testing.T) {
	for _, x := range []struct {
		id      measure.ID
		answers []int
		total   int
	}{
		{"phq-9", []int{3, 2, 1, 0, 3, 2, 1, 0, 0}, 12},
		{"phq-9", []int{3, 3, 3, 3, 3, 3, 3, 3, 3}, 27},
		{"phq-9", []int{1, 0, 2, 0, 0, 1, 0, 1, 0, 3}, 5}, // the tenth is not scored
		{"gad-7", []int{0, 1, 2, 3, 2, 1, 0}, 9},
		{"pcl-5", []int{4, 3, 2, 1, 0, 4, 3, 2, 1, 0, 4, 3, 2, 1, 0, 4, 3, 2, 1, 0}, 40},
		{"audit-c", []int{4, 1, 2}, 7},
		{"who-5", []int{5, 4, 3, 2, 1}, 60},
		{"who-5", []int{0, 0, 0, 0, 1}, 4},
	} {
		a := measure.Answers{}
		for n, v := range x.answers {
			a[n+1] = v
		}
		if s := score(t, instrument(t, x.id), a); !s.Counted || s.Total != x.total {
			t.Errorf("%s %v: %+v, want %d", x.id, x.answers, s, x.total)
		}
	}
}

// Whichever answer is missing, no shipped instrument gives a total, and nothing becomes a zero.
func TestMissing(t *testing.T) {
	for _, i := range shelf(t).Offered() {
		_, high := i.Range()
		full := fill(t, i, high/i.Multiply)
		for _, it := range i.Items {
			a := measure.Answers{}
			for n, v := range full {
				if n != it.Number {
					a[n] = v
				}
			}
			s := score(t, i, a)
			if it.Scored && (s.Counted || s.Total != 0 || s.Band != (measure.Band{}) || !slices.Equal(s.Missing, []int{it.Number})) {
				t.Errorf("%s without %d: %+v", i.ID, it.Number, s)
			}
			if !it.Scored && !s.Counted {
				t.Errorf("%s: %d is not scored, and its answer is missed", i.ID, it.Number)
			}
		}
		if s := score(t, i, nil); s.Counted {
			t.Errorf("%s without any answer: %+v", i.ID, s)
		}
	}
}

// Four items of 0 to 3, of which two may be missing: the mean stands for them, half goes up.
func TestProrated(t *testing.T) {
	i := parse(t, plain(`"prorate": 2,`))
	for _, x := range []struct {
		answers measure.Answers
		counted bool
		total   int
		missing int
	}{
		{measure.Answers{1: 1, 2: 2, 3: 3, 4: 0}, true, 6, 0},
		{measure.Answers{1: 1, 2: 2, 3: 3}, true, 8, 1}, // 6 × 4/3
		{measure.Answers{1: 1, 2: 1, 3: 0}, true, 3, 1}, // 2 × 4/3 = 2.67
		{measure.Answers{1: 1, 2: 0, 3: 0}, true, 1, 1}, // 1.33
		{measure.Answers{2: 3, 4: 0}, true, 6, 2},       // 3 × 2
		{measure.Answers{2: 0, 4: 0}, true, 0, 2},       // answered with 0, twice
		{measure.Answers{1: 3, 2: 3}, true, 12, 2},      // never past the highest
		{measure.Answers{3: 3}, false, 0, 3},            // one missing too many
		{measure.Answers{}, false, 0, 4},
	} {
		s := score(t, i, x.answers)
		if s.Counted != x.counted || s.Total != x.total || len(s.Missing) != x.missing || s.Prorated != (x.counted && x.missing > 0) {
			t.Errorf("%v: %+v", x.answers, s)
		}
	}
	half := parse(t, plainOf(5, `"prorate": 1,`)) // 2 × 5/4 = 2.5
	if s := score(t, half, measure.Answers{1: 1, 2: 1, 3: 0, 4: 0}); s.Total != 3 {
		t.Errorf("half goes up: %+v", s)
	}
}

// Every answer to item 9, with and without a total.
func TestRisk(t *testing.T) {
	i := instrument(t, "phq-9")
	for v := range 4 {
		for _, rest := range []bool{true, false} {
			a := measure.Answers{}
			if rest {
				a = fill(t, i, 0)
			}
			a[9] = v
			s := score(t, i, a)
			if got := slices.Equal(s.Risk, []int{9}); got != (v > 0) || s.Counted != rest {
				t.Errorf("item 9 answered %d, all others answered: %v: %+v", v, rest, s)
			}
		}
	}
	a := fill(t, i, 24) // all but the ninth are at their highest
	if s := score(t, i, a); len(s.Risk) != 0 {
		t.Errorf("item 9 is 0: %+v", s)
	}
	delete(a, 9)
	if s := score(t, i, a); len(s.Risk) != 0 || s.Counted {
		t.Errorf("item 9 skipped is no answer: %+v", s)
	}
}

func TestCutoffsBySex(t *testing.T) {
	i := instrument(t, "audit-c")
	for total := range 13 {
		var want []string
		if total >= 3 {
			want = append(want, "women")
		}
		if total >= 4 {
			want = append(want, "men")
		}
		var got []string
		for _, c := range score(t, i, fill(t, i, total)).Reached {
			got = append(got, c.Label)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d: %v", total, got)
		}
	}
}

// A hostile page can send anything; nothing of it is scored.
func TestAnswersThatNobodyCanGive(t *testing.T) {
	i := instrument(t, "phq-9")
	for _, x := range []struct{ item, value int }{{1, 4}, {1, -1}, {9, 1 << 40}, {11, 0}, {0, 0}, {-1, 1}, {10, 4}} {
		a := fill(t, i, 3)
		a[x.item] = x.value
		_, err := i.Score(a)
		var wrong *measure.AnswerError
		if !errors.As(err, &wrong) || wrong.Item != x.item || wrong.Value != x.value {
			t.Errorf("%v: %v", x, err)
		}
	}
}

func TestChange(t *testing.T) {
	for _, x := range []struct {
		id       measure.ID
		from, to int
		want     measure.Change
	}{
		{"phq-9", 15, 10, measure.Change{By: -5, Better: true, Reliable: true}},
		{"phq-9", 14, 10, measure.Change{By: -4, Better: true}},
		{"phq-9", 10, 15, measure.Change{By: 5, Reliable: true}},
		{"phq-9", 10, 14, measure.Change{By: 4}},
		{"phq-9", 10, 10, measure.Change{}},
		{"gad-7", 8, 4, measure.Change{By: -4, Better: true, Reliable: true}},
		{"gad-7", 8, 5, measure.Change{By: -3, Better: true}},
		{"who-5", 20, 80, measure.Change{By: 60, Better: true}}, // none is established
		{"who-5", 80, 76, measure.Change{By: -4}},
		{"pcl-5", 60, 20, measure.Change{By: -40, Better: true}},
	} {
		if got := instrument(t, x.id).Change(x.from, x.to); got != x.want {
			t.Errorf("%s %d to %d: %+v", x.id, x.from, x.to, got)
		}
	}
}

func TestSeverity(t *testing.T) {
	phq, who := instrument(t, "phq-9"), instrument(t, "who-5")
	var got []string
	for _, b := range phq.Bands {
		got = append(got, fmt.Sprint(phq.Severity(b)))
	}
	for _, b := range who.Bands {
		got = append(got, fmt.Sprint(who.Severity(b)))
	}
	if !slices.Equal(got, []string{"0", "0.25", "0.5", "0.75", "1", "1", "0"}) {
		t.Error(got)
	}
}
