package relay

import (
	"sync"

	"github.com/coder/websocket"
)

// An item waits to be written to one socket.
type item struct {
	data []byte
	text bool
	from connID               // the guest that a host's frame came from: each has its share of the queue
	end  websocket.StatusCode // not zero: say goodbye with this code, after all that was queued before
	why  string
}

// An outbox holds what one socket has not yet taken. It never blocks who fills it: the reader that does not keep up loses its connection, so
// that one bad line cannot hold the others.
type outbox struct {
	maxBytes, maxItems, maxShare int

	mu      sync.Mutex
	items   []item         // mu
	bytes   int            // mu
	share   map[connID]int // mu; bytes by guest, nil where shares are not counted
	writing bool           // mu; a goroutine is emptying this outbox
	closed  bool           // mu
}

type pushed int

const (
	queued   pushed = iota // somebody is writing and will come to it
	start                  // queued, and the caller must start the writer
	overflow               // the socket does not keep up
	hogged                 // one guest has filled its share of the host's queue
	closed
)

func (o *outbox) push(it item) pushed {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return closed
	}
	if o.share != nil && it.from != (connID{}) {
		if o.share[it.from]+len(it.data) > o.maxShare {
			return hogged
		}
		o.share[it.from] += len(it.data)
	}
	if len(o.items) >= o.maxItems || o.bytes+len(it.data) > o.maxBytes {
		return overflow
	}
	o.items = append(o.items, it)
	o.bytes += len(it.data)
	if o.writing {
		return queued
	}
	o.writing = true
	return start
}

// pop takes the next item; without one the caller must stop writing.
func (o *outbox) pop() (it item, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || len(o.items) == 0 {
		o.writing, o.items = false, nil
		return it, false
	}
	it = o.items[0]
	o.items[0] = item{} // so that a sent frame is not held by the slice
	o.items = o.items[1:]
	o.bytes -= len(it.data)
	if o.share != nil && it.from != (connID{}) {
		if o.share[it.from] -= len(it.data); o.share[it.from] <= 0 {
			delete(o.share, it.from)
		}
	}
	return it, true
}

func (o *outbox) close() {
	o.mu.Lock()
	o.closed, o.items, o.bytes = true, nil, 0
	o.mu.Unlock()
}
