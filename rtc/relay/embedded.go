package relay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// portFile keeps the port of an embedded relay: links name it, so a restart must not change it.
const portFile = "port"

// Embedded starts the relay that the desktop carries: StateDir and Guest of config are needed, Listen, PublicURL and SelfSigned are its own
// affair. It answers this machine alone, or with lan every machine of the local network, by a certificate that it makes itself. Whoever comes
// from outside is cut off, also where the machine has a public address or a router passes the port on. It keeps the port that it had before,
// unless another program has it now.
func Embedded(ctx context.Context, config Config, lan bool) (*Relay, error) {
	host := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	listen := host.String()
	config.near = netip.Addr.IsLoopback
	if lan {
		network, err := lanAddress()
		if err != nil {
			return nil, err
		}
		// On every address: a laptop changes its own from one network to the next, and the relay stays.
		host, listen = network.Addr(), ""
		config.near = func(a netip.Addr) bool { return isLocal(a, network) }
		config.TLS.SelfSigned = []string{host.String(), "localhost", "127.0.0.1"}
	}
	r, err := startOnPort(ctx, config, listen, keptPort(config.StateDir))
	if errors.Is(err, ErrListen) {
		r, err = startOnPort(ctx, config, listen, 0)
	}
	if err != nil {
		return nil, err
	}
	port := r.Addr().(*net.TCPAddr).Port
	if lan {
		r.config.PublicURL = "https://" + netip.AddrPortFrom(host, uint16(port)).String() // #nosec G115 -- a port
	}
	if err := writeFile(filepath.Join(config.StateDir, portFile), []byte(strconv.Itoa(port))); err != nil {
		return nil, errors.Join(ErrState, err, r.Close(context.WithoutCancel(ctx)))
	}
	return r, nil
}

func startOnPort(ctx context.Context, config Config, host string, port uint16) (*Relay, error) {
	config.Listen = net.JoinHostPort(host, strconv.Itoa(int(port)))
	return Start(ctx, config)
}

// keptPort is 0, any port, at the first start and when the file is not a port.
func keptPort(dir string) uint16 {
	text, _ := os.ReadFile(filepath.Join(dir, portFile)) // #nosec G304 -- the profile's own folder
	port, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 16)
	if err != nil {
		return 0
	}
	return uint16(port)
}

// isLocal tells whether an address is one of this machine's, of a private network or of its own neighbours, where those have public ones.
func isLocal(a netip.Addr, network netip.Prefix) bool {
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || network.Contains(a)
}

// lanAddress is the address by which the local network knows this machine, a private one if there is one, and how long its prefix is.
func lanAddress() (netip.Prefix, error) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return netip.Prefix{}, errors.Join(ErrListen, err)
	}
	var other netip.Prefix
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		switch {
		case err != nil || !p.Addr().Is4() || !p.Addr().IsGlobalUnicast():
		case p.Addr().IsPrivate():
			return p, nil
		default:
			other = p
		}
	}
	if !other.IsValid() {
		return netip.Prefix{}, fmt.Errorf("%w: this machine is in no network", ErrListen)
	}
	return other, nil
}

// Client reaches this relay from its own machine: by the certificate that the relay made itself, if it made one.
func (r *Relay) Client() *http.Client {
	if len(r.config.TLS.SelfSigned) == 0 {
		return &http.Client{}
	}
	pool := x509.NewCertPool()
	if pem, err := os.ReadFile(filepath.Join(r.config.StateDir, "tls", "self.crt")); err == nil { // unreadable: every dial will fail and say so
		pool.AppendCertsFromPEM(pem)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
	return &http.Client{Transport: transport}
}
