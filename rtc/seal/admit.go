package seal

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"

	"alcove/rtc/wire"
)

// HostHandshake is the host's side between admit and confirm.
type HostHandshake struct {
	hidden
	s  *Session
	rc [32]byte // what r_c must hash to
	rt secret
}

// Admit seals the admit frame. It fills in r_t and, if a.Session is zero, the session's ID,
// both random. The knock is used up.
func (k *HostKnock) Admit(a wire.Admit) (*HostHandshake, []byte, error) {
	h := &HostHandshake{rc: k.Knock.RC}
	_, _ = rand.Read(h.rt.b[:])
	a.RT = h.rt.b
	if a.Session == [16]byte{} {
		_, _ = rand.Read(a.Session[:])
	}
	rest, shared, err := sealTo(k.Knock.KEM, join(label("admit"), k.t1[:]), "ss2", func(enc []byte) ([]byte, error) {
		text := a.Bytes()
		signature, err := k.pair.sign(label("admit"), k.t1[:], enc, text)
		if err != nil {
			return nil, err
		}
		return wire.Pad(append(signature, text...))
	})
	if err != nil {
		return nil, nil, err
	}
	h.s = newSession(HostToGuest, &k.lobby, shared, rest, a.Session)
	k.Wipe()
	return h, wire.Frame(wire.FrameAdmit, rest), nil
}

// OpenConfirm opens the rest of the confirm frame; then the session's code is fixed, and what
// made it is wiped.
func (h *HostHandshake) OpenConfirm(rest []byte) (*Session, error) {
	rc, err := unlock(h.s.confirm.b[:], make([]byte, wire.NonceSize), h.s.t2[:], rest)
	if err != nil {
		return nil, err
	}
	defer clear(rc)
	if got := commitment(rc); len(rc) != 32 || subtle.ConstantTimeCompare(got[:], h.rc[:]) != 1 {
		return nil, ErrForged
	}
	h.s.confirmed(rc, h.rt.b[:], rest)
	h.rt.wipe()
	return h.s, nil
}

// ResumeID names the session to a resume that comes before confirm did.
func (h *HostHandshake) ResumeID() [16]byte { return h.s.resumeID }

// Wipe forgets a handshake that failed.
func (h *HostHandshake) Wipe() {
	h.rt.wipe()
	h.s.Wipe()
}

// OpenAdmit opens the rest of the admit frame, checks who signed it, and makes the session
// and the confirm frame. The knock is used up.
func (k *GuestKnock) OpenAdmit(rest []byte) (*Session, wire.Admit, []byte, error) {
	enc, padded, shared, err := openFrom(k.kem, join(label("admit"), k.t1[:]), "ss2", rest)
	if err != nil {
		return nil, wire.Admit{}, nil, err
	}
	signature, j, err := signed(padded)
	if err != nil {
		return nil, wire.Admit{}, nil, err
	}
	if err := verify(k.link.Bundle.PairKey, signature, label("admit"), k.t1[:], enc, j); err != nil {
		return nil, wire.Admit{}, nil, err
	}
	a, err := wire.ParseAdmit(j)
	if err != nil {
		return nil, wire.Admit{}, nil, err
	}
	s := newSession(GuestToHost, &k.lobby, shared, rest, a.Session)
	confirm := lock(s.confirm.b[:], make([]byte, wire.NonceSize), s.t2[:], k.rc.b[:]) // #nosec G407 -- one message a key
	s.confirmed(k.rc.b[:], a.RT[:], confirm)
	k.Wipe()
	return s, a, wire.Frame(wire.FrameConfirm, confirm), nil
}

// newSession is the key schedule, up to T2.
func newSession(d Direction, k *lobby, ss2, admit []byte, id [16]byte) *Session {
	s := &Session{out: d, id: id, t2: digest(k.t1[:], transcript(wire.FrameAdmit, admit))}
	ikm := join(k.ss1.b[:], ss2)
	defer clear(ikm)
	clear(ss2)
	prk, err := hkdf.Extract(sha256.New, ikm, k.keys.l.b[:])
	if err != nil {
		panic("seal: " + err.Error())
	}
	defer clear(prk)
	expand := func(name string, n int) []byte {
		b, err := hkdf.Expand(sha256.New, prk, string(join(label(name), s.t2[:])), n)
		if err != nil {
			panic("seal: " + err.Error())
		}
		return b
	}
	for d, way := range map[Direction]string{HostToGuest: "h2g", GuestToHost: "g2h"} {
		s.signal[d].take(expand("signal "+way, 32))
		s.data[d].take(expand("data "+way, 32))
		s.resume[d].take(expand("resume "+way, 32))
	}
	s.confirm.take(expand("confirm", 32))
	s.sas.take(expand("sas", 32))
	s.media.take(expand("media", 32))
	s.resumeID = [16]byte(expand("resume id", 16))
	return s
}
