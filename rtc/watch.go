package rtc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"time"
)

// watchPage compares what the relay serves with what this program holds, now and then: the page
// is code, and a relay that serves another reads everything. It looks as a stranger does, with no
// token, cookie or name. A relay that serves the honest page to this address and another to
// clients is not found out: threats.md.
func (h *Host) watchPage(ctx context.Context, every time.Duration) {
	for ctx.Err() == nil {
		same, err := samePage(ctx, h.options.Relay, h.options.Page)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			h.options.Log.Info("the page was not compared", told(err))
		case same:
			h.trouble(func(t *trouble) { t.page = "" })
		default:
			h.options.Log.Error("the relay serves another page")
			h.trouble(func(t *trouble) { t.page = otherPage })
		}
		wait := every
		if err != nil { // away, or busy
			wait = min(every, time.Minute)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// samePage fetches every file of the page. An error says that nothing can be said just now.
func samePage(ctx context.Context, relay string, page fs.FS) (same bool, err error) {
	stranger := &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableCompression: true},
		Timeout:       writeTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer stranger.CloseIdleConnections()
	same = true
	err = fs.WalkDir(page, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !same {
			return err
		}
		want, err := fs.ReadFile(page, name)
		if err != nil {
			return err
		}
		same, err = sameFile(ctx, stranger, relay, name, want)
		return err
	})
	return same, err
}

// sameFile takes a redirect for another file, and a missing one for no danger, unless it is the
// page itself: what is not there does not run.
func sameFile(ctx context.Context, stranger *http.Client, relay, name string, want []byte) (bool, error) {
	path := "/guest/" + name
	if name == "index.html" {
		path = "/j"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, relay+path, nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("User-Agent", "Mozilla/5.0") // Go's own would tell us from a client
	resp, err := stranger.Do(req)
	if err != nil {
		return false, err
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(io.LimitReader(resp.Body, int64(len(want))+1))
	switch s := resp.StatusCode; {
	case s == http.StatusTooManyRequests, s/100 == 5:
		return false, answeredError(s)
	case s == http.StatusNotFound && name != "index.html":
		return true, nil
	case s != http.StatusOK:
		return false, nil
	case len(resp.Header.Values("Refresh"))+len(resp.Header.Values("Link")) > 0:
		return false, nil // the same bytes, from which a browser goes on to others, or which it dresses in another style sheet
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return bytes.Equal(got, want), nil
}
