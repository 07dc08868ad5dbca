package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"alcove/app"
	"alcove/app/apptest"
)

// hall has people with a record each, and nobody's is open. Whoever is chosen is a practice that was just set up and locked.
func hall(labels ...string) func(testing.TB) *apptest.Stage {
	return func(t testing.TB) *apptest.Stage {
		r := apptest.NewRegister(labels...)
		s := &apptest.Stage{}
		s.People = app.NewPeople(r, true, func(ctx context.Context, id app.PersonID, label string) (*app.Practice, error) {
			if id == "3" {
				return nil, app.ErrProfileInUse
			}
			v, line := apptest.NewVault(), apptest.NewLine()
			if id != "" {
				rec, _, err := v.Create(ctx, apptest.Pass())
				if err != nil {
					return nil, err
				}
				_ = rec.Close()
			} else {
				id = "9"
			}
			return app.New(app.Deps{Vault: v, Line: line, Devices: line, Restorer: v, People: s.People, Person: id}), nil
		})
		return s
	}
}

func init() { shots = append(shots, peopleShots...) }

func manyPeople() (all []string) {
	for i := range 14 {
		all = append(all, fmt.Sprintf("%c. %c.", 'A'+i, 'Z'-i))
	}
	return all
}

var peopleShots = []shot{
	{"people-one", hall(""), func(r *rig) { r.sees("Person 1") }},
	{"people", hall("", "M. H.", "Zoë"), func(r *rig) { r.sees("Zoë") }},
	{"people-crowded", hall(manyPeople()...), func(r *rig) { r.sees("A. Z.") }},
	{"people-long", hall(longName[:40], strings.Repeat("W", 40), "مرحبا بالعالم 🙂"), func(r *rig) { r.sees(longName[:40]) }},
	{"people-large", hall("", "M. H.", strings.Repeat("W", 40)), func(r *rig) { r.large(); r.sees("M. H.") }},
	{"people-in-use", hall("", "M. H.", "Zoë"), func(r *rig) { r.press("Zoë"); r.sees("Close") }},
	{"people-new", hall("M. H."), func(r *rig) { r.press("Someone else on this computer"); r.typed("Name in the list", "Z. K.") }},
	{"people-new-taken", hall("M. H."), func(r *rig) {
		r.press("Someone else on this computer")
		r.typed("Name in the list", "m. h.")
		r.press("Continue")
		r.until("advice", func() bool { return strings.Contains(strings.Join(r.labels(), "|"), "called that already") })
	}},
	{"people-new-large", hall("M. H."), func(r *rig) { r.large(); r.press("Someone else on this computer") }},
	{"people-new-setup", hall("M. H."), func(r *rig) {
		r.press("Someone else on this computer")
		r.typed("Name in the list", "Z. K.")
		r.press("Continue")
		r.at("setup")
	}},
	{"people-unlock", hall("", "M. H."), func(r *rig) { r.press("M. H."); r.at("unlock") }},
	{"people-unlock-long", hall("", strings.Repeat("W", 40)), func(r *rig) { r.press(strings.Repeat("W", 40)); r.at("unlock") }},
}
