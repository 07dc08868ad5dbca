package rtc

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"alcove/app"
	"alcove/rtc/seal"
	"alcove/rtc/wire"
)

// newMaterial makes a link that is not open yet.
func newMaterial(t *testing.T, h *Host, s app.InviteSpec) (app.LineInvite, *seal.Invite) {
	t.Helper()
	s.Kind, s.Expires = app.InviteStanding, time.Now().Add(time.Hour)
	m, err := h.NewInvite(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	i, err := seal.ParseInvite(m.Material)
	if err != nil {
		t.Fatal(err)
	}
	return app.LineInvite{ID: app.InviteID(i.LinkID().String()), Material: m.Material, Expires: s.Expires}, i
}

func reads(t *testing.T, at *doorstep, words string) {
	t.Helper()
	eventually(t, "the therapist reads: "+words, func() bool { s := at.last(); return s.Reached && s.Problem == words })
}

// TestRefusedLinksAreTold: nobody knocks by a link that the relay does not take, and the
// therapist is the one who must know.
func TestRefusedLinksAreTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	card := app.Card{Therapist: "Dr. Ruiz"}
	spent, _ := newMaterial(t, h.host, app.InviteSpec{})
	h.host.Open(spent, card, h.door)
	reads(t, h.door, "")
	eventually(t, "the link is there", h.host.wanted)
	h.host.Shut(spent.ID, app.ShutRevoked)
	eventually(t, "the link is dead", func() bool {
		h.host.mu.Lock()
		defer h.host.mu.Unlock()
		return len(h.host.ended) == 0
	})
	h.host.Open(spent, card, h.door)
	reads(t, h.door, linkSpent)

	taken, i := newMaterial(t, h.host, app.InviteSpec{})
	sealed, err := i.SealCard(1, wire.Card{Therapist: "Dr. Ruiz"})
	if err != nil {
		t.Fatal(err)
	}
	blob := wire.Blob{Bundle: i.SealedBundle(), Card: sealed}
	if err := h.host.request(t.Context(), http.MethodPut, "/v1/links/"+i.LinkID().String(), make([]byte, 32), blob.PutBytes(taken.Expires.Unix())); err != nil {
		t.Fatal(err)
	}
	h.host.Open(taken, card, h.door)
	reads(t, h.door, linkElsewhere+" "+linkSpent)
	if h.host.wanted() {
		t.Error("a refused link is taken for a healthy one")
	}
	h.host.Shut(spent.ID, app.ShutLocked)
	reads(t, h.door, linkElsewhere)
	h.invite(app.InviteStanding)
	h.host.mu.Lock()
	h.host.refused(wire.Refused{Link: i.LinkID(), Why: "token"})
	h.host.mu.Unlock()
	h.host.Shut(taken.ID, app.ShutLocked)
	reads(t, h.door, "")
}

// TestFullRelayIsTold: the relay is there, and takes no more.
func TestFullRelayIsTold(t *testing.T) {
	t.Parallel()
	full := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			w.WriteHeader(http.StatusInsufficientStorage)
		}
	}))
	t.Cleanup(full.Close)
	h, at := startHost(t, full.URL, nil), newDoorstep()
	invite, _ := newMaterial(t, h, app.InviteSpec{})
	h.Open(invite, app.Card{Therapist: "Dr. Ruiz"}, at)
	reads(t, at, relayFull)
}

// TestMissingTURNIsTold: a link that promised relay-only, at a relay that gives no TURN.
func TestMissingTURNIsTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	invite, i := newMaterial(t, h.host, app.InviteSpec{RelayOnly: true})
	h.host.Open(invite, app.Card{Therapist: "Dr. Ruiz"}, h.door)
	eventually(t, "the link is there", h.host.wanted)
	reads(t, h.door, "")
	g := h.visit(i.Link(h.relay.URL()))
	direct := textOnly
	direct.Direct = true
	h.admit(g, direct)
	reads(t, h.door, noTURN)
}
