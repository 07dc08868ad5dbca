package ui

// drawInSoftware: Windows has no software OpenGL to turn to.
func drawInSoftware() {}
