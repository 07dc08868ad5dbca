package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// backups is the record's copies: where they lie, when they are made, and whether they were tried.
type backups struct {
	u      *UI
	life   *scope
	root   *fyne.Container
	view   app.KeepingView
	folder *widget.Field
	every  app.BackupEvery
	keep   *widget.Button  // the settings
	found  *fyne.Container // by a restore
	state  *fyne.Container // what is made, and how far
	drills *fyne.Container
	report *app.DrillReport // of the drill just made
}

func newBackups(u *UI) *backups {
	b := &backups{u: u, life: newScope(u.open.ctx), root: container.NewStack(), found: container.NewStack(), state: container.NewStack(), drills: container.NewStack()}
	b.read(func() {
		b.every = b.view.Every
		b.build()
	})
	return b
}

func (b *backups) Name() string              { return "backups" }
func (b *backups) Object() fyne.CanvasObject { return b.root }
func (b *backups) Submit()                   { b.save() }
func (b *backups) Escape()                   { b.u.shell().settings(tabSecurity) }
func (b *backups) Leave()                    { b.life.end(); b.root.Objects = nil }

// Changed follows what runs.
func (b *backups) Changed(e app.Event) {
	if (e.Kind == app.KeepingChanged || e.Kind == app.ProfileChanged) && b.folder != nil {
		b.read(b.show)
	}
}

func (b *backups) read(done func()) {
	read(b.u, b.life, b.u.p.Keeping, func(v app.KeepingView, err error) {
		if err != nil {
			b.root.Objects = []fyne.CanvasObject{widget.PadAll(look.S6, widget.ColStart(0, widget.NewBanner(app.Explain(err), widget.Caution)))}
			b.root.Refresh()
			return
		}
		b.view = v
		done()
	})
}

func (b *backups) build() {
	b.folder = widget.NewField(widget.NewEntry("Backup folder", b.view.Folder), "On another drive if you can. The files are sealed: it may be one that is copied to a cloud.")
	every := widget.NewChoice(string(b.every), func(v string) { b.every = app.BackupEvery(v) },
		string(app.BackupByHand), "By hand", string(app.BackupDaily), "Every day", string(app.BackupWeekly), "Every week")
	b.keep = widget.NewButton("Save", "check", widget.Secondary, b.save).Named("Save backup settings")
	where := settingCard(widget.CardHead("Where and when", widget.NewButton("Choose the folder…", "", widget.LinkTo, b.choose).Low()), b.folder,
		widget.Col(look.S2, widget.NewText("Made", widget.FieldTag), widget.ColStart(0, every)),
		widget.NewPara("When one is due it is made while Alcove is unlocked, or at the next start. You can go on working meanwhile.", widget.Fine),
		widget.Row(look.S3, widget.Gap(), b.keep))
	head := widget.Row(look.S2, widget.IconButton("Back to settings", "back", widget.Ghost, b.Escape), widget.NewText("Backups", widget.TitleOf), widget.Gap())
	b.root.Objects = []fyne.CanvasObject{widget.Col(0, bar(head), widget.HLine(), widget.Grow(widget.NewVScroll(widget.Pad(look.S6, look.S8, look.S8, look.S8, widget.Measure(1080, widget.Col(look.S4, b.found,
		widget.RowTop(look.S5, widget.Share(1, widget.Col(look.S4, where, b.drills)), widget.Share(1, b.state))))))))}
	b.show()
}

func (b *backups) show() {
	b.found.Objects = findingNotice(b.u, b.life, b.view)
	setShown(b.found, len(b.found.Objects) > 0)
	b.state.Objects = []fyne.CanvasObject{b.stateCard()}
	b.drills.Objects = []fyne.CanvasObject{b.drillCard()}
	b.root.Refresh()
	b.u.reflow() // the height of wrapped text is known only now
}

const backupsShown = 8

func (b *backups) stateCard() fyne.CanvasObject {
	v := b.view
	make := widget.NewButton("Back up now", "archive", widget.Secondary, b.make).Low()
	make.SetEnabled(v.CanMake)
	first, other := b.keep, make // without a folder there is nothing else to do
	if v.CanMake {
		first, other = make, b.keep
	}
	first.SetKind(widget.Primary)
	other.SetKind(widget.Secondary)
	kids := []fyne.CanvasObject{widget.CardHead("Copies of the record", make)}
	if v.Problem != "" {
		kids = append(kids, widget.NewBanner(v.Problem, widget.Negative))
	}
	body := widget.Col(look.S3)
	switch {
	case v.Folder == "":
		body.Add(widget.Pad(look.S5, 0, look.S5, 0, widget.Empty("archive", "No copy yet", "Name a folder at the left and save it. A copy on this computer’s own disk does not survive the disk.")))
	case len(v.Files) == 0 && v.Problem == "":
		body.Add(widget.Pad(look.S5, 0, look.S5, 0, widget.Empty("archive", "No copy in this folder yet", "Make the first one now. It takes about as long as copying the record.")))
	default:
		var rows []fyne.CanvasObject
		for _, f := range v.Files[:min(len(v.Files), backupsShown)] {
			rows = append(rows, b.fileRow(f))
		}
		body.Add(widget.Rows(rows...))
		if more := len(v.Files) - backupsShown; more > 0 {
			body.Add(widget.NewText("and "+thousands(more)+" older", widget.Soft))
		}
	}
	body.Add(widget.NewPara(v.Thinned, widget.Fine))
	for _, a := range v.Aside {
		body.Add(widget.NewBanner("The record that a restore replaced on "+a.At.Local().Format("2 January 2006 at 15:04")+" is kept aside.", widget.Neutral,
			widget.Col(look.S2, widget.NewButton("Put it back", "", widget.Secondary, func() { b.putBack(a) }).Low(), widget.NewButton("Remove it", "", widget.Secondary, func() { b.removeAside(a) }).Low())))
	}
	return widget.Card(append(kids, body)...)
}

func (b *backups) fileRow(f app.BackupFile) fyne.CanvasObject {
	pill := fyne.CanvasObject(widget.NewButton("Try it", "", widget.Secondary, func() { b.drill(f.Path) }).Low().Named("Try it: the backup of " + dayTime(f.Made, b.u.follow.now())))
	if f.Cut {
		pill = widget.NewPill("Not whole", widget.Negative)
	}
	return widget.Pad(9, 0, 9, 0, widget.Row(look.S3, widget.NewIcon("archive", look.Muted, 20),
		widget.Grow(widget.Col(1, widget.NewText(dayTime(f.Made, b.u.follow.now()), widget.Strong), widget.NewText(size(f.Bytes), widget.Soft))), pill))
}

// drillCard says whether a copy was ever tried.
func (b *backups) drillCard() fyne.CanvasObject {
	v := b.view
	pill := widget.NewPill("Tried "+strings.ToLower(day(v.Drilled, b.u.follow.now())), widget.Positive)
	switch {
	case v.NoneYet:
		pill = widget.NewPill("No copy yet", widget.Neutral)
	case v.DrillDue:
		pill = widget.NewPill("Due", widget.Caution)
	}
	try := widget.NewButton("Try the newest", "refresh", widget.Secondary, func() { b.drill("") }).Named("Try the newest backup")
	try.SetEnabled(len(v.Files) > 0 && !v.Busy)
	card := widget.Col(look.S4, widget.CardHead("Restore drill", pill),
		widget.NewPara("A copy that was never opened is a hope. A drill restores one into a scratch place, opens it, checks every page and every chain, compares it with the record, and removes the place again.", widget.Soft),
		widget.ColStart(0, try))
	if b.report != nil {
		card.Add(b.reportBox(*b.report))
	}
	return widget.Card(card)
}

// reportBox says what a drill proved, one thing a line.
func (b *backups) reportBox(r app.DrillReport) fyne.CanvasObject {
	col := widget.Col(look.S2, widget.NewText("The copy of "+r.Backup.Made.Local().Format("2 January 2006, 15:04")+" came back whole", widget.Strong))
	line := func(icon string, ink fyne.ThemeColorName, text string) {
		col.Add(widget.RowTop(look.S2, widget.NewIcon(icon, ink, 18), widget.Grow(widget.NewPara(text, widget.Plain.At(look.Small)))))
	}
	good := func(text string) { line("check", look.Good, text) }
	good(fmt.Sprintf("Restored and opened in %.1f s: %s, %s, %s.", max(r.Took.Seconds(), 0.1), size(r.Backup.Bytes), count(int(r.Clients), "client"), count(int(r.Notes), "note")))
	good("Each of its " + thousands(int(r.Pages)) + " pages is sealed as it was, and every table has as many rows.")
	good("All " + entries(int(r.Entries)) + " of its audit log follow each other, and are how the record’s own begins.")
	if len(r.Known) == 0 {
		good("So are the clients’ chains. Nothing that was signed is missing from their " + entries(int(r.Signatures)) + ".")
	}
	if len(r.Known) > 0 {
		line("warning", look.Warn, "It has what the record was restored with, too. "+app.FindingWords(r.Known))
	}
	if r.LaterInRecord > 0 {
		line("info", look.Muted, "Since then the record went on by "+entries(int(r.LaterInRecord))+", which this copy lacks.")
	}
	if r.KitFits {
		good("Your present recovery kit opens it anywhere.")
	} else {
		line("warning", look.Warn, "The recovery kit of its time opens it, not the present one: keep that paper, or make a new backup.")
	}
	return col
}

func (b *backups) save() {
	if b.folder == nil {
		return
	}
	s := app.BackupSettings{Folder: b.folder.Entry.Text, Every: b.every}
	b.folder.Advise("")
	act(b.u, b.life, "Looking at the folder", func(ctx context.Context) error { return b.u.p.SaveBackups(ctx, s) }, func(err error) {
		var field *app.FieldError
		switch {
		case errors.As(err, &field):
			b.folder.Advise(field.Advice)
			b.u.reflow()
		case err != nil:
			b.u.complain(err)
		default:
			b.u.say("Saved")
			b.read(b.show)
		}
	})
}

// choose lets the folder be found by looking.
func (b *backups) choose() {
	d := dialog.NewFolderOpen(func(dir fyne.ListableURI, err error) {
		if err == nil && dir != nil {
			b.folder.Entry.SetText(dir.Path())
		}
	}, b.u.win)
	b.u.findFile(d)
}

func (b *backups) make() {
	track(b.u, b.life, "Backing up", b.u.p.BackUp, func(f app.BackupFile, err error) {
		b.u.complain(err)
		if err == nil {
			b.u.say("Backed up, " + size(f.Bytes) + ", and read back")
		}
		b.read(b.show)
	})
}

func (b *backups) drill(path string) {
	track(b.u, b.life, "Restoring into a scratch place", func(ctx context.Context, p app.Progress) (app.DrillReport, error) { return b.u.p.Drill(ctx, path, p) },
		func(r app.DrillReport, err error) {
			b.report = nil
			if err == nil {
				b.report = &r
			}
			b.u.complain(err)
			b.read(b.show)
		})
}

// putBack asks for what opens the earlier record. It outlives this screen, which goes with the lock between the two.
func (b *backups) putBack(a app.AsideRecord) {
	u := b.u
	pass := widget.NewField(widget.NewSecret("Passphrase of the earlier record", ""), "The one that it had before the restore.")
	cancel := widget.NewButton("Cancel", "", widget.Secondary, u.closeDialog)
	var do *widget.Button
	put := func() {
		if do.Disabled() || pass.Entry.Text == "" {
			u.win.Canvas().Focus(pass.Entry)
			return
		}
		typed := app.NewPassphrase([]byte(pass.Entry.Text))
		do.Disable()
		run(u, u.life, work[struct{}]{
			what: "Putting the earlier record back",
			do:   func(ctx context.Context) (struct{}, error) { return struct{}{}, u.p.PutBack(ctx, a, typed) },
			done: func(_ struct{}, err error) {
				do.Enable()
				pass.Entry.SetText("")
				switch {
				case err == nil:
					u.locked() // if it went too fast for the screen, the other record is still on it
					u.enter()
					u.say("The earlier record is back. The other one is kept aside.")
				case u.shell() == nil:
					u.complain(err)
				default:
					pass.Advise(app.Explain(err))
					u.reflow()
				}
			},
		})
	}
	do = widget.NewButton("Lock and put it back", "refresh", widget.Danger, put)
	pass.Entry.OnSubmitted = func(string) { put() }
	u.ask(widget.DialogSpec{
		Icon: "refresh", Tone: widget.Caution, Title: "Put the earlier record back?", Width: 560, Focus: pass.Entry,
		Text: "The record that was here before the restore of " + a.At.Local().Format("2 January 2006 at 15:04") + " takes the place of this one, with all that was written in it. " +
			"This one is kept aside, with what was written since, and can be put back in the same way.",
		Body: pass, Buttons: []fyne.CanvasObject{cancel, do},
	})
}

func (b *backups) removeAside(a app.AsideRecord) {
	b.u.confirm("Remove the earlier record?", "It is the record that was here before the restore of "+a.At.Local().Format("2 January 2006 at 15:04")+". What was written in it and is not in the restored one is lost for good.",
		"Remove it for good", widget.Danger, func() {
			act(b.u, b.life, "Removing it", func(ctx context.Context) error { return b.u.p.RemoveAside(ctx, a) }, func(err error) {
				b.u.complain(err)
				b.read(b.show)
			})
		})
}
