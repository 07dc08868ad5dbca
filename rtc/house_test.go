package rtc

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"alcove/app"
	"alcove/rtc/relay"
)

// house is a real relay, a real host and a therapist who writes down what happens.
type house struct {
	t     testing.TB
	relay *relay.Relay
	host  *Host
	door  *doorstep
}

// soon is patience on a machine that is busy with other things.
const soon = time.Minute

func startRelay(t testing.TB, change func(*relay.Config)) *relay.Relay {
	t.Helper()
	r, err := tryRelay(t, change)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tryRelay(t testing.TB, change func(*relay.Config)) (*relay.Relay, error) {
	t.Helper()
	c := relay.Config{StateDir: t.TempDir(), Guest: fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>Alcove</title>")}}}
	l := &c.Limits
	l.RequestsPerSecond, l.RequestBurst, l.PutsPerSecond, l.PutBurst = 1e6, 1e6, 1e6, 1e6
	l.ConnectsPerSecond, l.ConnectBurst, l.LinkPerSecond, l.LinkBurst = 1e6, 1e6, 1e6, 1e6
	l.TURNPerSecond, l.TURNBurst = 1e6, 1e6
	if change != nil {
		change(&c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	r, err := relay.Start(ctx, c)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = r.Close(ctx)
	})
	return r, nil
}

func newHouse(t testing.TB, change func(*Options)) *house {
	t.Helper()
	r := startRelay(t, nil)
	return &house{t: t, relay: r, host: startHost(t, r.URL(), change), door: newDoorstep()}
}

func startHost(t testing.TB, base string, change func(*Options)) *Host {
	t.Helper()
	o := Options{Relay: base, Synthetic: true}
	if testing.Verbose() {
		o.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	if change != nil {
		change(&o)
	}
	h, err := NewHost(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

// invite makes a link, opens it and waits until the relay has it.
func (h *house) invite(kind app.InviteKind) app.InviteMaterial {
	h.t.Helper()
	return openInvite(h.t, h.host, h.door, app.InviteID(fmt.Sprintf("invite-%d", time.Now().UnixNano())), kind)
}

func openInvite(t testing.TB, host *Host, at *doorstep, id app.InviteID, kind app.InviteKind) app.InviteMaterial {
	t.Helper()
	expires := time.Now().Add(time.Hour)
	m, err := host.NewInvite(context.Background(), app.InviteSpec{Kind: kind, Expires: expires, PINWanted: true})
	if err != nil {
		t.Fatal(err)
	}
	host.Open(app.LineInvite{ID: id, Material: m.Material, Expires: expires}, app.Card{Therapist: "Dr. Ruiz"}, at)
	eventually(t, "the link is published", func() bool {
		host.mu.Lock()
		defer host.mu.Unlock()
		for _, l := range host.links {
			if l.id == id {
				return l.published && host.socket != nil
			}
		}
		return false
	})
	return m
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(soon); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("never: " + what)
		}
	}
}

// visit opens a link as the page does and waits for the host to be there.
func (h *house) visit(link string) *guest {
	h.t.Helper()
	return visit(h.t, link, nil)
}

func visit(t testing.TB, link string, change func(*guest)) *guest {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	g, err := openLink(ctx, link)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(g)
	}
	if err := g.connect(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.mail.put(func() { g.end("test over", "") })
		<-g.closed
	})
	g.until(t, "here", soon)
	return g
}

// doorstep writes down who knocks.
type doorstep struct {
	knocks chan app.Door
	left   chan app.KnockID

	mu     sync.Mutex
	status []app.LineStatus // mu
}

func newDoorstep() *doorstep {
	return &doorstep{knocks: make(chan app.Door, 64), left: make(chan app.KnockID, 64)}
}

func (d *doorstep) Knocked(door app.Door) { d.knocks <- door }
func (d *doorstep) Left(id app.KnockID)   { d.left <- id }
func (d *doorstep) LineChanged(s app.LineStatus) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.status = append(d.status, s)
}

func (d *doorstep) last() app.LineStatus {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.status) == 0 {
		return app.LineStatus{}
	}
	return d.status[len(d.status)-1]
}

func (d *doorstep) next(t testing.TB) app.Door {
	t.Helper()
	select {
	case door := <-d.knocks:
		return door
	case <-time.After(soon):
		t.Fatal("nobody knocked")
	}
	return nil
}

func (d *doorstep) nobody(t testing.TB) {
	t.Helper()
	select {
	case door := <-d.knocks:
		t.Fatalf("%s knocked", door.Knock().Name)
	case <-time.After(300 * time.Millisecond):
	}
}

// room writes down what happens in a call.
type room struct{ events chan app.CallEvent }

func newRoom() *room { return &room{make(chan app.CallEvent, 4096)} }

// Happened drops nothing: a test that does not read so many has failed elsewhere.
func (r *room) Happened(e app.CallEvent) { r.events <- e }

// await passes over events up to one of type E.
func await[E app.CallEvent](t testing.TB, r *room, within time.Duration) E {
	t.Helper()
	limit := time.After(within)
	var seen []string
	for {
		select {
		case e := <-r.events:
			if e, ok := e.(E); ok {
				return e
			}
			seen = append(seen, fmt.Sprintf("%T%v", e, e))
			if _, over := e.(app.CallEnded); over {
				t.Fatalf("the room heard %s, waiting for %T", strings.Join(seen, ", "), *new(E))
			}
		case <-limit:
			t.Fatalf("the room heard %s, waiting for %T", strings.Join(seen, ", "), *new(E))
		}
	}
}

// admit lets a guest in and waits until both sides are connected.
func (h *house) admit(g *guest, a app.Admission) (app.Call, *room) {
	h.t.Helper()
	return admit(h.t, h.door, g, a)
}

func admit(t testing.TB, at *doorstep, g *guest, a app.Admission) (app.Call, *room) {
	t.Helper()
	g.knockWith("Kim", "042042")
	d := at.next(t)
	g.until(t, "waiting", soon)
	r := newRoom()
	c, err := d.Admit(context.Background(), a, r)
	if err != nil {
		t.Fatal(err)
	}
	await[app.CallConfirmed](t, r, soon)
	g.until(t, "admitted", soon)
	g.until(t, "connected", soon)
	await[app.CallConnected](t, r, soon)
	return c, r
}

var textOnly = app.Admission{Session: "s", Code: true, Modality: app.ModalityText}
