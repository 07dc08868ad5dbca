package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/ui/look"
	"alcove/ui/widget"
)

// auditDates chooses a time.
type auditDates struct {
	u        *UI
	pick     *widget.Pick
	between  *fyne.Container
	from, to *widget.Field
	changed  func()
}

const (
	anyTime   = "any"
	today24   = "today"
	days7     = "7"
	days30    = "30"
	days365   = "365"
	fromTo    = "between"
	dateShape = "2006-01-02"
)

func newAuditDates(u *UI, changed func()) *auditDates {
	d := &auditDates{u: u, changed: changed}
	field := func(label string) *widget.Field {
		f := widget.NewField(widget.NewEntry(label, ""), "")
		f.Entry.OnChanged = func(string) { d.look() }
		return f
	}
	d.from, d.to = field("From"), field("To")
	d.between = container.NewStack(widget.RowTop(look.S3, widget.Sized(180, 0, d.from), widget.Sized(180, 0, d.to), widget.Gap()))
	d.between.Hide()
	d.pick = widget.NewPick("Time", anyTime, func(v string) {
		if v == fromTo {
			d.between.Show()
			now := u.follow.now().Local()
			d.from.Entry.SetText(now.AddDate(0, -1, 0).Format(dateShape))
			d.to.Entry.SetText(now.Format(dateShape))
		} else {
			d.between.Hide()
		}
		u.reflow()
		changed()
	}, anyTime, "Any time", today24, "Today", days7, "Last 7 days", days30, "Last 30 days", days365, "Last 12 months", fromTo, "Between two days…")
	return d
}

// look advises on a day that is none, and searches when both are right.
func (d *auditDates) look() {
	good := true
	for _, f := range []*widget.Field{d.from, d.to} {
		advice := ""
		if _, err := time.Parse(dateShape, strings.TrimSpace(f.Entry.Text)); err != nil && f.Entry.Text != "" {
			good, advice = false, "As in 2026-11-25."
		}
		f.Advise(advice)
	}
	d.u.reflow()
	if good {
		d.changed()
	}
}

// span is from the beginning of the first day to the end of the last; zero times for no bound.
func (d *auditDates) span() (from, to time.Time) {
	now := d.u.follow.now().Local()
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch d.pick.Value() {
	case today24:
		return midnight, time.Time{}
	case days7:
		return midnight.AddDate(0, 0, -6), time.Time{}
	case days30:
		return midnight.AddDate(0, 0, -29), time.Time{}
	case days365:
		return midnight.AddDate(-1, 0, 0), time.Time{}
	case fromTo:
		if t, err := time.ParseInLocation(dateShape, strings.TrimSpace(d.from.Entry.Text), now.Location()); err == nil {
			from = t
		}
		if t, err := time.ParseInLocation(dateShape, strings.TrimSpace(d.to.Entry.Text), now.Location()); err == nil {
			to = t.AddDate(0, 0, 1)
		}
	}
	return from, to
}
