package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// What belongs in a psychotherapy note, and what does not (45 CFR 164.501).
const (
	apartBelongs = "For your own thoughts about what was said: impressions, hypotheses, what moved you. They are kept apart from the record, under a passphrase of their own."
	apartNot     = "Not here, but in the record: session times, modality and frequency, medication, test results, and summaries of diagnosis, functional status, plan, symptoms, prognosis and progress."
)

// showApart is the tab of psychotherapy notes: to be set up, locked, or listed.
func (k *client) showApart() {
	type apartRead struct {
		state app.ApartState
		rows  []app.NoteRow
	}
	read(k.u, k.sub, func(ctx context.Context) (r apartRead, err error) {
		if r.state, err = k.u.p.ApartState(ctx); err != nil || r.state != app.ApartOpen {
			return r, err
		}
		r.rows, err = k.u.p.PsychotherapyNotes(ctx, k.id)
		return r, err
	}, func(r apartRead, err error) {
		switch {
		case err != nil:
			k.put(widget.PadAll(look.S6, widget.ColStart(0, widget.NewBanner(app.Explain(err), widget.Caution))))
		case r.state == app.ApartAbsent:
			k.put(k.apartPage(widget.Empty("lock", "Psychotherapy notes", "Give them a passphrase of their own, different from the one that opens Alcove. Whoever has that one alone cannot read them.",
				widget.NewButton("Set up", "key", widget.Primary, k.setUpApart).Named("Set up psychotherapy notes"))))
		case r.state == app.ApartShut:
			k.put(k.apartPage(k.unlockApart()))
		default:
			k.put(k.apartList(r.rows))
		}
	})
}

// apartPage shows o over the lines that say what belongs there.
func (k *client) apartPage(o fyne.CanvasObject) fyne.CanvasObject {
	return widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, widget.Measure(820,
		widget.Col(look.S4, widget.Card(widget.Pad(look.S6, 0, look.S6, 0, o)), apartHelp()))))
}

func apartHelp() fyne.CanvasObject {
	return widget.Col(look.S2, widget.NewPara(apartBelongs, widget.Soft), widget.NewPara(apartNot, widget.Soft))
}

func (k *client) unlockApart() fyne.CanvasObject {
	pass := widget.NewSecret("Passphrase of psychotherapy notes", "")
	wrong := widget.NewPara("", widget.Fine.In(look.Bad))
	var open *widget.Button
	unlock := func() {
		if pass.Text == "" {
			return
		}
		open.Disable()
		p := app.NewPassphrase([]byte(pass.Text))
		pass.SetText("")
		act(k.u, k.sub, "Unlocking", func(ctx context.Context) error { return k.u.p.UnlockApart(ctx, p) }, func(err error) {
			open.Enable()
			if err != nil {
				wrong.Set(apartWords(err))
				k.body.Refresh()
				k.u.win.Canvas().Focus(pass)
				return
			}
			k.show()
		})
	}
	open = widget.NewButton("Unlock", "unlock", widget.Primary, unlock).Named("Unlock psychotherapy notes")
	pass.OnSubmitted = func(string) { unlock() }
	kit := widget.NewButton("Use their recovery kit", "", widget.LinkTo, k.recoverApart)
	return widget.MiddleWide(380, widget.Col(look.S3, widget.ColMid(0, widget.IconTile("lock", look.Accent, look.AccentSoft, 56)),
		widget.NewText("Psychotherapy notes are locked", widget.Header).Centre(), pass, wrong, widget.Row(look.S2, kit, widget.Gap(), open)))
}

// apartWords speaks of their passphrase where the vault's is usually meant.
func apartWords(err error) string {
	return strings.NewReplacer("does not open the vault", "does not open psychotherapy notes", "the recovery kit opens it", "their own recovery kit opens them",
		"does not belong to this vault", "does not belong to psychotherapy notes").Replace(app.Explain(err))
}

func (k *client) apartList(rows []app.NoteRow) fyne.CanvasObject {
	add := widget.NewButton("New", "add", widget.Primary, k.newApart).Named("New psychotherapy note")
	lock := widget.NewButton("Lock", "lock", widget.Secondary, func() {
		act(k.u, k.life, "Locking", func(context.Context) error { k.u.p.LockApart(); return nil }, func(error) {})
	}).Named("Lock psychotherapy notes")
	if len(rows) == 0 {
		return k.apartPage(widget.Empty("lock", "No psychotherapy notes of this client", "Only you see what you write here, and only while it is unlocked.", add, lock))
	}
	list := widget.NewList("Psychotherapy notes", func() int { return len(rows) }, widget.NewNoteLine, func(i int, l *widget.Line) {
		fillNote(l, rows[i], k.u)
		l.Icon.Set("lock", look.Muted)
		l.Sub.Set(rows[i].Excerpt)
		l.SetPill("Apart", widget.Neutral)
	}, func(i int) { k.openApart(rows[i].ID) })
	head := widget.Row(look.S2, widget.Grow(widget.NewText(count(len(rows), "psychotherapy note"), widget.Header).Cut()), lock, add)
	return widget.Pad(look.S5, look.S6, look.S5, look.S6, widget.Col(look.S4, head, apartHelp(),
		widget.Grow(widget.Stack(widget.NewBox(look.Surface, look.Border, look.RadiusCard), widget.PadAll(6, list)))))
}

func (k *client) newApart() {
	k.editApart("Opening a note", func(ctx context.Context) (*app.Draft, error) { return k.u.p.NewPsychotherapyNote(ctx, k.id) })
}

func (k *client) openApart(id app.NoteID) {
	k.editApart("Opening the note", func(ctx context.Context) (*app.Draft, error) { return k.u.p.OpenPsychotherapyNote(ctx, id) })
}

func (k *client) editApart(what string, open func(context.Context) (*app.Draft, error)) {
	closed := k.u.closing
	run(k.u, k.life, work[*app.Draft]{
		what: what, keep: true,
		do: func(ctx context.Context) (*app.Draft, error) { <-closed; return open(ctx) },
		done: func(d *app.Draft, err error) {
			if err != nil {
				k.u.complain(err)
				return
			}
			k.c.put(newApartNote(k.u, d, k.shownName(), func() { k.c.openTab(k.id, tabApart) }))
		},
	})
}
