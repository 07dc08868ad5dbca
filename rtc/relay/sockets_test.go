package relay

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestSocketsAreCapped(t *testing.T) {
	r := startRelay(t, func(c *Config) { c.Limits.PrefixConns, c.Limits.GuestsPerLink = 3, 2 })
	l, other := newLink(), newLink()
	put(t, r, l)
	put(t, r, other)
	first := dial(t, r, "/v1/guest/"+l.id)
	first.hearHere(false) // each has its place before the next one asks
	dial(t, r, "/v1/guest/"+l.id).hearHere(false)
	if code := dial(t, r, "/v1/guest/"+l.id).closed(); code != websocket.StatusTryAgainLater {
		t.Fatalf("a guest too many for one link: %d", code)
	}
	eventually(t, "its place to be free", func() bool { w, _ := tryDial(t, r, "/v1/guest/"+other.id, nil); return w != nil })
	if _, status := tryDial(t, r, "/v1/guest/"+other.id, nil); status != 429 {
		t.Fatalf("a socket too many for one prefix: %d", status)
	}
	hostWire(t, r, l) // the desktop has its own count
	_ = first.ws.CloseNow()
	eventually(t, "a place that was left to be free", func() bool { w, _ := tryDial(t, r, "/v1/guest/"+l.id, nil); return w != nil })
}

// A stranger who opens connections and says nothing is cut off at some number of them.
func TestSilentConnectionsAreCapped(t *testing.T) {
	r := startRelay(t, func(c *Config) { c.Limits.PrefixConns = 2 })
	silent := func() net.Conn {
		c, err := net.Dial("tcp", r.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	var open []net.Conn
	for range 8 {
		open = append(open, silent())
	}
	cut := func(c net.Conn, within time.Duration) bool {
		_ = c.SetReadDeadline(time.Now().Add(within))
		_, err := c.Read(make([]byte, 1))
		return err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
	}
	if !cut(silent(), soon) || cut(open[7], 300*time.Millisecond) {
		t.Fatal("want eight connections, and no ninth")
	}
	_ = open[0].Close()
	eventually(t, "a place that was left to be free", func() bool { return !cut(silent(), 300*time.Millisecond) })
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for begin := time.Now(); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > soon {
			t.Fatalf("waited too long for %s", what)
		}
	}
}

func TestBadFramesEndTheConnection(t *testing.T) {
	r := startRelay(t, unlimited)
	l := newLink()
	put(t, r, l)
	for name, c := range map[string]struct {
		path string
		kind websocket.MessageType
		data []byte
		code websocket.StatusCode
	}{
		"guest: text":              {"/v1/guest/" + l.id, websocket.MessageText, []byte("{}"), websocket.StatusPolicyViolation},
		"guest: empty":             {"/v1/guest/" + l.id, websocket.MessageBinary, nil, websocket.StatusPolicyViolation},
		"guest: too large":         {"/v1/guest/" + l.id, websocket.MessageBinary, make([]byte, maxPayload+1), websocket.StatusMessageTooBig},
		"host: header alone":       {"/v1/host", websocket.MessageBinary, make([]byte, hostHeader), websocket.StatusPolicyViolation},
		"host: too large":          {"/v1/host", websocket.MessageBinary, make([]byte, maxHost+1), websocket.StatusMessageTooBig},
		"host: unknown op":         {"/v1/host", websocket.MessageText, []byte(`{"op":"dance","link":"` + l.id + `"}`), websocket.StatusPolicyViolation},
		"host: control too large":  {"/v1/host", websocket.MessageText, []byte(`{"op":"unlisten","link":"` + l.id + `"` + strings.Repeat(" ", maxControl) + `}`), websocket.StatusPolicyViolation},
		"host: two objects":        {"/v1/host", websocket.MessageText, []byte(`{"op":"unlisten","link":"` + l.id + `"}{}`), websocket.StatusPolicyViolation},
		"host: field out of place": {"/v1/host", websocket.MessageText, []byte(`{"op":"unlisten","link":"` + l.id + `","token":""}`), websocket.StatusPolicyViolation},
	} {
		w := dial(t, r, c.path)
		w.write(c.kind, c.data)
		if code := w.closed(); code != c.code {
			t.Errorf("%s: closed with %d, want %d", name, code, c.code)
		}
	}
}

// A guest that does not read is dropped when its queue is full; the host and another guest never wait for it.
func TestSlowReaderIsDropped(t *testing.T) {
	r := startRelay(t, unlimited)
	l := newLink()
	put(t, r, l)
	host := hostWire(t, r, l)
	slow := dial(t, r, "/v1/guest/"+l.id)
	slow.hearHere(true)
	slowConn := host.hear("guest")["conn"].(string)
	quick := dial(t, r, "/v1/guest/"+l.id)
	quick.hearHere(true)
	quickConn := host.hear("guest")["conn"].(string)
	heard := make(chan map[string]any, 1)
	go func() { // the host's reader: nothing but "gone" may come
		_, data, err := host.read(60 * time.Second)
		var m map[string]any
		if err == nil {
			_ = json.Unmarshal(data, &m)
		}
		heard <- m
	}()
	big := frameFor(t, l, slowConn, make([]byte, maxPayload))
	for begin := time.Now(); ; {
		host.write(websocket.MessageBinary, big)
		host.write(websocket.MessageBinary, frameFor(t, l, quickConn, []byte("on time")))
		if got := quick.binary(); string(got) != "on time" {
			t.Fatalf("the quick one got %q", got)
		}
		select {
		case m := <-heard:
			if m["op"] != "gone" || m["conn"] != slowConn {
				t.Fatalf("the host heard %v", m)
			}
			return
		default:
		}
		if time.Since(begin) > 60*time.Second {
			t.Fatal("the slow one was never dropped")
		}
	}
}

// One guest's flood towards a desktop that does not read costs that guest, not the desktop's socket.
func TestFloodingGuestIsDroppedNotTheHost(t *testing.T) {
	r := startRelay(t, func(c *Config) {
		unlimited(c)
		c.Limits.GuestBytesPerSecond = 64 << 20
		c.Limits.GuestFramesPerSecond = 1e5
	})
	l := newLink()
	put(t, r, l)
	host := hostWire(t, r, l)
	flood := dial(t, r, "/v1/guest/"+l.id)
	flood.hearHere(true)
	conn := host.hear("guest")["conn"].(string)
	for begin := time.Now(); time.Since(begin) < 30*time.Second; {
		if flood.ws.Write(t.Context(), websocket.MessageBinary, make([]byte, maxPayload)) != nil {
			break
		}
	}
	if code := flood.closed(); code != statusHungUp {
		t.Fatalf("the flood ended with %d", code)
	}
	for { // the host reads again, and finds everything in order
		kind, data, err := host.read(soon)
		if err != nil {
			t.Fatalf("the host was cut: %v", err)
		}
		if kind == websocket.MessageText {
			if !strings.Contains(string(data), `"gone"`) || !strings.Contains(string(data), conn) {
				t.Fatalf("heard %s", data)
			}
			return
		}
	}
}

func TestIdleHostIsHungUp(t *testing.T) {
	r := startRelay(t, nil)
	h := &hostSocket{links: map[linkID]struct{}{}}
	ended := dial(t, r, "/v1/host")
	eventually(t, "the socket", func() bool { r.sockets.mu.Lock(); defer r.sockets.mu.Unlock(); return len(r.sockets.all) == 1 })
	r.sockets.mu.Lock()
	for s := range r.sockets.all {
		h.socket = s
	}
	r.sockets.mu.Unlock()
	h.links[linkID{}] = struct{}{}
	r.endIdleHost(h) // listens to something: stays
	delete(h.links, linkID{})
	r.endIdleHost(h)
	if code := ended.closed(); code != websocket.StatusPolicyViolation {
		t.Fatalf("closed with %d", code)
	}
}

// A socket that answers no ping is closed, and everybody who should is told.
func TestDeadLineIsNoticed(t *testing.T) {
	r := startRelay(t, nil)
	l := newLink()
	put(t, r, l)
	host := hostWire(t, r, l)
	dead := dial(t, r, "/v1/guest/"+l.id) // reads nothing, so it answers no ping
	host.hear("guest")
	eventually(t, "the guest's socket", func() bool { r.sockets.mu.Lock(); defer r.sockets.mu.Unlock(); return len(r.sockets.all) == 2 })
	r.switchboard.mu.Lock()
	for _, g := range r.switchboard.lobbies[must(parseLinkID(l.id))].guests {
		go g.pingOnce()
	}
	r.switchboard.mu.Unlock()
	host.hear("gone") // within pingTimeout
	_ = dead
}

func TestGoodbyeWhenTheRelayStops(t *testing.T) {
	r := startRelay(t, nil)
	l := newLink()
	put(t, r, l)
	host := hostWire(t, r, l)
	guest := dial(t, r, "/v1/guest/"+l.id)
	guest.hearHere(true)
	codes := make(chan websocket.StatusCode, 2)
	go func() { codes <- host.closed() }()
	go func() { codes <- guest.closed() }()
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if code := <-codes; code != websocket.StatusGoingAway {
			t.Errorf("closed with %d", code)
		}
	}
}
