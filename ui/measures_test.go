package ui

import (
	"context"
	"image/png"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/measure"
	"alcove/ui/tree"
	"alcove/ui/widget"
)

// measured has a course of two measures.
func measured(t testing.TB) *apptest.Stage {
	s := apptest.Practice(t)
	fillCourse(t, s, 9)
	return s
}

// fillCourse lets Ana fill in the PHQ-9 n times, every two weeks up to now, and the GAD-7 too.
func fillCourse(t testing.TB, s *apptest.Stage, n int) {
	course := []int{19, 18, 15, 16, 13, 11, 12, 9, 7}
	for i := range n {
		at := time.Now().AddDate(0, 0, -14*(n-1-i)).Add(-3 * time.Hour)
		s.Fill(t, s.Ana, "gad-7", at.Add(-time.Minute), max(3, 15-(i%9)))
		s.Fill(t, s.Ana, "phq-9", at, course[i%9])
	}
}

// risky has an open alert.
func risky(t testing.TB) *apptest.Stage {
	s := measured(t)
	riskAnswer(t, s, s.Ana)
	return s
}

func riskAnswer(t testing.TB, s *apptest.Stage, c app.ClientID) {
	a := measure.Answers{9: 1}
	for n := 1; n < 9; n++ {
		a[n] = n % 3
	}
	if _, err := s.RecordResponse(context.Background(), app.Filled{Client: c, Measure: "phq-9", Answers: a}); err != nil {
		t.Fatal(err)
	}
}

// fillIn opens a measure to be filled in.
func (r *rig) fillIn(short string) {
	r.openClient(tabMeasures)
	r.press("Fill in " + short)
	r.at("fill-in")
	r.rest()
}

func (r *rig) runes(s string) {
	for _, c := range s {
		r.win.Canvas().Focused().TypedRune(c)
	}
}

// One sits with a client and types nine digits; the risk answer is shouted at once, wherever one
// is, until what was done is recorded.
func TestFillInByKeyboard(t *testing.T) {
	r := newRig(t, apptest.Practice(t), "")
	r.fillIn("PHQ-9")
	r.runes("1")
	r.key(fyne.KeyDown) // the second is skipped
	r.runes("2101021")
	r.key(fyne.KeyRight)
	r.key(fyne.KeySpace) // the tenth: somewhat difficult
	r.sees("Not answered: 2")
	r.shortcut(fyne.KeyReturn)
	r.sees("Not answered: 2. There will be no total. Keep once more to keep it so.")
	r.sees("Not answered")
	r.win.Canvas().Focus(r.find("Question 2, Several days").(fyne.Focusable))
	r.runes("1")
	r.sees("All answered")
	r.press("Keep this response")
	r.at("response")
	r.sees("9")
	r.sees("Mild")
	r.sees("Several days")
	r.sees("Record what was done")

	r.press("Today")
	r.sees("Record what was done for Ana María Velasco")
	r.press("Caseload")
	r.sees("Alert")
	r.press("Today")
	r.press("Record what was done for Ana María Velasco")
	r.press("Record")
	r.sees("Please write what was done: whom you spoke to, what was agreed.")
	r.typed("What was done", "Spoke about it; she is safe tonight.")
	r.press("Record")
	r.until("no alert", func() bool { return r.find("Record what was done for Ana María Velasco") == nil && r.dialog == nil })
	r.openClient(tabMeasures)
	r.sees("Spoke about it; she is safe tonight.")
	r.sees("Ana María Velasco")
}

// Nothing that was skipped becomes a zero, and taking an answer back leaves none.
func TestFillInSkips(t *testing.T) {
	r := newRig(t, apptest.Practice(t), "")
	r.fillIn("GAD-7")
	r.runes("3")
	r.key(fyne.KeyUp)
	r.key(fyne.KeyDelete)
	r.press("Keep this response")
	r.sees("Nothing is answered yet. Answer at least one question, or leave without keeping it.")
	r.press("Close")
	r.press("Question 4, Nearly every day")
	r.press("Keep this response")
	r.press("Keep this response")
	r.at("response")
	r.sees("No total")
	r.sees("6 answers missing, so there is no total. Not answered: 1, 2, 3, 5, 6 and 7.")
	h, err := r.stage.MeasureHistories(t.Context(), r.stage.Ana)
	if err != nil || len(h[0].Responses[0].Answers) != 1 {
		t.Errorf("%+v %v", h, err)
	}
}

func TestFillInSpanishKeepsAnswers(t *testing.T) {
	r := newRig(t, apptest.Practice(t), "")
	r.fillIn("WHO-5")
	r.press("Question 1, Most of the time")
	r.press("Español")
	r.sees("Question 1, La mayor parte del tiempo, chosen")
	r.sees("Me he sentido tranquilo y relajado")
	r.key(fyne.KeyEscape)
	r.sees("Leave without keeping?")
}

func TestVoidResponse(t *testing.T) {
	r := newRig(t, measured(t), "")
	r.openClient(tabMeasures)
	h, err := r.stage.MeasureHistories(t.Context(), r.stage.Ana)
	if err != nil {
		t.Fatal(err)
	}
	r.shell().caseload().openResponse(r.stage.Ana, h[0].Responses[0].ID)
	r.press("Void this response")
	r.press("Void")
	r.sees("Please write why this response is not to count.")
	r.typed("Why it does not count", "entered for somebody else")
	r.press("Void")
	r.until("the reason", func() bool {
		return strings.Contains(strings.Join(r.labels(), "|"), ": entered for somebody else") && r.dialog == nil
	})
	r.key(fyne.KeyEscape)
	r.at("client-measures")
	r.sees("Does not count")
}

// The chart is read by keyboard: the newest first, then those before it.
func TestChartByKeyboard(t *testing.T) {
	r := newRig(t, measured(t), "")
	r.openClient(tabMeasures)
	chart := r.chart()
	r.win.Canvas().Focus(chart)
	if l := chart.AccessibilityLabel(); !strings.HasPrefix(l, "PHQ-9 over time: 7 · Mild. Today · −2 since last") {
		t.Error(l)
	}
	r.key(fyne.KeyHome)
	if l := chart.AccessibilityLabel(); !strings.HasPrefix(l, "PHQ-9 over time: 19 · Moderately severe.") {
		t.Error(l)
	}
	r.key(fyne.KeyReturn)
	r.at("response")
}

// The picture that leaves the vault is a PNG, twice as fine as the screen; the log has it.
func TestSaveChart(t *testing.T) {
	r := newRig(t, measured(t), "dark")
	r.openClient(tabMeasures)
	m := r.shell().section.(*caseload).side.(*client).measures
	m.saveTo("/out/PHQ-9.png", m.chosen())
	var file string
	r.until("the file", func() (ok bool) { file, ok = r.stage.Files.Read("/out/PHQ-9.png"); return ok })
	img, err := png.Decode(strings.NewReader(file))
	if err != nil || img.Bounds().Dx() != 2000 || img.Bounds().Dy() < 900 {
		t.Errorf("%v %v", img.Bounds(), err)
	}
	acts := r.stage.Vault.Memory.Acts()
	if acts[len(acts)-1] != app.ActExportChart {
		t.Errorf("%v", acts[len(acts)-1])
	}
}

// once has a single response.
func once(t testing.TB) *apptest.Stage {
	s := apptest.Practice(t)
	fillCourse(t, s, 1)
	return s
}

// answered has alerts that were answered, at length, and a voided response.
func answered(t testing.TB) *apptest.Stage {
	s, ctx := risky(t), context.Background()
	all, err := s.OpenAlerts(ctx)
	if err == nil {
		err = s.AnswerAlert(ctx, s.Ana, all[0].ID, strings.Repeat("Spoke about it at length: no plan, no means at hand, her brother is with her tonight. ", 3)+"We go through the safety plan again on Thursday.")
	}
	if err == nil {
		err = s.VoidResponse(ctx, s.Ana, s.Fill(t, s.Ana, "phq-9", time.Now().AddDate(0, 0, -3), 2), "Entered for somebody else: "+strings.Repeat("a long reason ", 12))
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// overloaded has more of everything than fits.
func overloaded(t testing.TB) *apptest.Stage {
	s := crowded(t)
	fillCourse(t, s, 120)
	for _, id := range []measure.ID{"pcl-5", "audit-c", "who-5"} {
		s.Fill(t, s.Ana, id, time.Now().AddDate(0, 0, -40), 12)
		s.Fill(t, s.Ana, id, time.Now().AddDate(0, 0, -4), 8)
	}
	for range 3 {
		riskAnswer(t, s, s.Ana)
	}
	return s
}

// large makes everything half as large again, as FYNE_SCALE=1.5 does in a window of 1280 × 800.
func (r *rig) large() { r.win.Resize(fyne.NewSize(1280/1.5, 800/1.5)) }

func (r *rig) chart() *widget.Chart {
	var chart *widget.Chart
	tree.Walk(tree.Top(r.win.Canvas()), r.win.Canvas().Size(), func(n tree.Node) {
		if c, ok := n.Object.(*widget.Chart); ok {
			chart = c
		}
	})
	return chart
}

func (r *rig) readChart(i int) { r.chart().Read(i) }

func (r *rig) openResponse() {
	r.openClient(tabMeasures)
	h, err := r.stage.MeasureHistories(context.Background(), r.stage.Ana)
	if err != nil {
		r.t.Fatal(err)
	}
	r.shell().caseload().openResponse(r.stage.Ana, h[0].Responses[0].ID)
	r.at("response")
	r.rest()
}
