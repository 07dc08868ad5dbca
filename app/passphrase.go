package app

import (
	"strings"

	zxcvbn "github.com/ccojocar/zxcvbn-go"
	"github.com/ccojocar/zxcvbn-go/match"
)

// Strength judges a passphrase as it is typed.
type Strength struct {
	Score  int    // 0 to 4, zxcvbn's
	OK     bool   // strong enough to be accepted
	Advice string // one sentence, "" when OK
}

const (
	passphraseScore = 3  // 10^8 guesses at least, each of which costs half a second and the keychain
	passphraseRunes = 10 // shorter ones fall to whoever looks over the shoulder
	judgedBytes     = 100
)

// JudgePassphrase estimates how hard p is to guess. hints are words an attacker would try
// first: the therapist's and the practice's name.
func JudgePassphrase(p Passphrase, hints ...string) Strength {
	if len(p.b) == 0 {
		return Strength{Advice: "Four or five words that only you would put together are easy to remember and hard to guess."}
	}
	// The estimator's work grows with the square of the length; past the first hundred bytes
	// nothing can be weak any more. It wants strings: this copy cannot be wiped.
	text := string(p.b[:min(len(p.b), judgedBytes)])
	var words []string
	for _, h := range hints {
		words = append(words, strings.Fields(strings.ToLower(h))...)
	}
	found := zxcvbn.PasswordStrength(text, words)
	s := Strength{Score: found.Score}
	switch {
	case s.Score >= passphraseScore && len([]rune(text)) >= passphraseRunes:
		s.OK = true
	case s.Score >= passphraseScore:
		s.Advice = "Add another word: ten characters at the least."
	default:
		s.Advice = advice(found.MatchSequence)
	}
	return s
}

// advice speaks of the longest weak part, which is the one to change.
func advice(parts []match.Match) string {
	var longest match.Match
	for _, m := range parts {
		if len(m.Token) > len(longest.Token) {
			longest = m
		}
	}
	switch longest.Pattern {
	case "dictionary":
		switch {
		case longest.DictionaryName == "user_inputs":
			return "Leave out your name and the practice's: they are tried first."
		case strings.Contains(strings.ToLower(longest.DictionaryName), "password"):
			return "This is among the passphrases that are tried first; put several unrelated words together."
		case strings.Contains(strings.ToLower(longest.DictionaryName), "name"):
			return "Names are tried early; put several unrelated words together."
		}
		return "One or two words are quickly tried; add two more that have nothing to do with them."
	case "spatial":
		return "Keys that lie side by side are quickly tried; put several unrelated words together."
	case "repeat":
		return "Repeating adds little; put several unrelated words together."
	case "sequence":
		return "Sequences like abc or 123 are quickly tried; put several unrelated words together."
	case "date", "date_without_separator":
		return "Dates are quickly tried; put several unrelated words together."
	}
	return "Add another word or two; four unrelated words are a good length."
}
