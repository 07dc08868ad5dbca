package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Finding is something in a backup that does not hold though every page of it opens and every table can be read. Whoever has
// lost their machine gets their record back all the same: it is in the audit log of what was restored, and on the screen
// until somebody says that they have read it.
type Finding struct {
	Kind   FindingKind
	Client ClientID // whose chain; "" where it is nobody's alone
	Count  int64
	Places []int64 // numbers of entries, in order; nil where there are none
}

// FindingKind is what does not hold.
type FindingKind string

const (
	FoundEntry  FindingKind = "entry"  // of a chain: not as it was signed
	FoundOrder  FindingKind = "order"  // of a chain: it does not follow the one before it
	FoundEnd    FindingKind = "end"    // of a chain: not signed, or another than what was entered last
	FoundRecord FindingKind = "record" // in a chain or in the record, and not in the other as it stands there
	FoundLog    FindingKind = "log"    // an entry of the audit log does not follow the one before it
	FoundLoose  FindingKind = "loose"  // it belongs to something that is gone
	FoundIndex  FindingKind = "index"  // of what is searched: written anew, so nothing is missing
)

const (
	actFound = "backup.found." // a kind follows
	// ActFindingsRead: somebody has read what a restore found, and it need not be said again.
	ActFindingsRead = "backup.findings"
	// placesMost keep an audit entry short.
	placesMost = 20
)

// findingKinds in the order in which they are told.
var findingKinds = []FindingKind{FoundEntry, FoundOrder, FoundEnd, FoundRecord, FoundLog, FoundLoose, FoundIndex}

// Entry is what the audit log keeps of it.
func (f Finding) Entry(at time.Time) AuditEntry {
	about := strconv.FormatInt(f.Count, 10)
	if len(f.Places) > 0 {
		about += fmt.Sprintf(" (No. %s", strings.Trim(strings.ReplaceAll(fmt.Sprint(f.Places[:min(len(f.Places), placesMost)]), " ", ", "), "[]"))
		if len(f.Places) > placesMost {
			about += ", …"
		}
		about += ")"
	}
	return AuditEntry{At: at, Act: actFound + string(f.Kind), Client: f.Client, About: about}
}

// findingOf reads an entry back, with the places that it names.
func findingOf(e AuditEntry) Finding {
	f := Finding{Kind: FindingKind(strings.TrimPrefix(e.Act, actFound)), Client: e.Client}
	for i, number := range strings.FieldsFunc(e.About, func(r rune) bool { return r < '0' || r > '9' }) {
		n, _ := strconv.ParseInt(number, 10, 64)
		if i == 0 {
			f.Count = n
		} else {
			f.Places = append(f.Places, n)
		}
	}
	return f
}

// Untold are those that the audit log has not as what a restore found: a record goes on with what it was restored with, and its
// backups have that too.
func Untold(ctx context.Context, log AuditLog, all []Finding) (untold []Finding, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	page, err := log.FindAudit(ctx, AuditFilter{Acts: foundActs(), Limit: 10_000})
	for _, f := range all {
		if !slices.ContainsFunc(page.Rows, func(row AuditRow) bool { return f.within(findingOf(row.AuditEntry)) }) {
			untold = append(untold, f)
		}
	}
	return untold, err
}

// within: told is of the same, and of no less.
func (f Finding) within(told Finding) bool {
	if f.Kind != told.Kind || f.Client != told.Client || f.Count > told.Count {
		return false
	}
	cut := told.Count > int64(len(told.Places))
	return cut || !slices.ContainsFunc(f.Places, func(n int64) bool { return !slices.Contains(told.Places, n) })
}

// FindingsError says that a backup can be restored, and what of it does not hold.
type FindingsError struct{ Findings []Finding }

func (e *FindingsError) Error() string {
	return ErrBackupDamaged.Error() + ": " + FindingWords(e.Findings)
}

// Is makes it an ErrBackupDamaged.
func (e *FindingsError) Is(target error) bool { return target == ErrBackupDamaged }

// FindingWords name what does not hold, by kind and number, and never whose it is.
func FindingWords(all []Finding) string {
	var said []string
	for _, kind := range findingKinds {
		var n, clients int64
		for _, f := range all {
			if f.Kind == kind {
				n, clients = n+f.Count, clients+1
			}
		}
		if clients > 0 {
			said = append(said, kind.words(n, clients))
		}
	}
	return strings.Join(said, " ")
}

func (k FindingKind) words(n, clients int64) string {
	whose := fmt.Sprintf("of %d clients", clients)
	if clients == 1 {
		whose = "of one client"
	}
	one := n == 1
	switch k {
	case FoundEntry:
		return pick(one, "One signed entry "+whose+" is not as it was signed.", fmt.Sprintf("%d signed entries %s are not as they were signed.", n, whose))
	case FoundOrder:
		return pick(one, "At one place ", fmt.Sprintf("At %d places ", n)) + "an entry in the proof " + whose + " does not follow the one before it: something may be missing there."
	case FoundEnd:
		return "The signed end of the proof " + whose + " is not what was entered last: something may be missing after it. What is signed from now on says so."
	case FoundRecord:
		return pick(one, "One thing that was signed does not agree with the proof.", fmt.Sprintf("%d things that were signed do not agree with the proof.", n))
	case FoundLog:
		return "The audit log was altered at " + pick(one, "one entry.", fmt.Sprintf("%d entries or more.", n))
	case FoundLoose:
		return pick(one, "One line of the record belongs", fmt.Sprintf("%d lines of the record belong", n)) + " to something that is no longer there, and may not be shown."
	case FoundIndex:
		return "The index for searching was damaged. It was written anew, and nothing is missing from it."
	}
	return ""
}

func pick(one bool, single, many string) string {
	if one {
		return single
	}
	return many
}

// foundActs are the acts under which findings stand in the audit log.
func foundActs() (acts []string) {
	for _, k := range findingKinds {
		acts = append(acts, actFound+string(k))
	}
	return acts
}

// findings are those of the last restore that nobody has read yet.
func findings(ctx context.Context, r *Records) (unread []Finding, err error) {
	page, err := r.Audit.FindAudit(ctx, AuditFilter{Acts: append(foundActs(), ActFindingsRead), Limit: 1000})
	if err != nil {
		return nil, err
	}
	if read := slices.IndexFunc(page.Rows, func(row AuditRow) bool { return row.Act == ActFindingsRead }); read >= 0 {
		page.Rows = page.Rows[:read]
	}
	for _, row := range page.Rows {
		unread = append(unread, findingOf(row.AuditEntry))
	}
	return unread, nil
}

// FindingsRead takes what a restore found off the screen. The audit log keeps it.
func (p *Practice) FindingsRead(ctx context.Context) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	if err := p.auditFirst(ctx, r, AuditEntry{Act: ActFindingsRead}); err != nil {
		return err
	}
	p.changed(KeepingChanged, "")
	return nil
}
