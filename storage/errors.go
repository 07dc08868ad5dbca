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
