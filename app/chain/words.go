package chain

import (
	"errors"
	"fmt"
)

// The words of a report, for a person who knows nothing of hashes. The page says them too (assets/verify), and a
// test holds the two together.

// Sum is the answer in one sentence.
func (r Report) Sum() string {
	switch {
	case !r.KeyFits && len(r.Rows) == 0:
		return "Nothing in this file is proved: its signature does not fit its key."
	case !r.KeyFits:
		return "Nothing in this file is proved: no signature in it fits its key."
	case r.Asked && !r.AskedFits:
		return "This file was signed with another key than the one you named. What it says proves nothing."
	case r.Stands() && len(r.Rows) == 0:
		return "The file stands as it was signed. It has no entries."
	case r.Stands():
		return fmt.Sprintf("All stands: %s, as signed, none missing.", plural(int64(len(r.Rows)), "entry", "entries"))
	}
	return "Not all of this file is as it was signed."
}

// Notices are what is to be said of the file as a whole, one sentence each, beside its entries.
func (r Report) Notices() []string {
	var all []string
	say := func(if_ bool, sentence string) {
		if if_ {
			all = append(all, sentence)
		}
	}
	say(!r.Canonical, "The file is not in the form in which Alcove writes it. Somebody edited it, or another program saved it anew.")
	say(r.File == Altered, "What the file says of client, practice and date of export, or its choice of an end, is not what was signed.")
	say(r.Head == Altered, "The signed end of the chain was altered. Entries may be missing after the last one.")
	say(r.Head == Removed, "The signed end of the chain was removed. Entries may be missing after the last one.")
	say(r.Head == Replaced, "The signed end of the chain was replaced by an older one. Entries may be missing after the last one.")
	return all
}

// Words is the verdict in words.
func (r Row) Words() string {
	words := map[Verdict]string{
		Stands:   "Stands",
		Altered:  "Altered: not as it was signed",
		Inserted: "Inserted: it has no place in this record",
		Unproved: "Unproved: no signature vouches for it",
	}[r.Verdict]
	switch {
	case r.Verdict == Reordered:
		words = fmt.Sprintf("Reordered: signed as number %d, found at place %d", r.Seq, r.Place)
	case r.Verdict == Removed && r.Last == r.Seq:
		words = fmt.Sprintf("Removed: number %d is missing", r.Seq)
	case r.Verdict == Removed:
		words = fmt.Sprintf("Removed: numbers %d to %d are missing", r.Seq, r.Last)
	}
	if r.SetBack {
		words += ". Dated before the entry that it follows: the computer's clock had been set back"
	}
	return words
}

// Title names the kind for a person. A kind that is not known stands for itself.
func (k Kind) Title() string {
	switch k {
	case NoteSigned:
		return "Note"
	case NoteAddendum:
		return "Addendum"
	case MeasureResponse:
		return "Questionnaire"
	case MeasureVoid:
		return "Questionnaire voided"
	case AlertResponse:
		return "Response to an alert"
	case PlanVersion:
		return "Safety plan"
	case GoneOn:
		return "Gone on after a restore"
	}
	return string(k)
}

// Explain says why a file could not be read.
func Explain(err error) string {
	for _, said := range []struct {
		err   error
		words string
	}{
		{ErrCutShort, "The file is cut short: its end is missing. Ask for it again."},
		{ErrNewer, "The file was written by a newer Alcove. Check it with that version's verifier."},
		{ErrTooLarge, "The file is too large to be a client's record."},
		{ErrModel, "The file holds what no Alcove writes, such as a number with a fraction or values nested without end. Nothing in it is believed."},
	} {
		if errors.Is(err, said.err) {
			return said.words
		}
	}
	return "This is not a client's record that Alcove exported."
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return "one " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
