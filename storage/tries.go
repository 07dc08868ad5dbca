package storage

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"alcove/app"
)

const (
	triesName = "tries"
	triesMost = 64 << 10 // bytes, about a thousand tries: whoever keeps guessing fills no disk
)

// KeepTry writes an unlock that failed behind the others: when, and by what. The vault is shut, so
// it stands in plain; whoever can delete it could as well delete the vault.
func (v *Vault) KeepTry(ctx context.Context, e app.AuditEntry) (err error) {
	switch state, err := v.State(ctx); {
	case err != nil:
		return err
	case state == app.VaultAbsent: // nothing stays of somebody who has no record here
		return app.ErrNoVault
	}
	path := filepath.Join(v.dir, triesName)
	if info, err := os.Stat(path); err == nil && info.Size() > triesMost {
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) // #nosec G304 -- in the profile
	if err != nil {
		return explain(err)
	}
	_, err = f.WriteString(e.At.UTC().Format(time.RFC3339Nano) + " " + e.Act + "\n")
	return explain(errors.Join(err, f.Sync(), f.Close()))
}

// Tries are the unlocks that were kept. A line that is none, such as one cut short, is left out.
func (v *Vault) Tries(context.Context) (all []app.AuditEntry, err error) {
	f, err := os.Open(filepath.Join(v.dir, triesName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, explain(err)
	}
	defer f.Close()
	text, err := readAtMost(f, 2*triesMost)
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		at, act, _ := strings.Cut(lines.Text(), " ")
		if t, err := time.Parse(time.RFC3339Nano, at); err == nil {
			all = append(all, app.AuditEntry{At: t, Act: act})
		}
	}
	return all, explain(err)
}

// ForgetTries is called once they are in the audit log.
func (v *Vault) ForgetTries(context.Context) error {
	err := os.Remove(filepath.Join(v.dir, triesName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return explain(err)
}
