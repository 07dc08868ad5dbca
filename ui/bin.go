package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// bin lists the deleted drafts of a client in place of the notes, or those of all beside a search.
type bin struct {
	u      *UI
	life   *scope
	client app.ClientID // "" for all
	back   *widget.Button
	put    func(fyne.CanvasObject)
	// restored is called when one was brought back.
	restored func()
}

func (b bin) show() {
	read(b.u, b.life, func(ctx context.Context) ([]app.DeletedDraft, error) { return b.u.p.DeletedDrafts(ctx, b.client) },
		func(all []app.DeletedDraft, err error) {
			if err != nil {
				b.u.complain(err)
				return
			}
			b.put(widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, b.page(all))))
		})
}

func (b bin) page(all []app.DeletedDraft) fyne.CanvasObject {
	head := widget.Row(look.S2, b.back, widget.Grow(widget.NewText("Deleted drafts", widget.Header)))
	if len(all) == 0 {
		return widget.Col(look.S4, head, widget.Card(widget.Pad(look.S8, 0, look.S8, 0,
			widget.Empty("delete", "Nothing here", "A draft you delete stays here for 30 days. Signed notes are never deleted."))))
	}
	var rows []fyne.CanvasObject
	for _, d := range all {
		days := max(1, int((d.Gone.Sub(b.u.follow.now())+23*time.Hour)/(24*time.Hour))) // the last hours are still a day
		title, sub := titleOf(d.Title), dots(d.FormName(), d.Excerpt)
		if b.client == "" {
			title, sub = d.ClientName, dots(titleOf(d.Title), sub)
		}
		rows = append(rows, widget.Pad(look.S3, 0, look.S3, 0, widget.Aside(180, look.S3,
			widget.Col(2, widget.NewText(title, widget.Strong).Cut(), widget.NewText(sub, widget.Soft).Cut()),
			widget.Row(look.S3, widget.NewPill(count(days, "day")+" left", widget.Neutral),
				widget.NewButton("Bring back", "refresh", widget.Secondary, func() { b.restore(d.ID) }).Low().Named("Bring back "+titleOf(d.Title))))))
	}
	return widget.Col(look.S4, head, widget.Card(widget.Rows(rows...)))
}

func (b bin) restore(id app.NoteID) {
	act(b.u, b.life, "Bringing it back", func(ctx context.Context) error { return b.u.p.RestoreDraft(ctx, id) }, func(err error) {
		if err != nil {
			b.u.complain(err)
			return
		}
		b.u.say("Draft brought back")
		b.restored()
	})
}
