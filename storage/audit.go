package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"alcove/app"
)

// auditLog implements app.AuditLog. Each entry is chained to the one before it.
type auditLog struct{ *records }

func (s auditLog) Append(ctx context.Context, all ...app.AuditEntry) error {
	return s.tx(ctx, func(tx *sql.Tx) error { return logIn(ctx, tx, all...) })
}

// logIn appends to the log in the transaction that does what the entries tell of, so that neither is ever there without the other.
func logIn(ctx context.Context, tx *sql.Tx, all ...app.AuditEntry) error {
	var last []byte
	err := tx.QueryRowContext(ctx, "SELECT chain FROM audit ORDER BY seq DESC LIMIT 1").Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for _, e := range all {
		last = link(last, e)
		if _, err := tx.ExecContext(ctx, "INSERT INTO audit (at, act, client, about, chain) VALUES (?, ?, ?, ?, ?)",
			stamp(e.At), e.Act, string(e.Client), e.About, last); err != nil {
			return err
		}
	}
	return nil
}

func (s auditLog) FindAudit(ctx context.Context, f app.AuditFilter) (page app.AuditPage, err error) {
	err = s.tx(ctx, func(tx *sql.Tx) error {
		where, args, err := auditWhere(ctx, tx, f)
		if err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM audit WHERE "+where, args...).Scan(&page.Total); err != nil {
			return err
		}
		page.Rows, err = list(ctx, tx, scanAudit, auditSelect+where+" ORDER BY seq DESC LIMIT ? OFFSET ?",
			append(args, limitOr(f.Limit, 200), max(f.Offset, 0))...)
		return err
	})
	return page, err
}

// walkPage is how many entries a walk reads before it lets others in.
const walkPage = 2000

func (s auditLog) WalkAudit(ctx context.Context, f app.AuditFilter, each func(app.AuditRow) error) error {
	return s.walk(ctx, auditSelect, f, each)
}

func (s auditLog) walk(ctx context.Context, selecting string, f app.AuditFilter, each func(app.AuditRow) error) error {
	for after := int64(0); ; {
		var rows []app.AuditRow
		err := s.tx(ctx, func(tx *sql.Tx) error {
			where, args, err := auditWhere(ctx, tx, f)
			if err != nil {
				return err
			}
			rows, err = list(ctx, tx, scanAudit, selecting+where+" AND seq > ? ORDER BY seq LIMIT ?", append(args, after, walkPage)...)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := each(r); err != nil {
				return err
			}
			after = r.Seq
		}
		if len(rows) < walkPage {
			return nil
		}
	}
}

// auditNameless is auditSelect for a walk that asks for no names: looking them up takes as long as all the rest.
const (
	auditSelect = `SELECT seq, at, act, client, about, chain, coalesce((SELECT name FROM clients WHERE id = audit.client), '')
		FROM audit WHERE `
	auditNameless = "SELECT seq, at, act, client, about, chain, '' FROM audit WHERE "
)

func scanAudit(row scanner) (r app.AuditRow, err error) {
	err = row.Scan(&r.Seq, when{&r.At}, &r.Act, &r.Client, &r.About, &r.Chain, &r.ClientName)
	return r, err
}

// auditWhere is the filter in SQL. Lists go in as one JSON value, so that no number of them is too many.
func auditWhere(ctx context.Context, q querier, f app.AuditFilter) (string, []any, error) {
	where, args := []string{"1"}, []any{}
	and := func(term string, values ...any) {
		where, args = append(where, term), append(args, values...)
	}
	if f.Acts != nil {
		and("act IN (SELECT value FROM json_each(?))", jsonList(f.Acts))
	}
	if f.Client != "" {
		and("client = ?", string(f.Client))
	}
	if !f.From.IsZero() {
		and("at >= ?", stamp(f.From))
	}
	if !f.To.IsZero() {
		and("at < ?", stamp(f.To))
	}
	for _, w := range f.Words {
		clients, err := clientsNamed(ctx, q, w.Text)
		if err != nil {
			return "", nil, err
		}
		and("(act IN (SELECT value FROM json_each(?)) OR client IN (SELECT value FROM json_each(?)))", jsonList(w.Acts), jsonList(clients))
	}
	return strings.Join(where, " AND "), args, nil
}

// clientsNamed are those in whose name a word begins so. The index has tags and focus too, which the log does not show.
func clientsNamed(ctx context.Context, q querier, typed string) ([]string, error) {
	begin := wordsOf(typed)
	if len(begin) != 1 {
		return nil, nil
	}
	found, err := list(ctx, q, func(row scanner) (c [2]string, err error) {
		err = row.Scan(&c[0], &c[1])
		return c, err
	}, "SELECT id, name FROM clients WHERE row IN (SELECT rowid FROM client_words WHERE client_words MATCH ?)", match(begin, func(int) bool { return true }))
	var ids []string
	for _, c := range found {
		if slices.ContainsFunc(wordsOf(c[1]), func(w string) bool { return strings.HasPrefix(w, begin[0]) }) {
			ids = append(ids, c[0])
		}
	}
	return ids, err
}

func jsonList(all []string) string {
	if len(all) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(all) // strings alone
	return string(b)
}

// VerifyAudit walks the whole chain. An entry that is gone counts at its own number, which stays so when the log goes on behind it.
func (s auditLog) VerifyAudit(ctx context.Context, report app.Progress) (proof app.AuditProof, err error) {
	// SQLite itself counts what was ever entered, so that a log whose end is cut off is noticed as well.
	total, next := int64(0), int64(1)
	if err := s.store.DB().QueryRowContext(ctx, "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0)").Scan(&total); err != nil {
		return proof, s.fail(ctx, err)
	}
	err = s.walk(ctx, auditNameless, app.AuditFilter{}, func(r app.AuditRow) error {
		proof.Entries++
		if r.Seq != next || !bytes.Equal(r.Chain, link(proof.Head, r.AuditEntry)) {
			proof.Broken = append(proof.Broken, next)
		}
		proof.Head, next = r.Chain, r.Seq+1
		if report != nil {
			report(proof.Entries, max(total, proof.Entries))
		}
		return nil
	})
	if err == nil && next <= total {
		proof.Broken = append(proof.Broken, next)
	}
	return proof, err
}

// link is SHA-256 over the chain before and the entry, each text with its length.
func link(last []byte, e app.AuditEntry) []byte {
	h := sha256.New()
	h.Write(last)
	b := binary.BigEndian.AppendUint64(nil, uint64(stamp(e.At))) // #nosec G115 -- its bits
	for _, text := range []string{e.Act, string(e.Client), e.About} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text))) // #nosec G115 -- far below 4 GiB
		b = append(b, text...)
	}
	h.Write(b)
	return h.Sum(nil)
}
