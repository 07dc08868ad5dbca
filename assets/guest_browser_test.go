package assets_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browsers are started once for all tests; every tab has storage and permissions of its own.
var browsers = struct {
	sync.Mutex
	started map[string]context.Context
	cancel  []context.CancelFunc
}{started: map[string]context.Context{}}

func TestMain(m *testing.M) {
	flag.Parse()
	// Most of a test is waiting, so there may be more of them than processors.
	if err := flag.Set("test.parallel", strconv.Itoa(max(4, runtime.GOMAXPROCS(0)))); err != nil {
		panic(err)
	}
	code := m.Run()
	for _, cancel := range browsers.cancel {
		cancel()
	}
	os.Exit(code)
}

// equipment is what a phone or computer has and allows.
type equipment string

const (
	everything equipment = "camera and microphone, allowed"
	refused    equipment = "camera and microphone, refused"
	noCamera   equipment = "a microphone alone"
)

func browser(t testing.TB, e equipment) context.Context {
	t.Helper()
	browsers.Lock()
	defer browsers.Unlock()
	if ctx := browsers.started[string(e)]; ctx != nil {
		return ctx
	}
	option := chromedp.Flag
	options := []chromedp.ExecAllocatorOption{
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.NoSandbox, chromedp.Headless,
		option("disable-quic", true), option("disable-background-networking", true), option("disable-component-update", true), option("disable-sync", true),
		option("disable-dev-shm-usage", true), option("password-store", "basic"), option("autoplay-policy", "document-user-activation-required"),
		option("hide-scrollbars", true), option("disable-gpu", true), chromedp.WSURLReadTimeout(soon),
		option("allow-loopback-in-peer-connection", true), // where only the house may be spoken to, and this machine's one address is public
		// Many tabs are open at once, and none of them is in the background.
		option("disable-background-timer-throttling", true), option("disable-backgrounding-occluded-windows", true), option("disable-renderer-backgrounding", true),
	}
	switch e {
	case everything:
		options = append(options, option("use-fake-device-for-media-stream", true), option("use-fake-ui-for-media-stream", true))
	case refused:
		options = append(options, option("use-fake-device-for-media-stream", true), option("use-fake-ui-for-media-stream", "deny"))
	case noCamera:
		options = append(options, option("use-fake-device-for-media-stream", "device-count=0"), option("use-fake-ui-for-media-stream", true))
	}
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alloc)
	browsers.cancel = append(browsers.cancel, cancel, cancelAlloc)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("browser: %v", err)
	}
	browsers.started[string(e)] = ctx
	return ctx
}

// tab is one client's page.
type tab struct {
	t   testing.TB
	ctx context.Context
}

// witness keeps what a page must never do: break its own policy, or throw.
const witness = `
	window.seen = [];
	document.addEventListener('securitypolicyviolation', (e) => seen.push('policy: ' + e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sample));
	addEventListener('error', (e) => seen.push('error: ' + e.message));
	addEventListener('unhandledrejection', (e) => seen.push('rejected: ' + (e.reason && e.reason.stack || e.reason)));`

// newTab opens an empty tab; language is what the browser asks for, "en-US" or "es-ES".
func newTab(t testing.TB, e equipment, language string, scripts ...string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser(t, e), chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // opens it, for as long as ctx lives
		t.Fatalf("browser: %v", err)
	}
	p := &tab{t: t, ctx: ctx}
	p.phone(false)
	languages, _ := json.Marshal([]string{language, language[:2]})
	scripts = append(scripts, witness, fmt.Sprintf(`Object.defineProperty(navigator, 'languages', { get: () => %s });`, languages))
	for _, script := range scripts {
		call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	}
	t.Cleanup(p.clean)
	return p
}

func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, soon)
	defer cancel()
	r, err := chromedp.Call(ctx, command, params)
	if err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	return r
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, soon)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("browser: %v\non a page that says\n%s", err, p.text())
	}
}

// try runs an expression in the page and waits for its promise.
func try[T any](p *tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, soon)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// eval is try where nothing may fail.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := try[T](p, expression)
	if err != nil {
		p.t.Fatalf("page: %v\nin %s", err, expression)
	}
	return v
}

// clean fails the test if the page broke its policy or threw.
func (p *tab) clean() {
	if p.ctx.Err() != nil || p.t.Failed() {
		return
	}
	for _, one := range eval[[]string](p, "window.seen || []") {
		p.t.Errorf("the page: %s", one)
	}
}

// open follows a link, as from a mail.
func (p *tab) open(link string) {
	p.t.Helper()
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(link))
}

// onScreen is what the page says to the eye: what a screen reader was told may be of the screen before.
const onScreen = "[...document.body.children].filter((e) => e.checkVisibility() && !e.matches('#status, #alert')).map((e) => e.innerText).join('\\n')"

func (p *tab) text() string {
	s, err := try[string](p, onScreen)
	if err != nil {
		return err.Error()
	}
	return s
}

// reads waits until the page says it.
func (p *tab) reads(text string) {
	p.t.Helper()
	for limit := time.Now().Add(soon); !strings.Contains(p.text(), text); time.Sleep(30 * time.Millisecond) {
		if time.Now().After(limit) {
			p.t.Fatalf("the page does not say %q but\n%s\nseen: %v", text, p.text(), eval[[]string](p, "window.seen"))
		}
	}
}

// until waits for an expression, or its promise, to be true. On a page that is not there yet it may throw.
func (p *tab) until(what, expression string) {
	p.t.Helper()
	for limit := time.Now().Add(soon); ; time.Sleep(20 * time.Millisecond) {
		ok, err := try[bool](p, "(async () => !!(await ("+expression+")))()")
		if ok {
			return
		}
		if time.Now().After(limit) {
			p.t.Fatalf("never: %s (%v), on a page that says\n%s", what, err, p.text())
		}
	}
}

// button is the selector of what is called so, by its words or its label.
func button(name string) string {
	return fmt.Sprintf(`[...document.querySelectorAll('button, summary, a')].find((b) => b.checkVisibility() &&
		((b.getAttribute('aria-label') || '') === %[1]q || b.innerText.trim() === %[1]q || b.innerText.trim().startsWith(%[1]q + '\n')))`, name)
}

// press is a real tap in the middle of a control.
func (p *tab) press(name string) {
	p.t.Helper()
	p.until("a button "+name, button(name))
	at := eval[[]float64](p, fmt.Sprintf(`(() => { const b = %s; b.scrollIntoView({ block: 'center', behavior: 'instant' });
		const r = b.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`, button(name)))
	p.do(chromedp.MouseClickXY(at[0], at[1]))
}

// fill types into a field by its label.
func (p *tab) fill(label, value string) {
	p.t.Helper()
	p.until("a field "+label, fmt.Sprintf(`[...document.querySelectorAll('label')].find((l) => l.innerText === %[1]q)?.control ||
		document.querySelector('[aria-label=' + JSON.stringify(%[1]q) + ']')`, label))
	eval[bool](p, fmt.Sprintf(`(() => { const f = [...document.querySelectorAll('label')].find((l) => l.innerText === %[1]q)?.control ||
		document.querySelector('[aria-label=' + JSON.stringify(%[1]q) + ']'); f.focus(); if (f.select) f.select(); return true; })()`, label))
	p.do(chromedp.KeyEvent(value))
}

func (p *tab) enter() {
	p.t.Helper()
	p.do(chromedp.KeyEvent(kb.Enter))
}

// ---- Looks

func (p *tab) phone(dark bool)   { p.look(390, 844, dark) }
func (p *tab) desktop(dark bool) { p.look(1280, 800, dark) }

func (p *tab) look(width, height int64, dark bool) {
	p.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	p.do(chromedp.EmulateViewport(width, height))
	p.until("a window of that size", fmt.Sprintf("innerWidth === %d && innerHeight === %d", width, height))
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// shots looks at the screen as it is on a phone and on a desk, by day and by night, for what a
// person with poor sight, a thumb or a screen reader would miss. With ALCOVE_SHOTS set to a
// folder it leaves the pictures there.
func (p *tab) shots(name string) {
	p.t.Helper()
	audit, err := os.ReadFile("testdata/audit.js")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, size := range []string{"phone", "desk"} {
		for _, scheme := range []string{"light", "dark"} {
			if size == "phone" {
				p.phone(scheme == "dark")
			} else {
				p.desktop(scheme == "dark")
			}
			for _, fault := range eval[[]string](p, string(audit)) {
				p.t.Errorf("%s, %s, %s: %s", name, size, scheme, fault)
			}
			if dir := os.Getenv("ALCOVE_SHOTS"); dir != "" {
				p.picture(filepath.Join(dir, fmt.Sprintf("%s-%s-%s.png", name, size, scheme)))
			}
		}
	}
	p.look(320, 568, false) // the smallest phone that is still in pockets
	for _, fault := range eval[[]string](p, string(audit)) {
		p.t.Errorf("%s, very small: %s", name, fault)
	}
	p.phone(false)
}

func (p *tab) picture(path string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, soon)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, png, 0o644)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}
