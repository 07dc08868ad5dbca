package relay

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// leafOf returns the certificate that a relay shows for a name.
func leafOf(t *testing.T, r *Relay, name string) *x509.Certificate {
	t.Helper()
	c, err := tls.Dial("tcp", r.Addr().String(), &tls.Config{InsecureSkipVerify: true, ServerName: name})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	return c.ConnectionState().PeerCertificates[0]
}

func TestSelfSignedStaysTheSame(t *testing.T) {
	dir := t.TempDir()
	start := func(names ...string) *Relay {
		return startRelay(t, func(c *Config) { c.StateDir, c.TLS.SelfSigned = dir, names })
	}
	r := start("alcove.local", "127.0.0.1")
	first := leafOf(t, r, "alcove.local")
	if !strings.HasPrefix(r.URL(), "https://127.0.0.1:") {
		t.Errorf("URL: %s", r.URL())
	}
	roots := x509.NewCertPool()
	roots.AddCert(first)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	resp, err := client.Get(r.URL() + "/j") // Go checks the name in it
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.Header.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS with a certificate that browsers warn of: nobody could go on")
	}
	client.CloseIdleConnections()
	if _, err := tls.Dial("tcp", r.Addr().String(), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 was accepted")
	}
	if info, err := os.Stat(filepath.Join(dir, "tls", "self.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v %v", info, err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r = start("alcove.local", "127.0.0.1")
	if again := leafOf(t, r, "alcove.local"); !again.Equal(first) {
		t.Error("another certificate after a restart")
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	moved := leafOf(t, start("alcove.local", "192.0.2.7"), "alcove.local")
	if moved.Equal(first) || !bytes.Equal(moved.RawSubjectPublicKeyInfo, first.RawSubjectPublicKeyInfo) {
		t.Error("after a move: want another certificate with the same key")
	}
	if err := moved.VerifyHostname("192.0.2.7"); err != nil {
		t.Error(err)
	}
}

func TestSelfSignedIsRenewedInTime(t *testing.T) {
	dir, names := t.TempDir(), []string{"alcove.local"}
	old, err := selfSigned(dir, names, time.Now().Add(renewBefore-selfSignedFor-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	young, err := selfSigned(dir, names, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if young.Leaf.Equal(old.Leaf) || !young.Leaf.NotAfter.After(time.Now().Add(300*24*time.Hour)) {
		t.Error("a certificate that is about to end was kept")
	}
}

func TestCertificateFilesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "tls", "self.crt"), filepath.Join(dir, "tls", "self.key")
	if _, err := selfSigned(filepath.Join(dir, "tls"), []string{"one.example"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	r := startRelay(t, func(c *Config) { c.TLS.CertFile, c.TLS.KeyFile = cert, key })
	if names := leafOf(t, r, "one.example").DNSNames; names[0] != "one.example" {
		t.Fatalf("names: %v", names)
	}
	if err := os.WriteFile(cert, []byte("half a renewal"), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // files are asked once a second
	if names := leafOf(t, r, "one.example").DNSNames; names[0] != "one.example" {
		t.Fatalf("with a broken file: %v", names)
	}
	if _, err := selfSigned(filepath.Join(dir, "tls"), []string{"two.example"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new certificate", func() bool { return leafOf(t, r, "two.example").DNSNames[0] == "two.example" })
	resp, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}).Get(r.URL() + "/j")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.Header.Get("Strict-Transport-Security") == "" {
		t.Error("a real certificate, and no HSTS")
	}
}

// autocert prefers http-01 as soon as anybody has asked for its handler; where nobody serves that, no certificate would ever come.
func TestACMEAnswersOnlyWhereItListens(t *testing.T) {
	c := Config{StateDir: t.TempDir(), TLS: TLS{Domains: []string{"relay.example"}}}
	if s := acmeSource(c); s.challenge != nil || !s.trusted {
		t.Error("http-01 without a listener")
	}
	c.TLS.ChallengeListen = "127.0.0.1:0"
	if s := acmeSource(c); s.challenge == nil {
		t.Error("a listener without http-01")
	}
}

// A handshake that fails is an address in Go's own log: it must go nowhere.
func TestFailedHandshakeIsNotLogged(t *testing.T) {
	book := &logBook{}
	r := startRelay(t, func(c *Config) { c.TLS.SelfSigned, c.Log = []string{"alcove.local"}, debugLog(book) })
	c, err := net.Dial("tcp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("GET / HTTP/1.1\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	_, _ = c.Read(make([]byte, 100)) // the server hangs up
	_ = c.Close()
	if text := book.String(); strings.Contains(text, "127.0.0.1") {
		t.Fatal(text)
	}
}

func TestConfigurationThatContradictsItself(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"no page":            func(c *Config) { c.Guest = nil },
		"no state":           func(c *Config) { c.StateDir = "" },
		"two certificates":   func(c *Config) { c.TLS.Domains, c.TLS.SelfSigned = []string{"a.example"}, []string{"b"} },
		"no key":             func(c *Config) { c.TLS.CertFile = "x" },
		"files not there":    func(c *Config) { c.TLS.CertFile, c.TLS.KeyFile = "/nonexistent/c", "/nonexistent/k" },
		"two TURN servers":   func(c *Config) { c.TURN.Listen, c.TURN.URLs = "127.0.0.1:0", []string{"turn:x"} },
		"TURN, no secret":    func(c *Config) { c.TURN.URLs = []string{"turn:x"} },
		"TURN, TCP alone":    func(c *Config) { c.TURN.ListenTCP = "127.0.0.1:0" },
		"TURN, which IP":     func(c *Config) { c.TURN.Listen = "0.0.0.0:0" },
		"TURN, half a range": func(c *Config) { c.TURN.MinPort = 5 },
		"public path":        func(c *Config) { c.PublicURL = "https://a.example/path" },
		"public scheme":      func(c *Config) { c.PublicURL = "ftp://a.example" },
		"port in use":        func(c *Config) { c.Listen = "192.0.2.1:1" },
		"no such NATS":       func(c *Config) { c.NATSURL = "nats://user:nats-password@127.0.0.1:1" },
		"limits below zero":  func(c *Config) { c.Limits.Scale = -1 },
	} {
		c := Config{StateDir: t.TempDir(), Guest: testPage}
		change(&c)
		r, err := Start(t.Context(), c)
		if err == nil {
			t.Errorf("%s: started", name)
			_ = r.Close(t.Context())
		} else if strings.Contains(err.Error(), "nats-password") {
			t.Errorf("%s: the error holds a password: %v", name, err)
		}
	}
}
