package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"
)

// ErrEmptyNote: a note without a word cannot be signed.
var ErrEmptyNote = errors.New("note: empty")

// SignedHash is what a signature holds: the SHA-256 over everything that is read of a note, and
// over who signed it when. A third party can compute it again from an export. What is hashed is
// this text, in UTF-8, where every field is written as its length in bytes, in decimal, a colon,
// the field, and a newline, so that no text can pass for two fields:
//
//	alcove note 2\n
//	note ID, client ID, session ID ("" if none), format, name of the format ("" if one of our own),
//	title, created, signer, signed at      times as milliseconds since 1970 UTC, in decimal
//	number of sections, in decimal
//	key, heading, text of each section, "carried" if its text was carried forward and not touched,
//	else "", in their order
//
// A note without any heading was signed before headings were kept. Its first line is "alcove note 1",
// and the name of the format, the headings and the last field are left out.
//
// Addenda come after the signature and carry their own name and time.
func SignedHash(n Note, by string, at time.Time) [32]byte {
	h := sha256.New()
	headed := slices.ContainsFunc(n.Sections, func(s Section) bool { return s.Heading != "" })
	about := []string{string(n.ID), string(n.Client), string(n.Session), string(n.Format)}
	if headed {
		h.Write([]byte("alcove note 2\n"))
		about = append(about, n.Form)
	} else {
		h.Write([]byte("alcove note 1\n"))
	}
	fields(h, append(about, n.Title, millis(n.Created), by, millis(at), fmt.Sprint(len(n.Sections)))...)
	for _, s := range n.Sections {
		switch {
		case headed && s.Carried:
			fields(h, s.Key, s.Heading, s.Text, "carried")
		case headed:
			fields(h, s.Key, s.Heading, s.Text, "")
		default:
			fields(h, s.Key, s.Text)
		}
	}
	return [32]byte(h.Sum(nil))
}

func fields(h hash.Hash, values ...string) {
	for _, v := range values {
		fmt.Fprintf(h, "%d:%s\n", len(v), v)
	}
}

func millis(t time.Time) string { return fmt.Sprint(t.UnixMilli()) }

// ExportNote is a note as text that leaves the vault, with its signature and addenda. The audit
// log has it first, or it does not happen.
func (p *Practice) ExportNote(ctx context.Context, id NoteID) (string, error) {
	r, err := p.open()
	if err != nil {
		return "", err
	}
	n, err := r.Notes.Note(ctx, id)
	if err != nil {
		return "", err
	}
	c, err := r.Clients.Client(ctx, n.Client)
	if err != nil {
		return "", err
	}
	pr, err := r.Profile.Profile(ctx)
	if err != nil {
		return "", err
	}
	if err := p.auditFirst(ctx, r, AuditEntry{Act: ActExport, Client: n.Client, About: string(id)}); err != nil {
		return "", err
	}
	return exportText(viewNote(n), c.Name, pr.location()), nil
}

func exportText(v NoteView, client string, loc *time.Location) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nClient: %s\nWritten: %s\nStatus: %s\n", v.Title, client, stamp(v.Created, loc), v.Status)
	for _, s := range v.Sections {
		carried := ""
		if s.Carried {
			carried = " (carried forward, unchanged)"
		}
		if strings.TrimSpace(s.Text) != "" {
			fmt.Fprintf(&b, "\n%s%s\n%s\n", s.Heading, carried, s.Text)
		}
	}
	if !v.CanEdit {
		fmt.Fprintf(&b, "\nSigned by %s, %s\nSHA-256 %x\n", v.Signed.By, stamp(v.Signed.At, loc), v.Signed.Hash)
	}
	for _, a := range v.Addenda {
		fmt.Fprintf(&b, "\nAddendum by %s, %s\n%s\n", a.By, stamp(a.At, loc), a.Text)
	}
	return b.String()
}

// stamp is a time as the record writes it, with the zone it was read in.
func stamp(t time.Time, loc *time.Location) string {
	return t.In(loc).Format("2 January 2006, 15:04 MST")
}
