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
	if os.Getenv(softwareGL) == "" {
		_ = startAs(os.Args, softwareGL+"=1") // if it fails, we tell
	}
}

// startAs puts the program in its own place. It returns only if it cannot.
func startAs(args []string, env ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(self, args, append(os.Environ(), env...)) // #nosec G204 G702 -- ourselves
}
