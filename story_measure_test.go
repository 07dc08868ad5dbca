//go:build linux

package main_test

import (
	"fmt"

	"github.com/chromedp/chromedp"
)

// PHQ-9 from the waiting room to the chart: nine answers of "several days", the ninth of which is about wishing to
// be dead.

const severalDays = "Several days"

var phq9 = []string{
	"Little interest", "Feeling down", "Trouble falling", "Feeling tired", "Poor appetite", "Feeling bad about yourself",
	"Trouble concentrating", "Moving or speaking", "Thoughts that you would be better off dead",
}

func (s *story) askAtTheDoor() {
	d := s.desk
	d.press("Measures")
	d.press("Ask PHQ-9 in the waiting room")
	d.press("Overview")
}

func (s *story) answerWaiting() {
	g := s.guest
	g.press("Look at the questions")
	for _, q := range phq9 {
		g.choose(q, severalDays)
	}
	g.reads("9 of 10 answered")
	g.reads("somebody to call right now")
	g.press("Finish")
	g.reads("It is good that you took the time")
	s.show("thanked")
	g.press("Back")
	s.desk.notReads("Risk answer")
}

// choose taps an answer under the question that begins so, as a thumb does.
func (g *guest) choose(question, answer string) {
	g.t.Helper()
	at := eval[[]float64](g, fmt.Sprintf(`(() => {
		const all = [...document.querySelectorAll("fieldset")].find((f) => f.querySelector("legend").innerText.trim().startsWith(%q));
		const label = all && [...all.querySelectorAll("label")].find((l) => l.innerText.trim() === %q);
		if (!label) return [];
		label.scrollIntoView({ block: "center", behavior: "instant" });
		const r = label.getBoundingClientRect();
		return [r.x + r.width / 2, r.y + r.height / 2];
	})()`, question, answer))
	if len(at) != 2 {
		g.t.Fatalf("no answer %q to %q on the page:\n%s", answer, question, g.text())
	}
	g.do(chromedp.MouseClickXY(at[0], at[1]))
}

func (s *story) alert() {
	d := s.desk
	d.reads("Risk answer in PHQ-9, question 9: “" + severalDays + "”")
	s.show("alert")
	d.press("Record what was done")
	d.fill("What was done", "Asked at once: no plan and no intent. We go through the safety plan today.")
	d.press("Record")
	d.notReads("Risk answer in PHQ-9")
}

func (s *story) chart() {
	d := s.desk
	d.press("Caseload")
	d.press(client)
	d.press("Measures")
	d.reads("PHQ-9 over time")
	d.reads("1 response")
	d.notReads("Record what was done")
}
