package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"alcove/app"
	"alcove/app/measure"
	"alcove/ui/widget"
)

// bandTone is how a band is coloured: the better half, the middle, the worse.
func bandTone(i *measure.Instrument, b measure.Band) widget.Tone {
	switch s := i.Severity(b); {
	case s < 0.3:
		return widget.Positive
	case s < 0.7:
		return widget.Caution
	}
	return widget.Negative
}

// signed is a change with its sign, "−12", and "±0" for none.
func signed(n int) string {
	switch {
	case n < 0:
		return "−" + strconv.Itoa(-n)
	case n > 0:
		return "+" + strconv.Itoa(n)
	}
	return "±0"
}

// changeWord is "−12 since first, a reliable change".
func changeWord(c *measure.Change, since string) string {
	if c == nil {
		return ""
	}
	s := signed(c.By) + " since " + since
	if c.Reliable {
		s += ", reliable"
	}
	return s
}

func changeTone(c *measure.Change) widget.Tone {
	switch {
	case c == nil || c.By == 0:
		return widget.Neutral
	case c.Better:
		return widget.Positive
	}
	return widget.Caution
}

// scoreWord is "7 · Mild", or why there is no total.
func scoreWord(v app.ResponseView) string {
	switch {
	case v.Instrument == nil && v.Counted:
		return strconv.Itoa(v.Total)
	case !v.Score.Counted:
		return "No total"
	}
	word := fmt.Sprintf("%d · %s", v.Score.Total, v.Score.Band.Label)
	if v.Score.Prorated {
		word += ", prorated"
	}
	return word
}

// missingWord says what an incomplete response lacks.
func missingWord(v app.ResponseView) string {
	n := len(v.Score.Missing)
	switch {
	case v.Instrument == nil:
		return "The data file of this version is not here, so questions and answers cannot be shown."
	case n == 0:
		return ""
	case v.Score.Prorated:
		return count(n, "answer") + " missing: the total is prorated, as the manual allows."
	}
	return count(n, "answer") + " missing, so there is no total."
}

func sourceWord(s app.ResponseSource) string {
	if s == app.FromClient {
		return "Filled in by the client"
	}
	return "Filled in by you"
}

// numbers is "2, 5 and 7".
func numbers(n []int) string {
	words := make([]string, len(n))
	for i, x := range n {
		words[i] = strconv.Itoa(x)
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// chartOf is the chart of a history, with the sessions marked.
func chartOf(h app.MeasureHistory, sessions []app.SessionFacts, now time.Time) (widget.ChartData, []app.ResponseView) {
	i, points := h.Instrument, h.Counted()
	low, high := i.Range()
	d := widget.ChartData{Name: i.Short + " over time", Low: low, High: high}
	for _, b := range i.Bands {
		d.Bands = append(d.Bands, widget.ChartBand{From: b.From, To: b.To, Label: b.Label, Severity: i.Severity(b)})
	}
	for _, p := range points {
		c := widget.ChartPoint{
			At: p.At, Value: p.Score.Total, Faint: p.Score.Prorated,
			Head: scoreWord(p), Text: dots(day(p.At, now), changeWord(p.SinceLast, "last")),
		}
		if p.SinceLast != nil && p.SinceLast.Reliable {
			c.Turn, c.Better = signed(p.SinceLast.By), p.SinceLast.Better
		}
		d.Points = append(d.Points, c)
	}
	for _, s := range sessions {
		d.Sessions = append(d.Sessions, s.Started)
	}
	return d, points
}

// totals are a history's, oldest first, at most so many.
func totals(h app.MeasureHistory, most int) []int {
	var out []int
	for _, p := range h.Counted() {
		out = append(out, p.Score.Total)
	}
	return out[max(0, len(out)-most):]
}

// trendWord says a sparkline.
func trendWord(name string, v []int) string {
	if len(v) == 0 {
		return ""
	}
	words := make([]string, len(v))
	for i, x := range v {
		words[i] = strconv.Itoa(x)
	}
	return name + ": " + strings.Join(words, ", ")
}

// receivedWord says who entered a response, or took it from the client's page.
func receivedWord(r app.Response) string {
	if r.Source == app.FromClient {
		return "received by " + r.By
	}
	return r.By
}
