package rtc

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/rtc/seal"
)

// A link that was closed while the relay was away, before the app was ended, is withdrawn by the next one.
func TestWithdrawsALinkOfAnEarlierRun(t *testing.T) {
	t.Parallel()
	r := startRelay(t, nil)
	first := startHost(t, r.URL(), nil)
	m := openInvite(t, first, newDoorstep(), "i", app.InviteSingle)
	first.Close()
	invite, err := seal.ParseInvite(m.Material)
	if err != nil {
		t.Fatal(err)
	}
	status := func() int {
		resp, err := http.Get(r.URL() + "/v1/links/" + invite.LinkID().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if got := status(); got != 200 {
		t.Fatalf("before: %d", got)
	}
	second := startHost(t, r.URL(), nil)
	for range 2 { // asked again, the relay says the same
		gone := make(chan struct{})
		second.Withdraw(app.LineInvite{ID: "i", Material: m.Material, Expires: time.Now().Add(time.Hour)}, app.ShutUsed, func() { close(gone) })
		select {
		case <-gone:
		case <-time.After(soon):
			t.Fatal("the relay never answered")
		}
		if got := status(); got != 410 {
			t.Errorf("after: %d", got)
		}
	}
	away := startHost(t, strings.Replace(r.URL(), "127.0.0.1", "127.0.0.2", 1), nil)
	away.Withdraw(app.LineInvite{ID: "i", Material: m.Material}, app.ShutUsed, func() { t.Error("told of a relay that is away") })
	time.Sleep(time.Second)
}
