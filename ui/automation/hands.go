package automation

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// run calls a tool on the desktop's display.
func (d *Desk) run(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...) // #nosec G204 -- xdotool and import, of a test; not in what is shipped
	cmd.Env = append(os.Environ(), "DISPLAY="+d.display)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("automation: %s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// Window is the window's ID for xdotool and import. The title changes while somebody knocks, so
// it is looked up by what it ends with, once.
func (d *Desk) Window(ctx context.Context) (string, error) {
	if d.window != "" {
		return d.window, nil
	}
	out, err := d.run(ctx, "xdotool", "search", "--sync", "--onlyvisible", "--name", d.title+"$")
	if err != nil {
		return "", err
	}
	ids := strings.Fields(out)
	if len(ids) == 0 {
		return "", fmt.Errorf("automation: no window named %s", d.title)
	}
	d.window = ids[len(ids)-1]
	return d.window, nil
}

// Click waits for a control, presses the left button in its middle, and fails if it is switched
// off.
func (d *Desk) Click(ctx context.Context, label string) error {
	var c Control
	err := d.Until(ctx, "a "+label+" to press", func() (bool, error) {
		k, ok, err := d.Find(ctx, label)
		c = k
		return ok && !k.Disabled, err
	})
	if err != nil {
		return err
	}
	return d.ClickAt(ctx, c.MidX, c.MidY)
}

// ClickAt presses the left button at a pixel of the window.
func (d *Desk) ClickAt(ctx context.Context, x, y int) error {
	win, err := d.Window(ctx)
	if err != nil {
		return err
	}
	// The pointer rests before it presses: the toolkit acts on where it last saw it move.
	if _, err := d.run(ctx, "xdotool", "mousemove", "--window", win, fmt.Sprint(x), fmt.Sprint(y)); err != nil {
		return err
	}
	if err := pause(ctx, 60*time.Millisecond); err != nil {
		return err
	}
	_, err = d.run(ctx, "xdotool", "click", "1")
	return err
}

// Type types text where the focus is. What is not ASCII needs a slower hand.
func (d *Desk) Type(ctx context.Context, text string) error {
	delay := "12"
	for _, r := range text {
		if r > 126 {
			delay = "120"
		}
	}
	_, err := d.run(ctx, "xdotool", "type", "--delay", delay, "--", text)
	return err
}

// Fill presses a field, empties it and types into it.
func (d *Desk) Fill(ctx context.Context, label, text string) error {
	if err := d.Click(ctx, label); err != nil {
		return err
	}
	err := d.Until(ctx, "the focus in "+label, func() (bool, error) {
		c, ok, err := d.Find(ctx, label)
		return ok && c.Focused, err
	})
	if err != nil {
		return err
	}
	if err := d.Key(ctx, "ctrl+a"); err != nil {
		return err
	}
	if err := d.Key(ctx, "BackSpace"); err != nil {
		return err
	}
	return d.Type(ctx, text)
}

// Key presses a key by xdotool's name: "Return", "ctrl+k", "Tab".
func (d *Desk) Key(ctx context.Context, name string) error {
	_, err := d.run(ctx, "xdotool", "key", "--clearmodifiers", name)
	return err
}

// Scroll turns the wheel over the middle of the window: down if n is above 0.
func (d *Desk) Scroll(ctx context.Context, x, y, n int) error {
	win, err := d.Window(ctx)
	if err != nil {
		return err
	}
	button := "5"
	if n < 0 {
		button, n = "4", -n
	}
	if _, err := d.run(ctx, "xdotool", "mousemove", "--window", win, fmt.Sprint(x), fmt.Sprint(y)); err != nil {
		return err
	}
	_, err = d.run(ctx, "xdotool", "click", "--repeat", fmt.Sprint(n), "--delay", "30", button)
	return err
}

// Screenshot photographs the real window into a PNG file.
func (d *Desk) Screenshot(ctx context.Context, path string) error {
	win, err := d.Window(ctx)
	if err != nil {
		return err
	}
	// What the socket tells of is drawn with the next frame, and on software GL that takes a while.
	if err := pause(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	_, err = d.run(ctx, "import", "-window", win, path)
	return err
}
