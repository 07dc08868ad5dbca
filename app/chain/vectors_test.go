package chain

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/vectors.json.gz anew")

const vectorsFile = "testdata/vectors.json.gz"

// vector is a record file and what is to be said of it: for the page, and for whoever writes a verifier of their own.
type vector struct {
	Name    string
	File    []byte // in base64
	Unread  string `json:",omitempty"` // why it is not read; nothing else is said then
	Sum     string
	Notices []string
	Head    Verdict
	Facts   Verdict
	Form    bool
	Key     bool
	Rows    []vectorRow
}

type vectorRow struct {
	Verdict Verdict
	Place   int
	Seq     int64
	Last    int64
	Words   string
}

func vectorOf(name string, file []byte) vector {
	r, err := Read(file)
	if err != nil {
		return vector{Name: name, File: file, Unread: Explain(err)}
	}
	v := Verify(r, "")
	rows := []vectorRow{}
	for _, row := range v.Rows {
		rows = append(rows, vectorRow{row.Verdict, row.Place, row.Seq, row.Last, row.Words()})
	}
	return vector{Name: name, File: file, Sum: v.Sum(), Notices: append([]string{}, v.Notices()...), Head: v.Head, Facts: v.File, Form: v.Canonical, Key: v.KeyFits, Rows: rows}
}

// vectors are each tampering at the first, a middle and the last entry of a short chain.
func vectors() []vector {
	const n = 8
	untouched := sealed(practiceKey, n)
	all := []vector{vectorOf("whole", untouched), vectorOf("no entries", sealed(practiceKey, 0)), vectorOf("another key's", sealed(strangerKey, 2))}
	for _, x := range tamperings {
		for _, i := range []int{0, 3, n - 1} {
			file := fileObject(untouched)
			if x.do(file, i) != "" {
				all = append(all, vectorOf(fmt.Sprintf("%s, at entry %d", x.name, i+1), must(Canonical(file))))
			}
		}
	}
	changes := wholes(12)
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		file := fileObject(sealed(practiceKey, 12))
		changes[name].do(file)
		all = append(all, vectorOf(name, must(Canonical(file))))
	}
	forms, unread := forms(string(sealed(practiceKey, 2)))
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		all = append(all, vectorOf(name, []byte(forms[name].file)))
	}
	for _, name := range slices.Sorted(maps.Keys(unread)) {
		if len(unread[name].file) < 1<<20 {
			all = append(all, vectorOf(name, []byte(unread[name].file)))
		}
	}
	var entries []Entry
	var head Head
	for i, at := range []time.Time{start, start.AddDate(-1, 0, 0), start.AddDate(0, 0, 7)} {
		e, h, _ := practiceKey.Enter(head, Entry{Client: facts.Client, Kind: NoteSigned, ID: fmt.Sprint(i), At: at, Body: json.RawMessage("{}")})
		entries, head = append(entries, e), h
	}
	return append(all, vectorOf("a clock set back by a year", must(practiceKey.Seal(facts, head, entries))))
}

// The vectors that the page is tried with are what this package says. Run with -update after a change.
func TestVectors(t *testing.T) {
	want := must(json.MarshalIndent(vectors(), "", " "))
	if *update {
		var b bytes.Buffer
		w := must(gzip.NewWriterLevel(&b, gzip.BestCompression))
		must(w.Write(want))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorsFile, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := must(io.ReadAll(must(gzip.NewReader(f))))
	if !bytes.Equal(got, want) {
		t.Error("testdata/vectors.json.gz is out of date: run this test with -update")
	}
}
