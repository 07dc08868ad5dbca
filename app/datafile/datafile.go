// Package datafile reads the JSON data that is shipped or written by a practice, and points at the
// line that is at fault: who edits such a file by hand has a text editor and no debugger.
//
//	err := datafile.Read(folder, func(root *datafile.Value) {
//		root.Only("checked", "countries")
//		for _, c := range root.List("countries") {
//			code := c.Need("code")
//			…
//			c.Fail("Two entries for %s.", code)
//		}
//	}) // the first *Fault: file, line and a sentence
//
// A reader goes on after a fault and gets empty values. A *Value is printed in a sentence as the
// file calls it: "en" in "text".
package datafile

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"
)

const textMost = 2000 // runes

// Fault is the first thing that is wrong in a file.
type Fault struct {
	File string
	Line int    // from 1
	What string // a sentence that names what to mend
}

func (f *Fault) Error() string { return fmt.Sprintf("%s, line %d: %s", f.File, f.Line, f.What) }

// Value is one value of the file, and knows the line on which it begins.
type Value struct {
	doc    *doc
	line   int
	name   string     // in a sentence
	token  json.Token // that it begins with
	keys   []string
	fields map[string]*Value // of a group
	items  []*Value          // of a list
	kind   string            // in a sentence
}

// Read hands every .json file of a folder to read, in the order of names. The first *Fault of
// a file is the error, and ends it.
func Read(folder fs.FS, read func(root *Value)) error {
	names, err := fs.Glob(folder, "*.json")
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		if err := Parse(name, data, read); err != nil {
			return err
		}
	}
	return nil
}

// Parse hands one file to read, and gives its first *Fault.
func Parse(name string, data []byte, read func(root *Value)) error {
	root := parse(name, data)
	read(root)
	return root.Err()
}

// Err is the first *Fault of the whole file, nil if there is none.
func (v *Value) Err() error {
	if v.doc.fault == nil {
		return nil
	}
	return v.doc.fault
}

// String is the value as a sentence calls it.
func (v *Value) String() string { return v.name }

// Fail says in a sentence what is wrong with this value. Texts in it are clipped: they may be the
// file's.
func (v *Value) Fail(format string, args ...any) {
	for n, a := range args {
		if s, ok := a.(string); ok {
			args[n] = clip(s)
		}
	}
	v.doc.fail(v.line, fmt.Sprintf(format, args...))
}

// belongs says what should stand where the value does.
func (v *Value) belongs(what string) { v.Fail("%s is %s; %s belongs here.", v, v.kind, what) }

// clip keeps what a file says short enough for a sentence.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}

// Only says which fields a group may have: a misspelt name must not pass for one left out.
func (v *Value) Only(names ...string) {
	if v.kind != group {
		v.belongs(group)
	}
	for _, key := range v.keys {
		if !slices.Contains(names, key) {
			v.doc.fail(v.fields[key].line, fmt.Sprintf("%s has no field %q; it may have %s.", v, clip(key), strings.Join(names, ", ")))
		}
	}
}

// Has tells whether the group has that field.
func (v *Value) Has(name string) bool { return v.fields[name] != nil }

// Field is a field of a group. One that is missing is a fault.
func (v *Value) Field(name string) *Value {
	if f := v.fields[name]; f != nil {
		return f
	}
	v.Fail("%s lacks the field %q.", v, name)
	return &Value{doc: v.doc, line: v.line}
}

// Text is a field that may be left out: "" then.
func (v *Value) Text(name string) string {
	if !v.Has(name) {
		return ""
	}
	return v.fields[name].AsText()
}

// Need is a text that must be there and not be empty.
func (v *Value) Need(name string) string {
	f := v.Field(name)
	s := f.AsText()
	if s == "" {
		f.Fail("%s is empty.", f)
	}
	return s
}

// List is a field that may be left out.
func (v *Value) List(name string) []*Value {
	if !v.Has(name) {
		return nil
	}
	return v.fields[name].Items()
}

// Texts is a list of texts that may be left out.
func (v *Value) Texts(name string) []string {
	var all []string
	for _, item := range v.List(name) {
		all = append(all, item.AsText())
	}
	return all
}

// Items are the values of a list.
func (v *Value) Items() []*Value {
	if v.kind != list {
		v.belongs(list)
	}
	return v.items
}

// AsText is the value as a text.
func (v *Value) AsText() string {
	s, ok := v.token.(string)
	trimmed := strings.TrimSpace(s)
	switch {
	case !ok:
		v.belongs(text)
	case trimmed != s && trimmed != "":
		v.Fail("%s begins or ends with a space.", v)
	case utf8.RuneCountInString(s) > textMost:
		v.Fail("%s is longer than %d characters.", v, textMost)
	}
	return trimmed
}

// AsInt is the value as a whole number from low to high; low if it is none.
func (v *Value) AsInt(low, high int) int {
	n, _ := v.token.(json.Number)
	whole, err := n.Int64()
	if err != nil || whole < int64(low) || whole > int64(high) {
		v.Fail("%s must be a whole number from %d to %d.", v, low, high)
		return low
	}
	return int(whole)
}

// AsBool is the value as true or false.
func (v *Value) AsBool() bool {
	b, ok := v.token.(bool)
	if !ok {
		v.belongs(truth)
	}
	return b
}
