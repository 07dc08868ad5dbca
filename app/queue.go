package app

import (
	"context"
	"sync"
)

// queue carries events from one publisher, the practice, to one reader. It is unbounded: a
// screen that is slow, or gone, never makes a publisher wait. An event that waits already is
// not queued again, so it cannot grow past the number of things that exist.
type queue struct {
	ready chan struct{} // holds a token while events wait

	mu      sync.Mutex
	waiting []Event
	known   map[Event]bool
}

func newQueue() *queue {
	return &queue{ready: make(chan struct{}, 1), known: map[Event]bool{}}
}

func (q *queue) publish(e Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.known[e] {
		return
	}
	q.known[e] = true
	q.waiting = append(q.waiting, e)
	wake(q.ready)
}

func (q *queue) next(ctx context.Context) ([]Event, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-q.ready:
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	batch := q.waiting
	q.waiting, q.known = nil, map[Event]bool{}
	return batch, nil
}

// Next blocks until something changed and returns the batch, each Event once. One reader.
// ctx ends it with ctx.Err().
func (p *Practice) Next(ctx context.Context) ([]Event, error) { return p.events.next(ctx) }

func (p *Practice) changed(kind EventKind, id string) { p.events.publish(Event{kind, id}) }

// mailbox holds work for the one goroutine that owns some state. Posting never waits.
type mailbox struct {
	ready chan struct{}

	mu    sync.Mutex
	posts []func()
}

func newMailbox() *mailbox { return &mailbox{ready: make(chan struct{}, 1)} }

func (m *mailbox) post(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.posts = append(m.posts, f)
	wake(m.ready)
}

func (m *mailbox) take() []func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	posts := m.posts
	m.posts = nil
	return posts
}

// wake leaves a token, unless one is there.
func wake(ready chan struct{}) {
	select {
	case ready <- struct{}{}:
	default:
	}
}

// serial runs what is posted one after the other, on a goroutine that lives only while there
// is work. Posting never waits. The zero value is ready.
type serial struct {
	mu    sync.Mutex
	posts []func()
	busy  bool
}

func (s *serial) post(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts = append(s.posts, f)
	if !s.busy {
		s.busy = true
		go s.run()
	}
}

func (s *serial) run() {
	for {
		s.mu.Lock()
		posts := s.posts
		s.posts = nil
		s.busy = len(posts) > 0
		s.mu.Unlock()
		if len(posts) == 0 {
			return
		}
		for _, f := range posts {
			f()
		}
	}
}
