package apptest

import (
	"fmt"
	"image"
	"slices"
	"sync"

	"alcove/app"
)

// Call is a call whose other end the test plays, by Hear.
type Call struct {
	mu    sync.Mutex
	room  app.Room
	code  string
	said  []string
	ended []app.EndReason
	media *Media
	asked []app.FormHandout
	shown []app.PlanHandout
	kept  map[app.HandoutID]bool
}

// CallCode is the code that the client reads aloud.
const CallCode = "314159"

// NewCall has the code CallCode, and pictures once they are set.
func NewCall() *Call { return &Call{code: CallCode, media: &Media{}, kept: map[app.HandoutID]bool{}} }

func (c *Call) setRoom(r app.Room) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.room = r
}

// Hear lets things happen on the call, in order.
func (c *Call) Hear(events ...app.CallEvent) {
	c.mu.Lock()
	room := c.room
	c.mu.Unlock()
	for _, e := range events {
		room.Happened(e)
	}
}

// Connect brings the call up: confirmed, connected.
func (c *Call) Connect() { c.Hear(app.CallConfirmed{}, app.CallConnected{}) }

// SendChat notes the line. It does not deliver it: Hear(CallDelivered).
func (c *Call) SendChat(_ app.ChatID, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, text)
}

// Said are the lines that were sent.
func (c *Call) Said() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.said)
}

// CheckCode compares with CallCode.
func (c *Call) CheckCode(typed string) bool { return typed == c.code }

// Media is the call's Pictures.
func (c *Call) Media() app.Media { return c.media }

// Pictures is what Media gives, with what a test may ask and set.
func (c *Call) Pictures() *Media { return c.media }

// Handouts notes what is put on the client's page.
func (c *Call) Handouts() app.Handouts { return c }

// mostAsked is how many questions a page takes; the protocol has other limits beside it.
const mostAsked = 100

// Ask notes the form.
func (c *Call) Ask(f app.FormHandout) error {
	if len(f.Instrument.Items) > mostAsked {
		return app.ErrHandoutTooLong
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, f)
	return nil
}

// Show notes the plan.
func (c *Call) Show(p app.PlanHandout) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown = append(c.shown, p)
	return nil
}

// Kept notes what becomes of answers.
func (c *Call) Kept(id app.HandoutID, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept[id] = ok
}

// OnPage is what was put on the client's page.
func (c *Call) OnPage() (asked []app.FormHandout, shown []app.PlanHandout) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.asked), slices.Clone(c.shown)
}

// Verdict is what the page was told of its answers; known is false if nothing yet.
func (c *Call) Verdict(id app.HandoutID) (ok, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ok, known = c.kept[id]
	return ok, known
}

// End notes the reason; like the real one it ends with CallEnded.
func (c *Call) End(why app.EndReason) {
	c.mu.Lock()
	c.ended = append(c.ended, why)
	room := c.room
	c.mu.Unlock()
	room.Happened(app.CallEnded{Why: why})
}

// Ended are the reasons End was called with.
func (c *Call) Ended() []app.EndReason {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.ended)
}

// Media is the sound and picture of a Call.
type Media struct {
	mu           sync.Mutex
	Log          []string // what was switched, in order; read it when the session rests
	remote, self Picture
}

// SetMicrophone notes it.
func (m *Media) SetMicrophone(on bool) { m.note("microphone", on) }

// SetCamera notes it.
func (m *Media) SetCamera(on bool) { m.note("camera", on) }

// SetVoiceOnly notes it.
func (m *Media) SetVoiceOnly(on bool) { m.note("voice only", on) }

// Use notes it.
func (m *Media) Use(d app.Devices) { m.note("use", d) }

func (m *Media) note(what string, value any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Log = append(m.Log, fmt.Sprint(what, " ", value))
}

// Remote is what ShowRemote showed last.
func (m *Media) Remote() app.Frames { return &m.remote }

// Self is what ShowSelf showed last.
func (m *Media) Self() app.Frames { return &m.self }

// ShowRemote puts a picture into the remote slot.
func (m *Media) ShowRemote(img *image.RGBA) { m.remote.show(img) }

// ShowSelf puts a picture into our own slot.
func (m *Media) ShowSelf(img *image.RGBA) { m.self.show(img) }

// Picture is a slot for the latest picture.
type Picture struct {
	mu  sync.Mutex
	img *image.RGBA
	n   uint64
}

func (p *Picture) show(img *image.RGBA) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.img = img
	p.n++
}

// Latest is the newest picture and its number.
func (p *Picture) Latest() (*image.RGBA, uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.img, p.n
}

var (
	_ app.Call  = (*Call)(nil)
	_ app.Media = (*Media)(nil)
)
