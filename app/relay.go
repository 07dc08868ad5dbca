package app

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
)

// RelaySettings says which relay carries the line.
type RelaySettings struct {
	// URL of a relay elsewhere; "" is the one inside the app.
	URL string
	// LAN lets the relay inside the app answer other machines of the local network.
	LAN bool
}

// RelayChoice remembers which relay to take at the next start, when the vault is still shut: so
// in plain text, and without a secret. rtc.Home implements it.
type RelayChoice interface {
	KeepRelay(s RelaySettings) error
}

// TokenHolder is a Line that can use a relay whose operator has closed it to strangers.
type TokenHolder interface {
	// HoldToken gives the line what the relay at url wants to see. It shows it to that relay and
	// to no other, whichever one it uses. "" for both takes it back. It returns at once.
	HoldToken(url string, t RelayToken)
}

// RelayToken opens a closed relay: its operator gives it to therapists. It is kept in the vault
// alone, since nothing needs it while that is shut. It can be neither printed nor compared.
type RelayToken struct {
	_ [0]func()
	s string
}

// NewRelayToken takes a token as it was typed or pasted.
func NewRelayToken(s string) RelayToken { return RelayToken{s: strings.TrimSpace(s)} }

// Text is the secret itself, for the relay and for the field in which it is typed.
func (t RelayToken) Text() string { return t.s }

// Format keeps the secret out of logs and error texts.
func (RelayToken) Format(s fmt.State, _ rune) { fmt.Fprint(s, "RelayToken(…)") }

// MarshalJSON is for the sealed store.
func (t RelayToken) MarshalJSON() ([]byte, error) { return json.Marshal(t.s) }

// UnmarshalJSON is for the sealed store.
func (t *RelayToken) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &t.s) }

// What a relay takes for a token (relay.Config) and one line of a header can carry.
const relayTokenLeast, relayTokenMost = 16, 400

// checkRelay tells which field needs another look, and tidies what was typed.
func (pr *Profile) checkRelay() error {
	pr.Relay.URL = strings.TrimRight(strings.TrimSpace(pr.Relay.URL), "/")
	t := pr.RelayToken.s
	if pr.Relay.URL == "" {
		if t != "" {
			return &FieldError{"RelayToken", "A token belongs to a relay elsewhere: fill in its address too, or leave the token empty."}
		}
		return nil
	}
	u, err := url.Parse(pr.Relay.URL)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return &FieldError{"Relay", "A relay's address looks like https://relay.example."}
	}
	switch {
	case t == "":
		return nil
	case len(t) < relayTokenLeast || len(t) > relayTokenMost || strings.ContainsFunc(t, unicode.IsControl):
		return &FieldError{"RelayToken", "A token has at least 16 characters, in one line. Copy it whole from whoever runs the relay."}
	case u.Scheme == "http" && !isThisMachine(u.Hostname()):
		return &FieldError{"RelayToken", "Everybody on the way could read the token: the relay's address must begin with https:// to use one."}
	}
	return nil
}

func isThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// holdToken gives the line the token of the relay that was chosen; while the vault is locked, none.
func (p *Practice) holdToken() {
	line, ok := p.deps.Line.(TokenHolder)
	if !ok {
		return
	}
	var pr Profile
	p.mu.Lock()
	if p.records != nil {
		pr = p.profile
	}
	p.mu.Unlock()
	line.HoldToken(pr.Relay.URL, pr.RelayToken)
}
