package relay

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const sameLine = 10 * time.Second

// A quietLog: who can cause a warning must not be able to fill a disk with it, the operator's or the therapist's. The texts are constants, so
// the table stays small.
type quietLog struct {
	slog.Handler
	*quietTable
}

type quietTable struct {
	mu   sync.Mutex
	last map[string]time.Time // mu; by text
}

// Quiet is a log that lets each text through once in ten seconds. Its texts must be constants.
func Quiet(log *slog.Logger) *slog.Logger {
	return slog.New(quietLog{Handler: log.Handler(), quietTable: &quietTable{last: map[string]time.Time{}}})
}

func (q quietLog) Handle(ctx context.Context, r slog.Record) error {
	q.mu.Lock()
	again := r.Time.Sub(q.last[r.Message]) < sameLine
	if !again {
		q.last[r.Message] = r.Time
	}
	q.mu.Unlock()
	if again {
		return nil
	}
	return q.Handler.Handle(ctx, r)
}

func (q quietLog) WithAttrs(a []slog.Attr) slog.Handler {
	return quietLog{Handler: q.Handler.WithAttrs(a), quietTable: q.quietTable}
}

func (q quietLog) WithGroup(name string) slog.Handler {
	return quietLog{Handler: q.Handler.WithGroup(name), quietTable: q.quietTable}
}
