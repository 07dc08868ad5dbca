package rtc

import (
	"context"
	"sync/atomic"
	"time"

	"alcove/rtc/media"
)

var ringing atomic.Bool

// Chime rings at the door, on the system's default speaker, and returns at once. While it rings it
// does not ring again. A desktop without sound stays silent: the knock is seen and notified too.
func Chime() {
	if !ringing.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer ringing.Store(false)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = media.Chime(ctx, "")
	}()
}
