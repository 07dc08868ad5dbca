package media

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// sentFrame is a made-up frame: a true VP8 key bit, and a number to know it by.
type sentFrame struct {
	data    []byte
	key     bool
	packets []*rtp.Packet
}

func sentFrames(n, keyEach int, seq uint16) []sentFrame {
	rnd := chance(3)
	out := make([]sentFrame, n)
	for i := range out {
		f := &out[i]
		f.key = i%keyEach == 0
		size := 200 + rnd.IntN(5000)
		f.data = bytes.Repeat([]byte{byte(i)}, size)
		f.data[0] = 1
		if f.key {
			f.data[0] = 0
		}
		copy(f.data[1:], fmt.Sprintf("frame %06d", i))
		f.packets = packets(&seq, uint32(i*3000), f.data)
	}
	return out
}

// checkOrder asserts the laws: true frames, in order, each once, and no delta frame after a hole.
func checkOrder(t *testing.T, sent []sentFrame, got []Frame) {
	t.Helper()
	last := -1
	for _, g := range got {
		i := int(g.Timestamp / 3000)
		switch {
		case i >= len(sent) || !bytes.Equal(g.Data, sent[i].data):
			t.Fatalf("frame %d is not what was sent", i)
		case i <= last:
			t.Fatalf("frame %d after frame %d", i, last)
		case g.Key != sent[i].key:
			t.Fatalf("frame %d: key is %v", i, g.Key)
		case i != last+1 && !g.Key:
			t.Fatalf("delta frame %d after frame %d", i, last)
		}
		last = i
	}
}

// feed pushes each packet at its time, and ticks between.
func feed(a *Assembler, ps []*rtp.Packet, each time.Duration) (got []Frame, wishes int) {
	now := epoch
	for _, p := range ps {
		now = now.Add(each)
		frames, want := a.Push(p, now)
		got = append(got, frames...)
		if want {
			wishes++
		}
	}
	return got, wishes
}

func flat(sent []sentFrame) (all []*rtp.Packet) {
	for _, f := range sent {
		all = append(all, f.packets...)
	}
	return all
}

func TestAssemblerPutsFramesTogether(t *testing.T) {
	// 65500: the numbers wrap around in the middle.
	sent := sentFrames(200, 50, 65500)
	var a Assembler
	got, wishes := feed(&a, flat(sent), time.Millisecond)
	checkOrder(t, sent, got)
	if len(got) != 200 || wishes != 0 {
		t.Errorf("%d of 200 frames, %d wishes", len(got), wishes)
	}
}

func TestAssemblerBearsReorderingAndDuplicates(t *testing.T) {
	sent := sentFrames(300, 1000, 65000)
	rnd := chance(4)
	all := flat(sent)
	// Each packet lands up to eight places away, and a third of them twice.
	type placed struct {
		p  *rtp.Packet
		at int
	}
	var line []placed
	for i, p := range all {
		line = append(line, placed{p, i*10 + rnd.IntN(80)})
		if rnd.IntN(3) == 0 {
			line = append(line, placed{p, i*10 + rnd.IntN(900)})
		}
	}
	slices.SortStableFunc(line, func(a, b placed) int { return a.at - b.at })
	ps := make([]*rtp.Packet, len(line))
	for i := range line {
		ps[i] = line[i].p
	}
	var a Assembler
	got, wishes := feed(&a, ps, time.Millisecond)
	checkOrder(t, sent, got)
	if len(got) != 300 || wishes != 0 {
		t.Errorf("%d of 300 frames, %d wishes", len(got), wishes)
	}
}

func TestAssemblerGivesUpOnAGapAndAsks(t *testing.T) {
	sent := sentFrames(60, 1000, 10)
	var a Assembler
	var got []Frame
	var asked []time.Duration
	for i, f := range sent {
		now := epoch.Add(time.Duration(i) * 33 * time.Millisecond)
		for j, p := range f.packets {
			if i == 10 && j == 0 {
				continue // lost for good
			}
			frames, want := a.Push(p, now)
			got = append(got, frames...)
			if want {
				asked = append(asked, now.Sub(epoch))
			}
		}
	}
	checkOrder(t, sent, got)
	if len(got) != 10 {
		t.Errorf("%d frames, want the 10 before the hole", len(got))
	}
	// The hole is seen 0 to 33 ms after frame 10 at 330 ms; given up 280 ms later; asked anew
	// every half second.
	if len(asked) != 3 || asked[0] < 610*time.Millisecond || asked[0] > 700*time.Millisecond ||
		asked[1]-asked[0] < keyEvery || asked[2]-asked[1] < keyEvery {
		t.Errorf("asked at %v", asked)
	}
}

func TestAssemblerGivesUpByTimeAlone(t *testing.T) {
	sent := sentFrames(3, 1000, 10)
	var a Assembler
	feed(&a, append(sent[0].packets, sent[2].packets...), 0) // frame 1 is missing, then silence
	if _, want := a.Tick(epoch.Add(gapLimit - time.Millisecond)); want {
		t.Error("asked before the limit")
	}
	if _, want := a.Tick(epoch.Add(gapLimit + keyEvery)); !want {
		t.Error("did not ask after the limit")
	}
}

func TestAssemblerResumesAtTheNextKeyFrame(t *testing.T) {
	sent := sentFrames(40, 20, 65530)
	var a Assembler
	var ps []*rtp.Packet
	for i, f := range sent {
		if i != 5 {
			ps = append(ps, f.packets...)
		}
	}
	// So quick that the gap limit plays no part.
	got, _ := feed(&a, ps, time.Microsecond)
	checkOrder(t, sent, got)
	if len(got) != 5+20 {
		t.Errorf("%d frames, want 0…4 and 20…39", len(got))
	}
}

func TestAssemblerPassesPadding(t *testing.T) {
	sent := sentFrames(10, 1000, 100)
	var all []*rtp.Packet
	shift := uint16(0)
	for _, f := range sent {
		for _, p := range f.packets {
			p.SequenceNumber += shift
			all = append(all, p)
		}
		last := f.packets[len(f.packets)-1]
		for range 2 { // a browser probes the line with empty packets after a frame
			shift++
			all = append(all, &rtp.Packet{Header: rtp.Header{
				SequenceNumber: last.SequenceNumber + 1 + (shift-1)%2, Timestamp: last.Timestamp,
			}})
		}
	}
	var a Assembler
	got, wishes := feed(&a, all, time.Millisecond)
	checkOrder(t, sent, got)
	if len(got) != 10 || wishes != 0 {
		t.Errorf("%d of 10 frames, %d wishes", len(got), wishes)
	}
}

func TestAssemblerFindsFramesWithoutMarker(t *testing.T) {
	sent := sentFrames(5, 1000, 100)
	for _, f := range sent {
		f.packets[len(f.packets)-1].Marker = false
	}
	var a Assembler
	got, _ := feed(&a, flat(sent), time.Millisecond)
	checkOrder(t, sent, got)
	if len(got) != 4 { // the fifth ends when a sixth begins
		t.Errorf("%d frames, want 4", len(got))
	}
}

func TestAssemblerFollowsASenderThatBeginsAnew(t *testing.T) {
	for _, start := range []uint16{60000, 40000, 20000, 5000} {
		var a Assembler
		before, after := sentFrames(30, 1000, 10000), sentFrames(90, 10, start)
		feed(&a, flat(before), time.Millisecond)
		got, _ := feed(&a, flat(after), time.Millisecond)
		if len(got) < 70 {
			t.Errorf("from 10000 to %d: %d of 90 frames", start, len(got))
		}
		checkOrder(t, after, got)
	}
}

// Five and twenty per cent of packets are lost for good; the far side answers a wish with a key
// frame 100 ms later. With real frames through the real codec.
func TestRecoveryFromLoss(t *testing.T) {
	for _, percent := range []int{5, 20} {
		t.Run(fmt.Sprintf("%d%%", percent), func(t *testing.T) { recoverFromLoss(t, percent) })
	}
}

func recoverFromLoss(t *testing.T, percent int) {
	e, d := NewEncoder(300_000), newDecoder(t)
	defer e.Close()
	rnd := chance(uint64(percent))
	clip := scene(320, 180)
	var a Assembler
	var seq uint16 = 64000
	var answer time.Time
	shown, keys, worst := 0, 0, 100.0
	source := map[uint32]*I420{}
	for i := range 900 { // half a minute
		now := epoch.Add(time.Duration(i) * nominal)
		if !answer.IsZero() && !now.Before(answer) {
			e.ForceKeyFrame()
			answer = time.Time{}
		}
		out, err := e.Encode(clip[i%len(clip)], now.Sub(epoch))
		if err != nil {
			t.Fatal(err)
		}
		stamp := uint32(out.At.Seconds()*90000 + 0.5)
		source[stamp] = clip[i%len(clip)]
		for _, p := range packets(&seq, stamp, out.Data) {
			if rnd.IntN(100) < percent {
				continue
			}
			frames, want := a.Push(p, now)
			for _, f := range frames {
				img, err := d.Decode(f.Data)
				if err != nil {
					t.Fatalf("a whole frame after a whole frame does not decode: %v", err)
				}
				shown++
				if f.Key {
					keys++
				}
				worst = min(worst, psnr(t, source[f.Timestamp], img))
			}
			if want && answer.IsZero() {
				answer = now.Add(100 * time.Millisecond)
			}
		}
	}
	t.Logf("%d of 900 shown, %d key frames, worst %.1f dB", shown, keys, worst)
	// Nothing shown may be broken: that is what the key frames are for.
	if worst < 26 {
		t.Errorf("a broken picture was shown: %.1f dB", worst)
	}
	if least := map[int]int{5: 350, 20: 80}[percent]; shown < least || keys < 10 {
		t.Errorf("%d frames and %d key frames shown", shown, keys)
	}
}

func FuzzAssembler(f *testing.F) {
	f.Add([]byte{0, 1, 0x10, 0, 0, 2, 0x10, 1}, uint16(0))
	f.Add([]byte{255, 255, 0x90, 0x80, 0, 0, 0x10, 1, 7, 9}, uint16(65535))
	f.Add(bytes.Repeat([]byte{1, 0x90, 0xff, 0xff, 0xff, 0xff, 0xff}, 40), uint16(40000))
	f.Fuzz(func(t *testing.T, data []byte, seq uint16) {
		var a Assembler
		now := epoch
		var stamps uint32
		for len(data) >= 4 {
			// Four bytes say how the next packet departs from the one before.
			seq += uint16(int8(data[0])) * uint16(data[1]>>4+1)
			stamps += uint32(data[1] & 3)
			n := min(int(data[2]&31), len(data)-4)
			now = now.Add(time.Duration(data[3]) * time.Millisecond)
			p := &rtp.Packet{
				Header:  rtp.Header{SequenceNumber: seq, Timestamp: stamps, Marker: data[1]&4 != 0},
				Payload: data[4 : 4+n],
			}
			data = data[4+n:]
			frames, _ := a.Push(p, now)
			for _, fr := range frames {
				if len(fr.Data) == 0 || fr.Key != isKey(fr.Data) {
					t.Fatalf("frame %v", fr)
				}
			}
			held := 0
			for i := range a.slots {
				if a.slots[i].used {
					held++
				}
			}
			if a.highest-a.next >= window || held > window {
				t.Fatalf("%d packets held from %d to %d", held, a.next, a.highest)
			}
		}
		a.Tick(now.Add(time.Minute))
	})
}

// TestAssemblerFollowsAnotherStream: the numbers of a connection made anew begin anywhere, here
// just behind those of the last one, where they look late.
func TestAssemblerFollowsAnotherStream(t *testing.T) {
	first, second := flat(sentFrames(30, 5000, 10)), flat(sentFrames(30, 4900, 10))
	for _, p := range second {
		p.SSRC++
	}
	var a Assembler
	feed(&a, first, time.Millisecond)
	if got, _ := feed(&a, second, time.Millisecond); len(got) != 30 {
		t.Errorf("%d of 30 frames", len(got))
	}
}
