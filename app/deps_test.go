package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	module = "alcove"
	root   = ".." // of the repository
)

// ban is an import, or everything below one, that a room must not have.
type ban struct{ what, why string }

// What the rules of the practice must never touch: not by themselves, and (all but os) not
// through a library either.
var appBans = []ban{
	{"net", "the practice speaks to nobody: the line does, behind app.Line"},
	{"net/http", "as above; and a web server is the relay's"},
	{"os", "no file, no environment: what is kept goes through app.Vault, sealed"},
	{"database/sql", "records are kept by whoever implements the stores"},
	{"fyne.io", "rules are tested without a screen, and outlive a toolkit"},
	{"github.com/pion", "how a call is carried is the line's matter"},
	{"github.com/mattn", "as database/sql"},
	{module + "/ui", "the arrow points at app; app points at nothing"},
	{module + "/rtc", "the arrow points at app; app points at nothing"},
	{module + "/storage", "the arrow points at app; app points at nothing"},
	{module + "/assets", "app shows nothing, so it needs no picture; what it reads of it, main hands over"},
}

// throughLibraries are the bans that hold for what a library imports too; os is not among them,
// because fmt has it.
var throughLibraries = []string{"net", "net/http", "database/sql", "fyne.io", "github.com/pion", "github.com/mattn"}

// Who must not import whom among our own packages, however long the way. Paths end at a folder.
var houseBans = []struct {
	from string
	bans []ban
}{
	{"rtc/wire", []ban{{"app", "messages are read by the relay's tests and the page's: they know no practice"}}},
	{"rtc/seal", []ban{{"app", "sealing knows bytes"}}},
	{"rtc/relay", []ban{{"app", "the relay is blind by construction: it cannot even name a client"}}},
	{"rtc", []ban{{"ui", "the line rings; who shows it is not its matter"}, {"storage", "the line keeps nothing: app does, by its vault"}}},
	{"storage", []ban{{"ui", "a vault has no screen"}, {"rtc", "a vault speaks to nobody"}}},
	{"ui", []ban{{"rtc", "screens ask app, and test without a line"}, {"storage", "screens ask app, and test without a disk"}}},
	{"assets", []ban{{"", "assets are bytes: they import nothing of ours"}}},
}

// goFile is one of our source files that is no test.
type goFile struct {
	name, dir string // slash-separated, from the root
	syntax    *ast.File
}

func (f goFile) imports() []string {
	var paths []string
	for _, i := range f.syntax.Imports {
		paths = append(paths, strings.Trim(i.Path.Value, `"`))
	}
	return paths
}

func sources(t *testing.T) []goFile {
	t.Helper()
	files, err := parsed()
	must(t, err)
	if len(files) < 20 {
		t.Fatalf("only %d files found: this test looks in the wrong place", len(files))
	}
	return files
}

// parsed reads the house once for all its rules.
var parsed = sync.OnceValues(func() (files []goFile, err error) {
	err = filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if e.IsDir() && name != "." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata" || e.Name() == "out" || e.Name() == "node_modules") {
			return fs.SkipDir
		}
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return err
		}
		files = append(files, goFile{name, path.Dir(name), syntax})
		return nil
	})
	return files, err
})

// within tells whether an import or folder is p or lies below it; everything lies below "".
func within(what, p string) bool {
	return p == "" || what == p || strings.HasPrefix(what, p+"/")
}

func TestAppImportsNothingThatActs(t *testing.T) {
	for _, f := range sources(t) {
		if !within(f.dir, "app") {
			continue
		}
		for _, imported := range f.imports() {
			for _, b := range appBans {
				if f.dir == "app/apptest" && b.what == module+"/assets" {
					continue // its practice has the instruments that the program ships
				}
				// net/url calculates; only what is named is banned of the standard library.
				std := !strings.Contains(strings.Split(b.what, "/")[0], ".") && !within(b.what, module)
				if imported == b.what || !std && within(imported, b.what) {
					t.Errorf("%s imports %s: %s", f.name, imported, b.why)
				}
			}
		}
	}
}

func TestAppsLibrariesOnlyCalculate(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", module+"/app").Output()
	must(t, err)
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, "github.com/ccojocar/zxcvbn-go") {
		t.Fatalf("the list lacks what app does import: %v", deps)
	}
	for _, dep := range deps {
		for _, banned := range throughLibraries {
			if dep == banned || strings.Contains(banned, ".") && within(dep, banned) {
				t.Errorf("app reaches %s", dep)
			}
		}
	}
}

func TestHouseImports(t *testing.T) {
	ours := map[string][]string{} // folder -> folders of ours that it imports
	for _, f := range sources(t) {
		for _, imported := range f.imports() {
			if p, ok := strings.CutPrefix(imported, module+"/"); ok {
				ours[f.dir] = append(ours[f.dir], p)
			}
		}
	}
	for _, rule := range houseBans {
		for dir := range ours {
			if !within(dir, rule.from) {
				continue
			}
			for reached, way := range reach(ours, dir) {
				for _, b := range rule.bans {
					if within(reached, b.what) && !within(reached, rule.from) {
						t.Errorf("%s: %s", strings.Join(way, " -> "), b.why)
					}
				}
			}
		}
	}
}

// reach gives every folder that dir imports, however far, and the way there.
func reach(ours map[string][]string, dir string) map[string][]string {
	ways := map[string][]string{}
	var walk func(at string, way []string)
	walk = func(at string, way []string) {
		for _, next := range ours[at] {
			if ways[next] == nil {
				ways[next] = append(slices.Clone(way), next)
				walk(next, ways[next])
			}
		}
	}
	walk(dir, []string{dir})
	return ways
}

func TestOnlyMainStartsTheToolkit(t *testing.T) {
	for _, f := range sources(t) {
		if f.dir != "." && slices.Contains(f.imports(), "fyne.io/fyne/v2/app") {
			t.Errorf("%s imports fyne/v2/app: it opens a display, which tests of screens must not need", f.name)
		}
	}
}

func TestApptestStaysInTests(t *testing.T) {
	for _, f := range sources(t) {
		if f.dir != "app/apptest" && slices.Contains(f.imports(), module+"/app/apptest") {
			t.Errorf("%s imports apptest: a stand-in must not be compiled into the program", f.name)
		}
	}
}

// The two files of ui where goroutines meet the toolkit's.
var crossings = []string{"ui/follow.go", "ui/task.go"}

// What a test drives the window with: its socket is compiled in by a build tag alone, and the
// package that talks to it from outside belongs to the tests.
const (
	driver    = "ui/automation"
	driverTag = "//go:build automation"
)

func (f goFile) tagged(tag string) bool {
	for _, group := range f.syntax.Comments {
		for _, c := range group.List {
			if c.Text == tag && c.Pos() < f.syntax.Package {
				return true
			}
		}
	}
	return false
}

func TestTheDriverStaysInTests(t *testing.T) {
	for _, f := range sources(t) {
		if !within(f.dir, driver) && !f.tagged(driverTag) && slices.Contains(f.imports(), module+"/"+driver) {
			t.Errorf("%s imports %s: nothing that is shipped may be driven from outside", f.name, driver)
		}
	}
}

func TestScreensHoldNoClockAndNoGoroutine(t *testing.T) {
	for _, f := range sources(t) {
		if !within(f.dir, "ui") || slices.Contains(crossings, f.name) || within(f.dir, driver) || f.tagged(driverTag) {
			continue
		}
		for _, found := range trespasses(f.syntax) {
			t.Errorf("%s: %s", f.name, found)
		}
	}
}

// trespasses are what only the crossings may do.
func trespasses(file *ast.File) []string {
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = append(found, "a go statement: slow work goes through task.go, or the screen is touched off its thread")
		case *ast.SelectorExpr:
			pkg, ok := n.X.(*ast.Ident)
			if !ok {
				break
			}
			switch name := pkg.Name + "." + n.Sel.Name; name {
			case "time.Now", "time.Since", "time.Until":
				found = append(found, name+": app says what time it is, so that tests can")
			case "fyne.Do", "fyne.DoAndWait":
				found = append(found, name+": only follow.go and task.go know which thread they are on")
			}
		}
		return true
	})
	return found
}

func TestTrespassesAreFound(t *testing.T) {
	const source = `package x
		func f() { go f(); _ = time.Now(); fyne.Do(f); x := time.Since; fyne.DoAndWait(f) }`
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", source, 0)
	must(t, err)
	want(t, "trespasses", len(trespasses(file)), 5)
}
