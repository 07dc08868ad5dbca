package seal

import (
	"crypto/hpke"
	"crypto/rand"
	"fmt"
	"time"

	"alcove/rtc/wire"
)

// Direction is who speaks: it keeps each side's keys and numbers apart.
type Direction byte

// The two directions, as in protocol.md.
const (
	HostToGuest Direction = 1
	GuestToHost Direction = 2
)

// lobby is what both sides hold between knock and admit.
type lobby struct {
	keys *linkKeys
	ss1  secret
	t1   [32]byte
	out  uint64
	in   uint64
}

func newLobby(keys *linkKeys, shared, rest []byte) lobby {
	t0 := digest(label("transcript"), keys.l.b[:])
	k := lobby{keys: keys, t1: digest(t0[:], transcript(wire.FrameKnock, rest))}
	k.ss1.take(shared)
	return k
}

// transcript is what each frame adds to it.
func transcript(t wire.FrameType, rest []byte) []byte {
	return join([]byte{byte(t)}, wire.Uint32(uint32(len(rest))), rest)
}

func (k *lobby) key(d Direction) []byte {
	return derive(k.keys.l.b[:], k.ss1.b[:], join(label("lobby"), []byte{byte(d)}, k.t1[:]), 32)
}

// seal draws a nonce for each message. The keys follow from the knock alone: a relay that plays
// one again, to a desktop that has forgotten it, would else see two messages under one nonce.
func (k *lobby) seal(t wire.FrameType, d Direction, m wire.Lobby) []byte {
	nonce := make([]byte, wire.NonceSize)
	_, _ = rand.Read(nonce)
	return k.sealWith(nonce, t, d, m)
}

func (k *lobby) sealWith(nonce []byte, t wire.FrameType, d Direction, m wire.Lobby) []byte {
	key := k.key(d)
	defer clear(key)
	n := wire.Uint64(k.out)
	padded, err := wire.Pad(wire.LobbyBytes(m))
	if err != nil {
		panic("seal: " + err.Error()) // a sentence is at most 400 characters
	}
	sealed := lock(key, nonce, join([]byte{byte(t)}, n), padded)
	k.out++
	return wire.Frame(t, n, nonce, sealed)
}

// open checks that the message is the very next one.
func (k *lobby) open(t wire.FrameType, d Direction, rest []byte) ([]byte, error) {
	if len(rest) < 8+wire.NonceSize || string(rest[:8]) != string(wire.Uint64(k.in)) {
		return nil, ErrOrder
	}
	key := k.key(d)
	defer clear(key)
	n, sealed := rest[:8], rest[8+wire.NonceSize:]
	padded, err := unlock(key, rest[8:8+wire.NonceSize], join([]byte{byte(t)}, n), sealed)
	if err != nil {
		return nil, err
	}
	k.in++
	return wire.Unpad(padded)
}

// HostKnock is a knock that the host opened, and the lobby behind it.
type HostKnock struct {
	hidden
	lobby
	Knock wire.Knock
	// ID is the knock's transcript: two knocks with the same one are the same frame.
	ID   [32]byte
	pair *SigningKey
}

// ErrClock is a knock from a clock more than a day away.
var ErrClock = fmt.Errorf("%w: the guest's clock is off", wire.ErrRefused)

// OpenKnock opens the rest of a knock frame. Whether it was seen before is the caller's to
// say, by its ID.
func (i *Invite) OpenKnock(rest []byte, now time.Time) (*HostKnock, error) {
	enc, padded, shared, err := openFrom(i.key, join(label("knock"), i.id[:]), "ss1", rest)
	if err != nil {
		return nil, err
	}
	k := &HostKnock{lobby: newLobby(i.linkKeys, shared, rest), pair: i.pair}
	k.ID = k.t1
	signature, j, err := signed(padded)
	if err != nil {
		return nil, err
	}
	if k.Knock, err = wire.ParseKnock(j); err != nil {
		return nil, err
	}
	if err := verify(k.Knock.Key, signature, label("knock"), i.id[:], enc, j); err != nil {
		return nil, err
	}
	if _, err := kem().NewPublicKey(k.Knock.KEM[:]); err != nil {
		return nil, ErrKey
	}
	if off := now.Sub(k.Knock.Time); off > maxSkew || off < -maxSkew {
		return nil, ErrClock
	}
	return k, nil
}

// SealLobby is a frame to the guest.
func (k *HostKnock) SealLobby(m wire.Lobby) []byte {
	return k.seal(wire.FrameHostLobby, HostToGuest, m)
}

// OpenLobby opens the rest of a guest's lobby frame.
func (k *HostKnock) OpenLobby(rest []byte) (wire.Lobby, error) {
	x, err := k.open(wire.FrameGuestLobby, GuestToHost, rest)
	if err != nil {
		return nil, err
	}
	return wire.ParseGuestLobby(x)
}

// Wipe forgets the knock.
func (k *HostKnock) Wipe() { k.ss1.wipe() }

// GuestKnock is the guest's side of a knock.
type GuestKnock struct {
	hidden
	lobby
	link *Link
	kem  hpke.PrivateKey
	rc   secret
}

// Knock seals a knock signed by key. It fills in the keys, the time and the commitment of j.
func (l *Link) Knock(j wire.Knock, key *SigningKey, now time.Time) (*GuestKnock, []byte, error) {
	ephemeral, err := kem().GenerateKey()
	if err != nil {
		return nil, nil, err
	}
	k := &GuestKnock{link: l, kem: ephemeral}
	_, _ = rand.Read(k.rc.b[:])
	j.Key, j.KEM, j.Time = key.Public(), Public(ephemeral.PublicKey().Bytes()), now
	j.RC = commitment(k.rc.b[:])
	rest, shared, err := sealTo(l.Bundle.InviteKey, join(label("knock"), l.id[:]), "ss1", func(enc []byte) ([]byte, error) {
		text := j.Bytes()
		signature, err := key.sign(label("knock"), l.id[:], enc, text)
		if err != nil {
			return nil, err
		}
		return wire.Pad(append(signature, text...))
	})
	if err != nil {
		return nil, nil, err
	}
	k.lobby = newLobby(l.linkKeys, shared, rest)
	return k, wire.Frame(wire.FrameKnock, rest), nil
}

func commitment(rc []byte) [32]byte { return digest(label("rc"), rc) }

// SealLobby is a frame to the host.
func (k *GuestKnock) SealLobby(m wire.Lobby) []byte {
	return k.seal(wire.FrameGuestLobby, GuestToHost, m)
}

// OpenLobby opens the rest of a host's lobby frame.
func (k *GuestKnock) OpenLobby(rest []byte) (wire.Lobby, error) {
	x, err := k.open(wire.FrameHostLobby, HostToGuest, rest)
	if err != nil {
		return nil, err
	}
	return wire.ParseHostLobby(x)
}

// Wipe forgets the knock.
func (k *GuestKnock) Wipe() {
	k.ss1.wipe()
	k.rc.wipe()
	k.kem = nil
}
