package relay

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	wideFactor  = 8       // what a /48 may, in terms of a /64
	narrowsMost = 256     // of one /48 that are counted apart; the others share what the /48 may
	maxTracked  = 1 << 16 // prefixes, and links, that are counted at once
	evictFrom   = 16      // candidates, when one must make room
	forgetAfter = 10 * time.Minute
)

// The class of a request: each has its own buckets, so that guests in plenty do not keep the therapist's desktop out.
type class int

const (
	pages class = iota
	puts
	hosts
	guests
	turns // credentials for TURN
	classes
)

// A tally is what one prefix has used up.
type tally struct {
	factor  int    // what it may, in terms of a narrow prefix
	wide    *tally // of the prefix around it; nil for a wide one
	narrows int    // how many tallies have this one as theirs
	buckets [classes]*rate.Limiter
	bytes   *rate.Limiter // that were published
	conns   [classes]int
	last    time.Time
}

// limiter counts strangers by address prefix and by link. It forgets who has been idle for ten minutes, and whoever has published once its
// allowance is whole again.
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
	return l.spend(a, 1, func(t *tally) *rate.Limiter { return t.buckets[c] })
}

// publish takes n bytes of what each prefix may publish in a day.
func (l *limiter) publish(a netip.Addr, n int) bool {
	return l.spend(a, n, func(t *tally) *rate.Limiter { return t.bytes })
}

func (l *limiter) spend(a netip.Addr, n int, of func(*tally) *rate.Limiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	narrow, wide := prefixes(a)
	w := l.wide(narrow, wide, now)
	// First of all: whoever has a whole /48 must not make us count each /64 of it.
	if of(w).TokensAt(now) < float64(n) {
		return false
	}
	if t := l.narrow(narrow, w, now); t != w && !of(t).AllowN(now, n) {
		return false // and in this order: one loud /64 does not spend its neighbours' share
	}
	return of(w).AllowN(now, n)
}

// connect counts a socket until release is called. ok is false, and release nil, where the prefix or the relay has its fill.
func (l *limiter) connect(a netip.Addr, c class) (release func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	full := func(t *tally) bool { return t.conns[c] >= t.factor*l.config.PrefixConns }
	narrow, wide := prefixes(a)
	w := l.wide(narrow, wide, now)
	if l.conns[c] >= l.config.TotalConns || full(w) {
		return nil, false
	}
	n := l.narrow(narrow, w, now)
	if full(n) {
		return nil, false
	}
	count := func(by int) {
		l.conns[c] += by
		w.conns[c] += by
		if n != w {
			n.conns[c] += by
		}
	}
	count(1)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		count(-1)
	}, true
}

// link takes one token of a link. It is for links that are known: of made-up ones there is no end.
func (l *limiter) link(id linkID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	t := l.links[id]
	if t == nil {
		l.sweep(now)
		if len(l.links) >= maxTracked {
			evict(l.links, func(t *linkTally) (time.Time, bool) { return t.last, true }, func(linkID, *linkTally) {})
		}
		t = &linkTally{bucket: rate.NewLimiter(rate.Limit(l.config.LinkPerSecond), l.config.LinkBurst)}
		l.links[id] = t
	}
	t.last = now
	return t.bucket.AllowN(now, 1)
}

// wide is the tally of the prefix around an address, which for IPv4 is its only one. l.mu is held.
func (l *limiter) wide(narrow, wide netip.Prefix, now time.Time) *tally {
	factor := wideFactor
	if narrow == wide {
		factor = 1
	}
	return l.tally(wide, nil, factor, now)
}

// narrow is the tally of the prefix within w, or w where that has enough of them. l.mu is held.
func (l *limiter) narrow(p netip.Prefix, w *tally, now time.Time) *tally {
	if w.factor == 1 || l.prefixes[p] == nil && w.narrows >= narrowsMost {
		return w
	}
	return l.tally(p, w, 1, now)
}

// tally finds or makes the tally of a prefix. l.mu is held. When more prefixes come at once than are counted, one that has been quiet makes
// room. Where none can, all having sockets, the rest share one tally: an attack with that many addresses is slowed as one.
func (l *limiter) tally(p netip.Prefix, w *tally, factor int, now time.Time) *tally {
	t := l.prefixes[p]
	if t == nil {
		l.sweep(now)
		if len(l.prefixes) >= maxTracked && !evict(l.prefixes, func(t *tally) (time.Time, bool) { return t.last, t != w && t.idle() }, l.forgotten) {
			p, w = netip.Prefix{}, nil
			t = l.prefixes[p]
		}
	}
	if t == nil {
		t = l.newTally(factor)
		if t.wide = w; w != nil {
			w.narrows++
		}
		l.prefixes[p] = t
	}
	t.last = now
	return t
}

func (l *limiter) newTally(factor int) *tally {
	c, f := l.config, float64(factor)
	t := &tally{factor: factor}
	t.buckets[pages] = rate.NewLimiter(rate.Limit(f*c.RequestsPerSecond), factor*c.RequestBurst)
	t.buckets[puts] = rate.NewLimiter(rate.Limit(f*c.PutsPerSecond), factor*c.PutBurst)
	t.buckets[hosts] = rate.NewLimiter(rate.Limit(f*c.ConnectsPerSecond), factor*c.ConnectBurst)
	t.buckets[guests] = rate.NewLimiter(rate.Limit(f*c.ConnectsPerSecond), factor*c.ConnectBurst)
	t.buckets[turns] = rate.NewLimiter(rate.Limit(f*c.TURNPerSecond), factor*c.TURNBurst)
	t.bytes = rate.NewLimiter(rate.Limit(f*float64(c.PutBytesPerDay)/(24*60*60)), factor*c.PutBytesPerDay)
	return t
}

// idle: nothing would be lost but what it has used up.
func (t *tally) idle() bool { return t.narrows == 0 && t.conns == [classes]int{} }

func (l *limiter) forgotten(_ netip.Prefix, t *tally) {
	if t.wide != nil {
		t.wide.narrows--
	}
}

// evict removes the quietest of a few that may go: to look at all of them for each stranger would be an attack of its own. It reports false
// where none of them may.
func evict[K comparable, V any](all map[K]V, may func(V) (last time.Time, ok bool), gone func(K, V)) bool {
	var quietest K
	var since time.Time
	found, seen := false, 0
	for k, v := range all { // in no order: Go begins somewhere
		if last, ok := may(v); ok && (!found || last.Before(since)) {
			quietest, since, found = k, last, true
		}
		if seen++; seen == evictFrom {
			break
		}
	}
	if found {
		gone(quietest, all[quietest])
		delete(all, quietest)
	}
	return found
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
		whole := t.bytes.TokensAt(now) >= float64(t.bytes.Burst()) // or ten quiet minutes would buy another day's bytes
		if t.idle() && whole && now.Sub(t.last) > forgetAfter {
			l.forgotten(p, t)
			delete(l.prefixes, p)
		}
	}
	for id, t := range l.links {
		if now.Sub(t.last) > forgetAfter {
			delete(l.links, id)
		}
	}
}
