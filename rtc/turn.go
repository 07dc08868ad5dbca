package rtc

import (
	"context"
	"fmt"
	"net/netip"

	"alcove/app"
	"alcove/rtc/wire"
)

// errBusy lets app tell that the relay gives no more for now.
var errBusy = fmt.Errorf("rtc: %w", app.ErrRelayBusy)

// turnAnswer is what the relay says when it is asked for TURN; no URLs: it offers none.
type turnAnswer struct {
	given wire.TURN
	err   error
}

// turn asks the relay for TURN credentials, and says where it is: nil if it offers none that may be
// dialled. errAway, errBusy.
func (h *Host) turn(ctx context.Context, link wire.LinkID) (*wire.TURN, netip.Addr, error) {
	ch := make(chan turnAnswer, 1)
	h.mu.Lock()
	if h.socket == nil {
		h.mu.Unlock()
		return nil, netip.Addr{}, errAway
	}
	at := h.socket.at // who waits when it breaks hears no answer of the next
	h.waiting[link] = append(h.waiting[link], ch)
	h.socket.order(wire.Order{Op: "turn", Link: link})
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	select {
	case <-ctx.Done():
		return nil, at, errAway
	case a, ok := <-ch:
		if !ok {
			return nil, at, errAway
		}
		named := len(a.given.URLs)
		a.given.URLs = viewFrom(at).servers(a.given.URLs)
		if len(a.given.URLs) < named {
			h.options.Log.Warn("the relay names servers that it may not")
		}
		if a.err != nil || len(a.given.URLs) == 0 {
			return nil, at, a.err
		}
		return &a.given, at, nil
	}
}

// answerTURN answers everybody who waits at a link. Under mu.
func (h *Host) answerTURN(link wire.LinkID, a turnAnswer) {
	for _, ch := range h.waiting[link] {
		ch <- a
	}
	delete(h.waiting, link)
}

// turnRefused tells who waits at once. A relay that does not know the link as ours is asked to
// listen again. Under mu.
func (h *Host) turnRefused(n wire.TURNRefused) {
	if n.Why == "busy" {
		h.answerTURN(n.Link, turnAnswer{err: errBusy})
		return
	}
	h.answerTURN(n.Link, turnAnswer{err: errAway})
	h.refused(wire.Refused(n))
}
