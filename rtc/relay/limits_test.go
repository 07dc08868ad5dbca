package relay

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestBucketsPerPrefix(t *testing.T) {
	l := newLimiter(Config{Limits: Limits{PutsPerSecond: 0.001, PutBurst: 3}}.withDefaults().Limits)
	spend := func(addr string) (n int) {
		for n < 1000 && l.request(netip.MustParseAddr(addr), puts) {
			n++
		}
		return n
	}
	for _, c := range []struct {
		addr string
		want int
	}{
		{"192.0.2.1", 3}, {"192.0.2.200", 0}, {"192.0.3.1", 3}, // a /24 counts as one
		{"2001:db8:1:1::1", 3}, {"2001:db8:1:1:ffff::1", 0}, {"2001:db8:1:2::1", 3}, // a /64 too
	} {
		if got := spend(c.addr); got != c.want {
			t.Errorf("%s: %d, want %d", c.addr, got, c.want)
		}
	}
	total := 0
	for i := range 200 { // one /48, many /64
		a := netip.MustParseAddr("2001:db8:7::").As16()
		a[7] = byte(i)
		total += spend(netip.AddrFrom16(a).String())
	}
	if total != 3*wideFactor {
		t.Errorf("a /48 had %d, want %d", total, 3*wideFactor)
	}
	if spend("192.0.4.1") != 3 || !l.request(netip.MustParseAddr("192.0.2.1"), guests) {
		t.Error("one prefix, or one class, spent another's")
	}
}

func TestLimiterForgetsAndStaysBounded(t *testing.T) {
	l := newLimiter(Config{}.withDefaults().Limits)
	for i := range maxTracked + 1000 {
		l.request(netip.AddrFrom4([4]byte{byte(i >> 16), byte(i >> 8), byte(i), 1}), pages)
		l.link(linkID{byte(i >> 16), byte(i >> 8), byte(i)})
	}
	if len(l.prefixes) > maxTracked+1 || len(l.links) > maxTracked {
		t.Fatalf("%d prefixes and %d links are counted", len(l.prefixes), len(l.links))
	}
	for _, tl := range l.prefixes {
		tl.last = time.Now().Add(-2 * forgetAfter)
	}
	for _, tl := range l.links {
		tl.last = time.Now().Add(-2 * forgetAfter)
	}
	l.swept = time.Time{}
	l.sweep(time.Now())
	if len(l.prefixes) != 0 || len(l.links) != 0 {
		t.Fatalf("%d prefixes and %d links are remembered", len(l.prefixes), len(l.links))
	}
}

func TestAddressesAreForgottenThoughNobodyComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, stopped := newLimiter(Config{}.withDefaults().Limits), make(chan struct{})
		l.request(netip.MustParseAddr("192.0.2.1"), pages)
		remembered := func() int {
			l.mu.Lock()
			defer l.mu.Unlock()
			return len(l.prefixes)
		}
		go l.forget(stopped)
		time.Sleep(forgetAfter - time.Second)
		synctest.Wait()
		if remembered() != 1 {
			t.Error("forgotten too soon")
		}
		time.Sleep(2*time.Minute + time.Second)
		synctest.Wait()
		if remembered() != 0 {
			t.Error("remembered")
		}
		close(stopped)
	})
}

func TestTooManyAreTurnedAway(t *testing.T) {
	r := startRelay(t, func(c *Config) { c.Limits.PutsPerSecond, c.Limits.PutBurst = 0.001, 2 })
	l := newLink()
	put(t, r, l)
	put(t, r, l)
	resp, _ := request(t, "PUT", r.URL()+"/v1/links/"+l.id, l.token, putBody("x", week))
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Fatalf("the third PUT: %d", resp.StatusCode)
	}
	if status, _ := call(t, "GET", r.URL()+"/v1/links/"+l.id, "", ""); status != 200 {
		t.Fatalf("GET has its own bucket: %d", status)
	}
}

func TestOneLinkIsNotHammered(t *testing.T) {
	r := startRelay(t, func(c *Config) { c.Limits.LinkPerSecond, c.Limits.LinkBurst = 0.001, 2 })
	l, gone := newLink(), newLink()
	put(t, r, l)
	put(t, r, gone)
	call(t, "DELETE", r.URL()+"/v1/links/"+gone.id+"?why=used", gone.token, "")
	for _, c := range []struct {
		link testLink
		all  []int
	}{{l, []int{200, 200, 429}}, {gone, []int{410, 410, 429}}} {
		for i, want := range c.all {
			if status, _ := call(t, "GET", r.URL()+"/v1/links/"+c.link.id, "", ""); status != want {
				t.Errorf("GET %d: %d", i, status)
			}
		}
		if _, status := tryDial(t, r, "/v1/guest/"+c.link.id, nil); status != 429 {
			t.Errorf("a guest of the same link: %d", status)
		}
	}
}

// Of links that were never put there is no end: were they counted, a stranger would fill what is kept of real ones.
func TestMadeUpLinksAreNotCounted(t *testing.T) {
	r := startRelay(t, unlimited)
	for range 5 {
		l := newLink()
		if status, _ := call(t, "GET", r.URL()+"/v1/links/"+l.id, "", ""); status != 404 {
			t.Errorf("GET: %d", status)
		}
		if _, status := tryDial(t, r, "/v1/guest/"+l.id, nil); status != 404 {
			t.Errorf("a guest: %d", status)
		}
	}
	r.limits.mu.Lock()
	defer r.limits.mu.Unlock()
	if n := len(r.limits.links); n != 0 {
		t.Errorf("%d links that nobody put are counted", n)
	}
}

// Whoever has a whole /48 has 65,536 /64s, and must not make us count each.
func TestOneWidePrefixDoesNotFillTheTable(t *testing.T) {
	l := newLimiter(Config{Limits: Limits{Scale: 1e6}}.withDefaults().Limits)
	within := func(i int) netip.Addr {
		a := netip.MustParseAddr("2001:db8:7::1").As16()
		a[6], a[7] = byte(i>>8), byte(i)
		return netip.AddrFrom16(a)
	}
	for i := range 1 << 16 {
		if !l.request(within(i), pages) {
			t.Fatal("refused")
		}
		release, ok := l.connect(within(i), guests)
		if !ok {
			t.Fatal("no socket")
		}
		release()
	}
	if n := len(l.prefixes); n > narrowsMost+1 {
		t.Fatalf("one /48 has %d tallies", n)
	}
	for _, tl := range l.prefixes {
		tl.last = time.Now().Add(-2 * forgetAfter)
	}
	for range 2 { // the /48 goes after its last /64
		l.swept = time.Time{}
		l.sweep(time.Now())
	}
	if len(l.prefixes) != 0 {
		t.Errorf("%d prefixes are remembered", len(l.prefixes))
	}

	// Once the /48 has its fill, nothing of it is looked at any more.
	l = newLimiter(Config{Limits: Limits{RequestsPerSecond: 0.001, RequestBurst: 1, PrefixConns: 1}}.withDefaults().Limits)
	for i := range 1000 {
		l.request(within(i), pages)
		l.connect(within(i), guests)
	}
	if n := len(l.prefixes); n > wideFactor+1 {
		t.Errorf("a /48 that has its fill has %d tallies", n)
	}
}

// A table that is full takes who comes next: an attack must not be able to keep everybody else out.
func TestAFullTableMakesRoom(t *testing.T) {
	l := newLimiter(Config{Limits: Limits{RequestsPerSecond: 0.001, RequestBurst: 1, LinkPerSecond: 0.001, LinkBurst: 1}}.withDefaults().Limits)
	attack := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}) }
	release, ok := l.connect(attack(0), guests) // it has a socket, and must stay counted
	if !ok {
		t.Fatal("no socket")
	}
	for i := range maxTracked {
		l.request(attack(i), pages)
		l.link(linkID{1, byte(i >> 8), byte(i)})
	}
	if len(l.prefixes) != maxTracked || len(l.links) != maxTracked {
		t.Fatalf("%d prefixes, %d links: not full, this proves nothing", len(l.prefixes), len(l.links))
	}
	for i := range 500 {
		if !l.request(netip.AddrFrom4([4]byte{11, byte(i >> 8), byte(i), 1}), pages) {
			t.Fatal("a newcomer is kept out of the relay")
		}
		if !l.link(linkID{2, byte(i >> 8), byte(i)}) {
			t.Fatal("a newcomer's link is kept from it")
		}
	}
	if len(l.prefixes) > maxTracked || len(l.links) > maxTracked {
		t.Errorf("%d prefixes and %d links are counted", len(l.prefixes), len(l.links))
	}
	narrow, _ := prefixes(attack(0))
	if l.prefixes[narrow] == nil {
		t.Error("somebody with a socket was forgotten")
	}
	release()
}

// Ten quiet minutes must not buy another day's bytes.
func TestWhatOnePrefixPublishesInADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, stopped := newLimiter(Config{}.withDefaults().Limits), make(chan struct{})
		go l.forget(stopped)
		home, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.3.1")
		total := func(hours int) (n int) {
			for range hours {
				for l.publish(home, maxCard) {
					n += maxCard
				}
				time.Sleep(time.Hour)
			}
			return n
		}
		if n := total(24); n < 60<<20 || n > 65<<20 { // at once, and as much again in the day
			t.Errorf("%d bytes in the first day", n)
		}
		if n := total(24); n < 30<<20 || n > 33<<20 {
			t.Errorf("%d bytes in the second day", n)
		}
		if !l.publish(other, maxCard) {
			t.Error("a prefix spent another's bytes")
		}
		time.Sleep(26 * time.Hour)
		l.mu.Lock()
		if len(l.prefixes) != 0 {
			t.Errorf("%d prefixes are remembered when their day is over", len(l.prefixes))
		}
		l.mu.Unlock()
		close(stopped)
	})
}

func TestTooManyBytesAreTurnedAway(t *testing.T) {
	r := startRelay(t, func(c *Config) { c.Limits.PutBytesPerDay = 4000 })
	for i, want := range []int{204, 204, 429} { // 1,700 each
		l := newLink()
		if status, _ := call(t, "PUT", r.URL()+"/v1/links/"+l.id, l.token, putBody("x", week)); status != want {
			t.Errorf("PUT %d: %d, want %d", i, status, want)
		}
	}
}

// An operator can close a relay to strangers: their links are not taken, and their desktops get no socket. Clients need no token.
func TestAClosedRelayIsNotForStrangers(t *testing.T) {
	const token = "the operator's own words"
	r := startRelay(t, func(c *Config) { c.HostToken = token })
	l := newLink()
	url := r.URL() + "/v1/links/" + l.id
	publish := func(shown string) int {
		req, err := http.NewRequest("PUT", url, strings.NewReader(putBody("x", week)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+l.token)
		req.Header.Set(hostTokenHeader, shown)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	for _, wrong := range []string{"", token[:len(token)-1], token + "x", strings.ToUpper(token)} {
		if status := publish(wrong); status != 401 {
			t.Errorf("PUT with %q: %d", wrong, status)
		}
		if w, status := tryDial(t, r, "/v1/host", http.Header{hostTokenHeader: {wrong}}); w != nil || status != 401 {
			t.Errorf("a desktop with %q: %d", wrong, status)
		}
	}
	if status := publish(token); status != 204 {
		t.Errorf("PUT: %d", status)
	}
	if w, status := tryDial(t, r, "/v1/host", http.Header{hostTokenHeader: {token}}); w == nil {
		t.Errorf("a desktop: %d", status)
	}
	if status, _ := call(t, "GET", url, "", ""); status != 200 {
		t.Errorf("a client: %d", status)
	}
	dial(t, r, "/v1/guest/"+l.id)
	if status, _ := call(t, "DELETE", url+"?why=used", l.token, ""); status != 204 {
		t.Errorf("the owner ends it: %d", status)
	}
	for _, bad := range []string{"short", token + "\n", " " + token, token + "\x00" + token} {
		if _, err := Start(t.Context(), Config{StateDir: t.TempDir(), Guest: testPage, HostToken: bad}); !errors.Is(err, ErrConfig) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Credentials are good for hours: without a rate a stranger would take them in stock, and relay without end.
func TestTURNCredentialsAreRationed(t *testing.T) {
	r := startRelay(t, func(c *Config) {
		c.TURN.Listen, c.Limits.TURNPerSecond, c.Limits.TURNBurst = "127.0.0.1:0", 0.001, 3
	})
	for i, left := range []int{3, 0} { // another socket of the same prefix is no way around
		l := newLink()
		put(t, r, l)
		host := hostWire(t, r, l)
		order := `{"op":"turn","link":"` + l.id + `"}`
		for range left {
			host.say(order)
			if m := host.hear("turn"); m["credential"] == "" {
				t.Errorf("no credential: %v", m)
			}
		}
		host.say(order)
		if m := host.hear("refused"); m["why"] != "busy" {
			t.Errorf("host %d: %v", i, m)
		}
	}
}

func TestForwardedForIsBelievedOnlyFromAProxy(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		remote, forwarded string
		trusted           []netip.Prefix
		want              string
	}{
		{"127.0.0.1:5", "203.0.113.9", nil, "127.0.0.1"},
		{"198.51.100.7:5", "203.0.113.9", trusted, "198.51.100.7"},
		{"127.0.0.1:5", "203.0.113.9", trusted, "203.0.113.9"},
		{"127.0.0.1:5", "1.1.1.1, 203.0.113.9, 10.0.0.3", trusted, "203.0.113.9"}, // what stands left is the client's own word
		{"127.0.0.1:5", "nonsense", trusted, "127.0.0.1"},
		{"127.0.0.1:5", "", trusted, "127.0.0.1"},
		{"[::ffff:127.0.0.1]:5", "2001:db8::1", trusted, "2001:db8::1"},
		{"[fe80::1%eth0]:5", "", trusted, "fe80::1"},
	} {
		req := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			req.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := clientAddr(req, c.trusted); got.String() != c.want {
			t.Errorf("%s forwarding %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}
