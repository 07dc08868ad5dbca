package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"alcove/app"
	"alcove/app/apptest"
	"alcove/app/measure"
)

func init() {
	shots = append(shots, []shot{
		{"instruments-empty", full, func(r *rig) { r.toInstruments() }},
		{"instruments", ownMeasures(""), func(r *rig) { r.toInstruments() }},
		{"instruments-crowded", ownMeasures(strings.Repeat(" a long name", 14)), func(r *rig) { r.toInstruments() }},
		{"instruments-fault", full, func(r *rig) {
			r.toInstruments()
			r.stage.Files.Put("/home/maren/sleep.json", strings.Replace(ownFile("2026-01-01", ""), `"number": 2`, `"number": 1`, 1))
			r.typed("Measure file", "/home/maren/sleep.json")
			r.press("Import measure")
			r.rest()
		}},
	}...)
}

func (r *rig) toInstruments() {
	r.at("today")
	r.press("Settings")
	r.press("Open measures")
	r.at("instruments")
	r.rest()
}

// ownFile is an instrument of the practice's own.
func ownFile(version, more string) string {
	return `{
  "measure": "sleep-diary", "version": "` + version + `", "short": "Sleep", "languages": ["en"],
  "name": {"en": "Sleep in the last week` + more + `"},
  "source": "Quiet Harbour, our own questions` + more + `",
  "licence": {"en": "Ours, free to use` + more + `"},
  "scale": [{"value": 0, "label": {"en": "well"}}, {"value": 1, "label": {"en": "badly"}}],
  "items": [
    {"number": 1, "text": {"en": "How did you fall asleep?"}},
    {"number": 2, "text": {"en": "How did you sleep through?"}}
  ],
  "better": "lower",
  "bands": [{"from": 0, "to": 1, "label": "fine"}, {"from": 2, "to": 2, "label": "poor"}],
  "risks": [{"item": 2, "above": 0}]
}
`
}

// ownMeasures has three versions of one: retired, in use and followed by a newer one, and offered.
func ownMeasures(more string) func(testing.TB) *apptest.Stage {
	return func(t testing.TB) *apptest.Stage {
		s := full(t)
		ctx := context.Background()
		for i, version := range []string{"2025-03-01", "2026-01-01", "2026-11-20"} {
			path := fmt.Sprintf("/home/maren/%d.json", i)
			s.Files.Put(path, ownFile(version, more))
			if _, err := s.ImportMeasure(ctx, path); err != nil {
				t.Fatal(err)
			}
			if i == 1 {
				if _, err := s.RecordResponse(ctx, app.Filled{Client: s.Ana, Measure: "sleep-diary", Answers: measure.Answers{1: 0, 2: 0}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := s.RetireMeasure(ctx, "sleep-diary", "2025-03-01", true); err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// TestImportMeasure: a file at fault is refused with its line, a good one is offered at once, and goes again.
func TestImportMeasure(t *testing.T) {
	r := newRig(t, full(t), "")
	r.toInstruments()
	r.stage.Files.Put("/bad.json", strings.Replace(ownFile("2026-01-01", ""), `"number": 2`, `"number": 1`, 1))
	r.stage.Files.Put("/good.json", ownFile("2026-01-01", ""))
	r.typed("Measure file", "/bad.json")
	r.press("Import measure")
	r.until("the line", func() bool { return strings.Contains(r.written(), "bad.json, line 9: Two items have the number 1.") })
	r.typed("Measure file", "/none.json")
	r.press("Import measure")
	r.until("the reason", func() bool { return strings.Contains(r.written(), "is not there") })
	r.find("Measure file").(interface{ SetText(string) }).SetText("/good.json")
	r.press("Import measure")
	r.sees("Stop offering Sleep of 2026-01-01")
	if strings.Contains(r.written(), "is not there") {
		t.Error("the old fault is shown still")
	}
	r.press("Today")
	r.openClient(tabMeasures)
	r.sees("Fill in Sleep")
	r.press("Today")
	r.toInstruments()
	r.press("Stop offering Sleep of 2026-01-01")
	r.sees("Offer again Sleep of 2026-01-01")
	r.press("Remove Sleep of 2026-01-01")
	r.press("Remove measure")
	r.until("gone", func() bool { return strings.Contains(r.written(), "No measures of your own yet") })
}
