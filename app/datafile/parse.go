package datafile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FileMost is how large a file may be, in bytes.
const FileMost = 256 << 10

const (
	depthMost = 8 // brackets inside each other
)

// The kinds of a value, in a sentence.
const (
	group = "a group in curly brackets"
	list  = "a list in square brackets"
	text  = "a text in quotation marks"
	truth = "true or false"
)

// doc is what all values of a file share.
type doc struct {
	file  string
	data  []byte
	dec   *json.Decoder
	off   int // up to which newlines are counted: encoding/json forgets lines
	line  int
	fault *Fault
}

// parse reads a whole file. What is no JSON is a fault like any other.
func parse(file string, data []byte) *Value {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // some editors begin a text with it, and none shows it
	d := &doc{file: file, data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1}
	d.dec.UseNumber()
	switch {
	case len(data) > FileMost:
		d.fail(1, fmt.Sprintf("The file is larger than %d KB.", FileMost>>10))
	case !utf8.Valid(data):
		d.fail(1, "The file is not a text in UTF-8.")
	default:
		v, err := d.value("The file", "", 0)
		if err == nil {
			if _, after := d.dec.Token(); !errors.Is(after, io.EOF) {
				d.fail(d.here(), "Something follows after the end.")
			}
			return v
		}
		d.broken(err)
	}
	return &Value{doc: d, line: 1}
}

// broken says why no token came.
func (d *doc) broken(err error) {
	read, what := bytes.TrimRight(d.data, " \t\r\n"), "The file ends in the middle."
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		read = d.data[:min(int(syntax.Offset), len(d.data))]
		what = "This is not JSON: a comma, a quotation mark or a bracket is missing or too many."
	}
	d.fail(1+bytes.Count(read, []byte("\n")), what)
}

// here is the line of the token that was read last.
func (d *doc) here() int {
	off := int(d.dec.InputOffset())
	d.line += bytes.Count(d.data[d.off:off], []byte("\n"))
	d.off = off
	return d.line
}

func (d *doc) fail(line int, what string) {
	if d.fault == nil {
		d.fault = &Fault{d.file, line, what}
	}
}

var errDeep = errors.New("datafile: too deep")

// value reads the next one; field is the one that it lies in, "" at the root.
func (d *doc) value(name, field string, depth int) (*Value, error) {
	t, err := d.dec.Token()
	if err != nil {
		return nil, err
	}
	v := &Value{doc: d, line: d.here(), name: name, token: t}
	switch t := t.(type) {
	case json.Delim:
		if depth == depthMost {
			v.Fail("Too many brackets inside each other.")
			return nil, errDeep
		}
		if t == '[' {
			v.kind = list
			return v, d.list(v, field, depth+1)
		}
		v.kind = group
		return v, d.group(v, field, depth+1)
	case string:
		v.kind = text
		d.seen(t)
	case json.Number:
		v.kind = "a number"
	case bool:
		v.kind = truth
	default:
		v.kind = "null"
	}
	return v, nil
}

func (d *doc) list(v *Value, field string, depth int) error {
	for d.dec.More() {
		item, err := d.value(in("An entry", field), field, depth)
		if err != nil {
			return err
		}
		v.items = append(v.items, item)
	}
	_, err := d.dec.Token()
	return err
}

func (d *doc) group(v *Value, field string, depth int) error {
	v.fields = map[string]*Value{}
	for d.dec.More() {
		t, err := d.dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string) // the decoder takes no other
		d.seen(key)
		quoted := strconv.Quote(clip(key))
		if v.fields[key] != nil {
			d.fail(d.here(), "The field "+quoted+" is there twice.")
		}
		f, err := d.value(in(quoted, field), quoted, depth)
		if err != nil {
			return err
		}
		v.fields[key] = f
		v.keys = append(v.keys, key)
	}
	_, err := d.dec.Token()
	return err
}

func in(name, field string) string {
	if field == "" {
		return name
	}
	return name + " in " + field
}

// seen refuses what an editor does not show: two texts that look alike must be alike.
func (d *doc) seen(s string) {
	if strings.ContainsFunc(joined(s), Unseen) {
		d.fail(d.here(), "A character here cannot be seen.")
	}
}

// joined takes away the joiners that spelling needs: U+200C and U+200D, between letters of a script that joins them, as Persian
// and the scripts of India do (Unicode 16, 9.2 and 12.1). Such letters have no case; in Latin, Greek or Cyrillic a joiner
// changes nothing that is seen.
func joined(s string) string {
	var out strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		if (r == '\u200c' || r == '\u200d') && i > 0 && i+1 < len(runes) &&
			unicode.In(runes[i-1], unicode.Lo, unicode.M) && unicode.In(runes[i+1], unicode.Lo) {
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

// Unseen tells a character that is not drawn, turns others round, or looks like a space and counts as a letter.
func Unseen(r rune) bool {
	return r == '\u2800' || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
