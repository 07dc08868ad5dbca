package ui

import (
	"context"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
)

// Loop is the toolkit's one goroutine, on which every widget is made and changed. Tests
// give their own: Fyne's test driver runs such calls inline and so hides races.
type Loop interface{ Post(f func()) }

type fyneLoop struct{}

func (fyneLoop) Post(f func()) { fyne.Do(f) }

// follower turns what happens elsewhere, and time, into calls on the Loop.
type follower struct {
	loop Loop
	ctx  context.Context // of the window
	now  func() time.Time
}

func newFollower(ctx context.Context, l Loop) *follower {
	return &follower{loop: l, ctx: ctx, now: time.Now}
}

// events reads changes until the window closes: one Post a batch.
func (f *follower) events(next func(context.Context) ([]app.Event, error), each func([]app.Event)) {
	go func() {
		for {
			batch, err := next(f.ctx)
			if err != nil {
				return
			}
			f.loop.Post(func() { each(batch) })
		}
	}()
}

// every calls fn on the Loop until stop is called. A call that finds the previous one still
// waiting is dropped: a slow screen gets fewer, never later, pictures.
func (f *follower) every(d time.Duration, fn func()) (stop func()) {
	ctx, cancel := context.WithCancel(f.ctx)
	var waiting atomic.Bool
	go func() {
		t := time.NewTicker(d)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
			if !waiting.CompareAndSwap(false, true) {
				continue
			}
			f.loop.Post(func() {
				waiting.Store(false)
				if ctx.Err() == nil {
					fn()
				}
			})
		}
	}()
	return cancel
}

// after calls fn on the Loop once, unless it is stopped before.
func (f *follower) after(d time.Duration, fn func()) (stop func()) {
	ctx, cancel := context.WithCancel(f.ctx)
	t := time.AfterFunc(d, func() {
		f.loop.Post(func() {
			if ctx.Err() == nil {
				fn()
			}
		})
	})
	return func() { cancel(); t.Stop() }
}
