package safety_test

import (
	"strings"
	"testing"
	"time"

	"alcove/app/safety"
)

func lines(words string) []safety.Line {
	var all []safety.Line
	for _, w := range strings.Fields(words) {
		all = append(all, safety.Line{Text: w})
	}
	return all
}

func TestDiff(t *testing.T) {
	for _, x := range []struct{ before, after, want string }{
		{"", "", ""},
		{"a b c", "a b c", " a  b  c"},
		{"a b", "a x b", " a +x  b"},
		{"a x b", "a b", " a -x  b"},
		{"a b", "b a", "-a  b +a"},
		{"a", "b", "-a +b"},
		{"", "a b", "+a +b"},
		{"a a", "a", " a -a"},
	} {
		var got []string
		for _, l := range safety.Diff(safety.Steps{1: lines(x.before)}, safety.Steps{1: lines(x.after)})[1] {
			got = append(got, string(" +-"[l.Change])+l.Text)
		}
		if s := strings.Join(got, " "); s != x.want {
			t.Errorf("%q → %q: got %q, want %q", x.before, x.after, s, x.want)
		}
	}
	phone := safety.Diff(safety.Steps{3: {{Text: "Luis", Phone: "1"}}}, safety.Steps{3: {{Text: "Luis", Phone: "2"}}})[3]
	if len(phone) != 2 || phone[0].Change != safety.Removed || phone[1].Change != safety.Added {
		t.Errorf("another number is another line: %+v", phone)
	}
}

func TestTidy(t *testing.T) {
	s := safety.Steps{0: {{Text: "  a "}, {Text: " "}, {Text: "\xff"}}, 3: {{Phone: " 1 "}}}.Tidy()
	if len(s[0]) != 2 || s[0][0].Text != "a" || s[0][1].Text != "\uFFFD" || len(s[3]) != 1 || s[3][0].Phone != "1" || s.Empty() {
		t.Errorf("%+v", s)
	}
	if !(safety.Steps{0: {{Text: " "}}}).Tidy().Empty() {
		t.Error("spaces are nothing")
	}
}

func TestDue(t *testing.T) {
	day := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	p := safety.Plan{Review: day}
	if p.Due(day.Add(-time.Second)) || !p.Due(day) || (safety.Plan{}).Due(day) {
		t.Error("due from its day on")
	}
}

func TestSixSteps(t *testing.T) {
	for i, f := range safety.Forms() {
		if f.Heading == "" || f.Help == "" || f.Phones != (i == 3 || i == 4) {
			t.Errorf("step %d: %+v", i+1, f)
		}
	}
}
