package relay

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// The laws of the switchboard:
//
//  1. Everything that passes between a host and a guest goes over NATS, even inside one process. So two relays on one NATS serve a link
//     together, and there is one path to test.
//  2. Nothing here waits for a socket: items go to an outbox, and a full outbox costs that socket its life, not the others their time.
//  3. Messages may be lost when a relay is killed. Every ten seconds the side that has guests calls the roll; the other side mends what
//     it missed, and an unanswered roll means that the host is gone.

const (
	hostSubject  = "alcove.live.host."  // towards the relay that has the link's host
	guestSubject = "alcove.live.guest." // towards the relays that have its guests
	replySubject = "alcove.live.reply." // towards the relay that asked: instance, then link

	rollEvery  = 10 * time.Second
	rollMissed = 35 * time.Second // after which a guest's relay counts as dead
	askTimeout = 2 * time.Second
)

// A listener is the host's side of one link, on the relay that its desktop is connected to.
type listener struct {
	host   *hostSocket
	nonce  uint64
	guests map[connID]seen
	sub    *nats.Subscription
}

// seen says which relay has a guest, and when that relay last said so.
type seen struct {
	instance connID
	at       time.Time
}

// A lobby is the guests' side of one link, on a relay that has at least one.
type lobby struct {
	guests map[connID]*guestSocket
	sub    *nats.Subscription
}

type switchboard struct {
	nats          *nats.Conn
	log           *slog.Logger
	instance      connID
	guestsPerLink int
	linksPerHost  int
	incoming      chan *nats.Msg // every subscription's messages, in the order of their coming
	done          chan struct{}
	finished      chan struct{}

	mu        sync.Mutex
	listeners map[linkID]*listener // mu, with all that they hold
	lobbies   map[linkID]*lobby    // mu, with all that they hold
}

func newSwitchboard(c Config) *switchboard {
	return &switchboard{
		log: c.Log, instance: newConnID(), guestsPerLink: c.Limits.GuestsPerLink, linksPerHost: c.Limits.LinksPerHost,
		incoming: make(chan *nats.Msg, 16384), done: make(chan struct{}), finished: make(chan struct{}),
		listeners: map[linkID]*listener{}, lobbies: map[linkID]*lobby{},
	}
}

// run begins to take messages from the bus.
func (s *switchboard) run(b *bus) error {
	s.nats = b.conn
	if _, err := s.subscribe(replySubject + s.instance.text() + ".*"); err != nil {
		return err
	}
	go func() {
		defer close(s.finished)
		tick := time.NewTicker(rollEvery)
		defer tick.Stop()
		for {
			select {
			case m := <-s.incoming:
				s.dispatch(m)
			case <-tick.C:
				s.callRolls(time.Now())
			case <-s.done:
				return
			}
		}
	}()
	return nil
}

func (s *switchboard) stop() {
	close(s.done)
	<-s.finished
}

func (s *switchboard) subscribe(subject string) (*nats.Subscription, error) {
	return s.nats.ChanSubscribe(subject, s.incoming)
}

func (s *switchboard) publish(subject string, link linkID, m busMessage) {
	if err := s.nats.Publish(subject+link.text(), m.bytes()); err != nil {
		s.log.Warn("a frame was lost: NATS is away", "link", link)
	}
}

// publishAsking is publish with an answer that comes back through dispatch: "here", or NATS's own "nobody listens".
func (s *switchboard) publishAsking(link linkID, m busMessage) {
	reply := replySubject + s.instance.text() + "." + link.text()
	if err := s.nats.PublishRequest(hostSubject+link.text(), reply, m.bytes()); err != nil {
		s.log.Warn("a frame was lost: NATS is away", "link", link)
	}
}

// dispatch is the only reader of what comes over NATS.
func (s *switchboard) dispatch(msg *nats.Msg) {
	cut := strings.LastIndexByte(msg.Subject, '.') + 1
	link, ok := parseLinkID(msg.Subject[cut:])
	if !ok {
		return
	}
	subject := msg.Subject[:cut]
	if strings.HasPrefix(subject, replySubject) {
		s.setHere(link, msg.Header.Get("Status") != "503", false)
		return
	}
	m, err := parseBus(msg.Data)
	if err != nil {
		s.log.Warn("a malformed message on NATS", "link", link)
		return
	}
	switch subject {
	case hostSubject:
		s.toHost(link, m, msg)
	case guestSubject:
		s.toGuests(link, m)
	}
}

// hosted asks whether any relay has a host for this link.
func (s *switchboard) hosted(ctx context.Context, link linkID) bool {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	_, err := s.nats.RequestWithContext(ctx, hostSubject+link.text(), busMessage{kind: busAsk}.bytes())
	return err == nil
}

// lost is called when NATS had to throw away messages for a subscription. Sealed frames count themselves, so a gap ends the session at both
// ends: hang up now and let them begin again.
func (s *switchboard) lost(subject string) {
	cut := strings.LastIndexByte(subject, '.') + 1
	link, ok := parseLinkID(subject[cut:])
	if !ok {
		return
	}
	s.log.Warn("frames were lost: this relay is overloaded", "link", link)
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.lobbies[link]; l != nil && subject[:cut] == guestSubject {
		for _, g := range l.guests {
			g.kill()
		}
	}
	if l := s.listeners[link]; l != nil && subject[:cut] == hostSubject {
		for conn := range l.guests {
			s.publish(guestSubject, link, busMessage{kind: busDrop, conns: []connID{conn}})
		}
	}
}

// callRolls runs every rollEvery.
func (s *switchboard) callRolls(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for link, l := range s.lobbies {
		m := busMessage{kind: busRoll, instance: s.instance}
		for conn := range l.guests {
			m.conns = append(m.conns, conn)
		}
		s.publishAsking(link, m)
	}
	for link, l := range s.listeners {
		for conn, g := range l.guests {
			if now.Sub(g.at) > rollMissed {
				s.guestGone(link, l, conn)
			}
		}
	}
}

func randomUint64() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return binary.BigEndian.Uint64(b[:])
}

// answered reports whether somebody, or NATS itself, answered a request at all.
func answered(err error) bool { return err == nil || errors.Is(err, nats.ErrNoResponders) }
