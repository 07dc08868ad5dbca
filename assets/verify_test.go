package assets_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"

	"alcove/app/chain"
)

const verifier = "verify/verify.html"

var update = flag.Bool("update", false, "write the hashes of the verifier's script and style into its policy")

// What the page may run is its own script and style, by their hashes; the policy leaves it no network at all.
func TestVerifierPolicy(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(verifier)
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for tag, of := range map[string]string{"script": "script-src", "style": "style-src"} {
		parts := regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(page, -1)
		if len(parts) != 1 {
			t.Fatalf("%d parts %s", len(parts), tag)
		}
		sum := sha256.Sum256([]byte(parts[0][1]))
		page = regexp.MustCompile(of+` 'sha256-[^']*'`).ReplaceAllString(page, of+" 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	if *update {
		if err := os.WriteFile(verifier, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if page != string(text) {
		t.Error("the policy has other hashes than the page: run this test with -update")
	}
	if !strings.Contains(page, `content="default-src 'none'; script-src 'sha256-`) || regexp.MustCompile(`(?i)\s(src|href|style|on\w+)=`).MatchString(page) {
		t.Error("the page refers to something outside it")
	}
}

// vector is what app/chain says of a file.
type vector struct {
	Name    string
	File    []byte
	Unread  string
	Sum     string
	Notices []string
	Head    string
	Facts   string
	Form    bool
	Key     bool
	Rows    []vectorRow
}

type vectorRow struct {
	Verdict   string
	Place     int
	Seq, Last int64
	Words     string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	f, err := os.Open("../app/chain/testdata/vectors.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.NewDecoder(z).Decode(&all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 150 {
		t.Fatalf("only %d vectors", len(all))
	}
	return all
}

// says is what the page makes of a file's bytes, in a vector's form. It calls what choosing a file calls.
const says = `(async (text) => {
	const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
	let r;
	try { r = { ...await judge(read(bytes.buffer), () => {}), asked: false, askedFits: false }; }
	catch (e) { if (!(e instanceof Unread)) throw e; return { Unread: e.message }; }
	return { Sum: sum(r), Notices: notices(r), Head: r.head, Facts: r.file, Form: r.canonical, Key: r.keyFits,
		Rows: r.rows.map((row) => ({ Verdict: row.verdict, Place: row.place, Seq: row.seq, Last: row.last, Words: words(row) })) };
})`

func compare(t *testing.T, said string, v vector) {
	t.Helper()
	var got vector
	if err := json.Unmarshal([]byte(said), &got); err != nil {
		t.Fatal(err)
	}
	got.Name, got.File = v.Name, v.File
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(v)
	if string(a) != string(b) {
		got.File, v.File = nil, nil
		t.Errorf("%s: the page says\n%+v\nand the program\n%+v", v.Name, got, v)
	}
}

func address(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(verifier)
	if err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// Every tampering, judged by the page opened from the disk as by the program, in both browsers.
func TestVerifierSaysWhatTheProgramSays(t *testing.T) {
	t.Parallel()
	p := newTab(t, everything, "en-US")
	p.open(address(t))
	for _, v := range vectors(t) {
		compare(t, eval[string](p, "(async () => JSON.stringify(await "+says+"('"+base64.StdEncoding.EncodeToString(v.File)+"')))()"), v)
	}
}

func TestVerifierInFirefox(t *testing.T) {
	t.Parallel()
	f := newFirefox(t)
	f.open(address(t))
	for _, v := range vectors(t) {
		compare(t, f.eval(says+"('"+base64.StdEncoding.EncodeToString(v.File)+"')"), v)
	}
	if seen := f.eval("window.seen"); seen != "[]" {
		t.Errorf("the page: %s", seen)
	}
}

// longRecord is the record of a client with many entries, whose words try to be more than words.
func longRecord(t *testing.T, n int) (file []byte, print string) {
	t.Helper()
	key := chain.GenerateKey()
	var head chain.Head
	var entries []chain.Entry
	for i := range n {
		kind := []chain.Kind{chain.NoteSigned, chain.NoteAddendum, chain.MeasureResponse, chain.AlertResponse, chain.PlanVersion, "kind.of.tomorrow"}[i%6]
		title := []string{"Session, 2 November 2026, 10:00", "Session, 2 November 2026, 10:00", "PHQ-9", "Response to an alert", "Safety plan, version 2", ""}[i%6]
		body, err := chain.Body(map[string]any{
			"title": title, "created": 1_793_600_000_000, "answers": []any{0, 1, nil, 3}, "score": map[string]any{"total": 14, "band": "moderate"},
			"sections": []any{
				map[string]any{"key": "subjective", "heading": "Subjective", "text": "Slept badly again; wakes at four.\n\n<img src=x onerror=alert(1)> “¿qué?” 🌧 עברית"},
				map[string]any{"key": "plan", "heading": "Plan", "text": "Sleep diary until next week."},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		e, h, err := key.Enter(head, chain.Entry{Client: "C1", Kind: kind, ID: "ID", At: time.UnixMilli(1_793_600_000_000 + int64(i)*604_800_000), By: "Robin Hale, LCSW", Body: body})
		if err != nil {
			t.Fatal(err)
		}
		entries, head = append(entries, e), h
	}
	file, err := key.Seal(chain.Facts{
		Client: "C1", Name: "Ana Núñez", Pronouns: "she/her", Therapist: "Robin Hale", Credentials: "LCSW 12345, Oregon", Practice: "Stille",
		TimeZone: "America/Los_Angeles", Exported: time.UnixMilli(1_890_000_000_000),
	}, head, entries)
	if err != nil {
		t.Fatal(err)
	}
	return file, key.Public().Fingerprint()
}

// choose gives the page a file as a person does.
func (p *tab) choose(content []byte) {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), "record.json")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	// The object and not its number, which does not outlive the browser's next look at the document.
	const field = "document.querySelector('#file')"
	p.until("a place for the file", "document.readyState === 'complete' && "+field)
	before := eval[int](p, "round")
	found := call(p, runtime.Evaluate, runtime.EvaluateParams{Expression: field})
	call(p, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, ObjectID: found.Result.ObjectID})
	p.until("an answer to it", fmt.Sprintf("round > %d && ['done', 'unread'].includes(document.querySelector('main').dataset.state)", before))
}

// A person opens the page from the disk, chooses a file and reads.
func TestVerifierPage(t *testing.T) {
	t.Parallel()
	p := newTab(t, everything, "en-US")
	p.open(address(t))
	p.reads("Nothing leaves this computer")
	p.shots("verify-1-empty")

	file, print := longRecord(t, 200)
	p.choose(file)
	p.reads("All stands: 200 entries, as signed, none missing.")
	p.reads(print)
	p.reads("compare the key below")
	eval[any](p, "document.querySelector('#list summary').focus()")
	p.enter()
	p.reads("Sleep diary until next week.")
	p.reads("<img src=x onerror=alert(1)>")
	p.reads("moderate")
	p.shots("verify-2-stands")
	p.fill("Fingerprint of the practice's key, if they gave it to you", strings.ToUpper(print))
	p.reads("All stands")
	if strings.Contains(p.text(), "compare the key below") {
		t.Error("asks to compare what was compared")
	}
	p.fill("Fingerprint of the practice's key, if they gave it to you", "0000 0000")
	p.reads("signed with another key than the one you named")
	p.fill("Fingerprint of the practice's key, if they gave it to you", print)

	tampered := strings.Replace(string(file), "Sleep diary", "Sheep diary", 1)
	p.choose([]byte(tampered))
	p.reads("Not all of this file is as it was signed.")
	p.reads("Altered: not as it was signed")
	p.reads("199 stand, 1 altered")
	p.press("Only what does not stand")
	p.until("one is left", "[...document.querySelectorAll('#list > li')].filter((li) => li.checkVisibility()).length === 1")
	p.shots("verify-3-altered")

	p.choose(file[:len(file)/2])
	p.reads("The file is cut short")
	p.choose([]byte("Dear board"))
	p.reads("This is not a client's record")
	p.shots("verify-4-unread")
	if n := eval[int](p, "performance.getEntriesByType('resource').length"); n != 0 {
		t.Errorf("the page asked for %d files", n)
	}
}

// Where a browser knows no Ed25519, the hashes are still looked at and nothing is called proved.
func TestVerifierInAnOldBrowser(t *testing.T) {
	t.Parallel()
	p := newTab(t, everything, "en-US", `SubtleCrypto.prototype.generateKey = async () => { throw new DOMException('', 'NotSupportedError'); };`)
	p.open(address(t))
	file, _ := longRecord(t, 12)
	p.choose(file)
	p.reads("This browser cannot check signatures, so nothing in this file is proved.")
	p.reads("12 unproved")
	p.choose([]byte(strings.Replace(string(file), "Sleep diary", "Sheep diary", 1)))
	p.reads("1 altered, 11 unproved")
}
