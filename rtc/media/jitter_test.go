package media

import (
	"testing"
	"time"

	"github.com/pion/rtp"
)

// opusTOC begins a 20 ms mono packet (RFC 6716, section 3.1: wideband SILK, one frame).
const opusTOC = 9 << 3

// voicePacket is packet i of a stream that began at sequence number first.
func voicePacket(first uint16, i int) *rtp.Packet {
	return &rtp.Packet{
		Header:  rtp.Header{SequenceNumber: first + uint16(i), Timestamp: 4_000_000_000 + uint32(i)*FrameSamples},
		Payload: []byte{opusTOC, byte(i), byte(i >> 8)},
	}
}

func number(b []byte) int { return int(b[1]) | int(b[2])<<8 }

// play simulates a call: packet i is due at 20·i ms and comes late by delay(i) (negative: never),
// and the speaker takes a piece every 20 ms. It checks that packets leave in order and once, and
// returns what was done.
func play(t *testing.T, first uint16, n int, delay func(i int) time.Duration) (j *Jitter, done []Piece) {
	t.Helper()
	j = &Jitter{}
	arriving := map[int][]*rtp.Packet{}
	for i := range n {
		if d := delay(i); d >= 0 {
			ms := i*20 + int(d.Milliseconds())
			arriving[ms] = append(arriving[ms], voicePacket(first, i))
		}
	}
	last := -1
	check := func(b []byte) {
		if i := number(b); i <= last {
			t.Fatalf("packet %d after %d", i, last)
		} else {
			last = i
		}
	}
	for ms := range n*20 + 1000 {
		now := epoch.Add(time.Duration(ms) * time.Millisecond)
		for _, p := range arriving[ms] {
			j.Push(p, now)
		}
		if ms%20 != 13 {
			continue
		}
		piece := j.Pop()
		done = append(done, piece)
		switch piece.Do {
		case PlayFrame:
			check(piece.Packet)
		case PlayMerge:
			check(piece.Packet)
			check(piece.After)
		case PlayRecover:
			i := number(piece.Packet) - 1
			if i <= last {
				t.Fatalf("packet %d is recovered after %d", i, last)
			}
			last = i // must not come as a frame too
		case PlayConceal, PlayNothing:
		}
	}
	return j, done
}

func count(done []Piece, what Playout) (n int) {
	for _, p := range done {
		if p.Do == what {
			n++
		}
	}
	return n
}

func TestJitterOnASteadyLine(t *testing.T) {
	j, done := play(t, 65000, 2000, func(int) time.Duration { return 30 * time.Millisecond })
	s := j.Stats()
	// The invented ones are those after the last packet.
	if s.Played != 2000 || s.Late+s.Twice+s.Recovered+s.Merged != 0 || s.Concealed != patience {
		t.Errorf("%+v", s)
	}
	if j.Delay() != minDelay {
		t.Errorf("holds back %v on a steady line", j.Delay())
	}
	for i, p := range done[:2000] {
		if p.Do == PlayFrame {
			if i > 4 {
				t.Errorf("the first sound came after %d frames", i)
			}
			break
		}
	}
}

func TestJitterAdaptsToAnUnsteadyLineAndBack(t *testing.T) {
	rnd := chance(8)
	var unsteady, steady time.Duration
	j := &Jitter{}
	arrive := map[int][]*rtp.Packet{}
	for i := range 3000 {
		d := 30
		if i >= 500 && i < 1500 {
			d += rnd.IntN(120)
		}
		arrive[i*20+d] = append(arrive[i*20+d], voicePacket(0, i))
	}
	concealed := 0
	for ms := range 3000 * 20 {
		now := epoch.Add(time.Duration(ms) * time.Millisecond)
		for _, p := range arrive[ms] {
			j.Push(p, now)
		}
		if ms%20 == 7 {
			j.Pop()
		}
		switch ms {
		case 700 * 20:
			concealed = j.Stats().Concealed + j.Stats().Late + j.Stats().Recovered
		case 1500 * 20:
			unsteady = j.Delay()
			// After four seconds of learning a late packet is the exception.
			if bad := j.Stats().Concealed + j.Stats().Late + j.Stats().Recovered - concealed; bad > 16 {
				t.Errorf("%d of 800 packets were late or invented: %+v", bad, j.Stats())
			}
		case 2999 * 20:
			steady = j.depth()
		}
	}
	if unsteady < 110*time.Millisecond || unsteady > 180*time.Millisecond {
		t.Errorf("held back %v while packets were up to 120 ms late", unsteady)
	}
	if steady > 80*time.Millisecond {
		t.Errorf("still %v wait half a minute after the line became steady", steady)
	}
	t.Logf("unsteady %v, later %v waiting, %+v", unsteady, steady, j.Stats())
}

func TestJitterUnderLoss(t *testing.T) {
	rnd := chance(9)
	lost := 0
	j, done := play(t, 30000, 5000, func(int) time.Duration {
		if rnd.IntN(10) == 0 {
			lost++
			return -1
		}
		return 25 * time.Millisecond
	})
	s := j.Stats()
	if s.Played != 5000-lost {
		t.Errorf("%d of %d packets that came were played", s.Played, 5000-lost)
	}
	// A single loss is recovered from the packet after it; only the first of two is invented.
	if s.Recovered < lost*80/100 || s.Recovered+s.Concealed < lost || s.Late != 0 {
		t.Errorf("%d lost: %+v", lost, s)
	}
	if n := count(done[20:4990], PlayNothing); n != 0 {
		t.Errorf("silent %d times in the middle", n)
	}
}

func TestJitterUnderReorderingDuplicatesAndLateness(t *testing.T) {
	rnd := chance(10)
	j := &Jitter{}
	var last, twice int
	last = -1
	arrive := map[int][]*rtp.Packet{}
	for i := range 3000 {
		for range 1 + rnd.IntN(2) {
			ms := i*20 + rnd.IntN(55) // up to two places
			arrive[ms] = append(arrive[ms], voicePacket(65530, i))
			twice++
		}
		if i%100 == 50 { // and a straggler after its turn
			arrive[i*20+1500] = append(arrive[i*20+1500], voicePacket(65530, i))
		}
	}
	played := 0
	for ms := range 3000*20 + 200 {
		for _, p := range arrive[ms] {
			j.Push(p, epoch.Add(time.Duration(ms)*time.Millisecond))
		}
		if ms%20 != 3 {
			continue
		}
		p := j.Pop()
		if p.Do == PlayFrame || p.Do == PlayMerge {
			for _, b := range [][]byte{p.Packet, p.After} {
				if b == nil {
					continue
				}
				if number(b) <= last {
					t.Fatalf("packet %d after %d", number(b), last)
				}
				last = number(b)
				played++
			}
		}
	}
	if s := j.Stats(); played < 2970 || s.Late < 20 || s.Twice == 0 {
		t.Errorf("%d of 3000 played: %+v", played, s)
	}
}

func TestJitterAfterAPause(t *testing.T) {
	// The line is cut for four seconds, during which packets are lost; then it is as before.
	j, done := play(t, 100, 1000, func(i int) time.Duration {
		if i >= 300 && i < 500 {
			return -1
		}
		return 20 * time.Millisecond
	})
	if s := j.Stats(); s.Played != 800 || s.Concealed > 3*patience {
		t.Errorf("%+v", s)
	}
	if n := count(done[310:495], PlayNothing); n < 180 {
		t.Errorf("only %d of 185 frames of the pause are silent", n)
	}
	if n := count(done[510:990], PlayFrame); n < 475 {
		t.Errorf("only %d of 480 frames after the pause are played", n)
	}
}

func TestJitterCatchesUpAfterABurst(t *testing.T) {
	// Nothing for a second, and then all of it at once: live sound must not stay a second late.
	j, _ := play(t, 100, 600, func(i int) time.Duration {
		if i >= 100 && i < 150 {
			return time.Duration(150-i) * 20 * time.Millisecond
		}
		return 20 * time.Millisecond
	})
	if j.Stats().Played < 540 {
		t.Errorf("%+v", j.Stats())
	}
	k := &Jitter{}
	for i := range 100 {
		k.Push(voicePacket(0, i), epoch)
	}
	for i := 100; i < 200; i++ {
		k.Push(voicePacket(0, i), epoch.Add(time.Duration(i-99)*FrameTime))
		k.Pop()
	}
	if d := k.depth(); d > maxDelay+glut {
		t.Errorf("%v still wait after a burst", d)
	}
}

func TestJitterFollowsASenderThatBeginsAnew(t *testing.T) {
	for _, start := range []uint16{50000, 30000, 9000, 10100} {
		j := &Jitter{}
		now, played := epoch, 0
		for i := range 400 {
			p := voicePacket(10000, i)
			if i >= 200 {
				p = voicePacket(start, i)
				p.Timestamp += 123456789
			}
			j.Push(p, now)
			now = now.Add(FrameTime)
			if j.Pop().Do == PlayFrame && i >= 200 {
				played++
			}
		}
		if played < 150 {
			t.Errorf("from 10200 to %d: only %d of 200 played", start, played)
		}
	}
}

func FuzzJitter(f *testing.F) {
	f.Add([]byte{1, 20, 72, 1, 20, 72, 1, 20, 72, 1, 20, 72}, uint16(65534))
	f.Add([]byte{200, 0, 252, 3, 255, 0, 1, 1, 11, 128, 128, 128}, uint16(0))
	f.Fuzz(func(t *testing.T, data []byte, seq uint16) {
		var j Jitter
		now := epoch
		var stamp uint32
		for len(data) >= 3 {
			seq += uint16(int8(data[0])) * uint16(data[0]&3)
			stamp += uint32(data[0]) * uint32(data[1]) * 31
			now = now.Add(time.Duration(data[1]) * time.Millisecond)
			j.Push(&rtp.Packet{
				Header:  rtp.Header{SequenceNumber: seq, Timestamp: stamp},
				Payload: data[2:min(len(data), 2+int(data[0]&7))],
			}, now)
			data = data[3:]
			p := j.Pop()
			switch {
			case p.Do == PlayNothing || p.Do == PlayConceal:
			case len(p.Packet) == 0, p.Do == PlayMerge && len(p.After) == 0:
				t.Fatalf("%+v", p)
			}
			if d := j.Delay(); d < minDelay || d > maxDelay {
				t.Fatalf("delay %v", d)
			}
			if j.highest-j.next >= jitterSlots {
				t.Fatalf("from %d to %d", j.next, j.highest)
			}
		}
	})
}
