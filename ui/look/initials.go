package look

import (
	"image/color"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Initials are the first letters of the first and last word of a name, "?" for none. A title is not one of them.
func Initials(name string) string {
	var out []rune
	all := strings.Fields(name)
	if called := slices.DeleteFunc(slices.Clone(all), isTitle); len(called) > 0 {
		all = called
	}
	words := strings.FieldsFunc(strings.Join(all, " "), func(r rune) bool { return r == ' ' || r == '.' })
	for i, w := range words {
		if i != 0 && i != len(words)-1 {
			continue
		}
		for _, r := range w {
			out = append(out, unicode.ToUpper(r))
			break
		}
	}
	if len(out) == 0 {
		return "?"
	}
	return string(out)
}

// isTitle tells "Dr." from "A." and from "A.M.V.".
func isTitle(word string) bool {
	return strings.Index(word, ".") == len(word)-1 && utf8.RuneCountInString(word) > 2
}

// tints are calm grounds for initials, with letters that can be read on them.
var tints = []struct{ ground, letter shade }{
	{shade{hex(0xD9ECE7), hex(0x1F4540)}, shade{hex(0x1C5E55), hex(0xA4DDD2)}},
	{shade{hex(0xE6E2F4), hex(0x38335A)}, shade{hex(0x4B4189), hex(0xC9C2F0)}},
	{shade{hex(0xF8E6D2), hex(0x50402A)}, shade{hex(0x7E4D14), hex(0xF0CA98)}},
	{shade{hex(0xDEE8F5), hex(0x273F5A)}, shade{hex(0x29578C), hex(0xAACCF4)}},
	{shade{hex(0xF5DFE3), hex(0x54313A)}, shade{hex(0x882E48), hex(0xF0B5C4)}},
	{shade{hex(0xE4EDD6), hex(0x37472A)}, shade{hex(0x456223), hex(0xC3DCA5)}},
}

// Tint is the ground and letter colour that go with a name, always the same for one name.
func Tint(name string) (ground, letter color.Color) {
	h := uint32(2166136261)
	for _, b := range []byte(name) {
		h = (h ^ uint32(b)) * 16777619
	}
	t := tints[h%uint32(len(tints))]
	if Dark() {
		return t.ground.dark, t.letter.dark
	}
	return t.ground.light, t.letter.light
}
