package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// searchFilter narrows a search: by format, time, to drafts, to one client, or to psychotherapy notes
// alone, which no other search finds.
type searchFilter struct {
	u        *UI
	changed  func()
	format   app.NoteFormat
	days     int // back from today; 0 for all
	unsigned *widget.Chip
	apart    *widget.Chip
	client   *widget.Chip
	of       app.ClientID
	row      *fyne.Container
	narrow   *fyne.Container // to one client, or to psychotherapy notes
}

// spans are how far back a search can look.
var spans = []struct {
	days int
	text string
}{{0, "Any time"}, {7, "Last 7 days"}, {30, "Last 30 days"}, {365, "Last 12 months"}}

func newSearchFilter(u *UI, life *scope, changed func()) *searchFilter {
	f := &searchFilter{u: u, changed: changed}
	var format, span *widget.MenuButton
	format = widget.NewMenuButton("Any format", widget.Secondary, func() {
		read(u, life, u.p.Forms, func(forms []app.Form, err error) {
			if err != nil {
				u.complain(err)
				return
			}
			all := append([]app.Form{{Name: "Any format"}}, forms...)
			var items []*fyne.MenuItem
			for _, x := range all {
				item := fyne.NewMenuItem(clipTitle(x.Name), func() {
					f.format = x.Format
					format.Say(x.Name)
					f.row.Refresh()
					changed()
				})
				item.Checked = x.Format == f.format
				items = append(items, item)
			}
			format.Pop(items...)
		})
	}).Named("Format of the notes")
	span = widget.NewMenuButton("Any time", widget.Secondary, func() {
		var items []*fyne.MenuItem
		for _, x := range spans {
			item := fyne.NewMenuItem(x.text, func() {
				f.days = x.days
				span.Say(x.text)
				f.row.Refresh()
				changed()
			})
			item.Checked = x.days == f.days
			items = append(items, item)
		}
		span.Pop(items...)
	}).Named("Time of the notes")
	f.unsigned = f.toggle("Unsigned")
	f.apart = f.toggle("Psychotherapy notes")
	f.apart.Hide()
	f.client = widget.NewChip("", func() { f.setClient("", "") })
	f.client.Hide()
	f.narrow = widget.Row(look.S2, f.client, f.apart)
	f.row = widget.Col(look.S2, widget.Row(look.S2, format, span, f.unsigned), f.narrow)
	f.lay()
	return f
}

// lay takes no room for a line with nothing in it.
func (f *searchFilter) lay() {
	setShown(f.narrow, f.client.Visible() || f.apart.Visible())
	f.row.Refresh()
}

func (f *searchFilter) toggle(text string) *widget.Chip {
	var c *widget.Chip
	c = widget.NewChip(text, func() {
		c.SetOn(!c.On())
		f.changed()
	})
	return c
}

// setClient narrows to one client; the chip takes it back.
func (f *searchFilter) setClient(id app.ClientID, name string) {
	f.of = id
	if id == "" {
		f.client.Hide()
	} else {
		f.client.Say("Only " + clipTitle(name) + "  ×")
		f.client.Named("Only " + name + ": take the filter away")
		f.client.SetOn(true)
		f.client.Show()
	}
	f.lay()
	f.changed()
}

// query adds the filters to what was typed.
func (f *searchFilter) query(text string) app.NoteQuery {
	q := app.NoteQuery{Text: text, Client: f.of, Format: f.format, Unsigned: f.unsigned.On(), Limit: hitsShown + 1}
	if f.days > 0 {
		now := f.u.follow.now().Local()
		q.From = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()).AddDate(0, 0, 1-f.days)
	}
	return q
}

// showApart offers psychotherapy notes only while they are open.
func (f *searchFilter) showApart(open bool) {
	if open == f.apart.Visible() {
		return
	}
	if open {
		f.apart.Show()
	} else {
		f.apart.Hide()
		f.apart.SetOn(false)
	}
	f.lay()
	f.changed()
}
