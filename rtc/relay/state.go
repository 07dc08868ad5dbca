package relay

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// openState makes the folder, readable by its owner alone, and locks it: NATS itself would let two processes write one store.
func openState(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600) // #nosec G304 -- the operator's own state folder
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(ErrStateUse, f.Close())
	}
	return func() { _ = f.Close() }, nil // closing gives the lock back, and so does the death of the process
}

// writeFile replaces a file whole or not at all, readable by its owner alone.
func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // nothing there when it went well
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
