// Package automation is the outside end of the socket that a test build of the desktop opens: it
// asks where a control is, and then presses and types as a person does, by xdotool on a
// real display. The socket itself (ui/automation.go, build tag "automation") never acts, and is
// not in what is shipped.
package automation

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"time"
)

// Env names the variable that holds the socket's path.
const Env = "ALCOVE_AUTOMATION"

// Request is one line sent to the socket. Op is "find" (by Label), "list", "screen" or "frames".
type Request struct {
	Op    string `json:"op"`
	Label string `json:"label,omitempty"`
}

// Reply is the line that comes back.
type Reply struct {
	Screen   string    `json:"screen"`             // "unlock", "today", "client-overview", "room" …
	Dialog   bool      `json:"dialog"`             // a dialog lies over it
	Controls []Control `json:"controls,omitempty"` // of "find" and "list", of the uppermost layer alone
	Frames   *Frames   `json:"frames,omitempty"`   // of "frames", nil outside the room
	Error    string    `json:"error,omitempty"`
}

// Control is something with a label, in pixels of the window.
type Control struct {
	Label    string `json:"label"`
	Role     string `json:"role"`
	X        int    `json:"x"`
	Y        int    `json:"y"`
	W        int    `json:"w"`
	H        int    `json:"h"`
	MidX     int    `json:"midX"` // the middle of what is seen of it
	MidY     int    `json:"midY"`
	Acts     bool   `json:"acts"` // it can be pressed or typed into
	Focused  bool   `json:"focused"`
	Disabled bool   `json:"disabled"`
	Visible  bool   `json:"visible"` // not scrolled out of sight
	On       bool   `json:"on"`
	Text     string `json:"text,omitempty"` // typed so far; never of a secret field
}

// Frames are the pictures in the room: their numbers, and the average colour of their middles.
type Frames struct {
	Remote    uint64   `json:"remote"`
	RemoteRGB [3]uint8 `json:"remoteRGB"`
	Self      uint64   `json:"self"`
	SelfRGB   [3]uint8 `json:"selfRGB"`
}

// Desk is a running desktop under test.
type Desk struct {
	display string // ":99"
	title   string

	mu   sync.Mutex // a request and its reply
	conn net.Conn
	in   *bufio.Reader

	window string // xdotool's ID, once it was found
}

// Dial waits for the socket of a desktop that is starting on a display.
func Dial(ctx context.Context, socket, display string) (*Desk, error) {
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
		if err == nil {
			return &Desk{display: display, title: "Alcove", conn: conn, in: bufio.NewReader(conn)}, nil
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return nil, fmt.Errorf("automation: the desktop never opened its socket: %w", err)
		}
	}
}

// Close hangs up.
func (d *Desk) Close() error { return d.conn.Close() }

func (d *Desk) ask(ctx context.Context, q Request) (Reply, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(30 * time.Second)
	}
	if err := d.conn.SetDeadline(deadline); err != nil {
		return Reply{}, err
	}
	line, err := json.Marshal(q)
	if err != nil {
		return Reply{}, err
	}
	if _, err := d.conn.Write(append(line, '\n')); err != nil {
		return Reply{}, fmt.Errorf("automation: the desktop is gone: %w", err)
	}
	var r Reply
	got, err := d.in.ReadBytes('\n')
	if err != nil {
		return Reply{}, fmt.Errorf("automation: the desktop is gone: %w", err)
	}
	if err := json.Unmarshal(got, &r); err != nil {
		return Reply{}, err
	}
	if r.Error != "" {
		return Reply{}, fmt.Errorf("automation: %s", r.Error)
	}
	return r, nil
}

// Screen is the name of what is shown.
func (d *Desk) Screen(ctx context.Context) (string, error) {
	r, err := d.ask(ctx, Request{Op: "screen"})
	return r.Screen, err
}

// List is every labelled thing on the uppermost layer.
func (d *Desk) List(ctx context.Context) ([]Control, error) {
	r, err := d.ask(ctx, Request{Op: "list"})
	return r.Controls, err
}

// Frames are the pictures shown in the room; nil outside it.
func (d *Desk) Frames(ctx context.Context) (*Frames, error) {
	r, err := d.ask(ctx, Request{Op: "frames"})
	return r.Frames, err
}

// Find is the control with that label, what acts before what is only read. ok is false if it is
// not there, or scrolled out of sight.
func (d *Desk) Find(ctx context.Context, label string) (c Control, ok bool, err error) {
	r, err := d.ask(ctx, Request{Op: "find", Label: label})
	if err != nil {
		return Control{}, false, err
	}
	for _, k := range r.Controls {
		if k.Visible && (!ok || k.Acts && !c.Acts) {
			c, ok = k, true
		}
	}
	return c, ok, nil
}

// WaitFor waits until a label can be seen. An error names what was seen instead.
func (d *Desk) WaitFor(ctx context.Context, label string) (Control, error) {
	var found Control
	err := d.Until(ctx, "label "+label, func() (bool, error) {
		c, ok, err := d.Find(ctx, label)
		found = c
		return ok, err
	})
	return found, err
}

// WaitGone waits until a label can no longer be seen.
func (d *Desk) WaitGone(ctx context.Context, label string) error {
	return d.Until(ctx, "the end of "+label, func() (bool, error) {
		_, ok, err := d.Find(ctx, label)
		return !ok, err
	})
}

// WaitScreen waits for a screen by name.
func (d *Desk) WaitScreen(ctx context.Context, name string) error {
	return d.Until(ctx, "screen "+name, func() (bool, error) {
		s, err := d.Screen(ctx)
		return s == name, err
	})
}

// Until asks every 50 ms.
func (d *Desk) Until(ctx context.Context, what string, ok func() (bool, error)) error {
	for {
		done, err := ok()
		if done || err != nil && ctx.Err() == nil {
			return err
		}
		if pause(ctx, 50*time.Millisecond) != nil {
			return fmt.Errorf("automation: never came: %s; %s", what, d.describe())
		}
	}
}

// describe says what is shown, for an error.
func (d *Desk) describe() string {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	r, err := d.ask(ctx, Request{Op: "list"})
	if err != nil {
		return err.Error()
	}
	s := fmt.Sprintf("on screen %q, dialog %v:", r.Screen, r.Dialog)
	for _, c := range r.Controls {
		if c.Visible {
			s += fmt.Sprintf(" %q", c.Label)
		}
	}
	return s
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
