package apptest

import (
	"testing"

	"alcove/app"
)

// The stand-in must keep the contract it stands in for, or every test over it proves nothing.
func TestMemoryKeepsTheContract(t *testing.T) {
	TestStores(t, func(*testing.T) *app.Records { return NewMemory().Open(nil) })
}
