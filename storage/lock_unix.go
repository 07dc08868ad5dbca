//go:build unix

package storage

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"alcove/app"
)

// lockProfile holds the file until it is closed, or the process is gone however it ended.
func lockProfile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // #nosec G304 -- the profile's own path
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) // #nosec G115 -- a descriptor fits an int
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = app.ErrProfileInUse
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
