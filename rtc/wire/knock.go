package wire

import (
	"fmt"
	"strings"
	"time"
)

// Wants is how a guest would like to meet, and what a host grants.
type Wants string

// The three ways to meet.
const (
	WantsVideo Wants = "video"
	WantsVoice Wants = "voice"
	WantsText  Wants = "text"
)

func (o *object) wants(name string) Wants {
	return Wants(o.choice(name, string(WantsVideo), string(WantsVoice), string(WantsText)))
}

// Knock is J of protocol.md, "Knock".
type Knock struct {
	Key   [PublicSize]byte // the guest's signing key
	KEM   [PublicSize]byte // the guest's ephemeral HPKE key
	Name  string
	PIN   string
	RC    [32]byte // the hash of r_c
	Time  time.Time
	Lang  string
	Wants Wants
}

// Bytes is J.
func (k Knock) Bytes() []byte {
	return encode(struct {
		Key   string `json:"key"`
		KEM   string `json:"kem"`
		Name  string `json:"name"`
		PIN   string `json:"pin"`
		RC    string `json:"rc"`
		Time  int64  `json:"time"`
		Lang  string `json:"lang"`
		Wants Wants  `json:"wants"`
	}{Encode(k.Key[:]), Encode(k.KEM[:]), k.Name, k.PIN, Encode(k.RC[:]), k.Time.Unix(), k.Lang, k.Wants})
}

// ParseKnock reads J.
func ParseKnock(b []byte) (Knock, error) {
	o := parseObject(b)
	var k Knock
	copy(k.Key[:], o.bytes("key", PublicSize))
	copy(k.KEM[:], o.bytes("kem", PublicSize))
	copy(k.RC[:], o.bytes("rc", 32))
	k.Name, k.PIN, k.Lang = o.text("name", MaxName), o.text("pin", 6), o.text("lang", 35)
	k.Time = time.Unix(o.number("time", maxTime), 0)
	k.Wants = o.wants("wants")
	if !isPIN(k.PIN) {
		o.fail("bad pin")
	}
	if !isLanguage(k.Lang) {
		o.fail("bad lang")
	}
	return k, o.done()
}

func isPIN(s string) bool {
	return s == "" || len(s) == 6 && strings.Trim(s, "0123456789") == ""
}

// isLanguage is the alphabet of BCP 47, no more.
func isLanguage(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return len(s) >= 2
}

// Lobby is one of the messages before admit.
type Lobby interface{ lobby() []byte }

type (
	// LobbyWaiting tells the guest that the bell rang.
	LobbyWaiting struct{}
	// LobbyPIN tells that the PIN was wrong; Left 0 closes the link.
	LobbyPIN struct{ Left int }
	// LobbyDeny ends the knock with a sentence.
	LobbyDeny struct{ Say string }
	// LobbyLeave is the guest's way out.
	LobbyLeave struct{}
)

func (LobbyWaiting) lobby() []byte { return []byte(`{"t":"waiting"}`) }

func (m LobbyPIN) lobby() []byte {
	return encode(struct {
		T    string `json:"t"`
		Left int    `json:"left"`
	}{"pin", m.Left})
}

func (m LobbyDeny) lobby() []byte {
	return encode(struct {
		T   string `json:"t"`
		Say string `json:"say"`
	}{"deny", m.Say})
}

func (LobbyLeave) lobby() []byte { return []byte(`{"t":"leave"}`) }

// LobbyBytes is the JSON of m.
func LobbyBytes(m Lobby) []byte { return m.lobby() }

// ParseHostLobby reads what a host says before admit.
func ParseHostLobby(b []byte) (Lobby, error) {
	o := parseObject(b)
	var m Lobby
	switch o.text("t", 16) {
	case "waiting":
		m = LobbyWaiting{}
	case "pin":
		m = LobbyPIN{int(o.number("left", 100))}
	case "deny":
		m = LobbyDeny{o.text("say", 400)}
	case "form":
		m = LobbyForm{o.form()}
	default:
		o.fail("bad t")
	}
	return m, o.done()
}

// ParseGuestLobby reads what a guest says before admit.
func ParseGuestLobby(b []byte) (Lobby, error) {
	o := parseObject(b)
	o.choice("t", "leave")
	return LobbyLeave{}, o.done()
}

// Admit is J of protocol.md, "Admit".
type Admit struct {
	Session [16]byte
	RT      [32]byte
	Code    bool
	Relay   bool // relay-only ICE
	Wants   Wants
	TURN    *TURN // nil if the relay offers none
}

// TURN is a way around closed networks, with credentials that expire.
type TURN struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username"`
	Credential string   `json:"credential"`
}

// Bytes is J.
func (a Admit) Bytes() []byte {
	type policy struct {
		Relay    bool  `json:"relay"`
		Modality Wants `json:"modality"`
	}
	return encode(struct {
		Session string `json:"session"`
		RT      string `json:"rt"`
		Code    bool   `json:"code"`
		Policy  policy `json:"policy"`
		TURN    *TURN  `json:"turn"`
	}{Encode(a.Session[:]), Encode(a.RT[:]), a.Code, policy{a.Relay, a.Wants}, a.TURN})
}

// ParseAdmit reads J.
func ParseAdmit(b []byte) (Admit, error) {
	o := parseObject(b)
	var a Admit
	copy(a.Session[:], o.bytes("session", len(a.Session)))
	copy(a.RT[:], o.bytes("rt", len(a.RT)))
	a.Code = o.flag("code")
	p := o.object("policy", false)
	a.Relay, a.Wants = p.flag("relay"), p.wants("modality")
	if err := p.done(); err != nil {
		return a, err
	}
	if t := o.object("turn", true); t != nil {
		a.TURN = &TURN{URLs: t.texts("urls", 8), Username: t.text("username", 400), Credential: t.text("credential", 400)}
		if err := t.done(); err != nil {
			return a, err
		}
		for _, u := range a.TURN.URLs {
			if !strings.HasPrefix(u, "turn:") && !strings.HasPrefix(u, "turns:") && !strings.HasPrefix(u, "stun:") {
				return a, fmt.Errorf("%w: bad urls", ErrRefused)
			}
		}
	}
	return a, o.done()
}
