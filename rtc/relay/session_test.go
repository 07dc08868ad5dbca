package relay

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestFramesPassBothWays(t *testing.T) {
	r := startRelay(t, nil)
	l := newLink()
	put(t, r, l)
	host := hostWire(t, r, l)
	guest := dial(t, r, "/v1/guest/"+l.id)
	guest.hearHere(true)
	came := host.hear("guest")
	if came["link"] != l.id {
		t.Fatalf("guest of %v", came["link"])
	}
	conn := came["conn"].(string)
	exchange(t, l, conn, host, guest)
	_ = guest.ws.Close(websocket.StatusNormalClosure, "")
	if gone := host.hear("gone"); gone["conn"] != conn || gone["link"] != l.id {
		t.Fatalf("gone: %v", gone)
	}
}

// exchange proves frames of the smallest and the largest size, both ways, in order.
func exchange(t *testing.T, l testLink, conn string, host, guest *wire) {
	t.Helper()
	for _, size := range []int{1, 1000, maxPayload} {
		sent := bytes.Repeat([]byte{byte(size)}, size)
		guest.write(websocket.MessageBinary, sent)
		if got := host.binary(); !bytes.Equal(got, frameFor(t, l, conn, sent)) {
			t.Fatalf("the host got %d bytes, want link, conn and %d", len(got), size)
		}
		host.write(websocket.MessageBinary, frameFor(t, l, conn, sent))
		if got := guest.binary(); !bytes.Equal(got, sent) {
			t.Fatalf("the guest got %d bytes, want %d", len(got), size)
		}
	}
	for i := range 50 {
		guest.write(websocket.MessageBinary, []byte{byte(i)})
	}
	for i := range 50 {
		if got := host.binary(); got[len(got)-1] != byte(i) {
			t.Fatalf("frame %d came as %d", i, got[len(got)-1])
		}
	}
}

func TestGuestSeesTheHostComeAndGo(t *testing.T) {
	r := startRelay(t, nil)
	l := newLink()
	put(t, r, l)
	guest := dial(t, r, "/v1/guest/"+l.id)
	guest.hearHere(false)
	host := hostWire(t, r, l)
	guest.hearHere(true)
	conn := host.hear("guest")["conn"].(string)
	exchange(t, l, conn, host, guest)
	host.say(fmt.Sprintf(`{"op":"unlisten","link":%q}`, l.id))
	guest.hearHere(false)
	host.listen(l)
	host.hear("listening")
	guest.hearHere(true)
	if again := host.hear("guest")["conn"]; again != conn {
		t.Fatalf("the guest who stayed is %v, was %v", again, conn)
	}
	_ = host.ws.CloseNow()
	guest.hearHere(false)
}

func TestHostHangsUpAfterItsLastWord(t *testing.T) {
	r := startRelay(t, nil)
	l := newLink()
	put(t, r, l)
	host := hostWire(t, r, l)
	guest := dial(t, r, "/v1/guest/"+l.id)
	guest.hearHere(true)
	conn := host.hear("guest")["conn"].(string)
	host.write(websocket.MessageBinary, frameFor(t, l, conn, []byte("a kind sentence")))
	host.say(fmt.Sprintf(`{"op":"drop","link":%q,"conn":%q}`, l.id, conn))
	if got := guest.binary(); string(got) != "a kind sentence" {
		t.Fatalf("got %q", got)
	}
	if code := guest.closed(); code != statusHungUp {
		t.Fatalf("closed with %d", code)
	}
	host.hear("gone")
}

func TestNewerDesktopReplacesTheOlder(t *testing.T) {
	r := startRelay(t, nil)
	l := newLink()
	put(t, r, l)
	old := hostWire(t, r, l)
	guest := dial(t, r, "/v1/guest/"+l.id)
	guest.hearHere(true)
	conn := old.hear("guest")["conn"].(string)
	young := hostWire(t, r, l)
	if m := old.hear("refused"); m["why"] != "busy" || m["link"] != l.id {
		t.Fatalf("the older heard %v", m)
	}
	guest.hearHere(false)
	guest.hearHere(true)
	if again := young.hear("guest")["conn"]; again != conn {
		t.Fatalf("the newer was told of %v, not %v", again, conn)
	}
	exchange(t, l, conn, young, guest)
	old.write(websocket.MessageBinary, frameFor(t, l, conn, []byte("from the older")))
	young.write(websocket.MessageBinary, frameFor(t, l, conn, []byte("from the newer")))
	if got := guest.binary(); string(got) != "from the newer" {
		t.Fatalf("got %q", got)
	}
}

// TestOrdersAreCounted: each order costs more than a frame does, so a stranger's socket may give no more of them than a desktop has use for.
func TestOrdersAreCounted(t *testing.T) {
	r := startRelay(t, func(c *Config) { c.Limits.LinksPerHost, c.Limits.GuestFramesPerSecond = 4, 10 })
	host, nobody := dial(t, r, "/v1/host"), newLink()
	began := time.Now()
	for range 8 + 10 {
		host.listen(nobody)
	}
	for range 8 + 10 {
		host.hear("refused")
	}
	if took := time.Since(began); took < 900*time.Millisecond {
		t.Errorf("ten orders more than there are at once took %v, and should have taken a second", took)
	}
}

func TestOnlyTheOwnerListens(t *testing.T) {
	r := startRelay(t, nil)
	l, other := newLink(), newLink()
	put(t, r, l)
	host := dial(t, r, "/v1/host")
	host.listen(testLink{id: l.id, token: other.token})
	if m := host.hear("refused"); m["why"] != "token" {
		t.Fatalf("a stranger's token: %v", m)
	}
	host.listen(other)
	if m := host.hear("refused"); m["why"] != "unknown" {
		t.Fatalf("an unknown link: %v", m)
	}
	host.say(fmt.Sprintf(`{"op":"turn","link":%q}`, l.id))
	if m := host.hear("refused"); m["why"] != "unknown" {
		t.Fatalf("TURN without listening: %v", m)
	}
	guest := dial(t, r, "/v1/guest/"+l.id)
	guest.hearHere(false)
	host.write(websocket.MessageBinary, frameFor(t, l, strings.Repeat("0", 16), []byte("x"))) // ignored
	host.listen(l)
	host.hear("listening")
}

func TestSessionOutlivesItsLink(t *testing.T) {
	r := startRelay(t, nil)
	l := newLink()
	put(t, r, l)
	if _, status := tryDial(t, r, "/v1/guest/"+newLink().id, nil); status != 404 {
		t.Fatalf("unknown link: %d", status)
	}
	if status, _ := call(t, "DELETE", r.URL()+"/v1/links/"+l.id+"?why=used", l.token, ""); status != 204 {
		t.Fatal(status)
	}
	if _, status := tryDial(t, r, "/v1/guest/"+l.id, nil); status != 410 {
		t.Fatalf("spent link with nobody there: %d", status)
	}
	host := hostWire(t, r, l) // the tombstone knows its owner
	guest := dial(t, r, "/v1/guest/"+l.id)
	guest.hearHere(true)
	exchange(t, l, host.hear("guest")["conn"].(string), host, guest)
}

func TestFloodOfOneGuestLeavesOthersTheirTime(t *testing.T) {
	r := startRelay(t, unlimited)
	quiet, loud := newLink(), newLink()
	put(t, r, quiet)
	put(t, r, loud)
	host := hostWire(t, r, quiet)
	guest := dial(t, r, "/v1/guest/"+quiet.id)
	guest.hearHere(true)
	conn := host.hear("guest")["conn"].(string)
	idle := hostWire(t, r, loud) // listens and never reads again
	flood := dial(t, r, "/v1/guest/"+loud.id)
	flood.hearHere(true)
	go func() {
		for range 400 {
			ctx := t.Context()
			if flood.ws.Write(ctx, websocket.MessageBinary, make([]byte, maxPayload)) != nil {
				return
			}
		}
	}()
	begin := time.Now()
	for range 200 {
		guest.write(websocket.MessageBinary, []byte("still here"))
		host.binary()
		host.write(websocket.MessageBinary, frameFor(t, quiet, conn, []byte("yes")))
		guest.binary()
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Fatalf("200 round trips beside a flood took %v", took)
	}
	_ = idle
}
