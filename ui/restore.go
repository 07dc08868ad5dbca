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
	u    *UI
	life *scope
	root fyne.CanvasObject
	file *widget.Field
	what *widget.Para // the file says of itself
	kit  *widget.Field
	pass *newPassphrase
	open *widget.Button
}

func newRestore(u *UI) *restore {
	r := &restore{u: u, life: newScope(u.life.ctx), kit: kitEntry(), what: widget.NewPara("", widget.Soft)}
	r.file = widget.NewField(widget.NewEntry("Backup file", ""), "Its name ends in .alcovebackup.")
	r.file.Entry.OnChanged = func(string) { r.inspect() }
	r.open = widget.NewButton("Restore", "refresh", widget.Primary, r.Submit).Tall()
	r.pass = newNewPassphrase(func() []string { return nil }, r.open.SetEnabled)
	back := widget.NewButton("Back", "back", widget.Ghost, u.enter).Tall()
	find := widget.NewButton("Choose the file…", "", widget.LinkTo, func() { u.chooseFile(r.file.Entry.SetText) }).Low()
	r.root = front(panel("Restore from a backup", "You need the backup file and the recovery kit that was valid when it was made. All of the file is checked before anything is put in place.",
		widget.Col(look.S2, r.file, widget.Row(look.S2, widget.Grow(r.what), find)), r.kit, r.pass.body, widget.Row(look.S3, back, widget.Gap(), r.open)))
	return r
}

func (r *restore) Name() string              { return "restore" }
func (r *restore) Object() fyne.CanvasObject { return r.root }
func (r *restore) Changed(app.Event)         {}
func (r *restore) Escape()                   { r.u.enter() }
func (r *restore) Focus()                    { r.u.win.Canvas().Focus(r.file.Entry) }

// Leave forgets what was typed.
func (r *restore) Leave() {
	r.life.end()
	r.kit.Entry.SetText("")
	r.pass.forget()
}

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
	if r.open.Disabled() {
		return
	}
	kit, err := app.ParseKit(r.kit.Entry.Text)
	if err != nil {
		r.kit.Advise(app.Explain(err))
		r.u.reflow()
		return
	}
	r.kit.Advise("")
	r.restore(app.RestoreOrder{Path: r.file.Entry.Text, Kit: kit, Pass: r.pass.passphrase()})
}

func (r *restore) restore(o app.RestoreOrder) {
	r.open.Disable()
	track(r.u, r.life, "Checking the backup and putting it in place", func(ctx context.Context, p app.Progress) (struct{}, error) {
		return struct{}{}, r.u.p.Restore(ctx, o, p)
	}, func(_ struct{}, err error) {
		r.open.Enable()
		var there *app.ReplaceError
		if errors.As(err, &there) {
			r.replace(o, there)
			return
		}
		r.u.complain(err)
	})
}

// replace names what would be put aside.
func (r *restore) replace(o app.RestoreOrder, e *app.ReplaceError) {
	when := "2 January 2006, 15:04"
	text := "The record on this computer, last written to on " + e.Record.Local().Format(when) + ", is put aside and not deleted. The backup has all that was done in it."
	switch {
	case e.Other:
		text = "The record on this computer is another practice’s. It was last written to on " + e.Record.Local().Format(when) + ". It is put aside and not deleted, but Alcove opens the restored one from then on."
	case e.Older:
		text = "The backup is older than the record on this computer: it is of " + e.Backup.Local().Format(when) + ", the record was last written to on " + e.Record.Local().Format(when) +
			". What was written in between is not in the backup. The present record is put aside and not deleted."
	}
	yes := "Replace the record"
	if e.Older && !e.Other {
		yes = "Go back to the older one"
	}
	r.u.confirm("There is a record here already", text, yes, widget.Danger, func() {
		o.Replace = true
		r.restore(o)
	})
}
