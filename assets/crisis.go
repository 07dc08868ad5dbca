package assets

import (
	"embed"
	"io/fs"
)

//go:embed crisis/*.json
var crisis embed.FS

// Crisis are the emergency numbers and crisis lines, one file a part of the world. They go stale: each
// file says in which month it was last looked through, and that is to be done before every release.
//
// A country has at least one emergency number; regions add to what holds for their country. "source" is
// where a line was looked up and can be again. What could not be confirmed is left out, and "note" says
// what is not known. app/safety reads them.
func Crisis() fs.FS {
	sub, err := fs.Sub(crisis, "crisis")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}
