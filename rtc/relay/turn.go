package relay

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" // #nosec G505 -- the REST scheme is defined with it; HMAC does not need collision resistance
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
)

const (
	turnRealm           = "alcove"
	allocationsPerUser  = 16 // one credential: two people, each with a few addresses, and a reconnect
	allocationsInAll    = 4096
	turnMaxRetries      = 64
	turnSecretBytes     = 32
	turnSecretFile      = "turn.secret"
	turnUsernameBytes   = 12
	turnTCPConns        = 1024 // unlike UDP each costs a goroutine and buffers before it has shown credentials
	turnTCPConnsPerAddr = 64
)

// turnService hands out credentials and, unless an external server is used, is the server.
type turnService struct {
	urls   []string // empty: no TURN
	secret []byte
	ttl    time.Duration
	server *turn.Server // nil where the server is external, or there is none
	ports  *relayPorts
}

func openTURN(ctx context.Context, c Config) (*turnService, error) {
	t := &turnService{urls: c.TURN.URLs, secret: []byte(c.TURN.Secret), ttl: c.TURN.TTL}
	if c.TURN.Listen == "" {
		return t, nil
	}
	if len(t.secret) == 0 {
		var err error
		if t.secret, err = keptSecret(filepath.Join(c.StateDir, turnSecretFile)); err != nil {
			return nil, fmt.Errorf("%w: TURN secret: %w", ErrState, err)
		}
	}
	if err := t.serve(ctx, c.TURN); err != nil {
		return nil, fmt.Errorf("%w: TURN: %w", ErrListen, err)
	}
	return t, nil
}

// keptSecret makes the secret at the first start; later starts know it, so that credentials outlive a restart.
func keptSecret(file string) ([]byte, error) {
	secret, err := os.ReadFile(file) // #nosec G304 -- the operator's own state folder
	switch {
	case err == nil && len(secret) >= turnSecretBytes:
		return secret, nil
	case err == nil:
		return nil, errors.New("the kept secret is damaged")
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	}
	raw := make([]byte, turnSecretBytes)
	_, _ = rand.Read(raw) // crypto/rand never fails
	secret = []byte(b64.EncodeToString(raw))
	return secret, writeFile(file, secret)
}

// credentials answers a host's order "turn". The scheme is coturn's use-auth-secret (draft-uberti-behave-turn-rest-00): the server needs no
// list of users, the name says until when, and nothing in it says who.
func (t *turnService) credentials(link linkID, now time.Time) item {
	n := turnNotice{Op: "turn", Link: link.text(), URLs: t.urls}
	if len(t.urls) == 0 {
		n.URLs = []string{}
		return textItem(n)
	}
	id := make([]byte, turnUsernameBytes)
	_, _ = rand.Read(id) // crypto/rand never fails
	n.Username = strconv.FormatInt(now.Add(t.ttl).Unix(), 10) + ":" + b64.EncodeToString(id)
	n.Credential, n.TTL = t.password(n.Username), int(t.ttl/time.Second)
	return textItem(n)
}

func (t *turnService) password(username string) string {
	mac := hmac.New(sha1.New, t.secret)
	_, _ = mac.Write([]byte(username)) // a hash takes everything
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// authenticate is the other end of credentials.
func (t *turnService) authenticate(ra *turn.RequestAttributes) (user string, key []byte, ok bool) {
	until, _, ok := strings.Cut(ra.Username, ":")
	expires, err := strconv.ParseInt(until, 10, 64)
	if !ok || err != nil || time.Now().Unix() >= expires {
		return "", nil, false
	}
	return ra.Username, turn.GenerateAuthKey(ra.Username, ra.Realm, t.password(ra.Username)), true
}

func (t *turnService) serve(ctx context.Context, c TURN) error {
	var lc net.ListenConfig
	udp, err := lc.ListenPacket(ctx, "udp", c.Listen)
	if err != nil {
		return err
	}
	at := udp.LocalAddr().(*net.UDPAddr).AddrPort()
	public := c.PublicIP
	if !public.IsValid() {
		public = at.Addr().Unmap()
	}
	if public.IsUnspecified() {
		return errors.Join(errors.New("a server on every address needs its public address"), udp.Close())
	}
	t.ports = &relayPorts{public: public.Unmap(), listen: at.Addr(), low: c.MinPort, high: c.MaxPort, anyPeer: c.AllowPrivatePeers, open: map[uint16]struct{}{}}
	t.urls = []string{turnURL(public, at.Port(), "udp")}
	config := turn.ServerConfig{
		Realm:        turnRealm,
		AuthHandler:  t.authenticate,
		QuotaHandler: t.ports.quota,
		EventHandler: t.ports.events(),
		PacketConnConfigs: []turn.PacketConnConfig{
			{PacketConn: udp, RelayAddressGenerator: t.ports, PermissionHandler: t.ports.permit},
		},
		// pion's own log has addresses in it.
		LoggerFactory: &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled, ScopeLevels: map[string]logging.LogLevel{}},
	}
	if c.ListenTCP != "" {
		tcp, err := lc.Listen(ctx, "tcp", c.ListenTCP)
		if err != nil {
			return errors.Join(err, udp.Close())
		}
		t.urls = append(t.urls, turnURL(public, tcp.Addr().(*net.TCPAddr).AddrPort().Port(), "tcp"))
		config.ListenerConfigs = []turn.ListenerConfig{
			{Listener: newCapped(tcp, turnTCPConns, turnTCPConnsPerAddr, nil), RelayAddressGenerator: t.ports, PermissionHandler: t.ports.permit},
		}
	}
	t.server, err = turn.NewServer(config)
	return err
}

func turnURL(ip netip.Addr, port uint16, transport string) string {
	return "turn:" + netip.AddrPortFrom(ip, port).String() + "?transport=" + transport
}

func (t *turnService) close() error {
	if t.server == nil {
		return nil
	}
	return t.server.Close()
}
