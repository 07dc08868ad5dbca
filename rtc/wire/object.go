package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// ErrRefused is any message that is not exactly as protocol.md has it.
var ErrRefused = errors.New("wire: message refused")

// object reads one JSON object strictly: each name once, each name known, none missing. The
// first fault sticks; done tells it.
type object struct {
	fields map[string]json.RawMessage
	err    error
}

func parseObject(b []byte) *object {
	o := &object{fields: map[string]json.RawMessage{}}
	if !utf8.Valid(b) {
		o.fail("not UTF-8")
		return o
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		o.fail("not an object")
		return o
	}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			o.fail("not an object")
			return o
		}
		if _, twice := o.fields[name]; twice {
			o.fail("a name twice")
			return o
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			o.fail("no value")
			return o
		}
		o.fields[name] = v
	}
	if t, err := d.Token(); err != nil || t != json.Delim('}') {
		o.fail("no end")
		return o
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		o.fail("something after the end")
	}
	return o
}

// fail keeps the first fault. It never holds a value: an error must not carry client data.
func (o *object) fail(what string) {
	if o.err == nil {
		o.err = fmt.Errorf("%w: %s", ErrRefused, what)
	}
}

// take hands out a field once; null never passes for a value, as it would in encoding/json.
func (o *object) take(name string, v any) {
	if o.err != nil {
		return
	}
	raw, ok := o.fields[name]
	if !ok {
		o.fail("no " + name)
		return
	}
	delete(o.fields, name)
	if string(raw) == "null" || json.Unmarshal(raw, v) != nil {
		o.fail("bad " + name)
	}
}

// text is a string of at most limit characters (code points).
func (o *object) text(name string, limit int) string {
	var s string
	o.take(name, &s)
	if utf8.RuneCountInString(s) > limit {
		o.fail("long " + name)
		return ""
	}
	return s
}

// maybe is text that may be absent.
func (o *object) maybe(name string, limit int) string {
	if _, ok := o.fields[name]; !ok {
		return ""
	}
	return o.text(name, limit)
}

func (o *object) flag(name string) bool {
	var v bool
	o.take(name, &v)
	return v
}

// number is an integer from 0 to limit, written as one.
func (o *object) number(name string, limit int64) int64 {
	var v int64
	o.take(name, &v)
	if v < 0 || v > limit {
		o.fail("bad " + name)
		return 0
	}
	return v
}

// bytes is n bytes in base64url.
func (o *object) bytes(name string, n int) []byte {
	var s string
	o.take(name, &s)
	if o.err != nil {
		return nil
	}
	b, err := Decode(s, n)
	if err != nil {
		o.fail("bad " + name)
	}
	return b
}

// choice is one of the words.
func (o *object) choice(name string, words ...string) string {
	var s string
	o.take(name, &s)
	for _, w := range words {
		if s == w {
			return s
		}
	}
	o.fail("bad " + name)
	return ""
}

// texts is a list of at most limit strings, each at most 400 characters.
func (o *object) texts(name string, limit int) []string {
	var raw []json.RawMessage
	o.take(name, &raw)
	if len(raw) > limit {
		o.fail("long " + name)
		return nil
	}
	list := make([]string, len(raw))
	for i, r := range raw {
		if string(r) == "null" || json.Unmarshal(r, &list[i]) != nil || utf8.RuneCountInString(list[i]) > 400 {
			o.fail("bad " + name)
			return nil
		}
	}
	return list
}

// object is a nested object, or nil for null where that is allowed.
func (o *object) object(name string, orNull bool) *object {
	if raw, ok := o.fields[name]; ok && orNull && string(raw) == "null" {
		delete(o.fields, name)
		return nil
	}
	var raw json.RawMessage
	o.take(name, &raw)
	if o.err != nil {
		return &object{err: o.err}
	}
	return parseObject(raw)
}

// objects is a list of at most limit objects.
func (o *object) objects(name string, limit int) []*object {
	var raw []json.RawMessage
	o.take(name, &raw)
	if len(raw) > limit {
		o.fail("long " + name)
		return nil
	}
	list := make([]*object, len(raw))
	for i, r := range raw {
		list[i] = parseObject(r)
	}
	return list
}

// inner takes over the verdict on an object inside.
func (o *object) inner(p *object) {
	if err := p.done(); err != nil && o.err == nil {
		o.err = err
	}
}

// done is the verdict: the first fault, or a name that nobody asked for.
func (o *object) done() error {
	if o.err == nil && len(o.fields) > 0 {
		o.fail("an unknown name")
	}
	return o.err
}

// encode writes a message of ours; its types hold nothing that JSON cannot.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("wire: " + err.Error())
	}
	return b
}
