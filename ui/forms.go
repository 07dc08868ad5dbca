package ui

import (
	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/ui/widget"
)

// newFormButton opens the menu of formats: our own, the practice's, and the way to make one.
func newFormButton(u *UI, life *scope, text string, kind widget.Kind, chosen app.NoteFormat, pick func(app.Form)) *widget.MenuButton {
	var b *widget.MenuButton
	b = widget.NewMenuButton(text, kind, func() {
		read(u, life, u.p.Forms, func(forms []app.Form, err error) {
			if err != nil {
				u.complain(err)
				return
			}
			b.Pop(formItems(u, forms, chosen, func(f app.Form) { chosen = f.Format; pick(f) })...)
		})
	})
	return b
}

func formItems(u *UI, forms []app.Form, chosen app.NoteFormat, pick func(app.Form)) []*fyne.MenuItem {
	var items []*fyne.MenuItem
	own := false
	for _, f := range forms {
		if f.Own && !own {
			items = append(items, fyne.NewMenuItem("", nil))
			own = true
		}
		item := fyne.NewMenuItem(clipTitle(f.Name), func() { pick(f) })
		item.Checked = f.Format == chosen
		items = append(items, item)
	}
	return append(items, fyne.NewMenuItem("", nil), fyne.NewMenuItem("Own templates…", func() { u.shell().templates() }))
}

// clipTitle keeps a title short enough for a menu or a toast.
func clipTitle(s string) string {
	if r := []rune(s); len(r) > 44 {
		return string(r[:43]) + "…"
	}
	return s
}
