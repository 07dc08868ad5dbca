package ui

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// frameTick is how often the newest picture is looked for: 30 a second.
const frameTick = 33 * time.Millisecond

// room is a running session: the picture large, the chat beside it, the controls beneath.
type room struct {
	u      *UI
	s      *app.Session
	life   *scope
	stop   func() // the picture's tick
	bare   bool   // locked: the call without the record
	hidden bool   // the self view
	drawn  string // what the page was last laid out for

	name, sub, clock *widget.Text
	trust            *widget.Text
	shield           *widget.Icon
	trusted          *fyne.Container // both, while the bar does not say it
	remote, self     *widget.Video
	selfBox          *fyne.Container
	badge            *fyne.Container
	badgeText        *widget.Text
	notice           *fyne.Container
	noticeHead       *widget.Text
	noticeText       *widget.Text
	verify           *verifyBar
	later            *widget.Button // to type the code after all
	problem          *widget.Banner
	controls         map[string]*widget.Control
	bar              *fyne.Container
	side             *side       // nil while bare
	form             *unlockForm // while bare
	alerts           *alertStrip // nil while the record is sealed
	root             *fyne.Container
}

func newRoom(u *UI, s *app.Session) *room { return buildRoom(u, s, false) }

func buildRoom(u *UI, s *app.Session, bare bool) *room {
	v := s.View()
	parent := u.open
	if bare {
		parent = u.life
	}
	r := &room{
		u: u, s: s, life: newScope(parent.ctx), bare: bare,
		name:  widget.NewText("", widget.Strong.In(look.StageText)).Cut(),
		sub:   widget.NewText("", widget.Fine.In(look.StageMuted)).Cut(),
		clock: widget.NewText("", widget.Header.In(look.StageText)),
		trust: widget.NewText("", widget.Style{Size: look.Caption, Color: look.StageMuted, Bold: true}), shield: widget.NewIcon("shield", look.StageMuted, 18),
		remote: widget.NewVideo(s.Remote(), v.ClientName, 14), self: widget.NewVideo(s.Self(), "You", 10).Cover(),
		badgeText:  widget.NewText("", widget.Style{Size: look.Small, Color: look.StageText, Bold: true}),
		noticeHead: widget.NewText("", widget.Header.In(look.StageText)).Centre(), noticeText: widget.NewText("", widget.Soft.In(look.StageMuted)).Centre(),
		problem: widget.NewBanner("", widget.Caution), controls: map[string]*widget.Control{},
	}
	r.trusted = widget.Row(6, r.shield, r.trust)
	r.verify = newVerifyBar(r)
	r.later = widget.NewButton("Type the code", "", widget.Quiet, r.verify.after).Low()
	r.makeControls()
	r.badge = widget.Glass(r.badgeText)
	r.notice = widget.Glass(widget.Pad(look.S2, look.S4, look.S2, look.S4, widget.Col(4, r.noticeHead, r.noticeText)))
	r.selfBox = widget.Stack(r.self)
	r.root = container.NewStack()
	if !bare {
		r.alerts = newAlertStrip(u, r.life, v.Client, func() { r.root.Refresh() })
	}
	r.lay(v)
	r.Changed(app.Event{Kind: app.SessionChanged, ID: string(s.ID())})
	r.stop = u.follow.every(frameTick, func() { r.remote.Tick(); r.self.Tick() })
	return r
}

// lay builds the page for the session's kind: text alone has no stage.
func (r *room) lay(v app.SessionView) {
	help := widget.NewButton("Emergency", "lifebuoy", widget.Quiet, r.u.emergencyFor).Low().Named("Emergency card")
	top := widget.Aside(140, look.S3, widget.Row(look.S3, widget.NewAvatar(v.ClientName, 36), widget.Grow(widget.Col(1, r.name, r.sub))),
		widget.Flow(look.S4, help, r.later, r.trusted, widget.Row(6, widget.NewIcon("clock", look.StageMuted, 18), r.clock)))
	stage := widget.Stage(r.remote, r.selfBox, r.badge, r.notice)
	left := widget.On(look.Stage, widget.Pad(look.S3, look.S4, look.S3, look.S4, widget.Col(look.S3,
		top, r.alertBox(), r.verify.root, r.problem, widget.Grow(stage), r.bar)))
	side := fyne.CanvasObject(nil)
	if r.bare {
		r.form = newUnlockForm(r.u)
		side = widget.On(look.Surface, widget.MiddleWide(280, widget.Col(look.S4, widget.ColMid(0, widget.IconTile("lock", look.Accent, look.AccentSoft, 52)),
			widget.NewText("Locked", widget.TitleOf).Centre(), widget.NewPara("The session goes on. The record behind it is sealed.", widget.Soft).Centre(), r.form.body)))
	} else {
		r.side = newSide(r)
		side = r.side.root
	}
	if v.Modality == app.ModalityText && !r.bare {
		head := widget.On(look.Stage, widget.Pad(look.S3, look.S4, look.S3, look.S4, widget.Col(look.S3, top, r.alertBox(), r.verify.root, r.problem)))
		foot := widget.On(look.Stage, widget.Pad(look.S3, look.S4, look.S2, look.S4, r.bar))
		r.root.Objects = []fyne.CanvasObject{widget.Col(0, head, widget.Grow(widget.On(look.Surface, widget.Measure(820, side))), foot)}
		return
	}
	r.root.Objects = []fyne.CanvasObject{widget.RowFill(0, widget.Grow(left), widget.Sized(352, 0, side))}
}

// alertBox is where a risk answer of this client is shouted.
func (r *room) alertBox() fyne.CanvasObject {
	if r.alerts == nil {
		return nil
	}
	return r.alerts.box
}

func (r *room) makeControls() {
	add := func(key, label, icon string, tap func()) fyne.CanvasObject {
		r.controls[key] = widget.NewControl(label, icon, tap)
		return r.controls[key]
	}
	end := widget.NewControl("End", "hang-up", r.end).HangUp()
	r.controls["end"] = end
	r.bar = widget.FlowMid(look.S4,
		add("mic", "Mute", "mic", func() { r.s.SetMicrophone(!r.s.View().Microphone) }),
		add("camera", "Camera off", "camera", func() { r.s.SetCamera(!r.s.View().Camera) }),
		add("voice", "Voice only", "voice", func() { r.s.SetVoiceOnly(!r.s.View().VoiceOnly) }),
		add("self", "Hide self", "picture-hide", func() { r.hidden = !r.hidden; r.show() }),
		add("ask", "Ask", "send", r.askNow),
		add("devices", "Devices", "devices", func() { askDevices(r.u, r.life, r.s.Use) }), end)
}

// Name tells the bare room of a locked app from the whole one.
func (r *room) Name() string {
	if r.bare {
		return "room-locked"
	}
	return "room"
}

func (r *room) Object() fyne.CanvasObject       { return r.root }
func newLockedRoom(u *UI, s *app.Session) *room { return buildRoom(u, s, true) }

// Focus goes to the passphrase, where there is one to type.
func (r *room) Focus() {
	if r.bare {
		r.u.win.Canvas().Focus(r.form.entry)
	}
}

// Leave stops the pictures and lets go of the chat.
func (r *room) Leave() {
	r.stop()
	r.life.end()
	if r.side != nil {
		r.side.forget()
	}
	r.root.Objects = nil
}

// Changed shows the session as it now is.
func (r *room) Changed(e app.Event) {
	if r.alerts != nil {
		r.alerts.changed(e)
	}
	if r.side != nil {
		r.side.changed(e)
	}
	if e.Kind == app.SessionChanged && e.ID == string(r.s.ID()) {
		r.show()
	}
}

func (r *room) show() {
	v := r.s.View()
	r.name.Set(sessionTitle(v, r.bare))
	r.sub.Set(dots(modalityWord(v.Modality)+" session", "end to end encrypted", onPage(v)))
	r.clock.Set(timer(v.Elapsed))
	word, tone := trustWord(v.Trust)
	ink := look.StageMuted
	icon := "shield"
	if tone != widget.Positive {
		ink, icon = look.Badge, "shield-warn"
	}
	r.trust.Set(word)
	r.trust.SetStyle(widget.Style{Size: look.Caption, Color: ink, Bold: true})
	r.shield.Set(icon, ink)
	r.problem.Say(dots(v.DeviceProblem, v.RecordProblem), widget.Caution)
	r.verify.show(v)
	setShown(r.trusted, !r.verify.root.Visible())
	setShown(r.later, v.Trust == app.TrustAccepted && !r.verify.asked && v.Phase != app.SessionEnded)
	r.showStage(v)
	r.showControls(v)
	if r.side != nil {
		r.side.show(v)
	}
	// The clock alone changes every second; to lay a long chat out again each time is for nothing.
	if now := r.laidOutFor(v); now != r.drawn {
		r.drawn = now
		r.root.Refresh()
	}
}

func (r *room) laidOutFor(v app.SessionView) string {
	return fmt.Sprint(v.ClientName, v.Phase, v.Trust, v.CodeNeeded, v.WrongCodes, v.Remote, v.Microphone, v.Camera, v.VoiceOnly,
		v.DeviceProblem, v.RecordProblem, r.hidden, v.CanAsk, onPage(v), r.verify.asked, len(r.clock.Text()), len(v.Chat) == 0, v.ChatFull)
}

func sessionTitle(v app.SessionView, bare bool) string {
	if bare {
		return "Session"
	}
	return "Session with " + v.ClientName
}

func (r *room) showStage(v app.SessionView) {
	r.remote.SetBlank(!v.Remote.Camera || v.VoiceOnly || v.Phase != app.SessionLive)
	r.self.SetBlank(!v.Camera || v.VoiceOnly)
	setShown(r.selfBox, !r.hidden && v.Modality == app.ModalityVideo && !v.VoiceOnly && v.Phase != app.SessionEnded)
	badge := ""
	switch {
	case v.Phase != app.SessionLive:
	case !v.Remote.Microphone && !v.Remote.Camera:
		badge = "Microphone and camera off"
	case !v.Remote.Microphone:
		badge = "Microphone off"
	case !v.Remote.Camera && v.Modality == app.ModalityVideo:
		badge = "Camera off"
	}
	r.badgeText.Set(badge)
	setShown(r.badge, badge != "")
	head, text := phaseNotice(v)
	r.noticeHead.Set(head)
	r.noticeText.Set(text)
	setShown(r.notice, head != "")
}

func setShown(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// phaseNotice is what stands in the middle of the stage while there is no line.
func phaseNotice(v app.SessionView) (head, text string) {
	switch v.Phase {
	case app.SessionConnecting:
		return "Connecting", "The two sides are agreeing on keys."
	case app.SessionLost:
		return "The line is lost", "It comes back by itself. What you write waits."
	case app.SessionEnded:
		return "The session is over", endWord(v.Why)
	}
	return "", ""
}

func endWord(why app.EndReason) string {
	switch why {
	case app.EndClient:
		return "Your client left."
	case app.EndTampered:
		return "A message on the way was altered, repeated or missing, so the line was cut."
	case app.EndHandshake:
		return "The two sides did not come together in time."
	case app.EndLost:
		return "The line did not come back."
	}
	return "You ended it."
}

func (r *room) showControls(v app.SessionView) {
	c := r.controls
	live := v.Phase != app.SessionEnded
	label, icon := "Mute", "mic"
	if !v.Microphone {
		label, icon = "Unmute", "mic-off"
	}
	c["mic"].Set(label, icon, !v.Microphone)
	label, icon = "Camera off", "camera"
	if !v.Camera {
		label, icon = "Camera on", "camera-off"
	}
	c["camera"].Set(label, icon, !v.Camera)
	label = "Voice only"
	if v.VoiceOnly {
		label = "With picture"
	}
	c["voice"].Set(label, "voice", v.VoiceOnly)
	label = "Hide self"
	if r.hidden {
		label = "Show self"
	}
	c["self"].Set(label, "picture-hide", r.hidden)
	setShown(c["ask"], v.CanAsk && !r.bare)
	media := v.Modality != app.ModalityText
	for _, k := range []string{"mic", "devices"} {
		setShown(c[k], media && live)
	}
	for _, k := range []string{"camera", "voice", "self"} {
		setShown(c[k], media && live && v.Modality == app.ModalityVideo)
	}
	if !live {
		c["end"].Set("Leave", "door", false)
	}
}

// end asks whether the chat is to be kept, which is the therapist's to decide, and leaves.
func (r *room) end() {
	v := r.s.View()
	file := widget.NewSwitch("File the chat into the note", false, nil)
	var body fyne.CanvasObject
	if v.CanFile && !r.bare {
		body = widget.Row(look.S3, file, widget.Grow(widget.Col(2, widget.NewText("File the chat into the note", widget.Strong),
			widget.NewPara(count(len(v.Chat), "line")+". If you do not, the chat is gone when you leave.", widget.Soft))))
	}
	head, text, yes := "End the session?", "The line is closed on both sides. A draft note opens with start, end, length and kind of session filled in.", "End session"
	if v.Phase == app.SessionEnded {
		head, text, yes = "Leave the room?", "A draft note opens with start, end, length and kind of session filled in.", "Leave"
	}
	cancel := widget.NewButton("Cancel", "", widget.Secondary, r.u.closeDialog)
	r.u.ask(widget.DialogSpec{
		Icon: "hang-up", Tone: widget.Caution, Title: head, Text: text, Body: body, Focus: cancel,
		Buttons: []fyne.CanvasObject{cancel, widget.NewButton(yes, "", widget.Danger, func() {
			r.u.closeDialog()
			r.finish(file.On())
		})},
	})
}

func (r *room) finish(fileChat bool) {
	client := r.s.View().Client
	run(r.u, r.life, work[app.NoteID]{
		what: "Ending the session", keep: true,
		do: func(ctx context.Context) (app.NoteID, error) { return r.s.End(ctx, fileChat) },
		done: func(id app.NoteID, err error) {
			if err != nil {
				r.u.complain(err)
				return
			}
			sh := r.u.shell()
			switch {
			case sh == nil:
				r.u.enter()
			case id == "":
				sh.readRunning()
				sh.today()
			default:
				sh.readRunning()
				sh.openNote(client, id)
			}
		},
	})
}

// phaseWord is a session's state for a pill.
func phaseWord(v app.SessionView) (string, widget.Tone) {
	switch v.Phase {
	case app.SessionLive:
		return "Live", widget.Positive
	case app.SessionLost:
		return "Line lost", widget.Negative
	case app.SessionEnded:
		return "Over", widget.Neutral
	}
	return "Connecting", widget.Caution
}
