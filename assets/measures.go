package assets

import (
	"embed"
	"io/fs"
)

//go:embed measures/*.json
var measures embed.FS

// Measures are the data files of the instruments, one each. app/measure says what may stand in
// one. A file that was released is never edited: a new edition is a new file beside it, because
// old responses are read by the old one.
func Measures() fs.FS {
	sub, err := fs.Sub(measures, "measures")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}
