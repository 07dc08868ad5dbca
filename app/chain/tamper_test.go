package chain

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

const long = 80 // entries of the chain that is tampered with

// tampering changes a file's object at entry i (from 0), and says what must be found. "" if it does not apply there.
type tampering struct {
	name string
	do   func(file map[string]any, i int) (found string)
}

// field gives one of an entry's fields another value.
func field(name string, value func(now any) any) tampering {
	return tampering{"alter " + name, func(file map[string]any, i int) string {
		e := entriesOf(file)[i].(map[string]any)
		e[name] = value(e[name])
		return fmt.Sprintf("altered %d", i+1)
	}}
}

func to(v any) func(any) any { return func(any) any { return v } }

// flip changes one digit of a hex text.
func flip(now any) any {
	s := []byte(now.(string))
	s[7] = "0123456789abcdef"[(strings.IndexByte("0123456789abcdef", s[7])+1)%16]
	return string(s)
}

func number(now any) int64 { return must(now.(json.Number).Int64()) }

// swap puts entry j where i is, and the other way round.
func swap(file map[string]any, i, j int) string {
	list := entriesOf(file)
	if j >= len(list) {
		return ""
	}
	list[i], list[j] = list[j], list[i]
	return fmt.Sprintf("reordered %d, reordered %d", j+1, i+1)
}

var (
	practiceKey = must(NewKey(bytes.Repeat([]byte{1}, KeySize)))
	strangerKey = must(NewKey(bytes.Repeat([]byte{2}, KeySize)))
)

// rehash gives an entry the hash of what it says now, and a signature of the key over it.
func rehash(e map[string]any, key *Key) {
	l := readEntry(maps.Clone(e))
	h := must(l.digest())
	s := key.sign(forEntry, h[:])
	e["hash"], e["signature"] = h.String(), s.String()
}

var tamperings = []tampering{
	field("at", func(now any) any { return number(now) + 1 }),
	field("body", to(map[string]any{})),
	field("body", to("text")),
	field("body", func(now any) any {
		b := now.(map[string]any)
		b["sections"].([]any)[0].(map[string]any)["text"] = "Slept well."
		return b
	}),
	field("body", func(now any) any {
		b := now.(map[string]any)
		b["late"] = true
		return b
	}),
	field("by", to("Somebody else")),
	field("client", to("C2")),
	field("id", to("ID9999")),
	field("kind", to("note.other")),
	field("prev", flip),
	field("hash", flip),
	field("signature", flip),
	field("signature", func(now any) any { return strings.ToUpper(now.(string)) }),
	field("seq", func(now any) any { return number(now) + 1 }),
	field("seq", func(now any) any { return number(now) - 1 }),
	field("seq", func(now any) any { return -number(now) }),
	field("seq", to(1000)),
	field("seq", to("1")),
	field("extra", to("hidden")),
	{"a field gone", func(file map[string]any, i int) string {
		delete(entriesOf(file)[i].(map[string]any), "by")
		return fmt.Sprintf("altered %d", i+1)
	}},
	{"no entry at all", func(file map[string]any, i int) string {
		entriesOf(file)[i] = []any{nil, "x"}
		return fmt.Sprintf("altered %d", i+1)
	}},
	{"altered, hashed anew", func(file map[string]any, i int) string {
		e := entriesOf(file)[i].(map[string]any)
		e["by"] = "X"
		signature := e["signature"]
		rehash(e, strangerKey)
		e["signature"] = signature
		return fmt.Sprintf("altered %d", i+1)
	}},
	{"altered, signed by another key", func(file map[string]any, i int) string {
		e := entriesOf(file)[i].(map[string]any)
		e["by"] = "X"
		rehash(e, strangerKey)
		return fmt.Sprintf("altered %d", i+1)
	}},
	{"altered, and all after it hashed and linked anew", func(file map[string]any, i int) string {
		list := entriesOf(file)
		list[i].(map[string]any)["by"] = "X"
		var all []string
		for k := i; k < len(list); k++ {
			e := list[k].(map[string]any)
			if k > i {
				e["prev"] = list[k-1].(map[string]any)["hash"]
			}
			rehash(e, strangerKey)
			all = append(all, fmt.Sprintf("altered %d", k+1))
		}
		return strings.Join(all, ", ")
	}},
	{"swap with the next", func(file map[string]any, i int) string { return swap(file, i, i+1) }},
	{"swap with a far one", func(file map[string]any, i int) string { return swap(file, i, i+2*size(file)/5) }},
	{"remove", func(file map[string]any, i int) string {
		file["entries"] = slices.Delete(entriesOf(file), i, i+1)
		return fmt.Sprintf("removed %d", i+1)
	}},
	{"remove three", func(file map[string]any, i int) string {
		if i+3 > len(entriesOf(file)) {
			return ""
		}
		file["entries"] = slices.Delete(entriesOf(file), i, i+3)
		return fmt.Sprintf("removed %d-%d", i+1, i+3)
	}},
	{"cut the end off", func(file map[string]any, i int) string {
		n := size(file)
		file["entries"] = entriesOf(file)[:i]
		if i == n-1 {
			return fmt.Sprintf("removed %d", n)
		}
		return fmt.Sprintf("removed %d-%d", i+1, n)
	}},
	{"cut the end off, with an older head", func(file map[string]any, i int) string {
		if i == 0 {
			return ""
		}
		file["entries"] = entriesOf(file)[:i]
		e := readEntry(maps.Clone(entriesOf(file)[i-1].(map[string]any)))
		h := Head{Client: e.Client, Seq: e.Seq, Hash: e.Hash, At: e.At}
		h.Signature = practiceKey.sign(forHead, h.message()) // as an older export had it
		file["head"] = headObject(h)
		return "file altered"
	}},
	{"an older head", func(file map[string]any, i int) string {
		if i == size(file)-1 {
			return ""
		}
		e := readEntry(maps.Clone(entriesOf(file)[i].(map[string]any)))
		h := Head{Client: e.Client, Seq: e.Seq, Hash: e.Hash, At: e.At}
		h.Signature = practiceKey.sign(forHead, h.message())
		file["head"] = headObject(h)
		return "head replaced, file altered"
	}},
	{"an older head, not signed", func(file map[string]any, i int) string {
		if i == size(file)-1 {
			return ""
		}
		e := readEntry(maps.Clone(entriesOf(file)[i].(map[string]any)))
		h := Head{Client: e.Client, Seq: e.Seq, Hash: e.Hash, At: e.At, Signature: e.Signature} // an entry's is no head's
		file["head"] = headObject(h)
		return "head altered, file altered"
	}},
	{"insert an entry of a stranger's", func(file map[string]any, i int) string {
		e := maps.Clone(entriesOf(file)[i].(map[string]any))
		e["id"] = "never"
		rehash(e, strangerKey)
		file["entries"] = slices.Insert(entriesOf(file), i, any(e))
		return fmt.Sprintf("inserted @%d", i+1)
	}},
	{"insert what is no entry", func(file map[string]any, i int) string {
		file["entries"] = slices.Insert(entriesOf(file), i, any("x"))
		return fmt.Sprintf("inserted @%d", i+1)
	}},
	{"insert a copy before", func(file map[string]any, i int) string {
		at := (i + size(file)/2) % size(file) // a copy of this one
		if at == i || at == i-1 {
			return ""
		}
		file["entries"] = slices.Insert(entriesOf(file), i, entriesOf(file)[at])
		return fmt.Sprintf("inserted @%d", i+1)
	}},
	{"insert a genuine entry of another client's", func(file map[string]any, i int) string {
		file["entries"] = slices.Insert(entriesOf(file), i, otherClients(file, i))
		return fmt.Sprintf("inserted @%d", i+1)
	}},
	{"replace by a genuine entry of another client's", func(file map[string]any, i int) string {
		entriesOf(file)[i] = otherClients(file, i)
		if i == 0 {
			return "removed 1, inserted @1"
		}
		return fmt.Sprintf("removed %d, inserted @%d", i+1, i+1)
	}},
	{"replace by a genuine entry of another chain of this client's", func(file map[string]any, i int) string {
		entriesOf(file)[i] = entriesOf(forked(size(file)))[i]
		return fmt.Sprintf("removed %d, inserted @%d", i+1, i+1)
	}},
}

func size(file map[string]any) int { return len(entriesOf(file)) }

// otherClients is an entry that the practice signed for another client.
func otherClients(file map[string]any, i int) any {
	return entriesOf(fileObject(must(practiceKey.Seal(facts, Head{}, otherChain(size(file))[i:i+1]))))[0]
}

var otherChain = remembered(func(n int) []Entry {
	entries, _ := chainOf(practiceKey, "C2", n)
	return entries
})

// forked is another record of the same client, as there is one when a backup was put back and the practice went on
// from it.
var forked = remembered(func(n int) map[string]any {
	entries, _ := chainOf(practiceKey, facts.Client, n)
	var head Head
	for i := range entries {
		entries[i].By = "Robin Hale, on another day"
		entries[i], head, _ = practiceKey.Enter(head, entries[i])
	}
	return fileObject(must(practiceKey.Seal(facts, head, entries)))
})

func remembered[T any](make func(n int) T) func(n int) T {
	var mu sync.Mutex
	made := map[int]T{}
	return func(n int) T {
		mu.Lock()
		defer mu.Unlock()
		if _, ok := made[n]; !ok {
			made[n] = make(n)
		}
		return made[n]
	}
}

func headObject(h Head) any {
	return map[string]any{"at": h.At.UnixMilli(), "client": h.Client, "hash": h.Hash.String(), "seq": h.Seq, "signature": h.Signature.String()}
}

// Each tampering, at every entry of a long chain, is named as what it is, and every other entry stands.
func TestTamperingIsNamedAtEveryEntry(t *testing.T) {
	whole := sealed(practiceKey, long)
	for k, x := range tamperings {
		t.Run(fmt.Sprintf("%02d %s", k, x.name), func(t *testing.T) {
			t.Parallel()
			for i := range long {
				if raceDetector && i%7 != k%7 {
					continue
				}
				file := fileObject(whole)
				want := x.do(file, i)
				if want == "" {
					continue
				}
				r := verified(t, must(Canonical(file)))
				if got := said(r); got != want {
					t.Fatalf("at entry %d: found %q, want %q", i+1, got, want)
				}
				if r.Stands() || r.Sum() != "Not all of this file is as it was signed." {
					t.Fatalf("at entry %d: %s", i+1, r.Sum())
				}
			}
		})
	}
}

// wholes change the file as a whole, of n entries.
func wholes(n int) map[string]fileChange {
	unproved := func(rest string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("unproved %d", i+1))
		}
		return strings.Join(all, ", ") + rest
	}
	return map[string]fileChange{
		"client's name":    {func(f map[string]any) { f["client"].(map[string]any)["name"] = "X" }, "file altered"},
		"client's id":      {func(f map[string]any) { f["client"].(map[string]any)["id"] = "C2" }, "file altered"},
		"therapist":        {func(f map[string]any) { f["practice"].(map[string]any)["therapist"] = "X" }, "file altered"},
		"date of export":   {func(f map[string]any) { f["exported"] = 5 }, "file altered"},
		"a field more":     {func(f map[string]any) { f["note"] = "hidden" }, "file altered"},
		"a field gone":     {func(f map[string]any) { delete(f, "practice") }, "file altered"},
		"file's signature": {func(f map[string]any) { f["signature"] = flip(f["signature"]) }, "file altered"},
		"head's time":      {func(f map[string]any) { f["head"].(map[string]any)["at"] = 5 }, "head altered, file altered"},
		"head's number":    {func(f map[string]any) { f["head"].(map[string]any)["seq"] = 1<<53 - 1 }, "head altered, file altered"},
		"head's client":    {func(f map[string]any) { f["head"].(map[string]any)["client"] = "C2" }, "head altered, file altered"},
		"head's hash": {func(f map[string]any) {
			h := f["head"].(map[string]any)
			h["hash"] = flip(h["hash"])
		}, "head altered, file altered"},
		"no head":                  {func(f map[string]any) { f["head"] = nil }, "head removed, file altered"},
		"head of another client's": {func(f map[string]any) { f["head"] = headObject(must2(chainOf(practiceKey, "C2", 3))) }, "head altered, file altered"},
		"head by another key": {func(f map[string]any) {
			r := must(Read(must(Canonical(f))))
			r.Head.Signature = strangerKey.sign(forHead, r.Head.message())
			f["head"] = headObject(r.Head)
		}, "head altered, file altered"},
		"other key":         {func(f map[string]any) { f["key"] = strangerKey.Public().String() }, unproved(", head unproved, file unproved, key")},
		"no key":            {func(f map[string]any) { delete(f, "key") }, unproved(", head unproved, file unproved, key")},
		"key of weak order": {func(f map[string]any) { f["key"] = hex.EncodeToString(make([]byte, 32)) }, unproved(", head unproved, file unproved, key")},
		"other key, entry altered": {func(f map[string]any) {
			f["key"] = strangerKey.Public().String()
			entriesOf(f)[4].(map[string]any)["by"] = "X"
		}, strings.Replace(unproved(", head unproved, file unproved, key"), "unproved 5", "altered 5", 1)},
		"no entries":          {func(f map[string]any) { f["entries"] = []any{} }, fmt.Sprintf("removed 1-%d", n)},
		"no entries, no head": {func(f map[string]any) { f["entries"], f["head"] = []any{}, nil }, "head unproved, file unproved, key"},
		"all turned round": {func(f map[string]any) { slices.Reverse(entriesOf(f)) }, func() string {
			var all []string
			for i := n; i > 0; i-- {
				all = append(all, fmt.Sprintf("reordered %d", i))
			}
			return strings.Join(all, ", ")
		}()},
		"altered, removed, inserted, swapped": {func(f map[string]any) {
			entriesOf(f)[1].(map[string]any)["by"] = "X"
			swap(f, 3, 5)
			f["entries"] = append(slices.Delete(entriesOf(f), 8, 9), "x")
		}, "altered 2, reordered 6, reordered 4, removed 9, inserted @12"},
	}
}

type fileChange struct {
	do   func(map[string]any)
	want string
}

func TestTamperingWithTheFile(t *testing.T) {
	const n = 12
	untouched := sealed(practiceKey, n)
	for name, x := range wholes(n) {
		file := fileObject(untouched)
		x.do(file)
		r := verified(t, must(Canonical(file)))
		if got := said(r); got != x.want || r.Stands() {
			t.Errorf("%s: found %q, want %q", name, got, x.want)
		}
	}
}

func must2[A, B any](_ A, b B) B { return b }

// A file that is signed from its first to its last byte by another key is whole in itself: the fingerprint alone
// tells whose it is.
func TestAnotherKeysWholeRecord(t *testing.T) {
	r := must(Read(sealed(strangerKey, 5)))
	if v := Verify(r, ""); !v.Stands() {
		t.Error(said(v))
	}
	if v := Verify(r, practiceKey.Public().Fingerprint()); v.Stands() || !strings.Contains(v.Sum(), "another key") {
		t.Error(v.Sum())
	}
}

// forms are files that are not canonical and read all the same, and unread files that are not.
func forms(whole string) (forms map[string]form, unread map[string]noForm) {
	forms = map[string]form{
		"spaces":             {strings.ReplaceAll(whole, `,"`, `, "`), "form"},
		"a line at its end":  {whole + "\n", "form"},
		"another escape":     {strings.Replace(whole, "Ana", `\u0041na`, 1), "form"},
		"a power":            {strings.Replace(whole, `"seq":1,`, `"seq":1e0,`, 1), "form"},
		"a name twice, same": {strings.Replace(whole, `"by":`, `"by":"Nobody","by":`, 1), "form"},
		"a name twice":       {strings.Replace(whole, `"by":"Robin Hale, LCSW"`, `"by":"Robin Hale, LCSW","by":"Nobody"`, 1), "altered 1, form"},
		"bad UTF-8":          {strings.Replace(whole, "Ana", "An\xff", 1), "file altered, form"},
		"half a pair":        {strings.Replace(whole, "Ana", `An\ud800`, 1), "file altered, form"},
	}
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	deeper := strings.Repeat("[", 2_000_000)
	unread = map[string]noForm{
		"nothing":          {"", ErrNoRecord},
		"no JSON":          {"Dear board,", ErrNoRecord},
		"other JSON":       {`{"a":1}`, ErrNoRecord},
		"a list":           {`[]`, ErrNoRecord},
		"cut short":        {whole[:len(whole)/2], ErrCutShort},
		"a sign short":     {whole[:len(whole)-1], ErrCutShort},
		"two of them":      {whole + whole, ErrModel},
		"newer":            {strings.Replace(whole, `"version":1`, `"version":2`, 1), ErrNewer},
		"version 0":        {strings.Replace(whole, `"version":1`, `"version":0`, 1), ErrNoRecord},
		"no version":       {strings.Replace(whole, `,"version":1`, ``, 1), ErrNoRecord},
		"a fraction":       {strings.Replace(whole, `"seq":1,`, `"seq":1.5,`, 1), ErrModel},
		"a huge number":    {strings.Replace(whole, `"seq":1,`, `"seq":9007199254740992,`, 1), ErrModel},
		"a huger number":   {strings.Replace(whole, `"seq":1,`, `"seq":`+strings.Repeat("9", 5000)+`,`, 1), ErrModel},
		"a hugest number":  {strings.Replace(whole, `"seq":1,`, `"seq":1e999999999,`, 1), ErrModel},
		"deep":             {strings.Replace(whole, `"seq":1,`, `"seq":1,"x":`+deep+`,`, 1), ErrModel},
		"deep without end": {strings.Replace(whole, `"seq":1,`, `"seq":1,"x":`+deeper, 1), ErrNoRecord},
		"a foreign name":   {strings.Replace(whole, `"seq":1,`, `"seq":1,"é":1,`, 1), ErrModel},
		"entries no list":  {strings.Replace(whole, `"entries":[`, `"entries":{},"other":[`, 1), ErrNoRecord},
	}
	return forms, unread
}

type form struct{ file, want string }

type noForm struct {
	file string
	want error
}

// What is not canonical says the same and is named, or is not read at all.
func TestForm(t *testing.T) {
	whole := string(sealed(practiceKey, 3))
	forms, unread := forms(whole)
	for name, x := range forms {
		if got := said(verified(t, []byte(x.file))); got != x.want {
			t.Errorf("%s: found %q, want %q", name, got, x.want)
		}
	}
	for name, x := range unread {
		_, err := Read([]byte(x.file))
		if !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
		if Explain(err) == "" {
			t.Errorf("%s: no words", name)
		}
	}
	for cut := range len(whole) {
		if _, err := Read([]byte(whole[:cut])); err == nil {
			t.Fatalf("read when cut to %d bytes", cut)
		}
	}
	if _, err := Read(make([]byte, Most+1)); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// One flipped bit anywhere in the file is never overlooked.
func TestEveryBit(t *testing.T) {
	whole := sealed(practiceKey, 3)
	for i := range whole {
		changed := slices.Clone(whole)
		changed[i] ^= 1 << (i % 8)
		if r, err := Read(changed); err == nil && Verify(r, "").Stands() {
			t.Fatalf("byte %d: %q stands", i, changed[i])
		}
	}
}

func FuzzRead(f *testing.F) {
	whole := sealed(practiceKey, 4)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(`{"alcove":"alcove client record","entries":[{},null,1,[]],"head":{"seq":9007199254740991},"version":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Read(text)
		if err != nil {
			if Explain(err) == "" {
				t.Error("no words")
			}
			return
		}
		v := Verify(r, "")
		if v.Stands() && v.Key == practiceKey.Public() && string(text) != string(whole) {
			t.Errorf("stands: %q", text)
		}
		places := 0
		for _, row := range v.Rows {
			row.Words()
			if row.Verdict != Removed {
				places++
			}
		}
		if places != len(r.Entries) {
			t.Errorf("%d entries have %d verdicts", len(r.Entries), places)
		}
		v.Notices()
	})
}

func BenchmarkVerify10000(b *testing.B) {
	file := sealed(practiceKey, 10_000)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		r, err := Read(file)
		if err != nil || !Verify(r, "").Stands() {
			b.Fatal(err)
		}
	}
}
