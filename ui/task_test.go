package ui

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"alcove/app"
)

// TestSlowWorkIsShown: quick work says nothing; slow work says what it is, and can be called off.
func TestSlowWorkIsShown(t *testing.T) {
	r := newRig(t, full(t), "")
	r.at("today")
	release, told := make(chan struct{}), make(chan app.Progress, 1)
	var ended error
	began := time.Now()
	run(r.UI, r.life, work[int]{
		what: "Counting sheep",
		do: func(ctx context.Context) (int, error) {
			told <- app.ProgressOf(ctx)
			select {
			case <-release:
				return 1, nil
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		},
		done: func(_ int, err error) { ended = err },
	})
	moment := began.Add(60 * time.Millisecond)
	r.until("a moment", func() bool { return time.Now().After(moment) })
	if r.find("Counting sheep") != nil && time.Since(began) < progressAfter { // it was longer on a busy machine
		t.Fatal("work of a moment was announced")
	}
	r.sees("Counting sheep")
	(<-told)(40, 100) // as an unlock after an update does
	r.sees("Counting sheep, 40 %")
	r.press("Cancel")
	r.until("the end", func() bool { return r.find("Counting sheep, 40 %") == nil && ended != nil })
	if !errors.Is(ended, context.Canceled) {
		t.Errorf("what was called off ended with %v", ended)
	}
	close(release)
}

// TestWorkSaysWhatItDoes: a new part of it begins anew, and one whose end nobody knows shows no share.
func TestWorkSaysWhatItDoes(t *testing.T) {
	r := newRig(t, full(t), "")
	r.at("today")
	release, f := make(chan struct{}), &far{}
	defer close(release)
	run(r.UI, r.life, work[int]{what: "Reading", far: f, do: func(context.Context) (int, error) { <-release; return 0, nil }, done: func(int, error) {}})
	f.doing("Reading", 100, 100)
	r.sees("Reading, 100 %")
	f.doing("Checking", 0, 0)
	r.sees("Checking")
	f.doing("Signing", 1, 4)
	r.sees("Signing, 25 %")
}

// TestResultsDieWithTheirScope: what was asked for before a lock is not shown after it.
func TestResultsDieWithTheirScope(t *testing.T) {
	r := newRig(t, full(t), "")
	r.at("today")
	release, shown := make(chan struct{}), false
	read(r.UI, r.open, func(context.Context) (string, error) { <-release; return "Ana", nil }, func(string, error) { shown = true })
	r.stage.Lock()
	r.at("unlock")
	close(release)
	r.rest()
	if shown {
		t.Error("a record came to a locked screen")
	}
}

// TestKeptWorkGoesOn: what cannot be half done is not called off by leaving the screen.
func TestKeptWorkGoesOn(t *testing.T) {
	r := newRig(t, full(t), "")
	r.at("today")
	s := newScope(r.life.ctx)
	went := make(chan error, 1)
	act(r.UI, s, "", func(ctx context.Context) error {
		time.Sleep(20 * time.Millisecond)
		went <- ctx.Err()
		return nil
	}, func(error) { t.Error("its screen was gone") })
	s.end()
	if err := <-went; err != nil {
		t.Error(err)
	}
	r.rest()
}

// TestProblemNeedsNoPractice: what keeps the app from starting is told without it.
func TestProblemNeedsNoPractice(t *testing.T) {
	a := test.NewTempApp(t)
	q := &queue{ready: make(chan struct{}, 1)}
	u := newUI(context.Background(), a, nil, nil, Options{Profile: "/p", Problem: errors.Join(errors.New("open"), app.ErrProfileInUse)}, q)
	r := &rig{UI: u, t: t, q: q}
	u.start()
	r.at("problem")
	r.sees(app.Explain(app.ErrProfileInUse))
	r.sees("Close Alcove")
	u.quit()
}
