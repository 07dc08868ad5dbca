package chain

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Most is the size in bytes that a record file may have; ten years of weekly notes are five million. It bounds the
// memory that a hostile file can ask for.
const Most = 128 << 20

// What keeps a file from being read at all. Words gives what to say of each.
var (
	ErrNoRecord = errors.New("chain: not a record file")
	ErrCutShort = errors.New("chain: a record file cut short")
	ErrNewer    = errors.New("chain: a record file of a newer version")
	ErrTooLarge = errors.New("chain: a file too large for a record file")
)

// Record is a record file as it was read. Nothing in it is believed: Verify tells what stands.
type Record struct {
	Facts   Facts
	Key     PublicKey
	Head    Head // zero if the file has none
	Entries []Listed

	canonical bool      // the file is its own canonical form
	statement []byte    // what Signature is over
	signature Signature // the file's
}

// Listed is an entry as a file has it. What is missing or of another type is zero.
type Listed struct {
	Entry
	whole bool   // it has the fields of an entry and no others
	text  []byte // canonical JSON of what the hash is over
}

// Read reads a record file of anybody's making. ErrNoRecord, ErrCutShort, ErrNewer, ErrTooLarge, ErrModel.
func Read(text []byte) (*Record, error) {
	if len(text) > Most {
		return nil, ErrTooLarge
	}
	value, err := parse(text)
	if err != nil {
		return nil, unread(text, err)
	}
	again, err := canonical(value)
	if err != nil {
		return nil, err
	}
	file := object{fields: asObject(value)}
	version := file.number("version")
	switch {
	case file.text("alcove") != what || version < 1:
		return nil, ErrNoRecord
	case version > Version:
		return nil, ErrNewer
	}
	r := &Record{canonical: bytes.Equal(text, again), Facts: readFacts(file)}
	file.hex("key", r.Key[:])
	file.hex("signature", r.signature[:])
	list, ok := file.fields["entries"].([]any)
	if !ok {
		return nil, ErrNoRecord
	}
	if h := (object{fields: asObject(file.fields["head"])}); h.fields != nil {
		r.Head = Head{Client: h.text("client"), Seq: h.number("seq"), At: h.time("at")}
		h.hex("hash", r.Head.Hash[:])
		h.hex("signature", r.Head.Signature[:])
	}
	for _, one := range list {
		r.Entries = append(r.Entries, readEntry(one))
	}
	delete(file.fields, "entries")
	delete(file.fields, "signature")
	r.statement, err = canonical(file.fields)
	return r, err
}

// unread is why a text is no JSON, in our own words.
func unread(text []byte, err error) error {
	begins := bytes.HasPrefix(bytes.TrimSpace(text), []byte(`{`)) && bytes.Contains(text[:min(len(text), 4096)], []byte(`"alcove"`))
	switch {
	case errors.Is(err, ErrModel):
		return err
	case begins && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)):
		return ErrCutShort
	}
	return fmt.Errorf("%w: %w", ErrNoRecord, err)
}

func readFacts(file object) Facts {
	client, practice := object{fields: asObject(file.fields["client"])}, object{fields: asObject(file.fields["practice"])}
	return Facts{
		Client: client.text("id"), Name: client.text("name"), Pronouns: client.text("pronouns"),
		Therapist: practice.text("therapist"), Credentials: practice.text("credentials"), Practice: practice.text("name"),
		TimeZone: practice.text("timeZone"), Exported: file.time("exported"),
	}
}

func readEntry(v any) Listed {
	o := object{fields: asObject(v)}
	e := Listed{Entry: Entry{
		Client: o.text("client"), Kind: Kind(o.text("kind")), ID: o.text("id"), At: o.time("at"), By: o.text("by"), Seq: o.number("seq"),
	}}
	o.hex("prev", e.Prev[:])
	o.hex("hash", e.Hash[:])
	o.hex("signature", e.Signature[:])
	body, ok := o.fields["body"].(map[string]any)
	e.Body, _ = canonical(body) // the whole file was written so before
	e.whole = ok && !o.odd && len(o.fields) == 10
	delete(o.fields, "hash")
	delete(o.fields, "signature")
	e.text, _ = canonical(o.fields)
	return e
}

// object reads fields of which nothing is known; odd says that one was missing or of another type.
type object struct {
	fields map[string]any
	odd    bool
}

func asObject(v any) map[string]any {
	o, _ := v.(map[string]any)
	return o
}

func (o *object) text(name string) string {
	s, ok := o.fields[name].(string)
	o.odd = o.odd || !ok
	return s
}

func (o *object) number(name string) int64 {
	n, ok := o.fields[name].(json.Number)
	o.odd = o.odd || !ok
	if !ok {
		return 0
	}
	i, err := whole(n)
	o.odd = o.odd || err != nil
	return i
}

func (o *object) time(name string) time.Time { return time.UnixMilli(o.number(name)).UTC() }

// hex fills to, in lower case as it is written.
func (o *object) hex(name string, to []byte) {
	s := o.text(name)
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(to) || hex.EncodeToString(b) != s {
		o.odd = true
		return
	}
	copy(to, b)
}
