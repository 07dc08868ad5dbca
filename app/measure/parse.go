package measure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// ParseError is what is wrong with a data file, and where.
type ParseError struct {
	Line   int
	Advice string // a sentence that names what to mend
}

func (e *ParseError) Error() string { return fmt.Sprintf("Line %d: %s", e.Line, e.Advice) }

const (
	fileMost  = 256 << 10 // bytes
	depthMost = 8
)

// node is a JSON value with the line it stands on.
type node struct {
	line  int
	value any // nil, bool, string, json.Number, []node or []member
}

type member struct {
	key string
	node
}

// lines reads JSON and keeps the lines, which encoding/json alone forgets.
type lines struct {
	dec  *json.Decoder
	data []byte
	off  int // up to which newlines are counted
	line int
}

func parseJSON(data []byte) (node, error) {
	if len(data) > fileMost {
		return node{}, &ParseError{1, fmt.Sprintf("The file is larger than %d KB; no questionnaire is.", fileMost>>10)}
	}
	if !utf8.Valid(data) {
		return node{}, &ParseError{1, "The file is not a text in UTF-8."}
	}
	l := &lines{dec: json.NewDecoder(bytes.NewReader(data)), data: data, line: 1}
	l.dec.UseNumber()
	n, err := l.next(0)
	if err != nil {
		return node{}, err
	}
	if _, err := l.dec.Token(); !errors.Is(err, io.EOF) {
		return node{}, l.fault("Something follows after the end of the measure.")
	}
	return n, nil
}

// at is the line of the token that was read last.
func (l *lines) at() int {
	off := int(l.dec.InputOffset())
	l.line += bytes.Count(l.data[l.off:off], []byte("\n"))
	l.off = off
	return l.line
}

func (l *lines) fault(advice string) error { return &ParseError{l.at(), advice} }

func (l *lines) token() (json.Token, error) {
	t, err := l.dec.Token()
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return t, nil
	case errors.As(err, &syntax):
		end := min(int(syntax.Offset), len(l.data))
		return nil, &ParseError{1 + bytes.Count(l.data[:end], []byte("\n")), "This is not JSON: a comma, a quotation mark or a bracket is missing or too many."}
	}
	return nil, &ParseError{1 + bytes.Count(l.data, []byte("\n")), "The file ends before the measure does."}
}

func (l *lines) next(depth int) (node, error) {
	t, err := l.token()
	if err != nil {
		return node{}, err
	}
	n := node{l.at(), t}
	d, ok := t.(json.Delim)
	if !ok {
		return n, nil
	}
	if depth == depthMost {
		return node{}, l.fault("Too many brackets inside each other.")
	}
	if d == '{' {
		n.value, err = l.members(depth + 1)
	} else {
		n.value, err = l.elements(depth + 1)
	}
	if err != nil {
		return node{}, err
	}
	if _, err := l.token(); err != nil { // the closing bracket
		return node{}, err
	}
	return n, nil
}

func (l *lines) members(depth int) ([]member, error) {
	all := []member{}
	known := map[string]bool{}
	for l.dec.More() {
		t, err := l.token()
		if err != nil {
			return nil, err
		}
		key, ok := t.(string)
		if !ok {
			return nil, l.fault("A field needs a name in quotation marks.")
		}
		if known[key] {
			return nil, l.fault(fmt.Sprintf("The field %q is there twice.", clip(key)))
		}
		known[key] = true
		n, err := l.next(depth)
		if err != nil {
			return nil, err
		}
		all = append(all, member{key, n})
	}
	return all, nil
}

func (l *lines) elements(depth int) ([]node, error) {
	all := []node{}
	for l.dec.More() {
		n, err := l.next(depth)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// clip keeps what a file says short enough for a sentence.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}
