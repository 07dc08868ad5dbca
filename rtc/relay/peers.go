package relay

import "net/netip"

// TURN sends packets on behalf of strangers, from inside the operator's network. Without this list whoever holds credentials could talk to
// what lies behind the firewall: the router, a database, a cloud's metadata service (CVE-2020-26262 was that in another server).
//
// Sources: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890); everything there that is not globally reachable.
var privatePeers = parsePrefixes(
	"0.0.0.0/8",       // this network: on many systems 0.0.0.0 is loopback
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // carrier NAT; also a cloud's metadata at 100.100.100.200
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local; metadata at 169.254.169.254
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays, withdrawn
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, and broadcast
	"::/127",          // unspecified and loopback
	"64:ff9b:1::/48",  // translation inside one network
	"100::/64",        // discard
	"2001:2::/48",     // benchmarks
	"2001:10::/28",    // ORCHID
	"2001:db8::/32",   // documentation
	"3fff::/20",       // documentation
	"5f00::/16",       // segment routing
	"fc00::/7",        // unique local; metadata at fd00:ec2::254
	"fe80::/10",       // link-local
	"fec0::/10",       // site-local, withdrawn
	"ff00::/8",        // multicast
)

// Prefixes under which an IPv6 address carries an IPv4 one, and the byte where it begins. A translator on the way would unpack it.
var carriers = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("::/96"), 12},           // IPv4-compatible, withdrawn
	{netip.MustParsePrefix("64:ff9b::/96"), 12},    // NAT64 (RFC 6052)
	{netip.MustParsePrefix("2002::/16"), 2},        // 6to4 (RFC 3056)
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12}, // SIIT (RFC 2765)
}

func parsePrefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

// isPublicPeer reports whether media may be relayed to this address.
func isPublicPeer(a netip.Addr) bool {
	if !a.IsValid() {
		return false
	}
	a = a.Unmap().WithZone("")
	if contains(privatePeers, a) || a.Is6() && netip.MustParsePrefix("2001::/32").Contains(a) { // Teredo hides its IPv4 address
		return false
	}
	for _, c := range carriers {
		if c.prefix.Contains(a) {
			raw := a.As16()
			return isPublicPeer(netip.AddrFrom4([4]byte(raw[c.at : c.at+4])))
		}
	}
	return true
}
