package chain

import (
	"cmp"
	"crypto/sha256"
	"maps"
	"runtime"
	"slices"
	"sync"
)

// Verdict is what is said of a part of a record file.
type Verdict string

const (
	Stands    Verdict = "stands"    // as it was signed, in its place
	Altered   Verdict = "altered"   // not as it was signed
	Reordered Verdict = "reordered" // as it was signed, in another place
	Inserted  Verdict = "inserted"  // it has no place in this chain
	Removed   Verdict = "removed"   // there was one, and the file has it no more
	Replaced  Verdict = "replaced"  // of a head: signed, and not the end of these entries
	Unproved  Verdict = "unproved"  // nothing contradicts it, and no signature vouches for it
)

// Row is the verdict on one entry, or on some that are missing one after the other.
type Row struct {
	Verdict Verdict
	Place   int   // in the file, from 1; 0 for Removed
	Seq     int64 // the number that the chain gives it, 0 for Inserted; the first that is Removed
	Last    int64 // the last that is Removed, else Seq
	Entry   Entry // as the file has it; zero for Removed
	SetBack bool  // dated before the entry that it follows: the clock had been set back
}

// Report is what a record file proves.
type Report struct {
	Facts     Facts
	Key       PublicKey
	KeyFits   bool    // a signature in the file is this key's
	Asked     bool    // a fingerprint was given to compare
	AskedFits bool    // and it is this key's
	Canonical bool    // the file is in the form that Alcove writes
	File      Verdict // on the facts, the date of the export and the choice of head
	Head      Verdict
	Rows      []Row // in the file's order, what is missing where it was
}

// Stands tells whether the whole file is what the key signed, and the key the one that was asked for.
func (r Report) Stands() bool {
	return r.KeyFits && (!r.Asked || r.AskedFits) && r.Canonical && r.File == Stands && r.Head == Stands &&
		!slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Verdict != Stands })
}

// Count is how many rows have a verdict; of Removed, how many entries.
func (r Report) Count(v Verdict) (n int64) {
	for _, row := range r.Rows {
		if row.Verdict == v {
			n += row.Last - row.Seq + 1
		}
	}
	return n
}

// Verify tells what of a record stands. fingerprint is the key's, as the practice gave it by another way; without
// one ("") the file vouches for its own key, and whoever can read the report must compare.
func Verify(r *Record, fingerprint string) Report {
	j := newJudge(r)
	j.pick()
	j.match()
	return Report{
		Facts: r.Facts, Key: r.Key, KeyFits: j.proved, Canonical: r.canonical,
		Asked: fingerprint != "", AskedFits: fingerprint != "" && r.Key.FitsFingerprint(fingerprint),
		File: j.file(), Head: j.head(), Rows: j.rows(),
	}
}

// judge finds for every entry of a file its number in the chain.
type judge struct {
	*Record
	proved   bool // the key signed something here. If not, the hashes alone are judged
	fileFits bool
	headFits bool
	client   string // whose chain it is
	genuine  []bool // by entry: it is as it was signed
	end      int64  // the chain's last number, as far as it can be known
	seq      []int64
	picked   []bool // by entry: it stands for its number
	used     map[int64]bool
}

func newJudge(r *Record) *judge {
	j := &judge{
		Record: r, genuine: make([]bool, len(r.Entries)), seq: make([]int64, len(r.Entries)), picked: make([]bool, len(r.Entries)),
		used: map[int64]bool{},
	}
	j.fileFits = r.Key.signed(forRecord, r.statement, r.signature)
	j.headFits = r.Head.Seq > 0 && r.Head.Stands(r.Key)
	j.proved = j.fileFits || j.headFits
	j.checkSignatures()
	j.proved = j.proved || slices.Contains(j.genuine, true)
	if !j.proved {
		for i, e := range r.Entries {
			j.genuine[i] = e.asHashed()
		}
	}
	j.client = j.whose()
	if r.Head.Client != j.client {
		j.headFits = false
	}
	if j.headFits || !j.proved {
		j.end = r.Head.Seq
	}
	return j
}

// checkSignatures takes nearly all the time that a long record takes, so every processor has its share.
func (j *judge) checkSignatures() {
	var all sync.WaitGroup
	share := len(j.Entries)/runtime.GOMAXPROCS(0) + 1
	for from := 0; from < len(j.Entries); from += share {
		all.Go(func() {
			for i := from; i < min(from+share, len(j.Entries)); i++ {
				e := j.Entries[i]
				j.genuine[i] = e.asHashed() && j.Key.signed(forEntry, e.Hash[:], e.Signature)
			}
		})
	}
	all.Wait()
}

// asHashed: the entry has the fields of an entry, and they give its hash.
func (e Listed) asHashed() bool { return e.whole && sha256.Sum256(e.text) == e.Hash }

// whose chain it is: the signed facts say so; if they were altered, most entries do.
func (j *judge) whose() string {
	if j.fileFits {
		return j.Facts.Client
	}
	count, most := map[string]int{"": 0}, ""
	for i, e := range j.Entries {
		if j.genuine[i] {
			count[e.Client]++
			if count[e.Client] > count[most] {
				most = e.Client
			}
		}
	}
	if count[most] == 0 {
		return j.Record.Head.Client
	}
	return most
}

// pick gives each number the genuine entry that stands for it, from the end down: the one that the next entry, or
// the head, names by its hash. Two can be genuine where a backup was put back and the record went on from there.
func (j *judge) pick() {
	all := map[int64][]int{}
	for i, e := range j.Entries {
		if j.genuine[i] && e.Client == j.client && e.Seq > 0 {
			all[e.Seq] = append(all[e.Seq], i)
			j.end = max(j.end, e.Seq)
		}
	}
	next := Entry{Seq: j.Record.Head.Seq + 1, Prev: j.Record.Head.Hash} // what names the one below it
	known := j.headFits || !j.proved
	for _, seq := range slices.Backward(slices.Sorted(maps.Keys(all))) {
		fit := all[seq]
		if known && next.Seq == seq+1 {
			fit = slices.DeleteFunc(fit, func(i int) bool { return j.Entries[i].Hash != next.Prev })
		}
		if len(fit) == 0 {
			continue
		}
		// Of copies, the one that follows its predecessor in the file is the one in its place.
		best := max(0, slices.IndexFunc(fit, j.inPlace))
		i := fit[best]
		j.take(i, seq)
		j.picked[i] = true
		next, known = j.Entries[i].Entry, true
	}
}

func (j *judge) inPlace(i int) bool {
	var before Hash
	if i > 0 {
		before = j.Entries[i-1].Hash
	}
	return j.Entries[i].Prev == before
}

func (j *judge) take(i int, seq int64) { j.seq[i], j.used[seq] = seq, true }

// wants tells whether the chain has a number for which nothing stands yet.
func (j *judge) wants(seq int64) bool { return seq >= 1 && seq <= j.end && !j.used[seq] }

// match gives the numbers that are left to entries that were altered: first to those that claim one, then to
// those that stand beside its neighbour. What gets none was inserted.
func (j *judge) match() {
	for i, e := range j.Entries {
		if j.mayBeAltered(i) && j.wants(e.Seq) {
			j.take(i, e.Seq)
		}
	}
	after := make([]int64, len(j.Entries)+1) // by entry: the next number in the file
	for i := len(j.Entries) - 1; i > 0; i-- {
		after[i-1] = cmp.Or(j.seq[i], after[i])
	}
	var before int64
	for i := range j.Entries {
		if j.mayBeAltered(i) {
			if j.wants(before + 1) {
				j.take(i, before+1)
			} else if j.wants(after[i] - 1) {
				j.take(i, after[i]-1)
			}
		}
		before = cmp.Or(j.seq[i], before)
	}
}

// mayBeAltered: not genuine, and without a number so far. A genuine entry that was not picked is of another chain
// of this practice, or a copy, and was inserted; where no signature tells, it counts as altered.
func (j *judge) mayBeAltered(i int) bool { return j.seq[i] == 0 && (!j.genuine[i] || !j.proved) }

func (j *judge) file() Verdict {
	switch {
	case !j.proved:
		return Unproved
	case !j.fileFits:
		return Altered
	}
	return Stands
}

func (j *judge) head() Verdict {
	h := j.Record.Head
	switch {
	case h.Seq == 0 && j.end > 0:
		return Removed
	case !j.proved:
		return Unproved
	case h.Seq == 0:
		return Stands // an empty chain, and signed so
	case !j.headFits:
		return Altered
	case j.end > h.Seq:
		return Replaced
	}
	return Stands
}

// rows are the verdicts on the entries, and on what is missing after the entry that it followed.
func (j *judge) rows() []Row {
	missing := j.missing() // by the number before the gap
	rows := make([]Row, 0, len(j.Entries)+len(missing))
	if gap, ok := missing[0]; ok {
		rows = append(rows, gap)
	}
	displaced, setBack := j.displaced(), j.setBack()
	for i, e := range j.Entries {
		row := Row{Verdict: Inserted, Place: i + 1, Seq: j.seq[i], Last: j.seq[i], Entry: e.Entry, SetBack: setBack[i]}
		switch {
		case j.picked[i] && displaced[i]:
			row.Verdict = Reordered
		case j.picked[i] && !j.proved:
			row.Verdict = Unproved
		case j.picked[i]:
			row.Verdict = Stands
		case j.seq[i] > 0:
			row.Verdict = Altered
		}
		rows = append(rows, row)
		if gap, ok := missing[j.seq[i]]; ok && j.seq[i] > 0 {
			rows = append(rows, gap)
		}
	}
	return rows
}

func (j *judge) missing() map[int64]Row {
	gaps := map[int64]Row{}
	var before int64
	for _, seq := range append(slices.Sorted(maps.Keys(j.used)), j.end+1) {
		if seq > before+1 {
			gaps[before] = Row{Verdict: Removed, Seq: before + 1, Last: seq - 1}
		}
		before = seq
	}
	return gaps
}

// byNumber are the picked entries in the chain's order.
func (j *judge) byNumber() (inFile, inChain []int) {
	for i := range j.Entries {
		if j.picked[i] {
			inFile = append(inFile, i)
		}
	}
	inChain = slices.SortedFunc(slices.Values(inFile), func(a, b int) int { return cmp.Compare(j.seq[a], j.seq[b]) })
	return inFile, inChain
}

// displaced: another picked entry is where it would be.
func (j *judge) displaced() map[int]bool {
	all := map[int]bool{}
	inFile, inChain := j.byNumber()
	for at, i := range inFile {
		if inChain[at] != i {
			all[i] = true
		}
	}
	return all
}

func (j *judge) setBack() map[int]bool {
	all := map[int]bool{}
	_, inChain := j.byNumber()
	for at := 1; at < len(inChain); at++ {
		if i, before := inChain[at], inChain[at-1]; j.Entries[i].At.Before(j.Entries[before].At) {
			all[i] = true
		}
	}
	return all
}
