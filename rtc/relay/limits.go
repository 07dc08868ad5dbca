package relay

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	wideFactor  = 8       // what a /48 may, in terms of a /64
	maxTracked  = 1 << 16 // prefixes, and links, that are counted at once
	forgetAfter = 10 * time.Minute
)

// The class of a request: each has its own buckets, so that guests in plenty do not keep the therapist's desktop out.
type class int

const (
	pages class = iota
	puts
	hosts
	guests
	classes
)

// A tally is what one prefix has used up.
type tally struct {
	buckets [classes]*rate.Limiter
	conns   [classes]int
	last    time.Time
}

// limiter counts strangers by address prefix and by link. It forgets who has been idle for ten minutes.
type limiter struct {
	config Limits

	mu       sync.Mutex
	prefixes map[netip.Prefix]*tally // mu
	links    map[linkID]*linkTally   // mu
	conns    [classes]int            // mu
	swept    time.Time               // mu
}

type linkTally struct {
	bucket *rate.Limiter
	last   time.Time
}

func newLimiter(l Limits) *limiter {
	return &limiter{config: l, prefixes: map[netip.Prefix]*tally{}, links: map[linkID]*linkTally{}}
}

// request takes one token of each prefix that the address belongs to.
func (l *limiter) request(a netip.Addr, c class) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	narrow, wide := prefixes(a)
	ok := l.tally(narrow, 1, now).buckets[c].AllowN(now, 1)
	if ok && wide != narrow { // in this order: one loud /64 does not spend its neighbours' share
		ok = l.tally(wide, wideFactor, now).buckets[c].AllowN(now, 1)
	}
	return ok
}

// connect counts a socket until release is called. ok is false, and release nil, where the prefix or the relay has its fill.
func (l *limiter) connect(a netip.Addr, c class) (release func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	narrow, wide := prefixes(a)
	n, w := l.tally(narrow, 1, now), l.tally(wide, wideFactor, now)
	if l.conns[c] >= l.config.TotalConns || n.conns[c] >= l.config.PrefixConns {
		return nil, false
	}
	if w != n {
		if w.conns[c] >= wideFactor*l.config.PrefixConns {
			return nil, false
		}
		w.conns[c]++
	}
	n.conns[c]++
	l.conns[c]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conns[c]--
		n.conns[c]--
		if w != n {
			w.conns[c]--
		}
	}, true
}

// link takes one token of a link.
func (l *limiter) link(id linkID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	t := l.links[id]
	if t == nil {
		l.sweep(now)
		if len(l.links) >= maxTracked {
			return false
		}
		t = &linkTally{bucket: rate.NewLimiter(rate.Limit(l.config.LinkPerSecond), l.config.LinkBurst)}
		l.links[id] = t
	}
	t.last = now
	return t.bucket.AllowN(now, 1)
}

// tally finds or makes the tally of a prefix. l.mu is held. When more prefixes come at once than are counted, the rest share one tally:
// an attack with that many addresses is slowed as one.
func (l *limiter) tally(p netip.Prefix, factor int, now time.Time) *tally {
	t := l.prefixes[p]
	if t == nil {
		l.sweep(now)
		if len(l.prefixes) >= maxTracked {
			p = netip.Prefix{}
			t = l.prefixes[p]
		}
	}
	if t == nil {
		c, f := l.config, float64(factor)
		t = &tally{}
		t.buckets[pages] = rate.NewLimiter(rate.Limit(f*c.RequestsPerSecond), factor*c.RequestBurst)
		t.buckets[puts] = rate.NewLimiter(rate.Limit(f*c.PutsPerSecond), factor*c.PutBurst)
		t.buckets[hosts] = rate.NewLimiter(rate.Limit(f*c.ConnectsPerSecond), factor*c.ConnectBurst)
		t.buckets[guests] = rate.NewLimiter(rate.Limit(f*c.ConnectsPerSecond), factor*c.ConnectBurst)
		l.prefixes[p] = t
	}
	t.last = now
	return t
}

// forget sweeps until stopped, so that an address is not remembered for longer because nobody else comes.
func (l *limiter) forget(stopped <-chan struct{}) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			l.mu.Lock()
			l.sweep(now)
			l.mu.Unlock()
		case <-stopped:
			return
		}
	}
}

// sweep forgets the idle, at most once a minute. l.mu is held.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	for p, t := range l.prefixes {
		if t.conns == [classes]int{} && now.Sub(t.last) > forgetAfter {
			delete(l.prefixes, p)
		}
	}
	for id, t := range l.links {
		if now.Sub(t.last) > forgetAfter {
			delete(l.links, id)
		}
	}
}
