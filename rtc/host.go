package rtc

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"alcove/app"
	"alcove/rtc/relay"
	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// Options say how a Host reaches its relay, and with what it meets people.
type Options struct {
	// Relay is the relay's base URL, "http://127.0.0.1:4711" for the embedded one.
	Relay string
	// Origin is what links begin with, where clients reach the relay by another name. "": Relay.
	Origin string
	// Synthetic sends a moving pattern and a tone in place of camera and microphone, and
	// measures instead of playing: for the demonstration and for tests, never by itself.
	Synthetic bool
	// Client makes HTTP requests and dials the socket; nil: http.DefaultTransport's.
	Client *http.Client
	// Socket opens the one UDP socket of a call; nil: as ICE likes it, one for each address.
	Socket func() (net.PacketConn, error)
	// Page is the page that the relay should serve, rooted at its index.html: an hourly look
	// compares. nil: the relay is this program's own.
	Page fs.FS
	// Log hears what went wrong on the line; no secret, name or address. nil: nowhere.
	Log *slog.Logger
}

// ErrGuestGone is Admit for somebody who is no longer at the door.
var ErrGuestGone = fmt.Errorf("rtc: the guest has left: %w", app.ErrKnockGone)

// Host is the desktop's end of the line: one socket to the relay for every open invite. It
// implements app.Line and app.DeviceLister.
type Host struct {
	options Options
	times   timing
	connect connector // makes a call's peer connection
	// openKnock is (*seal.Invite).OpenKnock.
	openKnock func(i *seal.Invite, rest []byte, now time.Time) (*seal.HostKnock, error)
	// lookup is (*net.Resolver).LookupNetIP.
	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
	posts  *mailbox[func()]
	wake   chan struct{} // something to publish, or to delete
	// again wakes reach: the first link has been published, or there is another token.
	again   chan struct{}
	stop    context.CancelFunc
	running sync.WaitGroup

	mu       sync.Mutex
	links    map[wire.LinkID]*listening        // mu
	guests   map[wire.Route]*visitor           // mu
	socket   *socket                           // mu; nil while the relay is away
	status   app.LineStatus                    // mu
	troubles trouble                           // mu; what status is made of
	token    string                            // mu; of a closed relay, "" while the vault is locked
	waiting  map[wire.LinkID][]chan turnAnswer // mu; who asked for TURN
	ended    []ending                          // mu; blobs still to be deleted
}

// listening is one link that we listen to: an open invite, or one kept for its running call.
// Host.mu guards it.
type listening struct {
	id        app.InviteID
	link      wire.LinkID
	owner     []byte
	invite    *seal.Invite // nil once shut: nobody may knock any more
	expires   time.Time
	card      []byte
	at        app.Doorstep
	published bool
	refused   string             // why the relay does not take it, in words; "" if it may
	later     bool               // it is asked to listen again in a while
	opening   *seal.Invite       // at work on a knock; who shuts it leaves the wiping to that
	knocks    *rate.Limiter      // of everybody who holds the link
	seen      recent[[32]byte]   // knocks that were answered, against replay
	calls     map[[16]byte]*call // by resumeID
}

type ending struct {
	link  wire.LinkID
	owner []byte
	why   string
	gone  func() // told when the relay has answered; may be nil
}

var (
	_ app.Line         = (*Host)(nil)
	_ app.DeviceLister = (*Host)(nil)
	_ app.Withdrawer   = (*Host)(nil)
	_ app.TokenHolder  = (*Host)(nil)
)

// NewHost starts a host. It looks for its relay at once, and listens once an invite is open.
func NewHost(o Options) (*Host, error) {
	if !strings.HasPrefix(o.Relay, "http://") && !strings.HasPrefix(o.Relay, "https://") {
		return nil, fmt.Errorf("rtc: relay URL %q", o.Relay)
	}
	o.Relay = strings.TrimSuffix(o.Relay, "/")
	if o.Origin == "" {
		o.Origin = o.Relay
	}
	o.Client = staying(o.Client)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Log = relay.Quiet(o.Log) // a relay that talks nonsense all day writes a line in ten seconds
	h := newHost(o)
	h.start()
	return h, nil
}

func (h *Host) start() {
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	h.running.Go(func() { h.reach(ctx) })
	h.running.Go(func() { h.publish(ctx) })
	h.running.Go(func() { h.deliver(ctx) })
	if h.options.Page != nil {
		h.running.Go(func() { h.watchPage(ctx, time.Hour) })
	}
}

// newHost is a host that does nothing by itself yet.
func newHost(o Options) *Host {
	return &Host{
		options: o, times: defaultTiming, connect: newPeer, openKnock: (*seal.Invite).OpenKnock,
		lookup: net.DefaultResolver.LookupNetIP, posts: newMailbox[func()](), wake: make(chan struct{}, 1), again: make(chan struct{}, 1),
		links: map[wire.LinkID]*listening{}, guests: map[wire.Route]*visitor{},
		waiting:  map[wire.LinkID][]chan turnAnswer{},
		status:   app.LineStatus{Origin: o.Origin, Problem: looking},
		troubles: trouble{relay: looking},
	}
}

// Close ends every call as the therapist's wish, and the socket.
func (h *Host) Close() {
	calls := h.calls()
	for _, c := range calls {
		c.End(app.EndTherapist)
		<-c.closed
	}
	if len(calls) > 0 {
		time.Sleep(2 * h.times.linger) // the goodbyes are still leaving
	}
	h.stop()
	h.running.Wait()
	h.posts.close()
}

func (h *Host) calls() []*call {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []*call
	for _, l := range h.links {
		for _, c := range l.calls {
			all = append(all, c)
		}
	}
	return all
}

// deliver calls doorsteps in order, and never under a lock of ours or of the caller's.
func (h *Host) deliver(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.posts.ready:
			for _, f := range h.posts.take() {
				f()
			}
		}
	}
}

// NewInvite makes the keys of a link.
func (h *Host) NewInvite(_ context.Context, s app.InviteSpec) (app.InviteMaterial, error) {
	kind := wire.LinkSingle
	if s.Kind == app.InviteStanding {
		kind = wire.LinkStanding
	}
	var flags wire.LinkFlags
	if s.PINWanted {
		flags |= wire.FlagPIN
	}
	if s.RelayOnly {
		flags |= wire.FlagRelayOnly
	}
	var pair *seal.SigningKey
	if s.PairKey != nil {
		var err error
		if pair, err = seal.ParseSigningKey(s.PairKey); err != nil {
			return app.InviteMaterial{}, fmt.Errorf("rtc: pair key: %w", err)
		}
	}
	i, err := seal.NewInvite(kind, flags, s.Expires, pair)
	if err != nil {
		return app.InviteMaterial{}, err
	}
	defer i.Wipe()
	return app.InviteMaterial{Link: i.Link(h.options.Origin), Material: i.Material(), PairKey: i.PairKey().Bytes()}, nil
}

// Open publishes an invite and listens for knocks. One that is open already gets the new card.
// Material that is damaged is told as the line's problem: there is nothing to listen with.
func (h *Host) Open(i app.LineInvite, card app.Card, at app.Doorstep) {
	invite, err := seal.ParseInvite(i.Material)
	if err != nil {
		h.options.Log.Error("an invite cannot be opened", told(err))
		return
	}
	// Versions must grow across restarts without being kept anywhere: the clock does that.
	sealed, err := invite.SealCard(uint32(time.Now().Unix()), wire.Card{
		Therapist: card.Therapist, Practice: card.Practice, Welcome: card.Welcome, Consent: card.Consent,
	})
	if err != nil {
		h.options.Log.Error("a card cannot be sealed", told(err))
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.links[invite.LinkID()]
	if l == nil {
		l = &listening{
			link: invite.LinkID(), knocks: rate.NewLimiter(rate.Every(h.times.knock), knockBurst),
			seen: newRecent[[32]byte](maxKnocks), calls: map[[16]byte]*call{},
		}
		h.links[l.link] = l
	}
	if l.invite != nil && l.invite != l.opening {
		l.invite.Wipe()
	}
	l.id, l.owner, l.invite, l.expires, l.card, l.at = i.ID, invite.OwnerToken(), invite, i.Expires, sealed, at
	l.published, l.refused = false, ""
	h.tellStatus()
	status := h.status
	h.posts.put(func() { at.LineChanged(status) })
	h.nudge()
}

// nudge wakes whoever waits for something to do.
func (h *Host) nudge() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// lookAgain wakes reach.
func (h *Host) lookAgain() {
	select {
	case h.again <- struct{}{}:
	default:
	}
}

// Shut stops listening for knocks. The link stays with us while a call of it runs.
func (h *Host) Shut(id app.InviteID, why app.ShutReason) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.links {
		if l.id != id || l.invite == nil {
			continue
		}
		if l.invite != l.opening {
			l.invite.Wipe()
		}
		l.invite = nil
		if why != app.ShutLocked {
			h.ended = append(h.ended, ending{link: l.link, owner: bytes.Clone(l.owner), why: string(why)})
			h.nudge()
		}
		for route, v := range h.guests {
			if route.Link == l.link && v.call == nil {
				h.forget(v)
				h.drop(route)
			}
		}
		h.release(l)
		h.tellStatus()
	}
}

// Withdraw deletes the blob of a link that nobody listens to.
func (h *Host) Withdraw(i app.LineInvite, why app.ShutReason, gone func()) {
	invite, err := seal.ParseInvite(i.Material)
	if err != nil {
		h.options.Log.Error("an invite cannot be withdrawn", told(err))
		return
	}
	defer invite.Wipe()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = append(h.ended, ending{invite.LinkID(), bytes.Clone(invite.OwnerToken()), string(why), gone})
	h.nudge()
}

// release stops listening to a link that nobody needs any more. Under mu.
func (h *Host) release(l *listening) {
	if l.invite != nil || len(l.calls) > 0 {
		return
	}
	delete(h.links, l.link)
	clear(l.owner)
	if h.socket != nil {
		h.socket.order(wire.Order{Op: "unlisten", Link: l.link})
	}
	for route := range h.guests {
		if route.Link == l.link {
			delete(h.guests, route)
		}
	}
}

// drop hangs up on a guest. Under mu.
func (h *Host) drop(r wire.Route) {
	delete(h.guests, r)
	if h.socket != nil {
		h.socket.order(wire.Order{Op: "drop", Link: r.Link, Conn: r.Conn})
	}
}

// send passes a frame to a guest; false while the relay is away.
func (h *Host) send(r wire.Route, frame []byte) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.socket == nil {
		return false
	}
	h.socket.frame(r, frame)
	return true
}

// Status is how the relay is reached just now.
func (h *Host) Status() app.LineStatus {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.status
}
