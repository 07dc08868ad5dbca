package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// note shows one note: an editor while it is a draft, else to be read.
type note struct {
	u    *UI
	life *scope
	id   app.NoteID
	back func(app.ClientID)
	root *fyne.Container
	view app.NoteView
	edit *editor  // nil while it is read
	past *history // what it said before, while that is shown
	who  *widget.Text
}

// newNote opens a note by its ID; back goes to its client.
func newNote(u *UI, id app.NoteID, back func(app.ClientID)) *note {
	n := makeNote(u, id, back)
	n.read()
	return n
}

// newDraftScreen shows a draft that was opened already.
func newDraftScreen(u *UI, d *app.Draft, back func(app.ClientID)) *note {
	n := makeNote(u, d.ID(), back)
	n.begin(d)
	return n
}

func makeNote(u *UI, id app.NoteID, back func(app.ClientID)) *note {
	return &note{
		u: u, life: newScope(u.open.ctx), id: id, back: back, root: container.NewStack(),
		who: widget.NewText("", widget.Strong.At(look.Small)).Cut(),
	}
}

// readWho says whose note it is: beside search hits no list does.
func (n *note) readWho() {
	client := n.view.Client
	read(n.u, n.life, func(ctx context.Context) (string, error) { return n.u.p.ClientName(ctx, client) }, func(name string, err error) {
		if err == nil {
			n.who.Set(name)
			n.root.Refresh()
		}
	})
}

// Name tells an editor from a page to read.
func (n *note) Name() string {
	if n.edit != nil {
		return "draft"
	}
	return "note"
}

func (n *note) Object() fyne.CanvasObject { return n.root }

// Focus goes to the first section of a draft.
func (n *note) Focus() {
	if n.edit != nil {
		n.edit.focus()
	}
}

// Leave saves and closes a draft, and lets go of the text.
func (n *note) Leave() {
	n.life.end()
	n.u.leaveWide()
	if n.edit != nil {
		n.edit.leave()
		n.edit = nil
	}
	n.root.Objects, n.view, n.past = nil, app.NoteView{}, nil
	n.who.Set("")
}

// Escape goes back from the history to the note, and from there to the client.
func (n *note) Escape() {
	if h := n.past; h != nil {
		n.past = nil
		h.back()
		return
	}
	n.back(n.view.Client)
}

// Submit signs a draft.
func (n *note) Submit() {
	if n.edit != nil && n.past == nil {
		n.edit.sign()
	}
}

// Changed shows a draft's saved state, or reads a signed note again.
func (n *note) Changed(e app.Event) {
	if e.Kind != app.NoteChanged || e.ID != string(n.id) {
		return
	}
	switch {
	case n.edit != nil:
		n.edit.showState()
	case n.past == nil:
		n.read()
	}
}

type noteRead struct {
	view  app.NoteView
	draft *app.Draft
}

// read opens the draft, or the note if it is signed. It waits for a draft that is just being
// closed: the same one would else be closed under the fingers.
func (n *note) read() {
	closed := n.u.closing
	read(n.u, n.life, func(ctx context.Context) (noteRead, error) {
		select {
		case <-closed:
		case <-ctx.Done():
			return noteRead{}, ctx.Err()
		}
		v, err := n.u.p.Note(ctx, n.id)
		if err != nil || !v.CanEdit {
			return noteRead{view: v}, err
		}
		d, err := n.u.p.OpenDraft(ctx, n.id)
		return noteRead{v, d}, err
	}, func(r noteRead, err error) {
		switch {
		case err != nil:
			n.put(widget.PadAll(look.S6, widget.ColStart(0, widget.NewBanner(app.Explain(err), widget.Caution))))
		case r.draft != nil && n.edit != nil && n.edit.d == r.draft: // read twice: it is being written already
		case r.draft != nil:
			n.begin(r.draft)
			n.Focus()
		default:
			n.view = r.view
			n.put(n.reader())
			n.readWho()
		}
	})
}

func (n *note) begin(d *app.Draft) {
	n.view = d.View().NoteView
	n.edit = newEditor(n, d)
	n.put(n.edit.root)
	n.readWho()
}

func (n *note) put(o fyne.CanvasObject) {
	n.root.Objects = []fyne.CanvasObject{o}
	n.root.Refresh()
}

// reader is a signed note, to be read.
func (n *note) reader() fyne.CanvasObject {
	v, now := n.view, n.u.follow.now()
	page := widget.Col(look.S5)
	for _, s := range v.Sections {
		text, style := s.Text, widget.Plain
		if text == "" {
			text, style = "Nothing was written here.", widget.Soft
		}
		head := widget.Row(look.S3, widget.NewText(s.Heading, widget.Header).Cut())
		if s.Carried {
			head.Add(widget.NewPill("Carried forward, unchanged", widget.Caution))
		}
		page.Add(widget.Col(look.S2, widget.Lead(head), widget.NewPara(text, style)))
	}
	col := widget.Col(look.S4)
	if v.Adding {
		col.Add(widget.NewBanner("An addendum is being written.", widget.Active))
	}
	col.Add(widget.Card(page))
	col.Add(widget.NewBanner(n.signature()))
	for _, a := range v.Addenda {
		col.Add(widget.Card(widget.CardHead("Addendum", widget.NewPill(dayTime(a.At, now), widget.Neutral)),
			widget.NewPara(a.Text, widget.Plain), widget.NewPara("Added by "+a.By, widget.Fine)))
	}
	head := widget.Row(look.S2, widget.IconButton("Back to client", "back", widget.Ghost, n.Escape),
		widget.Grow(widget.Col(2, widget.NewText(titleOf(v.Title), widget.TitleOf).Cut(),
			widget.Lead(widget.Row(0, n.who, widget.NewText(dots(v.FormName(), dayTime(v.Created, now)), widget.Soft))))))
	todo := widget.Row(look.S2, widget.NewPill(noteWord(v.Status)), widget.IconButton("History", "history", widget.Ghost, func() { n.openHistory(n.read) }),
		widget.NewButton("Copy as text", "copy", widget.Secondary, n.export))
	switch {
	case v.Adding:
		todo.Add(widget.NewButton("Go on writing", "edit", widget.Secondary, n.addendum))
	case v.CanAdd:
		todo.Add(widget.NewButton("Add addendum", "add", widget.Secondary, n.addendum))
	}
	return widget.Col(0, bar(widget.Aside(240, look.S2, head, todo)), widget.HLine(),
		widget.Grow(widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, widget.Measure(820, col)))))
}

// bar is the strip at the top of a detail.
func bar(row fyne.CanvasObject) fyne.CanvasObject {
	return widget.On(look.Surface, widget.Pad(look.S3, look.S5, look.S3, look.S4, row))
}

func (n *note) signature() (string, widget.Tone) {
	v := n.view
	if !v.HashFits {
		return "The text is not what " + v.Signed.By + " signed on " + dayTime(v.Signed.At, n.u.follow.now()) + ". Keep a backup, and look into it.", widget.Negative
	}
	return "Signed by " + v.Signed.By + " on " + v.Signed.At.Local().Format("2 January 2006 at 15:04") + ", and unchanged since.", widget.Positive
}

func (n *note) addendum() {
	n.u.askWords(wordingSpec{
		of: app.WritingOf(app.AddendumWriting, n.id), icon: "sign", tone: widget.Active, title: "Add an addendum",
		text:  "It is dated when you sign it, and cannot be changed afterwards. The note itself stays as it was signed.",
		label: "Addendum", rows: 12, long: true, hint: keptMeanwhile,
		lost: "It is not added. The note, and what was added to it before, stay.",
		yes:  "Sign addendum", deed: "sign", kind: widget.Primary, doing: "Saving", said: "Addendum signed",
		do:     func(ctx context.Context, text string) error { return n.u.p.AddAddendum(ctx, n.id, text) },
		closed: n.read,
	})
}

func (n *note) export() {
	n.u.confirm("Copy the note as text?", "The text leaves the sealed store and goes to the clipboard, where other programs can read it. The audit log keeps that you did it.",
		"Copy", widget.Primary, func() {
			run(n.u, n.life, work[string]{
				what: "Copying the note", keep: true,
				do: func(ctx context.Context) (string, error) { return n.u.p.ExportNote(ctx, n.id) },
				done: func(text string, err error) {
					if err != nil {
						n.u.complain(err)
						return
					}
					n.u.copy(text, "Copied. Empty the clipboard when you are done.")
				},
			})
		})
}
