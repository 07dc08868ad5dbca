package rtc

import (
	"context"
	"fmt"

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

// turn asks the relay for TURN credentials; nil if it offers none. errAway, errBusy.
func (h *Host) turn(ctx context.Context, link wire.LinkID) (*wire.TURN, error) {
	ch := make(chan turnAnswer, 1)
	h.mu.Lock()
	if h.socket == nil {
		h.mu.Unlock()
		return nil, errAway
	}
	h.waiting[link] = append(h.waiting[link], ch)
	h.socket.order(wire.Order{Op: "turn", Link: link})
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	select {
	case <-ctx.Done():
		return nil, errAway
	case a, ok := <-ch:
		switch {
		case !ok:
			return nil, errAway
		case a.err != nil:
			return nil, a.err
		case len(a.given.URLs) == 0:
			return nil, nil //nolint:nilnil // no TURN is an answer
		}
		return &a.given, nil
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
