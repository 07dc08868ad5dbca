package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"alcove/app"
	"alcove/storage/sealed"
)

// apartStore implements app.ApartStore: psychotherapy notes.
type apartStore struct {
	*records
	apart *apartKey
}

// apartKey is the open key of psychotherapy notes.
type apartKey struct {
	mu  sync.Mutex
	key *sealed.Key // nil while they are shut
}

func (k *apartKey) set(key *sealed.Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key != nil {
		k.key.Wipe()
	}
	k.key = key
}

// use gives the key while it is needed: app.ErrApartLocked.
func (k *apartKey) use(do func(*sealed.Key) error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key == nil {
		return app.ErrApartLocked
	}
	return do(k.key)
}

// apartWraps is what apart_key keeps. Nothing in it is a secret.
type apartWraps struct {
	Format     int       `json:"format"`
	KDF        kdfParams `json:"kdf"`
	Passphrase []byte    `json:"passphrase"` // the key, wrapped
	Recovery   recovery  `json:"recovery"`
}

const apartFormat = 1

func (w *apartWraps) setPassphrase(key *sealed.Key, p app.Passphrase) (err error) {
	w.Passphrase, err = wrapKey(key, w.passphraseKey(p), w.context("passphrase", w.KDF.Salt))
	return err
}

func (w *apartWraps) passphraseKey(p app.Passphrase) []byte {
	s := w.KDF.stretch(p)
	defer s.wipe()
	return derive(s.b[:], w.KDF.Salt, "alcove psychotherapy 1 passphrase", 32)
}

func (w *apartWraps) kitKey(kit app.RecoveryKit) []byte {
	return derive(kit.Bytes(), w.Recovery.Salt, "alcove psychotherapy 1 recovery", 32)
}

func (w *apartWraps) context(what string, salt []byte) string {
	return fmt.Sprintf("alcove psychotherapy 1 %s|%x", what, salt)
}

func (s apartStore) ApartState(ctx context.Context) (app.ApartState, error) {
	var there bool
	if err := s.store.DB().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM apart_key)").Scan(&there); err != nil {
		return "", s.fail(ctx, err)
	}
	switch {
	case !there:
		return app.ApartAbsent, nil
	case s.apart.use(func(*sealed.Key) error { return nil }) == nil:
		return app.ApartOpen, nil
	}
	return app.ApartShut, nil
}

func (s apartStore) SetUpApart(ctx context.Context, p app.Passphrase) (app.RecoveryKit, error) {
	if emptyPassphrase(p) {
		return app.RecoveryKit{}, app.ErrWeakPassphrase
	}
	if state, err := s.ApartState(ctx); err != nil || state != app.ApartAbsent {
		return app.RecoveryKit{}, errors.Join(err, app.ErrVaultExists)
	}
	key, kit := sealed.GenerateKey(), app.NewRecoveryKit(random(kitSize))
	w := &apartWraps{Format: apartFormat, KDF: calibrate(s.kdfCost()), Recovery: recovery{Salt: random(kitSaltSize)}}
	err := w.setPassphrase(key, p)
	if err == nil {
		w.Recovery.Wrap, err = wrapKey(key, w.kitKey(kit), w.context("recovery", w.Recovery.Salt))
	}
	if err == nil {
		err = s.saveWraps(ctx, w, "INSERT INTO apart_key (one, json) VALUES (1, ?)")
	}
	if err != nil {
		key.Wipe()
		kit.Wipe()
		return app.RecoveryKit{}, err
	}
	s.apart.set(key)
	return kit, nil
}

func (s apartStore) saveWraps(ctx context.Context, w *apartWraps, query string) error {
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return s.exec(ctx, query, string(text))
}

func (s apartStore) wraps(ctx context.Context) (*apartWraps, error) {
	var text []byte
	err := s.store.DB().QueryRowContext(ctx, "SELECT json FROM apart_key").Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, app.ErrNoVault
	}
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	var w apartWraps
	if err := json.Unmarshal(text, &w); err != nil {
		return nil, fmt.Errorf("%w: key of psychotherapy notes", app.ErrDamaged)
	}
	if w.Format > apartFormat {
		return nil, fmt.Errorf("%w: psychotherapy notes %d", app.ErrNewerFormat, w.Format)
	}
	return &w, nil
}

func (s apartStore) UnlockApart(ctx context.Context, p app.Passphrase) error {
	w, err := s.wraps(ctx)
	if err != nil {
		return err
	}
	key, ok := unwrapKey(w.Passphrase, w.passphraseKey(p), w.context("passphrase", w.KDF.Salt))
	if !ok {
		return app.ErrWrongPassphrase
	}
	return s.opened(ctx, key)
}

func (s apartStore) RecoverApart(ctx context.Context, kit app.RecoveryKit, p app.Passphrase) error {
	if emptyPassphrase(p) {
		return app.ErrWeakPassphrase
	}
	w, err := s.wraps(ctx)
	if err != nil {
		return err
	}
	if len(kit.Bytes()) != kitSize {
		return app.ErrWrongRecoveryKit
	}
	key, ok := unwrapKey(w.Recovery.Wrap, w.kitKey(kit), w.context("recovery", w.Recovery.Salt))
	if !ok {
		return app.ErrWrongRecoveryKit
	}
	w.KDF = calibrate(s.kdfCost())
	err = w.setPassphrase(key, p)
	if err == nil {
		err = s.saveWraps(ctx, w, "UPDATE apart_key SET json = ?")
	}
	if err != nil {
		key.Wipe()
		return err
	}
	return s.opened(ctx, key)
}

// opened takes the key over, unless the vault was locked while the passphrase was stretched.
func (s apartStore) opened(ctx context.Context, key *sealed.Key) error {
	s.apart.set(key)
	if s.closed.Load() {
		s.apart.set(nil)
		return app.ErrLocked
	}
	return ctx.Err()
}

func (s apartStore) LockApart() { s.apart.set(nil) }
