package media

import "testing"

// TestChime: it can be heard, it neither clicks nor distorts, and it is over soon.
func TestChime(t *testing.T) {
	pcm := chime()
	if s := float64(len(pcm)) / SampleRate; s < 0.8 || s > 1.5 {
		t.Errorf("it takes %.1f s", s)
	}
	if pcm[0] != 0 || pcm[len(pcm)-1] > 20 || pcm[len(pcm)-1] < -20 {
		t.Errorf("it begins at %d and ends at %d: a click", pcm[0], pcm[len(pcm)-1])
	}
	for i, v := range pcm {
		if v > 16000 || v < -16000 {
			t.Fatalf("sample %d is %d: too loud", i, v)
		}
	}
	second := int(chimeNote.Seconds() * SampleRate)
	for hz, part := range map[float64][]int16{chimeHigh: pcm[2400:second], chimeLow: pcm[second+2400 : second+12000]} {
		if here, beside := PowerAt(part, hz), PowerAt(part, hz*1.3); here < 20*beside || Level(part) < -40 {
			t.Errorf("%.0f Hz has power %g, beside it %g; level %g", hz, here, beside, Level(part))
		}
	}
}
