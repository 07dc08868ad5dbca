package seal

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"alcove/rtc/wire"
)

// pair is one handshake with fresh keys: everything real, unlike the vectors.
func pair(t testing.TB) (i *Invite, host, guest *Session, held []any) {
	t.Helper()
	i, err := NewInvite(wire.LinkStanding, wire.FlagPIN, time.Now().Add(time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	link, err := OpenBundle(i.l.b, i.SealedBundle())
	if err != nil {
		t.Fatal(err)
	}
	key, err := NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	g, frame, err := link.Knock(wire.Knock{Name: "Kim", Lang: "en", Wants: wire.WantsVideo}, key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	h, err := i.OpenKnock(frame[1:], time.Now())
	if err != nil {
		t.Fatal(err)
	}
	held = []any{i, *i, link, *link, key, *key, g, *g, h, *h}
	ss1 := h.ss1.b
	hs, frame, err := h.Admit(wire.Admit{Wants: wire.WantsVideo, Code: true})
	if err != nil {
		t.Fatal(err)
	}
	if h.ss1.b == ss1 {
		t.Error("ss1 outlives the admit")
	}
	rc := g.rc.b
	guest, a, confirm, err := g.OpenAdmit(frame[1:])
	if err != nil || !a.Code {
		t.Fatal(err)
	}
	if g.rc.b == rc || g.kem != nil || g.ss1.b == ss1 {
		t.Error("the guest's ephemerals outlive the admit")
	}
	host, err = hs.OpenConfirm(confirm[1:])
	if err != nil {
		t.Fatal(err)
	}
	if hs.rt.b != [32]byte{} {
		t.Error("r_t outlives the confirm")
	}
	return i, host, guest, append(held, hs, *hs, host, *host, &i.owner, i.owner)
}

func TestBothSidesAgree(t *testing.T) {
	_, host, guest, _ := pair(t)
	if host.Code() != guest.Code() || len(host.Code()) != 6 {
		t.Errorf("the codes are %q and %q", host.Code(), guest.Code())
	}
	if !host.CheckCode(guest.Code()) || host.CheckCode("") || host.CheckCode(guest.Code()+" ") {
		t.Error("the code is compared wrongly")
	}
	for i := range 3 {
		f, err := host.SealSignal(wire.Candidate{Mid: "0"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := guest.OpenSignal(f[1:]); err != nil {
			t.Fatal(i, err)
		}
		if _, err := guest.OpenSignal(f[1:]); err == nil {
			t.Fatal("a signal was taken twice")
		}
		b, err := guest.SealData(wire.Beat{Mic: true})
		if err != nil {
			t.Fatal(err)
		}
		if m, err := host.OpenData(b); err != nil || m != (wire.Beat{Mic: true}) {
			t.Fatal(m, err)
		}
	}
	if n, err := guest.OpenResume(host.SealResume()[1:]); err != nil || n != 0 {
		t.Errorf("the host expects %d, %v", n, err)
	}
	if n, err := host.OpenResume(guest.SealResume()[1:]); err != nil || n != 3 {
		t.Errorf("the guest expects %d, %v", n, err)
	}
}

// TestSecretsAreNotPrinted walks every holder of a secret through fmt and JSON.
func TestSecretsAreNotPrinted(t *testing.T) {
	_, _, _, held := pair(t)
	for _, v := range held {
		for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s", "%q", "%d"} {
			if got := fmt.Sprintf(verb, v); got != redacted {
				t.Errorf("%T in %s gives %q", v, verb, got[:min(len(got), 60)])
			}
		}
		j, err := json.Marshal(v)
		if err != nil || string(j) != `"`+redacted+`"` {
			t.Errorf("%T in JSON gives %q, %v", v, j[:min(len(j), 60)], err)
		}
	}
	type wraps struct{ Key *SigningKey }
	k, err := NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%+v", wraps{k}); !strings.Contains(got, redacted) {
		t.Errorf("wrapped it gives %q", got)
	}
}

func TestWiped(t *testing.T) {
	_, host, _, _ := pair(t)
	if host.sas.b != [32]byte{} || host.confirm.b != [32]byte{} {
		t.Error("what made the code outlives the handshake")
	}
	host.Wipe()
	for d := range host.signal {
		if host.signal[d].b != [32]byte{} || host.data[d].b != [32]byte{} || host.resume[d].b != [32]byte{} || host.media.b != [32]byte{} {
			t.Error("keys outlive the session")
		}
	}
}

func TestMaterial(t *testing.T) {
	i, _, _, _ := pair(t)
	m := i.Material()
	back, err := ParseInvite(m)
	if err != nil || back.Link("https://x") != i.Link("https://x") || string(back.OwnerToken()) != string(i.OwnerToken()) || back.PairKey().Public() != i.PairKey().Public() {
		t.Fatalf("an invite does not come back: %v", err)
	}
	for at := range m {
		if at >= len(m)-32 || at >= 1+3 && at < 1+11 || at >= 1+141 && at < 1+173 {
			continue // owner token, expiry and nonce are any bytes
		}
		bad := append([]byte(nil), m...)
		bad[at] ^= 0x40
		if x, err := ParseInvite(bad); err == nil {
			t.Errorf("byte %d altered: taken as %v", at, x.Bundle.Kind)
		}
	}
}

// TestForwardSecrecy: who has the link, the invite key and everything that passed, but not the
// two ephemerals, gets another SS.
func TestForwardSecrecy(t *testing.T) {
	s := tell(t)
	h, err := s.invite.OpenKnock(s.v.Knock.Frame[1:], time.Unix(s.v.Knock.Now, 0)) // he can: he has the invite key
	if err != nil {
		t.Fatal(err)
	}
	thief, err := NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	stolen, err := hpkeKey(thief.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := openFrom(stolen, join(label("admit"), h.t1[:]), "ss2", s.v.Admit.Frame[1:]); err == nil {
		t.Error("the admit was opened without the guest's ephemeral key")
	}
	for _, guess := range [][]byte{make([]byte, 32), s.v.Knock.SS1, s.v.Link.L} {
		k := newSession(HostToGuest, &h.lobby, append([]byte(nil), guess...), s.v.Admit.Frame[1:], [16]byte(s.v.Admit.Session))
		if string(k.data[HostToGuest].b[:]) == string(s.v.Keys["data h2g"]) {
			t.Error("the data key came without ss2")
		}
	}
}

// TestLinkIsAKey: who breaks both key exchanges, and so has ss1 and ss2, still lacks L.
func TestLinkIsAKey(t *testing.T) {
	s := tell(t)
	other := newLinkKeys(make([]byte, 32))
	h := newLobby(other, append([]byte(nil), s.v.Knock.SS1...), s.v.Knock.Frame[1:])
	h.t1 = [32]byte(s.v.Knock.T1)
	k := newSession(HostToGuest, &h, append([]byte(nil), s.v.Admit.SS2...), s.v.Admit.Frame[1:], [16]byte(s.v.Admit.Session))
	if string(k.data[HostToGuest].b[:]) == string(s.v.Keys["data h2g"]) {
		t.Error("the data key came without L")
	}
}

// TestAKnockPlayedAgainSharesNoNonce: a desktop that forgot a knock answers it with the same key,
// from sequence 0 again.
func TestAKnockPlayedAgainSharesNoNonce(t *testing.T) {
	s := tell(t)
	seen := map[string]bool{}
	for range 3 {
		h, err := s.invite.OpenKnock(s.v.Knock.Frame[1:], time.Unix(s.v.Knock.Now, 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []wire.Lobby{wire.LobbyWaiting{}, wire.LobbyPIN{Left: 4}} {
			nonce := string(h.SealLobby(m)[9 : 9+wire.NonceSize])
			if seen[nonce] {
				t.Error("two answers under one nonce")
			}
			seen[nonce] = true
		}
	}
}

// TestCodeIsFixedBeforeItIsKnown: the code holds what each side had bound itself to. Another
// r_c does not confirm, and nothing after the admit changes the six digits.
func TestCodeIsFixedBeforeItIsKnown(t *testing.T) {
	_, host, guest, _ := pair(t)
	before := host.Code()
	if _, err := host.SealSignal(wire.Offer{SDP: "another certificate"}); err != nil {
		t.Fatal(err)
	}
	host.Finished([32]byte{1}, [32]byte{2})
	if host.Code() != before || guest.Code() != before {
		t.Error("what came later changed the code")
	}
	s := tell(t)
	tries := 0
	for n := range 1000 {
		h := opener(t, s, "confirm", "host")
		rc := digest([]byte(fmt.Sprint(n)))
		if h(wire.Frame(wire.FrameConfirm, lock(s.v.Keys["confirm"], make([]byte, wire.NonceSize), s.v.Admit.T2, rc[:]))) == nil {
			t.Fatal("another r_c was taken")
		}
		tries++
		if n > 20 {
			break
		}
	}
	if tries < 20 {
		t.Error("nothing was tried")
	}
}

// FuzzOpen throws bytes at everything that opens what another party sealed.
func FuzzOpen(f *testing.F) {
	s := tell(f)
	for _, b := range [][]byte{s.v.Link.Bundle, s.v.Card.Card, s.v.Knock.Frame, s.v.Admit.Frame, s.v.Confirm.Frame} {
		f.Add(append([]byte(nil), b...))
	}
	for _, m := range append(append(append([]messageVector(nil), s.v.Signals...), s.v.Data...), s.v.Lobby.Messages...) {
		f.Add([]byte(m.Message))
	}
	for _, r := range s.v.Refused {
		f.Add([]byte(r.Message))
	}
	good := map[string]bool{}
	for _, b := range [][]byte{s.v.Knock.Frame, s.v.Admit.Frame, s.v.Link.Bundle, s.v.Card.Card, s.v.Signals[3].Message, s.v.Data[8].Message, s.v.Finished[1].Message} {
		good[string(b)] = true
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		s := *s
		s.t = t
		for _, open := range []string{"bundle guest", "card guest", "knock host", "lobby host", "lobby guest", "admit guest", "confirm host", "signal host", "resume host", "finished guest", "data host"} {
			name, by, _ := strings.Cut(open, " ")
			if name == "lobby" || name == "resume" || name == "confirm" || name == "finished" {
				_ = opener(t, &s, name, by)(b)
				continue
			}
			if opener(t, &s, name, by)(b) == nil && !good[string(b)] && !(name != "bundle" && name != "card" && name != "data" && good[string(s.typed(name, b))]) {
				t.Errorf("%s was forged", open)
			}
		}
	})
}

// typed is b with the type byte of its name: readers get what is behind it.
func (s *story) typed(name string, b []byte) []byte {
	t := map[string]wire.FrameType{"knock": wire.FrameKnock, "admit": wire.FrameAdmit, "signal": wire.FrameSignal}[name]
	return wire.Frame(t, b[1:])
}

// FuzzInvite reads what a damaged vault might hold.
func FuzzInvite(f *testing.F) {
	s := tell(f)
	f.Add(s.invite.Material())
	f.Fuzz(func(t *testing.T, b []byte) {
		if i, err := ParseInvite(b); err == nil && string(i.Material()) != string(b) {
			t.Error("an invite does not come back")
		}
	})
}

func BenchmarkHandshake(b *testing.B) {
	for b.Loop() {
		pair(b)
	}
}
