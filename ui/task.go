package ui

import (
	"context"
	"sync/atomic"
	"time"

	"alcove/app"
	"alcove/ui/widget"
)

// progressAfter is how long work may take before the screen says that it goes on.
const progressAfter = 500 * time.Millisecond

// progressLook is how often the screen asks how far work is.
const progressLook = 100 * time.Millisecond

// scope is the life of a screen, or of one place in it. Work begun in it is called off, and its
// result dropped, when the scope ends: so nothing of a record reaches a screen that was
// cleared. It belongs to the Loop.
type scope struct {
	parent context.Context
	ctx    context.Context
	cancel context.CancelFunc
}

func newScope(parent context.Context) *scope {
	s := &scope{parent: parent}
	s.ctx, s.cancel = context.WithCancel(parent)
	return s
}

// renew calls off what runs and begins anew: for a search that a further key has overtaken.
func (s *scope) renew() *scope {
	s.cancel()
	s.ctx, s.cancel = context.WithCancel(s.parent)
	return s
}

func (s *scope) end() { s.cancel() }

// work is slow work on its way to the screen.
type work[T any] struct {
	// what it does, shown with a way to call it off if it takes longer than half a second;
	// "" is not shown.
	what string
	// do runs on another goroutine: it captures values, and never a screen's fields.
	do func(context.Context) (T, error)
	// done is called on the Loop, unless the scope has ended; with context.Canceled if the work
	// was called off in time.
	done func(T, error)
	// keep lets the work go on when it was begun: what it does cannot be half done.
	keep bool
	// far is given by work that tells by itself what it does just now.
	far *far
}

// far is how much of some work is done. Whoever works sets it, and the screen looks now and then.
type far struct{ at atomic.Pointer[progressAt] }

// progressAt is what is done just now, "" for all of it, and how much of that; of is 0 where nobody knows.
type progressAt struct {
	what     string
	done, of int64
}

func (f *far) report(done, of int64) { f.doing("", done, of) }

func (f *far) doing(what string, done, of int64) { f.at.Store(&progressAt{what, done, of}) }

// show puts it on the screen.
func (f *far) show(b *widget.Busy) {
	if at := f.at.Load(); at != nil {
		if at.what != "" {
			b.Doing(at.what)
		}
		if at.of > 0 {
			b.Far(float32(at.done) / float32(at.of))
		}
	}
}

// run does work away from the screen and brings the result back to it.
func run[T any](u *UI, s *scope, w work[T]) {
	life := s.ctx
	ctx, cancel := context.WithCancel(life)
	f, stop := w.far, func() {}
	if f == nil {
		f = &far{}
	}
	if w.what != "" {
		var calloff func()
		if !w.keep {
			calloff = func() { cancel(); stop() }
		}
		stop = u.progress(w.what, calloff, f)
	}
	inner := ctx
	if w.keep {
		inner = context.WithoutCancel(ctx)
	}
	inner = app.WithProgress(inner, f.report) // what is long only now and then, such as an unlock after an update, tells it by this
	u.underway++
	go func() {
		v, err := w.do(inner)
		u.loop.Post(func() {
			defer cancel()
			u.underway--
			stop()
			if life.Err() == nil {
				w.done(v, err)
			}
		})
	}()
}

// act is run for work that gives nothing back but an error.
func act(u *UI, s *scope, what string, do func(context.Context) error, done func(error)) {
	run(u, s, work[struct{}]{
		what: what, keep: true,
		do:   func(ctx context.Context) (struct{}, error) { return struct{}{}, do(ctx) },
		done: func(_ struct{}, err error) { done(err) },
	})
}

// read is run for a quick read that a newer one may overtake.
func read[T any](u *UI, s *scope, do func(context.Context) (T, error), done func(T, error)) {
	run(u, s, work[T]{do: do, done: done})
}

// track is run for long work that tells how far it is, and can be called off.
func track[T any](u *UI, s *scope, what string, do func(context.Context, app.Progress) (T, error), done func(T, error)) {
	run(u, s, work[T]{
		what: what, done: done,
		do: func(ctx context.Context) (T, error) { return do(ctx, app.ProgressOf(ctx)) },
	})
}

// progress shows that work goes on, once it has taken a while. The result takes it away again.
func (u *UI) progress(what string, cancel func(), f *far) (stop func()) {
	hide, still := func() {}, func() {}
	quit := u.follow.after(progressAfter, func() {
		var b *widget.Busy
		b, hide = u.showBusy(what, cancel)
		still = u.follow.every(progressLook, func() { f.show(b) })
	})
	return func() {
		quit()
		still()
		hide()
	}
}
