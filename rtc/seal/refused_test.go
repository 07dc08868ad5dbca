package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"alcove/rtc/wire"
)

func hkdfExtract(ikm, salt []byte) ([]byte, error) { return hkdf.Extract(sha256.New, ikm, salt) }

// refusedVector is a message that its reader must not take. Open says which reader, in the
// state just before the good message of the same name (sequence 0).
type refusedVector struct {
	Open    string `json:"open"` // bundle card knock lobby admit confirm signal resume finished data
	By      string `json:"by"`   // host or guest
	Why     string `json:"why"`
	Message b64    `json:"message"`
}

// refusedJSON is a text that the parser of this message must not take.
type refusedJSON struct {
	Message string `json:"message"` // card knock lobby-host lobby-guest admit offer … data-host data-guest
	Why     string `json:"why"`
	JSON    string `json:"json"`
}

type refusedPadding struct {
	Why   string `json:"why"`
	Bytes b64    `json:"bytes"`
}

func flip(b []byte, at int) b64 {
	out := append(b64(nil), b...)
	if at < 0 {
		at += len(out)
	}
	out[at] ^= 1
	return out
}

func (s *story) refuse(open, by, why string, b []byte) {
	s.v.Refused = append(s.v.Refused, refusedVector{open, by, why, b})
}

func (s *story) tellRefused() {
	v, t := &s.v, s.t
	s.refuse("bundle", "guest", "one bit of the seal", flip(v.Link.Bundle, -1))
	other, err := anotherInvite(t, "another link", s.invite)
	if err != nil {
		t.Fatal(err)
	}
	zero := make([]byte, wire.NonceSize)
	s.refuse("bundle", "guest", "another bundle under the right key", lock(v.Link.BundleKey, zero, v.Link.LinkID, other.Bundle.Bytes()))
	s.refuse("card", "guest", "one bit", flip(v.Card.Card, 20))
	_, _, stranger := newJWK(t, "stranger")
	forged := fixedSign(t, stranger, label("card"), v.Link.LinkID, wire.Uint32(v.Card.Version), []byte(v.Card.JSON))
	plain := pad(t, join(wire.Uint32(v.Card.Version), forged, []byte(v.Card.JSON)))
	s.refuse("card", "guest", "signed by another key", append(append(b64(nil), v.Card.Nonce...), lock(v.Link.CardKey, v.Card.Nonce, v.Link.LinkID, plain)...))
	plain = pad(t, join(wire.Uint32(v.Card.Version+1), v.Card.Signature, []byte(v.Card.JSON)))
	s.refuse("card", "guest", "another version than was signed", append(append(b64(nil), v.Card.Nonce...), lock(v.Link.CardKey, v.Card.Nonce, v.Link.LinkID, plain)...))

	s.refuse("knock", "host", "one bit of enc", flip(v.Knock.Frame, 10))
	s.refuse("knock", "host", "one bit of the seal", flip(v.Knock.Frame, -1))
	s.refuse("knock", "host", "signed by another key", s.reknock(stranger, v.Knock.JSON, label("knock")))
	s.refuse("knock", "host", "signed for another purpose", s.reknock(nil, v.Knock.JSON, label("admit")))
	s.refuse("knock", "host", "a clock two days off", s.reknock(nil, strings.Replace(v.Knock.JSON, "1893456000", "1893628801", 1), label("knock")))
	s.refuse("knock", "host", "a name twice", s.reknock(nil, strings.Replace(v.Knock.JSON, `"pin":`, `"pin":"","pin":`, 1), label("knock")))

	lobby := v.Lobby.Messages
	s.refuse("lobby", "guest", "one bit", flip(lobby[0].Message, -1))
	s.refuse("lobby", "guest", "the second before the first", lobby[1].Message)
	s.refuse("lobby", "guest", "sent back to where it came from", wire.Frame(wire.FrameHostLobby, lobby[len(lobby)-1].Message[1:]))
	s.refuse("lobby", "host", "sent back to where it came from", wire.Frame(wire.FrameGuestLobby, lobby[0].Message[1:]))
	s.refuse("admit", "guest", "one bit of enc", flip(v.Admit.Frame, 10))
	s.refuse("admit", "guest", "one bit of the seal", flip(v.Admit.Frame, -1))
	s.refuse("admit", "guest", "signed by another key", s.readmit(stranger, s.v.Knock.T1))
	s.refuse("admit", "guest", "signed over another transcript", s.readmit(s.invite.pair, seed("another transcript")))
	s.refuse("confirm", "host", "one bit", flip(v.Confirm.Frame, -1))
	rc := lock(v.Keys["confirm"], zero, v.Admit.T2, seed("another r_c"))
	s.refuse("confirm", "host", "not what was committed to", wire.Frame(wire.FrameConfirm, rc))
	s.tellRefusedSession()
	s.tellRefusedTexts()
}

func (s *story) tellRefusedSession() {
	v := &s.v
	s.refuse("signal", "guest", "one bit", flip(v.Signals[0].Message, -1))
	s.refuse("signal", "guest", "another kind", flip(v.Signals[0].Message, 1))
	s.refuse("signal", "guest", "the second before the first", v.Signals[1].Message)
	s.refuse("signal", "host", "sent back to where it came from", v.Signals[0].Message)
	s.refuse("signal", "guest", "sent back to where it came from", v.Signals[3].Message)
	s.refuse("resume", "host", "one bit", flip(v.Resumes[1].Frame, -1))
	s.refuse("resume", "host", "sent back to where it came from", v.Resumes[0].Frame)
	s.refuse("resume", "host", "another session", flip(v.Resumes[1].Frame, 1))
	s.refuse("finished", "guest", "one bit", flip(v.Finished[0].Message, -1))
	s.refuse("finished", "guest", "another number", flip(v.Finished[0].Message, 8))
	s.refuse("finished", "guest", "sent back to where it came from", v.Finished[1].Message)
	h := s.host
	swapped := join([]byte{dataFinished}, wire.Uint64(0), h.finished(HostToGuest, 0, [32]byte(seed("middle")), [32]byte(v.Finished[0].FPGuest)))
	s.refuse("finished", "guest", "the certificate of somebody between", swapped)
	s.refuse("data", "guest", "one bit", flip(v.Data[0].Message, -1))
	s.refuse("data", "guest", "the second before the first", v.Data[1].Message)
	s.refuse("data", "host", "sent back to where it came from", v.Data[0].Message)
	s.refuse("data", "guest", "a finished message again", v.Finished[0].Message)
	host := func(j string) []byte {
		n := wire.Uint64(0)
		sealed := lock(h.data[GuestToHost].b[:], counter(0), h.aad(GuestToHost, 0), pad(s.t, []byte(j)))
		return join([]byte{dataSealed}, n, sealed)
	}
	s.refuse("data", "host", "a guest cannot say that the code matched", host(`{"t":"verified"}`))
	s.refuse("data", "host", "a guest cannot ask for voice only", host(`{"t":"voice","only":true}`))
}

func (s *story) tellRefusedTexts() {
	v := &s.v
	bad := func(message, why, j string) { v.JSON = append(v.JSON, refusedJSON{message, why, j}) }
	bad("card", "no therapist", `{"practice":"x"}`)
	bad("card", "unknown name", `{"therapist":"x","phone":"1"}`)
	bad("card", "null", `{"therapist":"x","welcome":null}`)
	bad("knock", "missing name", strings.Replace(v.Knock.JSON, `"lang":"en",`, "", 1))
	bad("knock", "unknown name", strings.Replace(v.Knock.JSON, `{`, `{"x":1,`, 1))
	bad("knock", "five digits", strings.Replace(v.Knock.JSON, "042042", "42042", 1))
	bad("knock", "a letter in the PIN", strings.Replace(v.Knock.JSON, "042042", "04204x", 1))
	bad("knock", "81 characters", strings.Replace(v.Knock.JSON, "Kim 金", strings.Repeat("金", 81), 1))
	bad("knock", "time as text", strings.Replace(v.Knock.JSON, "1893456000", `"1893456000"`, 1))
	bad("knock", "time with a fraction", strings.Replace(v.Knock.JSON, "1893456000", `1893456000.5`, 1))
	bad("knock", "unknown modality", strings.Replace(v.Knock.JSON, `"wants":"video"`, `"wants":"smell"`, 1))
	bad("knock", "something after the end", v.Knock.JSON+"{}")
	bad("lobby-host", "unknown t", `{"t":"hold"}`)
	bad("lobby-host", "minus one try", `{"t":"pin","left":-1}`)
	bad("lobby-host", "a long sentence", `{"t":"deny","say":"`+strings.Repeat("a", 401)+`"}`)
	bad("lobby-host", "names that are not for it", `{"t":"waiting","left":1}`)
	bad("lobby-guest", "what only a host says", `{"t":"waiting"}`)
	bad("admit", "no policy", strings.Replace(v.Admit.JSON, `"policy":{"relay":true,"modality":"video"},`, "", 1))
	bad("admit", "unknown name inside", strings.Replace(v.Admit.JSON, `{"relay":true,`, `{"relay":true,"x":1,`, 1))
	bad("admit", "relay doubled inside", strings.Replace(v.Admit.JSON, `{"relay":true,`, `{"relay":true,"relay":false,`, 1))
	bad("admit", "code as a number", strings.Replace(v.Admit.JSON, `"code":true`, `"code":1`, 1))
	bad("admit", "a URL that is no TURN", strings.Replace(v.Admit.JSON, `turn:alcove`, `https:alcove`, 1))
	bad("offer", "no restart", `{"sdp":"v=0"}`)
	bad("answer", "what only an offer has", `{"sdp":"v=0","restart":false}`)
	bad("candidate", "line missing", `{"candidate":"","mid":"0"}`)
	bad("bye", "unknown reason", `{"why":"tired"}`)
	bad("restart", "not empty", `{"now":true}`)
	bad("data-host", "no cam", `{"t":"beat","mic":true}`)
	bad("data-host", "an empty id", `{"t":"got","id":""}`)
	bad("data-host", "41 characters of id", `{"t":"got","id":"`+strings.Repeat("a", 41)+`"}`)
	bad("data-host", "4001 characters", `{"t":"chat","id":"1","text":"`+strings.Repeat("a", 4001)+`","time":0}`)
	bad("data-host", "a list", `["beat"]`)
	bad("data-guest", "what only a host says", `{"t":"verified"}`)

	s.tellRefusedHandouts()

	short := append(wire.Uint32(1), make([]byte, 1019)...)
	v.Padding = []refusedPadding{
		{"1023 bytes", short},
		{"longer than it is", append(wire.Uint32(1021), make([]byte, 1020)...)},
		{"the length of a giant", append([]byte{255, 255, 255, 255}, make([]byte, 1020)...)},
		{"padding that is not zero", append(append(wire.Uint32(1), make([]byte, 1019)...), 1)},
		{"one size too large", append(wire.Uint32(1), make([]byte, 4092)...)},
	}
}

func (s *story) tellRefusedHandouts() {
	v := &s.v
	bad := func(message, why, j string) { v.JSON = append(v.JSON, refusedJSON{message, why, j}) }
	f := string(wire.DataBytes(wire.Ask{Form: vectorForm}))
	for _, message := range []string{"lobby-host", "data-host"} {
		bad(message, "a form without a why", strings.Replace(f, `"why":"Why \u003cthis\u003e",`, "", 1))
		bad(message, "a form with an unknown name", strings.Replace(f, `"how":`, `"script":"x","how":`, 1))
		bad(message, "a form without an id", strings.Replace(f, `"F-1"`, `""`, 1))
		bad(message, "a question without answers", strings.Replace(f, `[{"value":0,"label":"Ningún día"},{"value":1,"label":"Varios días"}]`, `[]`, 1))
		bad(message, "a form without questions", `{"t":"form","form":{"id":"F","lang":"es","title":"","why":"","how":"","stem":"","licence":"","items":[],"help":[]}}`)
		bad(message, "two questions of one number", strings.Replace(f, `{"n":9,"text"`, `{"n":1,"text"`, 1))
		bad(message, "an answer with a fraction", strings.Replace(f, `"value":3`, `"value":3.0`, 1))
		bad(message, "a question that is null", strings.Replace(f, `"items":[`, `"items":[null,`, 1))
		bad(message, "no language", strings.Replace(f, `"lang":"es"`, `"lang":"<b>"`, 1))
	}
	bad("data-host", "a plan whose part has no text", `{"t":"plan","plan":{"id":"P","title":"x","parts":[{"title":"x"}]}}`)
	bad("data-host", "thirteen parts", `{"t":"plan","plan":{"id":"P","title":"x","parts":[`+strings.Repeat(`{"title":"x","text":"x"},`, 12)+`{"title":"x","text":"x"}]}}`)
	bad("data-host", "a host that answers", `{"t":"answers","id":"F","given":{"1":0}}`)
	bad("data-guest", "an item twice", `{"t":"answers","id":"F","given":{"1":0,"1":3}}`)
	bad("data-guest", "an item with a leading zero", `{"t":"answers","id":"F","given":{"01":0}}`)
	bad("data-guest", "an item that is no number", `{"t":"answers","id":"F","given":{"x":0}}`)
	bad("data-guest", "an item below zero", `{"t":"answers","id":"F","given":{"-1":0}}`)
	bad("data-guest", "an answer below zero", `{"t":"answers","id":"F","given":{"1":-1}}`)
	bad("data-guest", "an answer with a fraction", `{"t":"answers","id":"F","given":{"1":0.5}}`)
	bad("data-guest", "an answer that is a text", `{"t":"answers","id":"F","given":{"1":"0"}}`)
	bad("data-guest", "an answer that is null", `{"t":"answers","id":"F","given":{"1":null}}`)
	bad("data-guest", "a list of answers", `{"t":"answers","id":"F","given":[0,1]}`)
	many := "0"
	for n := range 101 {
		many += fmt.Sprintf(`,"%d":0`, n+1)
	}
	bad("data-guest", "a hundred and one answers", `{"t":"answers","id":"F","given":{"0":`+many+`}}`)
	bad("data-guest", "a guest that asks", f)
	bad("data-guest", "a guest that keeps", `{"t":"kept","id":"F","ok":true}`)
}

// anotherInvite is another link of the same pair key.
func anotherInvite(t testing.TB, name string, like *Invite) (*Invite, error) {
	t.Helper()
	b := like.Bundle
	b.Nonce = [32]byte(seed(name))
	key, err := hpkeKey(seed(name + " key"))
	if err != nil {
		return nil, err
	}
	return assemble(b, like.pair, key, seed(name)), nil
}

// reknock seals a knock that is wrong inside.
func (s *story) reknock(key *SigningKey, j string, purpose []byte) []byte {
	if key == nil {
		_, _, key = newJWK(s.t, "guest")
	}
	_, ephemeral, _ := newJWK(s.t, "knock ephemeral")
	h := newFixedHPKE(s.t, ephemeral, s.invite.Bundle.InviteKey, join(label("knock"), s.invite.id[:]))
	signature := fixedSign(s.t, key, purpose, s.invite.id[:], h.enc, []byte(j))
	return wire.Frame(wire.FrameKnock, h.seal(s.t, pad(s.t, join(signature, []byte(j)))))
}

// readmit seals an admit that is signed wrongly.
func (s *story) readmit(key *SigningKey, t1 []byte) []byte {
	_, ephemeral, _ := newJWK(s.t, "admit ephemeral")
	h := newFixedHPKE(s.t, ephemeral, Public(s.v.Knock.GuestKEMPublic), join(label("admit"), s.v.Knock.T1))
	signature := fixedSign(s.t, key, label("admit"), t1, h.enc, []byte(s.v.Admit.JSON))
	return wire.Frame(wire.FrameAdmit, h.seal(s.t, pad(s.t, join(signature, []byte(s.v.Admit.JSON)))))
}

// opener gives each reader in the state just before the good message.
func opener(t *testing.T, s *story, open, by string) func([]byte) error {
	t.Helper()
	now := time.Unix(s.v.Knock.Now, 0)
	g := s.tellKnockAgain()
	h, err := s.invite.OpenKnock(s.v.Knock.Frame[1:], now)
	if err != nil {
		t.Fatal(err)
	}
	hs := newSession(HostToGuest, &h.lobby, append([]byte(nil), s.v.Admit.SS2...), s.v.Admit.Frame[1:], [16]byte(s.v.Admit.Session))
	handshake := &HostHandshake{s: hs, rc: h.Knock.RC}
	copy(handshake.rt.b[:], s.v.Admit.RT)
	switch open {
	case "bundle":
		return func(b []byte) error { _, err := OpenBundle([32]byte(s.v.Link.L), b); return err }
	case "card":
		return func(b []byte) error { _, _, err := s.link.OpenCard(b); return err }
	case "knock":
		return func(b []byte) error { _, err := s.invite.OpenKnock(b[1:], now); return err }
	case "lobby":
		if by == "host" {
			return func(b []byte) error { _, err := h.OpenLobby(b[1:]); return err }
		}
		return func(b []byte) error { _, err := g.OpenLobby(b[1:]); return err }
	case "admit":
		return func(b []byte) error { _, _, _, err := g.OpenAdmit(b[1:]); return err }
	case "confirm":
		return func(b []byte) error { _, err := handshake.OpenConfirm(b[1:]); return err }
	}
	session, _, confirm, err := g.OpenAdmit(s.v.Admit.Frame[1:])
	if err != nil {
		t.Fatal(err)
	}
	if by == "host" {
		if session, err = handshake.OpenConfirm(confirm[1:]); err != nil {
			t.Fatal(err)
		}
		session.signalOut = 4
	} else {
		session.signalOut = 2
	}
	fpHost, fpGuest := [32]byte(s.v.Finished[0].FPHost), [32]byte(s.v.Finished[0].FPGuest)
	switch open {
	case "signal":
		return func(b []byte) error { _, err := session.OpenSignal(b[1:]); return err }
	case "resume":
		return func(b []byte) error { _, err := session.OpenResume(b[1:]); return err }
	case "finished":
		return func(b []byte) error { return session.CheckFinished(b, fpHost, fpGuest) }
	case "data":
		return func(b []byte) error { _, err := session.OpenData(b); return err }
	}
	t.Fatal("nobody opens " + open)
	return nil
}

func (s *story) tellKnockAgain() *GuestKnock {
	keep := s.v.Knock
	defer func() { s.v.Knock = keep }()
	return s.tellKnock()
}

// TestRefused holds every refused vector against its reader, and the good message of the same
// name as well: a reader that refuses everything would pass otherwise.
func TestRefused(t *testing.T) {
	s := tell(t)
	good := map[string][]byte{
		"bundle guest": s.v.Link.Bundle, "card guest": s.v.Card.Card, "knock host": s.v.Knock.Frame,
		"lobby guest": s.v.Lobby.Messages[0].Message, "lobby host": s.v.Lobby.Messages[len(s.v.Lobby.Messages)-1].Message,
		"admit guest": s.v.Admit.Frame, "confirm host": s.v.Confirm.Frame,
		"signal guest": s.v.Signals[0].Message, "signal host": s.v.Signals[3].Message, "resume host": s.v.Resumes[1].Frame,
		"finished guest": s.v.Finished[0].Message, "data guest": s.v.Data[0].Message, "data host": s.v.Data[8].Message,
	}
	for _, r := range s.v.Refused {
		t.Run(r.Open+" by "+r.By+": "+r.Why, func(t *testing.T) {
			if err := opener(t, s, r.Open, r.By)(r.Message); err == nil {
				t.Error("taken")
			} else if !errors.Is(err, ErrForged) && !errors.Is(err, ErrOrder) && !errors.Is(err, ErrKey) && !errors.Is(err, wire.ErrRefused) {
				t.Errorf("an error that nobody can test for: %v", err)
			}
			if err := opener(t, s, r.Open, r.By)(good[r.Open+" "+r.By]); err != nil {
				t.Errorf("the good one was refused: %v", err)
			}
		})
	}
	for _, r := range s.v.JSON {
		t.Run(r.Message+": "+r.Why, func(t *testing.T) {
			if err := parse(r.Message, r.JSON); !errors.Is(err, wire.ErrRefused) {
				t.Errorf("taken: %v", err)
			}
		})
	}
	for _, r := range s.v.Padding {
		if _, err := wire.Unpad(r.Bytes); !errors.Is(err, wire.ErrRefused) {
			t.Errorf("%s: taken", r.Why)
		}
	}
}

func parse(message, j string) error {
	kinds := map[string]wire.SignalKind{
		"offer": wire.SignalOffer, "answer": wire.SignalAnswer, "candidate": wire.SignalCandidate,
		"bye": wire.SignalBye, "restart": wire.SignalRestart,
	}
	var err error
	switch message {
	case "card":
		_, err = wire.ParseCard([]byte(j))
	case "knock":
		_, err = wire.ParseKnock([]byte(j))
	case "lobby-host":
		_, err = wire.ParseHostLobby([]byte(j))
	case "lobby-guest":
		_, err = wire.ParseGuestLobby([]byte(j))
	case "admit":
		_, err = wire.ParseAdmit([]byte(j))
	case "data-host", "data-guest":
		_, err = wire.ParseData([]byte(j), message == "data-host")
	default:
		_, err = wire.ParseSignal(kinds[message], []byte(j))
	}
	return err
}
