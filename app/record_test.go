package app_test

import (
	"errors"
	"strings"
	"testing"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/chain"
)

func TestExportRecord(t *testing.T) {
	s := apptest.Practice(t)
	ctx := t.Context()
	must(t, s.ExportRecord(ctx, s.Ana, "/out/ana.json"))
	text, _ := s.Files.Read("/out/ana.json")
	r, err := chain.Read([]byte(text))
	must(t, err)
	print, err := s.KeyFingerprint(ctx)
	must(t, err)
	v := chain.Verify(r, print)
	if !v.Stands() || len(v.Rows) == 0 {
		t.Errorf("%s %v", v.Sum(), v.Notices())
	}
	want(t, "client", v.Facts.Name, "Ana María Velasco")
	want(t, "in the log", count(s, app.ActExportRecord), 1)

	s.Files.Fail(app.ErrDiskFull)
	wantErr(t, "no room", s.ExportRecord(ctx, s.Ana, "/out/full.json"), app.ErrDiskFull)
	want(t, "failed, in the log", count(s, app.ActExportRecord+".failed"), 1)
	s.Files.Fail(nil)
	wantErr(t, "nobody", s.ExportRecord(ctx, "nobody", "/out/x.json"), app.ErrNotFound)

	// The log has it first, or it does not happen.
	s.Vault.Memory.Fail(app.ErrDiskFull)
	wantErr(t, "no log", s.ExportRecord(ctx, s.Ana, "/out/never.json"), app.ErrDiskFull)
	if _, there := s.Files.Read("/out/never.json"); there {
		t.Error("exported without an entry in the log")
	}
	s.Vault.Memory.Fail(nil)
	s.Lock()
	wantErr(t, "locked", s.ExportRecord(ctx, s.Ana, "/out/x.json"), app.ErrLocked)
	if _, err := s.KeyFingerprint(ctx); !errors.Is(err, app.ErrLocked) {
		t.Error(err)
	}
}

func TestCheckRecord(t *testing.T) {
	s := apptest.Practice(t)
	proof, err := s.CheckRecord(t.Context(), s.Ana)
	must(t, err)
	if !proof.Stands || len(proof.Faults) != 0 || !strings.HasPrefix(proof.Sum, "All stands") {
		t.Errorf("%+v", proof)
	}
	s.Vault.Memory.BreakEntry(s.Ana, 1)
	proof, err = s.CheckRecord(t.Context(), s.Ana)
	must(t, err)
	if proof.Stands || len(proof.Faults) != 1 || !strings.HasPrefix(proof.Faults[0], "No. 1, Note, ") || !strings.HasSuffix(proof.Faults[0], "Altered: not as it was signed") {
		t.Errorf("%+v", proof)
	}
	_, err = s.CheckRecord(t.Context(), "nobody")
	wantErr(t, "nobody", err, app.ErrNotFound)
}
