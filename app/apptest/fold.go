package apptest

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// word is one word of a text: folded, and where it stands in the text.
type word struct {
	folded     string
	start, end int // bytes
}

// words splits a text at everything that is neither letter, mark nor digit, as FTS5's
// unicode61 does.
func words(text string) []word {
	var out []word
	start := -1
	for i, r := range text {
		inside := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
		switch {
		case inside && start < 0:
			start = i
		case !inside && start >= 0:
			out = append(out, word{fold(text[start:i]), start, i})
			start = -1
		}
	}
	if start >= 0 {
		out = append(out, word{fold(text[start:]), start, len(text)})
	}
	return out
}

// fold takes case and accents off.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// wordsBegin tells whether every word of query begins some word of the texts.
func wordsBegin(query string, texts ...string) bool {
	have := words(strings.Join(texts, "\n"))
	for _, q := range words(query) {
		found := false
		for _, w := range have {
			found = found || strings.HasPrefix(w.folded, q.folded)
		}
		if !found {
			return false
		}
	}
	return true
}

// search looks for every word of query, the last one as a prefix, and gives the byte ranges
// of what matched.
func search(query, text string) ([][2]int, bool) {
	have, want := words(text), words(query)
	if len(want) == 0 {
		return nil, false
	}
	var marks [][2]int
	hit := make([]bool, len(want))
	for _, w := range have {
		matched := false
		for i, q := range want {
			if w.folded == q.folded || i == len(want)-1 && strings.HasPrefix(w.folded, q.folded) {
				hit[i], matched = true, true
			}
		}
		if matched {
			marks = append(marks, [2]int{w.start, w.end})
		}
	}
	if slices.Contains(hit, false) {
		return nil, false
	}
	return marks, true
}

// cut shortens to at most n runes.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
