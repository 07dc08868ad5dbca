package chain

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// KeySize is the length in bytes of what a Key is kept as, its Ed25519 seed (RFC 8032).
const KeySize = ed25519.SeedSize

// Key is the practice's signing key. It can be neither printed nor compared.
type Key struct {
	_       [0]func()
	private ed25519.PrivateKey
}

// GenerateKey makes a new key.
func GenerateKey() *Key {
	seed := make([]byte, KeySize)
	rand.Read(seed) // never fails: it ends the program instead
	defer clear(seed)
	key, _ := NewKey(seed)
	return key
}

// NewKey is the key that was kept as seed, of which it keeps no copy that Wipe does not reach. An error if the
// seed's length is another than KeySize.
func NewKey(seed []byte) (*Key, error) {
	if len(seed) != KeySize {
		return nil, errors.New("chain: a signing key of the wrong length")
	}
	return &Key{private: ed25519.NewKeyFromSeed(seed)}, nil
}

// Seed is the secret to keep. The caller wipes it.
func (k *Key) Seed() []byte { return k.private.Seed() }

// Public is what others check signatures with.
func (k *Key) Public() PublicKey { return PublicKey(k.private[KeySize:]) }

// Wipe overwrites the secret.
func (k *Key) Wipe() { clear(k.private) }

// Format keeps the secret out of logs and error texts.
func (*Key) Format(s fmt.State, _ rune) { fmt.Fprint(s, "chain.Key(…)") }

// PublicKey is an Ed25519 public key.
type PublicKey [ed25519.PublicKeySize]byte

// String is the key in hex.
func (k PublicKey) String() string { return hex.EncodeToString(k[:]) }

// fingerprintBytes of the hash are shown: nobody finds a second key for 128 bits.
const fingerprintBytes = 16

// Fingerprint is the first 128 bits of the key's SHA-256, in eight groups of four hex digits: short enough to be
// read out on the telephone.
func (k PublicKey) Fingerprint() string {
	sum := sha256.Sum256(k[:])
	digits := hex.EncodeToString(sum[:fingerprintBytes])
	var groups []string
	for ; digits != ""; digits = digits[4:] {
		groups = append(groups, digits[:4])
	}
	return strings.Join(groups, " ")
}

// FitsFingerprint tells whether typed is the key's fingerprint; spaces, colons, hyphens and case do not matter.
func (k PublicKey) FitsFingerprint(typed string) bool {
	bare := func(s string) string {
		return strings.ToLower(strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \t\r\n:-", r) {
				return -1
			}
			return r
		}, s))
	}
	return bare(typed) == bare(k.Fingerprint())
}

// Signature is an Ed25519 signature.
type Signature [ed25519.SignatureSize]byte

// What a signature is over begins with what it is for, so that none can pass for another.
const (
	forEntry  = "alcove entry 1\n"
	forHead   = "alcove head 1\n"
	forRecord = "alcove record 1\n"
)

func (k *Key) sign(what string, message []byte) Signature {
	return Signature(ed25519.Sign(k.private, append([]byte(what), message...)))
}

func (k PublicKey) signed(what string, message []byte, s Signature) bool {
	return ed25519.Verify(k[:], append([]byte(what), message...), s[:])
}

// String is the signature in hex.
func (s Signature) String() string { return hex.EncodeToString(s[:]) }
