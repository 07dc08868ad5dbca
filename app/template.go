package app

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Template is a format of the practice's own making. While its form is filled in it is kept under the names of these fields.
type Template struct {
	ID       NoteFormat `json:"-"`
	Name     string
	Sections []SectionForm
	Changed  time.Time `json:"-"`
}

// TemplateStore keeps the templates.
type TemplateStore interface {
	Templates(ctx context.Context) ([]Template, error) // by Name, case and accents aside
	SaveTemplate(ctx context.Context, t Template, ends ...Writing) error
	DeleteTemplate(ctx context.Context, id NoteFormat, ends ...Writing) error // ErrNotFound
}

const (
	templateNameRunes = 60
	headingRunes      = 80
	hintRunes         = 200
	templateSections  = 20
)

func (t Template) form() Form {
	return Form{Format: t.ID, Name: t.Name, Sections: append([]SectionForm(nil), t.Sections...), Own: true}
}

// Templates are the practice's own formats, by name.
func (p *Practice) Templates(ctx context.Context) ([]Template, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	return r.Forms.Templates(ctx)
}

// SaveTemplate adds a template, or replaces the one with its ID: *FieldError, whose Field is "Name",
// "Sections" or the place of a section ("0", "1" …). Notes that were written under it stay as they are.
func (p *Practice) SaveTemplate(ctx context.Context, t Template) (NoteFormat, error) {
	r, err := p.open()
	if err != nil {
		return "", err
	}
	p.rewriting.Lock()
	defer p.rewriting.Unlock()
	others, err := r.Forms.Templates(ctx)
	if err != nil {
		return "", err
	}
	t.Sections = append([]SectionForm(nil), t.Sections...)
	if err := t.tidy(others); err != nil {
		return "", err
	}
	of := WritingOf(TemplateWriting, t.ID)
	if t.ID == "" {
		t.ID = NoteFormat(newID())
	}
	t.Changed = now()
	if err := p.instead(ctx, of, func() error { return r.Forms.SaveTemplate(ctx, t, of) }); err != nil {
		return "", err
	}
	p.changed(TemplateChanged, string(t.ID))
	return t.ID, p.audit(ctx, AuditEntry{Act: ActTemplate, About: string(t.ID)})
}

// DeleteTemplate takes a template away. Notes that were written under it keep their headings.
func (p *Practice) DeleteTemplate(ctx context.Context, id NoteFormat) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	of := WritingOf(TemplateWriting, id)
	if err := p.instead(ctx, of, func() error { return r.Forms.DeleteTemplate(ctx, id, of) }); err != nil {
		return err
	}
	p.changed(TemplateChanged, string(id))
	return p.audit(ctx, AuditEntry{Act: ActTemplateGone, About: string(id)})
}

// WriteTemplate keeps what is being made of a template, which has no ID if it is a new one.
func (p *Practice) WriteTemplate(was, is Template) {
	p.writeForm(WritingOf(TemplateWriting, was.ID), was, is)
}

// UnsavedTemplate is what was being made of a template, or, for "", of a new one; nil if nothing was.
func (p *Practice) UnsavedTemplate(ctx context.Context, id NoteFormat) (*Unsaved[Template], error) {
	u, err := unsaved[Template](ctx, p, WritingOf(TemplateWriting, id))
	if u != nil {
		u.Form.ID = id
	}
	return u, err
}

// tidy trims what was typed, gives new sections a key, and says what a form cannot be.
func (t *Template) tidy(others []Template) error {
	t.Name = oneLine(t.Name)
	switch {
	case t.Name == "":
		return &FieldError{"Name", "Please give the template a name."}
	case utf8.RuneCountInString(t.Name) > templateNameRunes:
		return &FieldError{"Name", fmt.Sprintf("Please use a name of at most %d letters.", templateNameRunes)}
	}
	for _, f := range builtIn {
		if strings.EqualFold(f.Name, t.Name) {
			return &FieldError{"Name", "Alcove has a format of that name already; please choose another."}
		}
	}
	for _, o := range others {
		if o.ID != t.ID && strings.EqualFold(o.Name, t.Name) {
			return &FieldError{"Name", "There is a template of that name already; please choose another."}
		}
	}
	switch {
	case len(t.Sections) == 0:
		return &FieldError{"Sections", "A template needs at least one section to write into. Add one, and save again."}
	case len(t.Sections) > templateSections:
		return &FieldError{"Sections", fmt.Sprintf("A template can have %d sections; put some of them together.", templateSections)}
	}
	headings, keys := map[string]bool{}, map[string]bool{}
	for i := range t.Sections {
		s := &t.Sections[i]
		s.Heading, s.Hint, s.Day = oneLine(s.Heading), oneLine(s.Hint), false
		place := fmt.Sprint(i)
		switch folded := strings.ToLower(s.Heading); {
		case s.Heading == "":
			return &FieldError{place, "Please give this section a heading, or remove it."}
		case utf8.RuneCountInString(s.Heading) > headingRunes:
			return &FieldError{place, fmt.Sprintf("Please use a heading of at most %d letters.", headingRunes)}
		case utf8.RuneCountInString(s.Hint) > hintRunes:
			return &FieldError{place, fmt.Sprintf("Please use a hint of at most %d letters.", hintRunes)}
		case headings[folded]:
			return &FieldError{place, "Another section has this heading already, and in a note they could not be told apart."}
		default:
			headings[folded] = true
		}
		if s.Key == "" || keys[s.Key] {
			s.Key = newID()
		}
		keys[s.Key] = true
	}
	return nil
}

// oneLine makes every run of white space one space.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, string(utf8.RuneError))), " ")
}
