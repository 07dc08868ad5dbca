package ui

import (
	"context"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/ui/tree"
)

// queue is a Loop that runs on the test's own goroutine: what is posted waits until the test
// lets it happen, and the race detector sees whoever touches a widget from elsewhere.
type queue struct {
	mu    sync.Mutex
	posts []func()
	ready chan struct{}
}

func (q *queue) Post(f func()) {
	q.mu.Lock()
	q.posts = append(q.posts, f)
	q.mu.Unlock()
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

func (q *queue) run() {
	for {
		q.mu.Lock()
		posts := q.posts
		q.posts = nil
		q.mu.Unlock()
		if len(posts) == 0 {
			return
		}
		for _, f := range posts {
			f()
		}
	}
}

// rig is a window over a practice of fakes.
type rig struct {
	*UI
	t     testing.TB
	q     *queue
	stage *apptest.Stage
	chime int
	// closed: the window was.
	closed bool
}

func newRig(t testing.TB, s *apptest.Stage, theme string) *rig {
	t.Helper()
	a := test.NewTempApp(t)
	r := &rig{t: t, q: &queue{ready: make(chan struct{}, 1)}, stage: s}
	ctx, cancel := context.WithCancel(context.Background())
	if theme != "" && s.Practice != nil {
		if p, err := s.Profile(ctx); err == nil {
			p.Theme = theme
			if err := s.SaveProfile(ctx, p); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.UI = newUI(ctx, a, s.People, s.Practice, Options{Profile: "/home/maren/.config/alcove", Home: "/home/maren", Theme: theme, Chime: func() { r.chime++ }}, r.q)
	r.win.Resize(fyne.NewSize(1280, 800))
	r.win.SetOnClosed(func() { r.closed = true })
	t.Cleanup(func() {
		if !r.closed {
			r.win.Close()
		}
	})
	t.Cleanup(cancel)
	r.start()
	return r
}

// soon is patience on a machine that is busy with other things.
const soon = time.Minute

// until lets things happen until ok, or fails the test.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	deadline := time.After(soon)
	for {
		r.q.run()
		if ok() {
			return
		}
		select {
		case <-r.q.ready:
		case <-time.After(5 * time.Millisecond):
		case <-deadline:
			r.t.Fatalf("never came: %s; on %s: %q", what, r.where(), r.labels())
		}
	}
}

// rest lets everything happen that is on its way: no work is under way, and none begins for a
// while.
func (r *rig) rest() {
	r.t.Helper()
	since, looks := time.Now(), 0 // by looks too: a busy machine lets a while pass in which nobody gets anywhere
	r.until("rest", func() bool {
		if looks++; r.underway > 0 {
			since, looks = time.Now(), 0
		}
		return looks > 12 && time.Since(since) > 60*time.Millisecond
	})
}

func (r *rig) where() string {
	if r.screen == nil {
		return ""
	}
	return r.screen.Name()
}

func (r *rig) at(name string) {
	r.t.Helper()
	r.until("screen "+name, func() bool { return r.where() == name })
}

// labels are what can be found on the top of the window.
func (r *rig) labels() []string {
	var all []string
	tree.Walk(tree.Top(r.win.Canvas()), r.win.Canvas().Size(), func(n tree.Node) {
		if a, ok := n.Object.(fyne.Accessible); ok && a.AccessibilityRole() != fyne.AccessibleRoleContainer {
			all = append(all, a.AccessibilityLabel())
		}
	})
	return all
}

// find is the object with that label, nil if there is none; what can be pressed or typed into
// goes before what is only read.
func (r *rig) find(label string) fyne.CanvasObject {
	var read, act fyne.CanvasObject
	tree.Walk(tree.Top(r.win.Canvas()), r.win.Canvas().Size(), func(n tree.Node) {
		a, ok := n.Object.(fyne.Accessible)
		if !ok || a.AccessibilityLabel() != label {
			return
		}
		_, focusable := n.Object.(fyne.Focusable)
		if focusable && act == nil {
			act = n.Object
		} else if read == nil {
			read = n.Object
		}
	})
	if act != nil {
		return act
	}
	return read
}

func (r *rig) sees(label string) {
	r.t.Helper()
	r.until("“"+label+"”", func() bool { return r.find(label) != nil })
}

func (r *rig) press(label string) {
	r.t.Helper()
	r.sees(label)
	tap, ok := r.find(label).(fyne.Tappable)
	if !ok {
		r.t.Fatalf("%q cannot be pressed", label)
	}
	tap.Tapped(&fyne.PointEvent{})
}

func (r *rig) typed(label, text string) {
	r.t.Helper()
	var f fyne.Focusable // what is read may have the same label
	r.until("what can be typed into: "+label, func() (ok bool) { f, ok = r.find(label).(fyne.Focusable); return ok })
	r.win.Canvas().Focus(f)
	for _, c := range text {
		f.TypedRune(c)
	}
}

// begin begins a note in a format; the client's notes are shown.
func (r *rig) begin(f app.NoteFormat) {
	r.t.Helper()
	r.at("client-notes")
	r.shell().section.(*caseload).side.(*client).newNote(f)
}

func (r *rig) key(name fyne.KeyName) {
	if f := r.win.Canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	r.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
}

// knock lets somebody come to the door.
func (r *rig) knock(i app.InviteView, k app.Knock) *apptest.Door {
	r.t.Helper()
	d := r.stage.Line.Knock(i.ID, k)
	if d == nil {
		r.t.Fatal("nobody listens at the door")
	}
	return d
}

// admit opens a session with whoever knocks at an invite.
func (r *rig) admit(i app.InviteView, k app.Knock) *apptest.Door {
	r.t.Helper()
	d := r.knock(i, k)
	r.press("Admit")
	r.at("room")
	return d
}
