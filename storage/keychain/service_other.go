//go:build !linux

package keychain

import "strings"

func reachable() error { return nil }

// refused: macOS's security tool ends with one of these when the person said no, or nobody could
// be asked (errSecAuthFailed, errSecUserCanceled, errSecInteractionNotAllowed); Windows says
// "denied".
func refused(err error) bool {
	text := err.Error()
	for _, sign := range []string{"exit status 51", "exit status 128", "exit status 36", "denied"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}
