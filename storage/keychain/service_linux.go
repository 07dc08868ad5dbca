package keychain

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// reachable keeps away from the D-Bus library where there is no session bus: it would start one
// for each call, and leave it running.
func reachable() error {
	if addr := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); addr != "" && addr != "autolaunch:" {
		return nil
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		if _, err := os.Stat(filepath.Join(dir, "bus")); err == nil { // #nosec G703 -- the session's own folder
			return nil
		}
	}
	return fmt.Errorf("%w: no session bus", ErrUnavailable)
}

// refused tells a keychain that is there and stays shut from none at all. The library gives a
// dismissed prompt no type of its own.
func refused(err error) bool {
	var d dbus.Error
	if errors.As(err, &d) {
		return d.Name == "org.freedesktop.Secret.Error.IsLocked" || d.Name == "org.freedesktop.DBus.Error.AccessDenied"
	}
	return strings.HasPrefix(err.Error(), "failed to unlock correct collection")
}
