// Package keychain keeps one 32-byte device secret a profile in the operating system's keychain:
// the Secret Service on Linux, the Keychain on macOS, the Credential Manager on Windows.
//
//	vault.key ─┐
//	passphrase ┼─→ data key        A copied profile folder lacks what lies here; so does
//	keychain ──┘                   whoever read the passphrase over a shoulder.
//
// A keychain may wait for the person to unlock it, with no time limit: every call obeys its
// context, and none belongs on the goroutine that draws.
package keychain

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/zalando/go-keyring"
)

// SecretSize is the length of a Secret in bytes: small enough for every keychain.
const SecretSize = 32

// Secret is a device secret. It can be neither printed nor compared.
type Secret struct {
	_ [0]func()
	b [SecretSize]byte
}

// GenerateSecret makes a random secret.
func GenerateSecret() *Secret {
	s := new(Secret)
	rand.Read(s.b[:]) // never fails: it ends the program first
	return s
}

// Bytes is the secret itself, for the key derivation alone. It is not a copy: Wipe clears it.
func (s *Secret) Bytes() []byte { return s.b[:] }

// Wipe overwrites the secret.
func (s *Secret) Wipe() { clear(s.b[:]) }

// Format keeps the secret out of logs and error texts.
func (*Secret) Format(s fmt.State, _ rune) { fmt.Fprint(s, "Secret(…)") }

// What a keychain answers instead of a secret.
var (
	ErrNotFound    = errors.New("keychain: no such entry")
	ErrUnavailable = errors.New("keychain: none here")
	ErrRefused     = errors.New("keychain: locked, or access refused")
)

// OS is the keychain of the person who is logged in. Service names the program, as the keychain's
// own window shows it; "" is "Alcove". Entries without a name could be another program's.
type OS struct{ Service string }

func (k OS) service() string {
	if k.Service == "" {
		return "Alcove"
	}
	return k.Service
}

// Get reads the secret called name: ErrNotFound, ErrUnavailable, ErrRefused. An entry that is no
// secret of ours counts as not found.
func (k OS) Get(ctx context.Context, name string) (*Secret, error) {
	text, err := await(ctx, func() (string, error) { return keyring.Get(k.service(), name) })
	if err != nil {
		return nil, err
	}
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(b) != SecretSize {
		return nil, fmt.Errorf("%w: the entry is not a device secret", ErrNotFound)
	}
	defer clear(b)
	s := new(Secret)
	copy(s.b[:], b)
	return s, nil
}

// Set adds or replaces the secret called name, and reads it back: a keychain whose question was
// waved away reports no error.
func (k OS) Set(ctx context.Context, name string, s *Secret) error {
	text := base64.RawStdEncoding.EncodeToString(s.b[:])
	if _, err := await(ctx, func() (string, error) { return "", keyring.Set(k.service(), name, text) }); err != nil {
		return err
	}
	back, err := k.Get(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w: it did not keep the entry", ErrRefused)
	}
	if err != nil {
		return err
	}
	defer back.Wipe()
	if subtle.ConstantTimeCompare(back.b[:], s.b[:]) != 1 {
		return fmt.Errorf("%w: it kept another entry", ErrRefused)
	}
	return nil
}

// Delete removes the secret called name; ErrNotFound if there is none.
func (k OS) Delete(ctx context.Context, name string) error {
	_, err := await(ctx, func() (string, error) { return "", keyring.Delete(k.service(), name) })
	return err
}

// await runs call, which cannot be interrupted, until it or ctx is done. A call that waits for a
// person for ever keeps its goroutine: there is no way to take the question back.
func await(ctx context.Context, call func() (string, error)) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := reachable(); err != nil {
		return "", err
	}
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := call()
		done <- answer{text, err}
	}()
	select {
	case a := <-done:
		return a.text, classify(a.err)
	case <-ctx.Done():
		return "", fmt.Errorf("%w: no answer: %w", ErrRefused, ctx.Err())
	}
}

func classify(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return fmt.Errorf("%w", ErrNotFound)
	case refused(err):
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
