package rtc

import (
	"context"
	"errors"
	"math"
	"net"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/pion/stun/v4"
	"github.com/pion/transport/v5"
)

// A relay names TURN servers, and a client addresses of its own: the desktop sends to them from inside of its house, and the client's page from
// inside of the client's. One law holds for all: whoever names something names nothing that is nearer to us than the relay.

// nearness is how far from here something is.
type nearness int

const (
	thisMachine nearness = iota
	thisHouse            // an address that means nothing outside of the house, or one of a neighbour
	// shared is 100.64.0.0/10 (RFC 6598), in which a carrier's customers or the machines of an overlay such as Tailscale's meet. It is
	// nothing that the world could reach, so no relay of the world has a reason to name it. It is no house either: of a carrier's other
	// customers we know nothing, and a relay that is one of them may not feel around here.
	shared
	elsewhere
)

var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// translated is where a network without IPv4 reaches it: the address stands in the last four bytes. A translator is to lead to no private
// one (RFC 6052, section 3.1), which not every router knows.
var translated = netip.MustParsePrefix("64:ff9b::/96")

// viewpoint is where a relay stands.
type viewpoint struct {
	near   nearness
	at     netip.Addr
	around []netip.Prefix // the networks of this machine: IPv6 gives neighbours public addresses
}

// viewFrom is the relay's at an address; one that is not known stands elsewhere.
func viewFrom(at netip.Addr) viewpoint {
	v := viewpoint{at: at.Unmap().WithZone("")}
	addrs, _ := net.InterfaceAddrs() // without them the private ones are still known
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			v.around = append(v.around, p)
		}
	}
	v.near = elsewhere
	if at.IsValid() {
		v.near = v.nearness(at.AsSlice())
	}
	return v
}

// nearness of nothing at all, of 0.0.0.0 and of :: is this machine's: that is where a packet to them comes. One to many comes to whoever
// listens in this house.
func (v viewpoint) nearness(ip net.IP) nearness {
	a, ok := netip.AddrFromSlice(ip)
	a = a.Unmap()
	if translated.Contains(a) {
		return v.nearness(ip[12:])
	}
	switch {
	case !ok || a.IsLoopback() || a.IsUnspecified():
		return thisMachine
	case isLocal(ip) || a.IsMulticast() || ip.Equal(net.IPv4bcast):
		return thisHouse
	}
	if sharedSpace.Contains(a) {
		return shared
	}
	for _, p := range v.around {
		if p.Contains(a) {
			return thisHouse
		}
	}
	return elsewhere
}

// reaches says whether something named from here may be sent to. The relay's own machine is no secret to the relay.
func (v viewpoint) reaches(ip net.IP) bool {
	a, ok := netip.AddrFromSlice(ip)
	return v.nearness(ip) >= v.near || ok && a.Unmap() == v.at
}

var (
	serverName = regexp.MustCompile(`^[0-9A-Za-z_.-]+$`)
	// oddNumber is an address in a spelling that some resolvers know: 127.1, 0x7f.1 (WHATWG URL, section 3.5).
	oddNumber = regexp.MustCompile(`(^|\.)(0[Xx][0-9A-Fa-f]*|[0-9]+)$`)
)

// allows is reaches for a host as it is written. How near another name leads is seen where it is looked up: here by dialled, and by nobody in
// a browser, which a page of the relay's own making could have knock there anyway.
func (v viewpoint) allows(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return v.reaches(ip)
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	near := elsewhere
	switch {
	case !serverName.MatchString(host) || oddNumber.MatchString(host):
		return false
	case host == "localhost" || strings.HasSuffix(host, ".localhost"):
		near = thisMachine
	case strings.HasSuffix(host, ".local"):
		near = thisHouse
	}
	return near >= v.near
}

// servers are those that the desktop may dial and a page be told of, each spelt as we have read it: a browser might read another spelling
// otherwise, and ends the session over one that it cannot read.
func (v viewpoint) servers(urls []string) (kept []string) {
	for _, s := range urls {
		u, err := stun.ParseURI(s)
		if err == nil && u.Scheme != stun.SchemeTypeSTUNS && u.Port > 0 && u.Port <= math.MaxUint16 && v.allows(u.Host) {
			kept = append(kept, u.String())
		}
	}
	return kept
}

var errNearer = errors.New("rtc: what a relay named is nearer than the relay")

// dialled looks up servers, after which they are dialled.
type dialled struct {
	transport.Net
	from viewpoint
}

func (d dialled) ResolveUDPAddr(network, address string) (*net.UDPAddr, error) {
	at, err := d.Net.ResolveUDPAddr(network, address)
	if err == nil && !d.from.reaches(at.IP) && !isQuestion(at.IP) {
		return nil, errNearer
	}
	return at, err
}

func (d dialled) ResolveTCPAddr(network, address string) (*net.TCPAddr, error) {
	at, err := d.Net.ResolveTCPAddr(network, address)
	if err == nil && !d.from.reaches(at.IP) {
		return nil, errNearer
	}
	return at, err
}

// isQuestion says whether pion's multicast DNS looks this up for itself. Nobody listens there: its group is another.
func isQuestion(ip net.IP) bool {
	return ip.Equal(net.IPv4(224, 0, 0, 0)) || ip.Equal(net.ParseIP("ff02::"))
}

// tracing notes at which address a connection to the relay ends. Behind a proxy that is the proxy's, and says nothing.
func tracing(ctx context.Context, relay string, at *netip.Addr) context.Context {
	u, err := url.Parse(relay)
	if err != nil {
		return ctx
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	straight := false
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(first string) { straight = first == net.JoinHostPort(u.Hostname(), port) }, // the relay, or the proxy before it
		GotConn: func(i httptrace.GotConnInfo) {
			*at = netip.Addr{}
			if tcp, ok := i.Conn.RemoteAddr().(*net.TCPAddr); ok && straight {
				*at = tcp.AddrPort().Addr().Unmap().WithZone("")
			}
		},
	})
}

// whereabouts is where the relay is whose socket ends at an address. An address in its URL says so itself, through a proxy as well: the therapist
// typed it. A name must lead to where the socket ends: a name alone says what its owner likes, and the end of a socket alone is that of
// whatever on this machine redirects connections, as some virus scanners do.
func (h *Host) whereabouts(ctx context.Context, end netip.Addr) netip.Addr {
	u, err := url.Parse(h.options.Relay)
	if err != nil {
		return netip.Addr{}
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		return ip
	}
	if !end.IsValid() || viewFrom(end).near == elsewhere {
		return end
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	found, _ := h.lookup(ctx, "ip", u.Hostname()) // none: elsewhere
	for _, a := range found {
		if a.Unmap().WithZone("") == end {
			return end
		}
	}
	return netip.Addr{}
}
