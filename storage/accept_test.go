package storage

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/chain"
)

// backupOf is a backup of a record that q was done to, and the kit that opens it.
func backupOf(t *testing.T, q string) (path string, kit app.RecoveryKit) {
	t.Helper()
	_, r, kit := newVault(t)
	fillBackupRecords(t, r)
	pastTriggers(t, r, q)
	b, err := r.Backups.MakeBackup(t.Context(), t.TempDir(), nil)
	must(t, err)
	return b.Path, kit
}

// foundIn are the findings in a record's log.
func foundIn(t *testing.T, r *app.Records) (all []string) {
	t.Helper()
	page, err := r.Audit.FindAudit(t.Context(), app.AuditFilter{})
	must(t, err)
	for _, e := range page.Rows {
		if kind, ok := strings.CutPrefix(e.Act, "backup.found."); ok {
			all = append(all, fmt.Sprint(kind, " ", e.Client, " ", e.About))
		}
	}
	return all
}

// Whoever has lost their machine gets their record back, and is told what of it does not hold. The client's proof says it too, and
// goes on.
func TestARestoreGoesOnWithWhatDoesNotHold(t *testing.T) {
	for name, c := range map[string]struct {
		sql, log, proof string
	}{
		"one signature": {"UPDATE chain SET signature = zeroblob(64) WHERE seq = 7", "entry C1 1 (No. 7)", "Altered: not as it was signed"},
		"a cut one":     {"UPDATE chain SET signature = x'00' WHERE seq = 7", "entry C1 1 (No. 7)", "Altered: not as it was signed"},
		"words": {
			"UPDATE chain SET body = replace(body, '" + canary + "', 'x') WHERE seq IN (7, 9)", "entry C1 2 (No. 7, 9)", "Altered: not as it was signed",
		},
		"an entry is gone":  {"DELETE FROM chain WHERE seq = 7", "record  1\norder C1 1 (No. 8)", "Removed: number 7 is missing"},
		"the end is gone":   {"DELETE FROM chain WHERE seq = 20", "record  1\nend C1 1 (No. 19)", "Gone on after a restore"},
		"the end's seal":    {"UPDATE chain_heads SET signature = zeroblob(64)", "end C1 1 (No. 20)", "Gone on after a restore"},
		"the head is gone":  {"DELETE FROM chain_heads", "end C1 1 (No. 20)", "Gone on after a restore"},
		"the head is other": {"UPDATE chain_heads SET hash = zeroblob(32)", "end C1 1 (No. 20)", "Gone on after a restore"},
		"the log":           {"UPDATE audit SET about = 'x' WHERE seq = 7", "log  1 (No. 7)", ""},
		"the log, twice":    {"UPDATE audit SET about = 'x' WHERE seq IN (7, 20)", "log  2 (No. 7, 20)", ""},
		"the log's middle":  {"DELETE FROM audit WHERE seq = 7", "log  1 (No. 7)", ""},
		"the log's end":     {"DELETE FROM audit WHERE seq > 40", "log  1 (No. 41)", ""},
		"a signed note":     {"UPDATE notes SET signed_hash = zeroblob(32) WHERE id = 'N0'", "record  1", ""},
		"one note is other, one is gone": {
			"UPDATE notes SET signed_hash = zeroblob(32) WHERE id = 'N0'; DELETE FROM notes WHERE id = 'N2'", "record  2", "",
		},
		"no such client": {
			"PRAGMA foreign_keys = OFF; UPDATE notes SET client = 'nobody' WHERE id = 'N1'; PRAGMA foreign_keys = ON", "loose  1", "",
		},
		"both indexes": {"DELETE FROM note_words_data WHERE id > 10; DELETE FROM client_words_data WHERE id > 10", "index  1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path, kit := backupOf(t, c.sql)
			there := profile(t, filepath.Join(t.TempDir(), "elsewhere"))
			r, err := there.Restore(t.Context(), app.RestoreOrder{Path: path, Kit: kit, Pass: pass(passphrase)}, nil)
			must(t, err)
			defer r.Close()
			if got := strings.Join(foundIn(t, r), "\n"); got != c.log {
				t.Errorf("the log has %q", got)
			}
			goesOn(t, r)
			proof := proofOf(t, r)
			if c.proof == "" && !proof.Stands() {
				t.Errorf("%s %v", proof.Sum(), proof.Notices())
			}
			said := ""
			for _, row := range proof.Rows {
				said += row.Words() + " " + row.Entry.Kind.Title() + "\n"
			}
			if !strings.Contains(said, c.proof) || len(proof.Notices()) > 0 {
				t.Errorf("the proof does not say it: %s %v", said, proof.Notices())
			}
			b, err := r.Backups.MakeBackup(t.Context(), t.TempDir(), nil)
			must(t, err)
			if _, err := r.Backups.DrillBackup(t.Context(), b.Path, nil); err != nil {
				t.Errorf("a drill of what was restored: %v", err)
			}
			if name == "both indexes" {
				must(t, Check(t.Context(), r))
			}
			if _, err := recordsOf(r).store.DB().Exec("DELETE FROM chain_heads"); err == nil {
				t.Error("the triggers are gone")
			}
		})
	}
}

// goesOn signs another note, and finds by what is written and by name.
func goesOn(t *testing.T, r *app.Records) {
	t.Helper()
	must(t, r.Notes.SignNote(t.Context(), "N3", app.Signature{By: "T", At: time.Now()}))
	hits, err := r.Notes.SearchNotes(t.Context(), app.NoteQuery{Text: canary, Limit: 100})
	must(t, err)
	clients, err := r.Clients.FindClients(t.Context(), app.ClientQuery{Text: "wre"})
	must(t, err)
	if len(hits) < 39 || len(clients.Rows) != 1 {
		t.Errorf("%d notes and %d clients are found", len(hits), len(clients.Rows))
	}
}

func proofOf(t *testing.T, r *app.Records) chain.Report {
	t.Helper()
	file, err := r.Chain.RecordFile(t.Context(), chain.Facts{Client: "C1", Exported: time.Now()})
	must(t, err)
	record, err := chain.Read(file)
	must(t, err)
	return chain.Verify(record, "")
}

// What SQLite cannot read is refused, and nothing is left. (TestChangedBackupsAreRefused has the pages that do not open.)
func TestBrokenTablesAreRefused(t *testing.T) {
	for name, sql := range map[string]string{
		"an index on another's page": "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'chain_by_id') WHERE name = 'drafts_by_age'",
		"a table on another's page":  "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'templates') WHERE name = 'sheets'",
	} {
		t.Run(name, func(t *testing.T) {
			path, kit := backupOf(t, "PRAGMA writable_schema = ON; "+sql+"; PRAGMA writable_schema = OFF")
			there := profile(t, filepath.Join(t.TempDir(), "elsewhere"))
			before := fmt.Sprint(inFolder(t, there.dir))
			_, err := there.Restore(t.Context(), app.RestoreOrder{Path: path, Kit: kit, Pass: pass(passphrase)}, nil)
			var some *app.FindingsError
			if !errors.Is(err, app.ErrBackupDamaged) || errors.As(err, &some) || fmt.Sprint(inFolder(t, there.dir)) != before {
				t.Errorf("%v, left %v", err, inFolder(t, there.dir))
			}
		})
	}
}

// Called off in whatever it is doing, a restore leaves nothing, and what was there opens as ever.
func TestARestoreCalledOff(t *testing.T) {
	v, r, kit, _ := practiceWithBackup(t)
	must(t, growStore(r, 3<<20))
	pastTriggers(t, r, "DELETE FROM note_words_data WHERE id > 10")
	b, err := r.Backups.MakeBackup(t.Context(), t.TempDir(), nil)
	must(t, err)
	must(t, r.Close())
	before := fmt.Sprint(inFolder(t, v.dir))
	for _, phase := range []app.RestorePhase{
		app.RestoreReading, app.RestoreWriting, app.RestorePages, app.RestoreTables, app.RestoreIndex, app.RestoreProof, app.RestoreKeys,
	} {
		ctx, cancel := context.WithCancel(t.Context())
		reached := false
		_, err := v.Restore(ctx, app.RestoreOrder{Path: b.Path, Kit: app.NewRecoveryKit(append([]byte(nil), kit.Bytes()...)), Pass: pass("x y"), Replace: true}, func(now app.RestorePhase, _, _ int64) {
			if now == phase {
				reached = true
				cancel()
			}
		})
		cancel()
		if !reached || !errors.Is(err, context.Canceled) || fmt.Sprint(inFolder(t, v.dir)) != before {
			t.Errorf("%s, reached %t: %v, left %v", phase, reached, err, inFolder(t, v.dir))
		}
	}
	unlocks(t, v, passphrase, nil)
}
