package relay

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// b64 is base64url without padding and without slack: exactly one text stands for one value.
var b64 = base64.RawURLEncoding.Strict()

// decode64 reads base64url text that stands for between low and high bytes. Go's decoder skips line breaks, which would give one value
// many names, so the length is compared as well.
func decode64(s string, low, high int) ([]byte, bool) {
	if len(s) > b64.EncodedLen(high) {
		return nil, false
	}
	v, err := b64.DecodeString(s)
	if err != nil || b64.EncodedLen(len(v)) != len(s) || len(v) < low || len(v) > high {
		return nil, false
	}
	return v, true
}

// A linkID names one invite. It is all that the relay learns of the link that a client was sent.
type linkID [16]byte

func parseLinkID(s string) (id linkID, ok bool) {
	v, ok := decode64(s, len(id), len(id))
	if !ok {
		return id, false
	}
	return linkID(v), true
}

// text is the form in URLs, in control messages and in NATS subjects.
func (id linkID) text() string { return b64.EncodeToString(id[:]) }

// String is what a log line may hold: enough to tell two links apart in one hour, too little to fetch either.
func (id linkID) String() string { return id.text()[:4] + "…" }

// Format keeps the whole ID out of every fmt verb.
func (id linkID) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(id.String())) }

// A connID names one guest's connection, for as long as it lives.
type connID [8]byte

func newConnID() (id connID) {
	_, _ = rand.Read(id[:]) // crypto/rand.Read never fails; it ends the program instead
	return id
}

func parseConnID(s string) (id connID, ok bool) {
	if len(s) != hex.EncodedLen(len(id)) {
		return id, false
	}
	v, err := hex.DecodeString(s)
	if err != nil || hex.EncodeToString(v) != s { // capitals would be a second name
		return id, false
	}
	return connID(v), true
}

func (id connID) text() string { return hex.EncodeToString(id[:]) }

// An owner is the hash of the token that claimed a slot. The token itself is never kept, so a stolen state folder lets nobody revoke or
// listen.
type owner [sha256.Size]byte

// parseToken reads an owner token, 32 bytes in base64url, and returns only its hash.
func parseToken(s string) (o owner, ok bool) {
	v, ok := decode64(s, 32, 32)
	if !ok {
		return o, false
	}
	o = sha256.Sum256(v)
	clear(v)
	return o, true
}

func (o owner) is(other owner) bool { return subtle.ConstantTimeCompare(o[:], other[:]) == 1 }

// Format keeps the hash out of logs too.
func (o owner) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("owner")) }
