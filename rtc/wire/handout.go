package wire

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// What a host may put on the guest's page: protocol.md, "Forms and plans".
const (
	MaxHandoutID = 40 // characters of the id of a form or a plan
	maxItems     = 100
	maxChoices   = 20
	maxNumber    = 999  // of an item
	maxValue     = 1000 // of an answer
	maxParts     = 12
	maxPart      = 16000
)

// Form is a questionnaire as the page shows it, in one language.
type Form struct {
	ID      string `json:"id"`
	Lang    string `json:"lang"` // BCP 47, of all that follows but Why, which is in the page's
	Title   string `json:"title"`
	Why     string `json:"why"`
	How     string `json:"how"`  // stands above the questions; may be empty
	Stem    string `json:"stem"` // begins each of them; may be empty
	Licence string `json:"licence"`
	Items   []Item `json:"items"`
	Help    []Help `json:"help"`
}

// Item is one question with the answers that it offers.
type Item struct {
	N       int      `json:"n"`
	Text    string   `json:"text"`
	Choices []Choice `json:"choices"`
}

// Choice is one answer.
type Choice struct {
	Value int    `json:"value"`
	Label string `json:"label"`
}

// Help says after which answer the page shows whom to call: one to item N above Above.
type Help struct {
	N     int `json:"n"`
	Above int `json:"above"`
}

// Plan is a text in parts that the client may read and keep.
type Plan struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Parts []Part `json:"parts"`
}

// Part is one headed part of a plan.
type Part struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

type (
	// LobbyForm asks a guest who waits.
	LobbyForm struct{ Form Form }
	// Ask asks during the session.
	Ask struct{ Form Form }
	// Show offers a plan to read.
	Show struct{ Plan Plan }
	// Answers are a guest's, by the number of the item; what was left out is not there, and all
	// may be.
	Answers struct {
		ID    string
		Given map[int]int
	}
	// Kept is the host's word on answers: they are in its hands, or were refused.
	Kept struct {
		ID string
		OK bool
	}
	// Shown tells whether the client wished to read a plan.
	Shown struct {
		ID  string
		Yes bool
	}
)

func (m LobbyForm) lobby() []byte { return form(m.Form) }
func (m Ask) data() []byte        { return form(m.Form) }

// form is one message in both places, so that the page reads it once.
func form(f Form) []byte {
	if f.Help == nil {
		f.Help = []Help{} // a null is refused
	}
	return encode(struct {
		T    string `json:"t"`
		Form Form   `json:"form"`
	}{"form", f})
}

func (m Show) data() []byte {
	if m.Plan.Parts == nil {
		m.Plan.Parts = []Part{}
	}
	return encode(struct {
		T    string `json:"t"`
		Plan Plan   `json:"plan"`
	}{"plan", m.Plan})
}

func (m Answers) data() []byte {
	return encode(struct {
		T     string `json:"t"`
		ID    string `json:"id"`
		Given given  `json:"given"`
	}{"answers", m.ID, m.Given})
}

func (m Kept) data() []byte {
	return encode(struct {
		T  string `json:"t"`
		ID string `json:"id"`
		OK bool   `json:"ok"`
	}{"kept", m.ID, m.OK})
}

func (m Shown) data() []byte {
	return encode(struct {
		T   string `json:"t"`
		ID  string `json:"id"`
		Yes bool   `json:"yes"`
	}{"shown", m.ID, m.Yes})
}

// given is written as a browser writes it, by rising number, so that both sides say the same.
type given map[int]int

// MarshalJSON is an object.
func (g given) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for at, n := range slices.Sorted(maps.Keys(g)) {
		if at > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `"%d":%d`, n, g[n])
	}
	return append(b, '}'), nil
}

// Fits tells whether every limit of this protocol is kept, and the message can be padded.
func (f Form) Fits() bool {
	_, err := ParseHostLobby(form(f))
	_, tooLong := Pad(form(f))
	return err == nil && tooLong == nil
}

// Fits is the same for a plan.
func (p Plan) Fits() bool {
	b := Show{p}.data()
	_, err := ParseData(b, true)
	_, tooLong := Pad(b)
	return err == nil && tooLong == nil
}

func (o *object) form() Form {
	p := o.object("form", false)
	f := Form{
		ID: p.id(), Lang: p.text("lang", 35), Title: p.text("title", 200), Why: p.text("why", 400),
		How: p.text("how", 2000), Stem: p.text("stem", 2000), Licence: p.text("licence", 2000),
	}
	if !isLanguage(f.Lang) {
		p.fail("bad lang")
	}
	asked := map[int]bool{}
	for _, q := range p.objects("items", maxItems) {
		i := Item{N: int(q.number("n", maxNumber)), Text: q.text("text", 2000)}
		for _, c := range q.objects("choices", maxChoices) {
			i.Choices = append(i.Choices, Choice{int(c.number("value", maxValue)), c.text("label", 2000)})
			q.inner(c)
		}
		if asked[i.N] || len(i.Choices) == 0 {
			p.fail("bad items")
		}
		asked[i.N] = true
		f.Items = append(f.Items, i)
		p.inner(q)
	}
	for _, q := range p.objects("help", maxItems) {
		f.Help = append(f.Help, Help{int(q.number("n", maxNumber)), int(q.number("above", maxValue))})
		p.inner(q)
	}
	if len(f.Items) == 0 {
		p.fail("bad items")
	}
	o.inner(p)
	return f
}

func (o *object) plan() Plan {
	p := o.object("plan", false)
	plan := Plan{ID: p.id(), Title: p.text("title", 200)}
	for _, q := range p.objects("parts", maxParts) {
		plan.Parts = append(plan.Parts, Part{q.text("title", 200), q.text("text", maxPart)})
		p.inner(q)
	}
	o.inner(p)
	return plan
}

// given reads answers. An object of JSON cannot name an item twice: parseObject sees to it.
func (o *object) given() map[int]int {
	p := o.object("given", false)
	if len(p.fields) > maxItems {
		p.fail("long given")
	}
	given := map[int]int{}
	for name := range p.fields {
		n, err := strconv.Atoi(name)
		if err != nil || n < 0 || n > maxNumber || strconv.Itoa(n) != name {
			p.fail("bad given")
			break
		}
		given[n] = int(p.number(name, maxValue))
	}
	o.inner(p)
	return given
}
