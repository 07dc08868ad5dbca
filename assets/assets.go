// Package assets holds what is shipped inside the program: the desktop's icons and the client's
// page. It imports nothing of this module.
package assets

import (
	"embed"
	"io/fs"
)

// Named by kind, because the type checker and what it installs lie in the same folder.
//
//go:embed guest/*.html guest/*.css guest/*.js guest/*.svg guest/screens/*.js guest/strings/*.js
var guest embed.FS

// Guest is the client's page, rooted at its index.html.
func Guest() fs.FS {
	sub, err := fs.Sub(guest, "guest")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}
