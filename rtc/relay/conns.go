package relay

import (
	"net"
	"net/netip"
	"sync"
)

// newCapped bounds the TCP connections of a listener, in all and of one address prefix. One too many is closed before a byte of it is read:
// a stranger who opens connections and says nothing must not use up the file descriptors. exempt are proxies, which come with everybody's.
func newCapped(l net.Listener, total, perPrefix int, exempt []netip.Prefix) net.Listener {
	return &cappedListener{Listener: l, maxTotal: total, maxPrefix: perPrefix, exempt: exempt, perPrefix: map[netip.Prefix]int{}}
}

type cappedListener struct {
	net.Listener
	maxTotal, maxPrefix int
	exempt              []netip.Prefix

	mu        sync.Mutex
	total     int                  // mu
	perPrefix map[netip.Prefix]int // mu
}

func (l *cappedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		addr := remote(conn)
		p, _ := prefixes(addr)
		if l.take(p, contains(l.exempt, addr)) {
			return &countedConn{Conn: conn, release: func() { l.release(p) }}, nil
		}
		_ = conn.Close()
	}
}

func remote(c net.Conn) netip.Addr {
	ap, _ := netip.ParseAddrPort(c.RemoteAddr().String())
	return ap.Addr().Unmap().WithZone("")
}

func (l *cappedListener) take(p netip.Prefix, exempt bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total >= l.maxTotal || l.perPrefix[p] >= l.maxPrefix && !exempt {
		return false
	}
	l.total++
	l.perPrefix[p]++
	return true
}

func (l *cappedListener) release(p netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	if l.perPrefix[p]--; l.perPrefix[p] == 0 {
		delete(l.perPrefix, p)
	}
}

type countedConn struct {
	net.Conn
	once    sync.Once
	release func()
}

func (c *countedConn) Close() error {
	c.once.Do(c.release)
	return c.Conn.Close()
}

// nearListener closes what comes from elsewhere before a byte of it is read.
type nearListener struct {
	net.Listener
	near func(netip.Addr) bool
}

func (l *nearListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil || l.near(remote(conn)) {
			return conn, err
		}
		_ = conn.Close()
	}
}
