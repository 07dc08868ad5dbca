package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program is the real alcove-relay, built once without cgo.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "alcove-relay")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "alcove-relay")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// process is a running alcove-relay.
type process struct {
	t    testing.TB
	cmd  *exec.Cmd
	url  string
	mu   sync.Mutex
	log  bytes.Buffer // mu
	done chan struct{}
}

var urlInLog = regexp.MustCompile(`url=(\S+)`)

func startProcess(t testing.TB, state string, more ...string) *process {
	t.Helper()
	p := &process{t: t, done: make(chan struct{})}
	p.cmd = exec.Command(program, append([]string{"-state", state, "-listen", "127.0.0.1:0", "-limits", "10000"}, more...)...)
	out, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	ready := make(chan string, 1)
	go p.follow(out, ready)
	select {
	case p.url = <-ready:
	case <-p.done:
		t.Fatalf("it ended:\n%s", p.text())
	case <-time.After(time.Minute):
		t.Fatalf("it did not start:\n%s", p.text())
	}
	return p
}

func (p *process) follow(out io.Reader, ready chan<- string) {
	defer close(p.done)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		p.mu.Lock()
		p.log.WriteString(lines.Text() + "\n")
		p.mu.Unlock()
		if found := urlInLog.FindStringSubmatch(lines.Text()); found != nil {
			ready <- found[1]
		}
	}
}

func (p *process) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
	_ = p.cmd.Wait()
}

func (p *process) do(method, path, token, body string) (int, string, error) {
	req, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := trusting.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

// promise is one PUT that was acknowledged, or one DELETE after it.
type promise struct {
	id, token, bundle string
	revoked           bool
}

func newPromise() promise {
	b := make([]byte, 16+32+189) // a sealed bundle's size
	_, _ = rand.Read(b)
	e := base64.RawURLEncoding
	return promise{id: e.EncodeToString(b[:16]), token: e.EncodeToString(b[16:48]), bundle: e.EncodeToString(b[48:])}
}

// sealedCard has the size of the smallest there is.
var sealedCard = base64.RawURLEncoding.EncodeToString(make([]byte, 12+16+1024))

// make puts, and revokes every third. It returns what was acknowledged before the process died.
func (p *process) make(n int) (kept []promise) {
	for i := range n {
		m := newPromise()
		body := fmt.Sprintf(`{"bundle":%q,"card":%q,"expires":%d}`, m.bundle, sealedCard, time.Now().Add(24*time.Hour).Unix())
		status, text, err := p.do("PUT", "/v1/links/"+m.id, m.token, body)
		if err != nil {
			return kept
		}
		if status != 204 {
			p.t.Errorf("PUT: %d %s", status, text)
		}
		kept = append(kept, m)
		if i%3 != 2 {
			continue
		}
		if status, _, err = p.do("DELETE", "/v1/links/"+m.id+"?why=revoked", m.token, ""); err != nil {
			// Not acknowledged: either answer is right after the restart.
			return kept[:len(kept)-1]
		}
		if status != 204 {
			p.t.Errorf("DELETE: %d", status)
		}
		kept[len(kept)-1].revoked = true
	}
	return kept
}

func (p *process) check(kept []promise) {
	p.t.Helper()
	for _, m := range kept {
		status, text, err := p.do("GET", "/v1/links/"+m.id, "", "")
		switch {
		case err != nil:
			p.t.Fatal(err)
		case m.revoked && (status != 410 || !strings.Contains(text, "revoked")):
			p.t.Errorf("revoked, and now: %d %s", status, text)
		case !m.revoked && (status != 200 || !strings.Contains(text, m.bundle)):
			p.t.Errorf("acknowledged, and now: %d %s", status, text)
		}
	}
}

// kill -9 right after an acknowledgement, and in the middle of writes: whatever was answered with 204 is there after the restart.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	const rounds = 25
	state := t.TempDir()
	var all []promise
	for round := range rounds {
		p := startProcess(t, state)
		p.check(all)
		if round%5 == 0 { // in the instant after an acknowledgement
			all = append(all, p.make(1+round)...)
			p.kill()
		} else { // somewhere in the middle of a write
			time.AfterFunc(time.Duration(5+round*7)*time.Millisecond, func() { _ = p.cmd.Process.Kill() })
			all = append(all, p.make(100_000)...)
			p.kill()
		}
		if t.Failed() {
			t.Fatalf("round %d", round)
		}
		trusting.CloseIdleConnections()
	}
	p := startProcess(t, state)
	p.check(all)
	revoked := 0
	for _, m := range all {
		if m.revoked {
			revoked++
		}
	}
	if len(all) < rounds || revoked == 0 {
		t.Fatalf("only %d acknowledged, %d of them revoked: this proves nothing", len(all), revoked)
	}
	t.Logf("%d kills, %d links acknowledged, %d of them revoked, none lost", rounds, len(all), revoked)
}

func TestStopsGracefully(t *testing.T) {
	p := startProcess(t, t.TempDir())
	if status, body, err := p.do("GET", "/healthz", "", ""); err != nil || status != 200 {
		t.Fatalf("%d %s %v", status, body, err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		t.Fatal("still running")
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, p.text())
	}
}

func TestSecondOnOneFolderSaysSo(t *testing.T) {
	state := t.TempDir()
	startProcess(t, state)
	out, err := exec.Command(program, "-state", state, "-listen", "127.0.0.1:0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "in use by another relay") {
		t.Fatalf("%v %s", err, out)
	}
}

func TestSpeaksForItself(t *testing.T) {
	for _, c := range []struct {
		args []string
		env  string
		code int
		want string
	}{
		{args: []string{"-version"}, want: "alcove-relay "},
		{args: []string{"-help"}, want: "ALCOVE_RELAY_PUBLIC_URL"},
		{args: []string{"-nonsense"}, code: 2, want: "not defined"},
		{args: []string{"stray"}, code: 1, want: "unexpected argument"},
		{args: nil, code: 1, want: "no state folder"},
		{env: "ALCOVE_RELAY_TURN_TTL=secret-by-mistake", code: 1, want: "ALCOVE_RELAY_TURN_TTL: not a value"},
		{env: "ALCOVE_RELAY_STATE=/dev/null/impossible", code: 1, want: "state cannot be opened"},
	} {
		cmd := exec.Command(program, c.args...)
		cmd.Env = append(os.Environ(), c.env)
		out, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != c.code || !strings.Contains(string(out), c.want) {
			t.Errorf("%q %s: exit %d\n%s", c.args, c.env, cmd.ProcessState.ExitCode(), out)
		}
		if strings.Contains(string(out), "secret-by-mistake") {
			t.Errorf("a value from the environment was printed:\n%s", out)
		}
	}
}
