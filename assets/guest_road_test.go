package assets_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// road lies between the page and the relay. It writes down what passes, and may be told to
// change, cut or refuse it, as whoever owns a network could.
type road struct {
	url   string
	relay string
	proxy *httputil.ReverseProxy

	mu      sync.Mutex
	passed  []string                                          // mu; method and path of each request
	frames  int                                               // mu; binary messages that guests sent
	closed  bool                                              // mu; nothing passes
	answer  func(w http.ResponseWriter, r *http.Request) bool // mu; answers in the relay's place
	toHost  func(frame []byte) [][]byte                       // mu; what becomes of a frame of the guest
	toGuest func(frame []byte) [][]byte                       // mu; what becomes of a frame of the host
	cuts    map[context.Context]context.CancelFunc            // mu; open sockets
	deaf    map[context.Context]bool                          // mu; those that stand, and pass nothing
}

func newRoad(t testing.TB, relay string) *road {
	t.Helper()
	u, err := url.Parse(relay)
	if err != nil {
		t.Fatal(err)
	}
	r := &road{relay: relay, proxy: httputil.NewSingleHostReverseProxy(u), cuts: map[context.Context]context.CancelFunc{}, deaf: map[context.Context]bool{}}
	server := httptest.NewServer(r)
	r.url = server.URL
	t.Cleanup(server.CloseClientConnections)
	return r
}

func (r *road) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.passed = append(r.passed, req.Method+" "+req.URL.Path)
	closed, answer := r.closed, r.answer
	r.mu.Unlock()
	switch {
	case closed:
		panic(http.ErrAbortHandler) // the connection breaks, as without a network
	case answer != nil && answer(w, req):
	case strings.HasPrefix(req.URL.Path, "/v1/guest/"):
		r.socket(w, req)
	default:
		r.proxy.ServeHTTP(w, req)
	}
}

func (r *road) socket(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	relay, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(r.relay, "http")+req.URL.Path, nil)
	if err != nil {
		http.Error(w, "relay", http.StatusBadGateway)
		return
	}
	defer relay.CloseNow()
	guest, err := websocket.Accept(w, req, nil)
	if err != nil {
		return
	}
	defer guest.CloseNow()
	relay.SetReadLimit(1 << 20)
	guest.SetReadLimit(1 << 20)
	r.mu.Lock()
	r.cuts[ctx] = cancel
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.cuts, ctx)
		delete(r.deaf, ctx)
		r.mu.Unlock()
	}()
	go func() {
		defer cancel()
		r.pass(ctx, guest, relay, func(frame []byte) [][]byte {
			r.mu.Lock()
			r.frames++
			change := r.toHost
			r.mu.Unlock()
			if change == nil {
				return [][]byte{frame}
			}
			return change(frame)
		})
	}()
	r.pass(ctx, relay, guest, func(frame []byte) [][]byte {
		r.mu.Lock()
		change := r.toGuest
		r.mu.Unlock()
		if change == nil {
			return [][]byte{frame}
		}
		return change(frame)
	})
}

func (r *road) pass(ctx context.Context, from, to *websocket.Conn, change func([]byte) [][]byte) {
	for {
		kind, data, err := from.Read(ctx)
		if err != nil {
			if status := websocket.CloseStatus(err); status > 0 {
				_ = to.Close(status, "")
			}
			return
		}
		r.mu.Lock()
		deaf := r.deaf[ctx]
		r.mu.Unlock()
		if deaf {
			continue
		}
		all := [][]byte{data}
		if kind == websocket.MessageBinary {
			all = change(data)
		}
		for _, one := range all {
			if to.Write(ctx, kind, one) != nil {
				return
			}
		}
	}
}

// cut breaks every socket that is open now; the next ones may pass.
func (r *road) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, cancel := range r.cuts {
		cancel()
	}
}

// deafen lets nothing pass the sockets that are open now, and tells nobody: a phone that has left
// one network for another holds such sockets for minutes.
func (r *road) deafen() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ctx := range r.cuts {
		r.deaf[ctx] = true
	}
}

// shut lets nothing pass until it is opened again.
func (r *road) shut(closed bool) {
	r.mu.Lock()
	r.closed = closed
	r.mu.Unlock()
	if closed {
		r.cut()
	}
}

func (r *road) change(toGuest func([]byte) [][]byte) {
	r.mu.Lock()
	r.toGuest = toGuest
	r.mu.Unlock()
}

func (r *road) swallow(toHost func([]byte) [][]byte) {
	r.mu.Lock()
	r.toHost = toHost
	r.mu.Unlock()
}

func (r *road) replace(answer func(http.ResponseWriter, *http.Request) bool) {
	r.mu.Lock()
	r.answer = answer
	r.mu.Unlock()
}

func (r *road) log() (requests []string, frames int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.passed...), r.frames
}

// linkID is the name under which the relay keeps a link.
func linkID(t testing.TB, link string) string {
	t.Helper()
	_, l, err := wire.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	id := seal.LinkID(l)
	return wire.Encode(id[:])
}
