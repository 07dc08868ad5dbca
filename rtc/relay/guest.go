package relay

import (
	"context"
	"errors"
	"net/http"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// What a guest has been told of the host.
const (
	toldNothing = iota
	toldHere
	toldAway
)

// A guestSocket is one browser page's socket.
type guestSocket struct {
	*socket
	link linkID
	conn connID
	told int // switchboard.mu
}

// tell says whether the host is there, unless that is what it said last.
func (g *guestSocket) tell(here bool) {
	news := toldAway
	if here {
		news = toldHere
	}
	if g.told != news {
		g.told = news
		g.send(textItem(presence{Op: "host", Here: here}))
	}
}

func (r *Relay) serveGuest(w http.ResponseWriter, req *http.Request) {
	link, ok := parseLinkID(req.PathValue("link"))
	if !ok {
		http.NotFound(w, req)
		return
	}
	err := r.live(req.Context(), link)
	if !errors.Is(err, errNoSlot) && !r.limits.link(link) { // made-up links are counted by their prefix alone
		tooMany(w)
		return
	}
	// A spent link with a listening host is a session that reconnects.
	if err != nil && !r.switchboard.hosted(req.Context(), link) {
		r.writeSlotError(w, err)
		return
	}
	release, ok := r.admitSocket(w, req, guests)
	if !ok {
		return
	}
	// Accept refuses an Origin header that names another host than the request's. A program that sends none could as well send the right
	// one: the check protects people's browsers, not us.
	ws, err := websocket.Accept(w, req, nil)
	if err != nil {
		release()
		return
	}
	g := &guestSocket{socket: newSocket(ws, maxPayload, r.config.Limits.QueueBytes, r.config.Limits.QueueFrames), link: link, conn: newConnID()}
	r.detach(g.socket, release, func() {
		if !r.switchboard.join(g) {
			g.hangUp(websocket.StatusTryAgainLater, "too many guests")
			return
		}
		defer r.switchboard.leave(g)
		r.readGuest(g)
	})
}

// live returns nil for a link with a blob, else errNoSlot, closedError or a failure of the store.
func (r *Relay) live(ctx context.Context, link linkID) error {
	ctx, cancel := context.WithTimeout(ctx, slotTimeout)
	defer cancel()
	_, err := r.slots.get(ctx, link)
	return err
}

func (r *Relay) readGuest(g *guestSocket) {
	l := r.config.Limits
	frames := rate.NewLimiter(rate.Limit(l.GuestFramesPerSecond), int(4*l.GuestFramesPerSecond)+1)
	bytes := rate.NewLimiter(rate.Limit(l.GuestBytesPerSecond), max(maxPayload, l.GuestBytesPerSecond))
	ctx := context.Background() // the socket's end is what stops this loop: a ping that is not answered closes it
	for {
		kind, data, err := g.ws.Read(ctx)
		if err != nil { // a frame too large as well: the library has told the peer
			return
		}
		// Waiting here reads no more from this one connection: a flood costs who sends it, and nobody else.
		if frames.Wait(ctx) != nil || bytes.WaitN(ctx, len(data)) != nil {
			return
		}
		if kind != websocket.MessageBinary || len(data) == 0 {
			g.hangUp(websocket.StatusPolicyViolation, "malformed frame")
			return
		}
		r.switchboard.fromGuest(g, data)
	}
}
