package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// showBin lists the client's deleted drafts in place of the notes.
func (k *client) showBin() {
	read(k.u, k.sub, func(ctx context.Context) ([]app.DeletedDraft, error) { return k.u.p.DeletedDrafts(ctx, k.id) },
		func(all []app.DeletedDraft, err error) {
			if err != nil {
				k.u.complain(err)
				return
			}
			k.put(widget.NewVScroll(widget.Pad(look.S5, look.S6, look.S6, look.S6, k.binPage(all))))
		})
}

func (k *client) binPage(all []app.DeletedDraft) fyne.CanvasObject {
	head := widget.Row(look.S2, widget.IconButton("Back to notes", "back", widget.Ghost, k.show),
		widget.Grow(widget.NewText("Deleted drafts", widget.Header)))
	if len(all) == 0 {
		return widget.Col(look.S4, head, widget.Card(widget.Pad(look.S8, 0, look.S8, 0,
			widget.Empty("delete", "Nothing here", "A draft you delete stays here for 30 days. Signed notes are never deleted."))))
	}
	var rows []fyne.CanvasObject
	for _, d := range all {
		days := max(1, int((d.Gone.Sub(k.u.follow.now())+23*time.Hour)/(24*time.Hour))) // the last hours are still a day
		rows = append(rows, widget.Pad(look.S3, 0, look.S3, 0, widget.Row(look.S3,
			widget.Grow(widget.Col(2, widget.NewText(titleOf(d.Title), widget.Strong).Cut(), widget.NewText(dots(d.FormName(), d.Excerpt), widget.Soft).Cut())),
			widget.NewPill(count(days, "day")+" left", widget.Neutral),
			widget.NewButton("Bring back", "refresh", widget.Secondary, func() { k.restore(d.ID) }).Low().Named("Bring back "+titleOf(d.Title)))))
	}
	return widget.Col(look.S4, head, widget.Card(widget.Rows(rows...)))
}

func (k *client) restore(id app.NoteID) {
	act(k.u, k.life, "Bringing it back", func(ctx context.Context) error { return k.u.p.RestoreDraft(ctx, id) }, func(err error) {
		if err != nil {
			k.u.complain(err)
			return
		}
		k.u.say("Draft brought back")
		k.show()
	})
}
