package storage

import (
	"context"
	"errors"
	"fmt"

	"alcove/app"
	"alcove/storage/sealed"
)

// Check reads the whole open vault: every page's seal, also of pages that no query touches, SQLite's
// own check of structure and indexes, the chain of the audit log, and each client's chain against the
// record. app.ErrDamaged if anything is not as it was written. It takes about a second for 100 MiB, and nothing else is answered meanwhile.
func Check(ctx context.Context, r *app.Records) error {
	log, ok := r.Audit.(auditLog)
	if !ok {
		return errors.New("storage: these records are not of this store")
	}
	store, ok := log.store.(*sealed.Store)
	if !ok {
		return errors.New("storage: these records are not sealed")
	}
	if err := store.Check(ctx); err != nil {
		return log.fail(ctx, err)
	}
	if err := log.whole(ctx, nil); err != nil {
		return err
	}
	return chainStore(log).verify(ctx)
}

// whole is app.ErrDamaged if the log's entries do not follow each other to its end.
func (s auditLog) whole(ctx context.Context, report app.Progress) error {
	proof, err := s.VerifyAudit(ctx, report)
	if err == nil && proof.Broken > 0 {
		err = fmt.Errorf("%w: audit entry %d does not follow the one before it", app.ErrDamaged, proof.Broken)
	}
	return err
}
