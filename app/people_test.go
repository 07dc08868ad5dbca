package app_test

import (
	"context"
	"strings"
	"testing"

	"alcove/app"
	"alcove/app/apptest"
)

func TestWhomAStartOpens(t *testing.T) {
	for labels, want := range map[string]app.PersonID{"": app.FirstPerson, "a": "1", "a b": ""} {
		got, err := app.NewPeople(apptest.NewRegister(strings.Fields(labels)...), true, nil).Alone(t.Context())
		must(t, err)
		if got != want {
			t.Errorf("of %q: %q, want %q", labels, got, want)
		}
	}
}

func TestANewPersonsLabel(t *testing.T) {
	added := ""
	p := app.NewPeople(apptest.NewRegister("", "M. H."), true, func(_ context.Context, id app.PersonID, label string) (*app.Practice, error) {
		if id != "" {
			t.Errorf("it opens %s", id)
		}
		added = label
		return nil, nil
	})
	for _, bad := range []string{"", " \t", "m. h.", "Person 1", "M. \u202eH", "M. H.\u3164", "M. H.\ufe0f", "\u2800", "a\x00", "\xff", strings.Repeat("x", 41)} {
		_, err := p.Add(t.Context(), bad)
		wantField(t, err, "Label")
	}
	_, err := p.Add(t.Context(), "  Zoë  ")
	must(t, err)
	want(t, "the label", added, "Zoë")
}

// Two starts that add somebody of one name at once: one of them has to choose another, though neither is in the list yet.
func TestTwoStartsDoNotTakeOneLabel(t *testing.T) {
	r := apptest.NewRegister("")
	start := func(fail error) *app.People {
		return app.NewPeople(r, true, func(context.Context, app.PersonID, string) (*app.Practice, error) { return nil, fail })
	}
	_, err := start(app.ErrReadOnly).Add(t.Context(), "Zoë")
	wantErr(t, "no place", err, app.ErrReadOnly)
	_, err = start(nil).Add(t.Context(), "Zoë") // the one that failed has given it back
	must(t, err)
	_, err = start(nil).Add(t.Context(), "ZOË")
	wantField(t, err, "Label")
	_, err = start(nil).Add(t.Context(), "Zoë K.")
	must(t, err)
}

// The labels lie plain on the disk, where anything may have been written into them.
func TestAStrangeLabelIsANumber(t *testing.T) {
	all, err := app.NewPeople(apptest.NewRegister("a\nb", "\u202eeve", strings.Repeat("x", 999)), true, nil).List(t.Context())
	must(t, err)
	var names []string
	for _, p := range all {
		names = append(names, p.Name())
	}
	want(t, "names", strings.Join(names, ","), "a b,Person 2,Person 3")
}

func TestWhoseRecordThisIs(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		for _, c := range []struct {
			labels []string
			shared bool
			want   app.PersonView
		}{
			{nil, true, app.PersonView{}},                                         // nobody is set up yet
			{[]string{""}, true, app.PersonView{CanSwitch: true}},                 // a second person may come
			{[]string{""}, false, app.PersonView{}},                               // in a folder that was named for one
			{[]string{"M."}, false, app.PersonView{Name: "M.", Label: "M."}},      // who is called something
			{[]string{"", "K."}, false, app.PersonView{"Person 1", "", "", true}}, // unless there are several
		} {
			r := apptest.NewRegister(c.labels...)
			p := app.New(app.Deps{Vault: s.Vault, Line: s.Line, People: app.NewPeople(r, c.shared, nil), Person: app.FirstPerson})
			got, err := p.Person(t.Context())
			must(t, err)
			c.want.Folder = r.Folder(app.FirstPerson)
			want(t, strings.Join(c.labels, ","), got, c.want)
			wantErr(t, "a label while locked", p.SaveLabel(t.Context(), "x"), app.ErrLocked)
		}
	})
}

func TestOnesOwnLabel(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		p := app.New(app.Deps{Vault: s.Vault, Line: s.Line, Devices: s.Line, People: app.NewPeople(apptest.NewRegister("", "K."), true, nil), Person: app.FirstPerson})
		must(t, p.Unlock(t.Context(), apptest.Pass()))
		defer p.Lock()
		for label, ok := range map[string]bool{"Maren": true, "": true, "person 1": true, "k.": false} {
			err := p.SaveLabel(t.Context(), label)
			if !ok {
				wantField(t, err, "Label")
				continue
			}
			must(t, err)
			v, err := p.Person(t.Context())
			must(t, err)
			want(t, "label", v.Label, label)
		}
		wantAct(t, s, app.ActSettings, 3)
	})
}

// Who gives up a label is called by a number, which must not be somebody's label.
func TestANumberIsNobodyElsesLabel(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		p := app.New(app.Deps{Vault: s.Vault, Line: s.Line, Devices: s.Line, People: app.NewPeople(apptest.NewRegister("M.", "person 1"), true, nil), Person: app.FirstPerson})
		must(t, p.Unlock(t.Context(), apptest.Pass()))
		defer p.Lock()
		wantField(t, p.SaveLabel(t.Context(), ""), "Label")
	})
}
