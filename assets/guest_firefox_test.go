package assets_test

import (
	"bufio"
	"context"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"alcove/app"
	"alcove/app/measure"
)

// firefox is driven by WebDriver BiDi, which needs no program between. It is here because two
// browsers understand a session's descriptions in two ways.
type firefox struct {
	t       testing.TB
	socket  *websocket.Conn
	id      int
	context string
}

// What a machine without camera, screen or network needs.
const firefoxPrefs = `
user_pref("media.navigator.streams.fake", true);
user_pref("media.navigator.permission.disabled", true);
user_pref("media.peerconnection.ice.loopback", true);
user_pref("media.peerconnection.ice.obfuscate_host_addresses", false);
user_pref("media.autoplay.default", 0);
user_pref("media.gmp-manager.updateEnabled", false);
user_pref("intl.accept_languages", "en-US,en");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("remote.prefs.recommended", true);
`

var bidiAddress = regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)`)

func newFirefox(t testing.TB) *firefox {
	t.Helper()
	profile := t.TempDir()
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(firefoxPrefs), 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("firefox-esr")
	if err != nil {
		program = "firefox"
	}
	cmd := exec.Command(program, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile)
	cmd.Env = append(os.Environ(), "HOME="+profile, "MOZ_CRASHREPORTER_DISABLE=1")
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found, gone := make(chan string, 1), make(chan struct{})
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-gone:
		case <-time.After(soon):
			_ = cmd.Process.Kill()
			<-gone
		}
		_ = cmd.Wait()
	})
	go func() {
		// All of its processes write here: while one lives, it may also write into the profile, which is about to be removed.
		defer close(gone)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if m := bidiAddress.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	f := &firefox{t: t}
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	select {
	case url := <-found:
		f.socket, _, err = websocket.Dial(ctx, url+"/session", nil)
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		t.Fatalf("firefox: %v", err)
	}
	f.socket.SetReadLimit(1 << 24)
	f.call("session.new", map[string]any{"capabilities": map[string]any{}}, nil)
	var tab struct{ Context string }
	f.call("browsingContext.create", map[string]any{"type": "tab"}, &tab)
	f.context = tab.Context
	f.call("script.addPreloadScript", map[string]any{"functionDeclaration": "() => {" + witness + "}"}, nil)
	return f
}

// call is one command and its answer.
func (f *firefox) call(method string, params map[string]any, result any) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*soon)
	defer cancel()
	f.id++
	data, err := json.Marshal(map[string]any{"id": f.id, "method": method, "params": params})
	if err == nil {
		err = f.socket.Write(ctx, websocket.MessageText, data)
	}
	for err == nil {
		var answer struct {
			ID             int
			Error, Message string
			Result         json.RawMessage
		}
		if _, data, err = f.socket.Read(ctx); err != nil {
			break
		}
		if err = json.Unmarshal(data, &answer); err != nil || answer.ID != f.id {
			continue // an event
		}
		if answer.Error != "" {
			f.t.Fatalf("firefox: %s: %s: %s", method, answer.Error, answer.Message)
		}
		if result != nil {
			err = json.Unmarshal(answer.Result, result)
		}
		break
	}
	if err != nil {
		f.t.Fatalf("firefox: %s: %v", method, err)
	}
}

// eval runs an expression in the page; its value comes back as text.
func (f *firefox) eval(expression string) string {
	f.t.Helper()
	var r struct {
		Type             string
		Result           struct{ Value any }
		ExceptionDetails struct{ Text string }
	}
	f.call("script.evaluate", map[string]any{
		"expression": "(async () => JSON.stringify(await (" + expression + ")))()", "awaitPromise": true,
		"target": map[string]any{"context": f.context}, "userActivation": true,
	}, &r)
	if r.Type != "success" {
		f.t.Fatalf("firefox: %s in %s", r.ExceptionDetails.Text, expression)
	}
	s, _ := r.Result.Value.(string)
	return s
}

func (f *firefox) open(link string) {
	f.t.Helper()
	f.call("browsingContext.navigate", map[string]any{"context": f.context, "url": link, "wait": "complete"}, nil)
}

func (f *firefox) until(what, expression string) {
	f.t.Helper()
	for limit := time.Now().Add(soon); f.eval("!!("+expression+")") != "true"; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(limit) {
			f.t.Fatalf("firefox never: %s, on a page that says\n%s\nseen: %s", what, f.eval(onScreen), f.eval("window.seen"))
		}
	}
}

func (f *firefox) reads(text string) {
	f.t.Helper()
	quoted, _ := json.Marshal(text)
	f.until("reads "+text, onScreen+".includes("+string(quoted)+")")
}

func (f *firefox) press(name string) {
	f.t.Helper()
	f.until("a button "+name, button(name))
	f.eval(button(name) + ".click()")
}

func (f *firefox) fill(id, value string) {
	f.t.Helper()
	quoted, _ := json.Marshal(value)
	f.eval("(() => { const e = document.getElementById('" + id + "'); e.value = " + string(quoted) + "; e.dispatchEvent(new InputEvent('input', { bubbles: true })); })()")
}

// outage loses all packets for a while after both sides have said that the line is lost. It
// comes back with chat and both pictures.
func (f *firefox) outage(s *stage, call app.Call, r room, d time.Duration) {
	f.t.Helper()
	s.tunnel.dark.Store(true)
	f.reads(readStrings(f.t, "en")["lost"])
	await[app.CallLost](f.t, r)
	call.SendChat(app.ChatID(d.String()), "Written in the dark for "+d.String())
	time.Sleep(d)
	s.tunnel.dark.Store(false)
	mended := time.Now()
	await[app.CallConnected](f.t, r)
	f.t.Logf("back %v after an outage of %v was mended", time.Since(mended).Round(time.Millisecond), d)
	f.reads("Written in the dark for " + d.String())
	_, before := call.Media().Remote().Latest()
	eventually(f.t, "the therapist sees again", func() bool { _, now := call.Media().Remote().Latest(); return now > before })
	f.until("a picture that moves", moving)
}

// fillsForm answers two questions of PHQ-9 during the session.
func (f *firefox) fillsForm(call app.Call, r room) {
	f.t.Helper()
	q := questions{FormHandout: measureForm(f.t, "phq-9", "F1", "en")}
	if err := call.Handouts().Ask(q.FormHandout); err != nil {
		f.t.Fatal(err)
	}
	await[app.CallCame](f.t, r)
	f.press("Questions")
	given := measure.Answers{1: 2, 9: 1}
	for item, value := range given {
		f.until("the question", q.radio(item, value))
		f.eval(q.radio(item, value) + ".labels[0].click()")
	}
	f.reads("somebody to call right now")
	f.press("Finish")
	if e := await[app.CallAnswers](f.t, r); !maps.Equal(e.Answers, given) {
		f.t.Errorf("the desktop has %v", e.Answers)
	}
	call.Handouts().Kept("F1", true)
	f.reads("It is good that you took the time")
	f.press("Back")
}

// moving is whether the client's page shows another picture than a moment ago.
const moving = `await (async () => {
	const pen = Object.assign(document.createElement('canvas'), { width: 320, height: 180 }).getContext('2d');
	const shown = () => { pen.drawImage(document.querySelector('.remote'), 0, 0, 320, 180); return pen.canvas.toDataURL(); };
	const before = shown();
	await new Promise((done) => setTimeout(done, 300));
	return shown() !== before;
})()`

// TestFirefox is the vectors, and a whole session with pictures, sound and writing.
func TestFirefox(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	f := newFirefox(t)
	f.open(s.road.url + "/j")
	f.reads("Please open your link")
	var result struct {
		Passed int
		Failed []string
	}
	vectors := f.eval("import('/guest/test/vectors.js').then(async (v) => v.run(await (await fetch('/guest/test/vectors.json')).json()))")
	if err := json.Unmarshal([]byte(vectors), &result); err != nil || len(result.Failed) > 0 || result.Passed < 100 {
		t.Errorf("vectors: %d passed, failed: %v, %v", result.Passed, result.Failed, err)
	}

	f.open("about:blank")
	f.open(s.invite(withPIN).link)
	f.reads(therapist + " invites you")
	f.press("Continue")
	f.press("Video")
	f.reads("This is how you will be seen")
	f.fill("name", "Kim")
	f.fill("pin", "042042")
	f.press("Knock")
	f.reads("You are in the waiting room")
	call, r := s.admit(video)
	await[app.CallConnected](t, r)
	f.until("a picture", "document.querySelector('.remote').videoWidth > 0 && document.querySelector('.room').dataset.picture === 'shown'")
	eventually(t, "the therapist sees", func() bool { frame, _ := call.Media().Remote().Latest(); return frame != nil })
	if !call.CheckCode(strings.Trim(f.eval("document.querySelector('.code-digits').textContent"), `"`)) {
		t.Error("the code is another one")
	}
	f.reads("Verified")
	call.SendChat("h1", "Hello Kim")
	await[app.CallDelivered](t, r)
	f.press("Chat, 1 new")
	f.reads("Hello Kim")
	f.fill("write", "Hello from the other browser")
	f.press("Send")
	if e := await[app.CallChat](t, r); e.Text != "Hello from the other browser" {
		t.Errorf("the therapist read %q", e.Text)
	}
	f.outage(s, call, r, 6*time.Second)  // new ways are enough
	f.outage(s, call, r, 16*time.Second) // a new connection is made, and takes the place of the old one
	f.press("Close the chat")
	f.fillsForm(call, r)
	f.press("Leave")
	f.press("Yes, leave")
	f.reads("You have left")
	if e := await[app.CallEnded](t, r); e.Why != app.EndClient {
		t.Errorf("ended: %q", e.Why)
	}
	if seen := f.eval("window.seen"); seen != "[]" {
		t.Errorf("the page: %s", seen)
	}
}
