package relay

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

const (
	selfSignedFor = 397 * 24 * time.Hour // the longest that browsers accept of anybody
	renewBefore   = 30 * 24 * time.Hour
)

// A tlsSource is where certificates come from. challenge is nil unless ACME's http-01 is to be answered.
type tlsSource struct {
	config    *tls.Config
	challenge http.Handler
	// trusted: browsers accept the certificate, so they may be told never to come without TLS again. Telling them so of a self-signed
	// certificate would take the button "continue anyway" away.
	trusted bool
}

// openTLS returns nil where the relay speaks plain HTTP.
func openTLS(c Config) (*tlsSource, error) {
	switch {
	case len(c.TLS.Domains) > 0:
		return acmeSource(c), nil
	case c.TLS.CertFile != "":
		files := &certFiles{cert: c.TLS.CertFile, key: c.TLS.KeyFile}
		if _, err := files.get(nil); err != nil {
			return nil, fmt.Errorf("%w: certificate: %w", ErrConfig, err)
		}
		return &tlsSource{config: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: files.get}, trusted: true}, nil
	case len(c.TLS.SelfSigned) > 0:
		cert, err := selfSigned(filepath.Join(c.StateDir, "tls"), c.TLS.SelfSigned, time.Now())
		if err != nil {
			return nil, fmt.Errorf("%w: certificate: %w", ErrState, err)
		}
		return &tlsSource{config: &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}}}, nil
	}
	return nil, nil
}

func acmeSource(c Config) *tlsSource {
	m := &autocert.Manager{
		Prompt:     autocert.AcceptTOS,
		Cache:      autocert.DirCache(filepath.Join(c.StateDir, "acme")),
		HostPolicy: autocert.HostWhitelist(c.TLS.Domains...),
		Email:      c.TLS.ACMEEmail,
	}
	if c.TLS.ACMEDirectory != "" {
		m.Client = &acme.Client{DirectoryURL: c.TLS.ACMEDirectory}
	}
	config := m.TLSConfig()
	config.MinVersion = tls.VersionTLS12
	config.NextProtos = []string{"http/1.1", acme.ALPNProto} // WebSocket needs HTTP/1.1
	config.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		cert, err := m.GetCertificate(hello)
		if err != nil && slices.Contains(c.TLS.Domains, hello.ServerName) {
			logACME(c.Log, err)
		}
		return cert, err
	}
	source := &tlsSource{config: config, trusted: true}
	if c.TLS.ChallengeListen != "" { // asking for the handler makes autocert prefer http-01, which fails where nobody serves it
		source.challenge = m.HTTPHandler(nil)
	}
	return source
}

// logACME says what went wrong with the certificate, without the URLs and addresses that an ACME server puts into its texts.
func logACME(log *slog.Logger, err error) {
	var problem *acme.Error
	if errors.As(err, &problem) {
		log.Error("no certificate", "acme", problem.ProblemType, "status", problem.StatusCode)
		return
	}
	var order *acme.OrderError
	if errors.As(err, &order) {
		log.Error("no certificate", "order", order.Status)
		return
	}
	var challenge *acme.AuthorizationError
	if errors.As(err, &challenge) {
		log.Error("no certificate: the ACME server could not see this host")
		return
	}
	log.Error("no certificate: the ACME server could not be reached or did not accept this host")
}

// certFiles reads a certificate again when its file has changed, so that a renewal needs no restart.
type certFiles struct {
	cert, key string

	mu     sync.Mutex
	loaded *tls.Certificate // mu
	from   time.Time        // mu; the file's time
	asked  time.Time        // mu
}

func (f *certFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if f.loaded != nil && now.Sub(f.asked) < time.Second {
		return f.loaded, nil
	}
	f.asked = now
	info, err := os.Stat(f.cert)
	if err == nil && f.loaded != nil && info.ModTime().Equal(f.from) {
		return f.loaded, nil
	}
	if err == nil {
		var cert tls.Certificate
		if cert, err = tls.LoadX509KeyPair(f.cert, f.key); err == nil {
			f.loaded, f.from = &cert, info.ModTime()
		}
	}
	if f.loaded != nil { // half of a renewal may be on disk: go on with the old one
		return f.loaded, nil
	}
	return nil, err
}

// selfSigned returns the certificate kept in dir, or makes one. The key is made once and kept, readable by its owner alone, so that who has
// accepted it need not do so again; the certificate follows the hosts.
func selfSigned(dir string, names []string, now time.Time) (tls.Certificate, error) {
	keyFile, certFile := filepath.Join(dir, "self.key"), filepath.Join(dir, "self.crt")
	key, err := loadKey(keyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := selfTemplate(names, now)
	if cert, err := tls.LoadX509KeyPair(certFile, keyFile); err == nil && fits(cert.Leaf, template, now) {
		return cert, nil
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	if err := writeFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})); err != nil {
		return tls.Certificate{}, err
	}
	return tls.LoadX509KeyPair(certFile, keyFile)
}

func selfTemplate(names []string, now time.Time) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) // crypto/rand never fails
	t := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Alcove relay"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(selfSignedFor),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, name)
		}
	}
	return t
}

func fits(have, want *x509.Certificate, now time.Time) bool {
	sameIP := func(a, b net.IP) bool { return a.Equal(b) }
	return have != nil && now.Add(renewBefore).Before(have.NotAfter) && slices.Equal(have.DNSNames, want.DNSNames) &&
		slices.EqualFunc(have.IPAddresses, want.IPAddresses, sameIP)
}

func loadKey(file string) (*ecdsa.PrivateKey, error) {
	data, err := os.ReadFile(file) // #nosec G304 -- the operator's own state folder
	if err == nil {
		block, _ := pem.Decode(data)
		if block == nil {
			return nil, errors.New("the kept key is damaged")
		}
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if ec, ok := key.(*ecdsa.PrivateKey); err == nil && ok {
			return ec, nil
		}
		return nil, errors.New("the kept key is damaged")
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writeFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
