package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// loopFiles are the only ones that may start a goroutine, ask the time or name fyne.Do.
var loopFiles = map[string]bool{"follow.go": true, "task.go": true, "follow_automation.go": true}

// TestOnlyTwoFilesLeaveTheLoop: every other file stays on Fyne's goroutine, by construction.
func TestOnlyTwoFilesLeaveTheLoop(t *testing.T) {
	eachFile(t, func(path string, f *ast.File) {
		if loopFiles[path] || strings.HasPrefix(path, "automation/") {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine", path)
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok {
					switch name := x.Name + "." + n.Sel.Name; name {
					case "fyne.Do", "fyne.DoAndWait", "time.Now", "time.Since", "time.Until", "time.AfterFunc", "time.NewTimer", "time.NewTicker", "time.Sleep":
						t.Errorf("%s uses %s", path, name)
					}
				}
			}
			return true
		})
	})
}

// TestImports: ui asks app and nobody behind it, and leaves choosing a driver to main.
func TestImports(t *testing.T) {
	banned := map[string]string{
		"fyne.io/fyne/v2/app":  "main alone chooses the driver, or every test needs a display",
		"alcove/storage":       "what is kept is app's to say",
		"alcove/rtc":           "who is on the line is app's to say",
		"database/sql":         "no screen knows how anything is kept",
		"net/http":             "no screen talks to anybody",
		"fyne.io/fyne/v2/test": "it replaces the running app when it is loaded",
	}
	eachFile(t, func(path string, f *ast.File) {
		for _, i := range f.Imports {
			name := strings.Trim(i.Path.Value, `"`)
			for b, why := range banned {
				if (name == b || strings.HasPrefix(name, b+"/")) && !strings.HasPrefix(path, "tree/") {
					t.Errorf("%s imports %s: %s", path, name, why)
				}
			}
			if name == "alcove/ui/tree" && path != "automation.go" {
				t.Errorf("%s imports %s, which no release may carry", path, name)
			}
		}
	})
}

func eachFile(t *testing.T, see func(path string, f *ast.File)) {
	t.Helper()
	n := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err == nil {
			n++
			see(path, f)
		}
		return err
	})
	if err != nil || n < 30 {
		t.Fatalf("%d files: %v", n, err)
	}
}
