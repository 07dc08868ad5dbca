package app

import "strings"

// blank is a note's sections as a form asks for them, nothing written yet.
func (f Form) blank() []Section {
	var sections []Section
	for _, s := range f.Sections {
		sections = append(sections, Section{Key: s.Key, Heading: s.Heading})
	}
	return sections
}

// formName is what a note keeps of its form's name: our own formats are known by their Format.
func (f Form) formName() string {
	if f.Own {
		return f.Name
	}
	return ""
}

// title is how a note in this form is called at first.
func (f Form) title() string {
	if f.Own || f.Format == FormatIntake || f.Format == FormatPlan || f.Format == FormatDischarge {
		return f.Name
	}
	return "Note"
}

// FormName is what the note's format is called.
func (n Note) FormName() string { return formName(n.Format, n.Form) }

// FormName is what the note's format is called.
func (r NoteRow) FormName() string { return formName(r.Format, r.Form) }

func formName(f NoteFormat, kept string) string {
	if form, ok := f.form(); ok {
		return form.Name
	}
	if kept == "" {
		return "Own template"
	}
	return kept
}

// Review is the day on which a treatment plan is to be looked at again; "" for every other note.
func (n Note) Review() Day {
	if n.Format != FormatPlan {
		return ""
	}
	for _, s := range n.Sections {
		if s.Key == SectionReview {
			return ParseDay(s.Text)
		}
	}
	return ""
}

// heading of a section, also where none was kept with it.
func (n Note) heading(s Section) string {
	if s.Heading != "" {
		return s.Heading
	}
	form, _ := n.Format.form()
	if h := form.section(s.Key).Heading; h != "" {
		return h
	}
	return s.Key
}

// shaped gives a note in one of our own formats every section of it, in order, and every section
// its heading: notes of before headings were kept lack them. A note under a template was made with
// all of its sections, and keeps them.
func (n Note) shaped() Note {
	form, _ := n.Format.form()
	given := map[string]Section{}
	for _, s := range n.Sections {
		given[s.Key] = s
	}
	var sections []Section
	if s, ok := given[sectionSession]; ok {
		s.Heading = n.heading(s)
		sections = append(sections, s)
		delete(given, sectionSession)
	}
	for _, s := range form.Sections {
		sec := given[s.Key]
		sec.Key = s.Key
		sec.Heading = n.heading(sec)
		sections = append(sections, sec)
		delete(given, s.Key)
	}
	for _, s := range n.Sections {
		if _, left := given[s.Key]; left {
			s.Heading = n.heading(s)
			sections = append(sections, s)
		}
	}
	n.Sections = sections
	return n
}

// ofTheHour tells the sections that belong to one session and to no format.
func (s Section) ofTheHour() bool { return s.Key == sectionSession || s.Key == sectionChat }

// reshaped gives n another form and keeps its text: sections become headed paragraphs, and such
// paragraphs sections again. Text under no heading of the new form goes to its first section.
// What belongs to the session stands as it stood.
func (n Note) reshaped(to Form) Note {
	if n.Format == to.Format {
		return n
	}
	old := n.shaped().Sections
	var session, chat []Section
	var written []Section
	for _, s := range old {
		switch {
		case s.Key == sectionSession:
			session = append(session, s)
		case s.Key == sectionChat:
			chat = append(chat, s)
		case strings.TrimSpace(s.Text) != "":
			written = append(written, s)
		}
	}
	single := len(old)-len(session)-len(chat) == 1
	next := to.blank()
	at := 0
	parts := make([][]string, len(next))
	for i, s := range written {
		if i > 0 {
			parts[at] = append(parts[at], "")
		}
		text := s.Text
		if !single {
			text = s.Heading + "\n" + text
		}
		for line := range strings.SplitSeq(text, "\n") {
			if h := to.headed(line); h >= 0 && len(next) > 1 {
				at = h
				continue
			}
			parts[at] = append(parts[at], line)
		}
	}
	for i, lines := range parts {
		next[i].Text = strings.Trim(strings.Join(lines, "\n"), "\n")
		for _, s := range written {
			if s.Carried && strings.Contains(next[i].Text, strings.Trim(s.Text, "\n")) {
				next[i].Carried = true
			}
		}
	}
	n.Format, n.Form = to.Format, to.formName()
	n.Sections = append(append(session, next...), chat...)
	return n
}

// signable says what a form still wants before its note can be signed.
func (n Note) signable() error {
	form, _ := n.Format.form()
	for _, s := range n.Sections {
		f := form.section(s.Key)
		if advice := f.Check(s.Text); advice != "" {
			return &FieldError{s.Key, f.Heading + ": " + advice}
		}
		if f.Day && strings.TrimSpace(s.Text) == "" {
			return &FieldError{s.Key, f.Heading + ": please write a day, so that the plan comes back to you in time."}
		}
	}
	return nil
}

// headed finds the section whose heading is all that a line says, or -1.
func (f Form) headed(line string) int {
	for i, s := range f.Sections {
		if strings.TrimSpace(line) == s.Heading {
			return i
		}
	}
	return -1
}

// empty: nothing was written into it.
func (n Note) empty() bool {
	for _, s := range n.Sections {
		if strings.TrimSpace(s.Text) != "" {
			return false
		}
	}
	return true
}
