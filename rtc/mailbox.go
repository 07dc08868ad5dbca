package rtc

import "sync"

// mailbox is an unbounded queue with one reader, so that nobody who posts ever waits.
type mailbox[T any] struct {
	ready chan struct{} // holds a token when there may be something

	mu    sync.Mutex
	items []T  // mu
	shut  bool // mu
}

func newMailbox[T any]() *mailbox[T] { return &mailbox[T]{ready: make(chan struct{}, 1)} }

// put reports false once the mailbox is closed: the item is dropped.
func (m *mailbox[T]) put(item T) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shut {
		return false
	}
	m.items = append(m.items, item)
	select {
	case m.ready <- struct{}{}:
	default:
	}
	return true
}

// take returns everything that has come, in order.
func (m *mailbox[T]) take() []T {
	m.mu.Lock()
	defer m.mu.Unlock()
	items := m.items
	m.items = nil
	return items
}

func (m *mailbox[T]) size() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.items)
}

func (m *mailbox[T]) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shut, m.items = true, nil
}
