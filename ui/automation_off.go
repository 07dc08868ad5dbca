//go:build !automation

package ui

// automate is nothing in what is shipped: see automation.go.
func (u *UI) automate() {}
