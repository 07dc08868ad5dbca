package measure

import (
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"alcove/app/datafile"
)

const (
	itemsMost = 200
	valueMost = 1000
)

var (
	idForm       = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// read takes over a data file. After a fault, what it reads means nothing.
func (i *Instrument) read(root *datafile.Value) {
	root.Only("measure", "version", "short", "languages", "name", "source", "licence", "instruction", "stem", "scale", "items",
		"better", "multiply", "bands", "prorate", "cutoffs", "reliable", "risks")
	i.ID, i.Version, i.Short, i.Source = ID(root.Need("measure")), root.Need("version"), root.Need("short"), root.Need("source")
	if !idForm.MatchString(string(i.ID)) || len(i.ID) > 40 {
		root.Field("measure").Fail("The name of the measure is written in small letters, digits and hyphens, as phq-9.")
	}
	if _, err := time.Parse(time.DateOnly, i.Version); err != nil {
		root.Field("version").Fail("The version is the date of this file, as 2026-11-25.")
	}
	if utf8.RuneCountInString(i.Short) > 20 {
		root.Field("short").Fail("The short name is longer than 20 characters.")
	}
	for _, v := range list(root.Field("languages"), 20) {
		l := v.AsText()
		if !languageForm.MatchString(l) || slices.Contains(i.Languages, l) {
			v.Fail("A language is a short tag, as en or es, and is there once.")
		}
		i.Languages = append(i.Languages, l)
	}
	i.Name = i.text(root.Field("name"))
	i.Licence = i.text(root.Field("licence"))
	if root.Has("instruction") {
		i.Instruction = i.text(root.Field("instruction"))
	}
	if root.Has("stem") {
		i.Stem = i.text(root.Field("stem"))
	}
	i.readItems(root)
	if root.Has("multiply") {
		i.Multiply = root.Field("multiply").AsInt(1, 100)
	}
	better := root.Need("better")
	i.HigherIsBetter = better == "higher"
	if better != "lower" && better != "higher" {
		root.Field("better").Fail("What is better is \"lower\" or \"higher\".")
	}
	if root.Err() == nil {
		i.readMeaning(root)
	}
}

// list is one that must not be empty.
func list(v *datafile.Value, most int) []*datafile.Value {
	all := v.Items()
	if len(all) == 0 || len(all) > most {
		v.Fail("%s needs 1 to %d entries.", v, most)
		return nil
	}
	return all
}

// text is a wording in every language of the file.
func (i *Instrument) text(v *datafile.Value) Text {
	v.Only(i.Languages...)
	t := Text{}
	for _, l := range i.Languages {
		t[l] = v.Need(l)
	}
	return t
}

func (i *Instrument) readItems(root *datafile.Value) {
	var common []Choice
	if root.Has("scale") {
		common = i.scale(root.Field("scale"))
	}
	scored := false
	for _, v := range list(root.Field("items"), itemsMost) {
		v.Only("number", "text", "scored", "scale")
		it := Item{Number: v.Field("number").AsInt(1, 999), Text: i.text(v.Field("text")), Scored: true, Scale: common}
		if _, twice := i.Item(it.Number); twice {
			v.Field("number").Fail("Two items have the number %d.", it.Number)
		}
		if v.Has("scored") {
			it.Scored = v.Field("scored").AsBool()
		}
		if v.Has("scale") {
			it.Scale = i.scale(v.Field("scale"))
		}
		if len(it.Scale) == 0 {
			v.Fail("Item %d has no scale: write one for it, or one for the whole measure.", it.Number)
		}
		scored = scored || it.Scored
		i.Items = append(i.Items, it)
	}
	if !scored {
		root.Field("items").Fail("No item is scored, so there is never a total.")
	}
}

func (i *Instrument) scale(v *datafile.Value) []Choice {
	var all []Choice
	for _, c := range list(v, 20) {
		c.Only("value", "label")
		one := Choice{c.Field("value").AsInt(0, valueMost), i.text(c.Field("label"))}
		if slices.ContainsFunc(all, func(o Choice) bool { return o.Value == one.Value }) {
			c.Field("value").Fail("Two answers of one scale have the value %d.", one.Value)
		}
		all = append(all, one)
	}
	if len(all) == 1 {
		v.Fail("A scale has two answers or more.")
	}
	return all
}
