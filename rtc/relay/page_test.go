package relay

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func get(t *testing.T, url string, header ...string) (*http.Response, []byte) {
	t.Helper()
	return fetch(t, "GET", url, header...)
}

// fetch asks without Go's own gzip, so that the bytes are those of the wire.
func fetch(t *testing.T, method, url string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

func TestPageIsServedAsItIs(t *testing.T) {
	r := startRelay(t, nil)
	for path, want := range map[string]struct{ file, mime string }{
		"/j":                     {"index.html", "text/html; charset=utf-8"},
		"/guest/app.js":          {"app.js", "text/javascript; charset=utf-8"},
		"/guest/look.css":        {"look.css", "text/css; charset=utf-8"},
		"/guest/strings/en.json": {"strings/en.json", "application/json"},
	} {
		resp, body := get(t, r.URL()+path)
		if resp.StatusCode != 200 || !bytes.Equal(body, testPage[want.file].Data) || resp.Header.Get("Content-Type") != want.mime {
			t.Errorf("%s: %d %s, %d bytes", path, resp.StatusCode, resp.Header.Get("Content-Type"), len(body))
		}
		resp, _ = fetch(t, "HEAD", r.URL()+path)
		if resp.StatusCode != 200 || resp.ContentLength != int64(len(testPage[want.file].Data)) {
			t.Errorf("HEAD %s: %d, %d bytes", path, resp.StatusCode, resp.ContentLength)
		}
	}
	for _, path := range []string{"/", "/j/", "/jj", "/guest/", "/guest/notes.md", "/guest/none.js", "/guest/%2e%2e/relay.go", "/v1", "/v1/links/", "/favicon.ico", "/metrics"} {
		if resp, _ := get(t, r.URL()+path); resp.StatusCode != 404 {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	if resp, body := get(t, r.URL()+"/healthz"); resp.StatusCode != 200 || string(body) != "ok\n" {
		t.Errorf("healthz: %d %q", resp.StatusCode, body)
	}
}

func TestPageIsZippedAndRevalidated(t *testing.T) {
	r := startRelay(t, nil)
	plain, _ := get(t, r.URL()+"/j")
	zipped, body := get(t, r.URL()+"/j", "Accept-Encoding", "br, gzip;q=0.8")
	if zipped.Header.Get("Content-Encoding") != "gzip" || zipped.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("not zipped: %v", zipped.Header)
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, testPage["index.html"].Data) {
		t.Fatalf("unzipped to other bytes: %v", err)
	}
	for _, refused := range []string{"gzip;q=0", "br", "x-gzipped"} {
		if resp, _ := get(t, r.URL()+"/j", "Accept-Encoding", refused); resp.Header.Get("Content-Encoding") != "" {
			t.Errorf("zipped for %q", refused)
		}
	}
	if plain.Header.Get("ETag") == zipped.Header.Get("ETag") {
		t.Error("two encodings share a tag")
	}
	if plain.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("Cache-Control: %q", plain.Header.Get("Cache-Control"))
	}
	for _, tag := range []string{plain.Header.Get("ETag"), `"x", W/` + plain.Header.Get("ETag"), "*"} {
		if resp, body := get(t, r.URL()+"/j", "If-None-Match", tag); resp.StatusCode != 304 || len(body) != 0 {
			t.Errorf("If-None-Match %s: %d", tag, resp.StatusCode)
		}
	}
	if resp, _ := get(t, r.URL()+"/j", "If-None-Match", `"other"`); resp.StatusCode != 200 {
		t.Errorf("another tag: %d", resp.StatusCode)
	}
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	r := startRelay(t, nil)
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
			"connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"X-Content-Type-Options":       "nosniff",
		"Strict-Transport-Security":    "", // plain HTTP
		"Set-Cookie":                   "",
		"Server":                       "",
	}
	for _, path := range []string{"/j", "/guest/app.js", "/guest/none.js", "/v1/links/" + newLink().id, "/healthz", "/"} {
		resp, _ := get(t, r.URL()+path)
		for name, value := range want {
			if got := resp.Header.Get(name); got != value {
				t.Errorf("%s: %s: %q", path, name, got)
			}
		}
		policy := resp.Header.Get("Permissions-Policy")
		for _, part := range []string{"camera=(self)", "microphone=(self)", "screen-wake-lock=(self)", "geolocation=()", "display-capture=()", "usb=()"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: Permissions-Policy without %s", path, part)
			}
		}
	}
}

func TestHSTSWhereBrowsersTrustTheCertificate(t *testing.T) {
	r := startRelay(t, func(c *Config) { c.PublicURL = "https://relay.example/" })
	if resp, _ := get(t, "http://"+r.Addr().String()+"/j"); resp.Header.Get("Strict-Transport-Security") == "" {
		t.Error("behind a proxy with TLS: no HSTS")
	}
	if r.URL() != "https://relay.example" {
		t.Errorf("URL: %s", r.URL())
	}
}

func TestRelayWithoutAPageDoesNotStart(t *testing.T) {
	if _, err := Start(t.Context(), Config{StateDir: t.TempDir(), Guest: fstest.MapFS{}}); err == nil {
		t.Fatal("started without an index.html")
	}
}

func TestGuestSocketIsForThePageAlone(t *testing.T) {
	r := startRelay(t, nil)
	l := newLink()
	put(t, r, l)
	if w, status := tryDial(t, r, "/v1/guest/"+l.id, http.Header{"Origin": {"https://evil.example"}}); w != nil || status != 403 {
		t.Fatalf("another site's socket: %d", status)
	}
	if w, status := tryDial(t, r, "/v1/guest/"+l.id, http.Header{"Origin": {r.URL()}}); w == nil {
		t.Fatalf("the page's own socket: %d", status)
	}
}

// TestDesktopsAreNoPages: a web page on the therapist's machine reaches a relay on loopback. What is the desktop's is not for it, whatever
// origin it names, and nothing that it tries is counted against the desktop.
func TestDesktopsAreNoPages(t *testing.T) {
	r := startRelay(t, func(c *Config) {
		l := &c.Limits
		l.ConnectsPerSecond, l.ConnectBurst, l.PutsPerSecond, l.PutBurst = 0.001, 1, 0.001, 2
	})
	l := newLink()
	for _, origin := range []string{"https://evil.example", r.URL(), "null", ""} {
		if w, status := tryDial(t, r, "/v1/host", http.Header{"Origin": {origin}}); w != nil || status != 403 {
			t.Errorf("origin %q: %d", origin, status)
		}
		for _, method := range []string{"PUT", "DELETE"} {
			req, err := http.NewRequest(method, r.URL()+"/v1/links/"+l.id+"?why=used", strings.NewReader(putBody("sealed", time.Hour)))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Origin", origin)
			req.Header.Set("Authorization", "Bearer "+l.token)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != 403 {
				t.Errorf("%s, origin %q: %d", method, origin, resp.StatusCode)
			}
		}
	}
	put(t, r, l)
	if status, body := call(t, "DELETE", r.URL()+"/v1/links/"+l.id+"?why=used", l.token, ""); status != 204 {
		t.Errorf("a desktop's DELETE: %d %s", status, body)
	}
	if w, status := tryDial(t, r, "/v1/host", nil); w == nil {
		t.Errorf("a desktop: %d", status)
	}
}
