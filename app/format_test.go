package app_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

func form(t *testing.T, s *apptest.Stage, f app.NoteFormat) app.Form {
	t.Helper()
	all, err := s.Forms(t.Context())
	must(t, err)
	for _, x := range all {
		if x.Format == f {
			return x
		}
	}
	t.Fatalf("no format %q", f)
	return app.Form{}
}

func headings(n app.Note) string {
	var h []string
	for _, s := range n.Sections {
		h = append(h, s.Heading)
	}
	return strings.Join(h, " ")
}

func TestFormatsAreTheFieldsOwn(t *testing.T) {
	for f, want := range map[app.NoteFormat]string{
		app.FormatSOAP: "Subjective Objective Assessment Plan",
		app.FormatDAP:  "Data Assessment Plan",
		app.FormatBIRP: "Behavior Intervention Response Plan",
		app.FormatGIRP: "Goal Intervention Response Plan",
		app.FormatPlan: "Goals Objectives Interventions Review date",
	} {
		i := slices.IndexFunc(app.BuiltInForms(), func(x app.Form) bool { return x.Format == f })
		var got []string
		for _, s := range app.BuiltInForms()[i].Sections {
			got = append(got, s.Heading)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", f, got)
		}
	}
	for _, f := range app.BuiltInForms() {
		seen := map[string]bool{}
		for _, s := range f.Sections {
			if s.Key == "" || s.Heading == "" || s.Hint == "" || seen[s.Key] || seen[s.Heading] {
				t.Errorf("%s: %+v", f.Name, s)
			}
			seen[s.Key], seen[s.Heading] = true, true
		}
	}
}

func TestParseDay(t *testing.T) {
	for text, want := range map[string]app.Day{
		"2027-03-01": "2027-03-01", " 1 March  2027 ": "2027-03-01", "1 mar 2027": "2027-03-01", "March 1, 2027": "2027-03-01",
		"1.3.2027": "2027-03-01", "01.03.2027": "2027-03-01", "29.2.2028": "2028-02-29",
		"": "", "3/1/2027": "", "2027": "", "next month": "", "2027-02-29": "", "31.4.2027": "", "1.3.27": "", "2027-03-01 x": "", "1 March": "",
	} {
		if got := app.ParseDay(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAPlanIsSignedWithADayToReviewIt(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d, err := s.NewDraft(t.Context(), addClient(t, s, "Ana"), app.FormatPlan)
		must(t, err)
		want(t, "Title", strings.HasPrefix(d.View().Title, "Treatment plan, "), true)
		d.Edit("goals", "To sleep")
		wantField(t, d.Sign(t.Context()), app.SectionReview)
		d.Edit(app.SectionReview, "in spring")
		wantField(t, d.Sign(t.Context()), app.SectionReview)
		want(t, "still a draft", d.View().CanEdit, true)
		in := time.Now().AddDate(0, 3, 0)
		d.Edit(app.SectionReview, in.Format("2 January 2006"))
		must(t, d.Sign(t.Context()))
		due, err := s.ReviewsDue(t.Context(), 0)
		must(t, err)
		want(t, "due at once", len(due), 0)
		time.Sleep(time.Until(in) + 25*time.Hour)
		unlock(t, s) // it locked itself meanwhile
		due, err = s.ReviewsDue(t.Context(), 0)
		must(t, err)
		if len(due) != 1 || due[0].ID != d.ID() || due[0].Review != app.Day(in.Format(time.DateOnly)) || due[0].ClientName != "Ana" {
			t.Errorf("due: %+v", due)
		}
	})
}

func TestATemplateThatIsNoneIsRefused(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		a, b := app.SectionForm{Heading: "First"}, app.SectionForm{Heading: "Second"}
		for _, x := range []struct {
			field string
			t     app.Template
		}{
			{"Name", app.Template{Name: " \n", Sections: []app.SectionForm{a}}},
			{"Name", app.Template{Name: "soap", Sections: []app.SectionForm{a}}},
			{"Name", app.Template{Name: strings.Repeat("n", 61), Sections: []app.SectionForm{a}}},
			{"Sections", app.Template{Name: "Own"}},
			{"Sections", app.Template{Name: "Own", Sections: make([]app.SectionForm, 21)}},
			{"1", app.Template{Name: "Own", Sections: []app.SectionForm{a, {Heading: "  "}}}},
			{"2", app.Template{Name: "Own", Sections: []app.SectionForm{a, b, {Heading: " FIRST "}}}},
			{"0", app.Template{Name: "Own", Sections: []app.SectionForm{{Heading: strings.Repeat("h", 81)}}}},
			{"0", app.Template{Name: "Own", Sections: []app.SectionForm{{Heading: "h", Hint: strings.Repeat("h", 201)}}}},
		} {
			_, err := s.SaveTemplate(t.Context(), x.t)
			wantField(t, err, x.field)
		}
		id, err := s.SaveTemplate(t.Context(), app.Template{Name: " Own\n form ", Sections: []app.SectionForm{a, b}})
		must(t, err)
		wantEvent(t, s, app.TemplateChanged, string(id))
		want(t, "Name", form(t, s, id).Name, "Own form")
		_, err = s.SaveTemplate(t.Context(), app.Template{Name: "own FORM", Sections: []app.SectionForm{a}})
		wantField(t, err, "Name")
		wantAct(t, s, app.ActTemplate, 1)
		d, err := s.NewDraft(t.Context(), addClient(t, s, "Ana"), "none such")
		wantErr(t, "a note in an unknown format", err, app.ErrNotFound)
		want(t, "draft", d, nil)
	})
}

// A note keeps what it was written under: its template may change, and go.
func TestANoteKeepsItsHeadings(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		id, err := s.SaveTemplate(ctx, app.Template{Name: "Check-in", Sections: []app.SectionForm{{Heading: "Week", Hint: "How it went"}, {Heading: "Next"}}})
		must(t, err)
		own := form(t, s, id)
		c := addClient(t, s, "Ana")
		d, err := s.NewDraft(ctx, c, id)
		must(t, err)
		want(t, "hint", d.View().Forms[0].Hint, "How it went")
		d.Edit(own.Sections[0].Key, "quiet")
		must(t, d.Sign(ctx))
		draft, err := s.NewDraft(ctx, c, id)
		must(t, err)
		draft.Edit(own.Sections[1].Key, "walk")
		must(t, draft.Close(ctx))

		_, err = s.SaveTemplate(ctx, app.Template{ID: id, Name: "Weekly", Sections: []app.SectionForm{own.Sections[1], {Key: own.Sections[0].Key, Heading: "Seven days"}}})
		must(t, err)
		same := func(when string) {
			t.Helper()
			v, err := s.Note(ctx, d.ID())
			must(t, err)
			want(t, "headings "+when, headings(v.Note), "Week Next")
			want(t, "name "+when, v.FormName(), "Check-in")
			want(t, "HashFits "+when, v.HashFits, true)
			o, err := s.OpenDraft(ctx, draft.ID())
			must(t, err)
			want(t, "draft "+when, headings(o.View().Note), "Week Next")
			must(t, o.Close(ctx))
		}
		same("after the template changed")
		must(t, s.DeleteTemplate(ctx, id))
		same("after it went")
		rows, err := s.Notes(ctx, c)
		must(t, err)
		want(t, "name in the list", rows[0].FormName(), "Check-in")
		o, err := s.OpenDraft(ctx, draft.ID())
		must(t, err)
		o.SetForm(form(t, s, app.FormatFree))
		want(t, "as free text", o.View().Sections[0].Text, "Next\nwalk")
	})
}

func TestCarryForward(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		c := addClient(t, s, "Ana")
		write := func(f app.NoteFormat, texts ...string) *app.Draft {
			t.Helper()
			d, err := s.NewDraft(ctx, c, f)
			must(t, err)
			for i := 0; i < len(texts); i += 2 {
				d.Edit(texts[i], texts[i+1])
			}
			must(t, d.Save(ctx))
			time.Sleep(time.Minute)
			return d
		}
		first := write(app.FormatSOAP)
		_, err := first.CarryForward(ctx)
		wantErr(t, "the first note", err, app.ErrNothingToCarry)
		first.Edit("subjective", "tired")
		first.Edit("plan", "walk")
		must(t, first.Sign(ctx))
		write(app.FormatFree, "text", "a phone call")

		d := write(app.FormatSOAP, "subjective", "rested")
		from, err := d.CarryForward(ctx)
		must(t, err)
		want(t, "from the last in the same format", from.ID, first.ID())
		show := func() string {
			var all []string
			for _, s := range d.View().Sections {
				all = append(all, fmt.Sprint(s.Text, " ", s.Carried))
			}
			return strings.Join(all, ", ")
		}
		want(t, "what was written stays", show(), "rested false,  false,  false, walk true")
		want(t, "marked", strings.Join(d.View().Carried, " "), "Plan")
		_, err = d.CarryForward(ctx)
		wantErr(t, "again", err, app.ErrNothingToCarry)
		must(t, d.Close(ctx))
		d, err = s.OpenDraft(ctx, d.ID())
		must(t, err)
		want(t, "the mark is kept", show(), "rested false,  false,  false, walk true")
		d.Keep("plan")
		want(t, "after it was looked at", show(), "rested false,  false,  false, walk false")

		other := write(app.FormatDAP)
		_, err = other.CarryForward(ctx) // from SOAP: what has a heading in both lands under it
		must(t, err)
		v := other.View()
		want(t, "Data", v.Sections[0].Text, "Subjective\nrested")
		want(t, "Plan", v.Sections[2].Text, "walk")
		want(t, "marked", strings.Join(v.Carried, " "), "Data Plan")
		other.Edit("data", "Subjective\nrested well")
		want(t, "touched", strings.Join(other.View().Carried, " "), "Plan")
		must(t, other.Sign(ctx))
		signed, err := s.Note(ctx, other.ID())
		must(t, err)
		want(t, "still said of the signed note", strings.Join(signed.Carried, " "), "Plan")
		want(t, "HashFits", signed.HashFits, true)
		text, err := s.ExportNote(ctx, other.ID())
		must(t, err)
		want(t, "and in the export", strings.Contains(text, "Plan (carried forward, unchanged)\nwalk"), true)
	})
}

// What the app knows of an hour belongs to that hour.
func TestTheSessionIsNotCarriedForward(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		r := s.Vault.Memory.Open(nil)
		c := addClient(t, s, "Ana")
		at := time.Now().Add(-time.Hour)
		must(t, r.Notes.SaveDraft(t.Context(), app.Note{
			ID: "N1", Client: c, Format: app.FormatDAP, Status: app.NotePreliminary, Created: at, Changed: at,
			Sections: []app.Section{{Key: "session", Heading: "Session", Text: "Start: nine"}, {Key: "data", Text: "d"}, {Key: "chat", Heading: "Chat", Text: "hi"}},
		}))
		d, err := s.NewDraft(t.Context(), c, app.FormatDAP)
		must(t, err)
		_, err = d.CarryForward(t.Context())
		must(t, err)
		want(t, "sections", headings(d.View().Note), "Data Assessment Plan")
		want(t, "carried", strings.Join(d.View().Carried, " "), "Data")

		old, err := s.OpenDraft(t.Context(), "N1")
		must(t, err)
		want(t, "in order, with headings", headings(old.View().Note), "Session Data Assessment Plan Chat")
		old.SetForm(form(t, s, app.FormatFree))
		v := old.View()
		want(t, "in another format", headings(v.Note), "Session Note Chat")
		want(t, "its text", v.Sections[0].Text+"|"+v.Sections[1].Text+"|"+v.Sections[2].Text, "Start: nine|Data\nd|hi")
	})
}

// A draft of before headings were kept is signed with them.
func TestAnOldDraftIsSignedWithItsHeadings(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		r := s.Vault.Memory.Open(nil)
		must(t, r.Notes.SaveDraft(t.Context(), app.Note{
			ID: "N1", Client: addClient(t, s, "Ana"), Format: app.FormatSOAP, Status: app.NotePreliminary, Created: time.Now(), Changed: time.Now(),
			Sections: []app.Section{{Key: "subjective", Text: "x"}, {Key: "objective"}, {Key: "assessment"}, {Key: "plan"}},
		}))
		d, err := s.OpenDraft(t.Context(), "N1")
		must(t, err)
		must(t, d.Sign(t.Context()))
		n, err := r.Notes.Note(t.Context(), "N1")
		must(t, err)
		want(t, "stored", headings(n), "Subjective Objective Assessment Plan")
		v, err := s.Note(t.Context(), "N1")
		must(t, err)
		want(t, "HashFits", v.HashFits, true)
		if !errors.Is(d.Sign(t.Context()), app.ErrSigned) {
			t.Error("signed twice")
		}
	})
}
