package relay

// join adds a guest to its link and asks for the host. It reports false where the link has as many guests as it may.
func (s *switchboard) join(g *guestSocket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lobbies[g.link]
	if l == nil {
		sub, err := s.subscribe(guestSubject + g.link.text())
		if err != nil {
			return false
		}
		l = &lobby{guests: map[connID]*guestSocket{}, sub: sub}
		s.lobbies[g.link] = l
	}
	if len(l.guests) >= s.guestsPerLink {
		return false
	}
	l.guests[g.conn] = g
	s.publishAsking(g.link, busMessage{kind: busHello, instance: s.instance, conns: []connID{g.conn}})
	return true
}

func (s *switchboard) leave(g *guestSocket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lobbies[g.link]
	if l == nil || l.guests[g.conn] != g {
		return
	}
	delete(l.guests, g.conn)
	s.publish(hostSubject, g.link, busMessage{kind: busGone, conns: []connID{g.conn}})
	if len(l.guests) == 0 {
		_ = l.sub.Unsubscribe() // fails only when NATS is closed
		delete(s.lobbies, g.link)
	}
}

func (s *switchboard) fromGuest(g *guestSocket, payload []byte) {
	s.publish(hostSubject, g.link, busMessage{kind: busFrame, conns: []connID{g.conn}, payload: payload})
}

// toGuests handles what the host's relay sent towards the guests.
func (s *switchboard) toGuests(link linkID, m busMessage) {
	switch m.kind {
	case busHere:
		s.setHere(link, true, true)
		return
	case busAway:
		s.setHere(link, false, false)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lobbies[link]
	if l == nil || len(m.conns) != 1 {
		return
	}
	g := l.guests[m.conns[0]]
	if g == nil { // on another relay, or gone meanwhile
		return
	}
	switch m.kind {
	case busFrame:
		g.send(item{data: m.payload})
	case busDrop:
		g.end(statusHungUp, "hung up")
	}
}

// setHere tells every guest of a link whether somebody listens, where that is news to it. newHost: the host has just begun to listen, which
// is news even to who never heard that the one before was gone, and it does not know these guests yet.
func (s *switchboard) setHere(link linkID, here, newHost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lobbies[link]
	if l == nil {
		return
	}
	for _, g := range l.guests {
		if newHost && g.told == toldHere {
			g.tell(false)
		}
		if newHost { // before the guest can answer: a frame of somebody whom the host does not know is dropped
			s.publish(hostSubject, link, busMessage{kind: busHello, instance: s.instance, conns: []connID{g.conn}})
		}
		g.tell(here)
	}
}
