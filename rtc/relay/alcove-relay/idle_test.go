package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// BenchmarkIdleGuest measures what one waiting guest costs the real program: resident memory after and before, divided by the number of
// sockets. Each guest has a link of its own, as in life; once with plain HTTP and once with TLS.
func BenchmarkIdleGuest(b *testing.B) {
	const guests = 1000
	for name, more := range map[string][]string{"plain": nil, "tls": {"-self-signed", "127.0.0.1"}} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				p := startProcess(b, b.TempDir(), more...)
				links := p.make(guests + guests/2) // every third is revoked
				// The first sockets pay for what is there once; they stay open.
				rest := connect(b, p, links, 50)
				before := resident(b, p)
				connect(b, p, rest, guests-50)
				b.ReportMetric(float64(resident(b, p)-before)/(guests-50), "KiB/guest")
				b.ReportMetric(float64(before)/1024, "MiB/relay")
				p.kill()
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// connect opens n sockets that stay open, and returns the links that were not used.
func connect(b *testing.B, p *process, links []promise, n int) []promise {
	b.Helper()
	for ; n > 0; links = links[1:] {
		if links[0].revoked {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		ws, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(p.url, "http")+"/v1/guest/"+links[0].id, &websocket.DialOptions{HTTPClient: trusting})
		if err != nil {
			b.Fatal(err)
		}
		if _, data, err := ws.Read(ctx); err != nil || string(data) != `{"op":"host","here":false}` {
			b.Fatalf("%s %v", data, err)
		}
		cancel()
		b.Cleanup(func() { _ = ws.CloseNow() })
		ws.CloseRead(context.Background()) // answers pings
		n--
	}
	return links
}

// resident returns KiB, after the program has had the time to collect its garbage.
func resident(b *testing.B, p *process) int {
	b.Helper()
	time.Sleep(2 * time.Second)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kib int
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		b.Fatal(err)
	}
	return kib
}

// trusting takes any certificate: who the relay is, is not what these tests are about.
var trusting = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
