package datafile_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"alcove/app/datafile"
)

func read(text string, reader func(root *datafile.Value)) error {
	return datafile.Read(fstest.MapFS{"x.json": {Data: []byte(text)}}, reader)
}

func TestReads(t *testing.T) {
	err := read("{\"name\": \"a\",\n \"tags\": [\"b\", \"c\"],\n \"n\": 3, \"on\": true,\n\"sub\": [{\"k\": \"v\"}]}\n", func(root *datafile.Value) {
		root.Only("name", "tags", "n", "on", "sub", "none")
		sub := root.List("sub")
		if root.Need("name") != "a" || strings.Join(root.Texts("tags"), "") != "bc" || root.Field("n").AsInt(0, 9) != 3 || !root.Field("on").AsBool() ||
			len(sub) != 1 || sub[0].Need("k") != "v" || root.Text("none") != "" || root.Has("none") {
			t.Error("read wrong")
		}
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPointsAtTheLine(t *testing.T) {
	reader := func(root *datafile.Value) {
		root.Only("name", "rows")
		root.Need("name")
		for _, row := range root.List("rows") {
			row.Only("n", "on")
			if row.Field("n").AsInt(0, 9) > 2 {
				row.Fail("More than two.")
			}
			if row.Has("on") {
				row.Field("on").AsBool()
			}
		}
	}
	for _, x := range []struct {
		text string
		line int
		says string
	}{
		{"", 1, "ends in the middle"},
		{"{\"name\": \"a\",\n\"rows\": [\n", 2, "ends in the middle"},
		{"{\"name\": \"a\"\n\"rows\": []}", 2, "This is not JSON: a comma"},
		{"{\"name\": \"a\"}\n{}", 2, "follows after the end"},
		{"[1]", 1, "The file is a list in square brackets; a group in curly brackets belongs here."},
		{"{\n\"nam\": \"a\"}", 2, `The file has no field "nam"; it may have name, rows.`},
		{"{\n\"rows\": []}", 1, `The file lacks the field "name".`},
		{"{\n\"name\": \"\"}", 2, `"name" is empty.`},
		{"{\n\"name\":\n4}", 3, `"name" is a number; a text in quotation marks belongs here.`},
		{"{\n\"name\": null}", 2, "null; a text"},
		{"{\"name\": \"a\",\n\"name\": \"b\"}", 2, `The field "name" is there twice.`},
		{"{\"name\": \"a\",\n\"rows\": \"b\"}", 2, "marks; a list in square"},
		{"{\"name\": \"a\",\n\"rows\": [\n{\"n\": 1},\n{\"n\": 3}]}", 4, "More than two."},
		{"{\"name\": \"a\",\n\"rows\": [\n{\"n\": 1.5}]}", 3, `"n" in "rows" must be a whole number from 0 to 9.`},
		{"{\"name\": \"a\",\n\"rows\": [\n{\"n\": 10}]}", 3, "from 0 to 9"},
		{"{\"name\": \"a\",\n\"rows\": [\n{\"n\": 1, \"on\": 1}]}", 3, "true or false"},
		{"{\"name\": \"a\",\n\"rows\": [\n7]}", 3, `An entry in "rows" is a number; a group`},
		{"{\n\"name\": \" a\"}", 2, "begins or ends with a space"},
		{"{\n\"name\": \" \"}", 2, "is empty"},
		{"{\n\"name\": \"" + strings.Repeat("a", 2001) + "\"}", 2, "longer than 2000"},
		{"{\n\"name\": \"a\\u202eb\"}", 2, "cannot be seen"},
		{"{\n\"na\u200bme\": \"a\"}", 2, "cannot be seen"},
		{"{\n\"name\": \"PHQ-9\u3164\"}", 2, "cannot be seen"},
		{"{\n\"" + strings.Repeat("x", 99) + "\": 1}", 2, strings.Repeat("x", 39) + "…\"; it may"},
		{"{\n\"name\": \"\xff\"}", 1, "UTF-8"},
		{"{\n\"name\": \n" + strings.Repeat("[", 100), 3, "Too many brackets"},
		{strings.Repeat("\n", 256<<10+1), 1, "larger than 256 KB"},
	} {
		err := read(x.text, reader)
		var f *datafile.Fault
		if !errors.As(err, &f) || f.File != "x.json" || f.Line != x.line || !strings.Contains(f.What, x.says) {
			t.Errorf("%q: got %v, want line %d, %q", x.text, err, x.line, x.says)
		}
	}
}

// TestJoiners: spelling needs them in some scripts. Elsewhere, and at the edge of a word, two texts would look alike and differ.
func TestJoiners(t *testing.T) {
	need := func(root *datafile.Value) { root.Need("name") }
	for _, good := range []string{
		"می\u200cخواهم",          // Persian, "I want": without it the letters would join
		"خانه\u200cهای ما",       // Persian, a plural
		"क्\u200dष और र्\u200dय", // Devanagari: half forms, after the sign that takes the vowel
		"ক্\u200cত",              // Bengali, to keep the sign in sight
		"ශ්\u200dරී",             // Sinhala
	} {
		if err := read("{\"name\": \""+good+"\"}", need); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"PHQ\u200c-9", "na\u200cme", "na\u200dme", "\u0430\u200d\u0431", // Latin, Cyrillic
		"\u200cمی", "می\u200c", "می\u200c خواهم", "می\u200c\u200cخواهم", // at an edge, twice
		"می\u200bخواهم", "می\u200eخواهم", "می\u202eخواهم", "می\u2066خواهم", "می\u2060خواهم", "می\u00adخواهم", "می\ufeffخواهم", // what is none
		"👩\u200d💻",
	} {
		if err := read("{\"name\": \""+bad+"\"}", need); err == nil || !strings.Contains(err.Error(), "cannot be seen") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
