package seal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"math/big"

	"alcove/rtc/wire"
)

// SignatureSize is r ‖ s, what WebCrypto calls P1363.
const SignatureSize = 64

// Public is a P-256 point, uncompressed.
type Public = [wire.PublicSize]byte

var (
	// ErrForged is a seal or a signature that does not hold: wrong key, or changed on the way.
	ErrForged = errors.New("seal: does not hold")
	// ErrKey is a key that is none.
	ErrKey = errors.New("seal: no such key")
)

// SigningKey is the private half of a pair key, or of a guest's key.
type SigningKey struct {
	hidden
	key *ecdsa.PrivateKey
}

// NewSigningKey makes one.
func NewSigningKey() (*SigningKey, error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return &SigningKey{key: k}, nil
}

// ParseSigningKey reads the 32 bytes that Bytes gave.
func ParseSigningKey(b []byte) (*SigningKey, error) {
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), b)
	if err != nil {
		return nil, ErrKey
	}
	return &SigningKey{key: k}, nil
}

// Bytes is the scalar, big-endian: a secret.
func (k *SigningKey) Bytes() []byte {
	b, err := k.key.Bytes()
	if err != nil {
		panic("seal: " + err.Error()) // a key that was made or parsed here is whole
	}
	return b
}

// Public is the half that may be seen.
func (k *SigningKey) Public() Public {
	b, err := k.key.PublicKey.Bytes()
	if err != nil {
		panic("seal: " + err.Error())
	}
	return Public(b)
}

func (k *SigningKey) sign(parts ...[]byte) ([]byte, error) {
	h := sha256.Sum256(join(parts...))
	r, s, err := ecdsa.Sign(rand.Reader, k.key, h[:])
	if err != nil {
		return nil, err
	}
	out := make([]byte, SignatureSize)
	r.FillBytes(out[:32])
	s.FillBytes(out[32:])
	return out, nil
}

func verify(key Public, signature []byte, parts ...[]byte) error {
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key[:])
	if err != nil {
		return ErrKey
	}
	if len(signature) != SignatureSize {
		return ErrForged
	}
	h := sha256.Sum256(join(parts...))
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if !ecdsa.Verify(pub, h[:], r, s) {
		return ErrForged
	}
	return nil
}
