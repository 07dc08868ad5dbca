package rtc

import (
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"alcove/rtc/wire"
)

// memoryPeer is one end of a peer connection. Its descriptions hold nothing but a fingerprint.
type memoryPeer struct {
	m     *memory
	host  bool
	own   [32]byte
	other [32]byte
	e     connectionEvents
	box   *mailbox[func()]
	done  chan struct{}
	once  sync.Once
}

func (m *memory) newPeer(host bool, e connectionEvents) *memoryPeer {
	p := &memoryPeer{m: m, host: host, e: e, box: newMailbox[func()](), done: make(chan struct{})}
	n := 1
	if host {
		n = 0
	}
	m.mu.Lock()
	m.pair[n] = p
	p.own = [32]byte(append(wire.Uint64(m.conns), append(wire.Uint64(uint64(n)), make([]byte, 16)...)...))
	m.mu.Unlock()
	go func() {
		for {
			select {
			case <-p.box.ready:
				for _, f := range p.box.take() {
					f()
				}
			case <-p.done:
				return
			}
		}
	}()
	return p
}

func (m *memory) connect(_ *Host, _ policy, _ *tracks, e connectionEvents) (connection, error) {
	return m.newPeer(true, e), nil
}

func (p *memoryPeer) sdp() string {
	return "a=fingerprint:sha-256 " + hex.EncodeToString(p.own[:]) + "\r\n"
}

func (p *memoryPeer) Offer(bool) (string, error) {
	go p.e.candidate(wire.Candidate{Mid: "0"})
	return p.sdp(), nil
}

func (p *memoryPeer) Offered(sdp string) (string, error) {
	var err error
	p.other, err = fingerprint(sdp)
	go p.e.candidate(wire.Candidate{Mid: "0"})
	return p.sdp(), err
}

func (p *memoryPeer) Answer(sdp string) error {
	var err error
	if p.other, err = fingerprint(sdp); err != nil {
		return err
	}
	p.m.mu.Lock()
	pair := p.m.pair
	p.m.mu.Unlock()
	if pair[1] == nil {
		return errors.New("nobody answered")
	}
	pair[0].box.put(pair[0].e.opened)
	pair[1].box.put(pair[1].e.opened)
	return nil
}

func (p *memoryPeer) Reached() bool { return true }

func (p *memoryPeer) Candidate(wire.Candidate) {}

func (p *memoryPeer) Fingerprints() (host, guest [32]byte, err error) {
	if p.host {
		return p.own, p.other, nil
	}
	return p.other, p.own, nil
}

func (p *memoryPeer) Send(b []byte) error {
	m := p.m
	m.mu.Lock()
	pair := m.pair
	m.mu.Unlock()
	if p != pair[0] && p != pair[1] {
		return errors.New("this conversation is over")
	}
	if m.cut.Load() {
		return nil
	}
	r := m.alter(byPeer, !p.host, b)
	to := pair[0]
	if p.host {
		to = pair[1]
	}
	to.box.put(func() {
		time.Sleep(r.Wait)
		m.arrived(r, len(r.On)-1)
		for _, b := range r.On {
			to.e.message(b)
		}
	})
	if r.Back != nil {
		p.box.put(func() {
			m.arrived(r, len(r.On)-1)
			p.e.message(r.Back)
		})
	}
	return nil
}

func (p *memoryPeer) Close() { p.once.Do(func() { close(p.done) }) }
