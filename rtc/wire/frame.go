package wire

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// FrameType is the first byte of everything that passes the relay.
type FrameType byte

// The frames of protocol.md, "Frames".
const (
	FrameKnock      FrameType = 1
	FrameHostLobby  FrameType = 2
	FrameGuestLobby FrameType = 3
	FrameAdmit      FrameType = 4
	FrameConfirm    FrameType = 5
	FrameSignal     FrameType = 6
	FrameResume     FrameType = 7
)

// Sizes in bytes.
const (
	MaxFrame    = 65536
	PublicSize  = 65 // a P-256 point, uncompressed
	TagSize     = 16
	NonceSize   = 12
	LinkIDSize  = 16
	ConnIDSize  = 8
	ConfirmSize = 48 // of the rest: r_c and a tag
	ResumeSize  = 16 + NonceSize + 8 + TagSize
)

// LinkID is all that a relay knows of a link.
type LinkID [LinkIDSize]byte

// String is the form of it in URLs and in the relay's JSON.
func (l LinkID) String() string { return Encode(l[:]) }

// ParseLinkID reads that form back.
func ParseLinkID(s string) (LinkID, error) {
	var l LinkID
	b, err := Decode(s, LinkIDSize)
	if err != nil {
		return l, err
	}
	return LinkID(b), nil
}

// ConnID names one guest's socket at the relay, as long as it lasts.
type ConnID [ConnIDSize]byte

// String is the form of it in the relay's JSON.
func (c ConnID) String() string { return hex.EncodeToString(c[:]) }

// ParseConnID reads that form back. Capitals would be a second name.
func ParseConnID(s string) (ConnID, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != ConnIDSize || hex.EncodeToString(b) != s {
		return ConnID{}, fmt.Errorf("%w: connection", ErrRefused)
	}
	return ConnID(b), nil
}

// Encode is base64url without padding.
func Encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Decode reads exactly n bytes of base64url. Go's decoder skips line breaks, so the length
// of the text is compared as well.
func Decode(s string, n int) ([]byte, error) {
	if len(s) != base64.RawURLEncoding.EncodedLen(n) {
		return nil, fmt.Errorf("%w: base64 of %d characters", ErrRefused, len(s))
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != n {
		return nil, fmt.Errorf("%w: base64", ErrRefused)
	}
	return b, nil
}

// ParseFrame splits a frame into type and rest, and checks that a rest of this type can have
// this length.
func ParseFrame(b []byte) (FrameType, []byte, error) {
	if len(b) < 1 || len(b) > MaxFrame {
		return 0, nil, fmt.Errorf("%w: frame of %d bytes", ErrRefused, len(b))
	}
	t, rest := FrameType(b[0]), b[1:]
	ok := false
	switch t {
	case FrameKnock, FrameAdmit:
		ok = padded(len(rest) - PublicSize - TagSize)
	case FrameHostLobby, FrameGuestLobby:
		ok = padded(len(rest) - 8 - NonceSize - TagSize)
	case FrameConfirm:
		ok = len(rest) == ConfirmSize
	case FrameSignal:
		ok = padded(len(rest) - 9 - TagSize)
	case FrameResume:
		ok = len(rest) == ResumeSize
	}
	if !ok {
		return 0, nil, fmt.Errorf("%w: frame of type %d and %d bytes", ErrRefused, t, len(b))
	}
	return t, rest, nil
}

// Frame is the inverse of ParseFrame.
func Frame(t FrameType, rest ...[]byte) []byte {
	b := []byte{byte(t)}
	for _, r := range rest {
		b = append(b, r...)
	}
	return b
}

// Route is what stands before a frame on the host's socket: whose it is.
type Route struct {
	Link LinkID
	Conn ConnID
}

// ParseRouted splits a binary message of the host's socket.
func ParseRouted(b []byte) (Route, []byte, error) {
	const n = LinkIDSize + ConnIDSize
	if len(b) <= n || len(b) > n+MaxFrame {
		return Route{}, nil, fmt.Errorf("%w: routed frame of %d bytes", ErrRefused, len(b))
	}
	return Route{LinkID(b[:LinkIDSize]), ConnID(b[LinkIDSize:n])}, b[n:], nil
}

// Routed is the inverse of ParseRouted.
func Routed(r Route, frame []byte) []byte {
	b := make([]byte, 0, LinkIDSize+ConnIDSize+len(frame))
	b = append(b, r.Link[:]...)
	b = append(b, r.Conn[:]...)
	return append(b, frame...)
}

// Uint64 is eight bytes, big-endian.
func Uint64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// Uint32 is four bytes, big-endian.
func Uint32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
