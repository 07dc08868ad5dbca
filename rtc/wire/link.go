package wire

import (
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Suite1 is the only suite: DHKEM(P-256), HKDF-SHA256, AES-256-GCM, ECDSA P-256.
const Suite1 = 1

// BundleSize is the length of a bundle; a bundle sealed is TagSize longer.
const BundleSize = 3 + 8 + PublicSize + PublicSize + 32

// LinkKind says what a link is for.
type LinkKind byte

// The kinds of protocol.md, "Link".
const (
	LinkSingle   LinkKind = 1
	LinkStanding LinkKind = 2
)

// LinkFlags are what a link commits to.
type LinkFlags byte

// The flags of protocol.md, "Link".
const (
	FlagPIN       LinkFlags = 1
	FlagRelayOnly LinkFlags = 2
)

// Bundle is B: what a link commits to.
type Bundle struct {
	Kind      LinkKind
	Flags     LinkFlags
	Expires   time.Time // whole seconds
	InviteKey [PublicSize]byte
	PairKey   [PublicSize]byte
	Nonce     [32]byte
}

// Bytes is B to the byte.
func (b Bundle) Bytes() []byte {
	out := []byte{Suite1, byte(b.Kind), byte(b.Flags)}
	out = binary.BigEndian.AppendUint64(out, uint64(b.Expires.Unix()))
	out = append(out, b.InviteKey[:]...)
	out = append(out, b.PairKey[:]...)
	return append(out, b.Nonce[:]...)
}

// ParseBundle reads B. Whether its keys are points on the curve is for rtc/seal to say.
func ParseBundle(b []byte) (Bundle, error) {
	var out Bundle
	if len(b) != BundleSize {
		return out, fmt.Errorf("%w: bundle of %d bytes", ErrRefused, len(b))
	}
	if b[0] != Suite1 {
		return out, fmt.Errorf("%w: suite %d", ErrRefused, b[0])
	}
	out.Kind, out.Flags = LinkKind(b[1]), LinkFlags(b[2])
	if out.Kind != LinkSingle && out.Kind != LinkStanding {
		return out, fmt.Errorf("%w: kind %d", ErrRefused, b[1])
	}
	if out.Flags&^(FlagPIN|FlagRelayOnly) != 0 {
		return out, fmt.Errorf("%w: flags %d", ErrRefused, b[2])
	}
	seconds := binary.BigEndian.Uint64(b[3:])
	if seconds > maxTime {
		return out, fmt.Errorf("%w: expiry", ErrRefused)
	}
	out.Expires = time.Unix(int64(seconds), 0)
	copy(out.InviteKey[:], b[11:])
	copy(out.PairKey[:], b[11+PublicSize:])
	copy(out.Nonce[:], b[11+2*PublicSize:])
	return out, nil
}

// maxTime is the largest integer that JavaScript counts to (2^53 - 1).
const maxTime = 1<<53 - 1

// Card is what a guest reads before knocking.
type Card struct {
	Therapist string `json:"therapist"`
	Practice  string `json:"practice,omitempty"`
	Welcome   string `json:"welcome,omitempty"`
	Consent   string `json:"consent,omitempty"`
}

// Limits of a card's texts, in characters.
const (
	MaxName = 80
	MaxText = 4000
)

// Bytes is the card's JSON.
func (c Card) Bytes() []byte { return encode(c) }

// ParseCard reads a card's JSON.
func ParseCard(b []byte) (Card, error) {
	o := parseObject(b)
	c := Card{
		Therapist: o.text("therapist", 200), Practice: o.maybe("practice", 200),
		Welcome: o.maybe("welcome", MaxText), Consent: o.maybe("consent", MaxText),
	}
	return c, o.done()
}

// LinkPath is the path of every link: it carries nothing.
const LinkPath = "/j"

// FormatLink puts the 32 bytes of L behind an origin such as "https://alcove.example".
func FormatLink(origin string, l [32]byte) string {
	return strings.TrimSuffix(origin, "/") + LinkPath + "#1" + Encode(l[:])
}

// ParseLink reads a link: its origin and L.
func ParseLink(link string) (origin string, l [32]byte, err error) {
	u, err := url.Parse(link)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Path != LinkPath ||
		u.RawQuery != "" || u.User != nil || !strings.HasPrefix(u.Fragment, "1") {
		return "", l, fmt.Errorf("%w: link", ErrRefused)
	}
	b, err := Decode(u.Fragment[1:], len(l))
	if err != nil {
		return "", l, err
	}
	return u.Scheme + "://" + u.Host, [32]byte(b), nil
}
