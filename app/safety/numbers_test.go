package safety_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"alcove/app/datafile"
	"alcove/app/safety"
)

const small = `{"checked": "2026-11", "countries": [
{"code": "US", "name": "United States", "also": ["USA"],
 "emergency": [{"name": "Emergency", "call": "911", "note": "the caller's own area"}],
 "lines": [{"name": "988", "call": "988", "text": "988", "source": "x"}],
 "regions": [{"code": "OR", "name": "Oregon", "lines": [{"name": "Oregon line", "call": "555 01", "source": "x"}]}]},
{"code": "IE", "name": "Ireland", "also": ["Éire"], "emergency": [{"name": "Emergency", "call": "112"}, {"name": "Emergency", "call": "999"}]}
]}`

func directory(t *testing.T) *safety.Directory {
	t.Helper()
	d, err := safety.Read(fstest.MapFS{"small.json": {Data: []byte(small)}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func calls(all []safety.Number) string {
	var s []string
	for _, n := range all {
		s = append(s, n.Call)
	}
	return strings.Join(s, ",")
}

func TestNumbersFollowThePlace(t *testing.T) {
	d := directory(t)
	for _, x := range []struct {
		place            safety.Place
		name, emergency  string
		lines            string
		known, withNotes bool
	}{
		{safety.Place{}, "", "", "", false, false},
		{safety.Place{Country: "US"}, "United States", "911", "988", true, true},
		{safety.Place{Country: "usa", Region: "oregon"}, "Oregon, United States", "911", "555 01,988", true, true},
		{safety.Place{Country: "US", Region: "Maine"}, "Maine, United States", "911", "988", true, true},
		{safety.Place{Country: " éire "}, "Ireland", "112,999", "", true, false},
		{safety.Place{Country: "Brazil", Region: "Bahia"}, "Bahia, Brazil", "112", "", false, true},
	} {
		n := d.NumbersFor(x.place)
		if n.Name != x.name || calls(n.Emergency) != x.emergency || calls(n.Lines) != x.lines || n.Known != x.known || (len(n.Notes) > 0) != x.withNotes {
			t.Errorf("%+v: got %+v", x.place, n)
		}
	}
	if n := d.NumbersFor(safety.Place{Country: "Brazil"}); !strings.Contains(n.Notes[0], "look the emergency number up") || n.First() != "112" {
		t.Errorf("an unknown country: %+v", n)
	}
}

func TestAge(t *testing.T) {
	n := directory(t).NumbersFor(safety.Place{Country: "IE"})
	if want := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC); !n.Checked.Equal(want) {
		t.Errorf("checked %v", n.Checked)
	}
	if n.Stale(n.Checked.AddDate(0, 5, 0)) || !n.Stale(n.Checked.AddDate(0, 7, 0)) {
		t.Error("half a year is the limit")
	}
	if (safety.Numbers{}).Stale(time.Now()) {
		t.Error("nothing cannot be stale")
	}
}

func TestThePracticesOwnWin(t *testing.T) {
	edited := time.Date(2026, 12, 24, 8, 0, 0, 0, time.UTC)
	d := directory(t).With([]safety.Entry{
		{Place: safety.Place{Country: "US", Region: "OR"}, Emergency: []safety.Number{{Name: "Portland dispatch", Call: "503 823 0000"}}, Checked: edited},
		{Place: safety.Place{Country: "Brazil"}, Emergency: []safety.Number{{Name: "SAMU", Call: "192"}}, Checked: edited},
		{Place: safety.Place{Country: "Ireland"}, Emergency: []safety.Number{{Name: "Emergency", Call: "999"}}, Checked: edited},
	})
	us := d.NumbersFor(safety.Place{Country: "US", Region: "OR"})
	if calls(us.Emergency) != "503 823 0000,911" || calls(us.Lines) != "988" || !us.Ours || us.Checked.Equal(edited) {
		t.Errorf("Oregon: %+v", us)
	}
	br := d.NumbersFor(safety.Place{Country: "brazil"})
	if calls(br.Emergency) != "192" || !br.Known || !br.Ours || !br.Checked.Equal(edited) {
		t.Errorf("Brazil: %+v", br)
	}
	if ie := d.NumbersFor(safety.Place{Country: "IE"}); calls(ie.Emergency) != "999" || !ie.Ours {
		t.Errorf("Ireland: %+v", ie)
	}
	if maine := d.NumbersFor(safety.Place{Country: "US", Region: "ME"}); maine.Ours || calls(maine.Emergency) != "911" {
		t.Errorf("Maine: %+v", maine)
	}
	if directory(t).NumbersFor(safety.Place{Country: "IE"}).Ours {
		t.Error("the shipped directory was changed")
	}
}

func TestSuggest(t *testing.T) {
	d := directory(t)
	for text, want := range map[string]string{"u": "US", "sta": "US", "eir": "", "éi": "IE", "": "", "  ": "", "zz": "", "ire": "IE"} {
		var codes []string
		for _, c := range d.Suggest(text, 4) {
			codes = append(codes, c.Code)
		}
		if got := strings.Join(codes, ","); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestBadFilesAreRefused(t *testing.T) {
	for _, x := range []struct {
		from, to string
		line     int
		says     string
	}{
		{`"2026-11"`, `"November"`, 1, "no month"},
		{`"code": "US"`, `"code": "us"`, 2, "ISO 3166"},
		{`"name": "United States"`, `"nam": "United States"`, 2, `no field "nam"`},
		{`"call": "911"`, `"call": "nine"`, 3, "cannot be dialled"},
		{`"call": "911", `, ``, 3, "neither called nor texted"},
		{`"call": "988", "text": "988", "source": "x"`, `"call": "988"`, 4, "where it was looked up"},
		{`"code": "OR"`, `"code": "OREGON"`, 5, "ISO 3166"},
		{`"code": "IE"`, `"code": "US"`, 6, "stands twice"},
		{`"Éire"`, `"U.S.A."`, 6, "stands twice"},
		{`[{"name": "Emergency", "call": "112"}, {"name": "Emergency", "call": "999"}]`, `[]`, 6, "no emergency number"},
		{"}\n]}", "}\n]", 7, "ends in the middle"},
	} {
		bad := strings.Replace(small, x.from, x.to, 1)
		if bad == small {
			t.Fatalf("%s is not in the good file", x.from)
		}
		_, err := safety.Read(fstest.MapFS{"bad.json": {Data: []byte(bad)}})
		var f *datafile.Fault
		if !errors.As(err, &f) || f.File != "bad.json" || f.Line != x.line || !strings.Contains(f.What, x.says) {
			t.Errorf("%s -> %s: got %v, want line %d, %q", x.from, x.to, err, x.line, x.says)
		}
	}
}

func TestDialled(t *testing.T) {
	for _, s := range []string{"", "911", "+353 1 555 0100", "(503) 555-0100", "*31#112"} {
		if !safety.Dialled(s) {
			t.Errorf("%q can be dialled", s)
		}
	}
	for _, s := range []string{"nine", "1", "-", "911 x", strings.Repeat("1", 21)} {
		if safety.Dialled(s) {
			t.Errorf("%q cannot be dialled", s)
		}
	}
}
