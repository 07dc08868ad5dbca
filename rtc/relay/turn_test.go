package relay

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
)

// ice is what a host hears of TURN.
type ice struct {
	urls                 []string
	username, credential string
}

func askTURN(t *testing.T, r *Relay) ice {
	t.Helper()
	l := newLink()
	put(t, r, l)
	host := hostWire(t, r, l)
	host.say(fmt.Sprintf(`{"op":"turn","link":%q}`, l.id))
	m := host.hear("turn")
	out := ice{username: m["username"].(string), credential: m["credential"].(string)}
	for _, u := range m["urls"].([]any) {
		out.urls = append(out.urls, u.(string))
	}
	if len(out.urls) > 0 && (m["ttl"] != r.config.TURN.TTL.Seconds() || m["link"] != l.id) {
		t.Fatalf("turn: %v", m)
	}
	return out
}

// turnClient makes a real allocation at url, over UDP or TCP as that says.
func turnClient(t *testing.T, i ice, url string) (*turn.Client, net.PacketConn, error) {
	t.Helper()
	server := strings.TrimPrefix(strings.SplitN(url, "?", 2)[0], "turn:")
	var conn net.PacketConn
	var err error
	if strings.HasSuffix(url, "transport=tcp") {
		var tcp net.Conn
		if tcp, err = net.Dial("tcp", server); err == nil {
			conn = turn.NewSTUNConn(tcp)
		}
	} else {
		host, _, _ := net.SplitHostPort(server)
		conn, err = net.ListenPacket("udp", net.JoinHostPort(host, "0"))
	}
	if err != nil {
		t.Fatal(err)
	}
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: server, STUNServerAddr: server, Conn: conn, Username: i.username, Password: i.credential, Realm: turnRealm,
		LoggerFactory: &logging.DefaultLoggerFactory{Writer: testWriter{t}, DefaultLogLevel: logging.LogLevelDisabled, ScopeLevels: map[string]logging.LogLevel{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); _ = conn.Close() })
	relayed, err := client.Allocate()
	if err == nil {
		t.Cleanup(func() { _ = relayed.Close() })
	}
	return client, relayed, err
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) { w.t.Log(string(b)); return len(b), nil }

// builtIn is a relay with its own TURN server at this loopback address, which takes itself for public.
func builtIn(t *testing.T, listen, public string, change func(*TURN)) *Relay {
	t.Helper()
	return startRelay(t, func(c *Config) {
		unlimited(c)
		c.TURN.Listen = net.JoinHostPort(listen, "0")
		c.TURN.ListenTCP = c.TURN.Listen
		if public != "" {
			c.TURN.PublicIP = netip.MustParseAddr(public)
		}
		if change != nil {
			change(&c.TURN)
		}
	})
}

// reachable puts the loopback address into a URL that names an address nobody here has.
func reachable(url, listen string) string {
	server, transport, _ := strings.Cut(strings.TrimPrefix(url, "turn:"), "?")
	_, port, _ := net.SplitHostPort(server)
	return "turn:" + net.JoinHostPort(listen, port) + "?" + transport
}

func TestTURNRefusesWhatLiesBehindTheFirewall(t *testing.T) {
	for _, family := range []struct {
		listen, public   string
		refused, allowed []string
	}{
		{
			"127.0.0.1", "9.9.9.10",
			[]string{
				"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1", "127.255.0.1",
				"169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255",
				"198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
			},
			[]string{"9.9.9.10", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "169.253.1.1", "192.167.1.1", "223.255.255.1"},
		},
		{
			"::1", "2620:fe::fe",
			[]string{
				"::", "::1", "::7f00:1", "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::1", "100::1", "2001:0:1::1", "2001:2::1",
				"2001:10::1", "2001:db8::1", "2002:7f00:1::1", "2002:c0a8:101::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "fec0::1",
				"ff02::1", "ff0e::1",
			},
			[]string{"2620:fe::fe", "2606:4700:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1", "2a00::1"},
		},
	} {
		r := builtIn(t, family.listen, family.public, nil)
		i := askTURN(t, r)
		for _, url := range i.urls {
			url = reachable(url, family.listen)
			client, _, err := turnClient(t, i, url)
			if err != nil {
				t.Fatalf("%s: %v", url, err)
			}
			for _, peer := range family.refused {
				if err := client.CreatePermission(&net.UDPAddr{IP: net.ParseIP(peer), Port: 53}); err == nil || !strings.Contains(err.Error(), "403") {
					t.Errorf("%s: a permission for %s: %v", url, peer, err)
				}
			}
			for _, peer := range family.allowed {
				if err := client.CreatePermission(&net.UDPAddr{IP: net.ParseIP(peer), Port: 53}); err != nil {
					t.Errorf("%s: no permission for %s: %v", url, peer, err)
				}
			}
		}
	}
}

// With relay-only ICE on both sides one allocation talks to another at the relay's own address, and to nothing else there.
func TestTURNReachesAllocationsAndNoOtherPortOfItsOwn(t *testing.T) {
	for _, private := range []bool{false, true} {
		r := builtIn(t, "127.0.0.1", "", func(c *TURN) { c.AllowPrivatePeers = private })
		i := askTURN(t, r)
		_, a, err := turnClient(t, i, i.urls[0])
		if err != nil {
			t.Fatal(err)
		}
		_, b, err := turnClient(t, i, i.urls[1])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.WriteTo([]byte("first"), b.LocalAddr()); err != nil { // opens a's side
			t.Fatal(err)
		}
		pass(t, b, a, "one allocation to another")
		pass(t, a, b, "and back")

		service, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = service.Close() }()
		if _, err := a.WriteTo([]byte("let me in"), service.LocalAddr()); err != nil {
			t.Fatal(err)
		}
		within := time.Second
		if private {
			within = soon
		}
		_ = service.SetReadDeadline(time.Now().Add(within))
		_, _, err = service.ReadFrom(make([]byte, 100))
		if reached := err == nil; reached != private {
			t.Errorf("private peers %v: a service beside the relay was reached: %v", private, reached)
		}
	}
}

func pass(t *testing.T, from, to net.PacketConn, words string) {
	t.Helper()
	if _, err := from.WriteTo([]byte(words), to.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	_ = to.SetReadDeadline(time.Now().Add(soon))
	buf := make([]byte, 100)
	for {
		n, _, err := to.ReadFrom(buf)
		if err != nil {
			t.Fatalf("%s: %v", words, err)
		}
		if string(buf[:n]) == words {
			return
		}
	}
}

func TestTURNCredentialsAreTimedAndSigned(t *testing.T) {
	dir := t.TempDir()
	r := startRelay(t, func(c *Config) { c.StateDir = dir; c.TURN.Listen = "127.0.0.1:0" })
	good := askTURN(t, r)
	client, _, err := turnClient(t, good, good.urls[0])
	if err != nil {
		t.Fatal(err)
	}
	if seen, err := client.SendBindingRequest(); err != nil || !strings.HasPrefix(seen.String(), "127.0.0.1:") {
		t.Errorf("STUN: %v %v", seen, err)
	}
	late := strconv.FormatInt(time.Now().Add(-time.Second).Unix(), 10) + ":someone"
	later := strconv.FormatInt(time.Now().Add(1000*time.Hour).Unix(), 10) + ":someone"
	for name, bad := range map[string]ice{
		"expired":             {username: late, credential: r.turn.password(late)},
		"lengthened":          {username: later, credential: good.credential},
		"no time":             {username: "someone", credential: r.turn.password("someone")},
		"another relay's key": {username: good.username, credential: base64.StdEncoding.EncodeToString(make([]byte, 20))},
	} {
		if _, _, err := turnClient(t, bad, good.urls[0]); err == nil {
			t.Errorf("%s credentials were taken", name)
		}
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, turnSecretFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret's file: %v %v", info, err)
	}
	again := startRelay(t, func(c *Config) { c.StateDir = dir; c.TURN.Listen = "127.0.0.1:0" })
	if _, _, err := turnClient(t, good, again.turn.urls[0]); err != nil {
		t.Errorf("credentials did not outlive a restart: %v", err)
	}
}

func TestTURNQuota(t *testing.T) {
	r := builtIn(t, "127.0.0.1", "", nil)
	i := askTURN(t, r)
	for n := range allocationsPerUser + 1 {
		_, _, err := turnClient(t, i, i.urls[0])
		if last := n == allocationsPerUser; last != (err != nil) {
			t.Fatalf("allocation %d: %v", n+1, err)
		}
	}
	other := askTURN(t, r)
	if _, _, err := turnClient(t, other, other.urls[0]); err != nil {
		t.Fatalf("somebody else: %v", err)
	}
}

func TestTURNPortRange(t *testing.T) {
	r := builtIn(t, "127.0.0.1", "", func(c *TURN) { c.MinPort, c.MaxPort = 47310, 47319 })
	i := askTURN(t, r)
	_, relayed, err := turnClient(t, i, i.urls[0])
	if err != nil {
		t.Fatal(err)
	}
	if port := relayed.LocalAddr().(*net.UDPAddr).Port; port < 47310 || port > 47319 {
		t.Fatalf("port %d", port)
	}
}

func TestNoTURN(t *testing.T) {
	if i := askTURN(t, startRelay(t, nil)); len(i.urls) != 0 || i.username != "" || i.credential != "" {
		t.Fatalf("without TURN: %+v", i)
	}
}

// A real coturn takes our credentials, and refuses them when they are tampered with.
func TestCoturnTakesOurCredentials(t *testing.T) {
	const secret = "shared between two programs"
	probe, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := probe.LocalAddr().(*net.UDPAddr).Port
	_ = probe.Close()
	dir := t.TempDir()
	coturn := exec.Command("turnserver", "-n", "--use-auth-secret", "--static-auth-secret="+secret, "--realm="+turnRealm,
		"--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", fmt.Sprintf("--listening-port=%d", port), "--no-tls", "--no-dtls", "--no-cli", "--no-tcp",
		"--userdb="+filepath.Join(dir, "db"), "--pidfile="+filepath.Join(dir, "pid"), "--log-file="+filepath.Join(dir, "log"), "--simple-log")
	if err := coturn.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = coturn.Process.Signal(syscall.SIGKILL); _ = coturn.Wait() })
	url := fmt.Sprintf("turn:127.0.0.1:%d?transport=udp", port)
	r := startRelay(t, func(c *Config) { c.TURN.URLs, c.TURN.Secret = []string{url}, secret })
	i := askTURN(t, r)
	if len(i.urls) != 1 || i.urls[0] != url {
		t.Fatalf("urls: %v", i.urls)
	}
	for begin := time.Now(); ; {
		_, relayed, err := turnClient(t, i, url)
		if err == nil {
			t.Logf("relayed at %v after %v", relayed.LocalAddr(), time.Since(begin).Round(time.Millisecond))
			break
		}
		if time.Since(begin) > soon {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Fatalf("coturn refused: %v\n%s", err, log)
		}
		time.Sleep(100 * time.Millisecond)
	}
	i.username = "9" + i.username[1:]
	if _, _, err := turnClient(t, i, url); err == nil {
		t.Fatal("coturn took a lengthened credential")
	}
}
