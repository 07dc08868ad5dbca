package ui

import (
	"os"
	"os/exec"
)

// drawInSoftware: Windows has no software OpenGL to turn to.
func drawInSoftware() {}

// startAs starts the program and ends this one: nothing can take a process's place here.
func startAs(args []string, env ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.Command(self, args[1:]...) // #nosec G204 G702 -- ourselves
	c.Env, c.Stdout, c.Stderr = append(os.Environ(), env...), os.Stdout, os.Stderr
	if err := c.Start(); err != nil {
		return err
	}
	os.Exit(0)
	return nil
}
