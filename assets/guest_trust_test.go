package assets_test

import (
	"strconv"
	"testing"
)

// TestStrictReading: there is one way to write a message; what the desktop refuses the page refuses.
func TestStrictReading(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := newTab(t, everything, "en-US")
	p.open(s.road.url + "/j")
	p.reads("Please open your link")
	eval[bool](p, `import('/guest/wire.js').then((wire) => {
		window.takes = (reader, json) => { try { wire[reader](new TextEncoder().encode(json)); return true; } catch (e) {
			if (e.constructor.name !== 'Malformed') throw e;
			return false; } };
		return true; })`)
	card := func(n int) string {
		return `takes('readCard', '{"therapist":"T","consent":"' + 'x'.repeat(` + strconv.Itoa(n) + `) + '"}')`
	}
	if !eval[bool](p, card(4000)) || eval[bool](p, card(4001)) {
		t.Error("a consent has at most 4,000 characters")
	}
	for number, good := range map[string]bool{"0": true, "3": true, "1.0": false, "1e1": false, "1E0": false, "-0": false, "3.5": false} {
		json := `{"t":"pin","left":` + number + `}`
		if took := eval[bool](p, "takes('readLobby', `"+json+"`)"); took != good {
			t.Errorf("%s taken: %v", json, took)
		}
	}
	if !eval[bool](p, "takes('readLobby', `{\"t\":\"deny\",\"say\":\"at -1.50 or 1e3: [2.5]\"}`)") {
		t.Error("numbers in a sentence are its own")
	}
}
