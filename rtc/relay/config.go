package relay

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// Errors of Start. What they wrap tells the details; none holds a token, a link or a client's address.
var (
	ErrConfig   = errors.New("relay: configuration")
	ErrStateUse = errors.New("relay: the state folder is in use by another relay")
	ErrState    = errors.New("relay: state cannot be opened")
	ErrListen   = errors.New("relay: cannot listen")
)

// Config says how a relay runs. The zero value of each field is its default.
type Config struct {
	// Listen is the TCP address of the page and the sockets. Default "127.0.0.1:0": this machine only, a free port.
	Listen string
	// PublicURL is how clients reach this relay, where that differs from Listen: behind a proxy or a tunnel. "https://HOST[:PORT]".
	PublicURL string
	// StateDir is a folder of this relay's own. Needed unless NATSURL is set and neither autocert nor a self-signed certificate is in use.
	StateDir string
	// Guest holds the page's files, index.html at its root.
	Guest fs.FS

	// NATSURL is an external NATS with JetStream, instead of the one in this process. Whether an acknowledgement survives a power cut is then
	// that server's "sync_interval: always" or its replicas.
	NATSURL string
	// NATSCreds is a credentials file for NATSURL.
	NATSCreds string
	// Replicas is how many servers of an external cluster keep each slot. Default 1.
	Replicas int
	// MaxStore bounds what slots may take on disk, in bytes. Default 1 GiB. A full store refuses new slots and keeps the old.
	MaxStore int64

	TLS  TLS
	TURN TURN

	// TrustedProxies are the networks whose X-Forwarded-For is believed. Default none.
	TrustedProxies []netip.Prefix
	Limits         Limits

	// HostToken closes the relay to strangers: desktops show it in the header Alcove-Relay-Token to publish a link and to open their socket.
	// Clients need none. 16 characters at least. Default: none, everybody may.
	HostToken string

	// near says from where connections are taken; nil is from everywhere. Embedded sets it for the local network.
	near func(netip.Addr) bool

	// Log hears what the operator must know, each text once in ten seconds: no address, no whole link ID, no token. Default: nowhere.
	Log *slog.Logger
}

// TLS says where the certificate comes from. At most one of the three; none means plain HTTP, for localhost or behind a proxy.
type TLS struct {
	// Domains: certificates by ACME (autocert), kept in StateDir.
	Domains []string
	// ACMEDirectory overrides Let's Encrypt's address, ACMEEmail is told to it.
	ACMEDirectory, ACMEEmail string
	// ChallengeListen is where plain HTTP answers ACME's http-01 and redirects everybody else, for example ":80". Default: not at all, and
	// ACME goes by tls-alpn-01 on port 443.
	ChallengeListen string

	// CertFile and KeyFile are PEM files, read again when they change.
	CertFile, KeyFile string

	// SelfSigned are names and addresses for a certificate that this relay makes itself, for a home network. The browser will warn.
	SelfSigned []string
}

// TURN says which server relays media when two people cannot, or must not, see each other's address.
type TURN struct {
	// Listen is the UDP address of the built-in server, which answers STUN as well. Default: no built-in server.
	Listen string
	// ListenTCP is its TCP address. Default: none.
	ListenTCP string
	// PublicIP is the address that clients reach it by, and that relayed media comes from. Default: the address of Listen.
	PublicIP netip.Addr
	// MinPort and MaxPort bound the UDP ports of relayed media, for a firewall. Default: any port.
	MinPort, MaxPort uint16
	// AllowPrivatePeers lets media be relayed to loopback, private and link-local addresses. For tests and closed networks.
	AllowPrivatePeers bool

	// URLs are an external server's instead, such as coturn with use-auth-secret: "turn:HOST:PORT?transport=udp".
	URLs []string
	// Secret is the one shared with that server. For the built-in server: default one made at the first start and kept in StateDir.
	Secret string
	// TTL is how long credentials last. Default 4 hours: a session with room to spare.
	TTL time.Duration
}

// Limits bound what strangers can use up. A prefix is a /24 of IPv4, a /64 of IPv6, and eight times as much for its /48.
type Limits struct {
	// Scale multiplies every rate, burst and count of one prefix and one link below, for a clinic that comes from one address or for a load
	// test. Default 1.
	Scale float64

	RequestsPerSecond float64 // HTTP requests of one prefix. Default 20
	RequestBurst      int     // Default 200: a page is about thirty
	PutsPerSecond     float64 // PUT and DELETE of one prefix. Default 5
	PutBurst          int     // Default 100
	PutBytesPerDay    int     // what one prefix may publish. Default 32 MiB
	ConnectsPerSecond float64 // new sockets of one prefix. Default 2
	ConnectBurst      int     // Default 40
	TURNPerSecond     float64 // TURN credentials for the desktops of one prefix. Default 0.2: one for each session
	TURNBurst         int     // Default 40
	LinkPerSecond     float64 // fetches and guests of one link. Default 2
	LinkBurst         int     // Default 30

	PrefixConns   int // sockets of one prefix at once. Default 128
	TotalConns    int // sockets at once. Default 20000
	GuestsPerLink int // Default 16
	LinksPerHost  int // Default 4096

	GuestFramesPerSecond float64 // of one guest; a faster one is read more slowly. Default 50, with a burst of four times as many
	GuestBytesPerSecond  int     // Default 256 KiB

	QueueBytes  int // unread bytes of one guest, after which it is dropped. Default 512 KiB; a host has 16 times as many
	QueueFrames int // Default 256; a host has 16 times as many
}

func fill[T int | int64 | float64 | string | time.Duration](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (c Config) withDefaults() Config {
	fill(&c.Listen, "127.0.0.1:0")
	fill(&c.Replicas, 1)
	fill(&c.MaxStore, 1<<30)
	fill(&c.TURN.TTL, 4*time.Hour)
	l := &c.Limits
	fill(&l.RequestsPerSecond, 20)
	fill(&l.RequestBurst, 200)
	fill(&l.PutsPerSecond, 5)
	fill(&l.PutBurst, 100)
	fill(&l.PutBytesPerDay, 32<<20)
	fill(&l.ConnectsPerSecond, 2)
	fill(&l.ConnectBurst, 40)
	fill(&l.TURNPerSecond, 0.2)
	fill(&l.TURNBurst, 40)
	fill(&l.LinkPerSecond, 2)
	fill(&l.LinkBurst, 30)
	fill(&l.PrefixConns, 128)
	fill(&l.TotalConns, 20000)
	fill(&l.GuestsPerLink, 16)
	fill(&l.LinksPerHost, 4096)
	fill(&l.GuestFramesPerSecond, 50)
	fill(&l.GuestBytesPerSecond, 256<<10)
	fill(&l.QueueBytes, 512<<10)
	fill(&l.QueueFrames, 256)
	l.scale()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Log = Quiet(c.Log)
	return c
}

func (l *Limits) scale() {
	if l.Scale == 0 {
		return
	}
	for _, rate := range []*float64{&l.RequestsPerSecond, &l.PutsPerSecond, &l.ConnectsPerSecond, &l.TURNPerSecond, &l.LinkPerSecond} {
		*rate *= l.Scale
	}
	for _, count := range []*int{&l.RequestBurst, &l.PutBurst, &l.PutBytesPerDay, &l.ConnectBurst, &l.TURNBurst, &l.LinkBurst, &l.PrefixConns} {
		*count = max(1, int(float64(*count)*l.Scale))
	}
	l.Scale = 0 // done
}

func (c Config) check() error {
	ways := 0
	for _, used := range []bool{len(c.TLS.Domains) > 0, c.TLS.CertFile != "" || c.TLS.KeyFile != "", len(c.TLS.SelfSigned) > 0} {
		if used {
			ways++
		}
	}
	needsDir := c.NATSURL == "" || len(c.TLS.Domains) > 0 || len(c.TLS.SelfSigned) > 0 || (c.TURN.Listen != "" && c.TURN.Secret == "")
	switch {
	case c.Guest == nil:
		return fmt.Errorf("%w: no files for the guest's page", ErrConfig)
	case ways > 1:
		return fmt.Errorf("%w: more than one source of certificates", ErrConfig)
	case (c.TLS.CertFile == "") != (c.TLS.KeyFile == ""):
		return fmt.Errorf("%w: a certificate file needs a key file", ErrConfig)
	case needsDir && c.StateDir == "":
		return fmt.Errorf("%w: no state folder", ErrConfig)
	case c.HostToken != "" && len(c.HostToken) < minHostToken:
		return fmt.Errorf("%w: a host token of less than %d characters", ErrConfig, minHostToken)
	case strings.TrimSpace(c.HostToken) != c.HostToken || strings.ContainsFunc(c.HostToken, unicode.IsControl):
		return fmt.Errorf("%w: a host token that no header can carry", ErrConfig)
	case c.Limits.Scale < 0:
		return fmt.Errorf("%w: a scale of limits below zero", ErrConfig)
	case c.TURN.Listen == "" && c.TURN.ListenTCP != "":
		return fmt.Errorf("%w: TURN over TCP needs TURN over UDP", ErrConfig)
	case c.TURN.Listen != "" && len(c.TURN.URLs) > 0:
		return fmt.Errorf("%w: both a built-in and an external TURN server", ErrConfig)
	case len(c.TURN.URLs) > 0 && c.TURN.Secret == "":
		return fmt.Errorf("%w: an external TURN server needs its secret", ErrConfig)
	case (c.TURN.MinPort == 0) != (c.TURN.MaxPort == 0) || c.TURN.MinPort > c.TURN.MaxPort:
		return fmt.Errorf("%w: TURN port range", ErrConfig)
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("%w: public URL", ErrConfig)
		}
	}
	return nil
}
