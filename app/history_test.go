package app_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"alcove/app"
	"alcove/app/apptest"
)

// marked writes a difference as "same [-gone-] [+added+]".
func marked(runs []app.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(map[app.RunKind]string{app.RunSame: "%s", app.RunAdded: "[+%s+]", app.RunGone: "[-%s-]"}[r.Kind])
	}
	args := make([]any, len(runs))
	for i, r := range runs {
		args[i] = r.Text
	}
	return fmt.Sprintf(b.String(), args...)
}

func TestDiffIsInWholeWords(t *testing.T) {
	for _, x := range []struct{ old, next, want string }{
		{"", "", ""},
		{"same", "same", "same"},
		{"", "new", "[+new+]"},
		{"gone", "", "[-gone-]"},
		{"sleeps badly", "sleeps better", "sleeps [-badly-][+better+]"},
		{"walked every morning, slept", "walked most mornings, slept", "walked [-every morning-][+most mornings+], slept"},
		{"Überall müde.", "Überall munter.", "Überall [-müde-][+munter+]."},
		{"one\n\ntwo", "one\ntwo", "one[-\n\n-][+\n+]two"},
		{"a 🙂 b", "a 🙁 b", "a [-🙂-][+🙁+] b"},
	} {
		want(t, x.old+" → "+x.next, marked(app.Diff(x.old, x.next)), x.want)
	}
}

// Whatever the texts, both can be read out of the difference.
func TestDiffLosesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	text := func() string {
		var b strings.Builder
		for range r.IntN(60) {
			b.WriteString([]string{"sleep", "sleeps", " ", "  ", "\n", ".", "日本語", "🌧️", "é", "\xff", "-", "x1"}[r.IntN(12)])
		}
		return b.String()
	}
	for range 500 {
		checkDiff(t, text(), text())
	}
	var many strings.Builder
	for i := range 70_000 { // more different words than there are runes below the surrogates
		fmt.Fprintf(&many, "w%d ", i)
	}
	checkDiff(t, many.String(), "w3 "+many.String())
}

func checkDiff(t *testing.T, old, next string) {
	t.Helper()
	var was, is strings.Builder
	for _, run := range app.Diff(old, next) {
		if run.Kind != app.RunAdded {
			was.WriteString(run.Text)
		}
		if run.Kind != app.RunGone {
			is.WriteString(run.Text)
		}
	}
	if was.String() != old || is.String() != next {
		t.Fatalf("%q → %q: the difference holds %q and %q", old, next, was.String(), is.String())
	}
}

func BenchmarkDiff(b *testing.B) {
	old := strings.Repeat("Walked every morning and slept a little better. ", 1000)
	next := strings.ReplaceAll(old, "little", "lot") // every ninth word
	for b.Loop() {
		app.Diff(old, next)
	}
}

func TestThinVersions(t *testing.T) {
	var at []time.Time
	begin := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	for d := range 80 {
		for h := range 5 {
			at = append(at, begin.AddDate(0, 0, d).Add(time.Duration(h)*time.Hour))
		}
	}
	gone := app.ThinVersions(at)
	stay := slices.DeleteFunc(slices.Clone(at), func(x time.Time) bool {
		return slices.ContainsFunc(gone, func(i int) bool { return at[i].Equal(x) })
	})
	want(t, "in all", len(stay), 50)
	for i := range 10 {
		want(t, "of the last ten", stay[len(stay)-1-i], at[len(at)-1-i])
	}
	for _, x := range stay[:40] {
		want(t, "the last of its day", x.Hour(), 12)
	}
	want(t, "of few", len(app.ThinVersions(at[:10])), 0)
	want(t, "of none", len(app.ThinVersions(nil)), 0)
}

func why(t *testing.T, s *apptest.Stage, id app.NoteID) string {
	t.Helper()
	all, err := s.History(t.Context(), id)
	must(t, err)
	var out []string
	for _, v := range all {
		out = append(out, v.Why+":"+written(app.Note{Sections: v.Sections}))
	}
	return strings.Join(out, " | ")
}

func TestHistoryOfADraft(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		d := newDraft(t, s)
		d.Edit("text", "one")
		must(t, d.Save(ctx))
		d.Edit("text", "one two")
		must(t, d.Close(ctx))
		want(t, "written in one go", why(t, s, d.ID()), ":one two")

		time.Sleep(5 * time.Minute)
		d, err := s.OpenDraft(ctx, d.ID())
		must(t, err)
		must(t, d.Close(ctx))
		want(t, "opened and not changed", why(t, s, d.ID()), ":one two")
		d, err = s.OpenDraft(ctx, d.ID())
		must(t, err)
		d.Edit("text", "three")
		must(t, d.Save(ctx))
		d.Edit("text", "Subjective\nfour\nPlan\nfive")
		d.SetForm(form(t, s, app.FormatSOAP))
		must(t, d.Save(ctx))
		must(t, d.Save(ctx))
		want(t, "history", why(t, s, d.ID()), "opened:one two | format:Subjective\nfour\nPlan\nfive | :four\n\nfive")
		must(t, d.Sign(ctx))
		want(t, "after signing", why(t, s, d.ID()), "opened:one two | format:Subjective\nfour\nPlan\nfive | :four\n\nfive")

		all, err := s.History(ctx, d.ID())
		must(t, err)
		var shown []string
		for _, c := range app.Changes(all[1], all[2]) {
			shown = append(shown, fmt.Sprint(c.Heading, " ", c.Changed, " ", marked(c.Runs)))
		}
		want(t, "changes", strings.Join(shown, "; "), "Subjective true [+four+]; Plan true [+five+]; Note true [-Subjective\nfour\nPlan\nfive-]")
	})
}

func TestAFailedSaveKeepsTheVersionForTheNext(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		d := newDraft(t, s)
		d.Edit("text", "one")
		must(t, d.Close(t.Context()))
		d, err := s.OpenDraft(t.Context(), d.ID())
		must(t, err)
		s.Vault.Memory.Fail(app.ErrDiskFull)
		d.Edit("text", "two")
		wantErr(t, "Save", d.Save(t.Context()), app.ErrDiskFull)
		s.Vault.Memory.Fail(nil)
		must(t, d.Save(t.Context()))
		want(t, "history", why(t, s, d.ID()), "opened:one | :two")
	})
}

func TestDeletedDraftsComeBackForThirtyDays(t *testing.T) {
	play(t, func(t *testing.T, s *apptest.Stage) {
		ctx := t.Context()
		d := newDraft(t, s)
		d.Edit("text", "typed just now") // and never saved: it is in the bin all the same
		must(t, s.DeleteDraft(ctx, d.ID()))
		other := newDraft(t, s)
		other.Edit("text", "x")
		must(t, s.DeleteDraft(ctx, other.ID()))
		wantErr(t, "opening it", func() error { _, err := s.OpenDraft(ctx, d.ID()); return err }(), app.ErrNotFound)

		all, err := s.DeletedDrafts(ctx, d.View().Client)
		must(t, err)
		if len(all) != 1 || all[0].Excerpt != "typed just now" || all[0].Gone.Sub(all[0].Deleted) < 29*24*time.Hour {
			t.Fatalf("the bin: %+v", all)
		}
		time.Sleep(29 * 24 * time.Hour)
		unlock(t, s)
		must(t, s.RestoreDraft(ctx, d.ID()))
		wantEvent(t, s, app.NoteChanged, string(d.ID()))
		want(t, "stored", stored(t, s, d.ID()), "typed just now")
		wantAct(t, s, app.ActRestore, 1)
		time.Sleep(2 * 24 * time.Hour)
		unlock(t, s)
		wantAct(t, s, app.ActPurge, 1)
		wantErr(t, "too late", s.RestoreDraft(ctx, other.ID()), app.ErrNotFound)
		all, err = s.DeletedDrafts(ctx, "")
		must(t, err)
		want(t, "the bin", len(all), 0)
	})
}
