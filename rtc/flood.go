package rtc

import (
	"errors"
	"time"

	"golang.org/x/time/rate"

	"alcove/rtc/wire"
)

// errFlood is more than a person, or an honest page, sends.
var errFlood = errors.New("rtc: a flood")

const (
	// knockBurst is how many knocks may come at once: five tries of a PIN.
	knockBurst = 5
	lineBurst  = 100 // chat lines and answers at once: an outbox that was full when the line came back
	// dataFactor is how many messages of every kind there may be for each chat line: beats, and
	// an acknowledgement for each line of ours.
	dataFactor = 5
	// maxUnheard is what may wait for a guest who reads no more, in bytes: an answer to each of
	// their messages would else gather up for as long as the session lasts.
	maxUnheard = 64 * wire.MaxFrame
	// resumeBurst and resumeFactor are how many resumes there may be at once, and for how many chat
	// lines there may be one in the long run: a page leaves its socket after seconds of silence.
	resumeBurst, resumeFactor = 16, 20
)

// flood bounds what a client can make the desktop read, draw and remember. Beyond it the session
// ends: no page of ours comes near.
type flood struct{ lines, all, resumes *rate.Limiter }

func newFlood(t timing) flood {
	return flood{
		lines:   rate.NewLimiter(rate.Every(t.line), lineBurst),
		all:     rate.NewLimiter(rate.Every(t.line/dataFactor), dataFactor*lineBurst),
		resumes: rate.NewLimiter(rate.Every(t.line*resumeFactor), resumeBurst),
	}
}

func (f flood) count(m wire.Data) error {
	now := time.Now()
	written := false
	switch m.(type) {
	case wire.Chat, wire.Answers, wire.Shown:
		written = true
	}
	if written && !f.lines.AllowN(now, 1) || !f.all.AllowN(now, 1) {
		return errFlood
	}
	return nil
}

// recent remembers the newest of what it was given.
type recent[K comparable] struct {
	most  int
	has   map[K]struct{}
	order []K
}

func newRecent[K comparable](most int) recent[K] { return recent[K]{most: most, has: map[K]struct{}{}} }

// add is false for what is remembered already.
func (r *recent[K]) add(k K) bool {
	if _, twice := r.has[k]; twice {
		return false
	}
	if len(r.order) == r.most {
		delete(r.has, r.order[0])
		r.order = r.order[1:]
	}
	r.has[k] = struct{}{}
	r.order = append(r.order, k)
	return true
}
