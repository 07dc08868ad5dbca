package seal

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/json"
	"flag"
	"math/big"
	"os"
	"testing"
	"time"

	"alcove/rtc/wire"
)

var write = flag.Bool("write-vectors", false, "write testdata/vectors.json instead of comparing with it")

const vectorsFile = "testdata/vectors.json"

// seed is a fixed, unsecret 32 bytes for one input of the vectors.
func seed(name string) []byte {
	s := sha256.Sum256([]byte("alcove vectors: " + name))
	return s[:]
}

func newJWK(t testing.TB, name string) (jwk, *ecdh.PrivateKey, *SigningKey) {
	t.Helper()
	d := seed(name)
	k, err := ecdh.P256().NewPrivateKey(d)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseSigningKey(d)
	if err != nil {
		t.Fatal(err)
	}
	p := k.PublicKey().Bytes()
	return jwk{"EC", "P-256", p[1:33], p[33:], d}, k, s
}

// fixedSign is RFC 6979, so that writing the vectors again changes nothing.
func fixedSign(t testing.TB, key *SigningKey, parts ...[]byte) []byte {
	t.Helper()
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), key.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(join(parts...))
	der, err := k.Sign(nil, h[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	var n struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &n); err != nil {
		t.Fatal(err)
	}
	out := make([]byte, SignatureSize)
	n.R.FillBytes(out[:32])
	n.S.FillBytes(out[32:])
	return out
}

func pad(t testing.TB, x []byte) []byte {
	t.Helper()
	p, err := wire.Pad(x)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// story holds what the generator needs from one step to the next.
type story struct {
	t      testing.TB
	v      vectors
	invite *Invite
	link   *Link
	host   *Session
	guest  *Session
}

func (s *story) tellLink() {
	t, v := s.t, &s.v.Link
	var inviteKey *ecdh.PrivateKey
	var pair *SigningKey
	v.InviteKey, inviteKey, _ = newJWK(t, "invite")
	v.PairKey, _, pair = newJWK(t, "pair")
	v.Origin, v.Kind, v.Flags = "https://alcove.example", int(wire.LinkStanding), int(wire.FlagPIN|wire.FlagRelayOnly)
	v.Expires = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC).Unix()
	v.Nonce = seed("nonce")
	b := wire.Bundle{Kind: wire.LinkStanding, Flags: wire.LinkFlags(v.Flags), Expires: time.Unix(v.Expires, 0), Nonce: [32]byte(v.Nonce)}
	key, err := hpkeKey(inviteKey.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	i := assemble(b, pair, key, seed("owner"))
	s.invite = i
	v.B, v.L, v.LinkID = i.Bundle.Bytes(), i.l.b[:], i.id[:]
	v.InvitePublic, v.PairPublic = i.Bundle.InviteKey[:], i.Bundle.PairKey[:]
	v.BundleKey, v.CardKey, v.Bundle, v.URL = i.bundle.b[:], i.card.b[:], i.SealedBundle(), i.Link(v.Origin)
	if s.link, err = OpenBundle(i.l.b, v.Bundle); err != nil {
		t.Fatal(err)
	}

	c := &s.v.Card
	c.Version, c.Nonce = 1893456000, seed("card nonce")[:wire.NonceSize]
	c.JSON = `{"therapist":"Dr. Ana Ruiz","practice":"Praxis am Fluß","welcome":"Schön, dass Sie da sind. 🌿"}`
	c.Signature = fixedSign(t, pair, label("card"), i.id[:], wire.Uint32(c.Version), []byte(c.JSON))
	c.Plaintext = pad(t, join(wire.Uint32(c.Version), c.Signature, []byte(c.JSON)))
	c.Card = append(append(b64(nil), c.Nonce...), lock(i.card.b[:], c.Nonce, i.id[:], c.Plaintext)...)
}

func (s *story) tellKnock() *GuestKnock {
	t, v, id := s.t, &s.v.Knock, s.invite.id
	var signing *SigningKey
	var ephemeral, kemKey *ecdh.PrivateKey
	v.GuestKey, _, signing = newJWK(t, "guest")
	v.GuestKEM, kemKey, _ = newJWK(t, "guest kem")
	v.HPKEEphemeral, ephemeral, _ = newJWK(t, "knock ephemeral")
	gp := signing.Public()
	v.GuestPublic, v.GuestKEMPublic, v.Now = gp[:], kemKey.PublicKey().Bytes(), 1893456000
	v.RC = seed("r_c")
	h := commitment(v.RC)
	v.HRC = h[:]
	j := wire.Knock{
		Key: gp, KEM: Public(v.GuestKEMPublic), Name: "Kim 金", PIN: "042042", RC: h,
		Time: time.Unix(v.Now, 0), Lang: "en", Wants: wire.WantsVideo,
	}
	v.JSON = string(j.Bytes())
	sender := newFixedHPKE(t, ephemeral, s.invite.Bundle.InviteKey, join(label("knock"), id[:]))
	v.Enc = sender.enc
	v.Signature = fixedSign(t, signing, label("knock"), id[:], v.Enc, []byte(v.JSON))
	v.Plaintext = pad(t, join(v.Signature, []byte(v.JSON)))
	rest := sender.seal(t, v.Plaintext)
	v.Frame, v.SS1 = wire.Frame(wire.FrameKnock, rest), sender.export(t, "ss1")
	guestKEM, err := hpkeKey(kemKey.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	g := &GuestKnock{link: s.link, kem: guestKEM, lobby: newLobby(s.link.linkKeys, append([]byte(nil), v.SS1...), rest)}
	copy(g.rc.b[:], v.RC)
	t0 := digest(label("transcript"), s.v.Link.L)
	v.T0, v.T1 = t0[:], g.t1[:]
	return g
}

func (s *story) tellLobby(h *HostKnock, g *GuestKnock) {
	v := &s.v.Lobby
	v.KeyHost, v.KeyGuest = h.key(HostToGuest), h.key(GuestToHost)
	for _, m := range []wire.Lobby{wire.LobbyWaiting{}, wire.LobbyPIN{Left: 4}, wire.LobbyDeny{Say: "Today does not work. Please call me."}, wire.LobbyForm{Form: vectorForm}} {
		nonce := seed("lobby " + string(rune('0'+h.out)))[:wire.NonceSize]
		v.Messages = append(v.Messages, messageVector{"host", 0, h.out, string(wire.LobbyBytes(m)), h.sealWith(nonce, wire.FrameHostLobby, HostToGuest, m)})
	}
	leave, nonce := wire.LobbyLeave{}, seed("lobby leave")[:wire.NonceSize]
	v.Messages = append(v.Messages, messageVector{"guest", 0, g.out, string(wire.LobbyBytes(leave)), g.sealWith(nonce, wire.FrameGuestLobby, GuestToHost, leave)})
}

func (s *story) tellAdmit(h *HostKnock, g *GuestKnock) {
	t, v := s.t, &s.v.Admit
	var ephemeral *ecdh.PrivateKey
	v.HPKEEphemeral, ephemeral, _ = newJWK(t, "admit ephemeral")
	v.RT, v.Session = seed("r_t"), seed("session")[:16]
	a := wire.Admit{
		Session: [16]byte(v.Session), RT: [32]byte(v.RT), Code: true, Relay: true, Wants: wire.WantsVideo,
		TURN: &wire.TURN{URLs: []string{"turn:alcove.example:3478?transport=udp"}, Username: "1893459600:x", Credential: "c3VyZQ=="},
	}
	v.JSON = string(a.Bytes())
	sender := newFixedHPKE(t, ephemeral, h.Knock.KEM, join(label("admit"), h.t1[:]))
	v.Enc = sender.enc
	v.Signature = fixedSign(t, s.invite.pair, label("admit"), h.t1[:], v.Enc, []byte(v.JSON))
	v.Plaintext = pad(t, join(v.Signature, []byte(v.JSON)))
	rest := sender.seal(t, v.Plaintext)
	v.Frame, v.SS2 = wire.Frame(wire.FrameAdmit, rest), sender.export(t, "ss2")

	handshake := &HostHandshake{rc: h.Knock.RC, s: newSession(HostToGuest, &h.lobby, append([]byte(nil), v.SS2...), rest, a.Session)}
	copy(handshake.rt.b[:], v.RT)
	s.tellKeys(handshake.s)
	var confirm []byte
	var err error
	var got wire.Admit
	if s.guest, got, confirm, err = g.OpenAdmit(rest); err != nil || got.Session != a.Session {
		t.Fatal("the guest refused the admit: ", err)
	}
	if s.host, err = handshake.OpenConfirm(confirm[1:]); err != nil {
		t.Fatal(err)
	}
	v.T2 = s.host.t2[:]
	s.v.Confirm = confirmVector{confirm, s.host.t3[:]}
	s.v.Code = s.host.Code()
	if s.guest.Code() != s.v.Code || s.guest.t3 != s.host.t3 {
		t.Fatal("the two sides differ")
	}
}

func (s *story) tellKeys(k *Session) {
	show := func(x secret) b64 { return append(b64(nil), x.b[:]...) }
	s.v.Keys = map[string]b64{
		"SS": func() b64 {
			prk, err := hkdfExtract(join(s.v.Knock.SS1, s.v.Admit.SS2), s.v.Link.L)
			if err != nil {
				s.t.Fatal(err)
			}
			return prk
		}(),
		"signal h2g": show(k.signal[1]), "signal g2h": show(k.signal[2]), "data h2g": show(k.data[1]), "data g2h": show(k.data[2]),
		"resume h2g": show(k.resume[1]), "resume g2h": show(k.resume[2]), "confirm": show(k.confirm), "sas": show(k.sas), "media": show(k.media),
		"resume id": k.resumeID[:],
	}
}

func (s *story) tellSignals() {
	sides := map[string]*Session{"host": s.host, "guest": s.guest}
	say := func(from string, m wire.Signal) {
		n := sides[from].signalOut
		frame, err := sides[from].SealSignal(m)
		if err != nil {
			s.t.Fatal(err)
		}
		s.v.Signals = append(s.v.Signals, messageVector{from, int(m.Kind()), n, string(wire.SignalBytes(m)), frame})
	}
	say("host", wire.Offer{SDP: "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"})
	say("host", wire.Candidate{Candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ relay", Mid: "0"})
	say("host", wire.Candidate{})
	say("guest", wire.Answer{SDP: "v=0\r\n"})
	say("guest", wire.Restart{})
	say("host", wire.Bye{Why: wire.ByeEnded})
	for _, from := range []string{"host", "guest"} {
		nonce := seed("resume " + from)[:wire.NonceSize]
		frame := wire.Frame(wire.FrameResume, sides[from].sealResume(nonce))
		s.v.Resumes = append(s.v.Resumes, resumeVector{from, nonce, sides[from].signalIn, frame})
	}
}

func (s *story) tellData() {
	sides := map[string]*Session{"host": s.host, "guest": s.guest}
	fpHost, fpGuest := [32]byte(seed("fp host")), [32]byte(seed("fp guest"))
	for _, from := range []string{"host", "guest"} {
		s.v.Finished = append(s.v.Finished, finishedVector{from, sides[from].dataOut, fpHost[:], fpGuest[:], sides[from].Finished(fpHost, fpGuest)})
	}
	say := func(from string, m wire.Data) {
		n := sides[from].dataOut
		b, err := sides[from].SealData(m)
		if err != nil {
			s.t.Fatal(err)
		}
		s.v.Data = append(s.v.Data, messageVector{from, 0, n, string(wire.DataBytes(m)), b})
	}
	say("host", wire.Beat{Mic: true})
	say("host", wire.Chat{ID: "h-1", Text: "Hello <Kim> & 金 🌿", Time: time.UnixMilli(1893456000123)})
	say("host", wire.Voice{Only: true})
	say("host", wire.Verified{})
	say("host", wire.Ask{Form: vectorForm})
	say("host", wire.Kept{ID: vectorForm.ID, OK: true})
	say("host", wire.Show{Plan: wire.Plan{ID: "P-1", Title: "Safety plan", Parts: []wire.Part{{Title: "People", Text: "Ana\nJo"}, {Title: "Places"}}}})
	say("host", wire.Farewell{})
	say("guest", wire.Beat{Cam: true})
	say("guest", wire.Got{ID: "h-1"})
	say("guest", wire.Answers{ID: vectorForm.ID, Given: map[int]int{10: 0, 9: 1, 1: 3}})
	say("guest", wire.Answers{ID: vectorForm.ID})
	say("guest", wire.Shown{ID: "P-1", Yes: true})
}

// vectorForm is a questionnaire with every field in use.
var vectorForm = wire.Form{
	ID: "F-1", Lang: "es", Title: "PHQ-9", Why: "Why <this>", How: "How", Stem: "Durante las últimas 2 semanas", Licence: "Libre",
	Items: []wire.Item{
		{N: 1, Text: "Poco interés", Choices: []wire.Choice{{Value: 0, Label: "Ningún día"}, {Value: 3, Label: "Casi todos los días"}}},
		{N: 9, Text: "Pensamientos", Choices: []wire.Choice{{Value: 0, Label: "Ningún día"}, {Value: 1, Label: "Varios días"}}},
	},
	Help: []wire.Help{{N: 9, Above: 0}},
}

func tell(t testing.TB) *story {
	s := &story{t: t}
	s.v.About = "One session with fixed keys, for both implementations of rtc/protocol.md. Bytes are base64url, JSON is the text that was sealed. Nothing in here is secret. Written by go test ./rtc/seal -run Vectors -write-vectors."
	s.tellLink()
	g := s.tellKnock()
	h, err := s.invite.OpenKnock(s.v.Knock.Frame[1:], time.Unix(s.v.Knock.Now, 0))
	if err != nil {
		t.Fatal(err)
	}
	if h.t1 != g.t1 || !bytes.Equal(h.ss1.b[:], s.v.Knock.SS1) {
		t.Fatal("the two sides of the knock differ")
	}
	s.tellLobby(h, g)
	s.tellAdmit(h, g)
	s.tellSignals()
	s.tellData()
	s.tellRefused()
	s.v.Constant = map[string]string{}
	for _, name := range []string{"link", "link id", "bundle", "card", "knock", "rc", "ss1", "transcript", "lobby", "admit", "ss2", "confirm", "sas", "media", "code", "finished", "resume id"} {
		s.v.Constant[name] = wire.Encode(label(name))
	}
	return s
}

// TestVectors makes every step from the fixed inputs again and compares: the file is what the
// page is tested with, so a change on either side alone is caught.
func TestVectors(t *testing.T) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(tell(t).v); err != nil {
		t.Fatal(err)
	}
	if *write {
		if err := os.WriteFile(vectorsFile, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, out.Bytes()) {
		t.Error("the steps no longer give testdata/vectors.json")
	}
}
