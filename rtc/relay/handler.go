package relay

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"runtime"
	"strings"
)

// The page may load and reach only this relay, may not be framed, and may turn no text into markup or script (Trusted Types).
var contentPolicy = strings.Join([]string{
	"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "media-src 'self' blob:",
	"connect-src 'self'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'",
	"require-trusted-types-for 'script'", "trusted-types 'none'",
}, "; ")

// Camera and microphone, that the other side's sound may start, and that a phone's screen stays lit in a session. Everything else that a
// browser could hand out is off.
var permissionsPolicy = strings.Join(append([]string{"camera=(self)", "microphone=(self)", "autoplay=(self)", "screen-wake-lock=(self)"}, off(
	"accelerometer", "browsing-topics", "clipboard-read", "clipboard-write", "display-capture",
	"encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection",
	"keyboard-map", "local-fonts", "magnetometer", "midi", "otp-credentials", "payment", "picture-in-picture",
	"publickey-credentials-create", "publickey-credentials-get", "serial", "storage-access", "sync-xhr",
	"unload", "usb", "window-management", "xr-spatial-tracking")...), ", ")

func off(features ...string) []string {
	for i, f := range features {
		features[i] = f + "=()"
	}
	return features
}

// handler is the whole HTTP surface of the relay.
func (r *Relay) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /j", r.limited(pages, r.servePage))
	mux.HandleFunc("GET /guest/{path...}", r.limited(pages, r.servePart))
	mux.HandleFunc("GET /healthz", r.limited(pages, r.serveHealth))
	mux.HandleFunc("GET /v1/links/{link}", r.limited(pages, r.getLink))
	mux.HandleFunc("PUT /v1/links/{link}", noPages(r.limited(puts, r.ours(r.putLink))))
	mux.HandleFunc("DELETE /v1/links/{link}", noPages(r.limited(puts, r.deleteLink)))
	mux.HandleFunc("GET /v1/host", noPages(r.limited(hosts, r.ours(r.serveHost))))
	mux.HandleFunc("GET /v1/guest/{link}", r.limited(guests, r.serveGuest))
	mux.HandleFunc("/", r.limited(pages, http.NotFound))
	return r.guarded(mux)
}

// guarded sets the headers of every answer, and keeps one broken request from ending the process or writing an address to a log.
func (r *Relay) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Permissions-Policy", permissionsPolicy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store") // the page's own files say otherwise
		if r.hsts {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				r.log.Error("a request failed", "panic", p, "at", callers())
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(w, req)
	})
}

func (r *Relay) limited(c class, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		if !r.limits.request(clientAddr(req, r.config.TrustedProxies), c) {
			tooMany(w)
			return
		}
		next(w, req)
	}
}

// noPages keeps browsers from what is a desktop's. They always name an origin here, and a desktop never does; no page, not even of this
// relay, has business there. One that is open on the therapist's own machine reaches a relay on loopback, by a name that it lets lead there as
// one of the same origin too: it could publish until the store is full, take the desktop's places, and spend what its address may do, so this
// comes before the counting.
func noPages(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		if len(req.Header.Values("Origin")) > 0 {
			http.Error(w, "not for pages", http.StatusForbidden)
			return
		}
		next(w, req)
	}
}

const (
	hostTokenHeader = "Alcove-Relay-Token" // beside Authorization, which has the owner token of one link
	minHostToken    = 16
)

// ours turns strangers away from a relay that the operator has closed to them. Hashes are compared, so that not even a length is told.
func (r *Relay) ours(next http.HandlerFunc) http.HandlerFunc {
	if r.config.HostToken == "" {
		return next
	}
	want := sha256.Sum256([]byte(r.config.HostToken))
	return func(w http.ResponseWriter, req *http.Request) {
		got := sha256.Sum256([]byte(req.Header.Get(hostTokenHeader)))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			http.Error(w, "this relay is not for everybody: host token missing or wrong", http.StatusUnauthorized)
			return
		}
		next(w, req)
	}
}

// admitSocket counts a socket, or answers the request itself.
func (r *Relay) admitSocket(w http.ResponseWriter, req *http.Request, c class) (release func(), ok bool) {
	if release, ok = r.limits.connect(clientAddr(req, r.config.TrustedProxies), c); !ok {
		tooMany(w)
	}
	return release, ok
}

func tooMany(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	http.Error(w, "too many requests", http.StatusTooManyRequests)
}

func (r *Relay) serveHealth(w http.ResponseWriter, req *http.Request) {
	if !r.bus.ready(req.Context()) {
		http.Error(w, "store unreachable", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// callers names the functions on the stack. A whole stack trace would hold arguments, and those are link IDs.
func callers() string {
	pcs := make([]uintptr, 16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	var names []string
	for {
		f, more := frames.Next()
		names = append(names, fmt.Sprintf("%s:%d", f.Function, f.Line))
		if !more {
			return strings.Join(names, " < ")
		}
	}
}
