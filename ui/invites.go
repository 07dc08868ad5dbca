package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// invites is the tab where links are made, given away and taken back.
type invites struct {
	k      *client
	u      *UI
	kind   *widget.Choice
	about  *widget.Para
	pin    *widget.Switch
	create *widget.Button
	wrong  *widget.Banner
	list   *fyne.Container
	root   *widget.VScroll
}

var kindAbout = map[app.InviteKind]string{
	app.InviteSingle:   "For one session. It works until you admit your client once, at most seven days.",
	app.InviteStanding: "For every session, for 90 days. Your client’s device is remembered after the first one, so that the code is asked for only once.",
}

func newInvites(k *client) *invites {
	i := &invites{
		k: k, u: k.u, list: widget.Col(look.S4), about: widget.NewPara(kindAbout[app.InviteSingle], widget.Soft),
		wrong: widget.NewBanner("", widget.Caution),
	}
	i.wrong.Hide()
	i.kind = widget.NewChoice(string(app.InviteSingle), func(v string) {
		i.about.Set(kindAbout[app.InviteKind(v)])
		i.root.Refresh()
	}, string(app.InviteSingle), kindWord(app.InviteSingle), string(app.InviteStanding), kindWord(app.InviteStanding))
	i.pin = widget.NewSwitch("Ask for a PIN", false, nil)
	i.create = widget.NewButton("Create link", "link", widget.Primary, i.Submit)
	card := widget.Card(widget.CardHead("New invite"), widget.ColStart(0, i.kind), i.about,
		widget.Row(look.S3, i.pin, widget.Grow(widget.Col(2, widget.NewText("Ask for a PIN", widget.Strong),
			widget.NewPara("Six digits that you tell by phone. They show that whoever knocks is not merely somebody who found the link.", widget.Soft)))),
		i.wrong, widget.Row(look.S3, widget.Gap(), i.create))
	devices := widget.Card(widget.CardHead("This client’s devices"), widget.NewPara("The phones and computers that have met you with a verified code are known "+
		"here. If one was lost, sold or is shared, forget them all.", widget.Soft),
		widget.Row(look.S3, widget.Gap(), widget.NewButton("Forget devices", "close", widget.Danger, i.forget).Named("Forget this client’s devices")))
	i.root = widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, widget.Measure(820, widget.Col(look.S4, card, i.list, devices))))
	return i
}

// Submit makes the link.
func (i *invites) Submit() {
	if i.create.Disabled() {
		return
	}
	i.create.Disable()
	w := app.InviteWish{Client: i.k.id, Kind: app.InviteKind(i.kind.Value()), PIN: i.pin.On()}
	run(i.u, i.k.life, work[app.InviteView]{
		what: "Making the link", keep: true,
		do: func(ctx context.Context) (app.InviteView, error) { return i.u.p.CreateInvite(ctx, w) },
		done: func(_ app.InviteView, err error) {
			i.create.Enable()
			i.wrong.Say("", widget.Caution)
			if err != nil {
				i.wrong.Say(app.Explain(err), widget.Caution)
			}
			i.root.Refresh()
			i.read()
		},
	})
}

func (i *invites) read() {
	read(i.u, i.k.sub, func(ctx context.Context) ([]app.InviteView, error) { return i.u.p.Invites(ctx, i.k.id) },
		func(all []app.InviteView, err error) {
			i.list.Objects = nil
			switch {
			case err != nil:
				i.list.Add(widget.NewBanner(app.Explain(err), widget.Caution))
			case len(all) == 0:
				i.list.Add(widget.Pad(look.S6, 0, 0, 0, widget.Empty("link", "No invites yet", "Create a link above, and send it the way you usually write to each other.")))
			}
			i.create.SetKind(widget.Primary)
			open := 0
			var closed []fyne.CanvasObject
			for _, v := range all {
				if v.State == app.InviteOpen {
					give := widget.Secondary
					if open == 0 { // one that was made last is there to be sent
						give = widget.Primary
						i.create.SetKind(widget.Secondary)
					}
					open++
					i.list.Add(i.card(v, give))
				} else {
					closed = append(closed, i.past(v))
				}
			}
			if len(closed) > 0 {
				i.list.Add(widget.Card(widget.CardHead("Earlier links"), widget.Rows(closed...)))
			}
			i.k.tabs[tabInvites].SetCount(some(open))
			i.k.root.Refresh()
		})
}

func (i *invites) facts(v app.InviteView) fyne.CanvasObject {
	now := i.u.follow.now()
	return widget.Col(4, widget.NewPara(dots("Made "+dayTime(v.Created, now), ends(v, now)), widget.Soft),
		widget.NewPara(happened(v, now), widget.Soft))
}

// past is a link that no longer works.
func (i *invites) past(v app.InviteView) fyne.CanvasObject {
	return widget.Pad(look.S3, 0, look.S3, 0, widget.RowTop(look.S3,
		widget.Grow(widget.Col(4, widget.NewText(kindWord(v.Kind), widget.Strong), i.facts(v))), widget.NewPill(inviteWord(v.State))))
}

// card is an open invite: what it is good for, how to give it away, what happened to it.
func (i *invites) card(v app.InviteView, give widget.Kind) fyne.CanvasObject {
	link := widget.Stack(widget.NewBox(look.Sunken, look.Border, look.RadiusControl),
		widget.Pad(9, look.S3, 9, look.S3, widget.NewText(v.Link, widget.Mono.At(look.Small)).Cut()))
	buttons := widget.Aside(280, look.S2, widget.Row(look.S2,
		widget.NewButton("Copy link", "copy", give, func() {
			i.u.copy(v.Link, "Link copied. It is a secret: send it to your client alone.")
		}),
		widget.NewButton("Show QR code", "qr", widget.Secondary, func() { i.qr(v) })),
		widget.NewButton("Revoke", "close", widget.Danger, func() { i.revoke(v) }).Named("Revoke invite"))
	body := []fyne.CanvasObject{widget.CardHead(kindWord(v.Kind), widget.NewPill(inviteWord(v.State))), i.facts(v), link}
	if v.PIN != "" {
		body = append(body, pinRow(v.PIN))
	}
	body = append(body, buttons)
	return widget.Card(body...)
}

func pinRow(pin string) fyne.CanvasObject {
	shown := pin
	if len(pin) == widget.CodeLength {
		shown = pin[:3] + " " + pin[3:]
	}
	return widget.Row(look.S3, widget.NewIcon("phone", look.Muted, 18), widget.NewText("PIN "+shown, widget.Header),
		widget.Grow(widget.NewText("Tell it by phone, never in the message with the link.", widget.Soft).Cut()))
}

func ends(v app.InviteView, now time.Time) string {
	switch v.State {
	case app.InviteOpen:
		return "works until " + dayTime(v.Expires, now)
	case app.InviteUsed:
		return "used " + dayTime(v.Spent, now)
	case app.InviteRevoked:
		return "revoked " + dayTime(v.Revoked, now)
	case app.InviteExpired:
		return "expired " + dayTime(v.Expires, now)
	}
	return "closed after too many wrong PINs"
}

// happened is the history of a link in one line.
func happened(v app.InviteView, now time.Time) string {
	if v.Knocks == 0 {
		return "Nobody has knocked with it yet."
	}
	wrong, admitted := "", ""
	if v.WrongPINs > 0 {
		wrong = count(v.WrongPINs, "wrong PIN")
	}
	if !v.Admitted.IsZero() {
		admitted = "last admitted " + dayTime(v.Admitted, now)
	}
	return dots(count(v.Knocks, "knock")+", the last "+dayTime(v.LastKnock, now), wrong, admitted)
}

func (i *invites) qr(v app.InviteView) {
	picture, err := widget.QR(v.Link, 300)
	if err != nil {
		i.u.complain(err)
		return
	}
	done := widget.NewButton("Close", "", widget.Secondary, i.u.closeDialog)
	body := container.NewVBox(widget.ColMid(0, picture))
	if v.PIN != "" {
		body.Add(widget.Pad(look.S3, 0, 0, 0, pinRow(v.PIN)))
	}
	i.u.ask(widget.DialogSpec{
		Icon: "qr", Tone: widget.Active, Title: "Scan to open the link",
		Text: "Your client photographs it with a telephone. Whoever photographs it has the link.", Body: body, Focus: done,
		Buttons: []fyne.CanvasObject{done},
	})
}

func (i *invites) revoke(v app.InviteView) {
	i.u.confirm("Revoke this link?", "It stops working at once, also for a client who is just opening it. A running session is not cut. You can make a new link at any time.",
		"Revoke link", widget.Danger, func() {
			act(i.u, i.k.life, "Revoking", func(ctx context.Context) error { return i.u.p.RevokeInvite(ctx, v.ID) }, func(err error) {
				if err != nil {
					i.u.complain(err)
				}
				i.read()
			})
		})
}

// forget makes the client's devices strangers again.
func (i *invites) forget() {
	id := i.k.id
	i.u.confirm("Forget this client’s devices?", "The next time your client knocks, from whichever device, it is shown as new and the spoken code is asked for again. "+
		"A standing link belongs to the device you next admit with it. Links stay open, and a running session is not cut.",
		"Forget devices", widget.Danger, func() {
			act(i.u, i.k.life, "Forgetting devices", func(ctx context.Context) error { return i.u.p.ForgetDevices(ctx, id) }, func(err error) {
				if err != nil {
					i.u.complain(err)
					return
				}
				i.u.say("Devices forgotten. The code will be asked for again.")
				i.read()
			})
		})
}
