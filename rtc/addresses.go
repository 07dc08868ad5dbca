package rtc

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/sdp/v3"
	"github.com/pion/transport/v5/stdnet"
	"github.com/pion/webrtc/v4"

	"alcove/rtc/wire"
)

// ways says to which addresses a call may send. Who is sent a packet learns where the therapist
// lives, and who names addresses can make the desktop knock at them.
type ways struct {
	relay  bool // through TURN alone
	direct bool // anywhere
	from   viewpoint
}

func waysOf(p policy) ways {
	return ways{relay: p.relayOnly(), direct: p.direct, from: viewFrom(p.relay)}
}

// allows is asked about each address of the client's, whichever way it came to be known.
func (w ways) allows(ip net.IP) bool {
	switch {
	case ip.IsUnspecified() || ip.IsMulticast():
		return false
	case w.relay:
		return true // TURN is asked to send there; we do not
	case w.direct:
		return w.from.reaches(ip) // else a client elsewhere could feel around in this house
	default:
		return isLocal(ip) && (!ip.IsLoopback() || w.from.near == thisMachine)
	}
}

// names says whether names of the local network are looked up: the question is heard by all of it.
func (w ways) names() bool { return !w.relay && (w.from.near <= thisHouse || !w.direct) }

// maxCandidates is how many ways to be reached a client may name for one offer. Browsers name a
// dozen; each costs us packets for half a minute.
const maxCandidates = 64

// candidates lets those of one generation through that a call may use.
type candidates struct {
	ways  ways
	left  int          // how many the client may still name; the call's goroutine alone
	tried atomic.Int32 // what the connection was let try
}

func newCandidates(w ways) *candidates { return &candidates{ways: w} }

// renew begins a generation.
func (c *candidates) renew() {
	c.left = maxCandidates
	c.tried.Store(0)
}

// try is asked by the connection about each address, and also about one that nobody named: a client
// knows what opens a check of ours, and may send it from as many places as it has
// (peer-reflexive candidates, RFC 8445, section 7.3.1.3).
func (c *candidates) try(ip net.IP) bool {
	return c.ways.allows(ip) && c.tried.Add(1) <= maxCandidates
}

// take counts every candidate, also the useless. The end of the gathering is none.
func (c *candidates) take(line string) bool {
	if line == "" {
		return true
	}
	if c.left <= 0 {
		return false
	}
	c.left--
	// candidate:foundation component transport priority address port typ … (RFC 8839, section 5.1)
	f := strings.Fields(strings.TrimPrefix(line, "candidate:"))
	if len(f) < 8 || !strings.EqualFold(f[2], "udp") {
		return false
	}
	if ip, err := netip.ParseAddr(f[4]); err == nil {
		return c.ways.allows(ip.WithZone("").Unmap().AsSlice())
	}
	return strings.HasSuffix(f[4], ".local") && c.ways.names()
}

// withoutCandidates takes a description's candidates out, so that all go one way, past
// candidates. It reads with the parser that the connection reads with: what one of them saw and
// the other not would get by.
func withoutCandidates(text string) (rest string, found []wire.Candidate, err error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return "", nil, errSDP
	}
	strip := func(all []sdp.Attribute) (kept []sdp.Attribute) {
		for _, a := range all {
			if a.IsICECandidate() {
				found = append(found, wire.Candidate{Candidate: "candidate:" + a.Value, Mid: "0"})
			} else {
				kept = append(kept, a)
			}
		}
		return kept
	}
	d.Attributes = strip(d.Attributes)
	for _, m := range d.MediaDescriptions {
		m.Attributes = strip(m.Attributes)
	}
	b, err := d.Marshal()
	if err != nil {
		return "", nil, errSDP
	}
	return string(b), found, nil
}

// maxUnread is what a client may have on its way to us before we have read it, in bytes.
const maxUnread = 4 * wire.MaxFrame

// iceSettings says where a call's packets may go, and how much may come.
func iceSettings(o Options, p policy, from *candidates) (webrtc.SettingEngine, interface{ Close() error }, error) {
	var s webrtc.SettingEngine
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled // its lines hold addresses
	s.LoggerFactory = quiet
	s.SetSCTPRTOMax(sctpPatience)
	s.SetSCTPMaxMessageSize(wire.MaxFrame) // none of ours is larger
	s.SetSCTPMaxReceiveBufferSize(maxUnread)
	s.SetICEMaxBindingRequests(iceTries)
	w := from.ways
	s.SetRemoteIPFilter(from.try)
	s.DisableActiveTCP(true) // would dial the client past TURN
	if !w.names() {
		s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	}
	s.SetIncludeLoopbackCandidate(w.from.near == thisMachine)
	local, err := stdnet.NewNet()
	if err != nil {
		return s, nil, fmt.Errorf("rtc: network: %w", err)
	}
	s.SetNet(dialled{local, w.from})
	if !w.direct && !w.relay {
		// No TURN to hide behind, and direct was not allowed: this house and its network alone.
		// A public address would tell the client where the therapist lives.
		s.SetIPFilter(isLocal)
	}
	if o.Socket == nil {
		return s, nil, nil
	}
	conn, err := o.Socket()
	if err != nil {
		return s, nil, fmt.Errorf("rtc: socket: %w", err)
	}
	mux := webrtc.NewICEUDPMux(nil, conn)
	s.SetICEUDPMux(mux)
	return s, mux, nil
}

// isLocal says whether an address means nothing outside of this house.
func isLocal(ip net.IP) bool { return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() }
