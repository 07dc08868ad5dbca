package seal

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"fmt"
	"time"

	"alcove/rtc/wire"
)

// Invite is the host's side of a link: its private keys, and the token that proves to the
// relay whose link it is.
type Invite struct {
	hidden
	*linkKeys
	Bundle wire.Bundle
	pair   *SigningKey
	key    hpke.PrivateKey
	owner  secret
}

// NewInvite makes the keys of a link. pair is that of an earlier invite of the same client,
// or nil for a new one.
func NewInvite(kind wire.LinkKind, flags wire.LinkFlags, expires time.Time, pair *SigningKey) (*Invite, error) {
	if pair == nil {
		var err error
		if pair, err = NewSigningKey(); err != nil {
			return nil, err
		}
	}
	key, err := kem().GenerateKey()
	if err != nil {
		return nil, err
	}
	b := wire.Bundle{Kind: kind, Flags: flags, Expires: expires.Truncate(time.Second)}
	_, _ = rand.Read(b.Nonce[:])
	var owner [32]byte
	_, _ = rand.Read(owner[:])
	return assemble(b, pair, key, owner[:]), nil
}

func assemble(b wire.Bundle, pair *SigningKey, key hpke.PrivateKey, owner []byte) *Invite {
	b.PairKey, b.InviteKey = pair.Public(), Public(key.PublicKey().Bytes())
	l := linkHash(b.Bytes())
	i := &Invite{linkKeys: newLinkKeys(l[:]), Bundle: b, pair: pair, key: key}
	i.owner.take(owner)
	return i
}

// materialVersion is the first byte of Material, should its form ever change.
const (
	materialVersion = 1
	materialSize    = 1 + wire.BundleSize + 3*32
)

// Material is everything of i for the vault, a secret: u8 1 ‖ B ‖ invite key ‖ pair key ‖ owner token.
func (i *Invite) Material() []byte {
	key, err := i.key.Bytes()
	if err != nil {
		panic("seal: " + err.Error())
	}
	return join([]byte{materialVersion}, i.Bundle.Bytes(), key, i.pair.Bytes(), i.owner.b[:])
}

// ParseInvite is the inverse of Material: wire.ErrRefused or ErrKey if it is damaged.
func ParseInvite(m []byte) (*Invite, error) {
	if len(m) != materialSize || m[0] != materialVersion {
		return nil, fmt.Errorf("%w: invite of %d bytes", wire.ErrRefused, len(m))
	}
	m = m[1:]
	b, err := wire.ParseBundle(m[:wire.BundleSize])
	if err != nil {
		return nil, err
	}
	m = m[wire.BundleSize:]
	key, err := hpkeKey(m[:32])
	if err != nil {
		return nil, err
	}
	pair, err := ParseSigningKey(m[32:64])
	if err != nil {
		return nil, err
	}
	if b.InviteKey != Public(key.PublicKey().Bytes()) || b.PairKey != pair.Public() {
		return nil, ErrKey
	}
	return assemble(b, pair, key, append([]byte(nil), m[64:]...)), nil
}

func hpkeKey(scalar []byte) (hpke.PrivateKey, error) {
	k, err := ecdh.P256().NewPrivateKey(scalar)
	if err != nil {
		return nil, ErrKey
	}
	return hpke.NewDHKEMPrivateKey(k)
}

// Link is the text to give to the client: a secret.
func (i *Invite) Link(origin string) string { return wire.FormatLink(origin, i.l.b) }

// PairKey is the private half of the pair key, for the next invite of the same client.
func (i *Invite) PairKey() *SigningKey { return i.pair }

// OwnerToken proves to the relay that the link is ours: a secret.
func (i *Invite) OwnerToken() []byte { return append([]byte(nil), i.owner.b[:]...) }

// SealedBundle is what the relay keeps under LinkID. L is a hash of B, so the key is used for
// one message alone and its nonce may be fixed.
func (i *Invite) SealedBundle() []byte {
	return lock(i.bundle.b[:], make([]byte, wire.NonceSize), i.id[:], i.Bundle.Bytes()) // #nosec G407 -- see above: one message a key
}

// SealCard is what the relay keeps beside it; version must grow.
func (i *Invite) SealCard(version uint32, c wire.Card) ([]byte, error) {
	return sealCard(i.linkKeys, i.pair, version, c)
}

// Wipe forgets the link.
func (i *Invite) Wipe() {
	i.wipe()
	i.owner.wipe()
	i.key, i.pair = nil, nil
}
