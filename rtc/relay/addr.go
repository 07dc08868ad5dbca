package relay

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddr is the address that limits count. It is held in memory as a prefix for some minutes and is never logged.
func clientAddr(req *http.Request, trusted []netip.Prefix) netip.Addr {
	ap, err := netip.ParseAddrPort(req.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := ap.Addr().Unmap().WithZone("")
	if !contains(trusted, addr) {
		return addr // anybody can send X-Forwarded-For
	}
	// Each proxy appends whom it heard: from the right, the first that is not ours is the client; what stands left of it is the client's word.
	hops := strings.Split(strings.Join(req.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return addr
		}
		addr = hop.Unmap().WithZone("")
		if !contains(trusted, addr) {
			return addr
		}
	}
	return addr
}

func contains(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// prefixes returns what an address is counted by: whoever has one address of a prefix has them all.
func prefixes(a netip.Addr) (narrow, wide netip.Prefix) {
	if a.Is4() {
		narrow, _ = a.Prefix(24)
		return narrow, narrow
	}
	narrow, _ = a.Prefix(64)
	wide, _ = a.Prefix(48)
	return narrow, wide
}
