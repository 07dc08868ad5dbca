package rtc

import "time"

// timing is how long a line may be silent.
type timing struct {
	beat      time.Duration // between beats
	lost      time.Duration // silence after which the line is lost
	restart   time.Duration // silence after which ICE starts anew
	again     time.Duration // between two such starts
	giveUp    time.Duration // silence after which the session is over
	handshake time.Duration // from admit to finished
	tick      time.Duration
	linger    time.Duration // for the last words to leave
	busy      time.Duration // before a relay that refused is asked again
	knock     time.Duration // between knocks by one link, in the long run
	line      time.Duration // between a client's chat lines, in the long run
}

// The numbers of protocol.md.
var defaultTiming = timing{
	beat: time.Second, lost: 2500 * time.Millisecond, restart: 5 * time.Second, again: 10 * time.Second,
	giveUp: 65 * time.Second, handshake: 2 * time.Minute,
	tick: 100 * time.Millisecond, linger: 300 * time.Millisecond, busy: 3 * time.Second,
	knock: 3 * time.Second, line: 50 * time.Millisecond,
}
