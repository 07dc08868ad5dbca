package datafile_test

import (
	"errors"
	"strings"
	"testing"

	"alcove/app/datafile"
)

func TestReads(t *testing.T) {
	root := datafile.Parse("x.json", []byte("{\"name\": \"a\",\n \"tags\": [\"b\", \"c\"],\n \"n\": 3, \"on\": true,\n\"sub\": [{\"k\": \"v\"}]}\n"))
	root.Only("name", "tags", "n", "on", "sub", "none")
	sub := root.List("sub")
	if root.Need("name") != "a" || strings.Join(root.Texts("tags"), "") != "bc" || root.Field("n").AsInt() != 3 || !root.Field("on").AsBool() ||
		len(sub) != 1 || sub[0].Need("k") != "v" || sub[0].Line() != 4 || root.Text("none") != "" || root.Has("none") {
		t.Error("read wrong")
	}
	if err := root.Err(); err != nil {
		t.Error(err)
	}
}

func TestPointsAtTheLine(t *testing.T) {
	read := func(root *datafile.Value) {
		root.Only("name", "rows")
		root.Need("name")
		for _, row := range root.List("rows") {
			row.Only("n", "on")
			if row.Field("n").AsInt() > 2 {
				row.Fail("more than two")
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
		{"{\"name\": \"a\"\n\"rows\": []}", 2, "invalid character"},
		{"{\"name\": \"a\"}\n{}", 2, "follows the end"},
		{"[1]", 1, "a list, where an object"},
		{"{\n\"nam\": \"a\"}", 2, `"nam" is not known`},
		{"{\n\"rows\": []}", 1, `"name" is missing`},
		{"{\n\"name\": \"\"}", 2, "is empty"},
		{"{\n\"name\":\n4}", 3, "a number, where a text"},
		{"{\n\"name\": null}", 2, "null, where a text"},
		{"{\"name\": \"a\",\n\"name\": \"b\"}", 2, "stands twice"},
		{"{\"name\": \"a\",\n\"rows\": \"b\"}", 2, "a text, where a list"},
		{"{\"name\": \"a\",\n\"rows\": [\n{\"n\": 1},\n{\"n\": 3}]}", 4, "more than two"},
		{"{\"name\": \"a\",\n\"rows\": [\n{\"n\": 1.5}]}", 3, "whole number"},
		{"{\"name\": \"a\",\n\"rows\": [\n{\"n\": 1, \"on\": 1}]}", 3, "true or false"},
		{"{\"name\": \"a\",\n\"rows\": [\n7]}", 3, "a number, where an object"},
	} {
		root := datafile.Parse("x.json", []byte(x.text))
		read(root)
		var f *datafile.Fault
		if !errors.As(root.Err(), &f) || f.Line != x.line || !strings.Contains(f.What, x.says) {
			t.Errorf("%q: got %v, want line %d, %q", x.text, root.Err(), x.line, x.says)
		}
	}
}
