package rtc

import (
	"net/http"
	"strings"

	"alcove/app"
)

// tokenHeader is what a relay that is closed to strangers wants to see.
const tokenHeader = "Alcove-Relay-Token"

// HoldToken takes the token from the open vault, and drops it at a lock. A token for another relay
// than the one in use is not shown to this one: the choice was changed for the next start, or by
// somebody who would like to be shown it.
func (h *Host) HoldToken(url string, t app.RelayToken) {
	token := t.Text()
	if strings.TrimSuffix(url, "/") != h.options.Relay {
		token = ""
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if token == h.token { // both are ours
		return
	}
	h.token = token
	h.troubles.token = ""
	h.tellStatus()
	h.nudge()
	h.lookAgain()
}

// staying is c, which may be nil, without redirects: a request that follows one takes the token, and a
// link's owner token, to wherever the answer points.
func staying(c *http.Client) *http.Client {
	var own http.Client
	if c != nil {
		own = *c
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// showToken adds the header without which a closed relay refuses.
func (h *Host) showToken(header http.Header) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.token != "" {
		header.Set(tokenHeader, h.token)
	}
}

// closed tells whether the relay, which is there, turned us away as a stranger.
func (h *Host) closed(is bool) {
	h.trouble(func(t *trouble) {
		t.reached = t.reached || is
		switch {
		case !is:
			t.token = ""
		case h.token == "":
			t.token = tokenWanted
		default:
			t.token = tokenRefused
		}
		if is && (t.relay == away || t.relay == looking) {
			t.relay = ""
		}
	})
}
