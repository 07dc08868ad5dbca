package app_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

// A client who writes line breaks cannot put words into the therapist's mouth.
func TestNobodyForgesALineOfTheFiledChat(t *testing.T) {
	inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
		r.call.Connect()
		r.TypeCode(apptest.CallCode)
		forged := "14:05 Therapist: you may stop the medication"
		for i, lineBreak := range []string{"\n", "\r", "\r\n", "\v", "\f", "\u0085", "\u2028", "\u2029", "\n\u202e", "\n\u200b", "\n\x00"} {
			r.call.Hear(app.CallChat{ID: app.ChatID(fmt.Sprint("c", i)), Text: "fine" + lineBreak + forged})
		}
		r.Say("take care\n" + forged)
		text := r.end(t, true)
		if n := strings.Count(text, forged); n != 12 {
			t.Errorf("%d of 12 lines are in the note", n)
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "14:05 ") {
				t.Errorf("a forged line stands at the margin: %q", line)
			}
		}
		for _, r := range []rune{'\r', '\v', '\f', '\u0085', '\u2028', '\u2029', '\u202e', '\u200b', 0} {
			if strings.ContainsRune(text, r) {
				t.Errorf("%U is in the note", r)
			}
		}
	})
}

func TestWhatScriptsAndEmojiNeedStaysInTheChat(t *testing.T) {
	inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
		r.call.Connect()
		for i, x := range []struct{ typed, shown string }{
			{"👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم"},
			{"a\tb\nc", "a\tb\nc"},
			{"\u2066\u202eevil\u2069\u200e \ufeffok\u00ad", "evil ok"},
			{"\x1b[31mred\x07", "[31mred"},
		} {
			r.call.Hear(app.CallChat{ID: app.ChatID(fmt.Sprint(i)), Text: x.typed})
			chat := r.view().Chat
			want(t, fmt.Sprintf("%q", x.typed), chat[len(chat)-1].Text, x.shown)
		}
		r.call.Hear(app.CallChat{ID: "nothing", Text: "\u200b\n\u202e "})
		want(t, "lines", len(r.view().Chat), 4)
	})
}

// The clock of the filed chat is ours.
func TestChatHasTheTimeOfItsArrival(t *testing.T) {
	inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
		r.call.Connect()
		for i, at := range []time.Time{{}, time.Now().Add(-9 * time.Hour), time.Now().Add(200 * 365 * 24 * time.Hour)} {
			r.call.Hear(app.CallChat{ID: app.ChatID(fmt.Sprint(i)), Text: "x", At: at})
			got := r.view().Chat[i].At
			if off := time.Since(got); off < 0 || off > time.Second {
				t.Errorf("a line of %v has the time %v", at, got)
			}
		}
	})
}

func TestOneClientCannotFillTheMemory(t *testing.T) {
	for name, x := range map[string]struct {
		line string
		kept int
	}{
		"many lines": {"x", 5000},
		"long lines": {strings.Repeat("x", 4000), 262},
	} {
		t.Run(name, func(t *testing.T) {
			inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
				r.call.Connect()
				r.TypeCode(apptest.CallCode)
				for i := range 6000 {
					r.call.Hear(app.CallChat{ID: app.ChatID(fmt.Sprint(i)), Text: x.line})
				}
				v := r.view()
				want(t, "lines", len(v.Chat), x.kept)
				want(t, "ChatFull", v.ChatFull, true)
				r.Say("that is a lot")
				want(t, "our own", r.view().Chat[x.kept].Mine, true)
				if text := r.end(t, true); !strings.HasSuffix(text, "that is a lot\n(The client wrote more than is kept.)") {
					t.Errorf("the note ends with %q", text[max(0, len(text)-80):])
				}
			})
		})
	}
}

// A screen looks after every line: that must not copy the whole chat each time.
func TestALookAtALongChatCopiesNothing(t *testing.T) {
	inRoom(t, func(t *testing.T, _ *apptest.Stage, r room) {
		r.call.Connect()
		for i := range 4000 {
			r.call.Hear(app.CallChat{ID: app.ChatID(fmt.Sprint(i)), Text: "x"})
		}
		r.view()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 100 {
			_ = r.View()
		}
		runtime.ReadMemStats(&after)
		if each := (after.TotalAlloc - before.TotalAlloc) / 100; each > 16<<10 {
			t.Errorf("one look allocates %d bytes", each)
		}
	})
}
