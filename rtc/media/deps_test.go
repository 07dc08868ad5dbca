package media

import (
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// Codecs that know the practice or the window cannot be tested, measured or replaced alone; and
// an import of webrtc's own package would tie them to one peer's life.
func TestMediaKnowsNoOtherRoom(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range parsed.Imports {
			for _, banned := range []string{"alcove/", "fyne.io/", "github.com/pion/webrtc", "database/", "net/http"} {
				if strings.HasPrefix(strings.Trim(i.Path.Value, `"`), banned) {
					t.Errorf("%s imports %s", f.Name(), i.Path.Value)
				}
			}
		}
	}
}
