package rtc

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/coder/websocket"

	"alcove/rtc/wire"
)

// message is one WebSocket message.
type message struct {
	text bool
	data []byte
}

// socket is the host's one WebSocket to its relay. Writing never waits: a goroutine empties
// the queue. It ends with the first error, on either side.
type socket struct {
	out  *mailbox[message]
	done context.CancelFunc
	at   netip.Addr // where it ends; not valid if nothing says so
}

const (
	writeTimeout = 10 * time.Second
	pingEvery    = 15 * time.Second
	pingTimeout  = 10 * time.Second
	// maxUnsent bounds what waits for a relay that reads no more.
	maxUnsent = 4096
)

func (s *socket) order(o wire.Order) { s.put(message{text: true, data: o.Bytes()}) }

func (s *socket) frame(r wire.Route, frame []byte) {
	s.put(message{data: wire.Routed(r, frame)})
}

func (s *socket) put(m message) {
	if s.out.size() > maxUnsent {
		s.done()
		return
	}
	s.out.put(m)
}

// hostPath is where the relay has the host's socket.
const hostPath = "/v1/host"

// dial opens the host's socket. started is called with it before anything is read; then each
// message goes to received, until the socket breaks: it returns why. errClosed.
func (h *Host) dial(ctx context.Context) error {
	url := "ws" + strings.TrimPrefix(h.options.Relay, "http") + hostPath
	header := http.Header{}
	h.showToken(header)
	dialing, cancel := context.WithTimeout(ctx, writeTimeout)
	var at netip.Addr
	ws, resp, err := websocket.Dial(tracing(dialing, h.options.Relay, &at), url, &websocket.DialOptions{HTTPClient: h.options.Client, HTTPHeader: header})
	cancel()
	if err != nil && resp != nil && resp.StatusCode == http.StatusUnauthorized {
		return errClosed
	}
	if err != nil {
		return err
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(wire.LinkIDSize + wire.ConnIDSize + wire.MaxFrame)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := &socket{out: newMailbox[message](), done: stop, at: h.whereabouts(ctx, at)}
	defer s.out.close()
	h.started(s)
	go s.write(ctx, ws)
	go keepAlive(ctx, ws, stop)
	for {
		kind, data, err := ws.Read(ctx)
		if err != nil {
			return err
		}
		h.received(message{text: kind == websocket.MessageText, data: data})
	}
}

func (s *socket) write(ctx context.Context, ws *websocket.Conn) {
	defer s.done()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.out.ready:
		}
		for _, m := range s.out.take() {
			kind := websocket.MessageBinary
			if m.text {
				kind = websocket.MessageText
			}
			writing, cancel := context.WithTimeout(ctx, writeTimeout)
			err := ws.Write(writing, kind, m.data)
			cancel()
			if err != nil {
				return
			}
		}
	}
}

// keepAlive finds a line that is dead without having been closed.
func keepAlive(ctx context.Context, ws *websocket.Conn, stop func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pingEvery):
		}
		pinging, cancel := context.WithTimeout(ctx, pingTimeout)
		err := ws.Ping(pinging)
		cancel()
		if err != nil {
			stop()
			return
		}
	}
}
