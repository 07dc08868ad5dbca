package sealed

import (
	"crypto/rand"
	"fmt"
)

// KeySize is the length of a Key in bytes.
const KeySize = 32

// Key is the random data key of a store; the keys that seal pages and log are derived from it.
// It can be neither printed nor compared.
type Key struct {
	_ [0]func()
	b [KeySize]byte
}

// NewKey copies the KeySize bytes of b.
func NewKey(b []byte) (*Key, error) {
	k := new(Key)
	if len(b) != KeySize {
		return nil, fmt.Errorf("sealed: a key of %d bytes, not %d", len(b), KeySize)
	}
	copy(k.b[:], b)
	return k, nil
}

// GenerateKey makes a random key.
func GenerateKey() *Key {
	k := new(Key)
	rand.Read(k.b[:]) // never fails: it ends the program first
	return k
}

// Bytes is the secret itself, to be wrapped. It is not a copy: Wipe clears it.
func (k *Key) Bytes() []byte { return k.b[:] }

// Clone copies the key: each copy is wiped by whoever holds it.
func (k *Key) Clone() *Key {
	c := new(Key)
	c.b = k.b
	return c
}

// Wipe overwrites the key.
func (k *Key) Wipe() { clear(k.b[:]) }

// Format keeps the key out of logs and error texts.
func (*Key) Format(s fmt.State, _ rune) { fmt.Fprint(s, "Key(…)") }
