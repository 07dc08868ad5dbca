package rtc

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alcove/app"
	"alcove/rtc/hostile"
	"alcove/rtc/wire"
)

const (
	mutations = 10_000          // that were done to a message which somebody then had before him
	workers   = 64              // most of a run is silence
	hangs     = 3 * time.Minute // on a machine that is busy with other things
)

// verdict is how one run ended, on both sides.
type verdict struct {
	host, guest         string
	hostRead, guestRead []string
	complete            bool // both read the other's line and know that theirs was read
	done                bool // the mutation was done to a message
	redials             int  // sockets that the guest opened
}

// TestTenThousandMutations runs whole handshakes, a chat and for every third a resume through a
// line that does one thing to one message. What was altered, repeated or moved is never taken,
// and both sides end, with a reason. It runs by itself: so many workers leave the real connections of
// other tests no time to meet.
func TestTenThousandMutations(t *testing.T) {
	var count, runs atomic.Int64
	var mu sync.Mutex
	ends := map[string]int{}
	kinds := map[hostile.Kind]int{}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			m := newMemory(memoryTiming)
			defer m.close()
			rnd := rand.New(rand.NewPCG(uint64(w), 2026))
			for i := 0; count.Load() < mutations && !t.Failed(); i++ {
				resume, on := i%3 == 0, channel(rnd.IntN(2))
				messages := [2]int{4, 3}[on] // of each way, before the last words
				if resume && on == byRelay {
					messages = 6
				}
				mut := hostile.Mutation{Kind: hostile.Kind(rnd.IntN(int(hostile.Kinds))), Up: rnd.IntN(2) == 1, N: rnd.IntN(messages), Seed: rnd.Uint64()}
				v := m.run(t, mut, on, resume)
				runs.Add(1)
				m.judge(t, mut, on, v)
				if v.done {
					count.Add(1)
					mu.Lock()
					kinds[mut.Kind]++
					ends[v.host+" | "+v.guest]++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d mutations in %d runs", count.Load(), runs.Load())
	for k := range hostile.Kinds {
		if kinds[k] < mutations/100 && !t.Failed() {
			t.Errorf("only %d of kind %v", kinds[k], k)
		}
	}
	var table []string
	for e, n := range ends {
		table = append(table, fmt.Sprintf("%6d  %s", n, e))
	}
	sort.Sort(sort.Reverse(sort.StringSlice(table)))
	t.Log("host | guest\n" + strings.Join(table, "\n"))
}

// TestHonestMemory proves that the harness lets an honest conversation through: else every
// mutation would seem to be refused.
func TestHonestMemory(t *testing.T) {
	m := newMemory(honestTiming)
	defer m.close()
	for i := range 30 {
		v := m.run(t, hostile.Mutation{Kind: hostile.Delay, N: 1 << 30}, byRelay, i%3 == 0)
		if !v.complete || v.host != "therapist" || v.guest != "bye ended" {
			t.Fatalf("an honest run ended with %+v", v)
		}
		if i%3 == 0 && v.redials != 2 {
			t.Errorf("%d sockets, want two", v.redials)
		}
	}
}

// judge says whether the run kept the promise.
func (m *memory) judge(t *testing.T, mut hostile.Mutation, on channel, v verdict) {
	t.Helper()
	bad := func(what string) {
		m.mu.Lock()
		defer m.mu.Unlock()
		t.Errorf("%v on channel %d: %s: %+v, types %v", mut, on, what, v, types(m.frames[byRelay]))
	}
	if len(v.hostRead) > 1 || len(v.hostRead) == 1 && v.hostRead[0] != "guest says" || len(v.guestRead) > 1 || len(v.guestRead) == 1 && v.guestRead[0] != "host says" {
		bad("somebody read what nobody wrote")
	}
	if !slices.Contains([]string{"nobody", "left", "handshake", "tampered", "lost", "client", "therapist"}, v.host) {
		bad("no clear end at the host")
	}
	if !slices.Contains([]string{"closed", "handshake", "tampered", "lost", "no answer", "bye ended", "bye tampered", "bye handshake"}, v.guest) {
		bad("no clear end at the guest")
	}
	if mut.Kind.Harmless() || !v.done || !v.complete {
		return
	}
	// On a socket that has not resumed yet, what does not hold costs that socket and no more:
	// anybody can connect to a relay.
	if v.redials >= 3 {
		return
	}
	if v.host == "therapist" && v.guest == "bye ended" {
		bad("taken")
	}
}

// types are those of the frames that were sent, down and up.
func types(frames [2][][]byte) (list [2][]byte) {
	for way, f := range frames {
		for _, b := range f {
			list[way] = append(list[way], b[0])
		}
	}
	return list
}

// script is what both people do in a conversation: one knocks, the other admits, each writes a
// line. It notes what became of it.
type script struct {
	verdict
	door      *doorstep
	g         *guest
	r         *room
	c         app.Call
	said      bool // the guest's line
	written   bool // the host's line
	delivered bool
	got       bool
	checked   bool
	connected func()               // the guest is, for the first time
	completed func() time.Duration // both lines were read; how long to wait before the end
	patience  <-chan time.Time
}

func newScript(door *doorstep, g *guest) *script {
	return &script{door: door, g: g, r: newRoom(), connected: func() {}, completed: func() time.Duration { return 0 }}
}

// play goes on until both sides have ended; false if that never happens.
func (s *script) play() bool {
	s.g.knockWith("Kim", "")
	limit := time.After(hangs)
	for s.guest == "" || s.c != nil && s.host == "" {
		select {
		case d := <-s.door.knocks:
			if c, err := d.Admit(context.Background(), textOnly, s.r); err == nil {
				s.c = c
			}
		case <-s.door.left:
			s.host = "left"
		case e := <-s.r.events:
			s.atHost(e)
		case e := <-s.g.events:
			s.atGuest(e)
		case <-s.patience:
			s.c.End(app.EndTherapist)
			s.patience = nil
		case <-limit:
			return false
		}
		if s.complete = s.delivered && s.got && len(s.hostRead) > 0 && len(s.guestRead) > 0; s.complete && !s.checked {
			s.checked = true
			s.patience = time.After(s.completed())
		}
	}
	return true
}

func (s *script) atHost(e app.CallEvent) {
	switch e := e.(type) {
	case app.CallConnected:
		if !s.written { // not again after a break
			s.c.SendChat("h", "host says")
		}
		s.written = true
	case app.CallChat:
		s.hostRead = append(s.hostRead, e.Text)
	case app.CallDelivered:
		s.delivered = true
	case app.CallEnded:
		s.host = string(e.Why)
	}
}

func (s *script) atGuest(e guestEvent) {
	switch e.what {
	case "connected":
		if !s.said {
			s.connected()
			s.g.chat("guest says")
		}
		s.said = true
	case "chat":
		s.guestRead = append(s.guestRead, e.text)
	case "got":
		s.got = true
	case "ended":
		s.guest = e.text
	}
}

// run is one conversation, mutated once.
func (m *memory) run(t *testing.T, mut hostile.Mutation, on channel, resume bool) verdict {
	t.Helper()
	mutator := hostile.NewMutator(mut)
	m.mu.Lock()
	if way := 0; mut.Kind == hostile.Swap {
		if mut.Up {
			way = 1
		}
		mutator.Other = m.frames[on][way] // of the conversation before
	}
	m.mu.Unlock()
	m.reset(mutator, on)
	g, err := m.guestOf(m.blob)
	if err != nil {
		t.Error(err)
		return verdict{}
	}
	line, err := g.redial(context.Background(), g)
	if err != nil {
		t.Error(err)
		return verdict{}
	}
	g.begin(line)
	s := newScript(m.door, g)
	late := false
	s.connected = func() {
		if resume {
			m.breakSocket(g, s.c)
		}
	}
	s.completed = func() time.Duration {
		m.inStep(s.c, g)
		m.mu.Lock()
		defer m.mu.Unlock()
		late = !m.reached // what is altered in the last words of all changes nothing
		switch {
		case !m.reached || mut.Kind.Harmless():
			return time.Millisecond
		case m.redials < 3:
			return 30 * time.Second // whoever has it before him notices, and ends it
		}
		return 700 * time.Millisecond // it may have cost a socket, and that was all: see judge
	}
	if !s.play() {
		t.Errorf("%v on channel %d hangs: %+v", mut, on, s.verdict)
		return s.verdict
	}
	m.settled(t, mut, &s.verdict)
	m.mu.Lock()
	defer m.mu.Unlock()
	s.done, s.redials = m.reached && !late, m.redials
	return s.verdict
}

// breakSocket cuts the guest's socket in a session; each side seals a signal meanwhile.
func (m *memory) breakSocket(g *guest, c app.Call) {
	g.mail.put(func() {
		line := g.line
		line.close()
		g.dropped(line)
		g.line = &memoryLine{m: m} // nothing comes from the old one any more
		g.signal(wire.Candidate{Mid: "0"})
	})
	c.(*call).post(func() { c.(*call).signal(wire.Candidate{Mid: "0"}) })
}

// inStep waits until a resume has ended, so that there is something to alter: not for long, unless
// nobody alters anything.
func (m *memory) inStep(c app.Call, g *guest) {
	tries := 20
	if m.host.times == honestTiming {
		tries = 10_000
	}
	for range tries {
		both := make(chan bool, 2)
		if !c.(*call).mail.put(func() { both <- c.(*call).attached }) || !g.mail.put(func() { both <- g.attached }) {
			return
		}
		ok := 0
		for range 2 {
			select {
			case yes := <-both:
				if yes {
					ok++
				}
			case <-c.(*call).closed:
				return
			case <-g.closed:
				return
			}
		}
		if ok == 2 {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// settled waits until nobody is left at the host, and knows what became of a knock.
func (m *memory) settled(t *testing.T, mut hostile.Mutation, v *verdict) {
	t.Helper()
	for limit := time.Now().Add(hangs); ; time.Sleep(time.Millisecond) {
		m.host.mu.Lock()
		empty := len(m.host.guests) == 0 && m.up.size() == 0 && m.host.posts.size() == 0
		m.host.mu.Unlock()
		if empty {
			break
		}
		if time.Now().After(limit) {
			t.Errorf("%v: somebody is left at the host", mut)
			return
		}
	}
	flushed := make(chan struct{})
	m.host.posts.put(func() { close(flushed) })
	<-flushed
	for {
		select {
		case <-m.door.knocks:
		case <-m.door.left:
			v.host = "left"
		default:
			if v.host == "" {
				v.host = "nobody"
			}
			return
		}
	}
}

// TestMutatedBlobs alters what the page fetches: bundles and cards, by every kind that fits,
// and swaps them for those of another link.
func TestMutatedBlobs(t *testing.T) {
	m := newMemory(memoryTiming)
	defer m.close()
	var other wire.Blob
	if _, err := m.visit("other", func(b *wire.Blob) { other = *b }); err != nil {
		t.Fatal(err)
	}
	n := 0
	for seed := range uint64(200) {
		for _, kind := range []hostile.Kind{hostile.Flip, hostile.FlipHead, hostile.Truncate, hostile.Extend, hostile.Forge, hostile.Swap} {
			for part := range 2 {
				mutator := hostile.NewMutator(hostile.Mutation{Kind: kind, Seed: seed})
				mutator.Other = [][]byte{other.Bundle}
				if part == 1 {
					mutator.Other = [][]byte{other.Card}
				}
				_, err := m.visit(app.InviteID(fmt.Sprint(seed, kind, part)), func(b *wire.Blob) {
					p := &b.Bundle
					if part == 1 {
						p = &b.Card
					}
					was := bytes.Clone(*p)
					if *p = mutator.Apply(*p).On[0]; bytes.Equal(was, *p) {
						t.Fatal("nothing was altered")
					}
				})
				if err == nil {
					t.Fatalf("%v, seed %d, part %d: taken", kind, seed, part)
				}
				n++
			}
		}
	}
	t.Logf("%d altered blobs, none taken", n)
}
