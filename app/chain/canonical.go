package chain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// What is hashed is RFC 8785's canonical JSON (JCS) over a small model: objects, arrays, strings, whole numbers,
// true, false, null. There are no fractions and no large numbers, on which two languages could differ, and names
// are printable ASCII, so that the order of bytes is the RFC's order of UTF-16.
const (
	mostNumber = 1<<53 - 1 // what every language's number holds exactly
	mostDepth  = 24        // of values within values
)

// ErrModel: JSON, but not of the model.
var ErrModel = errors.New("chain: not of the restricted JSON")

// Canonical is v, anything that encoding/json takes, as canonical JSON. ErrModel.
func Canonical(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	value, err := parse(text)
	if err != nil {
		return nil, err
	}
	return canonical(value)
}

// parse reads one JSON value and nothing after it. Of a name that comes twice it keeps the last, as JavaScript
// does; that what was read is canonical is for the caller to compare.
func parse(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: more than one value", ErrModel)
	}
	return v, nil
}

// canonical writes a value of parse.
func canonical(v any) ([]byte, error) { return appendValue(nil, v, 0) }

func appendValue(b []byte, v any, depth int) ([]byte, error) {
	if depth > mostDepth {
		return nil, fmt.Errorf("%w: nested too deep", ErrModel)
	}
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case json.Number:
		n, err := whole(v)
		return strconv.AppendInt(b, n, 10), err
	case string:
		return appendString(b, v), nil
	case []any:
		b = append(b, '[')
		for i, one := range v {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = appendValue(b, one, depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case map[string]any:
		return appendObject(b, v, depth)
	}
	return nil, fmt.Errorf("%w: %T", ErrModel, v)
}

func appendObject(b []byte, v map[string]any, depth int) ([]byte, error) {
	names := make([]string, 0, len(v))
	for name := range v {
		if !plain(name) {
			return nil, fmt.Errorf("%w: a name beyond ASCII", ErrModel)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, name), ':')
		var err error
		if b, err = appendValue(b, v[name], depth+1); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func plain(name string) bool {
	for i := range len(name) {
		if name[i] < ' ' || name[i] > '~' {
			return false
		}
	}
	return true
}

// whole is a number that is written without sign of fraction or power, within the bounds. A text such as 1e2 is
// a whole number to JavaScript, so only its value counts here too; that it is written so makes the file another
// one than its canonical form.
func whole(n json.Number) (int64, error) {
	if i, err := n.Int64(); err == nil && i >= -mostNumber && i <= mostNumber {
		return i, nil
	}
	f, err := n.Float64()
	if err != nil || math.Abs(f) > mostNumber || f != math.Trunc(f) {
		return 0, fmt.Errorf("%w: a number that is not whole or too large", ErrModel)
	}
	return int64(f), nil
}

// appendString writes s as RFC 8785, 3.2.2.2 has it. What is not UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
			continue
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		default:
			if at := bytes.IndexByte([]byte("\b\t\n\f\r"), c); at >= 0 {
				b = append(b, '\\', "btnfr"[at])
			} else {
				b = fmt.Appendf(b, `\u%04x`, c)
			}
		}
		i++
	}
	return append(b, '"')
}
