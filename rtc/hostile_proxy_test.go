package rtc

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alcove/app"
	"alcove/rtc/hostile"
	"alcove/rtc/relay"
	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// hostileHouse is a house whose relay is in the wrong hands.
func hostileHouse(t *testing.T) (*house, *hostile.Proxy) {
	t.Helper()
	r := startRelay(t, func(c *relay.Config) { c.Limits.PrefixConns, c.Limits.GuestFramesPerSecond = 1e6, 1e6 })
	p, err := hostile.Start(context.Background(), r.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return &house{t: t, relay: r, host: startHost(t, p.URL, nil), door: newDoorstep()}, p
}

const (
	realMutations = 300
	realWorkers   = 6
)

// TestMutationsOverRealSockets does to whole handshakes with real sockets, a real relay and real
// peer connections what TestTenThousandMutations does in memory.
func TestMutationsOverRealSockets(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	var mu sync.Mutex
	ends := map[string]int{}
	var wg sync.WaitGroup
	for w := range realWorkers {
		h, p := hostileHouse(t)
		h.host.times = realTiming
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(w), 7))
			for i := 0; count.Load() < realMutations && !t.Failed(); i++ {
				mut := hostile.Mutation{Kind: hostile.Kind(rnd.IntN(int(hostile.Swap))), Up: rnd.IntN(2) == 1, N: rnd.IntN(4), Seed: rnd.Uint64()}
				v := h.mutated(t, p, fmt.Sprintf("%d/%d", w, i), mut)
				if v.done {
					count.Add(1)
					mu.Lock()
					ends[v.host+" | "+v.guest]++
					mu.Unlock()
				}
				if v.complete && v.done && !mut.Kind.Harmless() {
					t.Errorf("%v: taken: %+v", mut, v)
				}
				if v.host == "" || v.guest == "" {
					t.Errorf("%v: no clear end: %+v", mut, v)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d mutations, host | guest: %v", count.Load(), ends)
}

var realTiming = func() timing {
	t := defaultTiming
	t.handshake, t.giveUp, t.lost, t.beat = 4*time.Second, 3*time.Second, 2*time.Second, 300*time.Millisecond
	t.knock = 0 // each worker's link rings all the time
	return t
}()

// mutated is one conversation through the proxy. Only this guest's socket is touched: the host's
// carries the same frames, and the last guest's may still be open.
func (h *house) mutated(t *testing.T, p *hostile.Proxy, name string, mut hostile.Mutation) verdict {
	t.Helper()
	id := app.InviteID(name)
	link := openInvite(t, h.host, h.door, id, app.InviteStanding).Link
	defer h.host.Shut(id, app.ShutLocked)
	_, l, err := wire.ParseLink(link)
	if err != nil {
		t.Error(err)
		return verdict{}
	}
	mutator := hostile.NewMutator(mut)
	var mu sync.Mutex
	done := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return mutator.Done()
	}
	p.Meddle(meddleOnce(mutator, &mu, seal.LinkID(l).String()))
	defer p.Meddle(nil)
	g := visit(t, link, func(g *guest) { g.times, g.redial = realTiming, dialOnce() })
	s := newScript(h.door, g)
	s.completed = func() time.Duration {
		if s.done = done(); s.done && !mut.Kind.Harmless() {
			return soon // somebody must notice, and who does ends it
		}
		return time.Second
	}
	if !s.play() {
		t.Errorf("%v hangs: %+v", mut, s.verdict)
		return s.verdict
	}
	if !s.complete || s.host != "therapist" {
		s.complete, s.done = false, done()
	}
	if s.host == "" {
		s.host = "nobody"
	}
	return s.verdict
}

// meddleOnce does one mutation to the guest's socket of one link.
func meddleOnce(mutator *hostile.Mutator, mu *sync.Mutex, link string) hostile.Meddler {
	return func(m hostile.Message) []hostile.Message {
		if m.Link != link || m.Text || m.Up != mutator.Up {
			return []hostile.Message{m}
		}
		mu.Lock()
		r := mutator.Apply(m.Data)
		mu.Unlock()
		time.Sleep(r.Wait)
		var list []hostile.Message
		for _, b := range r.On {
			list = append(list, hostile.Message{Side: m.Side, Up: m.Up, Link: m.Link, Data: b})
		}
		if r.Back != nil {
			list = append(list, hostile.Message{Side: m.Side, Up: !m.Up, Link: m.Link, Data: r.Back})
		}
		return list
	}
}

// dialOnce is a guest that does not come back: each mutation is judged by what it did at once.
func dialOnce() func(context.Context, *guest) (guestLine, error) {
	dialled := false
	return func(ctx context.Context, g *guest) (guestLine, error) {
		if dialled {
			return nil, errAway
		}
		dialled = true
		return dialGuest(ctx, g)
	}
}

// TestSwappedKeys tries what a relay can do that has keys of its own: it puts them in place of
// the bundle, the card, the knock and the admit.
func TestSwappedKeys(t *testing.T) {
	t.Parallel()
	h, p := hostileHouse(t)
	m := h.invite(app.InviteStanding)
	own, err := seal.NewInvite(wire.LinkStanding, 0, time.Now().Add(time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	ownCard, err := own.SealCard(1, wire.Card{Therapist: "Dr. Ruiz"})
	if err != nil {
		t.Fatal(err)
	}
	_, l, err := wire.ParseLink(own.Link("http://own"))
	if err != nil {
		t.Fatal(err)
	}
	ownLink, err := seal.OpenBundle(l, own.SealedBundle())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("bundle", func(t *testing.T) {
		p.Fetched(func(_ string, _, card []byte) ([]byte, []byte) { return own.SealedBundle(), card })
		if _, err := openLink(context.Background(), m.Link); err == nil {
			t.Error("taken")
		}
	})
	t.Run("card", func(t *testing.T) {
		p.Fetched(func(_ string, bundle, _ []byte) ([]byte, []byte) { return bundle, ownCard })
		if _, err := openLink(context.Background(), m.Link); err == nil {
			t.Error("taken")
		}
	})
	p.Fetched(nil)
	key, err := seal.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	// The relay's own knock, sealed to its own link: it has no other invite key.
	_, ownKnock, err := ownLink.Knock(wire.Knock{Name: "Kim", Lang: "en", Wants: wire.WantsText}, key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("knock", func(t *testing.T) {
		p.Meddle(swapFrame(wire.FrameKnock, ownKnock))
		g := visit(t, m.Link, func(g *guest) { g.redial = dialOnce() })
		g.knockWith("Kim", "")
		if e := g.next(t, soon); e.what != "ended" || e.text != "closed" {
			t.Errorf("the guest heard %v", e)
		}
		h.door.nobody(t)
	})
	t.Run("admit", func(t *testing.T) {
		k, err := own.OpenKnock(ownKnock[1:], time.Now())
		if err != nil {
			t.Fatal(err)
		}
		_, ownAdmit, err := k.Admit(wire.Admit{Wants: wire.WantsText})
		if err != nil {
			t.Fatal(err)
		}
		p.Meddle(swapFrame(wire.FrameAdmit, ownAdmit))
		g := visit(t, m.Link, func(g *guest) { g.redial = dialOnce() })
		g.knockWith("Kim", "")
		d := h.door.next(t)
		r := newRoom()
		if _, err := d.Admit(context.Background(), textOnly, r); err != nil {
			t.Fatal(err)
		}
		if e := g.until(t, "ended", soon); e.text != "handshake" {
			t.Errorf("the guest heard %v", e)
		}
		if e := await[app.CallEnded](t, r, soon); e.Why != app.EndHandshake {
			t.Errorf("the host heard %v", e)
		}
	})
}

func swapFrame(t wire.FrameType, with []byte) hostile.Meddler {
	return func(m hostile.Message) []hostile.Message {
		if !m.Text && m.Side == hostile.Guest && wire.FrameType(m.Data[0]) == t {
			m.Data = with
		}
		return []hostile.Message{m}
	}
}

// TestSwappedFingerprint changes the host's certificate in the offer that the guest acts on, as
// somebody would who sits between and has broken the signalling: both sides refuse the channel,
// because the finished message is made from what each of them sees. The guest of this test does not
// wait for the host's, so that the host judges by itself.
func TestSwappedFingerprint(t *testing.T) {
	m := newMemory(honestTiming)
	defer m.close()
	g, err := m.visit("one", nil)
	if err != nil {
		t.Fatal(err)
	}
	join := g.join
	g.join = func(g *guest, a wire.Admit, e connectionEvents) (answerer, error) {
		e.opened = func() {
			g.mail.put(func() {
				host, own, err := g.peer.Fingerprints()
				if err != nil {
					t.Error(err)
				}
				_ = g.peer.Send(g.session.Finished(host, own))
			})
		}
		p, err := join(g, a, e)
		return &misled{p}, err
	}
	line, err := g.redial(context.Background(), g)
	if err != nil {
		t.Fatal(err)
	}
	g.begin(line)
	g.knockWith("Kim", "")
	d := m.door.next(t)
	r := newRoom()
	if _, err := d.Admit(context.Background(), textOnly, r); err != nil {
		t.Fatal(err)
	}
	if e := await[app.CallEnded](t, r, soon); e.Why != app.EndTampered {
		t.Errorf("the host heard %v", e)
	}
	if e := g.until(t, "ended", soon); !strings.Contains(e.text, "tampered") {
		t.Errorf("the guest heard %v", e)
	}
}

// misled answers an offer whose certificate is another.
type misled struct{ answerer }

func (m *misled) Offered(sdp string) (string, error) {
	i := strings.Index(sdp, "sha-256 ") + len("sha-256 ")
	return m.answerer.Offered(sdp[:i] + strings.Repeat("ab", 32) + "\r\n")
}

// TestCertificateOfAnotherHash: a guest whose certificate is not told by SHA-256, which a library
// would take, and whose first message comes before the channel is said to be open, ends its session
// as any other, and no more than that.
func TestCertificateOfAnotherHash(t *testing.T) {
	t.Parallel()
	m := newMemory(honestTiming)
	defer m.close()
	m.host.connect = func(_ *Host, _ policy, _ *tracks, e connectionEvents) (connection, error) {
		return &otherHash{m.newPeer(true, e)}, nil
	}
	g, err := m.visit("one", nil)
	if err != nil {
		t.Fatal(err)
	}
	line, err := g.redial(context.Background(), g)
	if err != nil {
		t.Fatal(err)
	}
	g.begin(line)
	g.knockWith("Kim", "")
	d := m.door.next(t)
	r := newRoom()
	c, err := d.Admit(context.Background(), textOnly, r)
	if err != nil {
		t.Fatal(err)
	}
	if e := await[app.CallEnded](t, r, soon); e.Why != app.EndTampered {
		t.Errorf("the host heard %v", e)
	}
	if e := g.until(t, "ended", soon); !strings.Contains(e.text, "tampered") {
		t.Errorf("the guest heard %v", e)
	}
	<-c.(*call).closed // and it ends once
	select {
	case e := <-r.events:
		t.Errorf("after the end the host heard %v", e)
	default:
	}
}

// otherHash is an end whose other one has such a certificate and is quick.
type otherHash struct{ *memoryPeer }

func (p *otherHash) Answer(string) error {
	p.box.put(func() { p.e.message([]byte("first")) })
	return nil
}

func (p *otherHash) Fingerprints() (host, guest [32]byte, err error) { return host, guest, errSDP }
