package media

import (
	"context"
	"math"
	"time"
)

// The door's chime: two struck notes, the second lower, each dying away. Soft, because a
// therapist may be sitting opposite somebody.
const (
	chimeHigh = 659.3 // E5
	chimeLow  = 523.3 // C5
	chimeNote = 450 * time.Millisecond
	chimeTail = 800 * time.Millisecond // of the second note
	chimeLoud = 0.22
)

// chime is the whole sound, silent at both ends.
func chime() []int16 {
	second := int(chimeNote.Seconds() * SampleRate)
	pcm := make([]int16, second+int(chimeTail.Seconds()*SampleRate))
	for i := range pcm {
		at := float64(i) / SampleRate
		v := struck(chimeHigh, at, (chimeNote + chimeTail).Seconds())
		if i >= second {
			v += struck(chimeLow, at-chimeNote.Seconds(), chimeTail.Seconds())
		}
		pcm[i] = int16(v * chimeLoud * math.MaxInt16)
	}
	return pcm
}

// struck is a bell's note: it rises in 5 ms, so that it does not click, and is gone at end.
func struck(hz, at, end float64) float64 {
	loud := math.Min(1, at/0.005) * math.Exp(-at*5) * math.Min(1, (end-at)/0.05)
	return loud * (0.8*math.Sin(2*math.Pi*hz*at) + 0.2*math.Sin(4*math.Pi*hz*at))
}

// Chime plays the door's chime on a speaker, "" for the system's default, and returns when it has
// been handed over.
func Chime(ctx context.Context, speaker string) error {
	out, err := OpenSpeaker(speaker)
	if err != nil {
		return err
	}
	defer out.Close()
	pcm := append(chime(), make([]int16, 10*FrameSamples)...) // what waits in the device is heard to its end
	for ; len(pcm) >= FrameSamples; pcm = pcm[FrameSamples:] {
		if err := out.Write(ctx, pcm[:FrameSamples]); err != nil {
			return err
		}
	}
	return nil
}
