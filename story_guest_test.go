//go:build linux

package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// guest is the client's browser, a real Chromium whose camera shows a picture and whose
// microphone hears a tone that the test knows. It is used as a person would who cannot see it:
// by the roles and names that a screen reader is told.
type guest struct {
	t      testing.TB
	ctx    context.Context
	close  func()
	errors chan string // what the page threw
}

// newGuest opens the browser on a phone-sized or desk-sized window.
func newGuest(m *machine, width, height int) *guest {
	m.t.Helper()
	camera, voice := m.path("camera.y4m"), m.path("voice.wav")
	if !exists(camera) {
		writeCamera(m.t, camera, 360, 15)
	}
	if !exists(voice) {
		writeVoice(m.t, voice)
	}
	profile, err := os.MkdirTemp(m.dir, "browser-")
	if err != nil {
		m.t.Fatal(err)
	}
	flag := chromedp.Flag
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(),
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.NoSandbox, chromedp.Headless,
		chromedp.UserDataDir(profile), chromedp.WindowSize(width, height),
		flag("use-fake-device-for-media-stream", true), flag("use-fake-ui-for-media-stream", true),
		flag("use-file-for-fake-video-capture", camera), flag("use-file-for-fake-audio-capture", voice),
		flag("autoplay-policy", "document-user-activation-required"), flag("lang", "en-US"), flag("disable-quic", true),
		flag("disable-background-networking", true), flag("disable-component-update", true), flag("disable-sync", true),
		flag("disable-dev-shm-usage", true), flag("password-store", "basic"), chromedp.WSURLReadTimeout(soon),
		chromedp.NoInheritEnv, chromedp.Env(m.env...))
	ctx, cancel := chromedp.NewContext(alloc)
	g := &guest{t: m.t, ctx: ctx, errors: make(chan string, 64), close: func() {
		cancel()
		cancelAlloc()
	}}
	m.t.Cleanup(g.close)
	if err := chromedp.Do(ctx); err != nil { // starts it, for as long as ctx lives
		m.t.Fatalf("browser: %v", err)
	}
	g.listen()
	return g
}

// listen keeps what the page threw: a page that throws has not done its work.
func (g *guest) listen() {
	thrown := chromedp.Events(g.ctx, runtime.ExceptionThrown)
	go func() {
		for e, err := range thrown {
			if err != nil {
				return
			}
			text := e.ExceptionDetails.Text
			if x := e.ExceptionDetails.Exception; x != nil {
				text += " " + x.Description
			}
			select {
			case g.errors <- text:
			default:
			}
		}
	}()
}

func (g *guest) do(steps ...chromedp.Action[chromedp.Void]) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.ctx, soon)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		g.t.Fatalf("browser: %v", err)
	}
}

// open follows a link, as from a mail.
func (g *guest) open(link string) {
	g.t.Helper()
	g.do(chromedp.Navigate("about:blank"), chromedp.Navigate(link))
}

// eval runs an expression in the page and waits for its promise.
func eval[T any](g *guest, expression string) T {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.ctx, soon)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		g.t.Fatalf("page: %v\nin %s", err, expression)
	}
	return v
}

// text is what can be read on the page now.
func (g *guest) text() string {
	g.t.Helper()
	return eval[string](g, "document.body.innerText")
}

// reads waits until the page says text, upper and lower case aside.
func (g *guest) reads(text string) {
	g.t.Helper()
	if !within(soon, func() bool { return strings.Contains(strings.ToLower(g.text()), strings.ToLower(text)) }) {
		g.t.Fatalf("the page does not say %q but:\n%s", text, g.text())
	}
}

// press clicks the control whose accessible name is, or begins with, name.
func (g *guest) press(name string) {
	g.t.Helper()
	g.click(name, "button", "link", "checkbox", "radio")
}

// fill replaces what a field holds by typing.
func (g *guest) fill(name, text string) {
	g.t.Helper()
	g.click(name, "textbox", "searchbox", "spinbutton")
	g.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent(kb.Backspace), chromedp.KeyEvent(text))
}

// click is a real click in the middle of what a person sees of a control.
func (g *guest) click(name string, roles ...string) {
	g.t.Helper()
	g.do(chromedp.MouseClickXY(g.find(name, roles...)))
}

// find waits for a control in the accessibility tree that is not disabled, and says where it is:
// the page may draw anew between two looks.
func (g *guest) find(name string, roles ...string) (x, y float64) {
	g.t.Helper()
	var err error
	if !within(soon, func() bool {
		id := g.lookFor(name, roles)
		if id == 0 {
			return false
		}
		x, y, err = g.middle(id)
		return err == nil
	}) {
		g.t.Fatalf("no %s named %q on the page (%v):\n%s", strings.Join(roles, " or "), name, err, g.text())
	}
	return x, y
}

func (g *guest) lookFor(name string, roles []string) cdp.BackendNodeID {
	g.t.Helper()
	tree, err := chromedp.Call(g.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		g.t.Fatalf("accessibility tree: %v", err)
	}
	var begins cdp.BackendNodeID
	for _, n := range tree.Nodes {
		if n.Ignored || disabled(n) || !contains(roles, word(n.Role)) {
			continue
		}
		switch has := word(n.Name); {
		case has == name:
			return n.BackendDOMNodeID
		case strings.HasPrefix(has, name):
			begins = n.BackendDOMNodeID
		}
	}
	return begins
}

func word(v *accessibility.Value) string {
	var s string
	if v != nil {
		_ = json.Unmarshal(v.Value, &s)
	}
	return s
}

func disabled(n *accessibility.Node) bool {
	for _, p := range n.Properties {
		if p.Name == accessibility.PropertyNameDisabled && string(p.Value.Value) == "true" {
			return true
		}
	}
	return false
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// middle brings a node into sight and says where it is.
func (g *guest) middle(id cdp.BackendNodeID) (x, y float64, err error) {
	if _, err := chromedp.Call(g.ctx, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: id}); err != nil {
		return 0, 0, err
	}
	box, err := chromedp.Call(g.ctx, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: id})
	if err != nil {
		return 0, 0, err
	}
	if len(box.Quads) == 0 {
		return 0, 0, errors.New("nothing to see of it")
	}
	q := box.Quads[0]
	return (q[0] + q[4]) / 2, (q[1] + q[5]) / 2, nil
}

// picture saves what the browser shows.
func (g *guest) picture(path string) {
	g.t.Helper()
	png, err := chromedp.Run(g.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(path, png, 0o644)
	}
	if err != nil {
		g.t.Fatal(err)
	}
}

// color is the mean colour in the middle of the remote picture in the page, and how much of
// the picture changed within half a second.
func (g *guest) color() (red, green, blue, moved float64) {
	g.t.Helper()
	v := eval[[]float64](g, `(async () => {
		const videos = [...document.querySelectorAll("video")].filter(v => v.videoWidth && !v.paused);
		videos.sort((a, b) => b.clientWidth * b.clientHeight - a.clientWidth * a.clientHeight);
		if (!videos.length) return [0, 0, 0, 0];
		const canvas = new OffscreenCanvas(64, 36), draw = canvas.getContext("2d", {willReadFrequently: true});
		const look = () => { draw.drawImage(videos[0], 0, 0, 64, 36); return draw.getImageData(0, 0, 64, 36).data; };
		const before = look();
		await new Promise(done => setTimeout(done, 500));
		const after = look(), sum = [0, 0, 0];
		let moved = 0, n = 0;
		for (let i = 0; i < after.length; i += 4) {
			const x = i / 4 % 64, y = i / 256 | 0;
			if (x > 24 && x < 40 && y > 12 && y < 24) {
				for (let c = 0; c < 3; c++) sum[c] += after[i + c];
				n++;
			}
			if (Math.abs(after[i] - before[i]) + Math.abs(after[i + 1] - before[i + 1]) + Math.abs(after[i + 2] - before[i + 2]) > 24) moved++;
		}
		return [sum[0] / n, sum[1] / n, sum[2] / n, moved / (after.length / 4)];
	})()`)
	return v[0], v[1], v[2], v[3]
}

// hears is the strongest frequency in the sound that the page plays, in hertz, 0 for silence.
// It listens for two seconds.
func (g *guest) hears() float64 {
	g.t.Helper()
	return eval[float64](g, `(async () => {
		const sounds = [...document.querySelectorAll("audio, video")]
			.filter(e => e.srcObject && e.srcObject.getAudioTracks().length && !e.muted).map(e => e.srcObject);
		if (!sounds.length) return 0;
		const audio = new AudioContext(), ear = audio.createAnalyser();
		ear.fftSize = 8192;
		audio.createMediaStreamSource(sounds[0]).connect(ear);
		const bins = new Float32Array(ear.frequencyBinCount);
		let best = -70, at = 0;
		for (let i = 0; i < 20; i++) {
			await new Promise(done => setTimeout(done, 100));
			ear.getFloatFrequencyData(bins);
			bins.forEach((level, bin) => { if (level > best) { best = level; at = bin; } });
		}
		await audio.close();
		return at * audio.sampleRate / ear.fftSize;
	})()`)
}

// cutNetwork freezes the one process through which all of the browser's sockets go, as a phone
// in a tunnel: nothing leaves, nothing arrives, nobody is told. restore thaws it.
func (g *guest) cutNetwork() (restore func()) {
	g.t.Helper()
	pid := g.networkProcess()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		g.t.Fatal(err)
	}
	return func() {
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			g.t.Fatal(err)
		}
	}
}

func (g *guest) networkProcess() int {
	g.t.Helper()
	browser := strconv.Itoa(chromedp.FromContext(g.ctx).Browser.Process().Pid)
	out, err := exec.Command("ps", "-o", "pid=,args=", "--ppid", browser).Output()
	if err != nil {
		g.t.Fatal(err)
	}
	for line := range bytes.Lines(out) {
		pid, args, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		if strings.Contains(args, "network.mojom.NetworkService") {
			n, _ := strconv.Atoi(pid)
			return n
		}
	}
	g.t.Fatalf("no network process under browser %s in %s:\n%s", browser, filepath.Base(os.Args[0]), out)
	return 0
}

// noErrors fails if the page threw anything.
func (g *guest) noErrors() {
	g.t.Helper()
	select {
	case text := <-g.errors:
		g.t.Fatalf("the page threw: %s", text)
	default:
	}
}
