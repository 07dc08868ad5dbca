package storage

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"alcove/app"
)

// migrations are applied in the order of their numbers, each once and whole. One that was released
// is never edited: a change is the next number, and a test that starts from testdata's oldest store.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the store's schema up to date, and tells ctx's Progress if that lasts. app.ErrNewerFormat if it is ahead of this program.
func migrate(ctx context.Context, s database) error {
	files, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return err
	}
	var version int
	if err := s.DB().QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(files) {
		return fmt.Errorf("%w: schema %d", app.ErrNewerFormat, version)
	}
	for n := version + 1; n <= len(files); n++ {
		if err := apply(ctx, s, n, files[n-1]); err != nil {
			return fmt.Errorf("%s: %w", files[n-1], err)
		}
	}
	return upgrade(ctx, s, app.ProgressOf(ctx))
}

// newestSchema is the number of the last migration.
func newestSchema() int {
	files, _ := fs.Glob(migrations, "migrations/*.sql")
	return len(files)
}

func apply(ctx context.Context, s database, n int, file string) error {
	statements, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	tx, err := s.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, string(statements))
	if err == nil {
		_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", n))
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
