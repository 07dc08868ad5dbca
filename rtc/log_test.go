package rtc

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"alcove/app"
	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// ledger is a log that can be read while it is written.
type ledger struct {
	mu   sync.Mutex
	text bytes.Buffer // mu
}

func (l *ledger) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *ledger) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestLogNamesNobody lets everything fail that can, and looks into the log for links, names and
// addresses.
func TestLogNamesNobody(t *testing.T) {
	t.Parallel()
	log := &ledger{}
	logged := func(o *Options) { o.Log = slog.New(slog.NewTextHandler(log, nil)) }
	wrote := func(words string) {
		t.Helper()
		eventually(t, "the log says: "+words, func() bool { return strings.Contains(log.String(), words) })
	}
	var secrets []string
	secret := func(link string) {
		_, l, err := wire.ParseLink(link)
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, seal.LinkID(l).String(), wire.Encode(l[:]))
	}

	nobody := httptest.NewServer(nil)
	nobody.Close()
	secrets = append(secrets, strings.TrimPrefix(nobody.URL, "http://"))
	away := startHost(t, nobody.URL, logged)
	expires := time.Now().Add(time.Hour)
	m, err := away.NewInvite(t.Context(), app.InviteSpec{Kind: app.InviteSingle, Expires: expires})
	if err != nil {
		t.Fatal(err)
	}
	secret(m.Link)
	away.Open(app.LineInvite{ID: "1", Material: m.Material, Expires: expires}, app.Card{Therapist: "Dr. Ruiz"}, newDoorstep())
	wrote("a link is not on the relay yet")

	tcp := &wires{}
	h := newHouse(t, func(o *Options) { logged(o); o.Client = tcp.client() })
	secrets = append(secrets, strings.TrimPrefix(h.relay.URL(), "http://"), "203.0.113.9", "Kim", "Ruiz")
	link := h.invite(app.InviteStanding).Link
	secret(link)
	for _, answer := range []string{"v=0\r\nc=IN IP4 203.0.113.9\r\n", "v=0\r\no=- 1 1 IN IP4 203.0.113.9\r\ns=203.0.113.9\r\nt=0 0\r\nm=203.0.113.9\r\n"} {
		g := h.visit(link)
		g.knockWith("Kim", "")
		if _, err := h.door.next(t).Admit(t.Context(), textOnly, newRoom()); err != nil {
			t.Fatal(err)
		}
		g.until(t, "admitted", soon)
		g.mail.put(func() { g.signal(wire.Answer{SDP: answer}) })
		g.until(t, "ended", soon)
	}
	wrote("an answer is of no use")
	g := h.visit(link)
	_, r := h.admit(g, textOnly)
	g.mail.put(func() {
		for _, c := range []string{"candidate:1 1 udp 1 127.0.0.1 203.0.113.9 typ host", "candidate:1 1 udp 203.0.113.9 127.0.0.1 9 typ host"} {
			g.signal(wire.Candidate{Candidate: c, Mid: "0"})
		}
	})
	wrote("a candidate is of no use")
	tcp.cut()
	wrote("the relay is away")
	g.mail.put(func() { _ = g.peer.Send([]byte("203.0.113.9 is no message")) })
	await[app.CallEnded](t, r, soon)
	wrote("a session is broken off")
	for _, s := range secrets {
		if strings.Contains(log.String(), s) {
			t.Errorf("the log holds %q:\n%s", s, log)
		}
	}
}

// TestLogIsQuiet: a relay that talks nonsense without end does not fill the disk with what the log says of it.
func TestLogIsQuiet(t *testing.T) {
	t.Parallel()
	log := &ledger{}
	h := startHost(t, "http://127.0.0.1:9", func(o *Options) { o.Log = slog.New(slog.NewTextHandler(log, nil)) })
	for range 1000 {
		h.received(message{text: true, data: []byte(`{"op":"nonsense"}`)})
	}
	if n := strings.Count(log.String(), "the relay said what it cannot say"); n < 1 || n > 5 {
		t.Errorf("it says so %d times", n)
	}
}

// TestKindsAreToldApart: what is left in the log is still of use.
func TestKindsAreToldApart(t *testing.T) {
	t.Parallel()
	_, refused := net.DialTimeout("tcp", "127.0.0.1:1", time.Second)
	for _, c := range []struct {
		err  error
		want string
	}{
		{refused, "connection refused"},
		{fmt.Errorf("at 203.0.113.9: %w", errOutOfPlace), errOutOfPlace.Error()},
		{fmt.Errorf("%w: %w", errRefused, answeredError(410)), "rtc: the relay answered 410"},
		{&net.DNSError{Name: "relay.example"}, "no such name"},
		{fmt.Errorf("x: %w", &net.ParseError{Type: "IP", Text: "203.0.113.9"}), "*net.ParseError"},
	} {
		if got := kindOf(c.err); got != c.want {
			t.Errorf("%v is told as %q", c.want, got)
		}
	}
}
