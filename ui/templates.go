package ui

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"alcove/app"
	"alcove/ui/look"
	"alcove/ui/widget"
)

// templates lists the practice's own formats; the form (templateform.go) takes its place while one
// is made or changed.
type templates struct {
	u    *UI
	life *scope
	form *templateForm // nil while they are listed
	root *fyne.Container
}

func newTemplates(u *UI) *templates {
	t := &templates{u: u, life: newScope(u.open.ctx), root: container.NewStack()}
	t.read()
	return t
}

// Name tells the list from the form.
func (t *templates) Name() string {
	if t.form != nil {
		return "template-form"
	}
	return "templates"
}

func (t *templates) Object() fyne.CanvasObject { return t.root }
func (t *templates) Leave()                    { t.life.end(); t.root.Objects = nil }

// New makes a template.
func (t *templates) New() { t.edit(app.Template{Sections: make([]app.SectionForm, 1)}) }

// Changed reads the list again.
func (t *templates) Changed(e app.Event) {
	switch {
	case t.form != nil:
		t.form.typing.changed(e)
	case e.Kind == app.TemplateChanged:
		t.read()
	}
}

// Escape goes back to the list, and from there to the settings.
func (t *templates) Escape() {
	if t.form == nil {
		t.u.shell().settings(tabGeneral)
		return
	}
	t.form.leave()
}

// Submit saves.
func (t *templates) Submit() {
	if t.form != nil {
		t.form.save()
	}
}

func (t *templates) put(o fyne.CanvasObject) {
	t.root.Objects = []fyne.CanvasObject{o}
	t.root.Refresh()
}

// page is a title with a way back, over what stands beneath.
func (t *templates) page(title string, body ...fyne.CanvasObject) {
	t.put(settingPage(title, t.Escape, body...))
}

func (t *templates) read() {
	t.form = nil
	read(t.u, t.life, t.u.p.Templates, func(all []app.Template, err error) {
		switch {
		case t.form != nil:
		case err != nil:
			t.page("Note templates", widget.NewBanner(app.Explain(err), widget.Caution))
		default:
			t.show(all)
		}
	})
}

func (t *templates) show(all []app.Template) {
	add := widget.NewButton("New template", "add", widget.Primary, t.New)
	if len(all) == 0 {
		t.page("Note templates", widget.Card(widget.Pad(look.S8, 0, look.S8, 0,
			widget.Empty("note", "No templates of your own yet", "A template is a note with the headings you want, in your order. It then stands in the menu of formats.", add))))
		return
	}
	var rows []fyne.CanvasObject
	for _, x := range all {
		var headings []string
		for _, s := range x.Sections {
			headings = append(headings, s.Heading)
		}
		rows = append(rows, widget.Pad(look.S3, 0, look.S3, 0, widget.Row(look.S3,
			widget.Grow(widget.Col(2, widget.NewText(x.Name, widget.Strong).Cut(), widget.NewText(strings.Join(headings, " · "), widget.Soft).Cut())),
			widget.NewButton("Edit", "edit", widget.Secondary, func() { t.edit(x) }).Low().Named("Edit "+x.Name),
			widget.IconButton("Delete "+x.Name, "delete", widget.Ghost, func() { t.remove(x) }))))
	}
	t.page("Note templates", widget.NewPara("Notes keep the headings they were written under, also when a template changes or goes.", widget.Soft),
		widget.Card(widget.CardHead(count(len(all), "template"), add.Low()), widget.Rows(rows...)))
}

func (t *templates) remove(x app.Template) {
	t.u.confirm("Delete “"+clipTitle(x.Name)+"”?", "It is no longer offered for new notes. Notes that were written with it stay as they are, with their headings.",
		"Delete template", widget.Danger, func() {
			act(t.u, t.life, "Deleting", func(ctx context.Context) error { return t.u.p.DeleteTemplate(ctx, x.ID) }, func(err error) {
				if err != nil {
					t.u.complain(err)
					return
				}
				t.u.say("Template deleted")
				t.read()
			})
		})
}

func (t *templates) edit(x app.Template) {
	run(t.u, t.life, work[*app.Unsaved[app.Template]]{
		what: "Opening", do: func(ctx context.Context) (*app.Unsaved[app.Template], error) { return t.u.p.UnsavedTemplate(ctx, x.ID) },
		done: func(kept *app.Unsaved[app.Template], err error) {
			switch {
			case t.form != nil: // the second of two clicks
			case err != nil:
				t.u.complain(err)
			default:
				t.form = newTemplateForm(t, x, kept)
				t.form.show(0)
			}
		},
	})
}

// templatesCard is the way there from the settings.
func (s *settings) templatesCard() fyne.CanvasObject {
	return settingCard(widget.CardHead("Notes and measures"), settingList(
		setting("Templates", fmt.Sprintf("Beside the %d formats of Alcove: notes with your own headings, in your order.", len(app.BuiltInForms())),
			widget.NewButton("Open", "note", widget.Secondary, func() { s.u.shell().templates() }).Named("Note templates")),
		s.instrumentsSetting()))
}
