package assets_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"alcove/assets"
)

var oneString = regexp.MustCompile(`(?m)^  (\w+): '((?:[^'\\]|\\.)*)',$`)

// readStrings reads a language as the page has it: one line for each sentence.
func readStrings(t testing.TB, language string) map[string]string {
	t.Helper()
	data, err := fs.ReadFile(assets.Guest(), "strings/"+language+".js")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, m := range oneString.FindAllStringSubmatch(string(data), -1) {
		if _, twice := all[m[1]]; twice {
			t.Errorf("%s: %s twice", language, m[1])
		}
		all[m[1]] = m[2]
	}
	if lines := strings.Count(string(data), ": '"); len(all) != lines {
		t.Errorf("%s: %d strings in %d lines", language, len(all), lines)
	}
	return all
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

func TestStrings(t *testing.T) {
	en, es := readStrings(t, "en"), readStrings(t, "es")
	code := pageCode(t)
	for key, sentence := range en {
		other, ok := es[key]
		if !ok {
			t.Errorf("es lacks %s", key)
		}
		a, b := placeholder.FindAllString(sentence, -1), placeholder.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s: %v in English, %v in Spanish", key, a, b)
		}
		if !used(code, key) {
			t.Errorf("%s is used nowhere", key)
		}
	}
	for key := range es {
		if _, ok := en[key]; !ok {
			t.Errorf("en lacks %s", key)
		}
	}
	if len(en) < 100 {
		t.Errorf("only %d sentences were read", len(en))
	}
}

// composed are the keys that are put together from a kind of failure, a device or a modality.
var composed = regexp.MustCompile(`^(camera|microphone)_(refused|busy|absent)$|^(video|voice|text)Hint$`)

var failureKinds = regexp.MustCompile(`'(\w+)'`)

func used(code, key string) bool {
	if strings.Contains(code, "'"+key+"'") || composed.MatchString(key) {
		return true
	}
	kind, isTitle := strings.CutSuffix(key, "Title")
	return isTitle && strings.Contains(code, "'"+kind+"'") && slices.Contains(kinds(code), kind)
}

// kinds are the words of the type FailureKind.
func kinds(code string) []string {
	_, after, _ := strings.Cut(code, "@typedef {'old'")
	list, _, _ := strings.Cut(after, "} FailureKind")
	all := []string{"old"}
	for _, m := range failureKinds.FindAllStringSubmatch(list, -1) {
		all = append(all, m[1])
	}
	return all
}

// pageCode is all of the page's JavaScript but its sentences.
func pageCode(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	walk(t, func(name string, data []byte) {
		if path.Ext(name) == ".js" && !strings.HasPrefix(name, "strings/") {
			all.Write(data)
		}
	})
	return all.String()
}

func walk(t testing.TB, file func(name string, data []byte)) {
	t.Helper()
	err := fs.WalkDir(assets.Guest(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(assets.Guest(), name)
		if err == nil {
			file(name, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSmall: an old phone on a bad line opens the page.
func TestSmall(t *testing.T) {
	total, languages := 0, []int{}
	walk(t, func(name string, data []byte) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(data)
		_ = z.Close()
		if strings.HasPrefix(name, "strings/") {
			languages = append(languages, b.Len())
		} else {
			total += b.Len()
		}
		if lines := bytes.Count(data, []byte("\n")); lines > 300 {
			t.Errorf("%s has %d lines", name, lines)
		}
		if ext := path.Ext(name); !slices.Contains([]string{".html", ".css", ".js", ".svg"}, ext) {
			t.Errorf("%s is shipped", name)
		}
	})
	total += slices.Max(languages) // a page fetches the one that it speaks
	t.Logf("%d bytes, each file gzipped by itself", total)
	if total > 60<<10 {
		t.Errorf("the page has %d bytes", total)
	}
}

// TestPreload: every module but the languages is named in index.html, so that none is found late.
func TestPreload(t *testing.T) {
	index, err := fs.ReadFile(assets.Guest(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	walk(t, func(name string, _ []byte) {
		if path.Ext(name) == ".js" && !strings.HasPrefix(name, "strings/") && !bytes.Contains(index, []byte(`"/guest/`+name+`"`)) {
			t.Errorf("index.html does not name %s", name)
		}
	})
}

// TestNoForeignCode: nothing that the policy would have to allow, and nothing from elsewhere.
func TestNoForeignCode(t *testing.T) {
	banned := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|\bstyle=|\son\w+=|https?://|import\(`)
	types := regexp.MustCompile(`(?s)/\*\*.*?\*/`) // the type checker's own import(…)
	walk(t, func(name string, data []byte) {
		data = types.ReplaceAll(data, nil)
		for _, found := range banned.FindAll(data, -1) {
			at := bytes.Index(data, found)
			if bytes.HasPrefix(data[at:], []byte("http://www.w3.org/2000/svg")) || bytes.HasPrefix(data[at:], []byte("import('./strings/")) {
				continue
			}
			t.Errorf("%s has %q", name, found)
		}
	})
}

// blobs are what the relay keeps of a link.
func (s *stage) blobs(i invitation) (bundle, card string) {
	s.t.Helper()
	res, err := http.Get(s.relay.URL() + "/v1/links/" + linkID(s.t, i.link))
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var v struct{ Bundle, Card string }
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		s.t.Fatal(err)
	}
	return v.Bundle, v.Card
}

func slot(bundle, card string) string { return fmt.Sprintf(`{"bundle":%q,"card":%q}`, bundle, card) }

// flip changes one character of a base64url text.
func flip(s string, at int) string {
	c := byte('A')
	if s[at] == c {
		c = 'B'
	}
	return s[:at] + string(c) + s[at+1:]
}

// history is every address that the tab can go back to.
func (p *tab) history() []string {
	p.t.Helper()
	entries, err := chromedp.Run(p.ctx, chromedp.NavigationEntries())
	if err != nil {
		p.t.Fatal(err)
	}
	var all []string
	for _, e := range entries.Entries {
		all = append(all, e.URL)
	}
	return all
}
