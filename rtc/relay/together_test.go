package relay

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// externalNATS is a real server with a listener, as an operator would run it.
func externalNATS(t testing.TB, dir string, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, SyncAlways: true, NoSigs: true, NoLog: true,
		Username: "alcove", Password: "nats-password",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(soon) {
		t.Fatal("NATS did not start")
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	return s
}

func natsURL(s *server.Server) string { return "nats://alcove:nats-password@" + s.Addr().String() }

// twoRelays share one external NATS and nothing else: no state folder, no process memory that the code could reach.
func twoRelays(t *testing.T, change func(*Config)) (*Relay, *Relay) {
	t.Helper()
	url := natsURL(externalNATS(t, t.TempDir(), server.RANDOM_PORT))
	join := func(c *Config) {
		c.NATSURL, c.StateDir = url, ""
		if change != nil {
			change(c)
		}
	}
	return startRelay(t, join), startRelay(t, join)
}

func TestTwoRelaysServeOneLink(t *testing.T) {
	here, there := twoRelays(t, nil)
	l := newLink()
	put(t, here, l)
	if status, _ := call(t, "GET", there.URL()+"/v1/links/"+l.id, "", ""); status != 200 {
		t.Fatalf("the other relay does not know the link: %d", status)
	}
	guest := dial(t, there, "/v1/guest/"+l.id)
	guest.hearHere(false)
	host := hostWire(t, here, l)
	guest.hearHere(true)
	conn := host.hear("guest")["conn"].(string)
	exchange(t, l, conn, host, guest)

	near := dial(t, here, "/v1/guest/"+l.id) // a second guest, on the host's own relay
	near.hearHere(true)
	exchange(t, l, host.hear("guest")["conn"].(string), host, near)
	exchange(t, l, conn, host, guest)

	_ = guest.ws.CloseNow()
	if gone := host.hear("gone"); gone["conn"] != conn {
		t.Fatalf("gone: %v", gone)
	}
	_ = host.ws.CloseNow()
	near.hearHere(false)
}

func TestDesktopMovesToTheOtherRelay(t *testing.T) {
	here, there := twoRelays(t, nil)
	l := newLink()
	put(t, here, l)
	old := hostWire(t, here, l)
	guest := dial(t, here, "/v1/guest/"+l.id)
	guest.hearHere(true)
	conn := old.hear("guest")["conn"].(string)
	young := hostWire(t, there, l)
	if m := old.hear("refused"); m["why"] != "busy" {
		t.Fatalf("the older heard %v", m)
	}
	guest.hearHere(false)
	guest.hearHere(true)
	if again := young.hear("guest")["conn"]; again != conn {
		t.Fatalf("the newer was told of %v, not %v", again, conn)
	}
	exchange(t, l, conn, young, guest)
}

// Of two desktops that begin in the same instant exactly one stays.
func TestTwoDesktopsAtOnce(t *testing.T) {
	here, there := twoRelays(t, unlimited)
	for range 10 {
		l := newLink()
		put(t, here, l)
		a, b := dial(t, here, "/v1/host"), dial(t, there, "/v1/host")
		a.listen(l)
		b.listen(l)
		until := time.Now().Add(soon)
		for {
			here.switchboard.mu.Lock()
			there.switchboard.mu.Lock()
			listening := len(here.switchboard.listeners) + len(there.switchboard.listeners)
			there.switchboard.mu.Unlock()
			here.switchboard.mu.Unlock()
			if listening == 1 {
				break
			}
			if time.Now().After(until) {
				t.Fatalf("%d desktops listen", listening)
			}
			time.Sleep(10 * time.Millisecond)
		}
		_, _ = a.ws.CloseNow(), b.ws.CloseNow()
		for here.listening()+there.listening() != 0 {
			if time.Now().After(until) {
				t.Fatal("a desktop that left still listens")
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func (r *Relay) listening() int {
	r.switchboard.mu.Lock()
	defer r.switchboard.mu.Unlock()
	return len(r.switchboard.listeners)
}

// What a killed relay could not say, the roll call finds out.
func TestRollMendsWhatWasMissed(t *testing.T) {
	here, there := twoRelays(t, nil)
	l := newLink()
	put(t, here, l)
	host := hostWire(t, here, l)
	guest := dial(t, there, "/v1/guest/"+l.id)
	guest.hearHere(true)
	conn := host.hear("guest")["conn"].(string)
	link, _ := parseLinkID(l.id)

	// The host's relay forgets the guest, as if its hello had been lost.
	here.switchboard.mu.Lock()
	delete(here.switchboard.listeners[link].guests, must(parseConnID(conn)))
	here.switchboard.mu.Unlock()
	there.switchboard.callRolls(time.Now())
	if again := host.hear("guest")["conn"]; again != conn {
		t.Fatalf("found %v, not %v", again, conn)
	}
	// The guest's relay forgets the guest, as if its farewell had been lost.
	stays := dial(t, there, "/v1/guest/"+l.id)
	stays.hearHere(true)
	host.hear("guest")
	there.switchboard.mu.Lock()
	delete(there.switchboard.lobbies[link].guests, must(parseConnID(conn)))
	there.switchboard.mu.Unlock()
	there.switchboard.callRolls(time.Now())
	if gone := host.hear("gone")["conn"]; gone != conn {
		t.Fatalf("gone %v, not %v", gone, conn)
	}
	// The host's relay dies: its subscription ends without a word.
	here.switchboard.mu.Lock()
	_ = here.switchboard.listeners[link].sub.Unsubscribe()
	here.switchboard.mu.Unlock()
	if err := here.bus.conn.Flush(); err != nil {
		t.Fatal(err)
	}
	there.switchboard.callRolls(time.Now())
	stays.hearHere(false)
	// The guest's relay dies: nobody calls its roll any more.
	here.switchboard.callRolls(time.Now().Add(rollMissed + time.Second))
	host.hear("gone")
}

func must[T any](v T, ok bool) T {
	if !ok {
		panic("not what a test may be given")
	}
	return v
}

// An external NATS that was away is used again, and what it had acknowledged is still there.
func TestRelayOutlivesARestartOfItsNATS(t *testing.T) {
	dir, book := t.TempDir(), &logBook{}
	first := externalNATS(t, dir, server.RANDOM_PORT)
	port := first.Addr().(*net.TCPAddr).Port
	r := startRelay(t, func(c *Config) { unlimited(c); c.NATSURL, c.StateDir, c.Log = natsURL(first), "", debugLog(book) })
	l := newLink()
	put(t, r, l)
	host := hostWire(t, r, l)
	first.Shutdown()
	first.WaitForShutdown()
	if status, _ := call(t, "GET", r.URL()+"/healthz", "", ""); status != 503 {
		t.Fatalf("healthz without NATS: %d", status)
	}
	externalNATS(t, dir, port)
	for begin := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		if status, _ := call(t, "GET", r.URL()+"/v1/links/"+l.id, "", ""); status == 200 {
			break
		}
		if time.Since(begin) > soon {
			t.Fatal("the relay never came back")
		}
	}
	guest := dial(t, r, "/v1/guest/"+l.id)
	guest.hearHere(true)
	exchange(t, l, host.hear("guest")["conn"].(string), host, guest)
	if text := book.String(); strings.Contains(text, "nats-password") || strings.Contains(text, "127.0.0.1") || !strings.Contains(text, "NATS is back") {
		t.Fatalf("log:\n%s", text)
	}
}
