package chain

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2026, 11, 2, 8, 30, 0, 0, time.UTC)

var kinds = []Kind{NoteSigned, NoteAddendum, MeasureResponse, AlertResponse, PlanVersion, "kind.of.tomorrow"}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// chainOf makes n entries of a client, of every kind.
func chainOf(key *Key, client string, n int) (entries []Entry, head Head) {
	for i := range n {
		e := Entry{
			Client: client, Kind: kinds[i%len(kinds)], ID: fmt.Sprintf("ID%d", i), At: start.Add(time.Duration(i) * time.Hour), By: "Robin Hale, LCSW",
			Body: must(Body(map[string]any{
				"title": fmt.Sprintf("Session %d", i+1), "answers": []any{0, 3, nil, true},
				"sections": []any{map[string]any{"key": "text", "heading": "Note", "text": fmt.Sprintf("Slept %d hours. “¿qué?” <b> 🌧\u2028\t\"\\\x01", i)}},
			})),
		}
		var err error
		if e, head, err = key.Enter(head, e); err != nil {
			panic(err)
		}
		entries = append(entries, e)
	}
	return entries, head
}

var facts = Facts{
	Client: "C1", Name: "Ana Núñez", Pronouns: "she/her", Therapist: "Robin Hale", Credentials: "LCSW 12345, Oregon", Practice: "Stille",
	TimeZone: "America/Los_Angeles", Exported: start.AddDate(1, 0, 0),
}

// sealed is the record file of a chain of n entries.
func sealed(key *Key, n int) []byte {
	entries, head := chainOf(key, facts.Client, n)
	return must(key.Seal(facts, head, entries))
}

// fileObject is a file to tamper with.
func fileObject(file []byte) map[string]any { return must(parse(file)).(map[string]any) }

func entriesOf(file map[string]any) []any { return file["entries"].([]any) }

func verified(t *testing.T, file []byte) Report {
	t.Helper()
	r, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return Verify(r, "")
}

// said is what a report says of the entries that do not stand, and of the file.
func said(r Report) string {
	var all []string
	for _, row := range r.Rows {
		switch {
		case row.Verdict == Stands:
		case row.Verdict == Inserted:
			all = append(all, fmt.Sprintf("inserted @%d", row.Place))
		case row.Seq != row.Last:
			all = append(all, fmt.Sprintf("%s %d-%d", row.Verdict, row.Seq, row.Last))
		default:
			all = append(all, fmt.Sprintf("%s %d", row.Verdict, row.Seq))
		}
	}
	if r.Head != Stands {
		all = append(all, "head "+string(r.Head))
	}
	if r.File != Stands {
		all = append(all, "file "+string(r.File))
	}
	if !r.Canonical {
		all = append(all, "form")
	}
	if !r.KeyFits {
		all = append(all, "key")
	}
	return strings.Join(all, ", ")
}

func TestAWholeRecordStands(t *testing.T) {
	key := GenerateKey()
	for _, n := range []int{0, 1, 2, 50} {
		r := verified(t, sealed(key, n))
		if !r.Stands() || len(r.Rows) != n || said(r) != "" || len(r.Notices()) != 0 {
			t.Errorf("%d entries: %s %v", n, said(r), r.Notices())
		}
		if r.Facts != facts || r.Key != key.Public() {
			t.Errorf("%+v", r.Facts)
		}
	}
}

func TestAnEmptyRecord(t *testing.T) {
	key := GenerateKey()
	file := fileObject(sealed(key, 0))
	file["client"].(map[string]any)["name"] = "Other"
	if r := verified(t, must(Canonical(file))); r.Stands() || said(r) != "head unproved, file unproved, key" {
		t.Error(said(r))
	}
}

// A clock set back by a year between two signatures is pointed out, and is no fault.
func TestAClockSetBack(t *testing.T) {
	key := GenerateKey()
	var entries []Entry
	var head Head
	for i, at := range []time.Time{start, start.AddDate(0, 0, 7), start.AddDate(-1, 0, 8), start.AddDate(0, 0, 9)} {
		e, h, err := key.Enter(head, Entry{Client: "C1", Kind: NoteSigned, ID: fmt.Sprint(i), At: at, Body: json.RawMessage("{}")})
		if err != nil {
			t.Fatal(err)
		}
		entries, head = append(entries, e), h
	}
	r := verified(t, must(key.Seal(facts, head, entries)))
	if !r.Stands() {
		t.Fatal(said(r))
	}
	for i, row := range r.Rows {
		if row.SetBack != (i == 2) || strings.Contains(row.Words(), "clock") != (i == 2) {
			t.Errorf("entry %d: %s", i+1, row.Words())
		}
	}
}

func TestFingerprint(t *testing.T) {
	key, other := GenerateKey(), GenerateKey()
	r := must(Read(sealed(key, 3)))
	print := key.Public().Fingerprint()
	if len(print) != 8*4+7 {
		t.Errorf("%q", print)
	}
	for _, typed := range []string{print, strings.ToUpper(print), strings.ReplaceAll(print, " ", ""), strings.ReplaceAll(print, " ", ":"), " " + print + "\n"} {
		if v := Verify(r, typed); !v.Stands() || !v.AskedFits {
			t.Errorf("%q does not fit", typed)
		}
	}
	for _, typed := range []string{other.Public().Fingerprint(), print[:len(print)-1], print + "0", "x"} {
		if v := Verify(r, typed); v.Stands() || v.AskedFits {
			t.Errorf("%q fits", typed)
		}
	}
}

func TestKeyIsNotPrinted(t *testing.T) {
	key := GenerateKey()
	seed := key.Seed()
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		if text := fmt.Sprintf(format, key); text != "chain.Key(…)" {
			t.Errorf("%s: %s", format, text)
		}
	}
	key.Wipe()
	if string(key.Seed()) == string(seed) {
		t.Error("the seed is still there")
	}
	if _, err := NewKey(seed[1:]); err == nil {
		t.Error("a short seed")
	}
}

// The hash is over the canonical JSON of the eight fields, whatever stands in them, and Kept sees each of them change.
func TestHashIsOverTheCanonicalFields(t *testing.T) {
	key := GenerateKey()
	e := Entry{Client: "c\u2028<", Kind: "k&", ID: "\x00\xff\"", At: time.UnixMilli(-7), By: "Ü \\", Body: must(Body(map[string]any{"text": "a\n<é>", "n": -3}))}
	e, _, err := key.Enter(Head{Client: e.Client, Seq: 6, Hash: Hash{7}}, e)
	if err != nil || e.Hash != sha256.Sum256(must(Canonical(e.fields()))) || !e.Kept() || !e.Stands(key.Public()) {
		t.Fatalf("%v %+v", err, e)
	}
	for i, change := range []func(*Entry){
		func(e *Entry) { e.Client += "x" }, func(e *Entry) { e.Kind = "" }, func(e *Entry) { e.ID = "" }, func(e *Entry) { e.At = e.At.Add(time.Millisecond) },
		func(e *Entry) { e.By = "" }, func(e *Entry) { e.Body = append(e.Body, ' ') }, func(e *Entry) { e.Seq++ }, func(e *Entry) { e.Prev[0]++ }, func(e *Entry) { e.Hash[0]++ },
	} {
		changed := e
		change(&changed)
		if changed.Kept() {
			t.Errorf("change %d is not seen", i)
		}
	}
	for _, far := range []Entry{{At: time.UnixMilli(1 << 53), Body: e.Body}, {At: time.UnixMilli(-1 << 53), Body: e.Body}, {Body: []byte("1.5")}, {Body: []byte("{")}} {
		if _, _, err := key.Enter(Head{}, far); !errors.Is(err, ErrModel) {
			t.Errorf("%v: %v", far, err)
		}
	}
}
