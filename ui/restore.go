package ui

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// restore brings a record back from a backup and the recovery kit.
type restore struct {
	kitForm
	file *widget.Field
	what *widget.Para // the file says of itself
}

func newRestore(u *UI) *restore {
	r := &restore{what: widget.NewPara("", widget.Soft)}
	r.file = widget.NewField(widget.NewEntry("Backup file", ""), "Its name ends in .alcovebackup.")
	r.file.Entry.OnChanged = func(string) { r.inspect() }
	find := widget.NewButton("Choose the file…", "", widget.LinkTo, func() { u.chooseFile(r.file.Entry.SetText) }).Low()
	r.kitForm = newKitForm(u, "Restore from a backup", "You need the backup file and the recovery kit that was valid when it was made. All of the file is checked before anything is put in place.",
		widget.NewButton("Restore", "refresh", widget.Primary, r.Submit), widget.Col(look.S2, r.file, widget.Row(look.S2, widget.Grow(r.what), find)))
	return r
}

func (r *restore) Name() string { return "restore" }
func (r *restore) Focus()       { r.u.win.Canvas().Focus(r.file.Entry) }

// inspect says of when the backup is, as soon as there is one of that name.
func (r *restore) inspect() {
	path := r.file.Entry.Text
	if !strings.HasSuffix(strings.TrimSpace(path), ".alcovebackup") {
		r.file.Advise("")
		r.what.Set("")
		return
	}
	read(r.u, r.life, func(ctx context.Context) (app.BackupFile, error) { return r.u.p.InspectBackup(ctx, path) }, func(f app.BackupFile, err error) {
		if path != r.file.Entry.Text {
			return
		}
		r.file.Advise(app.Explain(err))
		r.what.Set("")
		if err == nil {
			r.what.Set("Made on " + f.Made.Local().Format("2 January 2006, 15:04") + ", " + size(f.Bytes) + ".")
		}
		r.u.reflow()
	})
}

// Submit restores.
func (r *restore) Submit() {
	if kit, ok := r.typed(); ok {
		r.restore(app.RestoreOrder{Path: r.file.Entry.Text, Kit: kit, Pass: r.pass.passphrase()})
	}
}

// restore keeps the secrets of the order for another look at it, and no longer.
func (r *restore) restore(o app.RestoreOrder) {
	r.open.Disable()
	f := &far{}
	run(r.u, r.life, work[struct{}]{
		what: restoring[app.RestoreReading], far: f,
		do: func(ctx context.Context) (struct{}, error) {
			err := r.u.p.Restore(ctx, o, func(phase app.RestorePhase, done, total int64) { f.doing(restoring[phase], done, total) })
			if !errors.Is(err, app.ErrWouldReplace) || ctx.Err() != nil {
				wipe(o)
			}
			return struct{}{}, err
		},
		done: func(_ struct{}, err error) {
			r.open.Enable()
			var there *app.ReplaceError
			if errors.As(err, &there) {
				r.replace(o, there)
				return
			}
			r.u.complain(err)
		},
	})
}

// restoring says what a restore is doing.
var restoring = map[app.RestorePhase]string{
	app.RestoreReading:  "Reading the backup",
	app.RestoreWriting:  "Writing it to the disk",
	app.RestoreUpdating: "Bringing it up to date",
	app.RestorePages:    "Checking every page",
	app.RestoreTables:   "Checking the tables",
	app.RestoreIndex:    "Writing the search index",
	app.RestoreProof:    "Trying every signature",
	app.RestoreKeys:     "Making new keys",
}

func wipe(o app.RestoreOrder) {
	o.Pass.Wipe()
	o.Kit.Wipe()
}

// replace names what would be put aside.
func (r *restore) replace(o app.RestoreOrder, e *app.ReplaceError) {
	when := "2 January 2006, 15:04"
	text := "The record on this computer, last written to on " + e.Record.Local().Format(when) + ", is put aside and not deleted: Backups, in the settings, can put it back. The backup has all that was done in it."
	switch {
	case e.Other:
		text = "The record on this computer is another practice’s. It was last written to on " + e.Record.Local().Format(when) + ". It is put aside and not deleted, but Alcove opens the restored one from then on."
	case e.Older:
		text = "The backup is older than the record on this computer: it is of " + e.Backup.Local().Format(when) + ", the record was last written to on " + e.Record.Local().Format(when) +
			". What was written in between is not in the backup. The present record is put aside and not deleted: Backups, in the settings, can put it back."
	}
	yes := "Replace the record"
	if e.Older && !e.Other {
		yes = "Go back to the older one"
	}
	no := widget.NewButton("Cancel", "", widget.Secondary, r.u.closeDialog)
	r.u.over(widget.DialogSpec{
		Icon: "warning", Tone: widget.Caution, Title: "There is a record here already", Text: text, Focus: no,
		Buttons: []fyne.CanvasObject{no, widget.NewButton(yes, "", widget.Danger, func() {
			o.Replace = true
			r.u.closeDialog()
			r.restore(o)
		})},
	}, func() {
		if !o.Replace {
			wipe(o)
		}
	})
}
