package app

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Progress hears how far slow work has come: done of total, in whatever is counted. It returns at once.
type Progress func(done, total int64)

type progressKey struct{}

// WithProgress gives work that is long only once, such as the first Unlock of an old record, a Progress to report to. What lasts each time
// asks for one by name.
func WithProgress(ctx context.Context, p Progress) context.Context {
	return context.WithValue(ctx, progressKey{}, p)
}

// ProgressOf is nil where nobody listens.
func ProgressOf(ctx context.Context) Progress {
	p, _ := ctx.Value(progressKey{}).(Progress)
	return p
}

// AuditEntry is one line of the audit log. It never holds what a note says.
type AuditEntry struct {
	At     time.Time
	Act    string   // "vault.unlock", "session.unverified" …
	Client ClientID // "" if none
	About  string   // an ID, never a text
}

// AuditLog is append-only.
type AuditLog interface {
	// Append writes all of them, in their order, or none.
	Append(ctx context.Context, all ...AuditEntry) error
	// FindAudit is one page, newest first. ClientName is "" where there is no such client.
	FindAudit(ctx context.Context, f AuditFilter) (AuditPage, error)
	// WalkAudit hands out all that match, oldest first. Others use the store meanwhile.
	WalkAudit(ctx context.Context, f AuditFilter, each func(AuditRow) error) error
	// VerifyAudit walks the whole chain. Others use the store meanwhile.
	VerifyAudit(ctx context.Context, p Progress) (AuditProof, error)
}

// AuditFilter chooses entries; the zero value is all of them.
type AuditFilter struct {
	Acts   []string // nil for all
	Client ClientID
	From   time.Time   // inclusive, zero for none
	To     time.Time   // exclusive, zero for none
	Words  []AuditWord // every one must fit
	Limit  int         // 0 for 200
	Offset int
}

// AuditWord fits an entry that is one of Acts, or in whose client's name a word begins with Text, accents and case
// aside.
type AuditWord struct {
	Text string
	Acts []string
}

// AuditRow is an entry as it is read.
type AuditRow struct {
	AuditEntry
	Seq        int64  // from 1, without a gap
	Chain      []byte // 32 bytes: SHA-256 over the entry and the chain before it
	ClientName string // initials in initials-only mode
	Words      string // the act, for people
	Refused    bool   // it was tried, and did not happen
}

// AuditPage is one page of the log; Total counts all that match.
type AuditPage struct {
	Rows  []AuditRow
	Total int
}

// AuditProof says whether each entry follows the one before it.
type AuditProof struct {
	Entries int64
	Broken  []int64 // numbers of those that do not follow or are gone, in order
	Head    []byte
}

// AuditQuery is what the screen asks: Text is typed, and fits words of the act and of the client's name.
type AuditQuery struct {
	Text          string
	Group         ActGroup // "" for all
	Client        ClientID
	From, To      time.Time
	Limit, Offset int
}

func (q AuditQuery) filter() AuditFilter {
	f := AuditFilter{Client: q.Client, From: q.From, To: q.To, Limit: q.Limit, Offset: q.Offset}
	if q.Group != "" {
		f.Acts = actsOf(q.Group)
	}
	// Initials as the screen shows them, "A.M.", fall into words of one letter here, and find the name.
	for _, w := range strings.FieldsFunc(strings.ToLower(q.Text), func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M) }) {
		f.Words = append(f.Words, AuditWord{Text: w, Acts: actsBeginning(w)})
	}
	return f
}

// AuditPage is one page of the audit log, newest first. That the log was looked into is an entry too.
func (p *Practice) AuditPage(ctx context.Context, q AuditQuery) (AuditPage, error) {
	r, err := p.open()
	if err != nil {
		return AuditPage{}, err
	}
	p.auditSeldom(ctx, AuditEntry{Act: ActViewLog})
	page, err := r.Audit.FindAudit(ctx, q.filter())
	for i := range page.Rows {
		page.Rows[i] = p.shownRow(page.Rows[i])
	}
	return page, err
}

func (p *Practice) shownRow(r AuditRow) AuditRow {
	if r.ClientName != "" {
		r.ClientName = p.shown(r.ClientName)
	}
	r.Words, r.Refused = actWords(r.Act), strings.HasSuffix(r.Act, failed) || refusals[r.Act]
	return r
}

// VerifyAudit looks whether each entry of the audit log follows the one before it.
func (p *Practice) VerifyAudit(ctx context.Context, report Progress) (AuditProof, error) {
	r, err := p.open()
	if err != nil {
		return AuditProof{}, err
	}
	return r.Audit.VerifyAudit(ctx, report)
}

// AuditFormat is a form in which the log leaves the vault.
type AuditFormat string

const (
	AuditCSV   AuditFormat = "csv"
	AuditLines AuditFormat = "jsonl" // one JSON object a line
)

// ExportAudit writes the entries that match to a file at path, oldest first, with their chain, so that others can
// follow it. The log has the export first, or it does not happen. It tells how many entries were written.
func (p *Practice) ExportAudit(ctx context.Context, path string, f AuditFormat, q AuditQuery, report Progress) (int, error) {
	r, err := p.open()
	if err != nil {
		return 0, err
	}
	if err := p.auditFirst(ctx, r, AuditEntry{Act: ActExportLog}); err != nil {
		return 0, err
	}
	page, err := r.Audit.FindAudit(ctx, AuditFilter{Limit: 1})
	if err != nil {
		return 0, err
	}
	total, n := int64(page.Total), 0
	err = p.deps.Files.WriteFile(ctx, path, func(w io.Writer) error {
		put, flush := auditWriter(w, f)
		err := r.Audit.WalkAudit(ctx, q.filter(), func(row AuditRow) error {
			n++
			if report != nil {
				report(row.Seq, total)
			}
			return put(p.shownRow(row))
		})
		if err != nil {
			return err
		}
		return flush()
	})
	if err != nil {
		_ = p.audit(context.WithoutCancel(ctx), AuditEntry{Act: ActExportLog + failed})
		return 0, err
	}
	return n, nil
}

// auditLine is an entry outside the vault.
type auditLine struct {
	Entry    int64  `json:"entry"`
	At       string `json:"at"` // UTC
	Act      string `json:"act"`
	Words    string `json:"words"`
	Client   string `json:"client,omitempty"`
	ClientID string `json:"client_id,omitempty"`
	About    string `json:"about,omitempty"`
	Chain    string `json:"chain"`
}

func auditWriter(w io.Writer, f AuditFormat) (put func(AuditRow) error, flush func() error) {
	if f == AuditLines {
		out := json.NewEncoder(w)
		return func(r AuditRow) error { return out.Encode(lineOf(r)) }, func() error { return nil }
	}
	out := csv.NewWriter(w)
	head := out.Write([]string{"entry", "at", "act", "words", "client", "client_id", "about", "chain"})
	return func(r AuditRow) error {
			if head != nil {
				return head
			}
			l := lineOf(r)
			return out.Write([]string{strconv.FormatInt(l.Entry, 10), l.At, l.Act, l.Words, cell(l.Client), l.ClientID, l.About, l.Chain})
		}, func() error {
			out.Flush()
			return out.Error()
		}
}

func lineOf(r AuditRow) auditLine {
	return auditLine{
		Entry: r.Seq, At: r.At.UTC().Format("2006-01-02T15:04:05.000Z"), Act: r.Act, Words: r.Words,
		Client: r.ClientName, ClientID: string(r.Client), About: r.About, Chain: hex.EncodeToString(r.Chain),
	}
}

// cell keeps a spreadsheet from taking a name for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// ErrNoFolder: the folder of a file that is to be written, or read, is not there.
var ErrNoFolder = errors.New("no such folder")

// Files is the machine's disk outside the vault.
type Files interface {
	// WriteFile puts what write writes into a file that its owner alone may read: whole, or not at all. ErrNoRoom,
	// ErrNoAccess, ErrNoFolder.
	WriteFile(ctx context.Context, path string, write func(io.Writer) error) error
	// ReadFile reads a file, and of a larger one the first most bytes and one more. ErrNoAccess, ErrNoFolder.
	ReadFile(ctx context.Context, path string, most int) ([]byte, error)
}
