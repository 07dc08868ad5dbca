package storage

import (
	"errors"
	"fmt"
	"io/fs"

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
	for _, known := range []struct{ is, as error }{
		{sealed.ErrDamaged, app.ErrDamaged},
		{sealed.ErrDiskFull, app.ErrDiskFull},
		{sealed.ErrReadOnly, app.ErrReadOnly},
		{sealed.ErrInUse, app.ErrProfileInUse},
		{keychain.ErrNotFound, app.ErrDeviceSecretMissing},
		{keychain.ErrUnavailable, app.ErrKeychainUnavailable},
		{keychain.ErrRefused, app.ErrKeychainUnavailable},
		{errNoRoom, app.ErrDiskFull},
		{errReadOnlyFS, app.ErrReadOnly},
		{fs.ErrPermission, app.ErrReadOnly},
	} {
		if errors.Is(err, known.is) {
			return fmt.Errorf("%w: %w", known.as, err)
		}
	}
	return err
}
