package relay

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"sync"

	"github.com/pion/turn/v5"
)

var errNoTCPRelay = errors.New("relay: TURN relays UDP only")

// relayPorts opens the ports that relayed media leaves by, and judges where it may go.
//
// With relay-only ICE at both ends the peer of one allocation is another allocation here, so the relay's own address must be allowed, be it
// public or on a home network. A TURN permission names an address without a port, and would open everything that listens on this machine. So
// each packet is judged once more as it leaves: to the relay's own address only towards a port that is itself an allocation.
type relayPorts struct {
	public    netip.Addr
	listen    netip.Addr
	low, high uint16
	anyPeer   bool

	mu    sync.Mutex
	open  map[uint16]struct{} // mu; ports of allocations
	users map[string]int      // mu; allocations by credential
}

func (p *relayPorts) permit(_ net.Addr, peer net.IP) bool {
	a, ok := netip.AddrFromSlice(peer)
	return ok && (p.anyPeer || a.Unmap() == p.public || isPublicPeer(a))
}

// mayLeave is permit with the port.
func (p *relayPorts) mayLeave(to net.Addr) bool {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return false
	}
	ap := udp.AddrPort()
	a := ap.Addr().Unmap()
	if a == p.public {
		p.mu.Lock()
		_, allocated := p.open[ap.Port()]
		p.mu.Unlock()
		if allocated {
			return true
		}
		return p.anyPeer
	}
	return p.anyPeer || isPublicPeer(a)
}

// quota counts allocations a credential; pion asks before each.
func (p *relayPorts) quota(user, _ string, _ net.Addr) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open) < allocationsInAll && p.users[user] < allocationsPerUser
}

func (p *relayPorts) events() turn.EventHandler {
	p.users = map[string]int{}
	return turn.EventHandler{
		OnAllocationCreated: func(_, _ net.Addr, _, user, _ string, _ net.Addr, _ int) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.users[user]++
		},
		OnAllocationDeleted: func(_, _ net.Addr, _, user, _ string) {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.users[user]--; p.users[user] <= 0 {
				delete(p.users, user)
			}
		},
	}
}

// Validate is asked by pion once.
func (p *relayPorts) Validate() error { return nil }

// AllocatePacketConn opens a port for one allocation.
func (p *relayPorts) AllocatePacketConn(c turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	var err error
	for range turnMaxRetries {
		port := 0
		if p.low != 0 {
			port = int(p.low) + rand.IntN(int(p.high)-int(p.low)+1) // #nosec G404 -- which port it is, is no secret
		}
		var conn net.PacketConn
		if conn, err = net.ListenPacket(c.Network, net.JoinHostPort(p.listen.String(), strconv.Itoa(port))); err != nil {
			if p.low == 0 {
				break
			}
			continue // taken: try another
		}
		at := conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
		p.mu.Lock()
		p.open[at] = struct{}{}
		p.mu.Unlock()
		return &relayConn{PacketConn: conn, ports: p, port: at}, net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.public, at)), nil
	}
	return nil, nil, err
}

// AllocateListener refuses: TCP towards peers (RFC 6062) is of no use to a browser.
func (p *relayPorts) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errNoTCPRelay
}

// AllocateConn refuses, as AllocateListener does.
func (p *relayPorts) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) {
	return nil, errNoTCPRelay
}

// A relayConn is the port of one allocation.
type relayConn struct {
	net.PacketConn
	ports *relayPorts
	port  uint16
}

// WriteTo drops what may not leave. It reports success, as a firewall on the way would.
func (c *relayConn) WriteTo(b []byte, to net.Addr) (int, error) {
	if !c.ports.mayLeave(to) {
		return len(b), nil
	}
	return c.PacketConn.WriteTo(b, to)
}

// Close gives the port back.
func (c *relayConn) Close() error {
	c.ports.mu.Lock()
	delete(c.ports.open, c.port)
	c.ports.mu.Unlock()
	return c.PacketConn.Close()
}
