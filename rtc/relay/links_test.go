package relay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const week = 7 * 24 * time.Hour

func TestLinkFromPutToTombstone(t *testing.T) {
	r := startRelay(t, nil)
	l := newLink()
	url := r.URL() + "/v1/links/" + l.id
	if status, _ := call(t, "GET", url, "", ""); status != 404 {
		t.Fatalf("before PUT: %d", status)
	}
	put(t, r, l)
	for range 3 { // a mail scanner, twice, and the client
		resp, body := request(t, "GET", url, "", "")
		var got blob
		if err := json.Unmarshal([]byte(body), &got); err != nil || resp.StatusCode != 200 {
			t.Fatalf("%d %s", resp.StatusCode, body)
		}
		if got.Bundle != bundleOf("sealed") || got.Card != cardOf("sealed") {
			t.Fatalf("got %+v", got)
		}
		if cache := resp.Header.Get("Cache-Control"); cache != "no-store" {
			t.Fatalf("Cache-Control: %q", cache)
		}
	}
	if status, _ := call(t, "DELETE", url+"?why=revoked", l.token, ""); status != 204 {
		t.Fatal(status)
	}
	for range 2 { // the first reason stays, and ending twice is no error
		status, body := call(t, "GET", url, "", "")
		if status != 410 || strings.TrimSpace(body) != `{"why":"revoked"}` {
			t.Fatalf("after DELETE: %d %s", status, body)
		}
		if status, _ := call(t, "DELETE", url+"?why=used", l.token, ""); status != 204 {
			t.Fatal(status)
		}
	}
	if status, _ := call(t, "PUT", url, l.token, putBody("again", week)); status != 410 {
		t.Fatalf("PUT on a tombstone: %d", status)
	}
}

func TestOnlyTheTokenThatClaimedChanges(t *testing.T) {
	r := startRelay(t, nil)
	l, thief := newLink(), newLink()
	url := r.URL() + "/v1/links/" + l.id
	put(t, r, l)
	for _, token := range []string{"", thief.token, l.token[:42], l.token + "A", strings.ToUpper(l.token), "\x00"} {
		if token == "\x00" { // no header can hold it
			continue
		}
		if status, _ := call(t, "PUT", url, token, putBody("other", week)); status != 403 {
			t.Errorf("PUT with %q: %d", token, status)
		}
		if status, _ := call(t, "DELETE", url+"?why=used", token, ""); status != 403 {
			t.Errorf("DELETE with %q: %d", token, status)
		}
	}
	if status, body := call(t, "GET", url, "", ""); status != 200 || !strings.Contains(body, bundleOf("sealed")) {
		t.Fatalf("changed: %d %s", status, body)
	}
	if status, _ := call(t, "PUT", url, l.token, putBody("newer card", 2*week)); status != 204 {
		t.Fatal(status)
	}
	if _, body := call(t, "GET", url, "", ""); !strings.Contains(body, cardOf("newer card")) {
		t.Fatalf("not renewed: %s", body)
	}
}

func TestFirstClaimWinsOnce(t *testing.T) {
	r := startRelay(t, unlimited)
	for range 10 {
		id := newLink().id
		var mu sync.Mutex
		won := 0
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				status, _ := call(t, "PUT", r.URL()+"/v1/links/"+id, newLink().token, putBody("mine", week))
				mu.Lock()
				defer mu.Unlock()
				if status == 204 {
					won++
				} else if status != 403 {
					t.Errorf("PUT: %d", status)
				}
			})
		}
		all.Wait()
		if won != 1 {
			t.Fatalf("%d tokens claimed one slot", won)
		}
	}
}

// A revocation that meets a renewal must not leave a blob behind, in whatever order they come.
func TestRevokeMeetsRenewal(t *testing.T) {
	r := startRelay(t, unlimited)
	for range 20 {
		l := newLink()
		url := r.URL() + "/v1/links/" + l.id
		put(t, r, l)
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() { call(t, "PUT", url, l.token, putBody(fmt.Sprint("renewed ", i), week)) })
		}
		all.Go(func() {
			if status, _ := call(t, "DELETE", url+"?why=revoked", l.token, ""); status != 204 {
				t.Errorf("DELETE: %d", status)
			}
		})
		all.Wait()
		if status, _ := call(t, "GET", url, "", ""); status != 410 {
			t.Fatalf("GET: %d", status)
		}
		if _, err := r.slots.blobs.GetLastMsgForSubject(t.Context(), blobSubject+l.id); err == nil {
			t.Fatal("a blob outlived its revocation")
		}
	}
}

func TestMalformedPutIsRefused(t *testing.T) {
	r := startRelay(t, unlimited)
	soon := time.Now().Add(time.Hour).Unix()
	b, c := bundleOf("b"), cardOf("c")
	sized := func(n int) string { return b64.EncodeToString(make([]byte, n)) }
	full := func(bundle, card, expires string) string {
		return fmt.Sprintf(`{"bundle":"%s","card":"%s","expires":%s}`, bundle, card, expires)
	}
	in := func(seconds int64) string { return fmt.Sprint(soon + seconds) }
	bodies := map[string]string{
		"empty":            ``,
		"not an object":    `[]`,
		"no expiry":        fmt.Sprintf(`{"bundle":%q,"card":%q}`, b, c),
		"unknown field":    fmt.Sprintf(`{"bundle":%q,"card":%q,"expires":%d,"name":"x"}`, b, c, soon),
		"doubled field":    fmt.Sprintf(`{"bundle":%q,"bundle":%q,"card":%q,"expires":%d}`, b, b, c, soon),
		"other case":       fmt.Sprintf(`{"Bundle":%q,"card":%q,"expires":%d}`, b, c, soon),
		"after the end":    full(b, c, in(0)) + "{}",
		"nested":           fmt.Sprintf(`{"bundle":[%q],"card":%q,"expires":%d}`, b, c, soon),
		"no bundle":        full("", c, in(0)),
		"no card":          full(b, "", in(0)),
		"standard base64":  full("+/"+b[2:], c, in(0)),
		"slack bits":       full(b, c[:len(c)-1]+"B", in(0)),
		"line break":       full(b[:8]+`\n`+b[8:], c, in(0)),
		"past":             full(b, c, in(-7200)),
		"too far ahead":    full(b, c, in(101*86400)),
		"fraction":         full(b, c, in(0)+".5"),
		"text expiry":      full(b, c, `"`+in(0)+`"`),
		"bundle too short": full(sized(bundleSize-1), c, in(0)),
		"bundle too long":  full(sized(bundleSize+1), c, in(0)),
		"card too short":   full(b, sized(cardFrame+1023), in(0)),
		"card between":     full(b, sized(cardFrame+1025), in(0)),
		"card too long":    full(b, sized(maxCard+1), in(0)),
		"a file":           full(b, sized(cardFrame+50_000), in(0)),
	}
	for name, body := range bodies {
		l := newLink()
		if status, _ := call(t, "PUT", r.URL()+"/v1/links/"+l.id, l.token, body); status != 400 {
			t.Errorf("%s: %d", name, status)
		}
		if status, _ := call(t, "GET", r.URL()+"/v1/links/"+l.id, "", ""); status != 404 {
			t.Errorf("%s claimed a slot", name)
		}
	}
	l := newLink()
	if status, _ := call(t, "PUT", r.URL()+"/v1/links/"+l.id, l.token, strings.Repeat(" ", maxBody+1)); status != 413 {
		t.Errorf("a body too large: %d", status)
	}
	for _, size := range []int{1024, 4096, 16384, 65000} { // protocol.md, Link
		if status, body := call(t, "PUT", r.URL()+"/v1/links/"+l.id, l.token, full(b, sized(12+16+size), in(0))); status != 204 {
			t.Errorf("a card of %d: %d %s", size, status, body)
		}
	}
	for _, id := range []string{l.id[:21], l.id + "A", strings.Repeat("+", 22), strings.Repeat("A", 21) + "B", "%2e%2e"} {
		if status, _ := call(t, "GET", r.URL()+"/v1/links/"+id, "", ""); status != 404 {
			t.Errorf("link %q: %d", id, status)
		}
	}
	if status, _ := call(t, "DELETE", r.URL()+"/v1/links/"+l.id+"?why=expired", l.token, ""); status != 400 {
		t.Errorf("only used and revoked are a host's reasons: %d", status)
	}
}

func TestExpiryOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	r := startRelay(t, func(c *Config) { c.StateDir = dir })
	brief, long := newLink(), newLink()
	if status, _ := call(t, "PUT", r.URL()+"/v1/links/"+brief.id, brief.token, putBody("brief", 6*time.Second)); status != 204 {
		t.Fatal(status)
	}
	put(t, r, long)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r = startRelay(t, func(c *Config) { c.StateDir = dir })
	if status, _ := call(t, "GET", r.URL()+"/v1/links/"+long.id, "", ""); status != 200 {
		t.Fatalf("after a restart: %d", status)
	}
	until := time.Now().Add(soon)
	for {
		status, body := call(t, "GET", r.URL()+"/v1/links/"+brief.id, "", "")
		_, err := r.slots.blobs.GetLastMsgForSubject(t.Context(), blobSubject+brief.id)
		if status == 410 && strings.TrimSpace(body) == `{"why":"expired"}` && err != nil {
			break // the tombstone answers, and NATS has dropped the blob by itself
		}
		if time.Now().After(until) {
			t.Fatalf("expired long ago: %d %s, blob: %v", status, body, err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	hostWire(t, r, brief) // a session under way may go on
}

// What was revoked must be gone from the disk, not only from the answers.
func TestRevokedBlobIsOverwrittenOnDisk(t *testing.T) {
	dir := t.TempDir()
	r := startRelay(t, func(c *Config) { c.StateDir = dir })
	l := newLink()
	url := r.URL() + "/v1/links/" + l.id
	first, second := []byte(bundleOf("first version of it")), []byte(bundleOf("second version of it"))
	for _, words := range []string{"first version of it", "second version of it"} {
		if status, _ := call(t, "PUT", url, l.token, putBody(words, week)); status != 204 {
			t.Fatal(status)
		}
	}
	if !onDisk(t, dir, second) {
		t.Fatal("this test would not see a blob on disk")
	}
	if onDisk(t, dir, first) {
		t.Error("the blob that was replaced is still on disk")
	}
	if status, _ := call(t, "DELETE", url+"?why=revoked", l.token, ""); status != 204 {
		t.Fatal(status)
	}
	if onDisk(t, dir, second) {
		t.Error("the revoked blob is still on disk")
	}
	if onDisk(t, dir, []byte(l.token)) {
		t.Error("the owner's token is on disk")
	}
}

func onDisk(t *testing.T, dir string, words []byte) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		found = found || bytes.Contains(data, words)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFullStoreRefusesTheNewAndKeepsTheOld(t *testing.T) {
	r := startRelay(t, func(c *Config) { unlimited(c); c.MaxStore = 1 << 20 })
	old := newLink()
	put(t, r, old)
	refused := false
	for range 40 {
		l := newLink()
		status, _ := call(t, "PUT", r.URL()+"/v1/links/"+l.id, l.token, putBody(strings.Repeat("x", 32<<10), week))
		if refused = status == http.StatusInsufficientStorage; refused {
			break
		}
		if status != 204 {
			t.Fatalf("PUT: %d", status)
		}
	}
	if !refused {
		t.Fatal("the store never filled")
	}
	if status, _ := call(t, "GET", r.URL()+"/v1/links/"+old.id, "", ""); status != 200 {
		t.Fatalf("the old link: %d", status)
	}
}

func TestTwoRelaysNeverShareAStateFolder(t *testing.T) {
	dir := t.TempDir()
	startRelay(t, func(c *Config) { c.StateDir = dir })
	if _, err := Start(t.Context(), Config{StateDir: dir, Guest: testPage}); err == nil {
		t.Fatal("a second relay took the same folder")
	}
}
