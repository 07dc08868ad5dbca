package rtc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"syscall"

	"github.com/coder/websocket"

	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// told is an error as the log may have it: what kind it is. Words of the libraries quote link
// IDs, the relay's address, and addresses of clients.
func told(err error) slog.Attr { return slog.String("err", kindOf(err)) }

// ours hold no data: their words are fixed.
var ours = []error{
	errOutOfPlace, errFlood, errSDP, errAway, errBusy, errClosed, seal.ErrClock, seal.ErrForged, seal.ErrOrder, seal.ErrKey, wire.ErrRefused,
	context.Canceled, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
}

func kindOf(err error) string {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if errors.Unwrap(inner) == wire.ErrRefused && !errors.Is(inner, seal.ErrClock) {
			return inner.Error() // wire says what is wrong by names and sizes of its own, never by a value
		}
	}
	for _, known := range ours {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	var answered answeredError
	if errors.As(err, &answered) {
		return answered.Error()
	}
	if code := websocket.CloseStatus(err); code != -1 {
		return fmt.Sprintf("closed with %d", code)
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return "no such name"
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	var timed net.Error
	if errors.As(err, &timed) && timed.Timeout() {
		return "timed out"
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return fmt.Sprintf("%T", err)
}
