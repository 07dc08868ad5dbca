package app

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Formats of our own. Any other is a template of the practice (template.go).
const (
	FormatFree      NoteFormat = "free"
	FormatSOAP      NoteFormat = "soap"
	FormatDAP       NoteFormat = "dap"
	FormatBIRP      NoteFormat = "birp"
	FormatGIRP      NoteFormat = "girp"
	FormatIntake    NoteFormat = "intake"
	FormatPlan      NoteFormat = "plan" // a treatment plan
	FormatDischarge NoteFormat = "discharge"
)

// Form is a format as it is filled in. A note keeps the headings of the form it was written
// under, whatever becomes of the form.
type Form struct {
	Format   NoteFormat
	Name     string
	Sections []SectionForm
	Own      bool // a template of the practice
}

// SectionForm is one section that a form asks for. Key is stable, also when the heading changes.
type SectionForm struct {
	Key, Heading string
	Hint         string // what belongs there, shown while nothing does
	Day          bool   // the section holds a day, and the program reads it
}

// Check says what is wrong with a text in this section; "" for nothing. What is empty is not wrong.
func (f SectionForm) Check(text string) string {
	if f.Day && strings.TrimSpace(text) != "" && ParseDay(text) == "" {
		return "Please write the day with its year, as in 2027-03-01 or 1 March 2027."
	}
	return ""
}

// Sections that stand beside those of every form: they stay whatever the format becomes, and are
// never carried forward, because they belong to one hour.
const (
	sectionSession = "session"
	sectionChat    = "chat"
)

// SectionReview holds the day on which a treatment plan is to be reviewed.
const SectionReview = "review"

var builtIn = []Form{
	{Format: FormatSOAP, Name: "SOAP", Sections: []SectionForm{
		{Key: "subjective", Heading: "Subjective", Hint: "What the client says: mood, events, complaints, in their own words."},
		{Key: "objective", Heading: "Objective", Hint: "What you saw and measured: appearance, affect, speech, scores."},
		{Key: "assessment", Heading: "Assessment", Hint: "What you make of it: progress, risk, how it fits the diagnosis."},
		{Key: "plan", Heading: "Plan", Hint: "What comes next: tasks, referrals, the next session."},
	}},
	{Format: FormatDAP, Name: "DAP", Sections: []SectionForm{
		{Key: "data", Heading: "Data", Hint: "What was said and seen in the hour."},
		{Key: "assessment", Heading: "Assessment", Hint: "What you make of it: progress, risk, response to treatment."},
		{Key: "plan", Heading: "Plan", Hint: "What comes next: tasks, referrals, the next session."},
	}},
	{Format: FormatBIRP, Name: "BIRP", Sections: []SectionForm{
		{Key: "behavior", Heading: "Behavior", Hint: "How the client came in: what they said, did and showed."},
		{Key: "intervention", Heading: "Intervention", Hint: "What you did, by name where it has one."},
		{Key: "response", Heading: "Response", Hint: "How the client took it, and what changed in the hour."},
		{Key: "plan", Heading: "Plan", Hint: "What comes next: tasks, referrals, the next session."},
	}},
	{Format: FormatGIRP, Name: "GIRP", Sections: []SectionForm{
		{Key: "goal", Heading: "Goal", Hint: "The goal of the treatment plan that this hour served."},
		{Key: "intervention", Heading: "Intervention", Hint: "What you did towards it, by name where it has one."},
		{Key: "response", Heading: "Response", Hint: "How the client took it, and how far the goal came nearer."},
		{Key: "plan", Heading: "Plan", Hint: "What comes next: tasks, referrals, the next session."},
	}},
	{Format: FormatFree, Name: "Free text", Sections: []SectionForm{
		{Key: "text", Heading: "Note", Hint: "Write as you like."},
	}},
	{Format: FormatIntake, Name: "Intake", Sections: []SectionForm{
		{Key: "presenting", Heading: "Presenting concerns", Hint: "What brings the client, since when, and why now."},
		{Key: "history", Heading: "History of care", Hint: "Earlier therapy, diagnoses, stays in hospital, and what helped."},
		{Key: "health", Heading: "Health and medication", Hint: "Illnesses, medication and dose, sleep, alcohol and other substances."},
		{Key: "social", Heading: "Family, work and support", Hint: "Who they live with, what they do, whom they can lean on."},
		{Key: "status", Heading: "Mental status", Hint: "Appearance, speech, mood and affect, thought, orientation, insight."},
		{Key: "risk", Heading: "Risk and safety", Hint: "Thoughts of suicide or harm, past attempts, protection, what was agreed."},
		{Key: "impression", Heading: "Impression", Hint: "Working diagnosis or formulation, strengths."},
		{Key: "plan", Heading: "Plan", Hint: "Kind of treatment, how often, what was agreed."},
	}},
	{Format: FormatPlan, Name: "Treatment plan", Sections: []SectionForm{
		{Key: "goals", Heading: "Goals", Hint: "What the client wants to be different, in their words."},
		{Key: "objectives", Heading: "Objectives", Hint: "Steps towards it that can be seen or counted, each with a date."},
		{Key: "interventions", Heading: "Interventions", Hint: "What you will do, how often, for how long."},
		{Key: SectionReview, Heading: "Review date", Hint: "The day to look at this again, as in 2027-03-01.", Day: true},
	}},
	{Format: FormatDischarge, Name: "Discharge summary", Sections: []SectionForm{
		{Key: "reason", Heading: "Reason for ending", Hint: "Goals met, moved away, referred on, or the client’s wish."},
		{Key: "course", Heading: "Course of treatment", Hint: "From when to when, how many sessions, what was done."},
		{Key: "outcome", Heading: "Outcome", Hint: "Goals reached and not reached; first and last scores."},
		{Key: "risk", Heading: "Risk at the end", Hint: "What is known of risk, and the safety plan that stands."},
		{Key: "after", Heading: "Aftercare", Hint: "Referrals, medication, what to do if it comes back."},
	}},
}

// BuiltInForms are the formats of our own, in the order they are offered.
func BuiltInForms() []Form { return append([]Form(nil), builtIn...) }

// form of one of our own formats.
func (f NoteFormat) form() (Form, bool) {
	for _, b := range builtIn {
		if b.Format == f {
			return b, true
		}
	}
	return Form{}, false
}

// section of a form by its key; zero if it asks for no such.
func (f Form) section(key string) SectionForm {
	for _, s := range f.Sections {
		if s.Key == key {
			return s
		}
	}
	return SectionForm{}
}

// Forms are all formats that a note can be written in: our own, then the practice's templates by
// name.
func (p *Practice) Forms(ctx context.Context) ([]Form, error) {
	own, err := p.Templates(ctx)
	if err != nil {
		return nil, err
	}
	all := BuiltInForms()
	for _, t := range own {
		all = append(all, t.form())
	}
	return all, nil
}

// form looks a format up: ErrNotFound for a template that is gone.
func (r *Records) form(ctx context.Context, f NoteFormat) (Form, error) {
	if form, ok := f.form(); ok {
		return form, nil
	}
	own, err := r.Forms.Templates(ctx)
	if err != nil {
		return Form{}, err
	}
	for _, t := range own {
		if t.ID == f {
			return t.form(), nil
		}
	}
	return Form{}, ErrNotFound
}

// usualForm is the form of the client's last progress note, or otherwise.
func (r *Records) usualForm(ctx context.Context, c ClientID, otherwise NoteFormat) (Form, error) {
	rows, err := r.Notes.Notes(ctx, c)
	if err != nil {
		return Form{}, err
	}
	for _, row := range rows {
		if f := row.Format; f == FormatIntake || f == FormatPlan || f == FormatDischarge {
			continue
		}
		form, err := r.form(ctx, row.Format)
		if !errors.Is(err, ErrNotFound) { // else its template is gone
			return form, err
		}
	}
	return r.form(ctx, otherwise)
}

// Day is a date without a time, as in "2027-03-01"; "" for none. Days sort as text.
type Day string

// DayOf is the day that a moment falls on where the practice is.
func DayOf(t time.Time, loc *time.Location) Day { return Day(t.In(loc).Format(time.DateOnly)) }

// ParseDay reads a day as people write it: "2027-03-01", "1 March 2027", "Mar 1, 2027", "1.3.2027".
// "" if it is none. 3/1/2027 is refused: half the world reads it as the third of January.
func ParseDay(text string) Day {
	text = strings.Join(strings.Fields(text), " ")
	for _, layout := range []string{time.DateOnly, "2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006", "January 2 2006", "Jan 2 2006", "2.1.2006", "2. January 2006"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= 1900 && t.Year() < 3000 {
			return Day(t.Format(time.DateOnly))
		}
	}
	return ""
}

// Time is the beginning of the day in UTC; zero for none.
func (d Day) Time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d)) // "" and nonsense give the zero time
	return t
}
