package seal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"

	"alcove/rtc/wire"
)

// ErrOrder is a number that is not the next one: repeated, missing or moved.
var ErrOrder = errors.New("seal: out of order")

// Session is the keys of one session, and how far each direction has come. One goroutine
// owns it.
type Session struct {
	hidden
	out      Direction // the way that we send
	id       [16]byte
	resumeID [16]byte
	t2, t3   [32]byte
	code     [6]byte

	signal, data, resume [3]secret // by Direction
	confirm, sas, media  secret

	signalOut, signalIn uint64
	dataOut, dataIn     uint64
}

// other is the way that we receive.
func (s *Session) other() Direction { return HostToGuest + GuestToHost - s.out }

// confirmed fixes the code and T3, and wipes what only the handshake needed.
func (s *Session) confirmed(rc, rt, rest []byte) {
	m := hmac.New(sha256.New, s.sas.b[:])
	m.Write(join(label("code"), rc, rt, s.t2[:]))
	n := binary.BigEndian.Uint64(m.Sum(nil)) % 1_000_000
	copy(s.code[:], fmt.Sprintf("%06d", n))
	s.t3 = digest(s.t2[:], transcript(wire.FrameConfirm, rest))
	s.sas.wipe()
	s.confirm.wipe()
}

// Code is the six digits that both people compare.
func (s *Session) Code() string { return string(s.code[:]) }

// CheckCode compares in constant time.
func (s *Session) CheckCode(typed string) bool {
	return subtle.ConstantTimeCompare([]byte(typed), s.code[:]) == 1
}

// ID is the session's name on the line: random, and not app's.
func (s *Session) ID() [16]byte { return s.id }

// ResumeID is how a guest's new socket names the session.
func (s *Session) ResumeID() [16]byte { return s.resumeID }

func (s *Session) aad(d Direction, n uint64) []byte {
	return join(s.id[:], []byte{byte(d)}, wire.Uint64(n))
}

// SealSignal is the next signal frame. Its bytes may be sent again, never sealed again.
func (s *Session) SealSignal(m wire.Signal) ([]byte, error) {
	padded, err := wire.Pad(wire.SignalBytes(m))
	if err != nil {
		return nil, err
	}
	n := s.signalOut
	sealed := lock(s.signal[s.out].b[:], counter(n), append(s.aad(s.out, n), byte(m.Kind())), padded)
	s.signalOut++
	return wire.Frame(wire.FrameSignal, []byte{byte(m.Kind())}, wire.Uint64(n), sealed), nil
}

// OpenSignal opens the rest of a signal frame: the very next one, or ErrOrder.
func (s *Session) OpenSignal(rest []byte) (wire.Signal, error) {
	if len(rest) < 9 {
		return nil, wire.ErrRefused
	}
	kind, n := rest[0], binary.BigEndian.Uint64(rest[1:])
	if n != s.signalIn {
		return nil, ErrOrder
	}
	d := s.other()
	padded, err := unlock(s.signal[d].b[:], counter(n), append(s.aad(d, n), kind), rest[9:])
	if err != nil {
		return nil, err
	}
	s.signalIn++
	x, err := wire.Unpad(padded)
	if err != nil {
		return nil, err
	}
	return wire.ParseSignal(wire.SignalKind(kind), x)
}

// SealResume is a resume frame: it tells which signal we expect next.
func (s *Session) SealResume() []byte {
	nonce := make([]byte, wire.NonceSize)
	_, _ = rand.Read(nonce)
	return wire.Frame(wire.FrameResume, s.sealResume(nonce))
}

func (s *Session) sealResume(nonce []byte) []byte {
	aad := join(s.resumeID[:], []byte{byte(s.out)})
	sealed := lock(s.resume[s.out].b[:], nonce, aad, wire.Uint64(s.signalIn))
	return join(s.resumeID[:], nonce, sealed)
}

// OpenResume opens the rest of a resume frame: the number that the other side expects next.
// ErrOrder if we have not sent so many.
func (s *Session) OpenResume(rest []byte) (next uint64, err error) {
	if len(rest) != wire.ResumeSize || [16]byte(rest[:16]) != s.resumeID {
		return 0, ErrForged
	}
	d := s.other()
	aad := join(s.resumeID[:], []byte{byte(d)})
	b, err := unlock(s.resume[d].b[:], rest[16:16+wire.NonceSize], aad, rest[16+wire.NonceSize:])
	if err != nil {
		return 0, err
	}
	if next = binary.BigEndian.Uint64(b); next > s.signalOut {
		return 0, ErrOrder
	}
	return next, nil
}

// Messages of the data channel begin with one of these.
const (
	dataFinished = 1
	dataSealed   = 2
)

// Finished is our first message on a data channel: it ties the channel's two certificates to
// the handshake.
func (s *Session) Finished(fpHost, fpGuest [32]byte) []byte {
	return join([]byte{dataFinished}, wire.Uint64(s.dataOut), s.finished(s.out, s.dataOut, fpHost, fpGuest))
}

func (s *Session) finished(d Direction, next uint64, fpHost, fpGuest [32]byte) []byte {
	m := hmac.New(sha256.New, s.media.b[:])
	m.Write(join(label("finished"), []byte{byte(d)}, s.t3[:], wire.Uint64(next), fpHost[:], fpGuest[:]))
	return m.Sum(nil)
}

// CheckFinished checks the other side's first message; numbers go on from where it says,
// which may not be lower than what we have seen.
func (s *Session) CheckFinished(b []byte, fpHost, fpGuest [32]byte) error {
	if len(b) != 1+8+32 || b[0] != dataFinished {
		return wire.ErrRefused
	}
	next := binary.BigEndian.Uint64(b[1:])
	if !hmac.Equal(b[9:], s.finished(s.other(), next, fpHost, fpGuest)) {
		return ErrForged
	}
	if next < s.dataIn {
		return ErrOrder
	}
	s.dataIn = next
	return nil
}

// SealData is the next message of the data channel.
func (s *Session) SealData(m wire.Data) ([]byte, error) {
	padded, err := wire.Pad(wire.DataBytes(m))
	if err != nil {
		return nil, err
	}
	n := s.dataOut
	sealed := lock(s.data[s.out].b[:], counter(n), s.aad(s.out, n), padded)
	s.dataOut++
	return join([]byte{dataSealed}, wire.Uint64(n), sealed), nil
}

// OpenData opens a message of the data channel: the very next one, or ErrOrder.
func (s *Session) OpenData(b []byte) (wire.Data, error) {
	if len(b) < 9 || b[0] != dataSealed {
		return nil, wire.ErrRefused
	}
	n := binary.BigEndian.Uint64(b[1:])
	if n != s.dataIn {
		return nil, ErrOrder
	}
	d := s.other()
	padded, err := unlock(s.data[d].b[:], counter(n), s.aad(d, n), b[9:])
	if err != nil {
		return nil, err
	}
	s.dataIn++
	x, err := wire.Unpad(padded)
	if err != nil {
		return nil, err
	}
	return wire.ParseData(x, d == HostToGuest)
}

// Wipe forgets the session.
func (s *Session) Wipe() {
	for d := range s.signal {
		s.signal[d].wipe()
		s.data[d].wipe()
		s.resume[d].wipe()
	}
	s.confirm.wipe()
	s.sas.wipe()
	s.media.wipe()
	clear(s.code[:])
}
