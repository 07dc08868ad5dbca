package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"alcove/ui/tree"
	"alcove/ui/widget"
)

// checkLayout looks for text that is cut off and text that lies on other text.
func checkLayout(t *testing.T, r *rig) {
	t.Helper()
	c := r.win.Canvas()
	if least, is := c.Content().MinSize(), c.Size(); least.Width > is.Width || least.Height > is.Height {
		t.Errorf("the window cannot be smaller than %v, and is to be %v", least, is)
	}
	root := c.Content()
	if r.dialog != nil {
		root = tree.Top(c)
	} else if len(r.door.Objects)+len(r.busy.Objects) > 0 {
		return // what lies over a screen covers text by design; the screen has a picture of its own
	}
	var texts, controls []tree.Node
	var first []string // what is to be pressed first: of two, neither is
	tree.Walk(root, c.Size(), func(n tree.Node) {
		if b, ok := n.Object.(*widget.Button); ok && b.Kind() == widget.Primary {
			first = append(first, b.AccessibilityLabel())
		}
		if _, ok := n.Object.(fyne.Focusable); ok && n.Shown() {
			controls = append(controls, n)
		}
		text, ok := n.Object.(*canvas.Text)
		if !ok || strings.TrimSpace(text.Text) == "" || !n.Shown() {
			return
		}
		if text.MinSize().Width > n.Size.Width+1.5 && text.Alignment == fyne.TextAlignLeading {
			t.Errorf("%q is wider than its place by %.0f", clipped(text.Text), text.MinSize().Width-n.Size.Width)
		}
		if n.Pos.X < n.From.X-1 || n.Pos.X+text.MinSize().Width > n.To.X+1 {
			t.Errorf("%q is cut off at the side", clipped(text.Text))
		}
		texts = append(texts, n)
	})
	if len(first) > 1 {
		t.Errorf("more than one primary button: %q", first)
	}
	for _, c := range controls {
		for _, text := range texts {
			if text.Whole() && !within(text, c) && over(text, c) {
				t.Errorf("%q lies under %q", clipped(text.Object.(*canvas.Text).Text), clipped(label(c.Object)))
			}
		}
	}
	for i, a := range texts {
		for _, b := range texts[:i] {
			if over(a, b) {
				t.Errorf("%q lies on %q", clipped(a.Object.(*canvas.Text).Text), clipped(b.Object.(*canvas.Text).Text))
			}
		}
	}
}

// within tells whether a text belongs to a control: it lies wholly inside it.
func within(text, c tree.Node) bool {
	m := text.Object.MinSize()
	y := text.Pos.Y + (text.Size.Height-m.Height)/2
	return text.Pos.X >= c.Pos.X-1 && text.Pos.X <= c.Pos.X+c.Size.Width && y >= c.Pos.Y-6 && y+m.Height <= c.Pos.Y+c.Size.Height+6
}

func label(o fyne.CanvasObject) string {
	if a, ok := o.(fyne.Accessible); ok {
		return a.AccessibilityLabel()
	}
	return ""
}

func over(a, b tree.Node) bool {
	aw, bw := seen(a), seen(b)
	at := func(n tree.Node, m fyne.Size) (x, y float32) {
		x, y = n.Pos.X, n.Pos.Y+(n.Size.Height-m.Height)/2
		text, ok := n.Object.(*canvas.Text)
		if !ok {
			return max(n.Pos.X, n.From.X), max(n.Pos.Y, n.From.Y)
		}
		switch text.Alignment {
		case fyne.TextAlignCenter:
			x += (n.Size.Width - m.Width) / 2
		case fyne.TextAlignTrailing:
			x += n.Size.Width - m.Width
		}
		return x, y
	}
	ax, ay := at(a, aw)
	bx, by := at(b, bw)
	// Of a line that a scroll has moved half out of sight the rest covers nothing.
	aw.Height, bw.Height = min(ay+aw.Height, a.To.Y)-max(ay, a.From.Y), min(by+bw.Height, b.To.Y)-max(by, b.From.Y)
	ay, by = max(ay, a.From.Y), max(by, b.From.Y)
	const slack = 3
	return ax+slack < bx+bw.Width && bx+slack < ax+aw.Width && ay+slack < by+bw.Height && by+slack < ay+aw.Height
}

// seen is the size of a text itself, which may have more room, or of another object.
func seen(n tree.Node) fyne.Size {
	if _, ok := n.Object.(*canvas.Text); ok {
		return n.Object.MinSize()
	}
	// What a scroll has moved out of sight covers nothing.
	from := fyne.NewPos(max(n.Pos.X, n.From.X), max(n.Pos.Y, n.From.Y))
	to := fyne.NewPos(min(n.Pos.X+n.Size.Width, n.To.X), min(n.Pos.Y+n.Size.Height, n.To.Y))
	return fyne.NewSize(to.X-from.X, to.Y-from.Y)
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// TestAToastCoversNothingInUse: not the last field of a form, nor the buttons of a session, nor what comes to stand where it was.
func TestAToastCoversNothingInUse(t *testing.T) {
	const text = "Link copied. It is a secret: send it to your client alone."
	for name, play := range map[string]func(*rig){
		"room":        func(r *rig) { r.verified(kim); r.say(text) },
		"room-large":  func(r *rig) { r.verified(kim); r.large(); r.say(text) },
		"invites":     func(r *rig) { r.openClient(tabInvites); r.say(text) },
		"form":        func(r *rig) { r.openClient(tabOverview); r.press("Edit client"); r.say(text) },
		"form-large":  func(r *rig) { r.large(); r.openClient(tabOverview); r.press("Edit client"); r.say(text) },
		"form-later":  func(r *rig) { r.openClient(tabOverview); r.say(text); r.press("Edit client") },
		"settings":    func(r *rig) { r.at("today"); r.press("Settings"); r.rest(); r.say(text) },
		"fill-in":     func(r *rig) { r.fillIn("PHQ-9"); r.say(text) },
		"addendum":    func(r *rig) { r.large(); r.openNote(true); r.press("Add addendum"); r.say(text) },
		"long-toast":  func(r *rig) { r.large(); r.verified(kim); r.say(strings.Repeat(text+" ", 3)) },
		"plan-editor": func(r *rig) { r.large(); r.openClient(tabPlan); r.press("Write the plan"); r.say(text) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, full(t), "light")
			play(r)
			r.rest()
			time.Sleep(2 * progressLook)
			r.rest()
			if dir := os.Getenv(shotsEnv); dir != "" {
				savePNG(t, r.win.Canvas().Capture(), filepath.Join(dir, "toast-"+name+".png"))
			}
			c := r.win.Canvas()
			var toast *tree.Node
			var used []tree.Node
			tree.Walk(c.Content(), c.Size(), func(n tree.Node) {
				if text, ok := n.Object.(*canvas.Text); ok && strings.HasPrefix(text.Text, "Link copied.") {
					toast = &n
				} else if _, ok := n.Object.(fyne.Focusable); ok && n.Shown() {
					used = append(used, n)
				}
			})
			if toast == nil {
				t.Fatal("nothing is said")
			}
			for _, n := range used {
				if over(*toast, n) {
					t.Errorf("it lies over %q", label(n.Object))
				}
			}
			if end := toast.Pos.X + toast.Object.MinSize().Width; toast.Pos.X < 0 || end > c.Size().Width {
				t.Errorf("it reaches from %.0f to %.0f", toast.Pos.X, end)
			}
		})
	}
}
