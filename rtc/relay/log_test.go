package relay

import (
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestOneLineIsLoggedOnceInAWhile(t *testing.T) {
	book := &logBook{}
	log := Quiet(debugLog(book))
	for range 100 {
		log.Warn("the same", "n", 1)
		log.With("a", 1).Error("another")
	}
	if n := strings.Count(book.String(), "\n"); n != 2 {
		t.Fatalf("%d lines:\n%s", n, book)
	}
	later := slog.NewRecord(time.Now().Add(sameLine), slog.LevelWarn, "the same", 0)
	if err := log.Handler().Handle(t.Context(), later); err != nil || strings.Count(book.String(), "the same") != 2 {
		t.Fatalf("silent for ever: %v\n%s", err, book)
	}
}

var anyAddress = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+|\[?::1\]?:`)

// Everything that can go wrong goes wrong, and then the log is read.
func TestLogHoldsNoAddressLinkOrToken(t *testing.T) {
	book := &logBook{}
	r := startRelay(t, func(c *Config) {
		unlimited(c)
		c.Log, c.MaxStore = debugLog(book), 1<<20
		c.TURN.Listen, c.TLS = "127.0.0.1:0", TLS{}
	})
	l, stranger := newLink(), newLink()
	put(t, r, l)
	host := hostWire(t, r, l)
	guest := dial(t, r, "/v1/guest/"+l.id)
	guest.hearHere(true)
	host.say(`{"op":"listen","link":"` + l.id + `","token":"` + stranger.token + `"}`)
	call(t, "DELETE", r.URL()+"/v1/links/"+l.id+"?why=used", stranger.token, "")
	link := must(parseLinkID(l.id))
	if err := r.bus.conn.Publish(hostSubject+l.id, []byte("not ours")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the log", func() bool { return strings.Contains(book.String(), "malformed message on NATS") }) // NATS brings it a while after
	r.switchboard.lost(guestSubject + l.id)
	for range 30 { // fill the store
		big := newLink()
		call(t, "PUT", r.URL()+"/v1/links/"+big.id, big.token, putBody(strings.Repeat("x", 40<<10), week))
	}
	panics(t, r, link)
	askTURNWrongly(t, r)
	r.bus.conn.Close()
	call(t, "GET", r.URL()+"/v1/links/"+l.id, "", "")
	guest2, _ := tryDial(t, r, "/v1/guest/"+l.id, nil)
	if guest2 != nil {
		t.Error("a guest was let in without a store")
	}
	eventually(t, "the log", func() bool { return strings.Contains(book.String(), "slots cannot be reached") })
	text := book.String()
	for _, must := range []string{"malformed message on NATS", "frames were lost", "store is full", "a request failed"} {
		if !strings.Contains(text, must) {
			t.Errorf("the log does not know of %q: this test would prove nothing", must)
		}
	}
	for _, secret := range []string{l.id, l.token, stranger.token, l.id[5:], "127.0.0.1"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if found := anyAddress.FindString(text); found != "" {
		t.Errorf("the log holds an address: %q", found)
	}
	if t.Failed() {
		t.Log(text)
	}
}

// panics makes a request fail the way a mistake of ours would.
func panics(t *testing.T, r *Relay, link linkID) {
	t.Helper()
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the panic was not turned into an abort")
		}
	}()
	h := r.guarded(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fail(link) }))
	req, err := http.NewRequest("GET", "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	h.ServeHTTP(discard{http.Header{}}, req)
}

func fail(link linkID) { panic(errMalformed.Error() + " " + link.String()) }

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func askTURNWrongly(t *testing.T, r *Relay) {
	t.Helper()
	if _, _, err := turnClient(t, ice{username: "1:someone", credential: "wrong"}, r.turn.urls[0]); err == nil {
		t.Error("TURN took wrong credentials")
	}
}
