package assets_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"alcove/app"
	"alcove/assets"
	"alcove/rtc"
	"alcove/rtc/relay"
)

// stage is everything around the page: a real relay, the road to it, a real host, and a
// therapist who does what the test says.
type stage struct {
	t     testing.TB
	relay *relay.Relay
	road  *road
	host  *rtc.Host
	door  doorstep
	n     atomic.Int64
	// tunnel is where the packets of calls pass.
	tunnel tunnel
}

// soon is patience on a machine that is busy with other things.
const soon = time.Minute

const therapist = "Dr. Ana Ruiz"

func newStage(t testing.TB, change ...func(*relay.Config)) *stage {
	t.Helper()
	c := relay.Config{StateDir: t.TempDir(), Guest: withTests(t)}
	l := &c.Limits // every address here is the same one
	l.RequestsPerSecond, l.RequestBurst, l.PutsPerSecond, l.PutBurst = 1e6, 1e6, 1e6, 1e6
	l.ConnectsPerSecond, l.ConnectBurst, l.LinkPerSecond, l.LinkBurst = 1e6, 1e6, 1e6, 1e6
	for _, f := range change {
		f(&c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	r, err := relay.Start(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), soon)
		defer cancel()
		_ = r.Close(ctx)
	})
	s := &stage{t: t, relay: r, road: newRoad(t, r.URL()), door: newDoorstep()}
	s.comeIn()
	return s
}

// comeIn starts the therapist's desktop; goHome ends it.
func (s *stage) comeIn() {
	s.t.Helper()
	h, err := rtc.NewHost(rtc.Options{Relay: s.relay.URL(), Origin: s.road.url, Synthetic: true, Socket: s.tunnel.open, Log: slog.New(slog.NewTextHandler(s.t.Output(), nil))})
	if err != nil {
		s.t.Fatal(err)
	}
	s.host = h
	s.t.Cleanup(h.Close)
}

// tunnel is a network that can be lost, and nobody is told.
type tunnel struct{ dark atomic.Bool }

func (t *tunnel) open() (net.PacketConn, error) {
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	return tunnelled{c, t}, err
}

type tunnelled struct {
	net.PacketConn
	tunnel *tunnel
}

func (c tunnelled) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.PacketConn.ReadFrom(b)
		if err != nil || !c.tunnel.dark.Load() {
			return n, from, err
		}
	}
}

func (c tunnelled) WriteTo(b []byte, to net.Addr) (int, error) {
	if c.tunnel.dark.Load() {
		return len(b), nil
	}
	return c.PacketConn.WriteTo(b, to)
}

// withTests is the page, and beside it what only tests may see.
func withTests(t testing.TB) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(assets.Guest(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(assets.Guest(), name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"test/vectors.js": "testdata/vectors.js", "test/vectors.json": "../rtc/seal/testdata/vectors.json"} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}

// invitation is a link that works, and what shuts it.
type invitation struct {
	id   app.InviteID
	link string
	pair []byte
	line app.LineInvite
}

type inviteOption func(*app.InviteSpec, *app.Card)

func withPIN(s *app.InviteSpec, _ *app.Card)  { s.PINWanted = true }
func standing(s *app.InviteSpec, _ *app.Card) { s.Kind = app.InviteStanding }
func hidden(s *app.InviteSpec, _ *app.Card)   { s.RelayOnly = true }
func expiring(d time.Duration) inviteOption {
	return func(s *app.InviteSpec, _ *app.Card) { s.Expires = time.Now().Add(d) }
}

// sameAs is for the client whom i was for.
func sameAs(i invitation) inviteOption {
	return func(s *app.InviteSpec, _ *app.Card) { s.PairKey = i.pair }
}

func withCard(card app.Card) inviteOption {
	return func(_ *app.InviteSpec, c *app.Card) { *c = card }
}

// invite makes a link and waits until the relay has it.
func (s *stage) invite(options ...inviteOption) invitation {
	s.t.Helper()
	spec := app.InviteSpec{Kind: app.InviteSingle, Expires: time.Now().Add(time.Hour)}
	card := app.Card{Therapist: therapist}
	for _, option := range options {
		option(&spec, &card)
	}
	m, err := s.host.NewInvite(context.Background(), spec)
	if err != nil {
		s.t.Fatal(err)
	}
	i := invitation{id: app.InviteID(fmt.Sprintf("invite-%d", s.n.Add(1))), link: m.Link, pair: m.PairKey}
	i.line = app.LineInvite{ID: i.id, Material: m.Material, Expires: spec.Expires}
	s.host.Open(i.line, card, s.door)
	s.published(i)
	return i
}

func (s *stage) published(i invitation) {
	s.t.Helper()
	eventually(s.t, "the link is published", func() bool { return s.status(i) == http.StatusOK })
}

// status is what the relay answers to who asks for the link.
func (s *stage) status(i invitation) int {
	s.t.Helper()
	res, err := http.Get(s.relay.URL() + "/v1/links/" + linkID(s.t, i.link))
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(soon); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("never: %s", what)
		}
	}
}

// doorstep hands out who knocks.
type doorstep struct {
	knocks chan app.Door
	left   chan app.KnockID
}

func newDoorstep() doorstep {
	return doorstep{make(chan app.Door, 16), make(chan app.KnockID, 16)}
}

func (d doorstep) Knocked(door app.Door)        { d.knocks <- door }
func (d doorstep) Left(id app.KnockID)          { d.left <- id }
func (d doorstep) LineChanged(_ app.LineStatus) {}

func (d doorstep) next(t testing.TB) app.Door {
	t.Helper()
	select {
	case door := <-d.knocks:
		return door
	case <-time.After(soon):
		t.Fatal("nobody knocks")
		return nil
	}
}

// room keeps what happened on a call, in order.
type room chan app.CallEvent

func (r room) Happened(e app.CallEvent) { r <- e }

// await waits for an event of one kind, and leaves out those before it.
func await[E app.CallEvent](t testing.TB, r room) E {
	t.Helper()
	limit := time.After(soon)
	for {
		select {
		case e := <-r:
			if found, ok := e.(E); ok {
				return found
			}
		case <-limit:
			var zero E
			t.Fatalf("never: %T", zero)
			return zero
		}
	}
}

// admit lets the next one in.
func (s *stage) admit(a app.Admission) (app.Call, room) {
	s.t.Helper()
	r := make(room, 256)
	call, err := s.door.next(s.t).Admit(context.Background(), a, r)
	if err != nil {
		s.t.Fatal(err)
	}
	return call, r
}

var (
	video = app.Admission{Session: "s", Code: true, Direct: true, Modality: app.ModalityVideo}
	voice = app.Admission{Session: "s", Code: true, Direct: true, Modality: app.ModalityVoice}
	text  = app.Admission{Session: "s", Code: true, Direct: true, Modality: app.ModalityText}
)
