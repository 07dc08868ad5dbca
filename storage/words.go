package storage

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// word is one word of a text, folded, and the bytes it covers there.
type word struct {
	folded     string
	start, end int
}

// eachWord calls do with every word of text until do is false. A word is a run of letters, marks
// and digits. The index and the query both pass here, so that they can never disagree.
func eachWord(text string, do func(word) bool) {
	start := -1
	for i, r := range text {
		inside := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		if inside && start < 0 {
			start = i
		}
		if !inside && start >= 0 {
			if !do(word{fold(text[start:i]), start, i}) {
				return
			}
			start = -1
		}
	}
	if start >= 0 {
		do(word{fold(text[start:]), start, len(text)})
	}
}

// wordsOf are the folded words of text; a word of bare accents is none.
func wordsOf(text string) []string {
	var all []string
	eachWord(text, func(w word) bool {
		if w.folded != "" {
			all = append(all, w.folded)
		}
		return true
	})
	return all
}

// indexed is what the index keeps of texts: their words, apart by spaces.
func indexed(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		eachWord(text, func(w word) bool {
			b.WriteString(w.folded)
			b.WriteByte(' ')
			return true
		})
	}
	return b.String()
}

// fold takes case and accents off, for searching and sorting.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if ascii {
		return strings.ToLower(s)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// match is an FTS5 query: all of words must occur, as a beginning where prefix says so. Words
// hold letters and digits alone, so quoting them leaves no syntax.
func match(words []string, prefix func(i int) bool) string {
	terms := make([]string, len(words))
	for i, w := range words {
		terms[i] = `"` + w + `"`
		if prefix(i) {
			terms[i] += "*"
		}
	}
	return strings.Join(terms, " AND ")
}

// excerptRunes is the length of an excerpt.
const excerptRunes = 140

// squeeze joins texts and makes every run of white space one space.
func squeeze(texts ...string) string {
	return strings.Join(strings.Fields(strings.Join(texts, " ")), " ")
}

// firstRunes is the beginning of s, with an ellipsis if it goes on.
func firstRunes(s string, n int) string {
	count := 0
	last := 0
	for i := range s {
		if count == n-1 {
			last = i
		}
		if count == n {
			return s[:last] + "…"
		}
		count++
	}
	return s
}

// excerpt is of the text, beside which its title is shown; where no word is in it, of both.
func excerpt(title, text string, words []string) (string, [][2]int) {
	if cut, marks := excerptOf(text, words); len(marks) > 0 {
		return cut, marks
	}
	return excerptOf(squeeze(title, text), words)
}

// excerptOf cuts out of text what stands around the first word found, with an ellipsis where something is before, and the byte
// ranges in it of every one. The last of words may be a beginning.
func excerptOf(text string, words []string) (string, [][2]int) {
	found := func(w word) bool {
		for i, q := range words {
			if w.folded == q || i == len(words)-1 && strings.HasPrefix(w.folded, q) {
				return true
			}
		}
		return false
	}
	from := 0
	eachWord(text, func(w word) bool {
		if !found(w) {
			return true
		}
		from = back(text, w.start, excerptRunes/3)
		return false
	})
	before, most := "", excerptRunes
	if from > 0 {
		before, most = "…", most-1
	}
	cut := firstRunes(text[from:], most)
	end := len(cut)
	if from+end < len(text) || strings.HasSuffix(cut, "…") {
		end = len(strings.TrimSuffix(cut, "…"))
	}
	var marks [][2]int
	eachWord(cut[:end], func(w word) bool {
		if found(w) {
			marks = append(marks, [2]int{len(before) + w.start, len(before) + w.end})
		}
		return true
	})
	return before + cut, marks
}

// back is the start of the first whole word at most n runes before at.
func back(text string, at, n int) int {
	from := at
	for ; n > 0 && from > 0; n-- {
		from--
		for from > 0 && text[from]&0xC0 == 0x80 { // inside a rune
			from--
		}
	}
	if from == 0 {
		return 0
	}
	if i := strings.IndexByte(text[from:at], ' '); i >= 0 {
		return from + i + 1
	}
	return from
}
