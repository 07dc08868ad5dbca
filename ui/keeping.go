package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// keepingCard leads from the settings to the copies of the record and to the log of what was done with it.
func (s *settings) keepingCard() fyne.CanvasObject {
	about := widget.NewPara("Looking…", widget.Soft)
	read(s.u, s.life, s.u.p.KeepingDue, func(v app.KeepingView, err error) {
		if err != nil {
			about.Set(app.Explain(err))
		} else {
			about.Set(keepingWords(v, s.u))
		}
		s.root.Refresh()
	})
	copies := widget.Row(look.S4, widget.Grow(widget.Col(2, widget.NewText("Backups", widget.Strong), about)),
		widget.NewButton("Open", "archive", widget.Secondary, func() { s.u.shell().backups() }).Named("Open backups"))
	return settingCard(widget.CardHead("Keeping"), settingList(copies,
		setting("Audit log", "Who was admitted, what was read, changed and taken out, and every unlock. It cannot be switched off.",
			widget.NewButton("Open", "shield", widget.Secondary, func() { s.u.shell().audit() }).Named("Open audit log"))))
}

func keepingWords(v app.KeepingView, u *UI) string {
	now := u.follow.now()
	switch {
	case v.Problem != "":
		return "The last one did not work. " + v.Problem
	case v.NoneYet:
		return "There is no copy of the record yet."
	}
	every := "made by hand"
	switch v.Every {
	case app.BackupDaily:
		every = "made every day"
	case app.BackupWeekly:
		every = "made every week"
	}
	return "The last one " + dayTime(v.Last, now) + ", " + every + "."
}

// keepingNotices are what Today says of the record's copies.
func keepingNotices(u *UI, life *scope, v app.KeepingView, clients bool) (all []fyne.CanvasObject) {
	open := func(text string) fyne.CanvasObject {
		return widget.NewButton(text, "", widget.Secondary, func() { u.shell().backups() }).Low()
	}
	all = append(all, findingNotice(u, life, v)...)
	switch {
	case v.Problem != "":
		all = append(all, widget.NewBanner("The last backup did not work. "+v.Problem, widget.Negative, open("Look at backups")))
	case v.NoneYet && clients:
		all = append(all, widget.NewBanner("There is no copy of your record yet. If this computer breaks or is stolen, everything in it is lost.", widget.Caution, open("Set up backups")))
	case v.Late:
		all = append(all, widget.NewBanner("The last backup is of "+dayTime(v.Last, u.follow.now())+", older than you wanted.", widget.Caution, open("Look at backups")))
	}
	if v.DrillDue {
		text := "Your backups have never been tried. A drill takes a minute and changes nothing."
		if !v.Drilled.IsZero() {
			text = "The last restore drill was on " + day(v.Drilled, u.follow.now()) + ". Try a backup again: drives fail silently."
		}
		all = append(all, widget.NewBanner(text, widget.Caution, open("Try a backup")))
	}
	return all
}

// findingNotice says what of a restored record does not hold, until it was read.
func findingNotice(u *UI, life *scope, v app.KeepingView) []fyne.CanvasObject {
	if len(v.Findings) == 0 {
		return nil
	}
	read := widget.NewButton("I have read this", "check", widget.Secondary, func() {
		act(u, life, "Noting it", u.p.FindingsRead, u.complain)
	}).Low()
	text := "This record was restored from a backup in which not everything held. " + app.FindingWords(v.Findings)
	if slices.ContainsFunc(v.Findings, func(f app.Finding) bool { return f.Client != "" }) {
		text += " The audit log names whose it is, and so does the proof of each client’s record."
	}
	return []fyne.CanvasObject{widget.NewBanner(text, widget.Caution,
		widget.Col(look.S2, widget.NewButton("Open the audit log", "shield", widget.Secondary, func() { u.shell().audit() }).Low(), read))}
}
