package rtc

import "alcove/rtc/wire"

// outbox keeps each chat line, form and plan until the other side has it. The call's goroutine
// owns it.
type outbox struct {
	waits []posted
	seen  recent[string] // ids of lines that came to us
}

type posted struct {
	id string
	m  wire.Data
}

// maxSeen is how many ids of lines are remembered. Only what was not acknowledged comes again,
// and that is the newest.
const maxSeen = 1024

func newOutbox() *outbox { return &outbox{seen: newRecent[string](maxSeen)} }

// add keeps a message, in order.
func (o *outbox) add(id string, m wire.Data) { o.waits = append(o.waits, posted{id, m}) }

// waiting are the messages to send again after a break.
func (o *outbox) waiting() []posted { return o.waits }

// got takes a message out; false if it is not ours, or was acknowledged before.
func (o *outbox) got(id string) bool {
	for i, one := range o.waits {
		if one.id == id {
			o.waits = append(o.waits[:i:i], o.waits[i+1:]...)
			return true
		}
	}
	return false
}

// fresh reports whether a line that came is to be shown, or was before.
func (o *outbox) fresh(id string) bool { return o.seen.add(id) }
