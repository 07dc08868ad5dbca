package rtc

import (
	"time"

	"alcove/app"
	"alcove/rtc/wire"
)

// outbox keeps each chat line until the other side has it on screen. The call's goroutine
// owns it.
type outbox struct {
	lines []wire.Chat
	seen  recent[string] // ids of lines that came to us
}

// maxSeen is how many ids of lines are remembered. Only what was not acknowledged comes again,
// and that is the newest.
const maxSeen = 1024

func newOutbox() *outbox { return &outbox{seen: newRecent[string](maxSeen)} }

// add keeps a line, in order.
func (o *outbox) add(id app.ChatID, text string, at time.Time) wire.Chat {
	m := wire.Chat{ID: string(id), Text: text, Time: at}
	o.lines = append(o.lines, m)
	return m
}

// waiting are the lines to send again after a break.
func (o *outbox) waiting() []wire.Chat { return o.lines }

// got takes a line out; false if it is not ours, or was acknowledged before.
func (o *outbox) got(id string) bool {
	for i, m := range o.lines {
		if m.ID == id {
			o.lines = append(o.lines[:i:i], o.lines[i+1:]...)
			return true
		}
	}
	return false
}

// fresh reports whether a line that came is to be shown, or was before.
func (o *outbox) fresh(id string) bool { return o.seen.add(id) }
