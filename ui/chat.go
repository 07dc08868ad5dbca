package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// chat is what the two write to each other in a session. It is not kept unless it is filed.
type chat struct {
	r     *room
	lines *fyne.Container
	shown map[app.ChatID]*widget.Bubble
	scr   *widget.VScroll
	entry *widget.Entry
	send  *widget.Button
	none  *fyne.Container
	full  *fyne.Container
	root  fyne.CanvasObject
}

func newChat(r *room) *chat {
	c := &chat{r: r, lines: widget.Col(look.S2), shown: map[app.ChatID]*widget.Bubble{}, entry: widget.NewEntry("Message", "")}
	c.entry.SetPlaceHolder("Write to your client")
	c.entry.OnSubmitted = func(string) { c.say() }
	c.send = widget.IconButton("Send", "send", widget.Primary, c.say)
	c.scr = widget.NewVScroll(widget.Pad(look.S3, look.S4, look.S3, look.S4, c.lines))
	c.none = widget.PadAll(look.S4, widget.Empty("chat", "Nothing written yet", "What you write here is encrypted twice, and gone after the session unless you file it."))
	c.full = widget.Pad(look.S2, look.S3, look.S2, look.S3, widget.NewBanner("Your client has written more than Alcove keeps. "+
		"What they write from now on is not shown; what you write still arrives.", widget.Caution))
	c.root = widget.Col(0, widget.Grow(widget.Stack(c.scr, c.none)), c.full, widget.HLine(),
		widget.PadAll(look.S3, widget.Row(look.S2, widget.Grow(c.entry), c.send)))
	return c
}

func (c *chat) object() fyne.CanvasObject { return c.root }
func (c *chat) changed(app.Event)         {}

func (c *chat) say() {
	text := strings.TrimSpace(c.entry.Text)
	if text == "" || c.entry.Disabled() {
		return
	}
	c.r.s.Say(text)
	c.entry.SetText("")
	c.r.u.win.Canvas().Focus(c.entry)
}

func (c *chat) show(v app.SessionView) {
	grew := false
	for _, l := range v.Chat {
		meta := clockTime(l.At)
		if l.Mine {
			meta += " · " + delivery(l, v)
		}
		if b := c.shown[l.ID]; b != nil {
			b.SetMeta(meta)
			continue
		}
		b := widget.NewBubble(l.Text, meta, l.Mine)
		c.shown[l.ID], grew = b, true
		c.lines.Add(b)
	}
	setShown(c.none, len(v.Chat) == 0)
	setShown(c.full, v.ChatFull)
	over := v.Phase == app.SessionEnded
	c.send.SetEnabled(!over)
	if over {
		c.entry.Disable()
	}
	if grew {
		c.scr.Refresh()
		c.scr.ScrollToBottom()
	}
}

func delivery(l app.ChatLine, v app.SessionView) string {
	switch {
	case l.Delivered:
		return "arrived"
	case v.Phase == app.SessionEnded:
		return "did not arrive"
	case v.Phase == app.SessionLost:
		return "waits for the line"
	}
	return "on its way"
}

func (c *chat) forget() {
	c.entry.SetText("")
	c.lines.Objects, c.shown = nil, map[app.ChatID]*widget.Bubble{}
}
