package app_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"alcove/app"
)

// sentinels are the package's own errors, read from its source so that none can be forgotten.
func sentinels(t *testing.T) []string {
	t.Helper()
	files, err := os.ReadDir(".")
	must(t, err)
	var names []string
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		must(t, err)
		for _, decl := range file.Decls {
			if g, ok := decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
				for _, spec := range g.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						if strings.HasPrefix(name.Name, "Err") {
							names = append(names, name.Name)
						}
					}
				}
			}
		}
	}
	return names
}

func TestExplainKnowsEverySentinel(t *testing.T) {
	source, err := os.ReadFile("explain.go")
	must(t, err)
	names := sentinels(t)
	if len(names) < 20 {
		t.Fatalf("only %d sentinels found", len(names))
	}
	for _, name := range names {
		if !strings.Contains(string(source), "{"+name+", ") {
			t.Errorf("%s has no sentence", name)
		}
	}
}

func TestExplainIsKindAndShort(t *testing.T) {
	seen := map[string]error{}
	for _, err := range []error{
		app.ErrVaultExists, app.ErrNoVault, app.ErrLocked, app.ErrWrongPassphrase, app.ErrWeakPassphrase, app.ErrWrongRecoveryKit,
		app.ErrRecoveryKitTypo, app.ErrDeviceSecretMissing, app.ErrKeychainUnavailable, app.ErrDamagedKeyFile, app.ErrDamaged,
		app.ErrNewerFormat, app.ErrDiskFull, app.ErrReadOnly, app.ErrProfileInUse, app.ErrNotFound, app.ErrSigned, app.ErrNotSigned,
		app.ErrEmptyNote, app.ErrDraftClosed, app.ErrInviteClosed, app.ErrStandingExists, app.ErrRelayAway, app.ErrKnockGone,
		app.ErrInSession, app.ErrVoided, app.ErrAlertClosed, context.DeadlineExceeded, context.Canceled, errors.New("sqlite: constraint failed: Ana Lima"),
	} {
		words := app.Explain(fmt.Errorf("while saving Ana Lima: %w", err))
		if words == "" || !strings.HasSuffix(words, ".") || len(words) > 260 || strings.Contains(words, "Ana") {
			t.Errorf("%v: %q", err, words)
		}
		if n := strings.Count(words, ". ") + 1; n > 2 {
			t.Errorf("%v: %d sentences", err, n)
		}
		for _, bad := range []string{"rror", "nvalid", "failed", "null", "!"} {
			if strings.Contains(words, bad) {
				t.Errorf("%v: a therapist should not read %q: %q", err, bad, words)
			}
		}
		if other, twice := seen[words]; twice {
			t.Errorf("%v and %v have the same words", err, other)
		}
		seen[words] = err
	}
	want(t, "nil", app.Explain(nil), "")
	want(t, "a field's advice", app.Explain(fmt.Errorf("x: %w", &app.FieldError{Field: "Name", Advice: "Please fill in."})), "Please fill in.")
}
