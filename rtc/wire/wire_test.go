package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

var when = time.Unix(1893456000, 0)

func TestPadKeepsSizesFew(t *testing.T) {
	for n, want := range map[int]int{0: 1024, 1020: 1024, 1021: 4096, 4092: 4096, 4093: 16384, 16380: 16384, 16381: 65000, 64996: 65000} {
		x := bytes.Repeat([]byte{7}, n)
		p, err := Pad(x)
		if err != nil || len(p) != want {
			t.Fatalf("%d bytes are padded to %d, %v; want %d", n, len(p), err, want)
		}
		if back, err := Unpad(p); err != nil || !bytes.Equal(back, x) {
			t.Errorf("%d bytes do not come back: %v", n, err)
		}
	}
	if _, err := Pad(make([]byte, 64997)); !errors.Is(err, ErrRefused) {
		t.Errorf("too many bytes: %v", err)
	}
}

func TestLink(t *testing.T) {
	l := [32]byte{1, 2, 3}
	link := FormatLink("https://alcove.example/", l)
	origin, got, err := ParseLink(link)
	if err != nil || origin != "https://alcove.example" || got != l {
		t.Fatalf("%s gives %s %v", link, origin, err)
	}
	for _, bad := range []string{
		"", "ftp" + link[5:], strings.Replace(link, "/j#1", "/j#2", 1), strings.Replace(link, "/j#", "/k#", 1), strings.Replace(link, "/j#", "/j?x=1#", 1),
		link + "A", link[:len(link)-1], strings.Replace(link, "https://", "https://who@", 1), link[:len(link)-1] + "\n", link[:len(link)-1] + "B",
	} {
		if _, _, err := ParseLink(bad); !errors.Is(err, ErrRefused) {
			t.Errorf("%q was taken: %v", bad, err)
		}
	}
}

func TestMessagesComeBack(t *testing.T) {
	knock := Knock{Key: [65]byte{4, 1}, KEM: [65]byte{4, 2}, Name: "Kim 金\"<", PIN: "012345", RC: [32]byte{9}, Time: when, Lang: "pt-BR", Wants: WantsVoice}
	if got, err := ParseKnock(knock.Bytes()); err != nil || got != knock {
		t.Errorf("knock: %+v %v", got, err)
	}
	for _, a := range []Admit{
		{Session: [16]byte{1}, RT: [32]byte{2}, Code: true, Relay: true, Wants: WantsText, TURN: &TURN{URLs: []string{"turn:x:1"}, Username: "u", Credential: "c"}},
		{Wants: WantsVideo},
	} {
		if got, err := ParseAdmit(a.Bytes()); err != nil || !reflect.DeepEqual(got, a) {
			t.Errorf("admit: %+v %v", got, err)
		}
	}
	ask := Form{
		ID: "F1", Lang: "es", Title: "PHQ-9", Why: "So that we see", How: "Please", Stem: "Over the last 2 weeks", Licence: "free",
		Items: []Item{{N: 9, Text: "Thoughts", Choices: []Choice{{0, "Not at all"}, {3, "Nearly every day"}}}}, Help: []Help{{9, 0}},
	}
	if !ask.Fits() || (Form{}).Fits() {
		t.Error("what fits does not, or what does not fit does")
	}
	for _, m := range []Lobby{LobbyWaiting{}, LobbyPIN{3}, LobbyDeny{"not today"}, LobbyForm{ask}} {
		if got, err := ParseHostLobby(LobbyBytes(m)); err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("lobby: %+v %v", got, err)
		}
	}
	for _, m := range []Signal{Offer{"v=0\r\n", true}, Answer{"v=0"}, Candidate{"candidate:1", "0", 2}, Bye{ByeTampered}, Restart{}} {
		if got, err := ParseSignal(m.Kind(), SignalBytes(m)); err != nil || got != m {
			t.Errorf("signal: %+v %v", got, err)
		}
	}
	plan := Plan{ID: "P1", Title: "Safety plan", Parts: []Part{{"Signs", "Not sleeping\nNot eating"}}}
	for _, m := range []Data{Answers{"F1", map[int]int{1: 2, 9: 1}}, Answers{"F1", map[int]int{}}, Shown{"P1", true}} {
		if got, err := ParseData(DataBytes(m), false); err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("data of a guest: %+v %v", got, err)
		}
		if _, err := ParseData(DataBytes(m), true); !errors.Is(err, ErrRefused) {
			t.Errorf("a host said %+v", m)
		}
	}
	for _, m := range []Data{
		Beat{true, false}, Chat{"1", "hello", when}, Got{"1"}, Voice{true}, Verified{}, Farewell{}, Ask{ask}, Show{plan}, Kept{"F1", true},
	} {
		if got, err := ParseData(DataBytes(m), true); err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("data: %+v %v", got, err)
		}
	}
	if got, err := ParseCard(Card{Therapist: "Dr. Ruiz", Welcome: "Hi"}.Bytes()); err != nil || got.Therapist != "Dr. Ruiz" || got.Welcome != "Hi" {
		t.Errorf("card: %+v %v", got, err)
	}
}

func TestBundle(t *testing.T) {
	b := Bundle{Kind: LinkStanding, Flags: FlagPIN, Expires: when, InviteKey: [65]byte{4, 1}, PairKey: [65]byte{4, 2}, Nonce: [32]byte{3}}
	raw := b.Bytes()
	if got, err := ParseBundle(raw); err != nil || got != b || len(raw) != BundleSize {
		t.Errorf("%+v %v", got, err)
	}
	for at, v := range map[int]byte{0: 2, 1: 3, 2: 4, 3: 0xff} {
		bad := bytes.Clone(raw)
		bad[at] = v
		if _, err := ParseBundle(bad); !errors.Is(err, ErrRefused) {
			t.Errorf("byte %d as %d was taken", at, v)
		}
	}
}

// TestErrorsTellNothing: what a client typed must not reach a log by way of an error.
func TestErrorsTellNothing(t *testing.T) {
	_, err := ParseKnock([]byte(`{"name":"Kim Secret","pin":"123456","Kim Secret":1}`))
	if err == nil || strings.Contains(err.Error(), "Kim") || strings.Contains(err.Error(), "123456") {
		t.Errorf("the error says %v", err)
	}
}

// seeds are the messages of the vectors, so that fuzzing begins where both sides agree.
func seeds(f *testing.F) (texts [][]byte, frames [][]byte) {
	f.Helper()
	raw, err := os.ReadFile("../seal/testdata/vectors.json")
	if err != nil {
		f.Fatal(err)
	}
	var all any
	if err := json.Unmarshal(raw, &all); err != nil {
		f.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		case string:
			if strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[") {
				texts = append(texts, []byte(v))
			} else if b, err := Decode(v, len(v)*3/4); err == nil && len(b) > 40 {
				frames = append(frames, b)
			}
		}
	}
	walk(all)
	if len(texts) < 30 || len(frames) < 30 {
		f.Fatalf("only %d texts and %d frames", len(texts), len(frames))
	}
	return texts, frames
}

// FuzzMessages holds every JSON parser to one law: what is taken is said again and means the
// same, and everything else is ErrRefused.
func FuzzMessages(f *testing.F) {
	texts, _ := seeds(f)
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		again(t, b, ParseCard, Card.Bytes)
		again(t, b, ParseKnock, Knock.Bytes)
		again(t, b, ParseAdmit, Admit.Bytes)
		again(t, b, ParseHostLobby, LobbyBytes)
		again(t, b, ParseGuestLobby, LobbyBytes)
		for kind := SignalOffer; kind <= SignalRestart+1; kind++ {
			again(t, b, func(b []byte) (Signal, error) { return ParseSignal(kind, b) }, SignalBytes)
		}
		again(t, b, func(b []byte) (Data, error) { return ParseData(b, true) }, DataBytes)
		again(t, b, func(b []byte) (Data, error) { return ParseData(b, false) }, DataBytes)
		refusedOr(t, b, ParseNotice)
		refusedOr(t, b, ParsePresence)
		refusedOr(t, b, ParseBlob)
	})
}

func again[M any](t *testing.T, b []byte, parse func([]byte) (M, error), say func(M) []byte) {
	t.Helper()
	m, err := parse(b)
	if err != nil {
		if !errors.Is(err, ErrRefused) {
			t.Errorf("%T: %v", m, err)
		}
		return
	}
	back, err := parse(say(m))
	if err != nil || !reflect.DeepEqual(m, back) {
		t.Errorf("%+v comes back as %+v, %v", m, back, err)
	}
}

func refusedOr[M any](t *testing.T, b []byte, parse func([]byte) (M, error)) {
	t.Helper()
	if m, err := parse(b); err != nil && !errors.Is(err, ErrRefused) {
		t.Errorf("%T: %v", m, err)
	}
}

// FuzzFrames does the same for everything that is not JSON.
func FuzzFrames(f *testing.F) {
	_, frames := seeds(f)
	for _, b := range frames {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if kind, rest, err := ParseFrame(b); err == nil && !bytes.Equal(Frame(kind, rest), b) {
			t.Error("a frame does not come back")
		}
		if r, rest, err := ParseRouted(b); err == nil && !bytes.Equal(Routed(r, rest), b) {
			t.Error("a routed frame does not come back")
		}
		if x, err := Unpad(b); err == nil {
			if p, err := Pad(x); err != nil || !bytes.Equal(p, b) {
				t.Error("padding does not come back")
			}
		}
		if m, err := ParseBundle(b); err == nil && !bytes.Equal(m.Bytes(), b) {
			t.Error("a bundle does not come back")
		}
		if _, l, err := ParseLink(string(b)); err == nil {
			if _, back, err := ParseLink(FormatLink("https://x", l)); err != nil || back != l {
				t.Error("a link does not come back")
			}
		}
	})
}
