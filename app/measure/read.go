package measure

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	textMost  = 2000 // runes
	itemsMost = 200
	valueMost = 1000
)

var (
	idForm       = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// Parse reads a data file: *ParseError.
func Parse(data []byte) (*Instrument, error) {
	top, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	i := r.instrument(top)
	if r.err != nil {
		return nil, r.err
	}
	return i, nil
}

// reader turns JSON into an Instrument. It keeps the first fault; what it reads after that means
// nothing.
type reader struct {
	err       error
	languages []string
}

func (r *reader) fail(line int, format string, a ...any) {
	if r.err == nil {
		r.err = &ParseError{line, fmt.Sprintf(format, a...)}
	}
}

// fields are those of an object: what must be there, and what may be.
type fields struct {
	line int
	by   map[string]node
}

func (r *reader) fields(n node, what string, must []string, may ...string) fields {
	f := fields{n.line, map[string]node{}}
	all, ok := n.value.([]member)
	if !ok {
		r.fail(n.line, "%s is written in curly brackets.", what)
		return f
	}
	for _, m := range all {
		if !slices.Contains(must, m.key) && !slices.Contains(may, m.key) {
			r.fail(m.line, "%s has no field %q.", what, clip(m.key))
		}
		f.by[m.key] = m.node
	}
	for _, key := range must {
		if _, ok := f.by[key]; !ok {
			r.fail(n.line, "%s lacks the field %q.", what, key)
			f.by[key] = node{line: n.line}
		}
	}
	return f
}

func (f fields) has(key string) bool { _, ok := f.by[key]; return ok }

func (r *reader) list(n node, what string, most int) []node {
	all, ok := n.value.([]node)
	switch {
	case !ok:
		r.fail(n.line, "%s are written in square brackets.", what)
	case len(all) == 0:
		r.fail(n.line, "%s are missing: the brackets are empty.", what)
	case len(all) > most:
		r.fail(n.line, "%s are more than %d.", what, most)
		return nil
	}
	return all
}

func (r *reader) number(n node, what string, low, high int) int {
	s, ok := n.value.(json.Number)
	v, err := strconv.Atoi(string(s))
	if !ok || err != nil || v < low || v > high {
		r.fail(n.line, "%s is a whole number from %d to %d.", what, low, high)
		return low
	}
	return v
}

func (r *reader) str(n node, what string) string {
	s, ok := n.value.(string)
	switch {
	case !ok:
		r.fail(n.line, "%s is a text in quotation marks.", what)
	case strings.TrimSpace(s) == "":
		r.fail(n.line, "%s is empty.", what)
	case strings.TrimSpace(s) != s:
		r.fail(n.line, "%s begins or ends with a space.", what)
	case utf8.RuneCountInString(s) > textMost:
		r.fail(n.line, "%s is longer than %d characters.", what, textMost)
	case strings.ContainsFunc(s, func(c rune) bool { return unicode.In(c, unicode.Cc, unicode.Cf) }):
		r.fail(n.line, "%s holds a character that cannot be seen.", what)
	}
	return s
}

// text is a wording in every language of the file.
func (r *reader) text(n node, what string) Text {
	f := r.fields(n, what, r.languages)
	t := Text{}
	for _, l := range r.languages {
		t[l] = r.str(f.by[l], what)
	}
	return t
}

func (r *reader) instrument(top node) *Instrument {
	f := r.fields(top, "A measure",
		[]string{"measure", "version", "short", "languages", "name", "source", "licence", "items", "better", "bands"},
		"instruction", "stem", "scale", "multiply", "prorate", "cutoffs", "reliable", "risks")
	i := &Instrument{
		ID: ID(r.str(f.by["measure"], "The name of the measure")), Version: r.str(f.by["version"], "The version"),
		Short: r.str(f.by["short"], "The short name"), Source: r.str(f.by["source"], "The source"), Multiply: 1,
	}
	if !idForm.MatchString(string(i.ID)) || len(i.ID) > 40 {
		r.fail(f.by["measure"].line, "The name of the measure is written in small letters, digits and hyphens, as phq-9.")
	}
	if _, err := time.Parse(time.DateOnly, i.Version); err != nil {
		r.fail(f.by["version"].line, "The version is the date of this file, as 2026-11-25.")
	}
	if utf8.RuneCountInString(i.Short) > 20 {
		r.fail(f.by["short"].line, "The short name is longer than 20 characters.")
	}
	for _, n := range r.list(f.by["languages"], "The languages", 20) {
		l := r.str(n, "A language")
		if !languageForm.MatchString(l) || slices.Contains(r.languages, l) {
			r.fail(n.line, "A language is a short tag, as en or es, and is there once.")
		}
		r.languages = append(r.languages, l)
	}
	i.Languages = r.languages
	i.Name = r.text(f.by["name"], "The full name")
	i.Licence = r.text(f.by["licence"], "The licence")
	if f.has("instruction") {
		i.Instruction = r.text(f.by["instruction"], "The instruction")
	}
	if f.has("stem") {
		i.Stem = r.text(f.by["stem"], "The stem")
	}
	i.Items = r.items(f)
	if f.has("multiply") {
		i.Multiply = r.number(f.by["multiply"], "What the sum is multiplied by", 1, 100)
	}
	switch better := r.str(f.by["better"], "What is better"); better {
	case "lower", "higher":
		i.HigherIsBetter = better == "higher"
	default:
		r.fail(f.by["better"].line, "What is better is \"lower\" or \"higher\".")
	}
	if r.err == nil {
		r.meaning(f, i)
	}
	return i
}

func (r *reader) items(f fields) []Item {
	var common []Choice
	if f.has("scale") {
		common = r.scale(f.by["scale"])
	}
	var items []Item
	for _, n := range r.list(f.by["items"], "The items", itemsMost) {
		g := r.fields(n, "An item", []string{"number", "text"}, "scored", "scale")
		it := Item{
			Number: r.number(g.by["number"], "The number of an item", 1, 999), Text: r.text(g.by["text"], "The text of an item"),
			Scored: true, Scale: common,
		}
		if slices.ContainsFunc(items, func(o Item) bool { return o.Number == it.Number }) {
			r.fail(g.by["number"].line, "Two items have the number %d.", it.Number)
		}
		if g.has("scored") {
			scored, ok := g.by["scored"].value.(bool)
			if !ok {
				r.fail(g.by["scored"].line, "Whether an item is scored is true or false.")
			}
			it.Scored = scored
		}
		if g.has("scale") {
			it.Scale = r.scale(g.by["scale"])
		}
		if len(it.Scale) == 0 {
			r.fail(n.line, "Item %d has no scale: write one for it, or one for the whole measure.", it.Number)
		}
		items = append(items, it)
	}
	if r.err == nil && !slices.ContainsFunc(items, func(it Item) bool { return it.Scored }) {
		r.fail(f.by["items"].line, "No item is scored, so there is never a total.")
	}
	return items
}

func (r *reader) scale(n node) []Choice {
	var all []Choice
	for _, m := range r.list(n, "The answers of a scale", 20) {
		f := r.fields(m, "An answer", []string{"value", "label"})
		c := Choice{r.number(f.by["value"], "The value of an answer", 0, valueMost), r.text(f.by["label"], "The wording of an answer")}
		if slices.ContainsFunc(all, func(o Choice) bool { return o.Value == c.Value }) {
			r.fail(f.by["value"].line, "Two answers of one scale have the value %d.", c.Value)
		}
		all = append(all, c)
	}
	if len(all) == 1 {
		r.fail(n.line, "A scale has two answers or more.")
	}
	return all
}
