package relay

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"
)

// listen makes h the host of this link, instead of whoever was. The token has been checked.
func (s *switchboard) listen(ctx context.Context, h *hostSocket, link linkID) {
	if s.isHost(h, link) { // asked twice
		h.send(notice{Op: "listening", Link: link.text()}.frame())
		return
	}
	// An older desktop, on whichever relay, gives up first: guests then hear "away" before "here".
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	_, err := s.nats.RequestWithContext(ctx, hostSubject+link.text(), busMessage{kind: busYield}.bytes())
	cancel()
	if !answered(err) {
		h.send(refusal("listen", link, "busy"))
		return
	}
	// NATS must know of the subscription before the desktop, and through it the client, is told that somebody listens.
	sub, err := s.subscribe(hostSubject + link.text())
	if err == nil {
		err = s.nats.FlushTimeout(askTimeout)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || h.left || len(h.links) >= s.linksPerHost {
		if sub != nil {
			_ = sub.Unsubscribe() // fails only when NATS is closed
		}
		h.send(refusal("listen", link, "busy"))
		return
	}
	if l := s.listeners[link]; l != nil { // two at the same instant on this relay
		s.unlistenLocked(link, l, "busy")
	}
	l := &listener{host: h, nonce: randomUint64(), guests: map[connID]seen{}, sub: sub}
	s.listeners[link], h.links[link] = l, struct{}{}
	h.send(notice{Op: "listening", Link: link.text()}.frame())
	s.publish(hostSubject, link, busMessage{kind: busClaim, nonce: l.nonce})
	s.publish(guestSubject, link, busMessage{kind: busHere})
}

func (s *switchboard) isHost(h *hostSocket, link linkID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.listeners[link]
	return l != nil && l.host == h
}

// unlisten ends what h listens to: one link, or all where link is nil.
func (s *switchboard) unlisten(h *hostSocket, link *linkID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if link != nil {
		if l := s.listeners[*link]; l != nil && l.host == h {
			s.unlistenLocked(*link, l, "")
		}
		return
	}
	h.left = true
	for id := range h.links {
		s.unlistenLocked(id, s.listeners[id], "")
	}
}

// unlistenLocked tells the guests, and the host where it has not asked for this itself.
func (s *switchboard) unlistenLocked(link linkID, l *listener, why string) {
	delete(s.listeners, link)
	delete(l.host.links, link)
	_ = l.sub.Unsubscribe() // fails only when NATS is closed
	if why != "" {
		l.host.send(refusal("listen", link, why))
	}
	s.publish(guestSubject, link, busMessage{kind: busAway})
}

// fromHost passes a frame, or a drop, to the guest's relay. A link that h does not (or no longer) listen to is ignored: the desktop may have
// been replaced while the frame was under way.
func (s *switchboard) fromHost(h *hostSocket, link linkID, m busMessage) {
	if s.isHost(h, link) {
		s.publish(guestSubject, link, m)
	}
}

// toHost handles what another relay, or this one, sent towards the host.
func (s *switchboard) toHost(link linkID, m busMessage, msg *nats.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.listeners[link]
	if l == nil || msg.Sub != l.sub { // a subscription of the listener before: this one gets the same message by its own
		return
	}
	if msg.Reply != "" {
		defer func() { _ = msg.Respond(busMessage{kind: busHere}.bytes()) }()
	}
	switch m.kind {
	case busHello:
		s.guestHere(link, l, m.conns[0], m.instance)
	case busRoll:
		s.rollCalled(link, l, m)
	case busGone:
		s.guestGone(link, l, m.conns[0])
	case busFrame:
		if _, known := l.guests[m.conns[0]]; known && !l.host.send(hostFrame(link, m.conns[0], m.payload)) {
			s.publish(guestSubject, link, busMessage{kind: busDrop, conns: m.conns})
		}
	case busYield:
		s.unlistenLocked(link, l, "busy")
	case busClaim:
		switch {
		case m.nonce > l.nonce:
			s.unlistenLocked(link, l, "busy")
		case m.nonce < l.nonce: // let the other one know
			s.publish(hostSubject, link, busMessage{kind: busClaim, nonce: l.nonce})
		}
	}
}

func (s *switchboard) rollCalled(link linkID, l *listener, m busMessage) {
	present := make(map[connID]struct{}, len(m.conns))
	for _, conn := range m.conns {
		present[conn] = struct{}{}
		s.guestHere(link, l, conn, m.instance)
	}
	for conn, g := range l.guests {
		if _, here := present[conn]; !here && g.instance == m.instance {
			s.guestGone(link, l, conn)
		}
	}
}

func (s *switchboard) guestHere(link linkID, l *listener, conn, instance connID) {
	if _, known := l.guests[conn]; !known {
		if len(l.guests) >= s.guestsPerLink {
			s.publish(guestSubject, link, busMessage{kind: busDrop, conns: []connID{conn}})
			return
		}
		l.host.send(notice{Op: "guest", Link: link.text(), Conn: conn.text()}.frame())
	}
	l.guests[conn] = seen{instance: instance, at: time.Now()}
}

func (s *switchboard) guestGone(link linkID, l *listener, conn connID) {
	if _, known := l.guests[conn]; known {
		delete(l.guests, conn)
		l.host.send(notice{Op: "gone", Link: link.text(), Conn: conn.text()}.frame())
	}
}
