package apptest

import (
	"context"
	"slices"

	"alcove/app"
	"alcove/app/chain"
)

// enter puts what was just signed at the end of its client's chain. The caller holds the lock and saves after it.
func (m *Memory) enter(e chain.Entry, err error) error {
	if err != nil {
		return err
	}
	e, head, err := m.chainKey.Enter(m.heads[e.Client], e)
	if err != nil {
		return err
	}
	m.chain[e.Client] = append(m.chain[e.Client], e)
	m.heads[e.Client] = head
	m.audit = append(m.audit, app.SignedAct(e))
	return nil
}

func (s *store) RecordFile(ctx context.Context, f chain.Facts) ([]byte, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return s.m.chainKey.Seal(f, s.m.heads[f.Client], s.m.chain[f.Client])
}

func (s *store) ChainKey(ctx context.Context) (chain.PublicKey, error) {
	unlock, err := s.read(ctx)
	if err != nil {
		return chain.PublicKey{}, err
	}
	defer unlock()
	return s.m.chainKey.Public(), nil
}

// BreakEntry alters an entry of a client's chain, as who had the key of the store could.
func (m *Memory) BreakEntry(c app.ClientID, seq int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.chain[string(c)][seq-1].By += " the Other"
}

// Entries are a client's chain.
func (m *Memory) Entries(c app.ClientID) []chain.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.chain[string(c)])
}
