package apptest

import (
	"context"
	"slices"

	"alcove/app"
)

func (s *store) Append(ctx context.Context, all ...app.AuditEntry) error {
	unlock, err := s.write(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	s.m.audit = append(s.m.audit, all...)
	return nil
}

func (s *store) FindAudit(ctx context.Context, f app.AuditFilter) (app.AuditPage, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return app.AuditPage{}, err
	}
	defer unlock()
	rows := s.m.auditRows(f)
	slices.Reverse(rows)
	from := min(f.Offset, len(rows))
	return app.AuditPage{Rows: rows[from:min(from+limit(f.Limit, 200), len(rows))], Total: len(rows)}, nil
}

func (s *store) WalkAudit(ctx context.Context, f app.AuditFilter, each func(app.AuditRow) error) error {
	unlock, err := s.read(ctx)
	if err != nil {
		return err
	}
	rows := s.m.auditRows(f)
	unlock()
	for _, r := range rows {
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

// VerifyAudit: what is in memory cannot have been altered; the chain is the real store's.
func (s *store) VerifyAudit(ctx context.Context, p app.Progress) (app.AuditProof, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return app.AuditProof{}, err
	}
	defer unlock()
	n := int64(len(s.m.audit))
	if p != nil {
		p(n, n)
	}
	return app.AuditProof{Entries: n, Broken: s.m.brokenAudit}, nil
}

// BreakAudit makes the log's chain end before the entry of that number; 0 mends it.
func (m *Memory) BreakAudit(seq int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.brokenAudit = []int64{seq}
}

// auditRows are those that match, oldest first; m.mu is held.
func (m *Memory) auditRows(f app.AuditFilter) []app.AuditRow {
	var rows []app.AuditRow
	for i, e := range m.audit {
		name := m.clients[e.Client].Name
		if m.auditFits(f, e, name) {
			rows = append(rows, app.AuditRow{AuditEntry: e, Seq: int64(i + 1), ClientName: name, Chain: make([]byte, 32)})
		}
	}
	return rows
}

func (m *Memory) auditFits(f app.AuditFilter, e app.AuditEntry, name string) bool {
	if f.Acts != nil && !slices.Contains(f.Acts, e.Act) || f.Client != "" && f.Client != e.Client ||
		!f.From.IsZero() && e.At.Before(f.From) || !f.To.IsZero() && !e.At.Before(f.To) {
		return false
	}
	for _, w := range f.Words {
		if !slices.Contains(w.Acts, e.Act) && !wordsBegin(w.Text, name) {
			return false
		}
	}
	return true
}
