// Package away hears that the therapist leaves the machine: the desktop is locked, the machine goes
// to sleep or shuts down, or the system ends the program.
//
// Where a system says nothing of it (Windows and macOS so far), the idle lock is what remains; it
// reads the wall clock, so a night asleep counts.
package away

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Watch calls lock each time the therapist leaves, until ctx is done. It blocks.
func Watch(ctx context.Context, lock func()) { watchLogind(ctx, lock) }

// End calls lock when the system ends the program (SIGTERM, SIGHUP), and then lets it end. It
// blocks until then, or until ctx is done.
func End(ctx context.Context, lock func()) {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(end)
	select {
	case s := <-end:
		lock()
		again(s)
	case <-ctx.Done():
	}
}

// again lets a signal do what it would have done without us.
func again(s os.Signal) {
	signal.Reset(s)
	p, err := os.FindProcess(os.Getpid())
	if err != nil || p.Signal(s) != nil {
		os.Exit(1)
	}
}
