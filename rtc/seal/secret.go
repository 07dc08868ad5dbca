package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"
)

// hidden is embedded in whatever holds a secret: fmt and encoding/json get "[secret]", and ==
// does not compile. Every exported holder embeds it itself, because fmt calls no methods of
// unexported fields and would walk straight into them.
type hidden struct{ _ [0]func() }

const redacted = "[secret]"

// Format keeps every verb of fmt from the secret.
func (hidden) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// String is there for whoever asks without fmt.
func (hidden) String() string { return redacted }

// MarshalText keeps encoding/json from the secret.
func (hidden) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// secret is 32 bytes.
type secret struct {
	hidden
	b [32]byte
}

func (s *secret) wipe() { clear(s.b[:]) }

// label is a text and a zero byte, so that none is the prefix of another.
func label(s string) []byte { return append([]byte("alcove/1 "+s), 0) }

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func digest(parts ...[]byte) [32]byte { return sha256.Sum256(join(parts...)) }

// derive is HKDF of RFC 5869 with SHA-256. It fails only for lengths that we never ask for.
func derive(salt, ikm, info []byte, n int) []byte {
	b, err := hkdf.Key(sha256.New, ikm, salt, string(info), n)
	if err != nil {
		panic("seal: " + err.Error())
	}
	return b
}

func (s *secret) take(b []byte) {
	copy(s.b[:], b)
	clear(b)
}
