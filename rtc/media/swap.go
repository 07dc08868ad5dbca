package media

import (
	"context"
	"sync"
)

// swap holds the device that a pipeline reads or writes, and lets another goroutine change it
// while the pipeline is in the middle of a Read. It owns what is set: it closes each device once,
// after the pipeline has let go of it.
type swap[T comparable] struct {
	closer func(T)
	parent context.Context // the pipeline's life

	mu      sync.Mutex
	now     T
	retired []retiree[T] // changed away, not closed yet
	cancel  context.CancelFunc
	ctx     context.Context // ends when now changes
	changed chan struct{}
	over    bool
}

type retiree[T any] struct {
	v      T
	closed chan struct{}
}

func (s *swap[T]) init(ctx context.Context, closer func(T)) {
	s.parent, s.closer = ctx, closer
	s.changed = make(chan struct{}, 1)
	s.ctx, s.cancel = context.WithCancel(ctx) // #nosec G118 -- end calls it
}

// set changes the device; the zero value is none. It returns when the one before is closed, so
// that the same camera can be opened again at once.
func (s *swap[T]) set(v T) {
	var none T
	var old <-chan struct{}
	s.mu.Lock()
	if s.over {
		s.mu.Unlock()
		if v != none {
			s.closer(v)
		}
		return
	}
	if s.now != none && s.now != v {
		old = s.retire(s.now)
	}
	s.now = v
	s.cancel()
	s.ctx, s.cancel = context.WithCancel(s.parent)
	s.mu.Unlock()
	select {
	case s.changed <- struct{}{}:
	default:
	}
	if old != nil {
		<-old
	}
}

// retire notes that v is to be closed; the lock is held.
func (s *swap[T]) retire(v T) <-chan struct{} {
	r := retiree[T]{v, make(chan struct{})}
	s.retired = append(s.retired, r)
	return r.closed
}

// wait returns the device and a context that ends when it is changed. While there is none it
// calls idle once, and waits. ok is false in the end.
func (s *swap[T]) wait(idle func()) (v T, ctx context.Context, ok bool) {
	for told := false; ; told = true {
		v, ctx, ok = s.get()
		if ok {
			return v, ctx, true
		}
		if !told {
			idle()
		}
		select {
		case <-s.changed:
		case <-s.parent.Done():
			return v, ctx, false
		}
	}
}

// get returns the device, if there is one, and closes those before it.
func (s *swap[T]) get() (v T, ctx context.Context, ok bool) {
	var none T
	s.mu.Lock()
	old := s.retired
	s.retired = nil
	v, ctx, ok = s.now, s.ctx, s.now != none
	s.mu.Unlock()
	for _, o := range old {
		s.closer(o.v)
		close(o.closed)
	}
	return v, ctx, ok
}

// drop takes a device that failed away, unless it has been changed meanwhile.
func (s *swap[T]) drop(v T) {
	var none T
	s.mu.Lock()
	if s.now == v {
		s.retire(v)
		s.now = none
	}
	s.mu.Unlock()
	s.get()
}

// end closes everything. What is set later is closed at once.
func (s *swap[T]) end() {
	var none T
	s.mu.Lock()
	s.over = true
	s.cancel()
	if s.now != none {
		s.retire(s.now)
		s.now = none
	}
	s.mu.Unlock()
	s.get()
}
