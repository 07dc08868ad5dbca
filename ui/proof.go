package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// recordCard leads to the client's record file.
func (k *client) recordCard() fyne.CanvasObject {
	return widget.Card(widget.CardHead("Proof of the record"),
		widget.NewPara("Everything that was signed for this client, in one file that others can check without Alcove.", widget.Soft),
		widget.ColStart(look.S2, widget.NewButton("Export record", "export", widget.Secondary, k.exportRecord).Low(),
			widget.NewButton("Check it", "shield", widget.Secondary, k.checkRecord).Low().Named("Check the proof of the record")))
}

// checkRecord says what of the record stands.
func (k *client) checkRecord() {
	run(k.u, k.life, work[app.RecordProof]{
		what: "Trying every signature", do: func(ctx context.Context) (app.RecordProof, error) { return k.u.p.CheckRecord(ctx, k.id) },
		done: func(p app.RecordProof, err error) {
			if err != nil {
				k.u.complain(err)
				return
			}
			icon, tone := "check", widget.Positive
			if len(p.Faults) > 0 {
				icon, tone = "warning", widget.Caution
			}
			body := widget.Col(look.S2)
			for _, f := range p.Faults[:min(len(p.Faults), faultsShown)] {
				body.Add(widget.NewPara(f, widget.Plain))
			}
			if more := len(p.Faults) - faultsShown; more > 0 {
				body.Add(widget.NewText("and "+thousands(more)+" more, which the exported file names", widget.Soft))
			}
			done := widget.NewButton("Close", "", widget.Secondary, k.u.closeDialog)
			k.u.ask(widget.DialogSpec{Icon: icon, Tone: tone, Title: "Proof of the record", Text: p.Sum, Body: body, Buttons: []fyne.CanvasObject{done}, Focus: done, Width: 560})
		},
	})
}

// faultsShown fit a dialog.
const faultsShown = 8

// exportRecord says what leaves the vault, and asks where to.
func (k *client) exportRecord() {
	name := "alcove-record-" + k.u.follow.now().Local().Format("2006-01-02-150405") + ".json" // not whose: file names are seen
	path := widget.NewField(widget.NewEntry("File", k.u.home(name)), "Anybody who has the file can read it: keep it where only you can open it.")
	cancel := widget.NewButton("Cancel", "", widget.Secondary, k.u.closeDialog)
	var save *widget.Button
	save = widget.NewButton("Export", "export", widget.Primary, func() {
		to := strings.TrimSpace(path.Entry.Text)
		save.Disable()
		act(k.u, k.life, "Exporting the record", func(ctx context.Context) error { return k.u.p.ExportRecord(ctx, k.id, to) }, func(err error) {
			save.Enable()
			if err != nil {
				path.Advise(app.Explain(err))
				k.u.reflow()
				return
			}
			k.u.closeDialog()
			k.u.say("Record exported")
		})
	})
	k.u.ask(widget.DialogSpec{
		Icon: "export", Tone: widget.Caution, Title: "Export the record of " + k.shownName() + "?", Width: 560, Focus: path.Entry,
		Text: "The file leaves the sealed store in clear words: the client’s name, and every signed note, addendum, questionnaire, response to an alert and safety plan, " +
			"with the proof that none was changed or taken out. Drafts are not in it. The audit log keeps that you did it.",
		Body: widget.Col(look.S4, path, widget.NewPara("Whoever gets it opens verify.html, which comes with Alcove, or runs “alcove verify”. "+
			"Give them your key’s fingerprint another way; it stands in Settings, under Security.", widget.Soft)),
		Buttons: []fyne.CanvasObject{cancel, save},
	})
}

// proofCard shows the fingerprint that a therapist gives to whoever checks a record file.
func (s *settings) proofCard() fyne.CanvasObject {
	print := container.NewStack(widget.NewText("…", widget.Soft))
	var text string
	copied := widget.NewButton("Copy", "copy", widget.Secondary, func() { s.u.copy(text, "Fingerprint copied") }).Named("Copy the key’s fingerprint")
	copied.Disable()
	read(s.u, s.life, s.u.p.KeyFingerprint, func(f string, err error) {
		if err != nil {
			print.Objects = []fyne.CanvasObject{widget.NewBanner(app.Explain(err), widget.Caution)}
		} else {
			text = f
			half := len(f) / 2
			print.Objects = []fyne.CanvasObject{widget.Col(0, widget.NewText(f[:half], widget.Strong), widget.NewText(strings.TrimSpace(f[half:]), widget.Strong))}
			copied.Enable()
		}
		print.Refresh()
		s.u.reflow()
	})
	return settingCard(widget.CardHead("Proof of integrity"),
		widget.NewPara("What you sign is signed with this practice’s key as well. Who checks a record file compares the key’s fingerprint: give it to them by telephone or on paper, not with the file.", widget.Soft),
		widget.Row(look.S4, widget.Grow(print), copied))
}
