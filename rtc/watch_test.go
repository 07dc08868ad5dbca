package rtc

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"alcove/app"
)

// TestRelayServesAnotherPage: one byte of one file, a file that comes from elsewhere, none at all for
// the page, or a header that makes another of it: the therapist reads it. And that it is this program that looks is not shown.
func TestRelayServesAnotherPage(t *testing.T) {
	t.Parallel()
	page := fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}, "main.js": {Data: []byte("honest()")}, "screens/room.js": {Data: []byte("room()")}}
	var lie atomic.Value // of a path to an answer in place of the honest one
	type answer struct {
		path string
		http.HandlerFunc
	}
	lie.Store(answer{})
	relay := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" || strings.HasPrefix(r.URL.Path, "/v1/") {
			return
		}
		if ua := r.Header.Get("User-Agent"); strings.Contains(ua, "Go") || r.Header.Get("Authorization")+r.Header.Get("Cookie") != "" {
			t.Errorf("the look shows who looks: %v", r.Header)
		}
		if l := lie.Load().(answer); l.path == r.URL.Path {
			l.HandlerFunc(w, r)
			return
		}
		name, known := strings.CutPrefix(r.URL.Path, "/guest/")
		if r.URL.Path == "/j" {
			name, known = "index.html", true
		}
		if f := page[name]; known && f != nil {
			_, _ = w.Write(f.Data)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(relay.Close)
	h := startHost(t, relay.URL, func(o *Options) { o.Page = page })
	at := newDoorstep()
	invite, _ := newMaterial(t, h, app.InviteSpec{})
	h.running.Go(func() { h.watchPage(t.Context(), 20*time.Millisecond) })
	h.Open(invite, app.Card{Therapist: "Dr. Ruiz"}, at)
	warned := func() bool { return strings.Contains(h.Status().Problem, otherPage) }
	time.Sleep(200 * time.Millisecond)
	if warned() {
		t.Fatal("an honest page is warned of")
	}
	text := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(s)) }
	}
	with := func(name, value string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(name, value)
			_, _ = w.Write(page["index.html"].Data)
		}
	}
	elsewhere := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/guest/main.js", http.StatusFound)
	}
	for what, l := range map[string]answer{
		"one byte":        {"/guest/main.js", text("honesT()")},
		"one byte more":   {"/guest/screens/room.js", text("room();")},
		"one byte less":   {"/j", text("<!doctype html")},
		"no page":         {"/j", http.NotFound},
		"from elsewhere ": {"/guest/screens/room.js", elsewhere},
		"sent on":         {"/j", with("Refresh", "0; url=/other")},
		"dressed up":      {"/j", with("Link", "</other.css>; rel=stylesheet")},
	} {
		lie.Store(l)
		eventually(t, "warned: "+what, warned)
		lie.Store(answer{})
		eventually(t, "all is well again after "+what, func() bool { return !warned() })
	}
	eventually(t, "the doorstep was told", func() bool {
		at.mu.Lock()
		defer at.mu.Unlock()
		for _, s := range at.status {
			if strings.Contains(s.Problem, otherPage) {
				return true
			}
		}
		return false
	})
}
