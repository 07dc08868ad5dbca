package safety

import (
	"slices"
	"strings"
	"time"
)

// StepCount is how many steps a plan has.
const StepCount = 6

// StepForm is what a step asks for. The wording is ours: the well-known template and its name need
// permission.
type StepForm struct {
	Heading string
	Help    string
	Phones  bool // its lines are people or places that can be called
}

// Forms are the six steps, in their order: each is tried when the one before it is not enough.
func Forms() [StepCount]StepForm {
	return [StepCount]StepForm{
		{"Warning signs", "What tells that a crisis is on its way: thoughts, moods, situations, what others notice. In the client’s own words.", false},
		{"What I can do by myself", "What has helped before, alone and at once, without calling anybody.", false},
		{"People and places that take my mind off it", "Company and surroundings that distract, without having to talk about it.", false},
		{"People I can ask for help", "Whom the client would tell, and their numbers.", true},
		{"Professionals and services", "Who is reached when, with numbers. The crisis line of where the client lives belongs here.", true},
		{"Making my surroundings safer", "What is put out of reach, by whom and until when. Names of things are enough; no details.", false},
	}
}

// Line is one line of a step.
type Line struct {
	Text  string
	Phone string `json:",omitempty"`
}

// Words are a line with its number.
func (l Line) Words() string { return join(" · ", l.Text, l.Phone) }

// Steps are the lines of the six steps.
type Steps [StepCount][]Line

// Empty: nothing is in any step.
func (s Steps) Empty() bool {
	return !slices.ContainsFunc(s[:], func(lines []Line) bool { return len(lines) > 0 })
}

// Tidy leaves out empty lines, and spaces around words.
func (s Steps) Tidy() Steps {
	var out Steps
	for i, lines := range s {
		for _, l := range lines {
			l.Text, l.Phone = tidy(l.Text), tidy(l.Phone)
			if l != (Line{}) {
				out[i] = append(out[i], l)
			}
		}
	}
	return out
}

func tidy(s string) string { return strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD")) }

// Clone shares nothing with s.
func (s Steps) Clone() Steps {
	for i, lines := range s {
		s[i] = slices.Clone(lines)
	}
	return s
}

// Same tells whether two say the same.
func (s Steps) Same(t Steps) bool {
	for i := range s {
		if !slices.Equal(s[i], t[i]) {
			return false
		}
	}
	return true
}

// Plan is one version. It is never changed: what is written next is the next version.
type Plan struct {
	Version int // from 1
	Steps   Steps
	Review  time.Time // from when on it should be gone over again
	By      string
	At      time.Time
}

// Due tells whether the plan should be gone over again.
func (p Plan) Due(now time.Time) bool { return !p.Review.IsZero() && !now.Before(p.Review) }

// Change is what became of a line from one version to the next.
type Change int

// Changes.
const (
	Kept Change = iota
	Added
	Removed
)

// DiffLine is a line, and what became of it.
type DiffLine struct {
	Line
	Change Change
}

// Diff compares two versions step by step: every line of both, in their order.
func Diff(before, after Steps) [StepCount][]DiffLine {
	var all [StepCount][]DiffLine
	for i := range all {
		all[i] = diff(before[i], after[i])
	}
	return all
}

// diff goes by the longest common run of lines; a plan has few.
func diff(a, b []Line) []DiffLine {
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = 1 + longest[i+1][j+1]
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var out []DiffLine
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, DiffLine{a[i], Kept})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && longest[i+1][j] >= longest[i][j+1]:
			out = append(out, DiffLine{a[i], Removed})
			i++
		default:
			out = append(out, DiffLine{b[j], Added})
			j++
		}
	}
	return out
}
