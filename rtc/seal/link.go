package seal

import (
	"crypto/rand"
	"encoding/binary"
	"time"

	"alcove/rtc/wire"
)

// linkKeys are what L gives to both sides.
type linkKeys struct {
	l      secret // L itself, a pre-shared secret of every session
	bundle secret
	card   secret
	id     wire.LinkID
}

func newLinkKeys(l []byte) *linkKeys {
	k := &linkKeys{id: wire.LinkID(derive(nil, l, label("link id"), wire.LinkIDSize))}
	copy(k.l.b[:], l)
	k.bundle.take(derive(nil, l, label("bundle"), 32))
	k.card.take(derive(nil, l, label("card"), 32))
	return k
}

func (k *linkKeys) wipe() {
	k.l.wipe()
	k.bundle.wipe()
	k.card.wipe()
}

// LinkID is all that the relay knows of the link.
func (k *linkKeys) LinkID() wire.LinkID { return k.id }

func linkHash(b []byte) [32]byte { return digest(label("link"), b) }

// Link is the guest's view of a link whose bundle held.
type Link struct {
	hidden
	*linkKeys
	Bundle wire.Bundle
}

// LinkID of the 32 bytes of L, before anything was fetched.
func LinkID(l [32]byte) wire.LinkID {
	return wire.LinkID(derive(nil, l[:], label("link id"), wire.LinkIDSize))
}

// OpenBundle opens what the relay keeps for L: ErrForged if it is not the bundle that L
// commits to, wire.ErrRefused or ErrKey if it is not one at all. Expiry is the caller's.
func OpenBundle(l [32]byte, sealed []byte) (*Link, error) {
	keys := newLinkKeys(l[:])
	b, err := unlock(keys.bundle.b[:], make([]byte, wire.NonceSize), keys.id[:], sealed)
	if err != nil {
		return nil, err
	}
	if linkHash(b) != l {
		return nil, ErrForged
	}
	bundle, err := wire.ParseBundle(b)
	if err != nil {
		return nil, err
	}
	if _, err := kem().NewPublicKey(bundle.InviteKey[:]); err != nil {
		return nil, ErrKey
	}
	if _, err := kem().NewPublicKey(bundle.PairKey[:]); err != nil {
		return nil, ErrKey
	}
	return &Link{linkKeys: keys, Bundle: bundle}, nil
}

// OpenCard opens what the relay keeps beside the bundle and checks who signed it. A version
// lower than one seen before under the same pair key is for the caller to refuse.
func (l *Link) OpenCard(sealed []byte) (wire.Card, uint32, error) {
	if len(sealed) < wire.NonceSize {
		return wire.Card{}, 0, ErrForged
	}
	padded, err := unlock(l.card.b[:], sealed[:wire.NonceSize], l.id[:], sealed[wire.NonceSize:])
	if err != nil {
		return wire.Card{}, 0, err
	}
	x, err := wire.Unpad(padded)
	if err != nil {
		return wire.Card{}, 0, err
	}
	if len(x) < 4+SignatureSize {
		return wire.Card{}, 0, wire.ErrRefused
	}
	version, signature, j := x[:4], x[4:4+SignatureSize], x[4+SignatureSize:]
	if err := verify(l.Bundle.PairKey, signature, label("card"), l.id[:], version, j); err != nil {
		return wire.Card{}, 0, err
	}
	card, err := wire.ParseCard(j)
	return card, binary.BigEndian.Uint32(version), err
}

// sealCard is the host's half of OpenCard.
func sealCard(k *linkKeys, pair *SigningKey, version uint32, c wire.Card) ([]byte, error) {
	j, v := c.Bytes(), wire.Uint32(version)
	signature, err := pair.sign(label("card"), k.id[:], v, j)
	if err != nil {
		return nil, err
	}
	padded, err := wire.Pad(join(v, signature, j))
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, wire.NonceSize)
	_, _ = rand.Read(nonce) // never fails: crypto/rand
	return append(nonce, lock(k.card.b[:], nonce, k.id[:], padded)...), nil
}

// maxSkew is how far a knock's clock may be off.
const maxSkew = 24 * time.Hour
