package app

import (
	"strings"
	"time"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Run is a stretch of text that stayed, came or went.
type Run struct {
	Text string
	Kind RunKind
}

// RunKind says what became of a Run.
type RunKind int

const (
	RunSame RunKind = iota
	RunAdded
	RunGone
)

// diffPatience bounds the search for the shortest difference; after it, a longer one will do.
const diffPatience = 500 * time.Millisecond

// Diff is the difference of two texts in whole words. The runs that did not come are old, those that
// did not go are next, to the byte.
func Diff(old, next string) []Run {
	// The library compares runes: each different word stands in for one.
	var words []string
	known := map[string]rune{}
	code := func(text string) []rune {
		var out []rune
		for _, w := range pieces(text) {
			r, ok := known[w]
			if !ok {
				r = rune(len(words)) + 1
				if r >= 0xD800 { // no runes: a string would not keep them
					r += 0x800
				}
				known[w] = r
				words = append(words, w)
			}
			out = append(out, r)
		}
		return out
	}
	d := diffmatchpatch.New()
	d.DiffTimeout = diffPatience
	var runs []Run
	for _, part := range d.DiffCleanupSemantic(d.DiffMainRunes(code(old), code(next), false)) {
		var b strings.Builder
		for _, r := range part.Text {
			if r >= 0xE000 {
				r -= 0x800
			}
			b.WriteString(words[r-1])
		}
		kind := map[diffmatchpatch.Operation]RunKind{diffmatchpatch.DiffInsert: RunAdded, diffmatchpatch.DiffDelete: RunGone}[part.Type]
		runs = append(runs, Run{b.String(), kind})
	}
	return runs
}

// pieces cuts a text into words, white space and single other signs.
func pieces(text string) []string {
	var all []string
	start := 0
	var last int
	for i, r := range text {
		class := 0
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			class = 1
		case unicode.IsSpace(r):
			class = 2
		}
		if i > start && (class != last || class == 0) {
			all = append(all, text[start:i])
			start = i
		}
		last = class
	}
	if start < len(text) {
		all = append(all, text[start:])
	}
	return all
}
