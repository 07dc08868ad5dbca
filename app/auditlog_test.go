package app_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

// TestEveryActHasWords finds an act in the source that the screen could not say.
func TestEveryActHasWords(t *testing.T) {
	s := apptest.Empty(t)
	r := s.Vault.Memory.Open(nil)
	n := 0
	for name, act := range actsInSource(t) {
		n++
		must(t, r.Audit.Append(t.Context(), app.AuditEntry{At: time.Now(), Act: act}))
		page, err := s.AuditPage(t.Context(), app.AuditQuery{Limit: 1})
		must(t, err)
		if words := page.Rows[0].Words; words == act || words == "" {
			t.Errorf("%s (%q) has no words in auditwords.go", name, act)
		}
	}
	if n < 25 {
		t.Fatalf("only %d acts found", n)
	}
}

func actsInSource(t *testing.T) map[string]string {
	t.Helper()
	files, err := os.ReadDir(".")
	must(t, err)
	acts := map[string]string{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		must(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 || !strings.HasPrefix(v.Names[0].Name, "Act") {
				return true
			}
			if lit, ok := v.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if act, _ := strconv.Unquote(lit.Value); strings.Contains(act, ".") {
					acts[v.Names[0].Name] = act
				}
			}
			return true
		})
	}
	return acts
}

// Reading the same note again within five minutes is one entry; later, or after a lock, another.
func TestViewsDoNotFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := apptest.Practice(t)
		ctx := context.Background()
		rows, err := s.Notes(ctx, s.Ana)
		must(t, err)
		before := count(s, app.ActViewNote)
		look := func() {
			_, err := s.Note(ctx, rows[0].ID)
			must(t, err)
		}
		step := func(what string, want int) {
			t.Helper()
			if got := count(s, app.ActViewNote) - before; got != want {
				t.Errorf("%s: %d entries, want %d", what, got, want)
			}
		}
		look()
		look()
		time.Sleep(4 * time.Minute)
		look()
		step("again at once", 1)
		_, err = s.Note(ctx, rows[1].ID)
		must(t, err)
		step("another note", 2)
		time.Sleep(2 * time.Minute)
		look()
		step("six minutes later", 3)
		s.Lock()
		must(t, s.Unlock(ctx, apptest.Pass()))
		look()
		step("after a lock", 4)
	})
}

func TestChangesAndSearchesAreKept(t *testing.T) {
	s := apptest.Practice(t)
	ctx := t.Context()
	id, err := s.SaveClient(ctx, app.Client{Name: "Nia"})
	must(t, err)
	wantAct(t, s, app.ActAddClient, 9)
	must(t, setStatus(t, s, id, app.ClientArchived))
	wantAct(t, s, app.ActChangeClient, 1)
	_, err = s.Client(ctx, id)
	must(t, err)
	wantAct(t, s, app.ActViewClient, 1)
	_, err = s.SearchNotes(ctx, app.NoteQuery{Text: "secretword"})
	must(t, err)
	wantAct(t, s, app.ActSearch, 1)
	d, err := s.NewDraft(ctx, id, app.FormatFree)
	must(t, err)
	before := count(s, app.ActWrite)
	d.Edit("text", "secretword one")
	must(t, d.Save(ctx))
	d.Edit("text", "secretword two")
	must(t, d.Save(ctx))
	if got := count(s, app.ActWrite) - before; got != 1 {
		t.Errorf("%d entries for one sitting at a draft", got)
	}
	pr, err := s.Profile(ctx)
	must(t, err)
	must(t, s.SaveProfile(ctx, pr))
	wantAct(t, s, app.ActSettings, 1)
	page, err := s.AuditPage(ctx, app.AuditQuery{Limit: 1000})
	must(t, err)
	for _, row := range page.Rows {
		if strings.Contains(row.About+row.Words+row.Act, "secretword") {
			t.Errorf("the log holds what was written: %+v", row)
		}
	}
}

func count(s *apptest.Stage, act string) (n int) {
	for _, a := range s.Vault.Memory.Acts() {
		if a == act {
			n++
		}
	}
	return n
}

// What the screen shows can be typed to find it: words of the act, a name, its initials.
func TestAuditSearch(t *testing.T) {
	s := apptest.Practice(t)
	ctx := t.Context()
	_, err := s.Client(ctx, s.Ana)
	must(t, err)
	for text, want := range map[string]bool{
		"": true, "client opened": true, "CLIENT ana": true, "op velasco": true, "A.M.V.": true, "opened jonas": false, "zzz": false,
	} {
		page, err := s.AuditPage(ctx, app.AuditQuery{Text: text, Limit: 1000})
		must(t, err)
		found := slices.ContainsFunc(page.Rows, func(r app.AuditRow) bool {
			return r.Act == app.ActViewClient && r.Client == s.Ana && r.ClientName == "Ana María Velasco" && r.Words == "Client opened"
		})
		if found != want {
			t.Errorf("%q: found %v, want %v", text, found, want)
		}
	}
	page, err := s.AuditPage(ctx, app.AuditQuery{Group: app.GroupViews})
	must(t, err)
	for _, r := range page.Rows {
		if r.Act != app.ActViewClient && r.Act != app.ActViewLog && r.Act != app.ActViewNote {
			t.Errorf("no view: %s", r.Act)
		}
	}
	pr, err := s.Profile(ctx)
	must(t, err)
	pr.InitialsOnly = true
	must(t, s.SaveProfile(ctx, pr))
	page, err = s.AuditPage(ctx, app.AuditQuery{Client: s.Ana})
	must(t, err)
	if page.Total == 0 || page.Rows[0].ClientName != "A.M.V." {
		t.Errorf("initials only: %+v", page.Rows)
	}
}

func TestExportAudit(t *testing.T) {
	s := apptest.Practice(t)
	ctx := t.Context()
	_, err := s.SaveClient(ctx, app.Client{Name: "=1+1"})
	must(t, err)
	last, total := int64(0), int64(0)
	n, err := s.ExportAudit(ctx, "/out/log.csv", app.AuditCSV, app.AuditQuery{}, func(done, of int64) { last, total = done, of })
	must(t, err)
	if last != total || total == 0 {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	text, _ := s.Files.Read("/out/log.csv")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	must(t, err)
	if len(rows) != n+1 || rows[n][2] != app.ActExportLog {
		t.Errorf("%d rows for %d entries, the last of them %v", len(rows), n, rows[len(rows)-1])
	}
	if !slices.ContainsFunc(rows, func(r []string) bool { return r[4] == "'=1+1" }) {
		t.Error("a name that a spreadsheet takes for a formula went out as it is")
	}

	m, err := s.ExportAudit(ctx, "/out/log.jsonl", app.AuditLines, app.AuditQuery{Client: s.Ana}, nil)
	must(t, err)
	text, _ = s.Files.Read("/out/log.jsonl")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != m || m == 0 {
		t.Fatalf("%d lines, %d entries", len(lines), m)
	}
	for _, l := range lines {
		var e struct {
			Entry             int64
			At, Client, Chain string
			ClientID          string `json:"client_id"`
		}
		must(t, json.Unmarshal([]byte(l), &e))
		if _, err := time.Parse(time.RFC3339Nano, e.At); err != nil || e.Entry == 0 || e.Client != "Ana María Velasco" || e.ClientID != string(s.Ana) || len(e.Chain) != 64 {
			t.Errorf("%s", l)
		}
	}

	s.Files.Fail(app.ErrDiskFull)
	if _, err := s.ExportAudit(ctx, "/out/full.csv", app.AuditCSV, app.AuditQuery{}, nil); !errors.Is(err, app.ErrDiskFull) {
		t.Error(err)
	}
	if count(s, app.ActExportLog) != 3 || count(s, app.ActExportLog+".failed") != 1 {
		t.Errorf("the log has %v", s.Vault.Memory.Acts())
	}
	// The log has it first, or it does not happen.
	s.Files.Fail(nil)
	s.Vault.Memory.Fail(app.ErrDiskFull)
	if _, err := s.ExportAudit(ctx, "/out/never.csv", app.AuditCSV, app.AuditQuery{}, nil); !errors.Is(err, app.ErrDiskFull) {
		t.Error(err)
	}
	if _, there := s.Files.Read("/out/never.csv"); there {
		t.Error("exported without an entry")
	}
}

// Whatever becomes of a note is found among what was done with its client.
func TestAuditOfANoteNamesItsClient(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		d := newDraft(t, s)
		c := d.View().Client
		d.Edit("text", "x")
		must(t, s.DeleteDraft(ctx, d.ID())) // open
		must(t, s.RestoreDraft(ctx, d.ID()))
		again, err := s.OpenDraft(ctx, d.ID())
		must(t, err)
		must(t, again.Close(ctx))
		must(t, s.DeleteDraft(ctx, d.ID())) // closed
		time.Sleep(31 * 24 * time.Hour)
		unlock(t, s)
		signed, err := s.NewDraft(ctx, c, app.FormatFree)
		must(t, err)
		signed.Edit("text", "y")
		must(t, signed.Sign(ctx))
		must(t, s.AddAddendum(ctx, signed.ID(), "later"))
		page, err := s.Vault.Memory.Open(nil).Audit.FindAudit(ctx, app.AuditFilter{Client: c, Limit: 100})
		must(t, err)
		got := map[string]int{}
		for _, row := range page.Rows {
			got[row.Act]++
		}
		for act, n := range map[string]int{app.ActDelete: 2, app.ActRestore: 1, app.ActPurge: 1, app.ActSign: 1, app.ActAddendum: 1} {
			want(t, act+" among the client's", got[act], n)
		}
	})
}
