package media

import "time"

// A rung is a picture size and the bitrates between which it looks best.
type rung struct {
	w, h     int
	up, down int // bit/s: climb onto it from up on, leave it below down
}

// rungs are 16:9, as cameras and windows are. The room between up of one and down of it keeps an
// estimate that sways from making the picture jump.
var rungs = [...]rung{
	{320, 180, 0, 0},
	{640, 360, 260_000, 150_000},
	{1280, 720, 1_300_000, 850_000},
}

// climbPause is how long a rate must hold before the picture grows: a new size begins with a key
// frame, the most costly frame there is. Shrinking never waits.
const climbPause = 3 * time.Second

// ladder picks the size of the picture by the bitrate. Pure: time is handed in.
type ladder struct {
	at    int
	since time.Time // the rate has been good for the next rung since then; zero: it is not
}

// firstRung is 360p: good enough to see a face by, and it fits nearly every line.
func newLadder() ladder { return ladder{at: 1} }

// pick returns the size for a bitrate in bit/s and an upper bound on the height.
func (l *ladder) pick(bps, maxHeight int, now time.Time) (w, h int) {
	for l.at > 0 && (bps < rungs[l.at].down || rungs[l.at].h > maxHeight) {
		l.at--
		l.since = time.Time{}
	}
	next := l.at + 1
	switch {
	case next >= len(rungs) || bps < rungs[next].up || rungs[next].h > maxHeight:
		l.since = time.Time{}
	case l.since.IsZero():
		l.since = now
	case now.Sub(l.since) >= climbPause:
		l.at, l.since = next, time.Time{}
	}
	return rungs[l.at].w, rungs[l.at].h
}
