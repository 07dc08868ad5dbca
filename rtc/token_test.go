package rtc

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"alcove/app"
)

const relayToken, otherToken = "correct-horse-battery", "a token of last year"

// buildRelay makes the real alcove-relay.
func buildRelay(t *testing.T) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "alcove-relay")
	build := exec.Command("go", "build", "-o", program, "./relay/alcove-relay")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

var urlInLog = regexp.MustCompile(`url=(\S+)`)

// runRelay runs it, closed to strangers, and says where: "" if it cannot listen there. stop kills it.
func runRelay(t *testing.T, program, listen, token string) (url string, stop func()) {
	t.Helper()
	c := exec.Command(program, "-state", t.TempDir(), "-listen", listen, "-limits", "1000")
	c.Env = append(os.Environ(), "ALCOVE_RELAY_HOST_TOKEN="+token)
	log, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	t.Cleanup(stop)
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if found := urlInLog.FindStringSubmatch(lines.Text()); found != nil {
			go func() {
				for lines.Scan() { // it must not wait for a reader
				}
			}()
			return found[1], stop
		}
	}
	return "", stop
}

// TestClosedRelay: a relay that wants a token, the real program. Without it, and with another, the
// therapist reads what to do; with it a client gets in; and when the operator changes it the
// therapist reads that.
func TestClosedRelay(t *testing.T) {
	t.Parallel()
	program := buildRelay(t)
	url, stop := runRelay(t, program, "127.0.0.1:0", relayToken)
	h := startHost(t, url, nil)
	says := func(words string) {
		t.Helper()
		eventually(t, "the therapist reads: "+words, func() bool { s := h.Status(); return s.Reached && s.Problem == words })
	}
	says(tokenWanted) // before there is any link
	invite, i := newMaterial(t, h, app.InviteSpec{})
	at := newDoorstep()
	h.Open(invite, app.Card{Therapist: "Dr. Ruiz"}, at)
	says(tokenWanted)
	h.HoldToken("https://relay.example", app.NewRelayToken(relayToken)) // of another relay
	says(tokenWanted)
	h.HoldToken(url, app.NewRelayToken(otherToken))
	says(tokenRefused)
	if h.wanted() {
		t.Error("a link is at a relay that refused it")
	}
	h.HoldToken(url+"/", app.NewRelayToken(relayToken))
	says("")
	eventually(t, "the link is there", h.wanted)
	g := visit(t, i.Link(url), nil)
	c, r := admit(t, at, g, textOnly)
	c.SendChat("1", "let in")
	g.until(t, "chat", soon)
	c.End(app.EndTherapist)
	await[app.CallEnded](t, r, soon)

	h.HoldToken("", app.NewRelayToken("")) // a lock
	stop()
	eventually(t, "the relay is gone", func() bool { return h.Status().Problem == away })
	var again string
	eventually(t, "another runs on its port", func() bool { // which somebody may have for a moment
		again, _ = runRelay(t, program, strings.TrimPrefix(url, "http://"), otherToken)
		return again != ""
	})
	says(tokenWanted)
	h.HoldToken(again, app.NewRelayToken(relayToken))
	says(tokenRefused)
	h.HoldToken(again, app.NewRelayToken(otherToken))
	says("")
	eventually(t, "the link is there again", func() bool {
		_, err := openLink(t.Context(), i.Link(url))
		return err == nil
	})
}

// TestTokenGoesWhereItBelongs: to the relay that it is for, with the two requests that need it.
func TestTokenGoesWhereItBelongs(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var shown, asked []string
	nosy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		what := r.Method + " " + strings.TrimRight(r.URL.Path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
		asked = append(asked, what)
		if r.Header.Get(tokenHeader) != "" {
			shown = append(shown, what)
		}
	}))
	t.Cleanup(nosy.Close)
	h := startHost(t, nosy.URL, nil)
	has := func(what string) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			return slices.Contains(asked, what)
		}
	}
	open := func() app.LineInvite {
		invite, _ := newMaterial(t, h, app.InviteSpec{})
		h.Open(invite, app.Card{Therapist: "Dr. Ruiz"}, newDoorstep())
		return invite
	}
	with := func(what string) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			return slices.Contains(shown, what)
		}
	}
	h.HoldToken("https://relay.example", app.NewRelayToken(relayToken))
	first := open()
	eventually(t, "a link is put", has("PUT /v1/links/"))
	eventually(t, "the socket is tried", has("GET /v1/"))
	if mu.Lock(); len(shown) > 0 {
		t.Errorf("another relay's token was shown: %q", shown)
	}
	mu.Unlock()
	h.HoldToken(nosy.URL, app.NewRelayToken(relayToken))
	open()
	h.Shut(first.ID, app.ShutRevoked)
	eventually(t, "a link is put with it", with("PUT /v1/links/")) // what was on its way has none
	eventually(t, "the socket is tried with it", with("GET /v1/"))
	eventually(t, "a link is deleted", has("DELETE /v1/links/"))
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(shown)
	if shown = slices.Compact(shown); !slices.Equal(shown, []string{"GET /v1/", "PUT /v1/links/"}) {
		t.Errorf("the token was shown with %q", shown)
	}
}

// TestTokenDoesNotTravel: a relay that answers with a redirect gets no token carried to where it points.
func TestTokenDoesNotTravel(t *testing.T) {
	t.Parallel()
	var carried, asked atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get(tokenHeader) != "" || r.Header.Get("Authorization") != "" {
			carried.Add(1)
		}
	}))
	t.Cleanup(elsewhere.Close)
	moved := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(tokenHeader) != "" {
			asked.Add(1)
		}
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(moved.Close)
	h := startHost(t, moved.URL, nil)
	h.HoldToken(moved.URL, app.NewRelayToken(relayToken))
	invite, _ := newMaterial(t, h, app.InviteSpec{})
	h.Open(invite, app.Card{Therapist: "Dr. Ruiz"}, newDoorstep())
	eventually(t, "the relay was shown the token", func() bool { return asked.Load() > 0 })
	if err := h.dial(t.Context()); err == nil {
		t.Error("the socket was opened elsewhere")
	}
	eventually(t, "the therapist reads that the link is not there", func() bool { return h.Status().Problem != "" })
	if n := carried.Load(); n > 0 {
		t.Errorf("a token was carried elsewhere %d times", n)
	}
}
