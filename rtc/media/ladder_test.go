package media

import (
	"testing"
	"time"
)

func TestLadderClimbsSlowlyAndFallsAtOnce(t *testing.T) {
	l, now := newLadder(), epoch
	step := func(seconds float64, bps, maxHeight, want int) {
		t.Helper()
		now = now.Add(time.Duration(seconds * float64(time.Second)))
		if _, h := l.pick(bps, maxHeight, now); h != want {
			t.Errorf("at %v with %d bit/s: %d lines, want %d", now.Sub(epoch), bps, h, want)
		}
	}
	step(0, StartBitrate, 720, 360)
	step(10, 1_200_000, 720, 360) // good, but not good enough
	step(1, 1_400_000, 720, 360)
	step(2, 1_400_000, 720, 360)
	step(1.1, 1_400_000, 720, 720) // it held
	step(1, 900_000, 720, 720)     // sways, and is left alone
	step(1, 840_000, 720, 360)
	step(1, 1_400_000, 720, 360)
	step(2, 800_000, 720, 360) // did not hold
	step(2, 1_400_000, 720, 360)
	step(2, 1_400_000, 720, 360)
	step(1.1, 1_400_000, 720, 720)
	step(0, 1_400_000, 360, 360) // the bound counts at once
	step(10, 2_000_000, 360, 360)
	step(0, 100_000, 720, 180)
	step(9, 200_000, 720, 180)
	step(1, 300_000, 720, 180)
	step(3.1, 300_000, 720, 360)
	step(0, 30_000, 100, 180) // there is nothing below
}
