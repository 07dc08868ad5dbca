package measure_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"alcove/app/datafile"
	"alcove/app/measure"
)

// plainOf is a small measure of n items, 0 to 3 each; more stands among its fields.
func plainOf(n int, more string) string {
	var items []string
	for i := range n {
		items = append(items, fmt.Sprintf("    {\"number\": %d, \"text\": {\"en\": \"Question %d\"}}", i+1, i+1))
	}
	return `{
  "measure": "plain",
  "version": "2026-11-25",
  "short": "Plain",
  "languages": ["en"],
  "name": {"en": "A plain one"},
  "source": "made up",
  "licence": {"en": "free"},
  ` + more + `
  "scale": [
    {"value": 0, "label": {"en": "never"}},
    {"value": 1, "label": {"en": "once"}},
    {"value": 2, "label": {"en": "often"}},
    {"value": 3, "label": {"en": "always"}}
  ],
  "items": [
` + strings.Join(items, ",\n") + `
  ],
  "better": "lower",
  "bands": [
    {"from": 0, "to": 5, "label": "low"},
    {"from": 6, "to": ` + fmt.Sprint(3*n) + `, "label": "high"}
  ]
}
`
}

func plain(more string) string { return plainOf(4, more) }

func parse(t *testing.T, file string) *measure.Instrument {
	t.Helper()
	i, err := load([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func load(file []byte) (*measure.Instrument, error) {
	s, err := measure.Load(fstest.MapFS{"a.json": {Data: file}})
	if err != nil {
		return nil, err
	}
	return s.Offered()[0], nil
}

// Each fault is named with its line and in words.
func TestBadFiles(t *testing.T) {
	parse(t, plain(""))
	for _, x := range []struct {
		what, from, to string
		line           int
		words          string
	}{
		{"a band is missing in the middle", `"from": 6`, `"from": 8`, 25, `A band is missing before "high": the totals 6 to 7 have no band.`},
		{"one total is without a band", `"from": 6`, `"from": 7`, 25, "the total 6 has no band"},
		{"the first band is missing", `{"from": 0, "to": 5, "label": "low"},`, "", 25, `A band is missing before "high"`},
		{"the last band is missing", `,
    {"from": 6, "to": 12, "label": "high"}`, "", 24, "A band is missing after the last one: the totals 6 to 12 have no band."},
		{"bands overlap", `"from": 6`, `"from": 5`, 25, "overlaps"},
		{"a band too high", `"to": 12`, `"to": 13`, 25, "leaves the range of totals, which is 0 to 12"},
		{"a band that ends first", `"to": 5`, `"to": -1`, 24, "whole number"},
		{"no bands", `"bands": [`, `"bands": [], "risks": [`, 23, `"bands" needs 1 to 20 entries.`},
		{"two bands of one name", `"high"`, `"low"`, 25, `Two bands are called "low".`},
		{"two items of one number", `"number": 3`, `"number": 2`, 19, "Two items have the number 2."},
		{"an unknown field", `"better"`, `"mood": 1, "better"`, 22, `The file has no field "mood"; it may have measure, version`},
		{"an unknown field of an item", `"number": 2,`, `"number": 2, "weight": 3,`, 18, `An entry in "items" has no field "weight"; it may have number, text, scored, scale.`},
		{"a field twice", `"better": "lower"`, `"better": "lower", "better": "lower"`, 22, `The field "better" is there twice.`},
		{"no licence", `  "licence": {"en": "free"},`, "", 1, `The file lacks the field "licence".`},
		{"an empty licence", `{"en": "free"}`, `{"en": " "}`, 8, `"en" in "licence" is empty.`},
		{"a value that is no number", `"value": 2`, `"value": "two"`, 13, `"value" in "scale" must be a whole number from 0 to 1000.`},
		{"a value with a fraction", `"value": 2`, `"value": 2.5`, 13, "whole number"},
		{"a value out of scale", `"value": 2`, `"value": 1001`, 13, "whole number from 0 to 1000"},
		{"two answers of one value", `"value": 2`, `"value": 1`, 13, "Two answers of one scale have the value 1."},
		{"a wording that is missing", `"Question 3"`, `""`, 19, `"en" in "text" is empty.`},
		{"a language nobody declared", `{"en": "Question 3"}`, `{"de": "Frage 3"}`, 19, `has no field "de"`},
		{"a declared language that is missing", `["en"]`, `["en", "es"]`, 6, `"name" lacks the field "es".`},
		{"better in which sense", `"lower"`, `"worse"`, 22, `"lower" or "higher"`},
		{"no version", `"2026-11-25"`, `"autumn"`, 3, "The version is the date of this file"},
		{"a name with capitals", `"plain"`, `"Plain One"`, 2, "small letters, digits and hyphens"},
		{"too many may be missing", `"better"`, `"prorate": 4, "better"`, 22, "whole number from 0 to 3"},
		{"a change larger than the range", `"better"`, `"reliable": 13, "better"`, 22, `"reliable" must be a whole number from 1 to 12.`},
		{"a cut-off out of range", `"better"`, `"cutoffs": [{"at": 13, "label": "all"}], "better"`, 22, `"at" in "cutoffs" must be a whole number from 0 to 12.`},
		{"a risk at no item", `"better"`, `"risks": [{"item": 5, "above": 0}], "better"`, 22, "There is no item 5."},
		{"a risk that never is", `"better"`, `"risks": [{"item": 4, "above": 3}], "better"`, 22, "it would never raise an alert"},
		{"nothing is scored", `"number":`, `"scored": false, "number":`, 16, "No item is scored"},
		{"a character that cannot be seen", `"Question 2"`, `"Question\u202e 2"`, 18, "cannot be seen"},
		{"a comma is missing", `"often"}},`, `"often"}}`, 14, "This is not JSON"},
		{"cut short", plain("")[200:], "", 11, "The file ends in the middle."},
		{"something follows", `"high"}
  ]
}`, `"high"}
  ]
} {}`, 27, "Something follows"},
		{"no object", plain(""), "[1]", 1, "a group in curly brackets belongs here"},
		{"empty", plain(""), "", 1, "The file ends in the middle."},
		{"deep", plain(""), strings.Repeat("[", 100), 1, "Too many brackets"},
		{"another alphabet's bytes", `"free"`, "\"fr\xff\"", 1, "not a text in UTF-8"},
		{"huge", plain(""), strings.Repeat(" ", 300<<10), 1, "larger than 256 KB"},
	} {
		file := strings.ReplaceAll(plain(""), x.from, x.to)
		if file == plain("") {
			t.Errorf("%s: nothing was changed", x.what)
		}
		_, err := load([]byte(file))
		var fault *datafile.Fault
		if !errors.As(err, &fault) || fault.Line != x.line || !strings.Contains(fault.What, x.words) {
			t.Errorf("%s: %v; want line %d, %q", x.what, err, x.line, x.words)
		}
	}
}

// Whatever a file says, Load answers; and what it takes can be scored, whatever is answered.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(plain(`"prorate": 2, "risks": [{"item": 1, "above": 0}], "cutoffs": [{"at": 3, "label": "all"}],`)))
	names, err := os.ReadDir("../../assets/measures")
	if err != nil {
		f.Fatal(err)
	}
	for _, n := range names {
		data, err := os.ReadFile("../../assets/measures/" + n.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		i, err := load(data)
		if err != nil {
			var fault *datafile.Fault
			if !errors.As(err, &fault) || fault.Line < 1 || fault.Line > strings.Count(string(data), "\n")+1 {
				t.Fatalf("%v", err)
			}
			return
		}
		low, high := i.Range()
		for _, pick := range []func(n int) int{func(int) int { return 0 }, func(n int) int { return n - 1 }} {
			a := measure.Answers{}
			for _, it := range i.Items {
				a[it.Number] = it.Scale[pick(len(it.Scale))].Value
			}
			for {
				s, err := i.Score(a)
				if err != nil || s.Counted && (s.Total < low || s.Total > high || s.Band.Label == "") {
					t.Fatalf("%+v %v", s, err)
				}
				if len(a) == 0 {
					break
				}
				for n := range a {
					delete(a, n)
					break
				}
			}
		}
	})
}
