//go:build automation

package ui

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"alcove/ui/automation"
	"alcove/ui/tree"
	"alcove/ui/widget"
)

// automate answers, on the unix socket named by ALCOVE_AUTOMATION, where a control is and what
// is shown. It never presses anything: clicks and keys come from outside, as a person's do.
func (u *UI) automate() {
	path := os.Getenv(automation.Env)
	if path == "" {
		return
	}
	_ = os.Remove(path) // of a run that was killed
	l, err := net.Listen("unix", path)
	if err != nil {
		panic(fmt.Sprintf("automation: %v", err)) // a test that cannot see must not go on
	}
	u.follow.serve(l, func(c net.Conn) {
		in, out := bufio.NewScanner(c), json.NewEncoder(c)
		for in.Scan() {
			var q automation.Request
			if err := json.Unmarshal(in.Bytes(), &q); err != nil {
				return
			}
			answer := make(chan automation.Reply, 1)
			u.loop.Post(func() { answer <- u.answer(q) })
			if err := out.Encode(<-answer); err != nil {
				return
			}
		}
	})
}

func (u *UI) answer(q automation.Request) automation.Reply {
	r := automation.Reply{Screen: u.screenName(), Dialog: u.dialog != nil}
	switch q.Op {
	case "find", "list":
		for _, c := range u.seenControls() {
			if q.Op == "list" || c.Label == q.Label {
				r.Controls = append(r.Controls, c)
			}
		}
	case "frames":
		r.Frames = u.frames()
	case "screen":
	default:
		r.Error = "no such op: " + q.Op
	}
	return r
}

func (u *UI) screenName() string {
	if u.screen == nil {
		return ""
	}
	return u.screen.Name()
}

// seenControls are all labelled things on the uppermost layer, in window pixels.
func (u *UI) seenControls() []automation.Control {
	var all []automation.Control
	c := u.win.Canvas()
	scale := c.Scale()
	menu := false
	tree.Walk(tree.Top(c), c.Size(), func(n tree.Node) {
		if _, ok := n.Object.(*fynewidget.PopUpMenu); ok {
			menu = true
		}
		if text, ok := n.Object.(*canvas.Text); ok && menu { // Fyne's menu items have no label
			all = append(all, automation.Control{
				Label: text.Text, Role: "menu item", Visible: n.Shown(), Acts: true,
				X: int(n.Pos.X * scale), Y: int(n.Pos.Y * scale), W: int(n.Size.Width * scale), H: int(n.Size.Height * scale),
				MidX: int(n.Middle().X * scale), MidY: int(n.Middle().Y * scale),
			})
			return
		}
		a, ok := n.Object.(fyne.Accessible)
		if !ok {
			return
		}
		if _, plain := n.Object.(*fyne.Container); plain || a.AccessibilityLabel() == "" {
			return
		}
		mid := n.Middle()
		k := automation.Control{
			Label: a.AccessibilityLabel(), Role: string(a.AccessibilityRole()), Visible: n.Shown(),
			X: int(n.Pos.X * scale), Y: int(n.Pos.Y * scale), W: int(n.Size.Width * scale), H: int(n.Size.Height * scale),
			MidX: int(mid.X * scale), MidY: int(mid.Y * scale),
		}
		if f, ok := n.Object.(fyne.Focusable); ok {
			k.Acts, k.Focused = true, c.Focused() == f
		}
		if d, ok := n.Object.(fyne.Disableable); ok {
			k.Disabled = d.Disabled()
		}
		k.Text, k.On = state(n.Object)
		all = append(all, k)
	})
	return all
}

// state is what a control holds: typed text (never a secret's), or whether it is on.
func state(o fyne.CanvasObject) (text string, on bool) {
	switch o := o.(type) {
	case *widget.Entry:
		if o.Password {
			return "", false
		}
		return o.Text, false
	case *widget.Code:
		return o.Digits(), false
	case *widget.Pick:
		return o.Value(), false
	case *widget.Chip:
		return "", o.On()
	case *widget.Switch:
		return "", o.On()
	}
	return "", false
}

// frames are the numbers and colours of the pictures in the room.
func (u *UI) frames() *automation.Frames {
	s := u.screen
	if sh := u.shell(); sh != nil {
		s = sh.section
	}
	r, ok := s.(*room)
	if !ok {
		return nil
	}
	f := &automation.Frames{}
	c := func(v *widget.Video) (uint64, [3]uint8) {
		seq, mid := v.Shows()
		return seq, [3]uint8{mid.R, mid.G, mid.B}
	}
	f.Remote, f.RemoteRGB = c(r.remote)
	f.Self, f.SelfRGB = c(r.self)
	return f
}
