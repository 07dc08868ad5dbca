package rtc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"alcove/rtc/wire"
)

const (
	firstPause = 250 * time.Millisecond
	longPause  = 10 * time.Second
	probeEvery = 30 * time.Second
	away       = "The relay cannot be reached. Clients cannot knock until it is back."
)

// pause is an exponential wait with jitter, so that a relay that comes back is not stormed. wake
// ends it: something is different now.
func pause(ctx context.Context, attempt int, wake <-chan struct{}) {
	d := min(firstPause<<min(attempt, 10), longPause)
	d = d/2 + rand.N(d/2+1) // #nosec G404 -- when to try again is no secret
	select {
	case <-ctx.Done():
	case <-time.After(d):
	case <-wake:
	}
}

// reach keeps the socket open while there is anything to listen to; else it only looks from
// time to time whether the relay is there, because a relay hangs up on idle hosts.
func (h *Host) reach(ctx context.Context) {
	for attempt := 0; ctx.Err() == nil; {
		if !h.wanted() {
			h.probe(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(probeEvery):
			case <-h.again:
			}
			continue
		}
		began := time.Now()
		err := h.dial(ctx)
		h.broken()
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > time.Minute {
			attempt = 0
		}
		if h.wanted() {
			h.options.Log.Warn("the relay is away", told(err))
			if errors.Is(err, errClosed) {
				h.closed(true)
			} else {
				h.setStatus(false, away)
			}
			pause(ctx, attempt, h.again)
			attempt++
		}
	}
}

// wanted tells whether a link waits to be listened to: a relay knows only what was published.
func (h *Host) wanted() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.links {
		if l.published {
			return true
		}
	}
	return false
}

// probe looks whether the relay is there, and whether it would let us in: it says so to a plain
// request for the socket as well, by another refusal (426).
func (h *Host) probe(ctx context.Context) {
	err := h.request(ctx, http.MethodGet, "/healthz", nil, nil)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		h.setStatus(false, away)
		return
	}
	h.setStatus(true, "")
	if err := h.request(ctx, http.MethodGet, hostPath, nil, nil); errors.Is(err, errRefused) {
		h.closed(errors.Is(err, errClosed))
	}
}

func (h *Host) started(s *socket) {
	h.mu.Lock()
	h.socket = s
	for _, l := range h.links {
		if l.published {
			s.order(wire.Order{Op: "listen", Link: l.link, Token: l.owner})
		}
	}
	h.mu.Unlock()
	h.closed(false)
	h.setStatus(true, "")
}

// broken forgets everybody at the door: a relay gives them new numbers. Calls go on without.
func (h *Host) broken() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.socket = nil
	for route, v := range h.guests {
		h.forget(v)
		delete(h.guests, route)
	}
	for link, list := range h.waiting {
		for _, ch := range list {
			close(ch)
		}
		delete(h.waiting, link)
	}
}

// publish puts blobs on the relay, and takes those away whose link was shut.
func (h *Host) publish(ctx context.Context) {
	for attempt := 0; ctx.Err() == nil; {
		err := h.publishAll(ctx)
		if err == nil {
			attempt = 0
			select {
			case <-ctx.Done():
			case <-h.wake:
			}
			continue
		}
		h.options.Log.Warn("a link is not on the relay yet", told(err))
		h.unpublished(err)
		pause(ctx, attempt, h.wake)
		attempt++
	}
}

// unpublished tells why a link is not on the relay yet.
func (h *Host) unpublished(err error) {
	var a answeredError
	switch {
	case errors.As(err, &a) && a == http.StatusInsufficientStorage:
		h.setStatus(true, relayFull)
	case errors.Is(err, errClosed):
		h.closed(true)
	case h.Status().Reached:
		h.setStatus(false, away)
	}
}

// publishAll goes through what is left to do; the first failure stops it, to be tried again.
func (h *Host) publishAll(ctx context.Context) error {
	var failed error
	for {
		if e, ok := h.nextEnding(); ok {
			if err := h.remove(ctx, e); err != nil {
				return err
			}
			continue
		}
		p, ok := h.nextPublication()
		if !ok {
			return failed
		}
		if err := h.put(ctx, p); err != nil {
			return err
		}
	}
}

func (h *Host) nextEnding() (ending, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.ended) == 0 {
		return ending{}, false
	}
	return h.ended[0], true
}

// remove deletes a blob. A relay that does not know it, or will not, has nothing to delete.
func (h *Host) remove(ctx context.Context, e ending) error {
	err := h.request(ctx, http.MethodDelete, "/v1/links/"+e.link.String()+"?why="+e.why, e.owner, nil)
	if err != nil && !errors.Is(err, errRefused) {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = h.ended[1:]
	if e.gone != nil {
		h.posts.put(e.gone)
	}
	return nil
}

// publication is a copy of what a PUT needs, so that no lock is held over it.
type publication struct {
	link    wire.LinkID
	owner   []byte
	blob    wire.Blob
	expires time.Time
}

func (h *Host) nextPublication() (publication, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.links {
		if !l.published && l.refused == "" && l.invite != nil && time.Now().Before(l.expires) {
			return publication{l.link, bytes.Clone(l.owner), wire.Blob{Bundle: l.invite.SealedBundle(), Card: l.card}, l.expires}, true
		}
	}
	return publication{}, false
}

// put publishes one link and begins to listen to it. What the relay refuses for good is not
// tried again: the link is spent there, or another token owns it.
func (h *Host) put(ctx context.Context, p publication) error {
	err := h.request(ctx, http.MethodPut, "/v1/links/"+p.link.String(), p.owner, p.blob.PutBytes(p.expires.Unix()))
	if err != nil && (!errors.Is(err, errRefused) || errors.Is(err, errClosed)) {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.links[p.link]
	if l == nil || !bytes.Equal(l.card, p.blob.Card) {
		return nil // shut meanwhile, or another card is next
	}
	if err != nil {
		h.options.Log.Error("the relay refuses a link", told(err))
		l.refused = refusal(err)
		h.tellStatus()
		return nil
	}
	if h.troubles.relay == relayFull {
		h.troubles.relay = ""
	}
	h.troubles.token = ""
	h.tellStatus()
	l.published = true
	if h.socket != nil {
		h.socket.order(wire.Order{Op: "listen", Link: l.link, Token: l.owner})
	}
	h.lookAgain()
	return nil
}

// answeredError is the status of an answer that is no success.
type answeredError int

func (e answeredError) Error() string { return fmt.Sprintf("rtc: the relay answered %d", int(e)) }

// errClosed is the answer of a relay that is closed to strangers, and takes us for one.
var errClosed = fmt.Errorf("%w: it wants another token", errRefused)

// errRefused is an answer that trying again will not change.
var errRefused = errors.New("rtc: the relay refused")

func (h *Host) request(ctx context.Context, method, path string, owner, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, h.options.Relay+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	guarded := method == http.MethodPut || path == hostPath
	if guarded {
		h.showToken(req.Header)
	}
	if owner != nil {
		req.Header.Set("Authorization", "Bearer "+wire.Encode(owner))
	}
	resp, err := h.options.Client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 4096))
	switch s := resp.StatusCode; {
	case s/100 == 2:
		return nil
	case s == http.StatusTooManyRequests, s/100 == 5:
		return answeredError(s)
	case guarded && s == http.StatusUnauthorized:
		return errClosed
	default:
		return fmt.Errorf("%w: %w", errRefused, answeredError(s))
	}
}

// received is everything that comes from the relay, in order, in the socket's goroutine.
func (h *Host) received(m message) {
	if !m.text {
		route, frame, err := wire.ParseRouted(m.data)
		if err == nil {
			h.frame(route, frame)
		}
		return
	}
	n, err := wire.ParseNotice(m.data)
	if err != nil {
		h.options.Log.Warn("the relay said what it cannot say", told(err))
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch n := n.(type) {
	case wire.GuestCame:
		h.came(n.Route)
	case wire.GuestGone:
		if v := h.guests[n.Route]; v != nil {
			h.forget(v)
			delete(h.guests, n.Route)
		}
	case wire.Refused:
		h.refused(n)
	case wire.TURNGiven:
		h.answerTURN(n.Link, turnAnswer{given: n.TURN})
	case wire.TURNRefused:
		h.turnRefused(n)
	}
}

// maxVisitors is how many sockets of one link may be open at once. A client has one, and its
// next while the first is not yet known to be dead.
const maxVisitors = 32

// came notes a guest's socket. Under mu.
func (h *Host) came(r wire.Route) {
	l := h.links[r.Link]
	if l == nil || h.guests[r] != nil {
		return
	}
	n := 0
	for other := range h.guests {
		if other.Link == r.Link {
			n++
		}
	}
	if n >= maxVisitors {
		h.drop(r)
		return
	}
	h.guests[r] = &visitor{link: l, route: r}
}

// refused tries again: a relay that lost its store gets the blob anew; one that is busy, or
// was taken over by another desktop, is asked later. One that refuses without end costs one try
// after the other. Under mu.
func (h *Host) refused(n wire.Refused) {
	l := h.links[n.Link]
	if l == nil {
		return
	}
	if n.Why == "token" {
		l.published, l.refused = false, linkElsewhere
		h.tellStatus()
		return
	}
	if l.later {
		return
	}
	l.later = true
	if n.Why == "unknown" && l.invite != nil {
		l.published = false
		h.nudge()
	}
	time.AfterFunc(h.times.busy, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		l.later = false
		if h.links[n.Link] == l && h.socket != nil {
			h.socket.order(wire.Order{Op: "listen", Link: l.link, Token: l.owner})
		}
	})
}
