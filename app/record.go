package app

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"

	"alcove/app/chain"
)

// ChainStore keeps each client's chain of what was signed (package chain). Nothing but the stores themselves puts
// an entry in: SignNote, AddAddendum and their like do, in the same step as the record's own write and the
// audit log's (SignedAct), so that none can be there without the others.
type ChainStore interface {
	// RecordFile is the client's whole chain, sealed with the practice's key for who reads it elsewhere. ErrDamaged
	// if the chain is not what was entered.
	RecordFile(ctx context.Context, f chain.Facts) ([]byte, error)
	// ChainKey is what others check it with.
	ChainKey(ctx context.Context) (chain.PublicKey, error)
}

// Entry is the chain's entry for a note that was just signed.
func (n Note) Entry() (chain.Entry, error) {
	sections := make([]map[string]string, len(n.Sections))
	for i, s := range n.Sections {
		sections[i] = map[string]string{"key": s.Key, "heading": n.heading(s), "text": s.Text}
		if s.Carried {
			sections[i]["carried"] = "unchanged"
		}
	}
	fields := map[string]any{
		"title": n.Title, "format": string(n.Format), "session": string(n.Session), "created": n.Created.UnixMilli(),
		"sections": sections, "sha256": hex.EncodeToString(n.Signed.Hash[:]),
	}
	if n.Form != "" {
		fields["form"] = n.Form
	}
	body, err := chain.Body(fields)
	return chain.Entry{
		Client: string(n.Client), Kind: chain.NoteSigned, ID: string(n.ID), At: n.Signed.At, By: n.Signed.By, Body: body,
	}, err
}

// AddendumEntry is the chain's entry for the note's addendum of that number, from 0.
func (n Note) AddendumEntry(number int) (chain.Entry, error) {
	a := n.Addenda[number]
	body, err := chain.Body(map[string]any{
		"title": n.Title, "number": number + 1,
		"sections": []map[string]string{{"key": "addendum", "heading": "Addendum", "text": a.Text}},
	})
	return chain.Entry{
		Client: string(n.Client), Kind: chain.NoteAddendum, ID: string(n.ID), At: a.At, By: a.By, Body: body,
	}, err
}

// ExportRecord writes the client's record file at path: every entry of their chain in clear words, and the proof.
// The audit log has it first, or it does not happen. ErrNotFound, ErrDamaged, ErrNoFolder, ErrDiskFull, ErrReadOnly.
func (p *Practice) ExportRecord(ctx context.Context, id ClientID, path string) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	c, err := r.Clients.Client(ctx, id)
	if err != nil {
		return err
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return err
	}
	if err := p.auditFirst(ctx, r, AuditEntry{Act: ActExportRecord, Client: id, About: string(id)}); err != nil {
		return err
	}
	file, err := r.Chain.RecordFile(ctx, recordFacts(c, pr))
	if err == nil {
		err = p.deps.Files.WriteFile(ctx, path, func(w io.Writer) error {
			_, err := w.Write(file)
			return err
		})
	}
	if err != nil {
		_ = p.audit(context.WithoutCancel(ctx), AuditEntry{Act: ActExportRecord + failed, Client: id, About: string(id)})
	}
	return err
}

func recordFacts(c Client, pr Profile) chain.Facts {
	return chain.Facts{
		Client: string(c.ID), Name: c.Name, Pronouns: c.Pronouns,
		Therapist: pr.Therapist, Credentials: pr.Credentials, Practice: pr.PracticeName, TimeZone: pr.TimeZone,
		Exported: now(),
	}
}

// RecordProof is what a client's chain proves, in words.
type RecordProof struct {
	Stands bool
	Sum    string
	Faults []string // one for each entry that does not stand, and for what is to be said of the whole
}

// CheckRecord tries the record file that would be exported now, as whoever gets it would. ErrNotFound, ErrDamaged.
func (p *Practice) CheckRecord(ctx context.Context, id ClientID) (proof RecordProof, err error) {
	r, err := p.open()
	if err != nil {
		return proof, err
	}
	c, err := r.Clients.Client(ctx, id)
	if err != nil {
		return proof, err
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return proof, err
	}
	file, err := r.Chain.RecordFile(ctx, recordFacts(c, pr))
	if err != nil {
		return proof, err
	}
	record, err := chain.Read(file)
	if err != nil {
		return proof, err
	}
	report := chain.Verify(record, "")
	proof = RecordProof{Stands: report.Stands(), Sum: report.Sum(), Faults: report.Notices()}
	for _, row := range report.Rows {
		switch {
		case row.Verdict == chain.Removed:
			proof.Faults = append(proof.Faults, row.Words())
		case row.Verdict != chain.Stands, row.Entry.Kind == chain.GoneOn:
			proof.Faults = append(proof.Faults, fmt.Sprintf("No. %d, %s, %s. %s", row.Place, row.Entry.Kind.Title(), row.Entry.At.In(pr.location()).Format("2 January 2006"), row.Words()))
		}
	}
	return proof, nil
}

// KeyFingerprint is the fingerprint of the practice's signing key, for a board to compare with a record file's.
func (p *Practice) KeyFingerprint(ctx context.Context) (string, error) {
	r, err := p.open()
	if err != nil {
		return "", err
	}
	key, err := r.Chain.ChainKey(ctx)
	if err != nil {
		return "", err
	}
	return key.Fingerprint(), nil
}
