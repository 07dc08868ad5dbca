package chain

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Kind says what was signed. The set is open: a verifier shows a kind that it does not know.
type Kind string

const (
	NoteSigned      Kind = "note.signed"
	NoteAddendum    Kind = "note.addendum"
	MeasureResponse Kind = "measure.response"
	MeasureVoid     Kind = "measure.void"
	AlertResponse   Kind = "alert.response"
	PlanVersion     Kind = "plan.version"
	GoneOn          Kind = "chain.goneon" // after a restore that found another end than the signed one
)

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// String is the hash in hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Entry is one signed thing in a client's chain. Who enters one fills in the first six fields; Key.Enter does the
// rest.
type Entry struct {
	Client string
	Kind   Kind
	ID     string    // of what was signed, in the record
	At     time.Time // kept to the millisecond
	By     string    // the name under it
	Body   json.RawMessage

	Seq       int64 // from 1, without a gap
	Prev      Hash  // of the entry before it, zero for the first
	Hash      Hash  // over everything above
	Signature Signature
}

// Body is the words of an entry, from anything that encoding/json makes an object of. Verifiers show a "title" and
// the "heading" and "text" of each of "sections" as they are, and everything else by its name. ErrModel: a body
// holds no fractions, and its names are ASCII.
func Body(v any) (json.RawMessage, error) {
	text, err := Canonical(v)
	if err == nil && text[0] != '{' {
		err = fmt.Errorf("%w: a body that is no object", ErrModel)
	}
	return text, err
}

// Late marks e as entered when the chain began, after what it is about was signed: what happened to it between the
// two, the chain cannot say.
func Late(e Entry) (Entry, error) {
	body, err := parse(e.Body)
	fields, ok := body.(map[string]any)
	if err != nil || !ok {
		return Entry{}, fmt.Errorf("%w: a body that is no object", ErrModel)
	}
	fields["late"] = true
	e.Body, err = canonical(fields)
	return e, err
}

// Head is the end of a chain.
type Head struct {
	Client string
	Seq    int64 // how many entries there are
	Hash   Hash  // of the last one
	At     time.Time

	Signature Signature
}

// fields are what the hash is over.
func (e Entry) fields() map[string]any {
	return map[string]any{
		"at": e.At.UnixMilli(), "body": e.Body, "by": e.By, "client": e.Client, "id": e.ID, "kind": string(e.Kind),
		"prev": e.Prev.String(), "seq": e.Seq,
	}
}

// text is the canonical JSON of fields, of a body that is canonical: going through a map costs more than the hash.
func (e Entry) text(body []byte) []byte {
	b := make([]byte, 0, len(body)+256)
	b = strconv.AppendInt(append(b, `{"at":`...), e.At.UnixMilli(), 10)
	b = append(append(b, `,"body":`...), body...)
	b = appendString(append(b, `,"by":`...), e.By)
	b = appendString(append(b, `,"client":`...), e.Client)
	b = appendString(append(b, `,"id":`...), e.ID)
	b = appendString(append(b, `,"kind":`...), string(e.Kind))
	b = appendString(append(b, `,"prev":`...), e.Prev.String())
	b = strconv.AppendInt(append(b, `,"seq":`...), e.Seq, 10)
	return append(b, '}')
}

func (e Entry) digest() (Hash, error) {
	if at := e.At.UnixMilli(); max(at, -at, e.Seq, -e.Seq) > mostNumber {
		return Hash{}, fmt.Errorf("%w: a number that is too large", ErrModel)
	}
	body, err := parse(e.Body)
	if err != nil {
		return Hash{}, fmt.Errorf("%w: %w", ErrModel, err)
	}
	text, err := appendValue(nil, body, 1)
	return sha256.Sum256(e.text(text)), err
}

// Kept tells whether the entry is, to the byte, what its hash was made over: it asks neither whether the body is of
// the model nor who signed it, so it is for entries whose hash is known to be the right one.
func (e Entry) Kept() bool { return e.Hash == sha256.Sum256(e.text(e.Body)) }

// message is what a head's signature is over.
func (h Head) message() []byte {
	text, _ := Canonical(map[string]any{"at": h.At.UnixMilli(), "client": h.Client, "hash": h.Hash.String(), "seq": h.Seq}) // of the model
	return text
}

// Enter puts e at the end of the chain whose head is last, the zero Head for the first entry. ErrModel.
func (k *Key) Enter(last Head, e Entry) (Entry, Head, error) {
	e.At = e.At.UTC().Truncate(time.Millisecond)
	e.Seq, e.Prev = last.Seq+1, last.Hash
	var err error
	if e.Hash, err = e.digest(); err != nil {
		return Entry{}, Head{}, err
	}
	e.Signature = k.sign(forEntry, e.Hash[:])
	head := Head{Client: e.Client, Seq: e.Seq, Hash: e.Hash, At: e.At}
	head.Signature = k.sign(forHead, head.message())
	return e, head, nil
}

// Stands tells whether the key signed the head.
func (h Head) Stands(k PublicKey) bool { return k.signed(forHead, h.message(), h.Signature) }

// Stands tells whether the key signed the entry as it is.
func (e Entry) Stands(k PublicKey) bool {
	h, err := e.digest()
	return err == nil && h == e.Hash && k.signed(forEntry, h[:], e.Signature)
}

// Follows tells whether e is the next after the head.
func (e Entry) Follows(last Head) bool { return e.Seq == last.Seq+1 && e.Prev == last.Hash }
