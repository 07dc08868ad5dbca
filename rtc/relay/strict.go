package relay

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// errMalformed answers everything that another party sent and that does not have the one form it may have.
var errMalformed = errors.New("relay: malformed message")

// flatObject reads one JSON object whose values are strings and numbers. encoding/json would take unknown and doubled names, any case of a
// name, and text after the object; two readers that differ on such input are how checks are bypassed, so here all of it is refused.
// Strings come back as string, numbers as json.Number.
func flatObject(data []byte) (map[string]any, error) {
	if !utf8.Valid(data) {
		return nil, errMalformed
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errMalformed
	}
	fields := make(map[string]any, 4)
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, errMalformed
		}
		value, err := d.Token()
		if err != nil {
			return nil, errMalformed
		}
		switch value.(type) {
		case string, json.Number:
		default:
			return nil, errMalformed
		}
		key := name.(string) // inside an object the decoder gives nothing else here
		if _, twice := fields[key]; twice {
			return nil, errMalformed
		}
		fields[key] = value
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return nil, errMalformed
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errMalformed
	}
	return fields, nil
}

// texts checks that fields holds exactly these names, each a string.
func texts(fields map[string]any, names ...string) bool {
	if len(fields) != len(names) {
		return false
	}
	for _, name := range names {
		if _, ok := fields[name].(string); !ok {
			return false
		}
	}
	return true
}
