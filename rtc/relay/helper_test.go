package relay

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/coder/websocket"
)

// soon is patience on a machine that is busy with other things.
const soon = time.Minute

// testPage is a page as small as one can be.
var testPage = fstest.MapFS{
	"index.html":      {Data: []byte("<!doctype html><title>Alcove</title>" + strings.Repeat("<p>calm</p>", 50))},
	"app.js":          {Data: []byte("export const words = 'calm'\n" + strings.Repeat("// calm\n", 50))},
	"look.css":        {Data: []byte("body{margin:0}")},
	"strings/en.json": {Data: []byte(`{"knock":"Knock"}`)},
	"notes.md":        {Data: []byte("not for guests")},
}

// logBook is where a test's relay logs to.
type logBook struct {
	mu  sync.Mutex
	buf bytes.Buffer // mu
}

func (l *logBook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// startRelay runs a real relay on loopback with a store of its own. change may adapt its configuration.
func startRelay(t testing.TB, change func(*Config)) *Relay {
	t.Helper()
	c := Config{StateDir: t.TempDir(), Guest: testPage}
	if change != nil {
		change(&c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	r, err := Start(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), soon)
		defer cancel()
		if err := r.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return r
}

func debugLog(l *logBook) *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// unlimited lets one address do as much as a test needs.
func unlimited(c *Config) { c.Limits.Scale = 1e4 }

// testLink is a link with the token that owns it.
type testLink struct{ id, token string }

func newLink() testLink {
	b := make([]byte, 48)
	_, _ = rand.Read(b)
	return testLink{id: b64.EncodeToString(b[:16]), token: b64.EncodeToString(b[16:])}
}

// bundleOf and cardOf are parts of the sizes that sealed ones have, in base64url. One differs from another by its words.
func bundleOf(words string) string {
	b := make([]byte, bundleSize)
	copy(b, words)
	return b64.EncodeToString(b)
}

func cardOf(words string) string {
	size := cardSizes[slices.IndexFunc(cardSizes, func(n int) bool { return len(words) <= n })]
	return b64.EncodeToString(append([]byte(words), make([]byte, cardFrame+size-len(words))...))
}

func putBody(words string, in time.Duration) string {
	return fmt.Sprintf(`{"bundle":%q,"card":%q,"expires":%d}`, bundleOf(words), cardOf(words), time.Now().Add(in).Unix())
}

// call makes one HTTP request and returns status and body.
func call(t testing.TB, method, url, token, body string) (int, string) {
	t.Helper()
	resp, text := request(t, method, url, token, body)
	return resp.StatusCode, text
}

func request(t testing.TB, method, url, token, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

// put stores a link for a week.
func put(t testing.TB, r *Relay, l testLink) {
	t.Helper()
	if status, body := call(t, "PUT", r.URL()+"/v1/links/"+l.id, l.token, putBody("sealed", 7*24*time.Hour)); status != 204 {
		t.Fatalf("PUT: %d %s", status, body)
	}
}

// wire is one end of a WebSocket under test.
type wire struct {
	t  testing.TB
	ws *websocket.Conn
}

func dial(t testing.TB, r *Relay, path string) *wire {
	t.Helper()
	w, status := tryDial(t, r, path, nil)
	if w == nil {
		t.Fatalf("%s: %d", path, status)
	}
	return w
}

// tryDial returns the HTTP status where there is no socket.
func tryDial(t testing.TB, r *Relay, path string, header http.Header) (*wire, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	ws, resp, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(r.URL(), "http")+path, &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		if resp == nil {
			t.Fatal(err)
		}
		return nil, resp.StatusCode
	}
	ws.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = ws.CloseNow() })
	return &wire{t, ws}, 0
}

func (w *wire) say(text string) {
	w.t.Helper()
	w.write(websocket.MessageText, []byte(text))
}

func (w *wire) write(kind websocket.MessageType, data []byte) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	if err := w.ws.Write(ctx, kind, data); err != nil {
		w.t.Fatal(err)
	}
}

func (w *wire) read(in time.Duration) (websocket.MessageType, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), in)
	defer cancel()
	return w.ws.Read(ctx)
}

// hear reads one text frame with this op.
func (w *wire) hear(op string) map[string]any {
	w.t.Helper()
	kind, data, err := w.read(soon)
	if err != nil {
		w.t.Fatalf("waiting for %s: %v", op, err)
	}
	var m map[string]any
	if kind != websocket.MessageText || json.Unmarshal(data, &m) != nil || m["op"] != op {
		w.t.Fatalf("heard %q, want %s", data, op)
	}
	return m
}

func (w *wire) hearHere(here bool) {
	w.t.Helper()
	if got := w.hear("host")["here"]; got != here {
		w.t.Fatalf("here: %v, want %v", got, here)
	}
}

// binary reads one binary frame.
func (w *wire) binary() []byte {
	w.t.Helper()
	kind, data, err := w.read(soon)
	if err != nil || kind != websocket.MessageBinary {
		w.t.Fatalf("heard %v %q %v, want a binary frame", kind, data, err)
	}
	return data
}

// closed waits until the socket is closed and returns the code.
func (w *wire) closed() websocket.StatusCode {
	w.t.Helper()
	for {
		if _, _, err := w.read(soon); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func (w *wire) listen(l testLink) {
	w.t.Helper()
	w.say(fmt.Sprintf(`{"op":"listen","link":%q,"token":%q}`, l.id, l.token))
}

// hostWire is a desktop that listens to l.
func hostWire(t testing.TB, r *Relay, l testLink) *wire {
	t.Helper()
	w := dial(t, r, "/v1/host")
	w.listen(l)
	if m := w.hear("listening"); m["link"] != l.id {
		t.Fatalf("listening: %v", m)
	}
	return w
}

// frameFor builds what a host sends to one guest.
func frameFor(t testing.TB, l testLink, conn string, payload []byte) []byte {
	t.Helper()
	id, ok := parseLinkID(l.id)
	c, okConn := parseConnID(conn)
	if !ok || !okConn {
		t.Fatal("no such link or conn")
	}
	return hostFrame(id, c, payload).data
}
