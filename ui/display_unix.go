//go:build unix

package ui

import (
	"os"
	"syscall"
)

const softwareGL = "LIBGL_ALWAYS_SOFTWARE"

// drawInSoftware starts the program again, once, with Mesa's software OpenGL: a driver that is
// broken or half installed is passed by.
func drawInSoftware() {
	self, err := os.Executable()
	if err != nil || os.Getenv(softwareGL) != "" {
		return
	}
	_ = syscall.Exec(self, os.Args, append(os.Environ(), softwareGL+"=1")) // #nosec G204 G702 -- ourselves; if it fails, we tell
}
