package apptest

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"alcove/app"
)

// Line is a line whose other end the test plays. It also lists devices.
type Line struct {
	mu     sync.Mutex
	n      int
	open   map[app.InviteID]opened
	shut   []string
	specs  []app.InviteSpec
	status app.LineStatus
	fail   error
	knocks int
	gone   map[app.InviteID]func()
	asked  []string
	token  string
}

type opened struct {
	invite app.LineInvite
	card   app.Card
	at     app.Doorstep
}

// NewLine reaches its relay.
func NewLine() *Line {
	return &Line{
		open:   map[app.InviteID]opened{},
		gone:   map[app.InviteID]func(){},
		status: app.LineStatus{Reached: true, Origin: "https://relay.example"},
	}
}

// Fail lets NewInvite answer err.
func (l *Line) Fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail = err
}

// NewInvite makes a link that leads nowhere.
func (l *Line) NewInvite(_ context.Context, s app.InviteSpec) (app.InviteMaterial, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return app.InviteMaterial{}, l.fail
	}
	l.n++
	l.specs = append(l.specs, s)
	pair := s.PairKey
	if pair == nil {
		pair = fmt.Appendf(nil, "pair %d", l.n)
	}
	return app.InviteMaterial{
		Link:     fmt.Sprintf("https://relay.example/j#1%043d", l.n),
		Material: fmt.Appendf(nil, "material %d", l.n), PairKey: pair,
	}, nil
}

// Specs are what invites were asked for, in order.
func (l *Line) Specs() []app.InviteSpec {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.specs)
}

// Open notes who listens.
func (l *Line) Open(i app.LineInvite, card app.Card, at app.Doorstep) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[i.ID] = opened{i, card, at}
}

// Shut notes that nobody listens any more.
func (l *Line) Shut(id app.InviteID, why app.ShutReason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, id)
	l.shut = append(l.shut, fmt.Sprint(id, " ", why))
}

// Withdraw notes that the relay is to be asked; Withdrawn is its answer.
func (l *Line) Withdraw(i app.LineInvite, why app.ShutReason, gone func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, fmt.Sprint(i.ID, " ", why, " ", string(i.Material)))
	l.gone[i.ID] = gone
}

// Withdrawals are the links that the relay is to be asked to drop, as "ID reason material", in order.
func (l *Line) Withdrawals() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.asked)
}

// Withdrawn lets the relay answer that it has dropped a link.
func (l *Line) Withdrawn(id app.InviteID) {
	l.mu.Lock()
	gone := l.gone[id]
	l.mu.Unlock()
	gone()
}

// HoldToken notes what the relay may be shown.
func (l *Line) HoldToken(url string, t app.RelayToken) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.token = strings.TrimSpace(url + " " + t.Text())
}

// Token is what the line holds just now, as "URL TOKEN"; "" if nothing.
func (l *Line) Token() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.token
}

// Status is what SetStatus said last.
func (l *Line) Status() app.LineStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status
}

// SetStatus changes how the relay is reached, and tells everybody who listens.
func (l *Line) SetStatus(s app.LineStatus) {
	l.mu.Lock()
	l.status = s
	all := slices.Collect(maps.Values(l.open))
	l.mu.Unlock()
	for _, o := range all {
		o.at.LineChanged(s)
	}
}

// Listening are the invites that somebody listens at, sorted.
func (l *Line) Listening() []app.InviteID {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.open))
}

// Card is what a client reads at an invite.
func (l *Line) Card(id app.InviteID) app.Card {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open[id].card
}

// Shuts are the invites that were shut and why, as "ID reason", in order.
func (l *Line) Shuts() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.shut)
}

// Doorstep is who listens at an invite, nil if nobody does. A test that keeps it can call it
// after Shut, as a line may.
func (l *Line) Doorstep(id app.InviteID) app.Doorstep {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open[id].at
}

// Knock knocks at an invite; k.ID and k.Invite are filled in. nil if nobody listens there.
func (l *Line) Knock(id app.InviteID, k app.Knock) *Door {
	at := l.Doorstep(id)
	if at == nil {
		return nil
	}
	d := l.NewDoor(id, k)
	at.Knocked(d)
	return d
}

// NewDoor is a knock that nobody has heard yet.
func (l *Line) NewDoor(id app.InviteID, k app.Knock) *Door {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.knocks++
	k.ID, k.Invite = app.KnockID(fmt.Sprint("K", l.knocks)), id
	if k.At.IsZero() {
		k.At = time.Now()
	}
	if k.Wants == "" {
		k.Wants = app.ModalityVideo
	}
	if k.GuestKey == nil {
		k.GuestKey = GuestKey()
	}
	return &Door{knock: k, line: l, call: NewCall()}
}

// Again is the same knock once more, as a relay can send it that kept it.
func (d *Door) Again() *Door { return &Door{knock: d.knock, line: d.line, call: NewCall()} }

// GuestKey is a new guest's key; no curve point, but nobody here calculates with it.
func GuestKey() []byte {
	key := make([]byte, 65)
	if _, err := rand.Read(key); err != nil {
		panic(err)
	}
	key[0] = 4
	return key
}

// Devices are two of each kind.
func (l *Line) Devices(context.Context) (app.DeviceList, error) {
	two := func(kind string) []app.Device {
		return []app.Device{{ID: kind + "1", Label: "Built-in " + kind}, {ID: kind + "2", Label: "USB " + kind}}
	}
	return app.DeviceList{Cameras: two("camera"), Microphones: two("microphone"), Speakers: two("speaker")}, nil
}

// Door is one knock of a test.
type Door struct {
	line *Line
	call *Call

	mu        sync.Mutex
	knock     app.Knock
	answer    string // "", "pin N", "deny SENTENCE", "admit"
	admission app.Admission
	fail      error
	meanwhile func()
	asked     []app.FormHandout
}

// Knock is what was typed.
func (d *Door) Knock() app.Knock { return d.knock }

// WrongPIN notes the answer.
func (d *Door) WrongPIN(left int) { d.say(fmt.Sprint("pin ", left)) }

// Deny notes the answer.
func (d *Door) Deny(sentence string) { d.say("deny " + sentence) }

// Ask notes the form.
func (d *Door) Ask(f app.FormHandout) error {
	if len(f.Instrument.Items) > mostAsked {
		return app.ErrHandoutTooLong
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, f)
	return nil
}

// Asked are the forms on the page of who waits.
func (d *Door) Asked() []app.FormHandout {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.asked)
}

func (d *Door) say(answer string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.answer != "" {
		panic("door: answered twice: " + d.answer + ", " + answer)
	}
	d.answer = answer
}

// FailAdmit lets Admit answer err: the guest went away.
func (d *Door) FailAdmit(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = err
}

// OnAdmit runs do at the beginning of Admit: what happens while the line asks its relay.
func (d *Door) OnAdmit(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.meanwhile = do
}

// Admit hands out the door's Call.
func (d *Door) Admit(_ context.Context, a app.Admission, r app.Room) (app.Call, error) {
	d.mu.Lock()
	meanwhile := d.meanwhile
	d.mu.Unlock()
	if meanwhile != nil {
		meanwhile()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return nil, d.fail
	}
	d.answer, d.admission = "admit", a
	d.call.setRoom(r)
	return d.call, nil
}

// Answer is what the guest got: "" while it waits, "pin N", "deny SENTENCE" or "admit".
func (d *Door) Answer() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.answer
}

// Admission is what Admit was called with.
func (d *Door) Admission() app.Admission {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.admission
}

// Leave lets the guest go away.
func (d *Door) Leave() {
	if at := d.line.Doorstep(d.knock.Invite); at != nil {
		at.Left(d.knock.ID)
	}
}

// Call is the call that an admit begins.
func (d *Door) Call() *Call { return d.call }

var (
	_ app.Line         = (*Line)(nil)
	_ app.DeviceLister = (*Line)(nil)
	_ app.Withdrawer   = (*Line)(nil)
	_ app.TokenHolder  = (*Line)(nil)
	_ app.Door         = (*Door)(nil)
)
