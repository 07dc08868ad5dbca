package storage

import (
	"encoding/json"
	"errors"
	"testing"

	"alcove/app"
	"alcove/app/chain"
)

// entries reads a client's chain below the stores.
func entries(t *testing.T, r *app.Records, client string) []chain.Entry {
	t.Helper()
	all, err := list(t.Context(), recordsOf(r).store.DB(), scanEntry, "SELECT "+entryColumns+" FROM chain WHERE client = ? ORDER BY seq", client)
	must(t, err)
	return all
}

// Whatever SQL says, the chain only grows, its head only goes on, and the key stays.
func TestTriggersLockTheChain(t *testing.T) {
	r := signed(t)
	db := recordsOf(r).store.DB()
	for _, q := range []string{
		"UPDATE chain SET body = '{}'",
		"UPDATE chain SET seq = 9 WHERE seq = 2",
		"DELETE FROM chain",
		"DELETE FROM chain WHERE seq = 2",
		"REPLACE INTO chain SELECT client, seq, kind, id, at, by, '{}', prev, hash, signature FROM chain WHERE seq = 1",
		"REPLACE INTO chain (rowid, client, seq, kind, id, at, by, body, prev, hash, signature) SELECT rowid, client, 3, kind, id, at, by, '{}', prev, hash, signature FROM chain WHERE seq = 1",
		"INSERT INTO chain SELECT client, 5, kind, id, at, by, body, prev, hash, signature FROM chain WHERE seq = 1",
		"UPDATE chain_heads SET seq = 1",
		"UPDATE chain_heads SET hash = x'00'",
		"DELETE FROM chain_heads",
		"REPLACE INTO chain_heads SELECT client, 1, hash, at, signature FROM chain_heads",
		"UPDATE chain_key SET seed = x'00'",
		"DELETE FROM chain_key",
		"REPLACE INTO chain_key VALUES (1, x'00')",
	} {
		if _, err := db.Exec(q); err == nil {
			t.Errorf("went through: %s", q)
		}
	}
	must(t, Check(t.Context(), r))
}

// Check sees each way in which chain and record can part, were the triggers gone.
func TestCheckSeesTheChainAlteredAndTheRecordApart(t *testing.T) {
	must(t, Check(t.Context(), signed(t)))
	for _, q := range []string{
		"UPDATE chain SET body = replace(body, 'later', 'never')",
		"UPDATE chain SET at = at + 1000000 WHERE seq = 1",
		"UPDATE chain SET by = 'X' WHERE seq = 2",
		"UPDATE chain SET signature = zeroblob(64) WHERE seq = 1",
		"DELETE FROM chain WHERE seq = 2",
		"DELETE FROM chain WHERE seq = 1",
		"DELETE FROM chain; DELETE FROM chain_heads",
		"DELETE FROM chain_heads",
		"UPDATE chain_heads SET seq = 1, hash = (SELECT hash FROM chain WHERE seq = 1)",
		"UPDATE addenda SET text = 'never'",
		"DELETE FROM addenda",
		"UPDATE notes SET signed_hash = zeroblob(32) WHERE id = 'N1'",
		"UPDATE notes SET status = 'final' WHERE id = 'N2'",
		"DELETE FROM addenda; DELETE FROM note_sections; DELETE FROM notes WHERE id = 'N1'",
	} {
		isDamage(t, signed(t), q)
	}
}

// A chain whose end was cut off is not gone on with: the cut would never be seen again.
func TestNothingIsEnteredAfterACut(t *testing.T) {
	r := signed(t)
	_, err := recordsOf(r).store.DB().Exec("DROP TRIGGER chain_is_not_deleted; DELETE FROM chain WHERE seq = 2")
	must(t, err)
	if err := r.Notes.SignNote(t.Context(), "N2", app.Signature{By: "T"}); !errors.Is(err, app.ErrDamaged) {
		t.Fatal(err)
	}
	n, err := r.Notes.Note(t.Context(), "N2")
	must(t, err)
	if n.Status != app.NotePreliminary {
		t.Error("signed without an entry")
	}
}

// A failure between the signature and its entry leaves neither.
func TestASignatureWithoutItsEntryCannotBe(t *testing.T) {
	r := signed(t)
	db := recordsOf(r).store.DB()
	_, err := db.Exec("CREATE TRIGGER full BEFORE INSERT ON chain BEGIN SELECT raise(ABORT, 'no room'); END")
	must(t, err)
	if r.Notes.SignNote(t.Context(), "N2", app.Signature{By: "T"}) == nil || r.Notes.AddAddendum(t.Context(), "N1", app.Addendum{Text: "x", By: "T"}) == nil {
		t.Fatal("went through")
	}
	_, err = db.Exec("DROP TRIGGER full")
	must(t, err)
	must(t, Check(t.Context(), r))
	n, err := r.Notes.Note(t.Context(), "N2")
	must(t, err)
	if n.Status != app.NotePreliminary {
		t.Error("signed without an entry")
	}
}

func TestRecordFileIsCanonical(t *testing.T) {
	r := signed(t)
	file, err := r.Chain.RecordFile(t.Context(), chain.Facts{Client: "C1", Name: "A <b> \u2028 é"})
	must(t, err)
	again, err := chain.Canonical(json.RawMessage(file))
	must(t, err)
	if string(again) != string(file) {
		t.Error("the file is not its own canonical form")
	}
}
