//go:build linux

package main_test

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/png"
	"net"
	"os"
	"regexp"
	"strings"
	"time"

	"alcove/ui/automation"
)

// desk is the therapist's desktop: the real program in a real window, used by real clicks and
// keys on what can be read on the screen.
type desk struct {
	m       *machine
	process *process
	see     *automation.Desk
	voice   string // socket that tells what the speaker would play
	pasted  string // the last that clipboard gave
}

// openDesk starts the program on a profile of the machine's; "" is the one that the platform has for everybody.
func openDesk(m *machine, profile string) *desk {
	m.t.Helper()
	socket := m.path("run/desk.sock")
	d := &desk{m: m, voice: socket + ".voice"}
	args := []string{"--synthetic-media"}
	if profile != "" {
		args = append(args, "--profile", m.path(profile))
	}
	d.process = launch(m, "alcove", []string{automation.Env + "=" + socket, "FYNE_THEME=light"}, args...)
	d.dial()
	return d
}

// dial finds the window that is open, or about to be.
func (d *desk) dial() {
	m := d.m
	m.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	var display string
	for _, v := range m.env {
		if name, value, _ := strings.Cut(v, "="); name == "DISPLAY" {
			display = value
		}
	}
	var err error
	if d.see, err = automation.Dial(ctx, m.path("run/desk.sock"), display); err != nil {
		m.t.Fatal(err)
	}
}

// startsAgain waits until the program has put itself in its own place.
func (d *desk) startsAgain() {
	d.m.t.Helper()
	d.m.until("the old window has gone", func() bool {
		_, err := d.see.List(context.Background())
		return err != nil
	})
	_ = d.see.Close()
	d.dial()
}

// do gives an action of the hands its time.
func (d *desk) do(action func(ctx context.Context) error) {
	d.m.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	if err := action(ctx); err != nil {
		d.m.t.Fatal(err)
	}
}

// kill ends the program as a power cut would.
func (d *desk) kill() {
	_ = d.see.Close()
	d.process.kill()
}

func (d *desk) press(label string) {
	d.m.t.Helper()
	d.intoSight(label)
	d.do(func(ctx context.Context) error { return d.see.Click(ctx, label) })
}

func (d *desk) fill(label, text string) {
	d.m.t.Helper()
	d.intoSight(label)
	d.do(func(ctx context.Context) error { return d.see.Fill(ctx, label, text) })
}

// append types at the end of what a field holds.
func (d *desk) append(label, text string) {
	d.m.t.Helper()
	d.press(label)
	d.key("ctrl+End")
	d.key("Return")
	d.do(func(ctx context.Context) error { return d.see.Type(ctx, text) })
}

func (d *desk) key(name string) {
	d.m.t.Helper()
	d.do(func(ctx context.Context) error { return d.see.Key(ctx, name) })
}

// typeCode types the six digits that the client reads aloud.
func (d *desk) typeCode(code string) {
	d.m.t.Helper()
	d.press("Spoken code")
	d.do(func(ctx context.Context) error { return d.see.Type(ctx, code) })
}

// write sends a line of chat.
func (d *desk) write(text string) {
	d.m.t.Helper()
	d.fill("Message", text)
	d.key("Return")
}

func (d *desk) endSession() {
	d.m.t.Helper()
	d.press("End")
	d.press("End session")
}

// intoSight turns the wheel where a control is scrolled out of sight.
func (d *desk) intoSight(label string) {
	d.m.t.Helper()
	d.do(func(ctx context.Context) error {
		for end := time.Now().Add(soon / 2); time.Now().Before(end); {
			c, there := d.find(ctx, label)
			if there && c.Visible {
				return nil
			}
			if there {
				if err := d.see.Scroll(ctx, c.X+c.W/2, 400, 3); err != nil {
					return err
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
		return nil // whoever wants it says what is on the screen instead
	})
}

func (d *desk) find(ctx context.Context, label string) (automation.Control, bool) {
	all, err := d.see.List(ctx)
	if err != nil {
		d.m.t.Fatal(err)
	}
	for _, c := range all {
		if c.Label == label && c.Acts {
			return c, true
		}
	}
	return automation.Control{}, false
}

// off asserts that a control is there and cannot be pressed.
func (d *desk) off(label string) {
	d.m.t.Helper()
	d.do(func(ctx context.Context) error {
		c, err := d.see.WaitFor(ctx, label)
		if err == nil && !c.Disabled {
			return fmt.Errorf("%q can be pressed", label)
		}
		return err
	})
}

// gone waits until a control is no longer there.
func (d *desk) gone(label string) {
	d.m.t.Helper()
	d.do(func(ctx context.Context) error { return d.see.WaitGone(ctx, label) })
}

// text is all that can be read in the window now, with what was typed into its fields.
func (d *desk) text() string {
	d.m.t.Helper()
	var b strings.Builder
	d.do(func(ctx context.Context) error {
		all, err := d.see.List(ctx)
		for _, c := range all {
			fmt.Fprintln(&b, c.Label)
			if c.Text != "" {
				fmt.Fprintln(&b, c.Text)
			}
		}
		return err
	})
	return b.String()
}

func (d *desk) says(text string) bool {
	d.m.t.Helper()
	return strings.Contains(strings.ToLower(d.text()), strings.ToLower(text))
}

func (d *desk) reads(text string) {
	d.m.t.Helper()
	if !within(soon, func() bool { return d.says(text) }) {
		d.m.t.Fatalf("the desktop does not say %q but:\n%s", text, d.text())
	}
}

// notReads waits until text has gone, or finds that it never was there.
func (d *desk) notReads(text string) {
	d.m.t.Helper()
	if !within(soon, func() bool { return !d.says(text) }) {
		d.m.t.Fatalf("the desktop still says %q:\n%s", text, d.text())
	}
}

// kit is the recovery kit that is shown, copied from it.
func (d *desk) kit() (groups []string) {
	d.m.t.Helper()
	d.press("Copy recovery kit")
	for _, g := range regexp.MustCompile(`(?m)^ *\d+  (\S+)$`).FindAllStringSubmatch(d.clipboard(), -1) {
		groups = append(groups, g[1])
	}
	if len(groups) < 4 {
		d.m.t.Fatalf("a recovery kit of %d groups", len(groups))
	}
	d.press("I have it on paper")
	return groups
}

// clipboard is what another program would paste, once it is something new.
func (d *desk) clipboard() string {
	d.m.t.Helper()
	d.m.until("something new to paste", func() bool {
		out, err := d.m.command("xclip", "-selection", "clipboard", "-out").Output()
		fresh := err == nil && string(out) != d.pasted
		if fresh {
			d.pasted = string(out)
		}
		return fresh
	})
	return d.pasted
}

// picture photographs the real window.
func (d *desk) picture(path string) {
	d.m.t.Helper()
	d.do(func(ctx context.Context) error { return d.see.Screenshot(ctx, path) })
}

// shirt is how much of the window has the colour of the guest's shirt, and how much of the
// window changed within half a second.
func (d *desk) shirt() (share, moved float64) {
	d.m.t.Helper()
	first := d.look()
	time.Sleep(500 * time.Millisecond)
	second := d.look()
	size := first.Bounds().Size()
	for y := 0; y < size.Y; y += 2 {
		for x := 0; x < size.X; x += 2 {
			ar, ag, ab := rgb(first, x, y)
			br, bg, bb := rgb(second, x, y)
			if near(ar, guestShirt.R) && near(ag, guestShirt.G) && near(ab, guestShirt.B) {
				share++
			}
			if abs(ar-br)+abs(ag-bg)+abs(ab-bb) > 40 {
				moved++
			}
		}
	}
	all := float64(size.X/2) * float64(size.Y/2)
	return share / all, moved / all
}

func rgb(img image.Image, x, y int) (r, g, b float64) {
	cr, cg, cb, _ := img.At(x, y).RGBA()
	return float64(cr >> 8), float64(cg >> 8), float64(cb >> 8)
}

func abs(x float64) float64 { return max(x, -x) }

func (d *desk) look() image.Image {
	d.m.t.Helper()
	path := d.m.path("look.png")
	d.picture(path)
	file, err := os.Open(path)
	if err != nil {
		d.m.t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		d.m.t.Fatal(err)
	}
	return img
}

// hears is how much of what the speaker would play is a tone of hz, 0 to 1.
func (d *desk) hears(hz float64) float64 {
	d.m.t.Helper()
	conn, err := net.Dial("unix", d.voice)
	if err != nil {
		d.m.t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintln(conn, hz)
	var power float64
	if _, err := fmt.Fscan(bufio.NewReader(conn), &power); err != nil {
		d.m.t.Fatal(err)
	}
	return power
}
