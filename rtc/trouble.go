package rtc

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"alcove/app"
)

// What the therapist reads beside the line.
const (
	looking       = "Looking for the relay."
	linkElsewhere = "The relay refuses one of your links: it belongs to another installation there. Nobody can knock by it; close it and make a new one."
	linkSpent     = "The relay says that one of your links was used or closed already. Nobody can knock by it; make a new one."
	linkRefused   = "The relay refuses one of your links. Nobody can knock by it; close it and make a new one."
	relayFull     = "The relay is full and takes no more links. Those not there yet follow once it has room."
	noTURN        = "A link promised to hide your address, and the relay gave no means to. That call works only inside your own network."
	tokenWanted   = "The relay is closed to strangers, and nobody can knock until you show it a token. Ask whoever runs it for one, and type it in Settings."
	tokenRefused  = "The relay refuses the token in your settings, and nobody can knock. Compare it with the one from whoever runs the relay; they may have changed it."
	otherPage     = "The relay serves a page that is not the one of this program: another version, or one that somebody changed. Meet nobody over it until you know why."
)

// refusal is an answer to a link in words.
func refusal(err error) string {
	var a answeredError
	errors.As(err, &a)
	switch int(a) {
	case http.StatusForbidden:
		return linkElsewhere
	case http.StatusGone:
		return linkSpent
	}
	return linkRefused
}

// trouble is everything that is wrong with the line at one time. Host.mu guards it.
type trouble struct {
	reached bool
	relay   string // about reaching it
	page    string // it serves another
	token   string // it is closed to strangers
	turn    string // it gave none where one was promised
}

// setStatus tells how the relay is reached.
func (h *Host) setStatus(reached bool, problem string) {
	h.trouble(func(t *trouble) { t.reached, t.relay = reached, problem })
}

func (h *Host) trouble(change func(*trouble)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change(&h.troubles)
	h.tellStatus()
}

// tellStatus tells every doorstep once when something changed. Under mu.
func (h *Host) tellStatus() {
	t := h.troubles
	var links []string
	for _, l := range h.links {
		links = append(links, l.refused)
	}
	slices.Sort(links)
	words := append([]string{t.page, t.relay, t.token, t.turn}, slices.Compact(links)...)
	words = slices.DeleteFunc(words, func(s string) bool { return s == "" })
	s := app.LineStatus{Reached: t.reached, Origin: h.options.Origin, Problem: strings.Join(words, " ")}
	if s == h.status {
		return
	}
	h.status = s
	told := map[app.Doorstep]bool{}
	for _, l := range h.links {
		if at := l.at; at != nil && !told[at] { // Open may replace it before it is told
			told[at] = true
			h.posts.put(func() { at.LineChanged(s) })
		}
	}
}
