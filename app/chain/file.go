package chain

import (
	"time"
)

// Version is the version of the record file that this program writes.
const Version = 1

// what is the first field of every record file, and tells it from other JSON.
const what = "alcove client record"

// Facts are what somebody who reads a record file must know beside its entries. The file's own signature is over
// them.
type Facts struct {
	Client   string // the ID that the entries carry
	Name     string
	Pronouns string

	Therapist   string
	Credentials string
	Practice    string
	TimeZone    string // IANA name: in which the times were lived

	Exported time.Time
}

// Seal writes the record file of one client: canonical JSON, whose every field format.md gives. entries are in
// their order and head is their end, the zero Head where there are none. ErrModel.
func (k *Key) Seal(f Facts, head Head, entries []Entry) ([]byte, error) {
	file := map[string]any{
		"alcove":  what,
		"version": Version,
		"client":  map[string]any{"id": f.Client, "name": f.Name, "pronouns": f.Pronouns},
		"practice": map[string]any{
			"name": f.Practice, "therapist": f.Therapist, "credentials": f.Credentials, "timeZone": f.TimeZone,
		},
		"exported": f.Exported.UnixMilli(),
		"key":      k.Public().String(),
		"head":     nil,
	}
	if head.Seq > 0 {
		file["head"] = map[string]any{
			"at": head.At.UnixMilli(), "client": head.Client, "hash": head.Hash.String(), "seq": head.Seq,
			"signature": head.Signature.String(),
		}
	}
	statement, err := Canonical(file)
	if err != nil {
		return nil, err
	}
	file["signature"] = k.sign(forRecord, statement).String()
	list := make([]any, len(entries))
	for i, e := range entries {
		fields := e.fields()
		fields["hash"], fields["signature"] = e.Hash.String(), e.Signature.String()
		list[i] = fields
	}
	file["entries"] = list
	return Canonical(file)
}
