// Package datafile reads the JSON data that is shipped or written by a practice, and points at the
// line that is at fault: who edits such a file by hand has a text editor and no debugger.
//
//	root := datafile.Parse("europe.json", bytes)
//	root.Only("checked", "countries")
//	for _, c := range root.List("countries") {
//		code := c.Need("code")
//		…
//		c.Fail("two entries for %s", code)
//	}
//	err := root.Err() // the first fault, with its line
//
// A reader goes on after a fault and gets empty values: Err is asked once, at the end.
package datafile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Fault is the first thing that is wrong in a file.
type Fault struct {
	File string
	Line int // from 1
	What string
}

func (f *Fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What) }

// Value is one value of the file, and knows the line on which it begins.
type Value struct {
	doc    *doc
	line   int
	scalar any // string, bool or json.Number
	keys   []string
	fields map[string]*Value // of an object
	items  []*Value          // of a list
	kind   string            // in words, for a fault: "a list"
}

// doc is what all values of a file share.
type doc struct {
	file  string
	data  []byte
	dec   *json.Decoder
	fault *Fault
}

// Parse reads a whole file. What is no JSON is a fault like any other.
func Parse(file string, data []byte) *Value {
	d := &doc{file: file, data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	d.dec.UseNumber()
	v, err := d.value()
	if err == nil {
		if _, after := d.dec.Token(); !errors.Is(after, io.EOF) {
			err = errors.New("something follows the end of the data")
		}
	}
	if err != nil {
		d.broken(err)
		return &Value{doc: d, line: 1, kind: "nothing"}
	}
	return v
}

func (d *doc) broken(err error) {
	at := d.dec.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	}
	what := err.Error()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		at, what = int64(len(bytes.TrimRight(d.data, " \t\r\n"))), "the file ends in the middle"
	}
	d.fail(d.lineAt(at), what)
}

func (d *doc) lineAt(offset int64) int {
	return 1 + bytes.Count(d.data[:min(offset, int64(len(d.data)))], []byte("\n"))
}

func (d *doc) fail(line int, what string) {
	if d.fault == nil {
		d.fault = &Fault{d.file, line, what}
	}
}

func (d *doc) value() (*Value, error) {
	t, err := d.dec.Token()
	if err != nil {
		return nil, err
	}
	v := &Value{doc: d, line: d.lineAt(d.dec.InputOffset())}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			v.kind = "a list"
			return v, d.list(v)
		}
		v.kind = "an object"
		return v, d.object(v)
	case string:
		v.kind = "a text"
	case json.Number:
		v.kind = "a number"
	case bool:
		v.kind = "true or false"
	default:
		v.kind = "null"
	}
	v.scalar = t
	return v, nil
}

func (d *doc) list(v *Value) error {
	for d.dec.More() {
		item, err := d.value()
		if err != nil {
			return err
		}
		v.items = append(v.items, item)
	}
	_, err := d.dec.Token()
	return err
}

func (d *doc) object(v *Value) error {
	v.fields = map[string]*Value{}
	for d.dec.More() {
		t, err := d.dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		at := d.lineAt(d.dec.InputOffset())
		field, err := d.value()
		if err != nil {
			return err
		}
		if v.fields[key] != nil {
			d.fail(at, fmt.Sprintf("%q stands twice", key))
		}
		v.fields[key] = field
		v.keys = append(v.keys, key)
	}
	_, err := d.dec.Token()
	return err
}

// Err is the first *Fault of the whole file, nil if there is none.
func (v *Value) Err() error {
	if v.doc.fault == nil {
		return nil
	}
	return v.doc.fault
}

// Line is where the value begins, from 1.
func (v *Value) Line() int { return v.line }

// Fail says what is wrong with this value.
func (v *Value) Fail(format string, args ...any) { v.doc.fail(v.line, fmt.Sprintf(format, args...)) }

// Only says which fields an object may have: a misspelt name must not pass for one left out.
func (v *Value) Only(names ...string) {
	if v.fields == nil {
		v.Fail("this is %s, where an object with %s belongs", v.kind, strings.Join(names, ", "))
		return
	}
	for _, key := range v.keys {
		if !slices.Contains(names, key) {
			v.fields[key].Fail("%q is not known here; what may stand here is %s", key, strings.Join(names, ", "))
		}
	}
}

// Has tells whether the object has that field.
func (v *Value) Has(name string) bool { return v.fields[name] != nil }

// Field is a field of an object. One that is missing is a fault.
func (v *Value) Field(name string) *Value {
	if f := v.fields[name]; f != nil {
		return f
	}
	v.Fail("%q is missing", name)
	return &Value{doc: v.doc, line: v.line, kind: "nothing"}
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
		f.Fail("%q is empty", name)
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
	if v.kind != "a list" {
		v.Fail("this is %s, where a list belongs", v.kind)
	}
	return v.items
}

// AsText is the value as a text.
func (v *Value) AsText() string {
	s, ok := v.scalar.(string)
	if !ok {
		v.Fail("this is %s, where a text in quotes belongs", v.kind)
	}
	return s
}

// AsInt is the value as a whole number.
func (v *Value) AsInt() int {
	n, ok := v.scalar.(json.Number)
	whole, err := n.Int64()
	if !ok || err != nil {
		v.Fail("this is %s, where a whole number belongs", v.kind)
	}
	return int(whole)
}

// AsBool is the value as true or false.
func (v *Value) AsBool() bool {
	b, ok := v.scalar.(bool)
	if !ok {
		v.Fail("this is %s, where true or false belongs", v.kind)
	}
	return b
}
