package app

import (
	"context"
	"time"
)

// Version is what a draft said at one time. Drafts keep theirs: as they were opened, before another
// format was chosen, before something was carried forward. What was signed is the note itself.
type Version struct {
	Number   int // counts up in the order of keeping; gaps are versions that were thinned out
	At       time.Time
	Why      string // VersionOpened, VersionFormat or VersionCarry
	Format   NoteFormat
	Form     string
	Title    string
	Sections []Section
}

// Why a version was kept.
const (
	VersionOpened = "opened"
	VersionFormat = "format"
	VersionCarry  = "carry"
)

// VersionStore gives back what NoteWriter.SaveDraft kept.
type VersionStore interface {
	Versions(ctx context.Context, id NoteID) ([]Version, error) // oldest first
}

const (
	versionsWhole = 10 // the last so many stay
	versionsMost  = 50
)

// ThinVersions tells which versions of a note are to go, so that a draft of many years does not grow
// without end: the last ten stay, of those before them the last of each day, and fifty in all. at
// are their times, oldest first; the answer are places in it.
func ThinVersions(at []time.Time) []int {
	var stay []int
	for i := range at {
		last := i+1 == len(at) || DayOf(at[i], time.UTC) != DayOf(at[i+1], time.UTC)
		if last || i >= len(at)-versionsWhole {
			stay = append(stay, i)
		}
	}
	stay = stay[max(0, len(stay)-versionsMost):]
	var gone []int
	for i := range at {
		if len(stay) > 0 && stay[0] == i {
			stay = stay[1:]
			continue
		}
		gone = append(gone, i)
	}
	return gone
}

// version is n as it is to be kept.
func (n Note) version(why string) Version {
	return Version{
		At: n.Changed, Why: why, Format: n.Format, Form: n.Form, Title: n.Title,
		Sections: append([]Section(nil), n.Sections...),
	}
}

// empty: nothing was written into it.
func (v Version) empty() bool { return Note{Sections: v.Sections}.empty() }

// FormName is what the version's format is called.
func (v Version) FormName() string { return formName(v.Format, v.Form) }

// History is a note's versions, oldest first; the last is the note as the store has it, with Number 0.
func (p *Practice) History(ctx context.Context, id NoteID) ([]Version, error) {
	r, err := p.open()
	if err != nil {
		return nil, err
	}
	all, err := r.Notes.Versions(ctx, id)
	if err != nil {
		return nil, err
	}
	n, err := r.Notes.Note(ctx, id)
	if err != nil {
		return nil, err
	}
	return append(all, n.shaped().version("")), nil
}

// SectionChange is what became of one section between two versions.
type SectionChange struct {
	Heading string
	Runs    []Run
	Changed bool
}

// Changes are the differences between two versions, section by section: those of the later one in
// their order, then those that went.
func Changes(old, next Version) []SectionChange {
	before := map[string]Section{}
	for _, s := range old.Sections {
		before[s.Key] = s
	}
	oldNote, nextNote := Note{Format: old.Format}, Note{Format: next.Format}
	var all []SectionChange
	add := func(heading, from, to string) {
		if from != "" || to != "" {
			all = append(all, SectionChange{heading, Diff(from, to), from != to})
		}
	}
	if old.Title != next.Title {
		add("Title", old.Title, next.Title)
	}
	for _, s := range next.Sections {
		add(nextNote.heading(s), before[s.Key].Text, s.Text)
		delete(before, s.Key)
	}
	for _, s := range old.Sections {
		if _, gone := before[s.Key]; gone {
			add(oldNote.heading(s), s.Text, "")
		}
	}
	return all
}
