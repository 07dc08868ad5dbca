package relay

import (
	"context"
	"time"

	"github.com/coder/websocket"
)

const (
	pingEvery    = 20 * time.Second
	pingTimeout  = 10 * time.Second
	writeTimeout = 10 * time.Second

	// statusHungUp tells a page that the therapist's desktop ended this connection. 4000 to 4999 are an application's own (RFC 6455, 7.4.2).
	statusHungUp websocket.StatusCode = 4001
)

// A socket is one WebSocket with its queue. Idle it costs the one goroutine that reads it: the writer is started by the first item and ends
// with the last, and pings run from a timer.
type socket struct {
	ws   *websocket.Conn
	out  outbox
	ping *time.Timer
}

func newSocket(ws *websocket.Conn, readLimit, queueBytes, queueItems int) *socket {
	ws.SetReadLimit(int64(readLimit))
	s := &socket{ws: ws, out: outbox{maxBytes: queueBytes, maxItems: queueItems}}
	s.ping = time.AfterFunc(pingEvery, s.pingOnce)
	return s
}

// pingOnce finds the dead line that TCP would hold open for hours. It is the read deadline as well: a socket that answers no ping is closed
// under its reader.
func (s *socket) pingOnce() {
	ctx, cancel := context.WithTimeout(context.Background(), pingTimeout)
	defer cancel()
	if s.ws.Ping(ctx) != nil {
		s.kill()
		return
	}
	s.ping.Reset(pingEvery)
}

// send queues an item and reports false where one guest has filled its share of it. A socket that does not keep up is closed.
func (s *socket) send(it item) bool {
	switch s.out.push(it) {
	case start:
		go s.write()
	case overflow:
		s.kill()
	case hogged:
		return false
	}
	return true
}

// end says goodbye after everything queued so far has been written.
func (s *socket) end(code websocket.StatusCode, why string) { s.send(item{end: code, why: why}) }

func (s *socket) write() {
	for {
		it, ok := s.out.pop()
		if !ok {
			return
		}
		if it.end != 0 {
			s.out.close()
			_ = s.ws.Close(it.end, it.why) // the peer may be gone already
			return
		}
		kind := websocket.MessageBinary
		if it.text {
			kind = websocket.MessageText
		}
		ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
		err := s.ws.Write(ctx, kind, it.data)
		cancel()
		if err != nil {
			s.kill()
			return
		}
	}
}

// kill ends the connection at once, from any goroutine and without waiting: its reader then sees an error and cleans up.
func (s *socket) kill() {
	s.out.close()
	go func() { _ = s.ws.CloseNow() }()
}

// hangUp says goodbye from the reader's own goroutine, ahead of what is still queued, and waits some seconds for the answer.
func (s *socket) hangUp(code websocket.StatusCode, why string) {
	s.ping.Stop()
	s.out.close()
	_ = s.ws.Close(code, why) // the peer may be gone already
}

// over is called by the reader on its way out.
func (s *socket) over() {
	s.ping.Stop()
	s.out.close()
	_ = s.ws.CloseNow()
}
