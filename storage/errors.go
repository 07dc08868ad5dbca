package storage

import (
	"errors"
	"fmt"

	"alcove/app"
	"alcove/storage/keychain"
	"alcove/storage/sealed"
)

// explain gives an error the sentinel of app that names its way forward. The evidence stays below
// it; none of it quotes a record.
func explain(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []struct {
		is []error
		as error
	}{
		{[]error{sealed.ErrDamaged}, app.ErrDamaged},
		{append(errsNoRoom, sealed.ErrDiskFull), app.ErrDiskFull},
		{append(errsReadOnly, sealed.ErrReadOnly), app.ErrReadOnly},
		{[]error{sealed.ErrInUse}, app.ErrProfileInUse},
		{[]error{keychain.ErrNotFound}, app.ErrDeviceSecretMissing},
		{[]error{keychain.ErrUnavailable, keychain.ErrRefused}, app.ErrKeychainUnavailable},
	} {
		for _, is := range known.is {
			if errors.Is(err, is) {
				return fmt.Errorf("%w: %w", known.as, err)
			}
		}
	}
	return err
}

// explainFolder is explain for a folder that the therapist chose: there a full disk, or one without the right to write, is a
// matter of choosing another.
func explainFolder(err error) error {
	switch err = explain(err); {
	case errors.Is(err, app.ErrDiskFull):
		return fmt.Errorf("%w: %w", app.ErrNoRoom, err)
	case errors.Is(err, app.ErrReadOnly):
		return fmt.Errorf("%w: %w", app.ErrNoAccess, err)
	}
	return err
}

// roomFor is explain for what needs as much room in the profile as the record itself.
func roomFor(err error) error {
	if err = explain(err); errors.Is(err, app.ErrDiskFull) {
		return fmt.Errorf("%w: %w", app.ErrNoRoom, err)
	}
	return err
}
