package assets_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"alcove/app/safety"
	"alcove/assets"
)

func shippedNumbers(t *testing.T) *safety.Directory {
	t.Helper()
	d, err := safety.Read(assets.Crisis())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The places that a practice can count on, and what is asked for there first.
func TestCrisisNumbers(t *testing.T) {
	d := shippedNumbers(t)
	for country, first := range map[string]string{"US": "911", "CA": "911", "GB": "999", "IE": "112", "AU": "000", "NZ": "111"} {
		if n := d.NumbersFor(safety.Place{Country: country}); n.First() != first || len(n.Lines) == 0 || !n.Known {
			t.Errorf("%s: %+v", country, n)
		}
	}
	union := strings.Fields("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE")
	for _, country := range union {
		n := d.NumbersFor(safety.Place{Country: country})
		if !n.Known || n.First() != "112" {
			t.Errorf("%s: %+v", country, n)
		}
		runs := false
		for _, line := range n.Lines {
			runs = runs || line.Call == "116 123"
		}
		if unknown := strings.Contains(strings.Join(n.Notes, " "), "116 123"); runs == unknown {
			t.Errorf("%s neither runs 116 123 nor says that this is not known: %+v", country, n)
		}
	}
	if us := d.NumbersFor(safety.Place{Country: "US"}); !strings.Contains(strings.Join(us.Notes, " "), "own area only") {
		t.Error("nothing says that 911 reaches the caller's own area")
	}
	if sc := d.NumbersFor(safety.Place{Country: "UK", Region: "Scotland"}); sc.Lines[0].Name != "Breathing Space" || sc.First() != "999" {
		t.Errorf("Scotland: %+v", sc)
	}
}

// The client's page has a short list of its own, because it must read no other file. It may name no number
// that the directory lacks, and no older date.
func TestThePagesCrisisNumbersAreTheDirectorys(t *testing.T) {
	d := shippedNumbers(t)
	page, err := fs.ReadFile(assets.Guest(), "crisis.js")
	if err != nil {
		t.Fatal(err)
	}
	known, month := map[string]bool{}, ""
	for _, c := range d.Countries() {
		n := d.NumbersFor(safety.Place{Country: c.Code})
		for _, one := range append(n.Emergency, n.Lines...) {
			known[strings.ReplaceAll(one.Call, " ", "")] = true
		}
		month = n.Checked.Format("2006-01")
	}
	called := regexp.MustCompile(`tel:(\d+)`).FindAllStringSubmatch(string(page), -1)
	if len(called) < 8 {
		t.Fatalf("only %d numbers found on the page", len(called))
	}
	for _, m := range called {
		if !known[m[1]] {
			t.Errorf("the page calls %s, which the directory does not have", m[1])
		}
	}
	if !strings.Contains(string(page), "dated = '"+month+"'") {
		t.Errorf("the page's numbers are not of %s", month)
	}
}
