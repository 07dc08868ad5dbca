package app_test

import (
	"strings"
	"testing"
	"time"

	"alcove/app"
)

func TestJudgePassphrase(t *testing.T) {
	for _, x := range []struct {
		typed  string
		ok     bool
		advice string // a word of it
	}{
		{"", false, "words"},
		{"password", false, "tried first"},
		{"Password2024", false, "tried first"},
		{"qwertyuiop[]", false, "side by side"},
		{"aaaaaaaaaaaaaaa", false, "Repeating"},
		{"abcdefghijkl", false, "Sequences"},
		{"zoe brandt", false, "your name"},
		{"Quiet Harbour", false, "your name"},
		{"therapy is great", false, "words"},
		{"kl9$Xp2", false, "ten characters"},
		{"correct horse battery staple", true, ""},
		{"mondkalb regenrinne", true, ""},
		{"пароли без звёзд и луны", true, ""},
		{strings.Repeat("never the same river ", 500), true, ""},
		{"\xff\xfe\x00\xff", false, ""},
	} {
		s := app.JudgePassphrase(pass(x.typed), "Zoe Brandt", "Quiet Harbour")
		short := x.typed[:min(len(x.typed), 30)]
		want(t, short, s.OK, x.ok)
		if !strings.Contains(s.Advice, x.advice) || s.OK != (s.Advice == "") {
			t.Errorf("%q: advice %q, want it to speak of %q", short, s.Advice, x.advice)
		}
		if s.OK && s.Score < 3 {
			t.Errorf("%q: OK with a score of %d", short, s.Score)
		}
	}
}

func TestJudgingIsQuickEnoughForEveryKey(t *testing.T) {
	start := time.Now()
	app.JudgePassphrase(pass(strings.Repeat("ab c", 100_000)))
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("a very long passphrase took %v", took)
	}
}

func FuzzJudgePassphrase(f *testing.F) {
	f.Add("пароль1", "Zoë")
	f.Add("12-12-1990", "")
	f.Fuzz(func(t *testing.T, typed, hint string) {
		s := app.JudgePassphrase(pass(typed), hint)
		if s.Score < 0 || s.Score > 4 || s.OK != (s.Advice == "") {
			t.Errorf("%q: %+v", typed, s)
		}
	})
}
