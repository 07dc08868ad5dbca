package relay

import (
	"context"
	"sync"
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

// detach runs a socket's reader on a goroutine of its own until the socket is over. The handler returns meanwhile, and with it goes what the
// HTTP server held for the request: about a third of what a waiting guest costs.
func (r *Relay) detach(s *socket, release, read func()) {
	go func() {
		defer release()
		defer s.over()
		if !r.sockets.add(s) {
			s.hangUp(websocket.StatusGoingAway, "relay stops")
			return
		}
		defer r.sockets.remove(s)
		defer func() {
			if p := recover(); p != nil { // a mistake of ours costs this socket, not the others
				r.log.Error("a socket failed", "panic", p, "at", callers())
			}
		}()
		read()
	}()
}

// A socketSet knows every open WebSocket: http.Server forgets a connection once it has been taken over.
type socketSet struct {
	mu     sync.Mutex
	all    map[*socket]struct{} // mu
	closed bool                 // mu
	empty  chan struct{}        // mu; closed by the last one to leave after endAll
}

func (s *socketSet) add(k *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.all[k] = struct{}{}
	return true
}

func (s *socketSet) remove(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, k)
	if s.empty != nil && len(s.all) == 0 {
		close(s.empty)
		s.empty = nil
	}
}

func (s *socketSet) endAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for k := range s.all {
		k.end(websocket.StatusGoingAway, "relay stops")
	}
}

// wait returns when every socket has gone, by itself or, when ctx ends first, by force.
func (s *socketSet) wait(ctx context.Context) {
	s.mu.Lock()
	if len(s.all) == 0 {
		s.mu.Unlock()
		return
	}
	empty := make(chan struct{})
	s.empty = empty
	s.mu.Unlock()
	select {
	case <-empty:
		return
	case <-ctx.Done():
	}
	s.mu.Lock()
	for k := range s.all {
		k.kill()
	}
	s.mu.Unlock()
	<-empty
}
