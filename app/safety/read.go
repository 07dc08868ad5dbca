package safety

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"
	"time"

	"alcove/app/datafile"
)

// Read reads every .json file of a folder. The first thing that is wrong is a *datafile.Fault with
// file and line, and nothing is taken over: half a list of numbers would look like a whole one.
func Read(folder fs.FS) (*Directory, error) {
	d := &Directory{entries: map[Place]Entry{}}
	if err := datafile.Read(folder, d.read); err != nil {
		return nil, err
	}
	slices.SortFunc(d.countries, func(a, b Country) int { return cmp.Compare(a.Name, b.Name) })
	return d, nil
}

func (d *Directory) read(root *datafile.Value) {
	root.Only("checked", "countries")
	checked, err := time.Parse("2006-01", root.Need("checked"))
	if err != nil {
		root.Field("checked").Fail("This is no month; one looks like 2026-11.")
	}
	for _, v := range root.List("countries") {
		v.Only("code", "name", "also", "emergency", "lines", "note", "regions")
		c := Country{Code: code(v, 2, 2), Name: v.Need("name"), also: v.Texts("also")}
		for _, name := range append([]string{c.Code, c.Name}, c.also...) {
			if d.country(name) != nil {
				v.Fail("%s stands twice.", name)
			}
		}
		d.keep(v, Place{Country: c.Code}, checked)
		if len(v.List("emergency")) == 0 {
			v.Fail("%s has no emergency number.", c.Name)
		}
		for _, r := range v.List("regions") {
			r.Only("code", "name", "also", "emergency", "lines", "note")
			region := Region{code(r, 1, 3), r.Need("name"), r.Texts("also")}
			d.keep(r, Place{c.Code, region.Code}, checked)
			c.Regions = append(c.Regions, region)
		}
		d.countries = append(d.countries, c)
	}
}

// code is a code of ISO 3166: capital letters and digits.
func code(v *datafile.Value, least, most int) string {
	s := v.Need("code")
	if len(s) < least || len(s) > most || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		v.Field("code").Fail("%q is no code of ISO 3166.", s)
	}
	return s
}

func (d *Directory) keep(v *datafile.Value, p Place, checked time.Time) {
	if _, twice := d.entries[p]; twice {
		v.Fail("%s stands twice.", strings.TrimSuffix(p.Country+"-"+p.Region, "-"))
	}
	d.entries[p] = Entry{Place: p, Emergency: numbers(v, "emergency"), Lines: numbers(v, "lines"), Note: v.Text("note"), Checked: checked}
}

func numbers(v *datafile.Value, field string) []Number {
	var all []Number
	for _, n := range v.List(field) {
		n.Only("name", "call", "text", "languages", "hours", "note", "source")
		one := Number{
			Name: n.Need("name"), Call: n.Text("call"), Text: n.Text("text"), Languages: n.Texts("languages"),
			Hours: n.Text("hours"), Note: n.Text("note"), Source: n.Text("source"),
		}
		switch {
		case one.Call == "" && one.Text == "":
			n.Fail("%s can be neither called nor texted.", one.Name)
		case !Dialled(one.Call) || !Dialled(one.Text):
			n.Fail("%s has a number that cannot be dialled.", one.Name)
		case field == "emergency" && one.Call == "":
			n.Fail("An emergency number must be one to call.")
		case field == "lines" && one.Source == "":
			n.Fail("%s does not say where it was looked up.", one.Name)
		}
		all = append(all, one)
	}
	return all
}

// Dialled tells whether a number can be typed on a telephone; "" can.
func Dialled(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" +-()*#/", r):
			return false
		}
	}
	return s == "" || digits >= 2 && digits <= 20
}
