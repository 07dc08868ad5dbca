package relay

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

const (
	hostQueue   = 16               // how many times a guest's queue a host has
	idleHost    = 30 * time.Second // a host that listens to nothing for so long is hung up
	slotTimeout = 5 * time.Second
)

// A hostSocket is the socket of one therapist's desktop. It carries every link that the desktop listens to.
type hostSocket struct {
	*socket
	addr  netip.Addr          // for the limits; as the socket is counted by it, it is known while the socket lives
	links map[linkID]struct{} // switchboard.mu
	left  bool                // switchboard.mu; its reader has ended: it may listen to nothing more
}

func (r *Relay) serveHost(w http.ResponseWriter, req *http.Request) {
	release, ok := r.admitSocket(w, req, hosts)
	if !ok {
		return
	}
	ws, err := websocket.Accept(w, req, nil)
	if err != nil {
		release()
		return
	}
	l := r.config.Limits
	h := &hostSocket{
		socket: newSocket(ws, maxHost, hostQueue*l.QueueBytes, hostQueue*l.QueueFrames),
		addr:   clientAddr(req, r.config.TrustedProxies),
		links:  map[linkID]struct{}{},
	}
	h.out.share, h.out.maxShare = map[connID]int{}, l.QueueBytes
	r.detach(h.socket, release, func() {
		defer r.switchboard.unlisten(h, nil)
		idle := time.AfterFunc(idleHost, func() { r.endIdleHost(h) })
		defer idle.Stop()
		r.readHost(h)
	})
}

// endIdleHost keeps sockets that do nothing from filling the relay. A desktop listens right after it has connected.
func (r *Relay) endIdleHost(h *hostSocket) {
	r.switchboard.mu.Lock()
	defer r.switchboard.mu.Unlock()
	if len(h.links) == 0 {
		h.end(websocket.StatusPolicyViolation, "listens to nothing")
	}
}

func (r *Relay) readHost(h *hostSocket) {
	l := r.config.Limits
	frames := rate.NewLimiter(rate.Limit(hostQueue*l.GuestFramesPerSecond), int(4*hostQueue*l.GuestFramesPerSecond)+1)
	bytes := rate.NewLimiter(rate.Limit(hostQueue*l.GuestBytesPerSecond), max(maxHost, hostQueue*l.GuestBytesPerSecond))
	// An order may cost a look at the disk and a question to other relays. A desktop has as many at once as it has links.
	orders := rate.NewLimiter(rate.Limit(l.GuestFramesPerSecond), 2*l.LinksPerHost)
	ctx := context.Background() // the socket's end is what stops this loop: a ping that is not answered closes it
	for {
		kind, data, err := h.ws.Read(ctx)
		if err != nil {
			return
		}
		if frames.Wait(ctx) != nil || bytes.WaitN(ctx, len(data)) != nil {
			return
		}
		switch {
		case kind != websocket.MessageText:
			err = r.forward(h, data)
		case orders.Wait(ctx) == nil:
			err = r.obey(ctx, h, data)
		}
		if err != nil {
			h.hangUp(websocket.StatusPolicyViolation, "malformed frame")
			return
		}
	}
}

func (r *Relay) forward(h *hostSocket, data []byte) error {
	link, conn, payload, err := parseHostFrame(data)
	if err == nil {
		r.switchboard.fromHost(h, link, busMessage{kind: busFrame, conns: []connID{conn}, payload: payload})
	}
	return err
}

func (r *Relay) obey(ctx context.Context, h *hostSocket, data []byte) error {
	o, err := parseOrder(data)
	if err != nil {
		return err
	}
	switch o.op {
	case "listen":
		if why := r.mayListen(ctx, o); why != "" {
			h.send(refusal("listen", o.link, why))
			return nil
		}
		r.switchboard.listen(ctx, h, o.link)
	case "unlisten":
		r.switchboard.unlisten(h, &o.link)
	case "drop":
		r.switchboard.fromHost(h, o.link, busMessage{kind: busDrop, conns: []connID{o.conn}})
	case "turn":
		if !r.switchboard.isHost(h, o.link) {
			h.send(refusal("turn", o.link, "unknown"))
			return nil
		}
		// Each of them opens ports here: with them in stock, a stranger could relay without end.
		if !r.limits.request(h.addr, turns) {
			h.send(refusal("turn", o.link, "busy"))
			return nil
		}
		h.send(r.turn.credentials(o.link, time.Now()))
	}
	return nil
}

// mayListen returns why not, or "". A tombstone may be listened to: a session under way reconnects after its link was spent.
func (r *Relay) mayListen(ctx context.Context, o order) string {
	ctx, cancel := context.WithTimeout(ctx, slotTimeout)
	defer cancel()
	sl, _, err := r.slots.look(ctx, o.link)
	switch {
	case errors.Is(err, errNoSlot):
		return "unknown"
	case err != nil:
		r.log.Warn("slots cannot be read", "err", err)
		return "busy"
	case !sl.Owner.is(o.token):
		return "token"
	}
	return ""
}
